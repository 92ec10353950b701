"""A replication slot that keeps WAL for somebody who does not fetch it: pg_wal fills, or the slot is cut off."""

from __future__ import annotations

from cryotui.diagnosis.search import Found, Search, fitted
from cryotui.model import units
from cryotui.model.cause import Cause, Next
from cryotui.model.pane import Mark, Moment, worst
from cryotui.model.sample import Row
from cryotui.model.slot import kept_mark, left, left_mark, status_mark


def _find(moment: Moment) -> Found:
    found = []
    for row in moment.rows("slots"):
        mark = _mark(row, moment)
        if mark is not None:
            found.append(_cause(row, mark, moment))
    return sorted(found, key=lambda cause: -cause.weight)


def _mark(row: Row, moment: Moment) -> Mark | None:
    return worst([status_mark(row), kept_mark(row, moment), left_mark(row, moment)])


def _cause(row: Row, mark: Mark, moment: Moment) -> Cause:
    kept = units.size(row["retained"])
    use = "in use" if row["active"] else "unused"
    inactive = row.get("inactive_age")
    if not row["active"] and inactive is not None:
        use = f"unused for {units.age(inactive)}"
    seconds = left(row, moment)
    if row["wal_status"] == "lost":
        sentence = f"Slot {row['slot']} is lost: WAL it needed is gone"
        why = f"{row['kind']}, {use}; its reader has to be set up anew"
    else:
        sentence = f"Slot {row['slot']} keeps {kept} of WAL, {use}"
        if row["safe"] is None:
            rest = "nothing limits it"
        elif seconds is None:
            rest = f"{units.size(row['safe'])} left before it is cut off"
        else:
            rest = f"cut off in about {units.age(seconds)}, after {units.size(row['safe'])} more"
        why = f"{rest}; {row['kind']}, wal_status {row['wal_status']}"
    return Cause(
        name=f"slot_retention {row['slot']}",
        mark=mark,
        sentence=fitted(sentence),
        why=fitted(why),
        next=(Next("Enter", "slots"),),
        evidence=("replication", ""),
        weight=1e5 + (row["retained"] or 0) / 2**30,
        culprit=f"slot {row['slot']}",
    )


SEARCH = Search("slots that keep WAL", ("slots",), _find)
