"""The oldest snapshot of all: rows that died since then stay, in every table, whatever vacuum does."""

from __future__ import annotations

from collections.abc import Sequence

from cryotui.diagnosis.search import Found, NotChecked, Search, app_of, fitted, graded
from cryotui.model import units
from cryotui.model.cause import Cause, Next
from cryotui.model.pane import Mark, Moment
from cryotui.model.sample import Row
from cryotui.model.thresholds import limits

WATCH, BAD = 1e6, 100e6
"""Transactions: the mark of the column ``xmin``; half of autovacuum_freeze_max_age's default of 200 million."""


MANY_DEAD = 10_000
"""Dead rows of one table, and transactions of a holder without an age in time, that are worth a word; as in Tables."""

OF_DATABASE = ("session", "prepared transaction")
"""Holders that keep the dead rows of their own database only."""


def _find(moment: Moment) -> Found:
    rows = moment.rows("horizon")
    holders = [row for row in rows if row["xmin_age"] is not None and row["backend_type"] != "autovacuum worker"]
    vitals = moment.one("vitals")
    hidden = vitals is not None and bool(vitals["masked"])
    oldest = max(holders, key=lambda row: row["xmin_age"], default=None)
    mark = graded(oldest["xmin_age"], WATCH, BAD) if oldest is not None else None
    if oldest is not None and mark is not None:
        held = f"dead rows of {units.count(oldest['xmin_age'])} transactions stay"
        ages = sorted((row["xmin_age"] for row in holders), reverse=True)
        after = f"without it {units.count(ages[1])}" if len(ages) > 1 else "nothing else holds any"
        return [_cause(oldest, mark, held, after)]
    here = _holder_here(holders, moment)
    if here is not None and (due := _due(moment)):
        first = due[0]
        held = f"{units.count(first['dead_rows'])} dead rows stay in {_name(first)}"
        return [_cause(here, _milder(here, first, moment), held, f"table due {units.times(first['fullness'])}")]
    return NotChecked(f"snapshots of sessions are hidden from {moment.server.user}") if hidden else []


def _cause(holder: Row, mark: Mark, held: str, after: str) -> Cause:
    return Cause(
        name=f"vacuum_horizon {holder['kind']} {holder['name']}",
        mark=mark,
        sentence=fitted(f"Vacuum held back by {_holder(holder)}: {held}"),
        why=fitted(f"{_why(holder)}; {after}"),
        next=_next(holder),
        row=holder if holder["kind"] == "session" else None,
        evidence=("replication", "") if holder["kind"] in ("slot", "standby") else ("activity", "all"),
        weight=holder["xmin_age"] / 1e6,
        culprit=holder["pid"] if holder["kind"] == "session" else f"{holder['kind']} {holder['name']}",
    )


def _holder_here(holders: Sequence[Row], moment: Moment) -> Row | None:
    """Who holds most dead rows of this database's tables, and has for long enough that autovacuum came by in between.

    Long enough is the threshold ``activity.transaction_age`` (5 min; autovacuum looks at a database every minute). Slots and
    standbys tell no time: from ``MANY_DEAD`` transactions on. Slots that hold the catalogs alone are none.
    """
    watch, _ = limits(moment.settings, "activity.transaction_age")
    here = [
        row
        for row in holders
        if (row["kind"] not in OF_DATABASE or row["database"] == moment.server.database)
        and not row["catalogs_only"]
        and (row["xmin_age"] >= MANY_DEAD if row["transaction_age"] is None else row["transaction_age"] >= watch)
        and row["xmin_age"] > 0
    ]
    return max(here, key=lambda row: row["xmin_age"], default=None)


def _due(moment: Moment) -> list[Row]:
    """Tables with many dead rows that autovacuum should have cleared (threshold ``tables.due``), the fullest first.

    Not those it may not touch, nor any while all its workers are busy: then it may just not have come.
    """
    watch, _ = limits(moment.settings, "tables.due")
    found = [
        row
        for row in moment.rows("autovacuum_queue")
        if row["reason"] == "dead rows" and row["fullness"] >= watch and row["dead_rows"] >= MANY_DEAD
        and row["autovacuum_enabled"] and (row["workers_busy"] or 0) < row["workers_max"]
    ]  # fmt: skip
    return sorted(found, key=lambda row: -row["fullness"])


def _milder(holder: Row, table: Row, moment: Moment) -> Mark:
    """Bad when the transaction is open for long and the table is far over its threshold, each by its own limit."""
    long = graded(holder["transaction_age"], *limits(moment.settings, "activity.transaction_age"))
    far = graded(table["fullness"], *limits(moment.settings, "tables.due"))
    return "bad" if long == far == "bad" else "watch"


def _name(table: Row) -> str:
    if table["toast_of"]:
        return f"{table['toast_of']} (toast)"
    return str(table["table"]) if table["schema"] == "public" else f"{table['schema']}.{table['table']}"


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


SEARCH = Search("vacuum held back", ("horizon",), _find, also=("autovacuum_queue",))
