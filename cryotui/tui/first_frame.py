"""The first frame: written before anything is read or imported that it does not need, so that the terminal answers at once."""

from __future__ import annotations

import os
import sys

from cryotui.model.tabs import TABS
from cryotui.tui import echo


class FirstFrame:
    """The head of the console on the alternate screen, until Textual draws over it or a sentence takes its place."""

    def __init__(self) -> None:
        self._shown = False

    def draw(self, name: str, state: str, protected: bool = False) -> None:
        """Enter the alternate screen, where that has not been done, and draw the head. ``name`` is plain text."""
        width = size()[0]
        shown = "".join(character if character.isprintable() else "?" for character in name)[: max(width - 30, 1)]
        head = f" {shown}  {'PROTECTED   ' if protected else ''}{state}"[:width]
        tabs = (" " + "".join(f" {tab.digit}{tab.short} " for tab in TABS))[:width]
        echo.off()
        enter = "" if self._shown else "\x1b[?1049h\x1b[?25l\x1b[2J"
        self._shown = True
        _write(f"{enter}\x1b[H\x1b[1m{head}\x1b[0m\x1b[K\r\n{tabs}")

    def withdraw(self) -> None:
        """Leave the alternate screen again: something is said or asked, or the console cannot be opened."""
        echo.back()  # first: writing may wait for a terminal that takes nothing
        if self._shown:
            self._shown = False
            _write("\x1b[?1049l\x1b[?25h")

    def hand_over(self) -> None:
        """The screen is Textual's from now on, which also leaves it."""
        self._shown = False


def size() -> tuple[int, int]:
    """Columns and lines of the terminal."""
    try:
        found = os.get_terminal_size(sys.__stderr__.fileno())  # type: ignore[union-attr]
    except OSError:
        return 80, 24
    return found.columns or 80, found.lines or 24


def _write(text: str) -> None:
    try:
        os.write(sys.__stderr__.fileno(), text.encode(sys.__stderr__.encoding or "ascii", "replace"))  # type: ignore[union-attr]
    except OSError:
        return
