"""How fast something advances and when it is done, from the samples of the last half minute."""

from __future__ import annotations

from collections.abc import Sequence

from cryotui.model.pane import Moment
from cryotui.model.record import dataclass
from cryotui.model.sample import Row, Sample, row_key

KEY = ("pid", "backend_start", "oid")
SPAN = 30.0
"""Seconds that a pace is taken over: shorter is restless, longer misses a change of load."""

SIZED = ("bytes", "rows")
"""Units that go by at a pace; sessions waited for end when they like, and no two indexes are alike."""


@dataclass(frozen=True, slots=True)
class Pace:
    """``per_second`` in the unit of the work, ``bytes`` a second where those are counted apart, ``left`` in seconds.

    None where it is not known: on first sight, after a change of phase, and ``left`` also where the phase has no size.
    """

    per_second: float | None = None
    bytes: float | None = None
    left: float | None = None


def pace(row: Row, moment: Moment) -> Pace:
    """The pace of a row of the probe ``progress``, over at most ``SPAN`` seconds of its present phase."""
    now = moment.samples.get("progress")
    before = _before(row, now, recent(moment)) if now else None
    if now is None or before is None:
        return Pace()
    then, seconds = before
    done = _growth(row, then, "done", seconds)
    left = None
    if done and row["unit"] in SIZED and row["total"] is not None and row["total"] >= row["done"]:
        left = (row["total"] - row["done"]) / done
    return Pace(done, _growth(row, then, "bytes_done", seconds), left)


def recent(moment: Moment) -> Sequence[Sample]:
    """The samples of the last half minute of the probe ``progress``, oldest first."""
    kept: Sequence[Sample] = (moment.extra.get("recent") or {}).get("progress", ())
    return kept


def _before(row: Row, now: Sample, samples: Sequence[Sample]) -> tuple[Row, float] | None:
    """The oldest row that can be compared: same session, object and phase, and nothing begun anew since."""
    key = row_key(row, KEY)
    for sample in samples:
        seconds = now.at - sample.at
        if not 0 < seconds <= SPAN or sample.epoch != now.epoch:
            continue
        then = sample.by(KEY).get(key)
        if then is not None and then["phase"] == row["phase"] and (then["done"] or 0) <= (row["done"] or 0):
            return then, seconds
    return None


def _growth(row: Row, then: Row, name: str, seconds: float) -> float | None:
    if row[name] is None or then[name] is None or row[name] < then[name]:
        return None
    return float(row[name] - then[name]) / seconds
