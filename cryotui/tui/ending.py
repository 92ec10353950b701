"""The end of the process that comes whatever hangs, and the signals as they were before."""

from __future__ import annotations

import _thread
import contextlib
import os
import signal
import time
from collections.abc import Iterator

PATIENCE = 5.0
"""Seconds from the order to end to the end of the process. Closing connections may take two of them, the terminal one."""


class LastResort:
    """Ends the process with an exit code when it is still there after ``PATIENCE`` seconds; nothing is tidied up then."""

    def __init__(self) -> None:
        self._code: int | None = None

    def within_patience(self, code: int) -> None:
        """Begin to count; the first order counts. Signal handlers may call it: it waits for no lock."""
        if self._code is None:
            self._code = code
            _thread.start_new_thread(self._end, ())

    def withdraw(self) -> None:
        """The process has something left to do."""
        self._code = None

    def _end(self) -> None:
        time.sleep(PATIENCE)
        if self._code is not None:
            os._exit(self._code)


@contextlib.contextmanager
def signals_as_before() -> Iterator[None]:
    """What comes after the console, a question for the password for one, hears signals as what came before it did."""
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGTSTP, signal.SIGCONT)
    before = {number: signal.getsignal(number) for number in numbers}
    try:
        yield
    finally:
        for number, reaction in before.items():
            signal.signal(number, reaction)
