"""A prepared transaction that nobody finished: it keeps its locks and its snapshot, over restarts too."""

from __future__ import annotations

from cryotui.diagnosis.search import Found, Search, fitted, graded
from cryotui.model import units
from cryotui.model.cause import Cause, Next
from cryotui.model.pane import Moment

WATCH, BAD = 600.0, 3600.0
"""Seconds: the second phase follows within moments; after an hour its coordinator has forgotten it."""


def _find(moment: Moment) -> Found:
    rows = moment.rows("prepared")
    oldest = max(rows, key=lambda row: row["age"], default=None)
    mark = graded(oldest["age"], WATCH, BAD) if oldest is not None else None
    if oldest is None or mark is None:
        return []
    others = f"; {len(rows) - 1} more are prepared" if len(rows) > 1 else ""
    return [
        Cause(
            name=f"prepared_transaction {oldest['gid']}",
            mark=mark,
            sentence=fitted(
                f"Prepared transaction {oldest['gid']} waits for {units.age(oldest['age'])} for its second phase"
            ),
            why=fitted(f"{oldest['user']} in {oldest['database']}; keeps locks and snapshot, has no session{others}"),
            next=(Next("", f"COMMIT or ROLLBACK PREPARED in {oldest['database']}"),),
            evidence=("activity", "chains"),
            weight=float(oldest["age"]),
            culprit=f"prepared transaction {oldest['gid']}",
            yields=True,
        )
    ]


SEARCH = Search("prepared transactions", ("prepared",), _find)
