"""The first frame: written before Textual is imported, so that the terminal answers at once on a slow machine."""

from __future__ import annotations

import os
import shutil
import sys

_TABS = ("Over", "Actv", "Stmt", "Tabl", "Indx", "Conn", "Bkup", "Prog", "Repl", "Audt")


def draw(name: str, protected: bool) -> None:
    """Enter the alternate screen and draw the frame's head. ``name`` is plain text; Textual draws over it."""
    width = shutil.get_terminal_size().columns
    shown = "".join(character if character.isprintable() else "?" for character in name)[: max(width - 30, 1)]
    head = f" {shown}  {'PROTECTED   ' if protected else ''}connecting"[:width]
    tabs = (" " + "".join(f" {(index + 1) % 10}{short} " for index, short in enumerate(_TABS)))[:width]
    _write(f"\x1b[?1049h\x1b[?25l\x1b[H\x1b[2J\x1b[1m{head}\x1b[0m\r\n{tabs}")


def withdraw() -> None:
    """Leave the alternate screen again, when the console could not be opened."""
    _write("\x1b[?1049l\x1b[?25h")


def _write(text: str) -> None:
    try:
        os.write(sys.__stderr__.fileno(), text.encode(sys.__stderr__.encoding or "ascii", "replace"))  # type: ignore[union-attr]
    except OSError:
        return
