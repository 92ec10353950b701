"""Facts as labelled lines, in two columns where there is room; sections of a detail that were asked for one row."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cryotui.model.layout import WIDE
from cryotui.model.pane import Block, Line, Moment, Prose, Role, Rule
from cryotui.model.sample import Row
from cryotui.model.text import cut, fit, one_line
from cryotui.panes.absent import absent_line

Fact = tuple[str, str]
"""A label of at most ten cells and its text; an empty label goes on with the fact before it."""

LABEL = 11
MOST = 200
"""Lines of one section that are shown; a table may have 1,600 columns."""


def fact_line(fact: Fact, width: int) -> Line:
    """A label and its text, cut to ``width`` cells."""
    label = fit(fact[0], LABEL) if len(fact[0]) < LABEL else f"{fact[0]} "  # a longer label moves its text on
    return (("   " + label, "quiet"), (cut(one_line(fact[1]), max(width - len(label) - 3, 1)), "text"))


def fact_lines(left: Sequence[Fact], right: Sequence[Fact], width: int) -> tuple[Line, ...]:
    """Two columns of facts on wide screens; on narrow ones the first of the right, the left, the rest of the right."""
    if width < WIDE:
        return tuple(fact_line(fact, width) for fact in (*right[:1], *left, *right[1:]))
    half = width // 2
    lines: list[Line] = []
    for index in range(max(len(left), len(right))):
        label, text = left[index] if index < len(left) else ("", "")
        filled = fit(one_line(text), half - LABEL - 3)
        line: Line = (("   " + fit(label, LABEL), "quiet"), (filled, "text"))
        if index < len(right):
            line = (*line, (" │", "rule"), *fact_line(right[index], width - half - 2))
        lines.append(line)
    return tuple(lines)


def asked(moment: Moment, probe: str, *parameters: object) -> Sequence[Row] | None:
    """The rows of a detail probe, if it was asked for this very thing and answered."""
    sample = moment.samples.get(probe)
    return None if sample is None or sample.missing or sample.parameters != parameters else sample.rows


def section(
    title: str,
    probe: str,
    parameters: tuple[object, ...],
    moment: Moment,
    width: int,
    make: Callable[[Row], tuple[str, Role]],
    none: str,
) -> list[Block]:
    """A section with one line for each row of a detail probe; empty while it was not asked for this thing.

    ``make`` gives a row's text and how it is drawn, ``none`` is said when there are no rows.
    """
    sample = moment.samples.get(probe)
    if sample is None or sample.parameters != parameters:
        return []
    if sample.missing:
        return [Rule(title), Prose((absent_line(title.capitalize(), sample.missing, width),))]
    lines: list[Line] = []
    for row in sample.rows[:MOST]:
        text, role = make(row)
        lines.append(((cut("   " + one_line_kept(text), width), role),))
    if len(sample.rows) > MOST:
        lines.append(((f"   and {len(sample.rows) - MOST} more", "quiet"),))
    if not lines:
        lines.append(((f"   {none}", "quiet"),))
    return [Rule(title, str(len(sample.rows))), Prose(tuple(lines))]


def one_line_kept(text: str) -> str:
    """The text on one line with its blanks kept, because they make columns."""
    return " ".join(part.strip("\t\r") for part in text.split("\n")).replace("\t", " ").replace("\r", " ")
