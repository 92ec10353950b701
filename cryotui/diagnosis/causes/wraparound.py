"""Transaction ids running out: the oldest xid or multixact of a database nears the point where the server refuses to write."""

from __future__ import annotations

from cryotui.diagnosis.search import Found, Search, fitted, graded
from cryotui.model import units
from cryotui.model.cause import Cause, Next
from cryotui.model.pane import Moment

WATCH, BAD = 1.1e9, 1.6e9
"""Half of the 2^31 that there are; the default of vacuum_failsafe_age, where vacuum drops everything else."""

LIMIT = 2**31 - 3_000_000
"""The server refuses new xids 3 million before the end (xidStopLimit, varsup.c)."""


def _find(moment: Moment) -> Found:
    vitals = moment.one("vitals")
    if vitals is None:
        return []
    found = []
    for what, age in (("xid", vitals["oldest_xid_age"]), ("multixact", vitals["oldest_multixact_age"])):
        mark = graded(age, WATCH, BAD)
        if mark is None:
            continue
        where = f" of database {vitals['oldest_xid_database']}" if what == "xid" else ""
        workers = vitals["wraparound_workers"]
        runs = "unknown whether" if workers is None else f"{workers}" if workers else "no"
        found.append(
            Cause(
                name=f"wraparound {what}",
                mark=mark,
                sentence=fitted(
                    f"Oldest {what}{where} is {units.count(age)} old: {units.percent(age / LIMIT)} of what there is"
                ),
                why=fitted(f"{runs} autovacuum to prevent wraparound runs; at 100% the server refuses to write"),
                next=(Next("Enter", "tables"),),
                evidence=("tables", ""),
                weight=5e5 + age / LIMIT,
            )
        )
    return found


SEARCH = Search("wraparound", ("vitals",), _find)
