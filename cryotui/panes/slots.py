"""Replication slots: what each keeps, how near its end it is, and what keeping it costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cryotui.model import units
from cryotui.model.layout import WIDE
from cryotui.model.pane import FILL, Column, Line, Mark, Moment, Role, Table, worst
from cryotui.model.sample import Row
from cryotui.model.slot import KEPT, kept_mark, left_mark, mean_wal_rate, status_mark, unread, used
from cryotui.panes.thresholds import judge, limit

INACTIVE = (3600.0, float("inf"))
"""Seconds a slot is not read for; it keeps WAL and old rows meanwhile."""


def _active(row: Row, moment: Moment) -> str:
    if row["active"]:
        return "yes"
    if row["inactive_age"] is None:
        return "no"
    age = units.age(row["inactive_age"])
    return f"no, {age}" if len(age) <= 4 else f"no {age}"


def _inactive(row: Row, moment: Moment) -> float | None:
    return None if row["active"] else row["inactive_age"]


def _inactive_mark(row: Row, moment: Moment) -> Mark | None:
    if row["active"]:
        return None
    return judge(row["inactive_age"], limit(moment, "replication.slot_inactive", *INACTIVE))


def _status_mark(row: Row, moment: Moment) -> Mark | None:
    return status_mark(row)


def _bar(width: int) -> Callable[[Row, Moment], str]:
    return lambda row, moment: units.bar(used(row), width)


def _status(row: Row, moment: Moment) -> str:
    status = units.text(row["wal_status"])
    return f"{status}: {row['invalidation']}" if row["invalidation"] else status


COLUMNS = (
    Column("slot", "slot", 14, 24, align="L", ascending=True, about="The slot's name."),
    Column(
        "kind", "kind", 12, 16, align="L", leaves=1, ascending=True, about="physical, or the plugin of a logical slot."
    ),
    Column(
        "active",
        "active",
        8,
        10,
        words=_active,
        align="L",
        leaves=2,
        mark=_inactive_mark,
        about="Whether it is read now, else since when not (from 17 on).",
    ),
    Column(
        "inactive_seconds",
        "inactive",
        0,
        0,
        _inactive,
        form=units.age,
        about="How long it is not read, in seconds (from 17 on).",
    ),
    Column("retained", "keeps", 6, 8, form=units.size, mark=kept_mark, about="WAL kept for it."),
    Column("used", "", 12, 24, _bar(12), form=str, align="L", leaves=3, about="Of max_slot_wal_keep_size, drawn."),
    Column(
        "safe",
        "safe",
        6,
        8,
        form=units.size,
        mark=left_mark,
        about="WAL that may be written before it is cut off; - where there is no limit. Marked where nobody reads it and that "
        "is written in 15 minutes at the mean pace of the last ones, bad in 5 (replication.slot_left).",
    ),
    Column(
        "wal_status",
        "wal_status",
        10,
        FILL,
        words=_status,
        align="L",
        mark=_status_mark,
        about="reserved, extended, unreserved (about to be cut off), lost (cut off: its reader needs a new copy).",
    ),
    Column("invalidation", "invalidation", 0, 0, about="Why the server gave it up (from 17 on)."),
)
_WIDE_COLUMNS = tuple(replace(column, value=_bar(24)) if column.name == "used" else column for column in COLUMNS)


def slots_table(moment: Moment, width: int) -> Table:
    """The slots, the one that keeps most first."""
    columns = _WIDE_COLUMNS if width >= WIDE else COLUMNS
    return Table("slots", columns, moment.rows("slots"), ("slot",), main=False)


def slot_mark(row: Row, moment: Moment) -> Mark | None:
    """The worst mark of a slot."""
    judges = (_inactive_mark, kept_mark, _status_mark, left_mark)
    return worst([judged(row, moment) for judged in judges])


def reckoning(moment: Moment) -> Line | None:
    """When the slot nearest to its end is cut off, at the mean pace of WAL; None when none is near."""
    wal_rate = mean_wal_rate(moment)
    rows = [row for row in moment.rows("slots") if unread(row, moment) and (row["retained"] or 0) >= KEPT]
    if not rows or not wal_rate:
        return None
    rate = units.size_rate(wal_rate)
    limited = [row for row in rows if row["safe"] is not None]
    role: Role = "quiet"
    if limited:
        nearest = min(limited, key=lambda row: row["safe"])
        when = f"is cut off in {units.age(max(nearest['safe'], 0) / wal_rate)}"
        mark = left_mark(nearest, moment)
        role = mark if mark in ("bad", "watch") else role
        text = f"   at {rate}/s {nearest['slot']} {when}, or pg_wal fills first"
    else:
        text = (
            f"   at {rate}/s {rows[0]['slot']} keeps {units.size(wal_rate * 3600)} more an hour; no limit: pg_wal fills"
        )
    return ((text, role),)


def slot_line(row: Row) -> str:
    """One line about a slot: what it holds back."""
    parts = [f"{row['slot']} keeps {units.size(row['retained'])} of WAL"]
    if not row["active"]:
        parts.append("nobody reads it")
    if row["unconfirmed"] is not None:
        parts.append(f"its reader confirmed all but {units.size(row['unconfirmed'])}")
    ages = [age for age in (row["xmin_age"], row["catalog_xmin_age"]) if age is not None]
    if ages:
        of = "rows" if row["xmin_age"] is not None else "catalog rows"
        parts.append(f"holds dead {of} of the last {units.count(max(ages))} transactions")
    return "; ".join(parts)
