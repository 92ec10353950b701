"""The Textual side: the screen's four widgets, keys and mouse in, lines out, and a clean end whatever happens."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import os
import signal
import sys
import termios
import time
from collections.abc import Sequence
from types import FrameType
from typing import ClassVar

os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
if os.environ.get("SSH_CONNECTION"):
    os.environ.setdefault("TEXTUAL_FPS", "30")

from textual import events
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.driver import Driver
from textual.filter import ANSIToTruecolor, LineFilter
from textual.strip import Strip

from cryotui.model.errors import ConnectError
from cryotui.tui import crash, keyboard, mouse, picture
from cryotui.tui.asking import audit
from cryotui.tui.console import Console
from cryotui.tui.driver import DifferenceDriver, TerminalGone
from cryotui.tui.ending import LastResort, signals_as_before
from cryotui.tui.first_picture import FirstPicture, OnScreen
from cryotui.tui.look import Look
from cryotui.tui.themes import Colorless, to_textual, variable_defaults
from cryotui.tui.wall import Wall
from cryotui.tui.widgets.lines import Lines, Strips

TICK = 1.0
"""Seconds between two looks at what changes by itself: the age of the data, messages, the terminal."""

REPAINT = "ctrl+l"
"""The key that also mends what others wrote over the screen: a broadcast, a message of the kernel."""


class ConsoleApp(App[int], inherit_bindings=False):
    """One console in one terminal."""

    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, console: Console, look: Look, picture: FirstPicture) -> None:
        """The console, which is at work already, and what has drawn it until now."""
        self.core, self.target, self.look = console, console.target, look
        self._first_picture: FirstPicture | None = picture
        self._strips = Strips()
        super().__init__()
        self.animation_level = "none"
        for palette in look.palettes.values():
            self.register_theme(to_textual(palette))
        for problem in look.problems:
            console.say(problem)
        self.use_theme(look.theme)
        self._drawing = False
        self._ended = False
        self._gone = False
        self._begun = False
        self._early_end: int | None = None
        self._last_resort = LastResort()
        self._last_key = time.monotonic()
        self._resting = False
        self._pulse: object = None
        self._crash: str | None = None
        self.start_error: ConnectError | None = None
        console.redraw = self.request_draw
        console.leave = self.leave
        console.to_clipboard = self.copy_to_clipboard
        console.set_theme = self.use_theme
        console.themes = lambda: list(look.palettes)
        console.theme = lambda: look.theme
        console.beside.note_fault = lambda error: crash.note(error, self.target)
        console.beside.crash = self._handle_exception
        console.give_up = self._give_up
        console.connected = self._connected

    def _connected(self) -> None:
        self.core.spawn(audit.recall(self.core))

    # the screen

    def get_driver_class(self) -> type[Driver]:
        """The driver that sends changed characters only."""
        return DifferenceDriver

    def take_over(self) -> OnScreen | None:
        """What was drawn on the terminal before Textual had it; None when that is no longer what it shows."""
        first, self._first_picture = self._first_picture, None
        return first.hand_over() if first is not None else None

    def compose(self) -> ComposeResult:
        """Header, tabs, body, bottom."""
        for name, strips in self._parts():
            yield Lines(name, strips)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The last wall: nothing that steers a terminal passes, whatever drew it. An ANSI colour is meant."""
        filters = [one for one in super().get_line_filters() if not isinstance(one, ANSIToTruecolor)]
        filters.append(Wall())
        return [*filters, Colorless()] if self.look.color_mode == "none" else filters

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our variables for Textual's own themes, which lack them."""
        return variable_defaults(self.look.palettes["frost"])

    def use_theme(self, name: str) -> None:
        """Draw with another palette from now on."""
        self.look.use(name)
        self.theme = name
        if self.is_running:
            self.refresh()
            self.request_draw()

    def on_mount(self) -> None:
        """Begin."""
        self.core.resize(self.size.width, self.size.height)
        if self.core.server is not None:
            self._connected()
        self.set_interval(TICK, self._tick)
        self._begun = True
        if self._early_end is not None:
            self.leave(self._early_end)

    def on_resize(self, event: events.Resize) -> None:
        """The terminal has another size: lay out again, ask nothing."""
        self.core.resize(event.size.width, event.size.height)
        self.request_draw()

    def request_draw(self) -> None:
        """Draw soon, once, however many ask."""
        if not self._drawing and self.is_running and not self._ended:
            self._drawing = True
            self.call_later(self._draw)

    def _draw(self) -> None:
        self._drawing = False
        if self._ended:
            return
        for name, strips in self._parts():
            self.query_one(f"#{name}", Lines).show(strips)

    def _parts(self) -> list[tuple[str, list[Strip]]]:
        """The parts of the screen, from above, by the names of their widgets."""
        header, tabs, body, bottom = picture.draw(self.core)
        parts = {"header": [header], "tabs": [tabs], "body": body, "bottom": bottom}
        width, painter = self.core.width, self.look.painter
        return [(name, self._strips.of(painter, lines, width)) for name, lines in parts.items()]

    def _tick(self) -> None:
        """Ages, messages that end, danger that ends; and whether there still is a terminal."""
        try:
            termios.tcgetattr(0)
        except termios.error:
            self._terminal_gone()
            return
        self._rest_when_idle()
        if self.core.feed.link.state != "live":
            self.core.refresh_board()
        pulse = self.core.pulse()
        if pulse != self._pulse or self.core.layers:
            self._pulse = pulse
            self.request_draw()

    def _rest_when_idle(self) -> None:
        """A console that nobody looks at asks nothing, when the configuration says after how long."""
        minutes = self.target.settings.idle_minutes
        if minutes and not self.core.feed.paused and time.monotonic() - self._last_key > minutes * 60:
            self._resting = True
            self.core.feed.pause(True)
            self.core.say(f"No key for {minutes} min: nothing is asked until the next one.")

    # keys and mouse

    async def on_event(self, event: events.Event) -> None:
        """The first that is heard of a key: from now on no other work comes before it."""
        if isinstance(event, events.Key):
            self.core.rounds.key_pressed()
        await super().on_event(event)

    def on_key(self, event: events.Key) -> None:
        """Press it in the console."""
        event.stop()
        event.prevent_default()
        self._last_key = time.monotonic()
        if self._resting:
            self._resting = False
            self.core.feed.pause(False)
        if event.key == REPAINT and isinstance(self._driver, DifferenceDriver):
            self._driver.repaint()
        keyboard.press(self.core, event.key, event.character if event.is_printable else None)
        self.request_draw()
        self.call_after_refresh(self.core.rounds.key_answered)

    def on_paste(self, event: events.Paste) -> None:
        """Pasted text never presses keys."""
        keyboard.paste(self.core, event.text)
        self.request_draw()

    def on_click(self, event: events.Click) -> None:
        """Click on one of the four parts."""
        if isinstance(event.widget, Lines):
            mouse.click(self.core, event.widget.id, event.x, event.y)
            self.request_draw()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel, by three lines."""
        mouse.wheel(self.core, 3)
        self.request_draw()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel, by three lines."""
        mouse.wheel(self.core, -3)
        self.request_draw()

    # the end

    def leave(self, code: int) -> None:
        """End the console with an exit code, soon and whatever hangs."""
        self._last_resort.within_patience(code)
        if not self._begun:  # Textual, half started, would not hear it
            self._early_end = code if self._early_end is None else self._early_end
        elif not self._ended:
            self._ended = True
            self.exit(code, return_code=code)

    def _give_up(self, error: ConnectError) -> None:
        """The first connection failed: the console has nothing to show, the sentence belongs on the terminal."""
        self.start_error = error
        self.leave(error.exit_code)

    def on_unmount(self) -> None:
        """Draw no more."""
        self._ended = True

    def watch_signals(self) -> None:
        """End on SIGTERM, SIGINT and SIGHUP from now on; called in the loop, before Textual takes the terminal."""
        self._running_loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._signalled)

    def _signalled(self, number: int, _: FrameType | None) -> None:
        """End, also when the loop is stuck: asyncio would tell of the signal only on the loop."""
        self._last_resort.within_patience(128 + number)
        end = self._terminal_gone if number == signal.SIGHUP else functools.partial(self.leave, 128 + number)
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._running_loop.call_soon_threadsafe(end)

    def on_terminal_gone(self, event: TerminalGone) -> None:
        """Reading from the terminal or writing to it failed."""
        event.stop()
        self._terminal_gone()

    def _terminal_gone(self) -> None:
        """The terminal has left: write nothing more to it, end. What runs on the server goes on and is in the log."""
        if not self._gone:
            self._gone = True
            with contextlib.suppress(OSError):
                silence, _ = os.pipe()  # not the null device, which always has an end to read
                nowhere = os.open(os.devnull, os.O_WRONLY)
                for descriptor, place in ((0, silence), (1, nowhere), (2, nowhere)):
                    os.dup2(place, descriptor)
        self.leave(128 + signal.SIGHUP)

    def _fatal_error(self) -> None:
        """A crash: no traceback with values on the screen; a redacted one goes to a file."""
        self._last_resort.within_patience(1)
        error = self._exception or sys.exc_info()[1] or RuntimeError("unknown")
        self._crash = crash.sentence(error, self.target)
        self._ended = True
        self._return_code = 1
        self._exit_renderables.clear()
        self._close_messages_no_wait()


def _collect_rarely() -> None:
    """Thousands of new rows a second are no garbage: looking through all of them at the usual rate halts the keys for 50 ms."""
    gc.collect()  # what importing left behind would be kept for ever
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


async def show(console: Console, look: Look, picture: FirstPicture) -> int:
    """Show a console that is at work until it ends; gives the exit code. ``picture`` has drawn it until now.

    Raises ConnectError or AuthenticationError when the first connection fails.
    """
    app = ConsoleApp(console, look, picture)
    _collect_rarely()
    settings = console.settings
    with signals_as_before():
        app.watch_signals()
        await app.run_async(mouse=settings.mouse and not settings.slow)
    if app._crash:
        sys.stderr.write(app._crash + "\n")
    if app.start_error:
        app._last_resort.withdraw()
        raise app.start_error
    return int(app.return_code or 0)
