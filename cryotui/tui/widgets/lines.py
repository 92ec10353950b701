"""The one widget that draws: a stack of lines, of which only the changed ones are sent to the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class Lines(Widget):
    """Shows strips, one a line. ``show`` compares with what is drawn and repaints what differs."""

    can_focus = False

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self._strips: list[Strip] = []

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
