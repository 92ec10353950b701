"""The driver between Textual and the terminal: sends what differs, waits for nothing, notices when the terminal is gone."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from textual import events
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size

from cryotui.tui import echo
from cryotui.tui.difference import Shown
from cryotui.tui.first_picture import OnScreen
from cryotui.tui.output import Output

ENTER = "\x1b[?1049h"
"""Enter the alternate screen."""

BEGIN, END = "\x1b[?2026h", "\x1b[?2026l"
"""Begin and end of a synchronized update: they change nothing on the screen."""

SMALL = 256
"""Characters of an update that are written at once anyway, so that the terminal need not be told to hold them together."""


@runtime_checkable
class HandsOver(Protocol):
    """An application before which another writer had the terminal."""

    def take_over(self) -> OnScreen | None:
        """What that one leaves; None from the second time on."""


class TerminalGone(events.Event):
    """Reading or writing says that there is no terminal any more."""


class DifferenceDriver(LinuxDriver):
    """Textual's driver for a terminal, with a memory of what is on it and a writer that never holds up the console.

    Textual's own writer dies of the first error on a terminal that is gone, and whoever writes waits for it for ever once
    thirty texts are in its queue. And it takes each SIGCONT for the end of a pause: the kernel sends one with the SIGHUP of a
    vanished terminal, and a second set of threads begins on it.
    """

    _shown: Shown | None = None
    _drawn_size: tuple[int, int] | None = None
    _taken_over = False
    """The alternate screen was entered before Textual enters it."""
    _begun = False
    """An update has begun, and the terminal has not been told."""
    _output: Output | None = None
    _leaving = False
    """What is written now puts the terminal back: none of it may be left out."""
    _paused = False
    """Stopped by SIGTSTP, the terminal given back before."""

    def start_application_mode(self) -> None:
        """Take the terminal and follow its size.

        Textual asks for the size inside the signal handler, where the next signal interrupts it: the handler that was
        interrupted goes on last and reports the size it had read first. On the loop no size overtakes another.
        """
        file = self._file
        assert file is not None, "the console needs a terminal"
        screen = self._app.take_over() if isinstance(self._app, HandsOver) else None
        if screen is None:
            screen = OnScreen(Output(file.fileno(), lambda text: text.encode(file.encoding, "backslashreplace")))
        else:
            self._taken_over = True
        self._output, self._shown, self._drawn_size = screen.output, screen.shown, screen.size
        self._output.report_to(
            gone=lambda: self._on_loop(self._tell_gone), caught_up=lambda: self._on_loop(self.repaint)
        )
        self._leaving = self._begun = False
        if screen.size is None:
            echo.forget()  # it was typed before there was anything to type at: it may be a password
        before = echo.taken()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if before is not None and self.attrs_before is not None:
            self.attrs_before = before
        if self._writer_thread is not None:  # Textual's, which has nothing to write
            self._writer_thread.stop()
            self._writer_thread = None
        self._loop.add_signal_handler(signal.SIGWINCH, self._size_changed)
        self._tell_size()  # of signals that came before the line above

    def disable_input(self) -> None:
        """Read no more keys."""
        self._leaving = True
        super().disable_input()

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was."""
        self._leaving = True
        super().stop_application_mode()

    def close(self) -> None:
        """Write what waits, as far as the terminal takes it."""
        if self._output is not None:
            self._output.stop()
            self._output = None

    def run_input_thread(self) -> None:
        """Read keys until the end or until there is no terminal."""
        try:
            super().run_input_thread()
        except OSError:
            self._on_loop(self._tell_gone)

    def _on_loop(self, do: Callable[[], object]) -> None:
        """Have something done by the loop, from any thread or signal handler; nothing when it has ended."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(do)

    def _tell_gone(self) -> None:
        self._app.post_message(TerminalGone())

    # its size

    def _size_changed(self) -> None:
        """The terminal has moved its lines as it likes, also where its size is the one of before again: draw all of them."""
        if not self._in_band_window_resize:
            self._tell_size()
        self.repaint()

    def _tell_size(self) -> None:
        size = Size(*self._get_terminal_size())
        told = self._app._post_message(events.Resize(size, size))  # behind what Textual has told in the same way
        asyncio.run_coroutine_threadsafe(told, self._loop)

    # stopped and continued by the shell

    def _sigtstp_application(self, *_: object) -> None:
        self._on_loop(self._pause)

    def _sigcont_application(self, *_: object) -> None:
        self._on_loop(self._go_on)

    def _pause(self) -> None:
        """Give the terminal back, then stop."""
        if not self._paused and not self._leaving:
            self._paused = True
            self.suspend_application_mode()
        os.kill(os.getpid(), signal.SIGSTOP)

    def _go_on(self) -> None:
        """Take the terminal again: after a pause, or after a SIGSTOP of which nothing was heard."""
        if (self._leaving and not self._paused) or not os.isatty(self.fileno):
            return
        if not self._paused:
            self.suspend_application_mode()
        self._paused = False
        self.resume_application_mode()
        self.repaint()

    # what is sent

    def repaint(self) -> None:
        """Send the whole screen, whatever it is thought to show."""
        if self._shown is not None:
            self._shown.forget()
        self._app.refresh()

    def write(self, data: str) -> None:
        """Send what is needed of the data; never waits."""
        if data == BEGIN:
            self._begun = True
            return
        if data == ENTER and self._taken_over:  # entering again would clear it
            self._taken_over = False
            return
        if data == END and self._begun:  # nothing needed it
            self._begun = False
            return
        if data != END:
            data = self._needed(data)
        if data and self._output is not None:
            written = self._output.write(data, frame=data != END and not self._leaving)
            if not written and self._shown is not None:
                self._shown.forget()

    def _needed(self, data: str) -> str:
        if self._shown is None:
            self._shown = Shown()
        size = self._app.size
        if size != self._drawn_size:  # a terminal of another size has moved its lines as it likes
            self._drawn_size = size
            self._shown.forget()
        data = self._shown.reduced(data, size.width)
        if self._begun and len(data) > SMALL:
            self._begun = False
            return BEGIN + data
        return data
