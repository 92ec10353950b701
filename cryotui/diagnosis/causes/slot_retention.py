"""A replication slot that keeps WAL for somebody who does not fetch it: pg_wal fills, or the slot is cut off."""

from __future__ import annotations

from cryotui.diagnosis.search import Found, Search, fitted, graded
from cryotui.model import units
from cryotui.model.cause import Cause, Next
from cryotui.model.pane import Mark, Moment, worst
from cryotui.model.sample import Row

USED_WATCH, USED_BAD = 0.5, 0.8
"""Shares of max_slot_wal_keep_size: the default of ``replication.slot_used``."""

RETAINED_WATCH, RETAINED_BAD = 2**30, 16 * 2**30
"""Bytes kept for an unused slot, where nothing limits them: one, and sixteen times the default of max_wal_size."""


def _find(moment: Moment) -> Found:
    found = []
    for row in moment.rows("slots"):
        mark = _mark(row, moment)
        if mark is not None:
            found.append(_cause(row, mark))
    return sorted(found, key=lambda cause: -cause.weight)


def _mark(row: Row, moment: Moment) -> Mark | None:
    if row["wal_status"] in ("unreserved", "lost"):
        return "bad"
    retained = row["retained"]
    if retained is None:
        return None
    watch, bad = moment.settings.thresholds.get("replication.slot_used", (USED_WATCH, USED_BAD))
    of_limit = graded(retained / row["keep_limit"], watch, bad) if row["keep_limit"] else None
    unused = None if row["active"] else graded(retained, RETAINED_WATCH, RETAINED_BAD)
    return worst([of_limit, unused])


def _cause(row: Row, mark: Mark) -> Cause:
    kept = units.size(row["retained"])
    use = "in use" if row["active"] else "unused"
    inactive = row.get("inactive_age")
    if not row["active"] and inactive is not None:
        use = f"unused for {units.age(inactive)}"
    if row["wal_status"] == "lost":
        sentence = f"Slot {row['slot']} is lost: WAL it needed is gone"
        why = f"{row['kind']}, {use}; its reader has to be set up anew"
    else:
        sentence = f"Slot {row['slot']} keeps {kept} of WAL, {use}"
        left = (
            f"; {units.size(row['safe'])} left before it is cut off"
            if row["safe"] is not None
            else "; nothing limits it"
        )
        why = f"{row['kind']}, wal_status {row['wal_status']}{left}"
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
