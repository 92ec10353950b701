"""This standby replays late: what it shows is that old."""

from __future__ import annotations

from cryotui.diagnosis.search import Found, Search, fitted, graded
from cryotui.model import units
from cryotui.model.cause import Cause, Next
from cryotui.model.pane import Moment
from cryotui.model.thresholds import limits


def _find(moment: Moment) -> Found:
    vitals = moment.one("vitals")
    if vitals is None or not vitals["in_recovery"]:
        return []
    age = vitals["replay_age"]
    mark = graded(age, *limits(moment.settings, "replication.replay_lag"))
    if mark is None:
        return []
    return [
        Cause(
            name="replay_behind",
            mark=mark,
            sentence=fitted(f"This standby is {units.age(age)} behind: WAL has arrived and is not replayed"),
            why=fitted(
                "a query here holds up replay (max_standby_streaming_delay), replay is paused, or the disk is slow"
            ),
            next=(Next("Enter", "replay"),),
            evidence=("replication", ""),
            weight=float(age),
        )
    ]


SEARCH = Search("replay on this standby", ("vitals",), _find)
