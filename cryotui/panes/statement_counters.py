"""The numbers of one statement over an interval: growth a second, a call, since the last sample, the mark or the reset."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from cryotui.model.pane import Moment
from cryotui.model.rates import Rates
from cryotui.model.record import dataclass
from cryotui.model.sample import Row, Sample, row_key
from cryotui.panes.workload import KEY, mark_time, marked, rates_of, seconds_of, stats_age

KEPT = 300
"""Statements that left the first ones and whose numbers are kept, for when they come back."""


@dataclass(frozen=True)
class Counters:
    """The numbers of one statement over an interval, from the probe ``statement_numbers``; None is unknown.

    ``lifetime``: all they ever counted, over ``seconds``; else the difference to ``before``, or what ``rates`` tells.
    """

    row: Row | None
    rates: Rates | None = None
    lifetime: bool = False
    seconds: float | None = None
    before: Row | None = None

    def grown(self, name: str) -> float | None:
        """How much the counter grew."""
        if self.row is None:
            return None
        if self.lifetime:
            return None if self.row[name] is None else float(self.row[name])
        if self.before is not None:
            now, then = self.row[name], self.before[name]
            return None if now is None or then is None or now < then else float(now - then)
        return self.rates.delta(self.row, name) if self.rates else None

    def per_second(self, name: str) -> float | None:
        """How much it grew a second."""
        grown = self.grown(name)
        return grown / self.seconds if grown is not None and self.seconds else None

    def ratio(self, part: str, *whole: str) -> float | None:
        """The growth of one over the growth of others together; None where nothing grew."""
        share, parts = self.grown(part), [self.grown(name) for name in whole]
        if share is None or any(value is None for value in parts):
            return None
        total = sum(value for value in parts if value is not None)
        return share / total if total > 0 else None


class _Shown:
    """The numbers of statements that were shown before, by key: those that did nothing since still have them."""

    def __init__(self) -> None:
        self._rows: dict[Hashable, Row] = {}
        self._newest: Sample | None = None

    def before(self, sample: Sample) -> Mapping[Hashable, Row]:
        """What was known before this sample of ``statement_numbers``."""
        last = self._newest
        if sample is not last:
            self._newest = sample
            if last is None or last.epoch != sample.epoch:
                self._rows.clear()
            else:
                for key, row in last.by(KEY).items():
                    self._rows.pop(key, None)
                    self._rows[key] = row
                for key in list(self._rows)[:-KEPT]:
                    del self._rows[key]
        return self._rows


_shown = _Shown()


def _unchanged(moment: Moment, key: Hashable, known: Mapping[Hashable, Row]) -> Row | None:
    """The numbers as they were one sample ago of a statement that was not among the first then; None when not known.

    They are those of when it was shown last, or of the mark, if calls and time had not grown until one sample ago.
    """
    base, rates = moment.samples.get("statements"), moment.rates.get("statements")
    now = base.by(KEY).get(key) if base else None
    then = rates.earlier(now) if rates and now is not None else None
    if then is None:
        return None
    mark = marked(moment).get("statement_numbers")
    for rows in (known, mark.by(KEY) if mark else {}):
        row = rows.get(key)
        if row is not None and row["calls"] == then["calls"] and row["total_time"] == then["total_time"]:
            return row
    return None


def counters(moment: Moment, row: Row, view: str) -> Counters:
    """The numbers of a statement over the view's interval."""
    sample = moment.samples.get("statement_numbers")
    known = _shown.before(sample) if sample else {}
    found = sample.by(KEY).get(row_key(row, KEY)) if sample and not sample.missing else None
    if view == "reset":
        return Counters(found, lifetime=True, seconds=stats_age(moment))
    mark = mark_time(moment) if view == "mark" else None
    if found is not None and mark is not None and found["stats_reset"] and found["stats_reset"].timestamp() >= mark:
        return Counters(found, lifetime=True, seconds=seconds_of(moment, view))
    rates = rates_of(moment, "statement_numbers", view)
    if view == "rate" and found is not None and not (rates and rates.earlier(found)):
        before = _unchanged(moment, row_key(row, KEY), known)
        if before is not None:
            return Counters(found, seconds=seconds_of(moment, view), before=before)
    return Counters(found, rates, seconds=rates.seconds if rates else None)
