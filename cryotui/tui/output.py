"""Writing to a terminal without ever waiting for it: it may take nothing for hours, or be gone.

A thread writes. What the console shows is left out while too much of it waits, and drawn anew when the terminal has caught
up; so a terminal that stands still holds up neither the keys nor a signal.
"""

from __future__ import annotations

import contextlib
import os
import select
from collections.abc import Callable
from threading import Condition, Thread

MOST_WAITING = 64 * 1024
"""Characters that may wait for the terminal before frames are left out: two or three whole screens of a usual size."""

LAST_WAIT = 1.0
"""Seconds the terminal is given at the end to take what waits."""


class Output:
    """The one thread that writes to a terminal.

    ``gone`` is called in that thread when the terminal is no more, ``caught_up`` when it has taken everything after something
    was left out.
    """

    def __init__(
        self,
        descriptor: int,
        encode: Callable[[str], bytes],
        *,
        gone: Callable[[], None] = lambda: None,
        caught_up: Callable[[], None] = lambda: None,
    ) -> None:
        self._descriptor, self._encode = descriptor, encode
        self._gone, self._caught_up = gone, caught_up
        self._changed = Condition()
        self._texts: list[str] = []
        self._waiting = 0
        self._left_out = False
        self._ends = False
        self._failed = False
        self._thread = Thread(target=self._run, name="output", daemon=True)
        self._thread.start()

    def report_to(self, *, gone: Callable[[], None], caught_up: Callable[[], None]) -> None:
        """Whoever takes it over is told from now on; that the terminal is no more already, at once."""
        with self._changed:
            self._gone, self._caught_up = gone, caught_up
            failed = self._failed
        if failed:
            gone()

    def write(self, text: str, *, frame: bool) -> bool:
        """Have text written; at once, and only False, when it is a frame that has to be left out or the end has come."""
        with self._changed:
            if self._ends:
                return False
            if frame and (self._left_out or self._waiting > MOST_WAITING):
                self._left_out = True
                return False
            self._texts.append(text)
            self._waiting += len(text)
            self._changed.notify()
            return True

    def stop(self) -> None:
        """Write what waits, for ``LAST_WAIT`` seconds at most, and end. What is not taken by then is left behind."""
        with self._changed:
            self._ends = True
            self._changed.notify()
        self._thread.join(LAST_WAIT)

    def _run(self) -> None:
        try:
            while text := self._next():
                self._put(self._encode(text))
                with self._changed:
                    self._waiting -= len(text)
        except OSError:
            with self._changed:
                self._ends = self._failed = True
                gone = self._gone
            gone()

    def _next(self) -> str:
        """All that waits, once there is something; empty at the end."""
        while True:
            with self._changed:
                caught_up = self._left_out and not self._texts
                if caught_up:
                    self._left_out = False
                elif self._texts or self._ends:
                    texts, self._texts = self._texts, []
                    return "".join(texts)
                else:
                    self._changed.wait()
            if caught_up:
                self._caught_up()  # not under the lock: it may call what writes

    def _put(self, data: bytes) -> None:
        while data:
            try:
                data = data[os.write(self._descriptor, data) :]
            except BlockingIOError:  # another program has set the shared terminal so
                with contextlib.suppress(InterruptedError):
                    select.select([], [self._descriptor], [])
