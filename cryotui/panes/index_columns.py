"""The columns of the Indexes pane, and those of its list of foreign keys without an index."""

from __future__ import annotations

from typing import Any

from cryotui.model import units
from cryotui.model.pane import FILL, Column, Mark, Moment, Value
from cryotui.model.sample import Row
from cryotui.panes.agewords import NEVER, NOW, Done
from cryotui.panes.indexset import LAST_SCAN, bloat_mark, index_set, remark, use
from cryotui.panes.names import label
from cryotui.panes.tableset import Share, managed, share_words
from cryotui.panes.thresholds import limit

RECENT = 60.0
"""Seconds within which a scan was now: the statistics themselves come late by some."""
FK_FROM = 10_000
"""Rows from which reading a whole table for each deleted reference hurts."""


def name(row: Row, moment: Moment) -> str:
    """The index as the list writes it."""
    return label(row["schema"], row["index"])


def table_name(row: Row, moment: Moment) -> str:
    """Its table."""
    return label(row["schema"], row["table"])


def scan_rate(row: Row, moment: Moment) -> float | None:
    """Scans a second."""
    found, rates = use(row, moment), moment.rates.get("index_scans")
    return rates.per_second(found, "scans") if rates and found is not None else None


def scans(row: Row, moment: Moment) -> int | None:
    """Scans since the statistics began."""
    found = use(row, moment)
    return None if found is None else found["scans"]


def rows_per_scan(row: Row, moment: Moment) -> float | None:
    """Entries read by a scan, over all scans since the statistics began."""
    found = use(row, moment)
    return found["rows_read"] / found["scans"] if found is not None and found["scans"] else None


def last_scan(row: Row, moment: Moment) -> Done | None:
    """When it was scanned last; not known before server 16."""
    found = use(row, moment)
    if found is None or moment.server.major < 16:
        return None
    if found["last_scan_epoch"] is None:
        return NEVER if found["scans"] == 0 else None
    age = max(moment.now.timestamp() - found["last_scan_epoch"], 0.0)
    return NOW if age < RECENT else Done(age, "")


def last_scan_words(value: Done | None) -> str:
    """``now``, ``12d``, ``never``."""
    if value is None:
        return units.UNKNOWN
    return value.who or units.age(value)


def last_scan_mark(row: Row, moment: Moment) -> Mark | None:
    """Not scanned for long, where only queries would need it and the statistics are old enough to tell."""
    found = index_set(moment)
    watch = limit(moment, *LAST_SCAN)[0]
    if managed(row) or (found.stats_age or 0) < watch or found.needed(row) or not row["valid"]:
        return None
    age = last_scan(row, moment)
    return "watch" if age is not None and age >= watch else None


def _bloat(row: Row, moment: Moment) -> Share | None:
    return index_set(moment).bloat(row)


def _bloat_mark(row: Row, moment: Moment) -> Mark | None:
    return None if managed(row) else bloat_mark(index_set(moment), row, moment)


def _columns(row: Row, moment: Moment) -> str | None:
    return index_set(moment).columns(row)


def _remark(row: Row, moment: Moment) -> str:
    return remark(row, moment).text


def _remark_mark(row: Row, moment: Moment) -> Mark | None:
    return remark(row, moment).mark


def _quiet(row: Row, moment: Moment) -> bool:
    return managed(row)


def _column(title_name: str, title: str, narrow: int, wide: int, value: Value | None = None, **more: Any) -> Column:
    return Column(title_name, title, narrow, wide, value, quiet=_quiet, **more)


COLUMNS: tuple[Column, ...] = (
    _column(
        "index", "index", 27, 40, name, align="L", ascending=True,
        about="Indexes of tables outside the system catalogs; schema left out for public. Quiet ones belong to the platform or "
        "an extension and are never marked.",
    ),
    _column("table", "table", 0, 24, table_name, align="L", leaves=4, ascending=True, about="The table it belongs to."),
    _column(
        "size", "size", 6, 6, form=units.size,
        about="Bytes as of the last VACUUM, ANALYZE or build (relpages). An index of a partitioned table has none of its own.",
    ),
    _column(
        "scan_rate", "scans/s", 7, 7, scan_rate, form=units.rate, leaves=5,
        about="Scans a second over the last interval. A scan is counted when a query begins one; unknown before the second "
        "sample. Each server counts its own: a standby may use what the primary does not.",
    ),
    _column(
        "last_scan", "last scan", 9, 9, last_scan, form=last_scan_words, leaves=6, mark=last_scan_mark,
        about="Since the last scan; known from server 16 on. now: within the last minute. Marked from 7 days on, where the "
        "statistics are as old and nothing but queries needs the index.",
    ),
    _column(
        "scans", "scans", 0, 7, scans, form=units.count, leaves=2,
        about="Scans since the statistics began, which the line above tells.",
    ),
    _column(
        "rows_per_scan", "rows/scan", 0, 9, rows_per_scan, form=units.count, leaves=1,
        about="Index entries read by a scan, on average since the statistics began.",
    ),
    _column(
        "bloat", "bloat", 5, 5, _bloat, form=share_words, mark=_bloat_mark,
        about="The part of the index that a rebuild would save: an estimate (≈) from the statistics of its columns, every 5 "
        "minutes, for the 500 largest B-tree indexes from 1 MB on; Enter tells why there is none. Filled in random order an "
        "index settles at about 25%, and a rebuild does not last. Marked from 100 MB on.",
    ),
    _column(
        "columns", "columns", 0, 30, _columns, align="L", leaves=3,
        about="Key columns, included columns, and whether it covers only part of the rows.",
    ),
    _column(
        "remark", "remark", 18, FILL, _remark, align="L", mark=_remark_mark,
        about="The worst that is to be said of it: INVALID (no query uses it), unused (no scan since the statistics began, "
        "from 1 MB on, and nothing else needs it), same as or prefix of another index, bloated; else what it is for.",
    ),
)  # fmt: skip


def _key_table(row: Row, moment: Moment) -> str:
    return label(row["schema"], row["table"])


def _key_referenced(row: Row, moment: Moment) -> str:
    return label(row["referenced_schema"], row["referenced_table"])


def _deletes(row: Row, moment: Moment) -> float | None:
    rates = moment.rates.get("foreign_keys")
    return rates.per_second(row, "referenced_deleted") if rates else None


def _key_mark(row: Row, moment: Moment) -> Mark | None:
    return "watch" if (row["rows"] or 0) >= FK_FROM and not managed(row) else None


FOREIGN_KEY_COLUMNS: tuple[Column, ...] = (
    _column("table", "table", 21, 30, _key_table, align="L", ascending=True, about="The referencing table."),
    _column("columns", "columns", 16, 28, align="L", leaves=2, ascending=True, about="Its columns that no index begins with."),
    _column("references", "references", 20, 30, _key_referenced, align="L", ascending=True, about="The referenced table."),
    _column(
        "rows", "rows", 6, 6, form=units.count, mark=_key_mark,
        about="Rows of the referencing table that each delete of a referenced row, or change of its key, goes through.",
    ),
    _column(
        "heap_size", "reads", 6, 6, form=units.size,
        about="Bytes that one delete reads: the whole heap of the referencing table, as of its last VACUUM or ANALYZE.",
    ),
    _column(
        "deletes", "del/s", 0, 6, _deletes, form=units.rate, leaves=1,
        about="Rows deleted from the referenced table a second, over the minute between two askings.",
    ),
    _column(
        "on_delete", "on delete", 0, 11, align="L", leaves=1,
        about="What a delete of a referenced row does to the referencing ones.",
    ),
    _column("constraint", "constraint", 0, FILL, align="L", leaves=1, about="The foreign key."),
)  # fmt: skip
