"""The oldest snapshot of all: rows that died since then stay, in every table, whatever vacuum does."""

from __future__ import annotations

from cryotui.diagnosis.search import Found, NotChecked, Search, app_of, fitted, graded
from cryotui.model import units
from cryotui.model.cause import Cause, Next
from cryotui.model.pane import Moment
from cryotui.model.sample import Row

WATCH, BAD = 1e6, 100e6
"""Transactions: the mark of the column ``xmin``; half of autovacuum_freeze_max_age's default of 200 million."""


def _find(moment: Moment) -> Found:
    rows = moment.rows("horizon")
    holders = [row for row in rows if row["xmin_age"] is not None and row["backend_type"] != "autovacuum worker"]
    vitals = moment.one("vitals")
    hidden = vitals is not None and bool(vitals["masked"])
    oldest = max(holders, key=lambda row: row["xmin_age"], default=None)
    mark = graded(oldest["xmin_age"], WATCH, BAD) if oldest is not None else None
    if oldest is None or mark is None:
        return NotChecked(f"snapshots of sessions are hidden from {moment.server.user}") if hidden else []
    held = f"dead rows of {units.count(oldest['xmin_age'])} transactions stay"
    ages = sorted((row["xmin_age"] for row in holders), reverse=True)
    after = f"without it {units.count(ages[1])}" if len(ages) > 1 else "nothing else holds any"
    return [
        Cause(
            name=f"vacuum_horizon {oldest['kind']} {oldest['name']}",
            mark=mark,
            sentence=fitted(f"Vacuum held back by {_holder(oldest)}: {held}"),
            why=fitted(f"{_why(oldest)}; {after}"),
            next=_next(oldest),
            row=oldest if oldest["kind"] == "session" else None,
            evidence=("replication", "") if oldest["kind"] in ("slot", "standby") else ("activity", "all"),
            weight=oldest["xmin_age"] / 1e6,
            culprit=oldest["pid"] if oldest["kind"] == "session" else f"{oldest['kind']} {oldest['name']}",
        )
    ]


def _holder(row: Row) -> str:
    return f"pid {row['name']}" if row["kind"] == "session" else f"{row['kind']} {row['name']}"


def _why(row: Row) -> str:
    match row["kind"]:
        case "session":
            return f"{app_of(row)}, {row['state']}, its transaction is open {units.age(row['transaction_age'])}"
        case "prepared transaction":
            return f"prepared {units.age(row['transaction_age'])} ago in {row['database']}, has no session"
        case "slot":
            return f"{row['state']}; its reader has not confirmed more"
        case _:
            return "hot_standby_feedback: a query there needs them"


def _next(row: Row) -> tuple[Next, ...]:
    if row["kind"] == "session":
        first = (
            Next("C", f"cancel {row['pid']}", row)
            if row["state"] == "active"
            else Next("K", f"terminate {row['pid']}", row)
        )
        return (first, Next("Enter", "sessions"))
    if row["kind"] == "prepared transaction":
        return (Next("", f"ROLLBACK PREPARED '{row['name']}' in {row['database']}"),)
    return (Next("Enter", "slots" if row["kind"] == "slot" else "standbys"),)


SEARCH = Search("vacuum held back", ("horizon",), _find)
