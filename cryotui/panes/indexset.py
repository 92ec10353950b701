"""All indexes of one moment: the rows of ``indexes`` joined with use, twins, foreign keys and bloat, and one remark each.

What changes rarely is joined once for a set of samples and kept for the newest few; only the use is read anew each time.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from typing import Literal

from cryotui.model import units
from cryotui.model.pane import Mark, Moment
from cryotui.model.record import dataclass
from cryotui.model.sample import Row
from cryotui.panes.joined import Joined, Newest, parts_of, rows_by
from cryotui.panes.names import bare
from cryotui.panes.tableset import Share, managed
from cryotui.panes.thresholds import judge, limit

PROBES = (
    "indexes", "index_scans", "statistics_age", "index_twins", "foreign_keys", "index_bloat", "index_columns",
)  # fmt: skip
"""What the Indexes pane asks, the list itself first."""

DAY = 86400.0
LAST_SCAN = ("indexes.last_scan", 7 * DAY, float("inf"))
"""Monthly work apart, what was not scanned for a week is not used; statistics younger than that cannot tell."""
BLOAT = ("indexes.bloat", 0.35, 0.7)
BLOAT_FROM = 100 * 1024 * 1024
"""Bytes of an index below which a rebuild saves nothing worth its load."""
UNUSED_FROM = 1024 * 1024
"""Bytes below which an unused index costs next to nothing."""

_LEFTOVER = re.compile(r"_cc(?:new|old)\d*$")
_SLOW = ("indexes", "index_twins", "foreign_keys", "index_bloat", "index_columns", "statistics_age")

Kind = Literal["invalid", "building", "unused", "same", "prefix", "bloat", "purpose"]


@dataclass(frozen=True, slots=True)
class Remark:
    """The one remark of an index: what kind it is, its words in the list, and its mark."""

    kind: Kind
    text: str
    mark: Mark | None = None


class IndexSet(Joined):
    """The indexes of some samples. Every method takes a row of ``indexes``."""

    def __init__(self, moment: Moment) -> None:
        super().__init__(_parts(moment))
        self.rows: Sequence[Row] = moment.rows("indexes")
        self.names: Mapping[Hashable, Row] = _by(moment, "indexes")
        self._twins = _by(moment, "index_twins")
        self._columns = _by(moment, "index_columns")
        self._bloat = _by(moment, "index_bloat")
        self._exact: Mapping[Hashable, Row] = moment.extra.get("exact_index_bloat") or {}
        self._served: dict[int, list[Row]] = {}
        for key in moment.rows("foreign_keys"):
            for index_oid in key["index_oids"] or ():
                self._served.setdefault(index_oid, []).append(key)
        age = moment.one("statistics_age")
        self.stats_age: float | None = age["stats_age"] if age is not None else None
        self._fixed: dict[int, Remark] = {}

    def twin(self, row: Row) -> Row | None:
        """The index's row of ``index_twins``: another index can stand in for it."""
        return self._twins.get(row["index_oid"])

    def columns(self, row: Row) -> str | None:
        """Its columns in words."""
        found = self._columns.get(row["index_oid"])
        return None if found is None else found["columns"]

    def serves(self, row: Row) -> Sequence[Row]:
        """The foreign keys it serves."""
        return self._served.get(row["index_oid"], ())

    def bloat_row(self, row: Row) -> Row | None:
        """What was measured of the index, else what was estimated; None when there is neither."""
        return self._exact.get(row["index_oid"]) or self._bloat.get(row["index_oid"])

    def bloat(self, row: Row) -> Share | None:
        """The part of the index that a rebuild would save."""
        found = self.bloat_row(row)
        if found is None or found["bloat"] is None:
            return None
        return Share(found["bloat"], found["method"] == "exact")

    def needed(self, row: Row) -> bool:
        """Whether something rests on it besides queries: a constraint, the replica identity, a foreign key of its own."""
        return bool(
            row["unique"] or row["primary"] or row["exclusion"] or row["constraint"] or row["replica_identity"]
            or row["partitioned"] or row["attached"]
            or any(self._keeper(key) == row["index_oid"] for key in self.serves(row))
        )  # fmt: skip

    def _keeper(self, key: Row) -> int:
        """The index that has to stay for a foreign key: the narrowest that no other one makes superfluous."""
        serving: Sequence[int] = key["index_oids"]
        return next((oid for oid in serving if oid not in self._twins), serving[0])

    def fixed(self, row: Row, moment: Moment) -> Remark:
        """The remark of the index, its use left aside."""
        known = self._fixed.get(row["index_oid"])
        if known is None:
            known = self._fixed[row["index_oid"]] = self._remark(row, moment)
        return known

    def _remark(self, row: Row, moment: Moment) -> Remark:
        ours = not managed(row)
        if not row["valid"]:
            return _invalid(row, ours)
        twin = self.twin(row)
        watch: Mark | None = "watch" if ours else None
        if twin is not None and twin["twin"] == "same":
            return Remark("same", f"same as {bare(twin['twin_index'])}", watch)
        if twin is not None:
            return Remark("prefix", f"prefix of {twin['twins']} wider", watch)
        mark = bloat_mark(self, row, moment) if ours else None
        if mark:
            return Remark("bloat", "bloated", mark)
        return Remark("purpose", self._purpose(row))

    def _purpose(self, row: Row) -> str:
        if row["primary"]:
            return "primary key"
        if row["exclusion"]:
            return "exclusion"
        if row["unique"]:
            return "unique"
        if row["replica_identity"]:
            return "replica identity"
        if self.serves(row):
            return "supports FK"
        if row["partitioned"]:
            return "partitioned"
        return "" if row["access_method"] == "btree" else f"{row['access_method']}: no estimate"

    @property
    def spare(self) -> list[Row]:
        """Indexes that only queries need and that are large enough to matter: unused when they are not scanned."""
        return self.once(
            "spare",
            lambda: [
                row for row in self.rows if (row["size"] or 0) >= UNUSED_FROM and row["valid"] and not self.needed(row)
            ],
        )

    @property
    def suspect(self) -> list[Row]:
        """Indexes that may carry a mark whatever their use: invalid, superfluous, or of known bloat."""
        return self.once(
            "suspect",
            lambda: [
                row for row in self.rows
                if not row["valid"] or (oid := row["index_oid"]) in self._twins or oid in self._bloat or oid in self._exact
            ],
        )  # fmt: skip


def _invalid(row: Row, ours: bool) -> Remark:
    if row["building"]:
        share = f" {units.whole_percent(row['build_share'])}" if row["build_share"] is not None else ""
        return Remark("building", f"being built{share}", "info" if ours else None)
    if row["building"] is None:
        return Remark("invalid", "INVALID, or in work", "unknown" if ours else None)
    if row["partitioned"]:
        return Remark("invalid", "INVALID, lacks parts", "bad" if ours else None)
    word = "INVALID leftover" if _LEFTOVER.search(row["index"]) else "INVALID"
    return Remark("invalid", word, "bad" if ours else None)


def use(row: Row, moment: Moment) -> Row | None:
    """The index's row of ``index_scans``: scans and what they read, since the statistics began."""
    return _by(moment, "index_scans").get(row["index_oid"])


def unused(row: Row, moment: Moment) -> bool:
    """Not scanned once since the statistics began, and nothing but queries would need it."""
    found = use(row, moment)
    return (
        found is not None
        and found["scans"] == 0
        and bool(row["valid"])
        and (row["size"] or 0) >= UNUSED_FROM
        and not index_set(moment).needed(row)
    )


def remark(row: Row, moment: Moment) -> Remark:
    """The worst that is to be said of an index, else what it is for."""
    found = index_set(moment)
    fixed = found.fixed(row, moment)
    if fixed.kind in ("invalid", "building") or not unused(row, moment):
        return fixed
    long_enough = (found.stats_age or 0) >= limit(moment, *LAST_SCAN)[0]
    if fixed.mark and not long_enough:
        return fixed  # a certain fault says more than a short window
    mark: Mark | None = "watch" if long_enough and not managed(row) else None
    return Remark("unused", f"unused {units.age(found.stats_age)}", mark)


def bloat_mark(found: IndexSet, row: Row, moment: Moment) -> Mark | None:
    """A rebuild would save much."""
    share = found.bloat(row)
    return None if share is None or (row["size"] or 0) < BLOAT_FROM else judge(share, limit(moment, *BLOAT))


def _parts(moment: Moment) -> tuple[object, ...]:
    return parts_of(moment, _SLOW, "exact_index_bloat")


def _by(moment: Moment, probe: str) -> Mapping[Hashable, Row]:
    return rows_by(moment, probe, "index_oid")


index_set = Newest(_parts, IndexSet)
"""The indexes of a moment."""
