"""Signals that end a run from outside: Ctrl+C, a job that is told to end, a terminal that closes."""

from __future__ import annotations

import asyncio
import signal
from types import TracebackType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interruption:
    """``with Interruption() as interruption:`` inside the task that runs; what is found until then is not lost.

    The first signal sets ``stop`` once ``looked`` is true, so that the run ends by itself and can be reported. Before that,
    and at the second signal, the task is cancelled. A signal that the shell has set to be ignored stays so.
    """

    def __init__(self) -> None:
        self.stop = asyncio.Event()
        self.looked = False
        self.signal: int | None = None
        self._taken: list[int] = []
        self._task: asyncio.Task[object] | None = None

    @property
    def exit_code(self) -> int | None:
        """128 and the signal's number; None when none came."""
        return None if self.signal is None else 128 + self.signal

    def __enter__(self) -> Interruption:
        self._task = asyncio.current_task()
        for number in SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                asyncio.get_running_loop().add_signal_handler(number, self._arrived, number)
                self._taken.append(number)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number in self._taken:
            asyncio.get_running_loop().remove_signal_handler(number)

    def _arrived(self, number: int) -> None:
        again = self.signal is not None
        self.signal = self.signal or number
        if self.looked and not again:
            self.stop.set()
        elif self._task is not None:
            self._task.cancel()
