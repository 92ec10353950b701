"""What the statements of a server did over an interval: since the last sample, since the mark, or since the reset.

All rows of the probe ``statements`` are gone through once a sample; everything else is reckoned for the few that are shown.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from functools import lru_cache
from typing import Any

from cryotui.model.pane import Moment
from cryotui.model.rates import Rates
from cryotui.model.record import dataclass
from cryotui.model.sample import Row, Sample, row_key
from cryotui.model.secrets import redact
from cryotui.model.sqlformat import without_literals
from cryotui.probes import probe

KEY = ("user_id", "database_id", "query_id", "toplevel")
TOP = 50
"""Statements that are shown with all their numbers; the others count in the totals only."""

CUT = 100_000
"""Characters of a text that the probe ``statement_texts`` gives at most."""

_OWN = "/* cryotui:"
_ESCAPED = re.compile(r"\\x[89a-f][0-9a-f]")


@dataclass(frozen=True, slots=True)
class Grown:
    """A statement's part in the interval: ``time`` in milliseconds, ``calls``, and its newest row."""

    time: float
    calls: int
    row: Row


Top = tuple[Row, Grown | None]
"""A statement that is shown and what it did; None when that is not known."""


@dataclass
class Workload:
    """All statements over one interval.

    ``seconds`` is its length, None while there is nothing to compare with. ``grown`` did something, ``idle`` did nothing,
    ``new`` are rows of which nothing is known yet: seen for the first time, or reset meanwhile. ``numbers(row)`` gives a
    counter's growth from the probe ``statement_numbers``.
    """

    seconds: float | None
    grown: list[Grown] = field(default_factory=list)
    idle: list[Row] = field(default_factory=list)
    new: list[Row] = field(default_factory=list)
    time: float = 0.0
    calls: int = 0

    @property
    def count(self) -> int:
        """How many statements the server keeps."""
        return len(self.grown) + len(self.idle) + len(self.new)

    def top(self, order: Callable[[Grown], float], leave_out: Callable[[Row], bool]) -> list[Top]:
        """The first ``TOP`` statements in falling order, then those not known yet, then idle ones by all their time."""
        kept = [one for one in self.grown if not leave_out(one.row)]
        found: list[Top] = [(one.row, one) for one in heapq.nlargest(TOP, kept, key=order)]
        for rows, known in ((self.new, False), (self.idle, True)):
            room = TOP - len(found)
            if room > 0:
                rest = heapq.nlargest(room, (row for row in rows if not leave_out(row)), key=_all_time)
                found += [(row, Grown(0.0, 0, row) if known else None) for row in rest]
        return found


def _all_time(row: Row) -> float:
    return float(row["total_time"] or 0.0)


def _growth(row: Row, before: Row | None, mark: float | None) -> tuple[float, int] | None:
    """Milliseconds and calls of one statement; None when unknown.

    ``mark``: what was counted first after this time (seconds since 1970) did all it ever did since the mark.
    """
    if before is not None:
        time, calls = row["total_time"] - before["total_time"], row["calls"] - before["calls"]
        return None if calls < 0 or time < 0 else (time, calls)  # evicted and come back, or reset
    since = row["stats_epoch"]
    return (row["total_time"], row["calls"]) if mark is not None and since is not None and since >= mark else None


def _between(rates: Rates | None, sample: Sample, mark: float | None = None) -> Workload:
    if rates is None or rates.seconds is None:
        return Workload(None, new=list(sample.rows))
    made = Workload(rates.seconds)
    for row, before in rates.both(sample):
        growth = _growth(row, before, mark)
        if growth is None:
            made.new.append(row)
        elif growth[0] or growth[1]:
            made.grown.append(Grown(*growth, row))
            made.time += growth[0]
            made.calls += growth[1]
        else:
            made.idle.append(row)
    return made


def _since_reset(sample: Sample, seconds: float | None) -> Workload:
    made = Workload(seconds, grown=[Grown(row["total_time"], row["calls"], row) for row in sample.rows])
    made.time = sum(one.time for one in made.grown)
    made.calls = sum(one.calls for one in made.grown)
    return made


class _Newest:
    """The newest result for each name, made again only when what it was made of is another object."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[tuple[object, ...], Any]] = {}

    def get(self, name: str, parts: tuple[object, ...], make: Callable[[], Any]) -> Any:
        kept = self._kept.get(name)
        if kept and all(a is b or (type(a) is int and a == b) for a, b in zip(kept[0], parts, strict=True)):
            return kept[1]
        made = make()
        self._kept[name] = (parts, made)
        return made


newest = _Newest()


def workload(moment: Moment, view: str) -> Workload:
    """The workload of the view ``rate``, ``mark`` or ``reset``; empty before the first answer."""
    sample = moment.samples.get("statements")
    if sample is None or sample.missing:
        return Workload(None)
    if view == "reset":
        info = moment.one("statements_info")
        made: Workload = newest.get(
            view, (sample, info), lambda: _since_reset(sample, info["stats_age"] if info else None)
        )
        return made
    rates, mark = rates_of(moment, "statements", view), mark_time(moment) if view == "mark" else None
    made = newest.get(view, (sample, rates), lambda: _between(rates, sample, mark))
    return made  # noqa: RET504  # the annotation above is what makes it typed


def mark_time(moment: Moment) -> float | None:
    """When the mark was set, in seconds since 1970; None when the statistics were reset since, or that is not known."""
    mark: Sample | None = marked(moment).get("statements")
    info = moment.one("statements_info")
    reset = info["stats_reset"] if info else None
    if mark is None or reset is None or reset > mark.taken_at:
        return None
    return mark.taken_at.timestamp()


def marked(moment: Moment) -> Mapping[str, Sample]:
    """The samples of when the mark was set, by probe; empty without a mark."""
    samples: Mapping[str, Sample] = moment.extra.get("mark") or {}
    return samples


def rates_of(moment: Moment, name: str, view: str) -> Rates | None:
    """The rates of a probe over the view's interval; None in the view ``reset`` and where nothing can be compared."""
    if view == "rate":
        return moment.rates.get(name)
    mark = marked(moment).get(name)
    sample = moment.samples.get(name)
    if view != "mark" or mark is None or sample is None:
        return None
    made: Rates = newest.get("rates " + name, (mark, sample), lambda: Rates(probe(name), mark, sample, mark=True))
    return made


def seconds_of(moment: Moment, view: str) -> float | None:
    """The length of the view's interval; None while there is nothing to compare with."""
    if view == "reset":
        return stats_age(moment)
    rates = rates_of(moment, "statements", view)
    return rates.seconds if rates else None


def texts(moment: Moment) -> Mapping[int, Row]:
    """What is known of statement texts, rows of the probe ``statement_texts`` by query id: those the console kept, else
    those of the newest answer."""
    known: Mapping[int, Row] | None = moment.extra.get("texts")
    sample = moment.samples.get("statement_texts")
    if known is None:
        return sample.by(("query_id",)) if sample else {}  # type: ignore[return-value]  # one key column: its values
    return known


def broken_bytes(text: Row | None) -> str | None:
    r"""The encoding of the database a text is of, where bytes of it are no UTF-8 and stand as ``\xff``; else None."""
    if text is None or text["encoding"] in (None, "UTF8") or not _ESCAPED.search(text["query"] or ""):
        return None
    return str(text["encoding"])


def shown(text: str, moment: Moment) -> str:
    """A statement's text as it may be shown: passwords masked; without literals where the settings say so."""
    return _redacted(text) if moment.settings.redact else _masked(text)


@lru_cache(512)
def _redacted(text: str) -> str:
    return redact(without_literals(text))


@lru_cache(512)
def _masked(text: str) -> str:
    return redact(text)


def is_own(text: str) -> bool:
    """Whether the text is a question of this program. From server 18 on comments before a statement are not kept."""
    return text.startswith(_OWN) or _OWN in text[-80:]


def is_driver(text: str) -> bool:
    """Whether the driver asyncpg asked it, to learn types: ours when it connects, and that of other programs."""
    return "typeinfo_tree" in text[:200] or ("AS elemtype" in text[:200] and "pg_catalog.pg_type" in text[:300])


def top(moment: Moment, view: str, by: str) -> list[Top]:
    """The statements to show: the first by ``time``, ``calls`` or ``mean``, without what consoles like this one ask.

    Left out is what our own role asked; a colleague's console under another role is somebody else's load.
    """
    work, known, info = workload(moment, view), texts(moment), moment.one("statements_info")
    own_ids: set[int] = newest.get("own", (known, len(known)), lambda: _own_ids(known))
    own_user = info["own_user_id"] if info else None

    def own(row: Row) -> bool:
        return row["query_id"] in own_ids and own_user in (None, row["user_id"])

    found: list[Top] = newest.get("top " + view, (work, by, own_ids), lambda: work.top(_ORDERS[by], own))
    return found


_ORDERS: Mapping[str, Callable[[Grown], float]] = {
    "time": lambda one: one.time,
    "calls": lambda one: one.calls,
    "mean": lambda one: one.time / one.calls if one.calls else 0.0,
}


def _own_ids(known: Mapping[int, Row]) -> set[int]:
    return {query_id for query_id, row in known.items() if is_own(row["query"] or "")}


def grown(moment: Moment, row: Row, view: str) -> Grown | None:
    """One statement's part in the view's interval; None when unknown."""
    sample = moment.samples.get("statements")
    found = sample.by(KEY).get(row_key(row, KEY)) if sample else None
    if found is None:
        return None
    if view == "reset":
        return Grown(found["total_time"], found["calls"], found)
    rates = rates_of(moment, "statements", view)
    growth = None
    if rates and rates.seconds:
        growth = _growth(found, rates.earlier(found), mark_time(moment) if view == "mark" else None)
    return Grown(*growth, found) if growth else None


def stats_age(moment: Moment) -> float | None:
    """Seconds since pg_stat_statements was reset as a whole; None when it does not tell (before 1.9)."""
    info = moment.one("statements_info")
    return info["stats_age"] if info else None


def query_ids(rows: Iterable[Row]) -> list[int]:
    """The identifiers of the rows, each once, in their order; masked rows have none."""
    return list(dict.fromkeys(row["query_id"] for row in rows if row["query_id"] is not None))
