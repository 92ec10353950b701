"""The first line of a pane: its views with their counts, and at the right end which rows are seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cryotui.model import units
from cryotui.model.pane import View
from cryotui.model.text import cells, cut
from cryotui.tui.drawn import Drawn

LEAST = 12
"""Cells below which a cut text at the right end says nothing any more."""


def draw(views: Sequence[View], active: str, counts: Mapping[str, int], right: str, width: int) -> Drawn:
    """The line in ``width`` cells; ``active`` is the name of the view in brackets.

    Where there is no room for all views, those around the active one are left and ``…`` stands for the others.
    """
    spans = [(text, role) for text, role, _ in _spans(views, active, counts, width)]
    used = sum(cells(text) for text, _ in spans)
    room = max(width - used - 2, 0)
    right = cut(right, room) if room >= LEAST or cells(right) <= room else ""
    spans.append((" " * (width - used - cells(right) - 1) + right, "quiet"))
    return spans, "background"


def view_at(views: Sequence[View], active: str, counts: Mapping[str, int], x: int, width: int) -> str | None:
    """The name of the view that is drawn at cell ``x`` of ``width``."""
    at = 0
    for text, _, view in _spans(views, active, counts, width):
        if view is not None and at <= x < at + cells(text):
            return view.name
        at += cells(text)
    return None


def _spans(
    views: Sequence[View], active: str, counts: Mapping[str, int], width: int
) -> list[tuple[str, str, View | None]]:
    """Text, role and the view that the text names."""
    first, end = _room(views, active, counts, width)
    spans: list[tuple[str, str, View | None]] = [(" … " if first else " ", "quiet", None)]
    for index, view in enumerate(views[first:end]):
        here = view.name == active
        label = _label(view, counts)
        before = views[first + index - 1].name == active if index else False
        if index:
            spans.append((" " if here or before else "  ", "quiet", None))
        spans.append((f"[{label}]" if here else label, "primary" if here else "quiet", view))
    if end < len(views):
        spans.append((" …", "quiet", None))
    return spans


def _room(views: Sequence[View], active: str, counts: Mapping[str, int], width: int) -> tuple[int, int]:
    """The views there is room for: from the first one while the active one is among them, else up to the active one."""
    sizes = [cells(_label(view, counts)) + 2 for view in views]  # two blanks, or a bracket and a blank on both sides
    if sum(sizes) + 1 <= width:
        return 0, len(views)
    here = next((index for index, view in enumerate(views) if view.name == active), 0)
    first = 0
    while first < here and sum(sizes[first : here + 1]) + 6 > width:
        first += 1
    end = here + 1
    while end < len(views) and sum(sizes[first : end + 1]) + 6 <= width:
        end += 1
    return first, end


def _label(view: View, counts: Mapping[str, int]) -> str:
    unknown = f" {units.UNKNOWN}" if view.count else ""
    return view.title + (f" {counts[view.name]}" if view.name in counts else unknown)
