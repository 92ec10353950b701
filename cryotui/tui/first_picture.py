"""The first live screens: drawn by the console's own means while Textual, which takes longer than the server, is imported."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import field

from rich.color import ColorSystem

from cryotui.model.record import dataclass
from cryotui.tui import echo, picture
from cryotui.tui.console import Console
from cryotui.tui.difference import Shown
from cryotui.tui.drawn import Drawn
from cryotui.tui.look import Look
from cryotui.tui.output import Output
from cryotui.tui.terminal import ColorMode

_SYSTEMS: dict[ColorMode, ColorSystem] = {
    "truecolor": ColorSystem.TRUECOLOR,
    "256": ColorSystem.EIGHT_BIT,
    "16": ColorSystem.STANDARD,
    "none": ColorSystem.STANDARD,
}


@dataclass
class OnScreen:
    """What one writer of the terminal hands to the next: the thread that writes, what is shown, at which size."""

    output: Output
    shown: Shown = field(default_factory=Shown)
    size: tuple[int, int] | None = None
    """Columns and lines of the picture that is shown; None while there is none."""


class FirstPicture:
    """Draws a console as soon as it has something live to show, until it is handed over."""

    def __init__(self, console: Console, look: Look) -> None:
        file = sys.__stderr__
        assert file is not None, "the console needs a terminal"
        self.drawn = asyncio.Event()
        self._console, self._look = console, look
        self._screen = OnScreen(Output(file.fileno(), lambda text: text.encode(file.encoding, "backslashreplace")))
        self._lines: list[Drawn] = []
        self._soon = False
        self._handed_over = False
        console.redraw = self._draw_soon

    def _draw_soon(self) -> None:
        if not self._soon:
            self._soon = True
            self._console.beside.spawn_vital(self._draw())

    async def _draw(self) -> None:
        self._soon = False
        if self._handed_over or self._console.board.moment is None:
            return
        if not self.drawn.is_set():
            echo.keys()  # from now on there is something to type at; what was typed before may be a password
        header, tabs, body, bottom = picture.draw(self._console)
        before, self._lines = self._lines, [header, tabs, *body, *bottom]
        width, height = self._console.width, self._console.height
        changed = (y for y, line in enumerate(self._lines) if y >= len(before) or before[y] != line)
        data = self._screen.shown.reduced("".join(map(self._line, changed)), width)
        self._screen.size = width, height
        if data and not self._screen.output.write(data, frame=True):
            self._screen.shown.forget()
        self.drawn.set()

    def _line(self, y: int) -> str:
        spans, surface = self._lines[y]
        system = _SYSTEMS[self._look.color_mode]
        segments = self._look.painter.line(spans, self._console.width, surface)
        return f"\x1b[{y + 1};1H" + "".join(
            style.render(text, color_system=system) for text, style, _ in segments if style
        )

    def hand_over(self) -> OnScreen:
        """Draw nothing more; what the next writer needs to go on."""
        self._handed_over = True
        return self._screen

    def end(self) -> None:
        """Nobody took it over: write what waits and end."""
        if not self._handed_over:
            self._handed_over = True
            if self._screen.size is not None:
                self._screen.output.write("\x1b[m", frame=False)  # what follows is in the terminal's own style
            self._screen.output.stop()
