"""The grid of vitals: two columns of label, value and the last minutes, composed as lines for a width.

At 80 cells a vital takes 39 or 40: gutter, label and value, and 12 cells of sparkline or of a few words. From 120 on the
sparklines take what is left and least and most stand behind them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest

from cryotui.model import units
from cryotui.model.layout import WIDE
from cryotui.model.pane import Line, Mark, Role, Series, Span
from cryotui.model.record import dataclass
from cryotui.model.text import cells, cut, fit

SIGNS: dict[Mark, tuple[str, Role]] = {
    "bad": ("■", "bad"),
    "watch": ("▲", "watch"),
    "info": ("●", "info"),
    "good": ("✓", "good"),
    "unknown": ("?", "watch"),
}
GUTTER = 3
FIELD = (22, 23)
"""Cells of label and value together, in the left and the right column at 80."""

SPARK = 12
EXTREME = 6
"""Cells of least and of most, the blank before included."""


@dataclass(frozen=True)
class Vital:
    """One vital: its value as text, and behind it either its series or a few words. ``form`` writes least and most."""

    label: str
    value: str
    series: Series | None = None
    words: str = ""
    mark: Mark | None = None
    form: Callable[[float | None], str] = units.count
    wide_words: str = ""


def grid(left: Sequence[Vital], right: Sequence[Vital], width: int) -> list[Line]:
    """The lines of the grid in ``width`` cells; under 80 the right column stands below the left one."""
    if width < 80:
        return [
            _cell(vital, width, FIELD[0], max(width - GUTTER - FIELD[0] - 2, 4), False) for vital in (*left, *right)
        ]
    wide = width >= WIDE
    room = (width - 2) // 2 if wide else 0
    extremes = 2 * EXTREME if wide else 0
    lines: list[Line] = []
    for first, second in zip_longest(left, right):
        if wide:
            spark = room - GUTTER - FIELD[1] - 2 - extremes
            cell = _cell(first, room, FIELD[1], spark, True) if first else ((" " * room, "text"),)
            other = _cell(second, room, FIELD[1], spark, True) if second else ()
            lines.append((*cell, ("  ", "text"), *other))
        else:
            cell = _cell(first, 39, FIELD[0], SPARK, False) if first else ((" " * 39, "text"),)
            other = _cell(second, width - 40, FIELD[1], SPARK + width - 80, False) if second else ()
            lines.append((*cell, (" ", "text"), *other))
    return lines


def _cell(vital: Vital, width: int, field: int, spark: int, wide: bool) -> tuple[Span, ...]:
    """One vital in exactly ``width`` cells."""
    sign, sign_role = SIGNS[vital.mark] if vital.mark else (" ", "text")
    value_role: Role = "text"
    if vital.mark in ("bad", "watch"):
        value_role = vital.mark
    elif vital.value in (units.UNKNOWN, "0", "0/s", "none", "none yet", "off"):
        value_role = "quiet"
    value = cut(vital.value, field - 2)
    label = fit(vital.label, field - cells(value) - 1)
    spans: list[Span] = [
        (" ", "text"), (sign, sign_role), (" ", "text"), (label + " ", "text"), (value, value_role), ("  ", "text"),
    ]  # fmt: skip
    rest = width - GUTTER - field - 2
    if vital.series is None:
        words = (vital.wide_words if wide else "") or vital.words
        spans.append((fit(words, rest), "quiet"))
        return tuple(spans)
    shown = bucketed(vital.series, spark)
    known = [number for number in vital.series if number is not None]
    flat = not known or max(known) == min(known)
    spans.append((fit(units.sparkline(shown, spark), min(spark, rest)), "quiet" if flat else "text"))
    if wide:
        least, most = (vital.form(min(known)), vital.form(max(known))) if known else ("", "")
        spans.append((fit(least, EXTREME, "R") + fit(most, EXTREME, "R"), "quiet"))
    return tuple(spans)


def bucketed(series: Series, cells_wide: int) -> list[float | None]:
    """The whole series in at most so many values, each the mean of its part; a part without a known value is a gap."""
    values = list(series)
    if len(values) <= cells_wide:
        return values
    found: list[float | None] = []
    for index in range(cells_wide):
        part = values[index * len(values) // cells_wide : (index + 1) * len(values) // cells_wide]
        known = [value for value in part if value is not None]
        found.append(sum(known) / len(known) if known else None)
    return found
