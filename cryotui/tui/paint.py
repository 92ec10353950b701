"""From spans to styled segments: a line's roles become styles of the theme, its text is checked a last time. No Textual."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style

from cryotui.model.text import cells, clean, cut
from cryotui.tui.styles import Styles
from cryotui.tui.terminal import to_ascii

Spans = Sequence[tuple[str, str]]
"""Text with a role: those of ``cryotui.model.pane`` and the frame's own ``tab guard button match head``."""


class Painter:
    """Turns spans into segments of exactly the asked width."""

    def __init__(self, styles: Styles, ascii_only: bool = False) -> None:
        self.styles = styles
        self.ascii_only = ascii_only

    def line(self, spans: Spans, width: int, surface: str = "background") -> list[Segment]:
        """One line in ``width`` cells on a surface: ``background``, ``surface`` or ``panel``."""
        segments: list[Segment] = []
        left = width
        pending, pending_style = "", None
        for text, role in spans:
            if left <= 0:
                break
            if not text.isprintable():
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
        return segments

    def _style(self, role: str, surface: str) -> Style:
        return self.styles.of(role, surface)
