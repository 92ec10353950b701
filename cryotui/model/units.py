"""How a value reads: at most three significant digits, the unit attached, a dash for unknown.

Every form takes None for "unknown" and gives ``-``; none of them ever raises for a number. The forms and their steps
follow principles 3 and 4 of the screens: ages move in steps so that a still screen sends no byte.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

UNKNOWN = "-"
SPARK = "▁▂▃▄▅▆▇"

Number = float | int


def _known(value: object) -> float | None:
    """The value as a finite float, or None: NaN and infinities are unknown too."""
    if value is None:
        return None
    number = float(value)  # type: ignore[arg-type]  # Decimal, int, float from the driver
    return number if math.isfinite(number) else None


def _three(value: float, small: int) -> str:
    """Three significant digits at most: ``small`` decimals under 10, one under 100, none above; ``.0`` is dropped."""
    decimals = small if value < 9.995 else 1 if value < 99.95 else 0
    text = f"{value:.{decimals}f}"
    return text[:-2] if text.endswith(".0") and decimals == 1 else text


def _scaled(value: float, base: float, units: Sequence[str], small: int) -> str:
    sign = "-" if value < 0 else ""
    value = abs(value)
    for unit in units[:-1]:
        if value < base * 0.9995:
            return sign + (f"{value:.0f}" if not unit and value == int(value) else _three(value, small)) + unit
        value /= base
    return sign + _three(value, small) + units[-1]


def size(value: Number | None) -> str:
    """Bytes, in steps of 1024: ``0``, ``512``, ``64k``, ``3.9G``, ``18.2G``."""
    number = _known(value)
    return UNKNOWN if number is None else _scaled(number, 1024, ("", "k", "M", "G", "T", "P"), 1)


def count(value: Number | None) -> str:
    """A count, in steps of 1000: ``86``, ``1.24k``, ``412k``, ``96.4M``."""
    number = _known(value)
    return UNKNOWN if number is None else _scaled(number, 1000, ("", "k", "M", "G", "T"), 2)


def rate(value: Number | None) -> str:
    """Events a second without the ``/s``: ``0``, ``0.2``, ``96.1``, ``212``, ``1.1k``; 0.0 is "more than none"."""
    number = _known(value)
    if number is None:
        return UNKNOWN
    if number == 0:
        return "0"
    if abs(number) < 99.95:
        return f"{number:.1f}"
    return _scaled(number, 1000, ("", "k", "M", "G"), 1)


def size_rate(value: Number | None) -> str:
    """Bytes a second without the ``/s``: ``0``, ``2.9M``."""
    number = _known(value)
    return UNKNOWN if number is None else "0" if number < 0.5 else size(number)


def duration(seconds: Number | None) -> str:
    """How long something took: ``0.4ms``, ``9.0ms``, ``31ms``, ``0.2s``, ``2.6s``, then as an age."""
    number = _known(seconds)
    if number is None:
        return UNKNOWN
    milli = number * 1000
    if number == 0:
        return "0ms"
    if milli < 9.95:
        return f"{milli:.1f}ms"
    if milli < 99.5:
        return f"{milli:.0f}ms"
    return f"{number:.1f}s" if number < 9.95 else age(number)


def busy(seconds_a_second: Number | None) -> str:
    """Time spent a second: ``9ms``, ``840ms``, ``1.92s``."""
    number = _known(seconds_a_second)
    if number is None:
        return UNKNOWN
    if number < 0.9995:
        milli = number * 1000
        return f"{milli:.0f}ms" if milli >= 9.95 or milli == 0 else f"{milli:.1f}ms"
    return _three(number, 2) + "s"


def age(seconds: Number | None) -> str:
    """How long ago or for how long, in steps: ``12ms``, ``0.8s``, ``18s``, ``6m10s``, ``41m``, ``6h``, ``12d``."""
    number = _known(seconds)
    if number is None:
        return UNKNOWN
    number = max(0.0, number)  # a clock that was set back gives no negative age
    if number < 0.0995:
        return f"{number * 1000:.0f}ms"
    if number < 9.95:
        return f"{number:.1f}s"
    if number < 60:
        return f"{int(number)}s"
    if number < 600:
        steps = int(number // 10) * 10
        return f"{steps // 60}m{steps % 60:02d}s"
    if number < 7200:
        return f"{int(number // 60)}m"
    if number < 172800:
        return f"{int(number // 3600)}h"
    return f"{int(number // 86400)}d"


def percent(share: Number | None) -> str:
    """A share of 1 as percent: ``41%``, ``7.1%``, ``0%``, ``100%``: two digits from 10 on, one decimal below."""
    number = _known(share)
    if number is None:
        return UNKNOWN
    value = number * 100
    if value == 0:
        return "0%"
    return f"{value:.1f}%" if value < 9.95 else f"{value:.0f}%"


def hit(share: Number | None) -> str:
    """A cache hit share: one decimal, because 99.1 and 99.9 differ tenfold in misses; ``100%`` only when it is."""
    number = _known(share)
    if number is None:
        return UNKNOWN
    return "100%" if number >= 1 else f"{min(number * 100, 99.9):.1f}%"


def whole_percent(share: Number | None) -> str:
    """A share of 1 as whole percent: ``0%``, ``11%``."""
    number = _known(share)
    return UNKNOWN if number is None else f"{number * 100:.0f}%"


def times(value: Number | None) -> str:
    """A multiple: ``0.4×``, ``1.8×``, ``12×``."""
    number = _known(value)
    if number is None:
        return UNKNOWN
    return (f"{number:.1f}" if number < 99.95 else _scaled(number, 1000, ("", "k", "M"), 1)) + "×"


def estimate(form: Callable[[Number | None], str]) -> Callable[[Number | None], str]:
    """The form with ``≈`` before every known value."""

    def estimated(value: Number | None) -> str:
        text = form(value)
        return text if text == UNKNOWN else "≈" + text

    return estimated


def text(value: object) -> str:
    """Any value as plain text: None is a dash, booleans are yes and no, times carry their zone."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return clock(value, seconds=True, date=True)
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value)


def clock(moment: datetime, *, seconds: bool = False, date: bool = False) -> str:
    """A moment in UTC: ``03:14Z``, ``03:14:22Z``, ``2026-03-14 03:14:22Z``."""
    moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.strftime(("%Y-%m-%d " if date else "") + ("%H:%M:%SZ" if seconds else "%H:%MZ"))


def bar(share: Number | None, width: int) -> str:
    """A share of 1 drawn in ``width`` cells: ``━━━━──────``; unknown is blank."""
    number = _known(share)
    if number is None:
        return " " * width
    full = round(min(max(number, 0.0), 1.0) * width)
    return "━" * full + "─" * (width - full)


def sparkline(values: Sequence[Number | None], width: int) -> str:
    """The values drawn in ``width`` cells, oldest left, as steps from the least to the most seen.

    More values than cells are averaged by cell; a gap is a blank, a flat line is low.
    """
    shown = condensed([_known(value) for value in values], width)
    known = [value for value in shown if value is not None]
    if not known:
        return " " * width
    low, span = min(known), max(known) - min(known)
    flat = span <= 1e-9 * max(abs(low), 1.0)
    steps = [
        " " if value is None else SPARK[0 if flat else round((value - low) / span * (len(SPARK) - 1))]
        for value in shown
    ]
    return "".join(steps).rjust(width)


def condensed(values: Sequence[float | None], cells: int) -> list[float | None]:
    """At most ``cells`` values: the mean of each run of neighbours, None where a whole run is unknown."""
    if len(values) <= cells:
        return list(values)
    means: list[float | None] = []
    for cell in range(cells):
        run = values[cell * len(values) // cells : (cell + 1) * len(values) // cells]
        known = [value for value in run if value is not None]
        means.append(sum(known) / len(known) if known else None)
    return means
