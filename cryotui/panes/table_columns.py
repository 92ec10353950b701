"""The columns of the Tables pane: widths, forms and marks as the screens have them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cryotui.model import units
from cryotui.model.pane import Column, Mark, Moment, Value
from cryotui.model.sample import Row
from cryotui.panes import agewords
from cryotui.panes.names import label
from cryotui.panes.tableset import DUE, FREEZE, LARGE, TableSet, managed, share_words, size_words, table_set
from cryotui.panes.thresholds import judge, limit

# Where marks begin, from chapter 4 of the screens; the configuration may replace those with a name.
DEAD_SHARE = ("tables.dead_share", 0.15, 0.4)
BLOAT = ("tables.bloat", 0.3, 0.6)
SEQ_SCANS = ("tables.seq_scans", 1.0, float("inf"))
SEQ_FROM = 100_000
"""Rows from which reading a whole table more than once a second is worth a look."""
BLOAT_FROM = 100 * 1024 * 1024
"""Bytes of the heap below which a rewrite saves nothing worth its lock."""
WRAPAROUND = 0.4
"""Share of the wraparound limit past which freezing is failing: the failsafe of VACUUM begins at 1.6 of 2.1 billion."""
SETTLED = 86400.0
"""Seconds that statistics have to count before "never" says something about a table, once they were reset."""

Judge = Callable[[Row, Moment], Mark | None]


def name(row: Row, moment: Moment) -> str:
    """The table as the list writes it."""
    return label(row["schema"], row["table"])


def _of(method: Callable[[TableSet, Row], Any]) -> Value:
    return lambda row, moment: method(table_set(moment), row)


def _judged(judge_row: Judge) -> Judge:
    """No mark for what the platform looks after: nobody here can mend it."""
    return lambda row, moment: None if managed(row) else judge_row(row, moment)


def dead_mark(row: Row, moment: Moment) -> Mark | None:
    """Many dead rows."""
    found = table_set(moment)
    if (found.rows_known(row) or 0) + (found.dead_rows(row) or 0) < LARGE:
        return None
    return judge(found.dead_share(row), limit(moment, *DEAD_SHARE))


def due_mark(row: Row, moment: Moment) -> Mark | None:
    """Overdue for autovacuum."""
    return judge(table_set(moment).due(row), limit(moment, *DUE))


def bloat_mark(row: Row, moment: Moment) -> Mark | None:
    """A rewrite would save much."""
    found = table_set(moment)
    share = found.bloat(row)
    return None if share is None or (found.heap_size(row) or 0) < BLOAT_FROM else judge(share, limit(moment, *BLOAT))


def _settled(moment: Moment) -> bool:
    """Whether the statistics count long enough for "never": always, unless they were reset within the last day."""
    age = moment.one("statistics_age")
    return age is None or age["stats_reset"] is None or age["stats_age"] >= SETTLED


def vacuum_mark(row: Row, moment: Moment) -> Mark | None:
    """Never vacuumed."""
    return _never(table_set(moment).vacuum(row), row, moment)


def analyze_mark(row: Row, moment: Moment) -> Mark | None:
    """Never analysed."""
    return _never(table_set(moment).analyze(row), row, moment)


def _never(done: agewords.Done | None, row: Row, moment: Moment) -> Mark | None:
    if done is None or not done.never or (table_set(moment).rows_known(row) or 0) < LARGE:
        return None
    return "watch" if _settled(moment) else None


def per_second(counter: str) -> Value:
    """A table's counter as growth a second."""

    def value(row: Row, moment: Moment) -> float | None:
        rates = moment.rates.get("table_activity")
        return rates.per_second(table_set(moment).activity(row), counter) if rates else None

    return value


seq_scan_rate = per_second("seq_scans")


def seq_mark(row: Row, moment: Moment) -> Mark | None:
    """A large table read as a whole again and again."""
    if (table_set(moment).rows_known(row) or 0) < SEQ_FROM:
        return None
    rate = seq_scan_rate(row, moment)
    return "watch" if rate is not None and rate > limit(moment, *SEQ_SCANS)[0] else None


def xid_mark(row: Row, moment: Moment) -> Mark | None:
    """Freezing is near, or failing."""
    found = table_set(moment)
    if (found.xid_share(row) or 0) >= WRAPAROUND:
        return "bad"
    return judge(found.freeze_due(row), limit(moment, *FREEZE))


MARKS: tuple[Judge, ...] = (due_mark, dead_mark, bloat_mark, vacuum_mark, analyze_mark, seq_mark, xid_mark)
"""Everything that can mark a row; a managed one has none."""


def idx_scan_rate(row: Row, moment: Moment) -> float | None:
    """Index scans a second, over the longer interval of ``table_parts``."""
    inner, rates = table_set(moment).inner(row), moment.rates.get("table_parts")
    return rates.per_second(inner, "idx_scans") if rates and inner is not None else None


def hot_share(row: Row, moment: Moment) -> float | None:
    """The part of the updates that needed no new index entry."""
    return _ratio(row, moment, "hot_updated", "updated")


def hit_share(row: Row, moment: Moment) -> float | None:
    """The part of the heap's blocks that was found in the cache."""
    return _ratio(row, moment, "blocks_hit", "blocks_hit", "blocks_read")


def _ratio(row: Row, moment: Moment, part: str, *whole: str) -> float | None:
    rates = moment.rates.get("table_activity")
    return rates.ratio(table_set(moment).activity(row), part, *whole) if rates else None


def _quiet(row: Row, moment: Moment) -> bool:
    return managed(row)


def _column(name: str, title: str, narrow: int, wide: int, value: Value | None = None, **more: Any) -> Column:
    mark = more.pop("mark", None)
    return Column(
        name, title, narrow, wide, value, quiet=_quiet, mark=_judged(mark) if mark is not None else None, **more
    )


_SIZE = (
    "Bytes now, asked for once a minute, for the 500 largest tables and those whose size the catalogs do not tell; for the "
    "others as of the last VACUUM or ANALYZE (relpages), and so with ≈ for one of the 500 that is locked."
)
_RATE = "Growth of the statistics' counter over the last interval, a second. Unknown before the second sample."

COLUMNS: tuple[Column, ...] = (
    _column(
        "table", "table", 21, 24, name, align="L", ascending=True,
        about="Tables, partitions, materialized views and partitioned tables; schema left out for public. Quiet ones belong "
        "to the platform or an extension and are never marked.",
    ),
    _column("size", "size", 6, 6, _of(TableSet.size), form=size_words, about="Heap, toast and indexes. " + _SIZE),
    _column(
        "heap_size", "heap", 0, 6, _of(TableSet.heap_size), form=size_words, leaves=3, about="The rows themselves. " + _SIZE,
    ),
    _column(
        "toast_size", "toast", 0, 6, _of(TableSet.toast_size), form=units.size, leaves=3,
        about="Long values out of line. " + _SIZE,
    ),
    _column("index_size", "index", 0, 6, _of(TableSet.index_size), form=size_words, leaves=3, about="All indexes. " + _SIZE),
    _column(
        "rows", "rows", 6, 6, _of(TableSet.live), form=units.count, leaves=8,
        about="Live rows: an estimate of the statistics, where they saw no VACUUM or ANALYZE yet at least that of the planner.",
    ),
    _column(
        "dead_rows", "dead", 0, 6, _of(TableSet.dead_rows), form=units.count, leaves=5,
        about="Rows that are deleted or replaced and not yet removed by VACUUM; an estimate of the statistics.",
    ),
    _column(
        "dead_share", "dead%", 5, 5, _of(TableSet.dead_share), form=units.whole_percent, leaves=9,
        mark=dead_mark, about="Dead rows of all rows. Marked from 10,000 rows on.",
    ),
    _column(
        "due", "due", 5, 5, _of(TableSet.due), form=units.times, mark=due_mark,
        about="Dead rows over the number at which autovacuum comes to this very table, by its own options where it has some "
        "(server 18: and the cap). From 1.0× on it is overdue: autovacuum is busy, off, or kept from it.",
    ),
    _column(
        "bloat", "bloat", 5, 5, _of(TableSet.bloat), form=share_words, mark=bloat_mark,
        about="The part of the heap that a rewrite would save. ≈ is an estimate from the statistics of the columns, read every "
        "5 minutes for the 500 largest from 1 MB on; without it, it was measured by pgstattuple. Marked from 100 MB on.",
    ),
    _column(
        "wasted", "waste", 0, 6, _of(TableSet.wasted), form=size_words, leaves=6,
        about="Bloat in bytes. VACUUM makes the space usable again for this table; only a rewrite gives it back to the disk.",
    ),
    _column(
        "bloat_by", "by", 0, 6, _of(TableSet.bloat_by), align="L", leaves=4,
        about="How bloat is known: stats (estimated) or exact (measured). Or why not: grant (this role cannot read the table, "
        "so pg_stats is empty for it), small (under 1 MB), never (no statistics), locked, stale (much changed since ANALYZE).",
    ),
    _column(
        "vacuum", "vacuum", 8, 8, _of(TableSet.vacuum), form=agewords.words, leaves=10, mark=vacuum_mark,
        about="Since the last VACUUM, by autovacuum or by hand; now while one runs. never counts since the statistics began. "
        "A standby does not know it.",
    ),
    _column(
        "analyze", "analyze", 8, 8, _of(TableSet.analyze), form=agewords.words, leaves=10, mark=analyze_mark,
        about="Since the last ANALYZE, by autovacuum or by hand; now while one runs. Autovacuum never analyses a partitioned "
        "table itself, only its partitions.",
    ),
    _column("inserted", "ins/s", 0, 6, per_second("inserted"), form=units.rate, leaves=2, about="Rows inserted. " + _RATE),
    _column("updated", "upd/s", 0, 6, per_second("updated"), form=units.rate, leaves=2, about="Rows updated. " + _RATE),
    _column("deleted", "del/s", 0, 6, per_second("deleted"), form=units.rate, leaves=2, about="Rows deleted. " + _RATE),
    _column(
        "hot_share", "hot", 0, 4, hot_share, form=units.whole_percent, leaves=1,
        about="The part of the updates that stayed on their page and needed no new index entry (heap-only tuples).",
    ),
    _column(
        "seq_scans", "seq/s", 0, 6, seq_scan_rate, form=units.rate, leaves=2, mark=seq_mark,
        about="Sequential scans. Marked over 1 a second from 100,000 rows on. " + _RATE,
    ),
    _column(
        "idx_scans", "idx/s", 0, 6, idx_scan_rate, form=units.rate, leaves=2,
        about="Scans of all its indexes, over the half minute between two askings.",
    ),
    _column(
        "hit_share", "hit", 0, 5, hit_share, form=units.hit, leaves=1,
        about="The part of the heap's blocks found in shared buffers in the last interval. What is missing may still have come "
        "from the system's cache.",
    ),
    _column(
        "xid", "xid", 4, 4, _of(TableSet.xid_share), form=units.whole_percent, leaves=11, mark=xid_mark,
        about="Age of the oldest unfrozen transaction (relfrozenxid, of the toast table where that is older) against the "
        "wraparound limit of 2.1 billion. Marked from 80% of autovacuum_freeze_max_age of this table on, bad past 40% of the "
        "limit.",
    ),
)  # fmt: skip
