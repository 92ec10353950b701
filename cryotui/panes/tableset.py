"""All tables of one moment: the rows of ``tables`` joined by oid with activity, sizes, limits and bloat."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Any

from cryotui.model import units
from cryotui.model.managed import is_managed
from cryotui.model.pane import Moment
from cryotui.model.sample import Row
from cryotui.panes.agewords import NOW, Done, last_done
from cryotui.panes.joined import Joined, Newest, parts_of, rows_by
from cryotui.panes.thresholds import limit

PROBES = (
    "tables", "table_activity", "table_limits", "table_parts", "horizon", "statistics_age", "table_sizes", "bloat",
)  # fmt: skip
"""What the Tables pane asks, the list itself first."""

XID_LIMIT = 2**31
"""Transactions after which a table that was never frozen would wrap around; writes stop 3 million before."""

SMALL = 1024 * 1024
"""The bloat probe looks at heaps from 1 MB on: below, a few half-full pages are a large share of nothing."""

LARGE = 10_000
"""Rows below which a share of dead ones says nothing, and a table that was never vacuumed hurts nobody."""

DUE = ("tables.due", 1.0, 3.0)
FREEZE = ("tables.xid", 0.8, float("inf"))
"""Where marks begin, from chapter 4 of the screens; the configuration may replace them by name."""

_JOINED = ("tables", "table_activity", "table_limits", "table_parts", "table_sizes", "bloat")
_NOTHING: Mapping[str, None] = {}


class _Unknown:
    """The row of a table that was not answered for: every field of it is unknown."""

    def __getitem__(self, name: str) -> None:
        return None

    def get(self, name: str, default: Any = None) -> None:
        return None

    def keys(self) -> tuple[str, ...]:
        return ()


_UNKNOWN = _Unknown()


class Share(float):
    """A share of 1 that is an estimate or measured."""

    __slots__ = ("measured",)

    measured: bool

    def __new__(cls, value: float, measured: bool) -> Share:
        made = super().__new__(cls, value)
        made.measured = measured
        return made


class Size(int):
    """Bytes: those of the files, or the last known ones of a table whose files cannot be looked at now."""

    measured: bool

    def __new__(cls, value: int, measured: bool) -> Size:
        made = super().__new__(cls, value)
        made.measured = measured
        return made


def share_words(value: Share | None) -> str:
    """``≈14%`` for an estimate, ``31%`` for what was measured."""
    if value is None:
        return units.UNKNOWN
    return ("" if value.measured else "≈") + units.whole_percent(value)


def size_words(value: Share | Size | None) -> str:
    """The same for bytes: ``≈1.1G``, ``2.1G``."""
    if value is None:
        return units.UNKNOWN
    return ("" if value.measured else "≈") + units.size(value)


class TableSet(Joined):
    """The tables of some samples. Every method takes a row of ``tables`` and gives None for what is unknown."""

    def __init__(self, moment: Moment) -> None:
        super().__init__(_parts(moment))
        self.rows = moment.rows("tables")
        self.standby = moment.server.standby
        listed = moment.samples.get("tables")
        self._elapsed = max((moment.now - listed.taken_at).total_seconds(), 0.0) if listed else 0.0
        self._activity = _by_oid(moment, "table_activity")
        self._limits = _by_oid(moment, "table_limits")
        self._inner = _by_oid(moment, "table_parts")
        asked = _by_oid(moment, "table_sizes")
        self._sizes = {oid: one for oid, one in asked.items() if not one["locked"]}
        self._locked = asked.keys() - self._sizes.keys()
        self._bloat = _by_oid(moment, "bloat")
        self._exact: Mapping[Hashable, Row] = moment.extra.get("exact_bloat") or {}
        self._due_from = min(limit(moment, *DUE)[0], 1.0)
        self._freeze_from = min(limit(moment, *FREEZE)[0], 1.0)
        self._bloat_asked = "bloat" in moment.samples and moment.missing("bloat") is None

    # sizes

    def exact_size(self, row: Row) -> bool:
        """Whether the sizes are those of the files, not of the last VACUUM or ANALYZE."""
        return row["oid"] in self._sizes

    def locked(self, row: Row) -> bool:
        """Whether its sizes, otherwise exact, were not looked at because of a lock on it."""
        return row["oid"] in self._locked

    def heap_size(self, row: Row) -> Size | None:
        """Bytes of the heap."""
        return self._sized(row, (self._sizes.get(row["oid"]) or row)["heap_size"])

    def toast_size(self, row: Row) -> int | None:
        """Bytes of the toast table; unknown behind a lock, as a toast table is often never vacuumed and counts as empty."""
        return None if self.locked(row) else self._part(row, "toast_size")

    def index_size(self, row: Row) -> Size | None:
        """Bytes of all indexes."""
        return self._sized(row, self._part(row, "index_size"))

    def size(self, row: Row) -> Size | None:
        """Bytes of heap, toast and indexes; a toast table of unknown size is left out rather than hiding the rest."""
        heap = self.heap_size(row)
        whole = None if heap is None else heap + (self.toast_size(row) or 0) + (self.index_size(row) or 0)
        return self._sized(row, whole)

    def _sized(self, row: Row, size: int | None) -> Size | None:
        return None if size is None else Size(size, not self.locked(row))

    def _part(self, row: Row, name: str) -> int | None:
        found = self._sizes.get(row["oid"]) or self._inner.get(row["oid"])
        return None if found is None else found[name]

    def inner(self, row: Row) -> Row | None:
        """The table's row of ``table_parts``, which holds the counter ``idx_scans``."""
        return self._inner.get(row["oid"])

    # rows

    def activity(self, row: Row) -> Row:
        """The table's row of ``table_activity``: rows, counters, who works on it now; all unknown before its answer."""
        return self._activity.get(row["oid"]) or _UNKNOWN

    def live(self, row: Row) -> int | None:
        """Live rows; a table whose files are empty has none, whatever the statistics do not know."""
        rows = self.rows_known(row)
        return 0 if rows is None and self.heap_size(row) == 0 and row["kind"] != "partitioned" else rows

    def rows_known(self, row: Row) -> int | None:
        """Live rows as the statistics count them, or the planner where they do not: on a standby, of a partitioned table.

        Statistics that saw neither VACUUM nor ANALYZE know no more than what was written since they began.
        """
        counted: int | None = self.activity(row)["rows"]
        planned: int | None = row["planned_rows"]
        if counted is None or row["maintained"]:
            return planned if counted is None else counted
        return max(counted, planned) if planned is not None else counted or None

    def dead_rows(self, row: Row) -> int | None:
        """Rows that are deleted or replaced and not yet removed."""
        dead: int | None = self.activity(row)["dead_rows"]
        return dead

    def dead_share(self, row: Row) -> float | None:
        """Dead rows of all rows."""
        dead, rows = self.dead_rows(row), self.rows_known(row)
        return None if dead is None or rows is None or not dead + rows else dead / (dead + rows)

    # maintenance

    def limits(self, row: Row) -> Row | Mapping[str, None]:
        """The table's row of ``table_limits``; empty when not known."""
        return self._limits.get(row["oid"]) or _NOTHING

    def due(self, row: Row) -> float | None:
        """Dead rows over the number at which autovacuum comes to this table: from 1 on it is overdue."""
        limits = self._limits.get(row["oid"])
        return None if limits is None else _over(self.dead_rows(row), limits["vacuum_threshold"])

    def insert_due(self, row: Row) -> float | None:
        """Rows inserted since the last vacuum over the number at which autovacuum comes for them."""
        return _over(self.activity(row)["inserted_rows"], self.limits(row).get("insert_threshold"))

    def freeze_due(self, row: Row) -> float | None:
        """Age of the oldest unfrozen transaction over the age at which autovacuum freezes at any rate."""
        limits = self.limits(row)
        return _over(limits.get("xid_age"), limits.get("freeze_max_age"))

    def xid_share(self, row: Row) -> float | None:
        """Age of the oldest unfrozen transaction over the wraparound limit."""
        return _over(self.limits(row).get("xid_age"), XID_LIMIT)

    def vacuum(self, row: Row) -> Done | None:
        """When it was vacuumed last and by whom."""
        if self.activity(row)["vacuum_pid"] is not None:
            return NOW
        if self.standby or row["kind"] == "partitioned":
            return None
        return self._last_done(row["last_vacuum_age"], row["last_autovacuum_age"])

    def analyze(self, row: Row) -> Done | None:
        """When it was analysed last and by whom."""
        if self.activity(row)["analyze_pid"] is not None:
            return NOW
        return None if self.standby else self._last_done(row["last_analyze_age"], row["last_autoanalyze_age"])

    def _last_done(self, *ages: float | None) -> Done:
        """The later of the two, by hand and by itself; the list is asked less often than what is shown beside it."""
        by_hand, by_itself = (None if age is None else age + self._elapsed for age in ages)
        return last_done(by_hand, by_itself)

    # bloat

    def bloat_row(self, row: Row) -> Row | None:
        """What was measured of the heap, else what was estimated; None when there is neither."""
        return self._exact.get(row["oid"]) or self._bloat.get(row["oid"])

    def bloat(self, row: Row) -> Share | None:
        """The part of the heap that a rewrite would save."""
        return self._share(row, "bloat")

    def wasted(self, row: Row) -> Share | None:
        """The same in bytes."""
        return self._share(row, "wasted")

    def _share(self, row: Row, name: str) -> Share | None:
        found = self.bloat_row(row)
        if found is None or found[name] is None:
            return None
        return Share(found[name], found["method"] == "exact")

    def bloat_by(self, row: Row) -> str | None:
        """How bloat is known (``exact``, ``stats``), or why not (``grant``, ``small``, ``never``, ``locked``, ``stale``)."""
        found = self.bloat_row(row)
        if found is not None:
            word: str | None = found.get("method") or found.get("why")
            return word
        heap = self.heap_size(row)
        if not self._bloat_asked or heap is None or row["kind"] in ("partitioned", "temporary"):
            return None
        done = self.analyze(row)
        return "never" if heap >= SMALL and done is not None and done.never else "small"

    # all of them

    @property
    def suspect(self) -> list[Row]:
        """Tables that may carry a mark or be overdue; found in one pass, because there may be thousands.

        These are the large ones, those of known bloat, and those past a limit of autovacuum.
        """
        return self.once("suspect", lambda: [row for row in self.rows if self._suspicious(row)])

    def _suspicious(self, row: Row) -> bool:
        oid = row["oid"]
        activity = self._activity.get(oid) or _UNKNOWN
        dead = activity["dead_rows"] or 0
        if (activity["rows"] or 0) + dead >= LARGE or (row["planned_rows"] or 0) >= LARGE:
            return True
        if activity["vacuum_pid"] is not None:
            return True
        if oid in self._bloat or oid in self._exact:
            return True
        limits = self._limits.get(oid)
        return limits is not None and (
            dead >= self._due_from * (limits["vacuum_threshold"] or math.inf)
            or (activity["inserted_rows"] or 0) >= (limits["insert_threshold"] or math.inf)
            or (limits["xid_age"] or 0) >= self._freeze_from * limits["freeze_max_age"]
        )


def _parts(moment: Moment) -> tuple[object, ...]:
    return (*parts_of(moment, _JOINED, "exact_bloat"), moment.server)


def _by_oid(moment: Moment, probe: str) -> Mapping[Hashable, Row]:
    return rows_by(moment, probe, "oid")


def _over(value: float | None, limit: float | None) -> float | None:
    return None if value is None or not limit else value / limit


table_set = Newest(_parts, TableSet)
"""The tables of a moment."""


def managed(row: Row) -> bool:
    """Whether the platform or an extension looks after the table or index of the row."""
    return is_managed(row["schema"], row.get("owner"), row.get("extension"))
