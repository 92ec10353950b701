"""Change per second between two samples of one probe; None wherever it cannot be known.

Unknown, and never a lifetime total or a negative number: on first sight of a row, after a reset (``Probe.reset`` names the
column that holds its time), when a counter went back (an evicted entry, a restart), over a reconnection, and after a gap
of more than ``GAP`` times the time the two samples should be apart.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from operator import itemgetter

from cryotui.model.probe import Probe
from cryotui.model.sample import Row, Sample

GAP = 30.0


class Rates:
    """What changed from ``before`` to ``after``; worked out for the rows and counters that are asked for only."""

    def __init__(self, probe: Probe, before: Sample | None, after: Sample, mark: bool = False) -> None:
        """``mark``: ``before`` is a mark set by the operator, so no distance in time is too long."""
        self.key = probe.key
        self._key_of = itemgetter(*probe.key)  # as row_key, once for thousands of rows
        self.reset = probe.reset
        self.seconds: float | None = None
        self._before: dict[Hashable, Row] = {}
        self.gap = False
        if before is None or before.missing or after.missing or before.epoch != after.epoch:
            return
        seconds = after.at - before.at
        if seconds <= 0:
            return
        if not mark and seconds > GAP * max(probe.every, 1.0):
            self.gap = True
            return
        self.seconds = seconds
        if probe.counters:  # without any there is nothing to subtract, and the rows need not be kept
            self._before = before.by(self.key)

    def earlier(self, row: Row) -> Row | None:
        """The same thing's row in the earlier sample, or None when it was not there or was reset since."""
        if self.seconds is None:
            return None
        earlier = self._before.get(self._key_of(row))
        if earlier is None or (self.reset and earlier[self.reset] != row[self.reset]):
            return None
        return earlier

    def both(self, sample: Sample) -> Iterator[tuple[Row, Row | None]]:
        """Every row of the newer sample with its ``earlier`` one, for those who go through thousands."""
        before, reset = self._before, self.reset
        for key, row in sample.by(self.key).items():
            earlier = before.get(key)
            if earlier is not None and reset and earlier[reset] != row[reset]:
                earlier = None
            yield row, earlier

    def delta(self, row: Row, counter: str) -> float | None:
        """How much the counter grew; None when unknown."""
        earlier = self.earlier(row)
        if earlier is None:
            return None
        now, then = row[counter], earlier[counter]
        if now is None or then is None or now < then:
            return None
        return float(now - then)

    def per_second(self, row: Row, counter: str) -> float | None:
        """How much the counter grew a second; None when unknown."""
        delta = self.delta(row, counter)
        return None if delta is None or self.seconds is None else delta / self.seconds

    def ratio(self, row: Row, part: str, *whole: str) -> float | None:
        """The growth of one counter over the growth of others together; None when unknown or nothing grew."""
        share = self.delta(row, part)
        parts = [self.delta(row, name) for name in whole]
        if share is None or any(value is None for value in parts):
            return None
        total = sum(value for value in parts if value is not None)
        return share / total if total > 0 else None
