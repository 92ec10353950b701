"""Sessions that wait for a lock behind one that holds it: the root, how many wait, and the mildest way out."""

from __future__ import annotations

from collections import Counter

from cryotui.diagnosis.search import Found, Search, app_of, fitted, state_of, verb
from cryotui.model import units
from cryotui.model.cause import Cause, Next
from cryotui.model.lockgraph import PREPARED, LockGraph
from cryotui.model.pane import Mark, Moment
from cryotui.model.sample import Row

WATCH_AGE, BAD_AGE = 10.0, 60.0
"""Seconds of the longest wait: the marks of the column ``waits``."""

MANY = 5
"""So many waiting sessions are bad however short they wait: the mark of the column ``blocks``.

So is one behind a session that is idle in transaction, as in the column ``doing``: it does not end by itself."""

MANY_UNSEEN = 2
"""So many waiting sessions are worth a watch behind one whose state is hidden: it may be idle in transaction too."""

BRIEF = 1.0
"""Seconds of waiting that are ordinary: below it nothing is said (deadlock_timeout is as long)."""


def _find(moment: Moment) -> Found:
    graph = LockGraph(moment.rows("activity"))
    found = []
    for root in graph.roots:
        waiting = graph.behind(root)
        cause = _cause(graph, root, waiting) if waiting else None
        if cause:
            found.append(cause)
    return found


def _cause(graph: LockGraph, root: int, waiting: set[int]) -> Cause | None:
    longest = max((float(graph.rows[pid]["wait_age"] or 0) for pid in waiting), default=0.0)
    row = graph.rows.get(root)
    forgotten = row is not None and str(row["state"] or "").startswith("idle in transaction")
    unseen = row is not None and row["state"] is None
    mark: Mark | None = None
    if longest >= BAD_AGE or ((forgotten or len(waiting) >= MANY) and longest >= BRIEF):
        mark = "bad"
    elif longest >= WATCH_AGE or (unseen and len(waiting) >= MANY_UNSEEN and longest >= BRIEF):
        mark = "watch"
    if mark is None:
        return None
    many = "1 session waits" if len(waiting) == 1 else f"{len(waiting)} sessions wait"
    holder = f"pid {root}" if root != PREPARED else "a prepared transaction"
    relations = Counter(graph.rows[pid]["lock_relation"] for pid in waiting if graph.rows[pid]["lock_relation"])
    on = f" on {relations.most_common(1)[0][0]}" if relations else ""
    sentence = f"Lock queue{on}: {many} behind {holder}"
    if len(sentence) > 76:  # a long name gives way to the number and the culprit
        sentence = f"Lock queue: {many} behind {holder}{on}"
    queue = _queue(graph, root, waiting)
    return Cause(
        name=f"lock_queue {root}",
        mark=mark,
        sentence=fitted(sentence),
        why=fitted(_why(graph, row, queue, longest)),
        next=_next(graph, root, row, queue),
        row=row,
        evidence=("activity", "chains"),
        weight=1e6 + len(waiting),
        culprit=root,
    )


def _queue(graph: LockGraph, root: int, waiting: set[int]) -> int | None:
    """The session that waits itself and holds up at least half of the others: cancelling it costs least. None without one."""
    heads = [(len(graph.frees(pid)), -pid) for pid in waiting if pid in graph.waiters]
    best = max(heads, default=None)
    return -best[1] if best and best[0] * 2 >= len(waiting) else None


def _why(graph: LockGraph, row: Row | None, queue: int | None, longest: float) -> str:
    if row is None:
        who = "it has no session: COMMIT PREPARED or ROLLBACK PREPARED ends it"
    else:
        who = f"{app_of(row)}, {state_of(row)}"
        if row["blocked_by"]:
            who = f"{app_of(row)} waits itself, for one that is gone or that waits for it"
    behind = f"; {verb(graph.rows[queue])} ({queue}) queues behind it" if queue is not None else ""
    return f"{who}{behind}" if behind else f"{who}; the longest wait is {units.age(longest)}"


def _next(graph: LockGraph, root: int, row: Row | None, queue: int | None) -> tuple[Next, ...]:
    """Cancel who queues in front of others, then cancel or end the root, then look."""
    steps: list[Next] = []
    if queue is not None:
        steps.append(Next("C", f"cancel {queue} frees {len(graph.frees(queue))}", graph.rows[queue]))
    if row is not None:
        frees = len(graph.frees(root))
        if row["state"] == "active":
            steps.append(Next("C", f"cancel {root} frees {frees}", row))
        else:
            steps.append(Next("K", f"terminate {root} frees {frees}", row))
    steps.append(Next("Enter", "chain"))
    return tuple(steps)


SEARCH = Search("lock queue", ("activity",), _find)
