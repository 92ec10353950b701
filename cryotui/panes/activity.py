"""Activity: who does what, who waits for whom; the lock tree."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from cryotui.model import units
from cryotui.model.layout import WIDE
from cryotui.model.pane import Block, Mark, Moment, Pane, Prose, Table, View, worst
from cryotui.model.sample import Row
from cryotui.model.tabs import tab
from cryotui.panes import session_words as words
from cryotui.panes.absent import absent_blocks
from cryotui.panes.locktree import SHOWN, SHOWN_WIDE, chain_rows
from cryotui.panes.session_columns import COLUMNS, NARROW_COLUMNS, age_of
from cryotui.panes.session_detail import session_detail
from cryotui.panes.sessions import active, auxiliary, client, doing_age, horizon_age, in_transaction, sessions, waiting

WAITING_FOR_NOBODY: dict[str, Any] = {"pid": None, "backend_start": "divider", "ruled": "waiting for nobody"}


def _keep_active(row: Row, moment: Moment) -> bool:
    return active(row) and not row.get("own") and not auxiliary(row)


def _keep_waiting(row: Row, moment: Moment) -> bool:
    return waiting(row)


def _keep_blocking(row: Row, moment: Moment) -> bool:
    return row.get("pid") in sessions(moment).graph.waiters


def _keep_idle(row: Row, moment: Moment) -> bool:
    return in_transaction(row)


def _number(moment: Moment, keep: Any) -> int:
    return sum(1 for row in sessions(moment).astir if keep(row, moment))


def _blocking(moment: Moment) -> int:
    here = sessions(moment)
    return len(here.by_pid.keys() & here.graph.waiters.keys())


def _known(moment: Moment, keep: Any) -> int | None:
    """How many rows a view keeps; None while states are hidden, which must not read as none."""
    return None if sessions(moment).masked else _number(moment, keep)


VIEWS = (
    View(
        "chains", "Chains", count=lambda moment: len(sessions(moment).graph.chained),
        about="Who waits for whom, the root of each chain first; below it those who wait for nobody.",
    ),
    View("all", "All", count=lambda moment: sessions(moment).seen, about="Every session, the server's own processes last."),
    View(
        "active", "Active", _keep_active, count=lambda moment: _known(moment, _keep_active),
        about="Those that run a statement.",
    ),
    View(
        "waiting", "Waiting", _keep_waiting, count=lambda moment: _number(moment, _keep_waiting),
        about="Those that wait for a lock.",
    ),
    View(
        "blocking", "Blocking", _keep_blocking, count=_blocking,
        about="Those that somebody waits for.",
    ),
    View(
        "idle-tx", "Idle-tx", _keep_idle, count=lambda moment: _known(moment, _keep_idle),
        about="Those that hold a transaction open and do nothing.",
    ),
)  # fmt: skip

_EMPTY = {
    "active": "No session runs a statement.",
    "waiting": "Nobody waits for a lock.",
    "blocking": "Nobody holds up anybody.",
    "idle-tx": "No session is idle in a transaction.",
}


def _order(row: Row) -> tuple[int, float]:
    """What runs first, longest first; then what is idle, newest first; then the server's processes; our own last."""
    if row.get("own"):
        return (4, 0.0)
    if auxiliary(row):
        return (3, 0.0)
    if row.get("state") == "idle":
        return (1, float(row.get("state_age") or 0))
    age = float(doing_age(row) or 0)
    return (1, age) if row.get("masked") else (0, -age)


def _in_order(rows: Sequence[Row]) -> list[Row]:
    """The rows in their own order, parallel workers under their leader."""
    leaders = {row["pid"] for row in rows}
    workers: dict[int, list[Row]] = {}
    rest: list[tuple[tuple[int, float], Row]] = []
    for row in rows:
        leader = row["leader_pid"]
        if leader is not None and leader != row["pid"] and leader in leaders:
            workers.setdefault(leader, []).append(row)
        else:
            rest.append((_order(row), row))
    rest.sort(key=itemgetter(0))
    found: list[Row] = []
    for _, row in rest:
        found.append(row)
        found += workers.get(row["pid"], ())
    return found


def _rows(moment: Moment, width: int) -> list[Row]:
    here = sessions(moment)
    if moment.view not in ("", "chains"):
        view = PANE.view(moment.view)
        keep = view.keep if view else None
        return _in_order([row for row in here.rows if keep(row, moment)] if keep else here.rows)
    people = here.people + [row for row in here.astir if waiting(row) and auxiliary(row)]
    if not moment.tree:
        return _in_order(people)
    shown = 1 if width < 60 else SHOWN if width < WIDE else SHOWN_WIDE
    chains = chain_rows(here.graph, moment.unfolded, shown, moment.rows("prepared"))
    others = _in_order([row for row in people if row["pid"] not in here.graph.chained])
    return [*chains, WAITING_FOR_NOBODY, *others] if chains else others


def blocks(moment: Moment, width: int) -> list[Block]:
    """What stands in the pane: what is hidden, that nobody waits, and the sessions."""
    missing = moment.missing("activity")
    if missing:
        return absent_blocks("Sessions", missing, width)
    here = sessions(moment)
    above: list[Block] = []
    if here.masked:
        above.append(_hidden(moment, here.masked))
    if moment.view in ("", "chains") and here.rows and not here.graph.chained:
        above.append(Prose((((f"   Nobody waits for a lock. {here.looked_at}.", "quiet"),),)))
    empty = f"{_EMPTY.get(moment.view, 'No sessions.')} {here.looked_at}."
    if here.masked and moment.view in ("active", "idle-tx"):
        empty = f"Unknown: {here.masked} of {here.seen} sessions are hidden."
    columns = NARROW_COLUMNS if width < 60 else COLUMNS
    return [*above, Table("sessions", columns, _rows(moment, width), ("pid", "backend_start"), empty=empty)]


def _hidden(moment: Moment, masked: int) -> Prose:
    """That sessions are there and cannot be looked at, and what mends it: never that none is active."""
    user = moment.server.user
    sentence = f" ? {masked} sessions are hidden: {user} lacks pg_read_all_stats."
    return Prose((((sentence, "watch"), (f" GRANT pg_monitor TO {user};", "primary")),), mark="unknown")


def line(row: Row, moment: Moment) -> str:
    """The sentence about the row under the cursor, 78 cells at most where names are short."""
    if row.get("ruled"):
        return "Below stand the sessions that wait for nobody."
    if row.get("more"):
        return f"{row['more']} alike wait {words.age(age_of(row, moment))} for {words.lock_words_long(row)}; Enter unfolds them"
    if row.get("prepared"):
        return f"Prepared transaction {row.get('gid')} has no session: ROLLBACK PREPARED in its database ends it."
    if row.get("own"):
        return f"{row.get('pid')} is this console's own session; it is left out of every total"
    parts = [f"{words.who(row)}; {_standing(row, moment)}"]
    if row.get("masked"):
        parts = [f"{words.who(row)}; hidden: this role lacks pg_read_all_stats"]
    return "; ".join(parts)


def _standing(row: Row, moment: Moment) -> str:
    graph = sessions(moment).graph
    pid = row.get("pid")
    if waiting(row):
        behind = graph.blockers.get(pid, ()) if pid is not None else ()
        more = f" +{len(behind) - 1}" if len(behind) > 1 else ""
        first = graph.parents.get(pid) if pid is not None else None
        names = f" behind {first or 'a prepared transaction'}{more}" if first is not None else ""
        return f"waits for {words.lock_words(row)}{names}"
    holds: list[str] = []
    if row.get("held_mode"):
        holds.append(f"{words.SHORT_MODES.get(row['held_mode'], row['held_mode'])} {row.get('held_relation')}")
    if horizon_age(row) is not None:
        holds.append("the oldest xmin" if horizon_age(row) == sessions(moment).oldest_xmin else "xmin")
    frees = len(graph.frees(pid)) if pid is not None else 0
    told = f"holds {' and '.join(holds)}" if holds else f"connected for {units.age(row.get('backend_age'))}"
    if frees:
        return f"{told}; frees {frees}"
    return told if holds else f"{told} to {row.get('database')}" if row.get("database") else told


def _worst(moment: Moment) -> Mark | None:
    """The worst mark of all sessions: that of the roots, and of those in no chain."""
    if moment.missing("activity"):
        return "unknown"
    here = sessions(moment)
    roots = set(here.graph.roots)
    marks: set[Mark | None] = {"unknown" if here.masked else None}
    judges = [column.mark for column in COLUMNS if column.mark]
    for row in here.rows:
        if row["pid"] not in roots and row["state"] == "idle":
            continue  # neither a transaction nor a snapshot nor anybody behind it: most sessions behind a pool
        if client(row) and (row["pid"] in roots or not waiting(row)):
            marks |= {judge(row, moment) for judge in judges}
        elif waiting(row) and (row["lock_type"], row["lock_mode"]) == ("relation", "AccessExclusiveLock"):
            marks.add("watch")
    return worst(list(marks))


def _note(moment: Moment) -> str:
    return "by chain" if moment.view in ("", "chains") and moment.tree else "by age"


def _footnote(moment: Moment) -> str:
    here = sessions(moment)
    return f"{here.seen} sessions; this console's own is left out of every total"


PANE = Pane(
    tab=tab("activity"),
    about="Sessions with what they do and wait for, and the tree of who waits for whom.",
    probes=("activity", "prepared"),
    blocks=blocks,
    views=VIEWS,
    line=line,
    detail=session_detail,
    detail_probes={"session_text": ("pid", "backend_start"), "session_locks": ("pid",)},
    worst=_worst,
    note=_note,
    footnote=_footnote,
    keys=("t tree",),
)
