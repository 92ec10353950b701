"""A standby or subscriber that falls behind: what it shows is old, and a failover to it loses what it lacks."""

from __future__ import annotations

from cryotui.diagnosis.search import Found, NotChecked, Search, fitted, graded
from cryotui.model import units
from cryotui.model.cause import Cause, Next
from cryotui.model.pane import Moment, worst
from cryotui.model.thresholds import limits


def _find(moment: Moment) -> Found:
    rows = moment.rows("replication")
    if any(row["masked"] for row in rows):
        return NotChecked(f"standbys are hidden from {moment.server.user}")
    found = []
    for row in rows:
        if row["state"] not in ("streaming", "catchup"):
            continue  # a base backup is no standby
        lag = graded(row["lag"], *limits(moment.settings, "replication.replay_lag"))
        behind = graded(row["behind"], *limits(moment.settings, "replication.behind"))
        mark = worst([lag, behind])
        if mark is None:
            continue
        late = f" {units.age(row['lag'])}" if row["lag"] is not None else ""
        unsent = row["unsent"] or 0
        where = (
            "most of it is not sent yet: network or sender"
            if unsent > (row["behind"] or 0) / 2
            else "it is sent, not replayed"
        )
        found.append(
            Cause(
                name=f"replication_lag {row['app']} {row['pid']}",
                mark=mark,
                sentence=fitted(
                    f"Standby {row['app'] or row['pid']} is{late} behind: {units.size(row['behind'])} of WAL"
                ),
                why=fitted(f"{row['state']}, {row['sync']}; {where}"),
                next=(Next("Enter", "standbys"),),
                evidence=("replication", ""),
                weight=float(row["lag"] or 0),
            )
        )
    return found


SEARCH = Search("replication lag", ("replication",), _find)
