"""From spans to what Textual draws: a line's roles become styles of the theme, its text is checked a last time."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from cryotui.model.text import cells, clean, cut
from cryotui.tui.terminal import to_ascii
from cryotui.tui.themes import Styles

Spans = Sequence[tuple[str, str]]
"""Text with a role: those of ``cryotui.model.pane`` and the frame's own ``tab guard button match head``."""

KEPT = 512
"""Strips that are kept: a few screens full."""


class Painter:
    """Turns spans into strips of exactly the asked width."""

    def __init__(self, styles: Styles, ascii_only: bool = False) -> None:
        self.styles = styles
        self.ascii_only = ascii_only
        self._kept: dict[object, Strip] = {}

    def strip(self, spans: Spans, width: int, surface: str = "background") -> Strip:
        """One line in ``width`` cells on a surface: ``background``, ``surface`` or ``panel``.

        An equal line is the same strip again: most lines of a frame are those of the frame before.
        """
        key = (tuple(spans), width, surface)
        strip = self._kept.get(key)
        if strip is None:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            strip = self._kept[key] = self._painted(spans, width, surface)
        return strip

    def _painted(self, spans: Spans, width: int, surface: str) -> Strip:
        segments: list[Segment] = []
        left = width
        pending, pending_style = "", None
        for text, role in spans:
            if left <= 0:
                break
            text = clean(text).replace("\n", " ").replace("\t", " ")
            size = cells(text)
            if size > left:
                text = cut(text, left, "")
                size = cells(text)
            left -= size
            style = self._style(role, surface)
            if self.ascii_only:
                text = to_ascii(text)
            if style == pending_style:
                pending += text
            else:
                if pending:
                    segments.append(Segment(pending, pending_style))
                pending, pending_style = text, style
        if left > 0:
            blank = self._style("text", surface)
            if blank == pending_style:
                pending += " " * left
            else:
                if pending:
                    segments.append(Segment(pending, pending_style))
                pending, pending_style = " " * left, blank
        segments.append(Segment(pending, pending_style))
        return Strip(segments, width)

    def _style(self, role: str, surface: str) -> Style:
        return self.styles.of(role, surface)
