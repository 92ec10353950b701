"""A sample: what one question got as an answer, once. The only thing that travels from a server to a screen."""

from __future__ import annotations

import time
from collections.abc import Hashable, Sequence
from dataclasses import field, replace
from datetime import datetime
from operator import itemgetter
from typing import Any, Literal, Protocol

from cryotui.model.record import dataclass

MissingKind = Literal[
    "privilege", "extension", "version", "setting", "role", "standby", "timeout", "budget", "locked", "lost", "unmeasured",
    "error",
]  # fmt: skip


class Row(Protocol):
    """One row, read by column name; the driver's record and a plain dict both are one."""

    def __getitem__(self, name: str, /) -> Any: ...

    def get(self, name: str, default: Any = None, /) -> Any: ...

    def keys(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Missing:
    """Why there are no rows: never an empty list, never a pass.

    ``sentence`` says what cannot be shown and why; ``who`` can mend it; ``remedy`` is the SQL that mends it, ready to be
    copied; ``instead`` what to use meanwhile. ``unmeasured``: what is there is worth no judgement (yet), as counters that
    are too young or an estimate without statistics.
    """

    kind: MissingKind
    sentence: str
    who: str | None = None
    remedy: str | None = None
    instead: str | None = None


@dataclass(frozen=True)
class Sample:
    """The rows of one probe at one moment, or the reason there are none.

    ``at`` is seconds of a clock that only goes forward and counts suspended time (rates are divided by its differences);
    ``taken_at`` is the server's wall clock in UTC (what is shown and exported); ``took`` is seconds from asking to the
    last row. ``epoch`` counts connections: two samples of different epochs are never subtracted.
    """

    probe: str
    taken_at: datetime
    at: float
    rows: Sequence[Row] = ()
    took: float = 0.0
    missing: Missing | None = None
    epoch: int = 0
    parameters: tuple[object, ...] = ()
    _indexes: dict[tuple[str, ...], dict[Hashable, Row]] = field(default_factory=dict, repr=False, compare=False)

    def by(self, key: tuple[str, ...]) -> dict[Hashable, Row]:
        """The rows by the values of their key columns; made once per sample."""
        index = self._indexes.get(key)
        if index is None:
            key_of = itemgetter(*key)  # as row_key, once for thousands of rows
            index = self._indexes[key] = {key_of(row): row for row in self.rows}
        return index

    def sharing(self, before: Sample | None) -> Sample:
        """The same with the rows that are as ``before`` being those very objects: of thousands of rows few change."""
        if before is None or len(before.rows) != len(self.rows):
            return self
        rows = [old if old == new else new for old, new in zip(before.rows, self.rows, strict=True)]
        return replace(self, rows=rows, _indexes={})

    @property
    def one(self) -> Row | None:
        """The first row, for questions that have one answer; None when there is none."""
        return self.rows[0] if self.rows else None


def row_key(row: Row, key: tuple[str, ...]) -> Hashable:
    """The values of the key columns: one value for one column, else a tuple."""
    found: Hashable = itemgetter(*key)(row)
    return found


def forward_clock() -> float:
    """Seconds of a clock that is never set back and goes on while the machine is suspended."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)
