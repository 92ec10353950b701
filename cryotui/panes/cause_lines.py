"""A cause as the Overview writes it: what, why and the next steps, and the row that the cursor stands on."""

from __future__ import annotations

from typing import Any

from cryotui.model.cause import Cause
from cryotui.model.pane import Line, Moment, Span
from cryotui.model.sample import Row
from cryotui.model.text import cells, cut
from cryotui.panes.overlaid import Overlaid
from cryotui.panes.vital_grid import SIGNS

LOOKS = 15
"""Cells at the right end of a cause's last line, where Enter says what it opens."""


def cause_row(cause: Cause) -> Row:
    """What the cursor stands on: the culprit's own fields, and where Enter and each key lead."""
    pane, view = cause.evidence or (None, None)
    over: dict[str, Any] = {
        "name": cause.name,
        "goes_to": pane,
        "goes_to_view": view or None,
        "goes_to_key": None,
        "acts_on": {step.key: step.row for step in reversed(cause.next) if step.row is not None},
        "cause": cause,
    }
    return Overlaid(cause.row if cause.row is not None else {}, **over)


def _keys(cause: Cause, moment: Moment) -> list[Span]:
    """The steps that act, mildest first; a key that is refused at this level stands in parentheses."""
    refused = moment.extra.get("refused_keys") or frozenset()
    spans: list[Span] = []
    for step in cause.next:
        if step.key == "Enter":
            continue
        if spans:
            spans.append(("   ", "text"))
        if step.key:
            spans += [(f"({step.key})" if step.key in refused else step.key, "accent"), (" ", "text")]
        spans.append((step.text, "text"))
    return spans


def _looks(cause: Cause) -> list[Span]:
    step = next((step for step in cause.next if step.key == "Enter"), None)
    return [("Enter", "accent"), (f" {step.text}", "text")] if step else []


def fitted(spans: list[Span], width: int) -> list[Span]:
    """The spans in exactly ``width`` cells, the last two of them blank."""
    left = width - 2
    out: list[Span] = []
    for text, role in spans:
        part = cut(text, left)
        out.append((part, role))
        left -= cells(part)
    return [*out, (" " * (left + 2), "text")]


def narrow_lines(cause: Cause, moment: Moment, width: int, first: bool) -> list[Line]:
    """What, why, next: three lines for the worst cause, two for the others; the end of the last one says what Enter opens."""
    sign, role = SIGNS[cause.mark]
    what: Line = ((" ", "text"), (sign, role), (" ", "text"), (cut(cause.sentence, width - 4), "bold"))
    why: Span = ("   " + cut(cause.why, width - 4), "quiet")
    looks = _looks(cause)
    keys = _keys(cause, moment)
    used = sum(cells(text) for text, _ in keys)
    long = sum(cells(text) for text, _ in looks)
    end = max(min(width - LOOKS, width - long - 1), 20)
    if looks and 3 + used + 2 > end:  # the steps come first, Enter opens the evidence anyway
        end = width - long - 1
    steps: Line = (*fitted([("   ", "text"), *keys], end), *looks)
    if not first:
        if keys and not looks:
            return [what, steps]
        return [what, (*fitted([why], end), *looks)]
    return [what, (why,), steps] if keys else [what, (*fitted([why], end), *looks)]


def wide_lines(cause: Cause, moment: Moment, width: int) -> list[Line]:
    """What, why, next with their labels, and a blank line after."""
    sign, role = SIGNS[cause.mark]
    lines: list[Line] = [
        ((" ", "text"), (sign, role), (" ", "text"), (cut(cause.sentence, width - 4), "bold")),
        (("   why     ", "quiet"), (cut(cause.why, width - 12), "text")),
    ]
    steps = _keys(cause, moment)
    looks = _looks(cause)
    if steps or looks:
        between: list[Span] = [("     ", "text")] if steps and looks else []
        lines.append((("   next    ", "quiet"), *steps, *between, *looks))
    return [*lines, (("", "text"),)]
