"""Commits that wait for a synchronous standby which does not answer: every writer hangs."""

from __future__ import annotations

from cryotui.diagnosis.search import Found, NotChecked, Search, fitted
from cryotui.model import units
from cryotui.model.cause import Cause, Next
from cryotui.model.pane import Moment

WATCH_AGE, BAD_AGE = 5.0, 30.0
"""Seconds that a commit waits; a round trip takes milliseconds."""


def _find(moment: Moment) -> Found:
    rows = moment.rows("activity")
    if any(row["masked"] and row["database"] is not None for row in rows):
        return NotChecked(f"waits of sessions are hidden from {moment.server.user}")
    waiting = [row for row in rows if row["wait_event"] == "SyncRep"]
    longest = max((row["query_age"] or 0.0 for row in waiting), default=0.0)
    if longest < WATCH_AGE:
        return []
    names = moment.server.setting("synchronous_standby_names")
    wanted = f"synchronous_standby_names is {names}" if names else "synchronous_standby_names names who must answer"
    return [
        Cause(
            name="sync_standby",
            mark="bad" if longest >= BAD_AGE else "watch",
            sentence=fitted(f"{len(waiting)} commits wait for a synchronous standby, the longest {units.age(longest)}"),
            why=fitted(wanted),
            next=(Next("Enter", "standbys"),),
            evidence=("replication", ""),
            weight=1e6 + len(waiting),
        )
    ]


SEARCH = Search("synchronous standby", ("activity",), _find)
