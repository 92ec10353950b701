"""The lock tree as rows of a table: each waiter under the session it really waits for, the root blocker first.

A sort order of the sessions' own rows: a row of a chain carries its branches beside its fields. Two kinds of row stand for
no session: the one for many alike (``folded``, ``more``) and the one for prepared transactions (``prepared``). Neither
carries a pid, so that no action finds one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

from cryotui.model.lockgraph import PREPARED, LockGraph
from cryotui.model.sample import Row
from cryotui.panes.overlaid import Overlaid

SHOWN = 3
"""Of more than four alike so many are shown, the rest is one row."""

SHOWN_WIDE = 12
"""The same from 120 columns on, where a screen has the lines for it."""

DEEP = 3
"""Branches are drawn down to this depth; below it a number says how deep a row stands."""

_ALIKE = ("app", "lock_type", "lock_mode", "lock_relation")


class Branch(int):
    """A pid with the branches drawn before it: sorts and exports as the number, reads as the tree."""

    drawn: str

    def __new__(cls, pid: int, drawn: str) -> Self:
        made = super().__new__(cls, pid)
        made.drawn = drawn
        return made


class _Step(NamedTuple):
    pid: int
    fold: tuple[int, ...]
    depth: int
    lead: str
    last: bool


def chain_rows(
    graph: LockGraph,
    unfolded: frozenset[object] = frozenset(),
    shown: int = SHOWN,
    prepared: Sequence[Row] = (),
) -> list[Row]:
    """The rows of all chains, each root followed by what stands under it.

    ``unfolded`` holds the names (``folded``) of folded rows that were opened, ``prepared`` the rows of the probe of that
    name: they tell which transactions pid 0 may be. A row has ``branch`` (a Branch), ``blocks`` and ``depth`` beside its
    fields.
    """
    rows: list[Row] = []
    stack = [_Step(root, (), 0, "", True) for root in reversed(graph.roots)]
    placed: set[int] = set()
    while stack:
        step = stack.pop()
        if step.fold:
            rows.append(_folded_row(graph, step))
            continue
        if step.pid in placed:  # a cycle comes back to where it began
            continue
        placed.add(step.pid)
        rows.append(_row(graph, step, prepared))
        lead = "" if step.depth == 0 else step.lead + ("  " if step.last else "│ ")
        under = [pid for pid in graph.children.get(step.pid, ()) if pid not in placed]
        folded = _fold(graph, under, unfolded, shown, step.pid)
        for index in range(len(folded) - 1, -1, -1):
            pid, fold = folded[index]
            stack.append(_Step(pid, fold, step.depth + 1, lead, index == len(folded) - 1))
    return rows


def _row(graph: LockGraph, step: _Step, prepared: Sequence[Row]) -> Row:
    place = {"depth": step.depth, "blocks": graph.blocks(step.pid), "chained": True}
    if step.pid == PREPARED:
        return _prepared_row(place, prepared)
    branch = Branch(step.pid, _drawn(step, str(step.pid)))
    return Overlaid(graph.rows[step.pid], branch=branch, **place)


def _prepared_row(place: Mapping[str, Any], prepared: Sequence[Row]) -> Row:
    """The row that stands for all prepared transactions: the server does not tell which of them it is."""
    oldest = prepared[0] if prepared else None
    names = ", ".join(str(row["gid"]) for row in prepared) or "unknown"
    return {
        **place,
        "pid": None,
        "backend_start": "prepared transaction",
        "branch": Branch(0, "prepared"),
        "app": "prepared",
        "prepared": True,
        "gid": names,
        "user": oldest["user"] if oldest is not None and len(prepared) == 1 else None,
        "database": oldest["database"] if oldest is not None and len(prepared) == 1 else None,
        "state_age": oldest["age"] if oldest is not None else None,
        "transaction_age": oldest["age"] if oldest is not None else None,
        "xid_age": oldest["xid_age"] if oldest is not None else None,
    }


def _folded_row(graph: LockGraph, step: _Step) -> Row:
    """One row for many alike: what they share, how many they are, and no pid."""
    first = graph.rows[step.fold[0]]
    clients = {graph.rows[pid]["client"] for pid in step.fold}
    return {
        "pid": None,
        "backend_start": _fold_name(step.pid, first),
        "folded": _fold_name(step.pid, first),
        "more": len(step.fold),
        "branch": Branch(0, _drawn(step, f"{len(step.fold)} more")),
        "depth": step.depth,
        "chained": True,
        "pids": step.fold,
        **{name: first[name] for name in (*_ALIKE, "wait_type", "wait_event", "state", "blocked_by")},
        "user": first["user"] if len({graph.rows[pid]["user"] for pid in step.fold}) == 1 else None,
        "client": next(iter(clients)) if len(clients) == 1 else f"{len(clients)} of them",
        "wait_age": first["wait_age"],
    }


def _fold_name(parent: int, row: Row) -> str:
    return " ".join(str(part) for part in (parent, *(row[name] for name in _ALIKE)))


def _fold(
    graph: LockGraph, pids: Sequence[int], unfolded: frozenset[object], shown: int, parent: int
) -> list[tuple[int, tuple[int, ...]]]:
    """The children in their order, and after the last one shown of many alike a fold of the others: (parent, their pids)."""
    alike: dict[tuple[Any, ...], list[int]] = {}
    for pid in pids:
        if pid not in graph.children:  # who holds up others is never folded away
            row = graph.rows[pid]
            alike.setdefault(tuple(row[name] for name in _ALIKE), []).append(pid)
    after: dict[int, tuple[int, ...]] = {}
    hidden: set[int] = set()
    for group in alike.values():
        name = _fold_name(parent, graph.rows[group[0]])
        if len(group) > shown + 1 and name not in unfolded:
            after[group[shown - 1]] = tuple(group[shown:])
            hidden.update(group[shown:])
    found: list[tuple[int, tuple[int, ...]]] = []
    for pid in pids:
        if pid not in hidden:
            found.append((pid, ()))
            if pid in after:
                found.append((parent, after[pid]))
    return found


def _drawn(step: _Step, text: str) -> str:
    if step.depth == 0:
        return text
    corner = "└ " if step.last else "├ "
    if step.depth > DEEP:
        return f"…{step.depth} {corner}{text}"
    return step.lead + corner + text
