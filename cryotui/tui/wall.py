"""The last wall before the terminal: characters that could steer it are replaced in every segment that is drawn."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from cryotui.model.text import clean


class Wall(LineFilter):
    """Replaces control, bidirectional and invisible characters by visible ones; leaves ordinary text alone."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments with clean text."""
        return [
            segment if segment.control or segment.text.isprintable() else Segment(_flat(segment.text), segment.style)
            for segment in segments
        ]


def _flat(text: str) -> str:
    return clean(text).replace("\n", " ").replace("\t", " ")
