"""The one widget that draws: a stack of strips, of which only the changed ones are sent to the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from cryotui.tui.drawn import Drawn
from cryotui.tui.paint import Painter, Spans

KEPT = 512
"""Strips that are kept: a few screens full."""


class Strips:
    """What Textual draws of a painter's lines. An equal line is the same strip again: most of a frame is as it was."""

    def __init__(self) -> None:
        self._painter: Painter | None = None
        self._kept: dict[object, Strip] = {}

    def of(self, painter: Painter, lines: Sequence[Drawn], width: int) -> list[Strip]:
        """The lines in ``width`` cells."""
        if painter is not self._painter or len(self._kept) > KEPT:
            self._painter = painter
            self._kept.clear()
        return [self._strip(painter, spans, width, surface) for spans, surface in lines]

    def _strip(self, painter: Painter, spans: Spans, width: int, surface: str) -> Strip:
        key = (tuple(spans), width, surface)
        strip = self._kept.get(key)
        if strip is None:
            strip = self._kept[key] = Strip(painter.line(spans, width, surface), width)
        return strip


class Lines(Widget):
    """Shows strips, one a line. ``show`` compares with what is drawn and repaints what differs."""

    can_focus = False

    def __init__(self, id: str, strips: Sequence[Strip] = ()) -> None:
        super().__init__(id=id)
        self._strips: list[Strip] = list(strips)

    def show(self, strips: Sequence[Strip]) -> None:
        """Replace the lines; sends nothing for lines that are equal."""
        before, self._strips = self._strips, list(strips)
        width = self.size.width
        changed = [
            y
            for y, strip in enumerate(self._strips)
            if y >= len(before) or (before[y] is not strip and before[y]._segments != strip._segments)
        ]
        changed += range(len(self._strips), len(before))
        if changed:
            self.refresh(*(Region(0, y, width, 1) for y in changed))

    def render_line(self, y: int) -> Strip:
        """The strip of that line."""
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width)
