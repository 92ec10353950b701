"""The points that make the series of the last minutes: one value each of every vital and every kind of wait."""

from __future__ import annotations

from itertools import pairwise

from cryotui.model.pane import Moment, Series
from cryotui.model.sample import Row
from cryotui.panes.sessions import active, client, in_transaction, sessions, waiting
from cryotui.probes import probe

STALE = 10.0
"""Seconds, or thrice its interval, after which an answer is no point of a series: a gap says so."""

WAITS = (
    ("lock", "waiting_lock"),
    ("running, CPU", "running_cpu"),
    ("IO", "waiting_io"),
    ("LWLock", "waiting_lwlock"),
    ("idle in trans", "idle_in_transaction"),
    ("idle", "idle"),
)
"""Kinds of waits and the series that counts the sessions in each."""


def vital_points(moment: Moment) -> dict[str, float | None]:
    """One value for each series of the last minutes, None where it is unknown: what the sparklines are drawn from."""
    return {**points(moment), **waiting_points(moment)}


def points(moment: Moment) -> dict[str, float | None]:
    """One value for each series of the last minutes; None is a gap. Rates are per second, shares of 1.

    ``deadlocks``, ``checkpoints`` and ``checkpoints_forced`` are the counters themselves: what counts is how they grow.
    """
    vitals = _fresh(moment, "vitals")
    wal = _fresh(moment, "wal")
    checkpoints = _fresh(moment, "checkpoints")

    def rate(row: Row | None, name: str, *counters: str) -> float | None:
        rates = moment.rates.get(name)
        found = [rates.per_second(row, counter) if rates and row is not None else None for counter in counters]
        return None if any(one is None for one in found) else sum(one for one in found if one is not None)

    def value(row: Row | None, field: str) -> float | None:
        found = row[field] if row is not None else None
        return None if found is None else float(found)

    timed, forced = value(checkpoints, "timed"), value(checkpoints, "requested")
    return {
        "transactions": rate(vitals, "vitals", "commits", "rollbacks"),
        "connections": value(vitals, "connections"),
        "cache_hit": _ratio(moment, vitals, "blocks_hit", "blocks_read"),
        "blocks_read": rate(vitals, "vitals", "blocks_read"),
        "wal": rate(wal, "wal", "wal_bytes"),
        "temp_files": rate(vitals, "vitals", "temp_files"),
        "temp_bytes": rate(vitals, "vitals", "temp_bytes"),
        "rolled_back": _ratio(moment, vitals, "rollbacks", "commits"),
        "active": value(vitals, "active"),
        "blocked": value(vitals, "blocked"),
        "rows_read": rate(vitals, "vitals", "rows_returned"),
        "rows_written": rate(vitals, "vitals", "rows_inserted", "rows_updated", "rows_deleted"),
        "sessions_begun": rate(vitals, "vitals", "sessions_begun"),
        "deadlocks": value(vitals, "deadlocks"),
        "checkpoints": None if timed is None or forced is None else timed + forced,
        "checkpoints_forced": forced,
        "replay_age": value(vitals, "replay_age"),
    }


def _fresh(moment: Moment, name: str) -> Row | None:
    sample = moment.samples.get(name)
    if sample is None or sample.missing:
        return None
    allowed = max(STALE, 3 * probe(name).every, 3 * moment.settings.interval)
    return sample.one if (moment.now - sample.taken_at).total_seconds() <= allowed else None


def _ratio(moment: Moment, row: Row | None, part: str, other: str) -> float | None:
    rates = moment.rates.get("vitals")
    return rates.ratio(row, part, part, other) if rates and row is not None else None


def waiting_points(moment: Moment) -> dict[str, float | None]:
    """How many client sessions wait for what; None while states are hidden."""
    here = sessions(moment)
    names = [name for _, name in WAITS]
    if not here.rows or here.masked:
        return dict.fromkeys(names)
    found = dict.fromkeys(names, 0.0)
    found["idle"] = float(sum(1 for row in here.rows if row["state"] == "idle" and client(row)))
    for row in here.astir:
        if not client(row) or row["own"]:
            continue
        if waiting(row):
            name = "waiting_lock"
        elif in_transaction(row):
            name = "idle_in_transaction"
        elif active(row):
            name = {"IO": "waiting_io", "LWLock": "waiting_lwlock", None: "running_cpu"}.get(row["wait_type"], "")
        else:
            name = "idle"
        if name:
            found[name] += 1
    return dict(found)


def growth(series: Series) -> float | None:
    """How much a counter grew over the series, resets left out; None when unknown."""
    known = [value for value in series if value is not None]
    if len(known) < 2:
        return None
    return sum(max(later - earlier, 0.0) for earlier, later in pairwise(known))
