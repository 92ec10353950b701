"""Sessions that hold a transaction open and do nothing: nothing ends them but their client, a timeout, or you."""

from __future__ import annotations

from cryotui.diagnosis.search import Found, NotChecked, Search, app_of, fitted, graded
from cryotui.model import units
from cryotui.model.cause import Cause, Next
from cryotui.model.pane import Moment
from cryotui.model.thresholds import limits


def _find(moment: Moment) -> Found:
    rows = moment.rows("activity")
    if any(row["masked"] and row["database"] is not None for row in rows):
        return NotChecked(f"states of sessions are hidden from {moment.server.user}")
    idle = [
        row
        for row in rows
        if str(row["state"] or "").startswith("idle in transaction") and row["state_age"] is not None
    ]
    watch, bad = limits(moment.settings, "activity.transaction_age")
    old = sorted((row for row in idle if row["state_age"] >= watch), key=lambda row: -row["state_age"])
    if not old:
        return []
    oldest = old[0]
    mark = graded(oldest["state_age"], watch, bad)
    assert mark is not None
    others = f"; {len(old) - 1} more for over {units.age(watch)}" if len(old) > 1 else ""
    holds = (
        "holds its snapshot" if oldest["xmin_age"] is not None or oldest["xid_age"] is not None else "holds no snapshot"
    )
    return [
        Cause(
            name=f"idle_in_transaction {oldest['pid']}",
            mark=mark,
            sentence=fitted(
                f"Idle in transaction for {units.age(oldest['state_age'])}: pid {oldest['pid']} of {app_of(oldest)}"
            ),
            why=fitted(f"{oldest['user']} in {oldest['database']} {holds}{others}"),
            next=(Next("K", f"terminate {oldest['pid']}", oldest), Next("Enter", "all")),
            row=oldest,
            evidence=("activity", "idle-tx"),
            weight=float(oldest["state_age"]),
            culprit=oldest["pid"],
            yields=True,
        )
    ]


SEARCH = Search("idle in transaction", ("activity",), _find)
