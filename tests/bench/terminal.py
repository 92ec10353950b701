"""A program run in a pseudo-terminal of 200x50 and measured from outside: time, CPU, memory, bytes, answers to keys.

Output is only read and time-stamped while the program runs; what the screen showed is worked out afterwards.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import termios
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pyte

ROWS, COLUMNS = 50, 200
WARM = 4.0
"""Seconds after the start from which CPU and bytes count."""

LOOKED_AT = (1, 30, 90, 150)
"""Columns in which a row that is highlighted differs from the others."""

ANSWERS = {b"\x1b[?2026$p": b"\x1b[?2026;2$y", b"\x1b[6n": b"\x1b[1;1R", b"\x1b[c": b"\x1b[?62;22c"}
"""What a modern terminal says when it is asked."""

_ODD = re.compile(rb"\x1b\[[<>=][\d;]*[a-zA-Z]|\x1b[P_^].*?\x1b\\|\x1b\[\?[\d;]*\$p", re.DOTALL)


class _Screen(pyte.Screen):
    """A screen that is never asked what it is: the run is over when it is drawn."""

    def report_device_attributes(self, *_: object, **__: object) -> None:
        """Say nothing."""


@dataclass
class Run:
    """What was seen of one run: times are seconds from just before the start."""

    chunks: list[tuple[float, bytes]] = field(default_factory=list)
    keys: list[float] = field(default_factory=list)
    cpu_seconds: float = 0.0
    counted: float = 0.0
    spent: float | None = None
    resident_mb: float = 0.0
    alive: bool = True

    @property
    def first_byte(self) -> float | None:
        """When the program said anything."""
        return self.chunks[0][0] if self.chunks else None

    @property
    def cpu_per_minute(self) -> float:
        """CPU seconds a minute after the warm-up, of the program and what it started."""
        return self.cpu_seconds * 60 / self.counted

    @property
    def bytes_per_second(self) -> float:
        """What went over the wire after the warm-up."""
        return sum(len(data) for at, data in self.chunks if at >= WARM) / self.counted

    def settled(self, pattern: str) -> float | None:
        """When the screen first matched."""
        screen = _Screen(COLUMNS, ROWS)
        stream = pyte.ByteStream(screen)
        for number, (at, data) in enumerate(self.chunks):
            stream.feed(_ODD.sub(b"", data))
            burst = number + 1 < len(self.chunks) and self.chunks[number + 1][0] - at < 0.004
            if not burst and re.search(pattern, "\n".join(screen.display)):
                return at
        return None

    def answers(self) -> list[float | None]:
        """Milliseconds from each key to the output with which the highlight left its rows; None where it stayed.

        Highlights are looked for in the screen, because the next output may be a refresh that knows nothing of the key.
        """
        screen = _Screen(COLUMNS, ROWS)
        stream = pyte.ByteStream(screen)
        chunks, found = list(self.chunks), list[float | None]()
        for number, pressed in enumerate(self.keys):
            end = self.keys[number + 1] if number + 1 < len(self.keys) else float("inf")
            while chunks and chunks[0][0] <= pressed:
                stream.feed(_ODD.sub(b"", chunks.pop(0)[1]))
            before, moved = _highlights(screen), None
            while chunks and chunks[0][0] < end:
                at, data = chunks.pop(0)
                stream.feed(_ODD.sub(b"", data))
                if moved is None and _highlights(screen) != before:
                    moved = (at - pressed) * 1000
            found.append(moved)
        return found


def play(
    command: list[str],
    seconds: float,
    keys: list[tuple[float, bytes]] | None = None,
    spent: Callable[[], float | None] = lambda: None,
) -> Run:
    """Run the command so long, press the keys at their times, end it.

    ``spent`` tells a total that grows, such as the server's work; the run gets its growth after the warm-up.
    """
    ready, go = os.pipe()
    pid, master = pty.fork()
    if pid == 0:
        os.read(ready, 1)  # until the size is set
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
        os.environ.pop("NO_COLOR", None)
        os.execvp(command[0], command)
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    begun, run, todo = time.monotonic(), Run(), list(keys or ())
    os.write(go, b"1")
    os.close(go)
    os.close(ready)
    program = psutil.Process(pid)
    warm: tuple[float, float] | None = None
    spent_before: float | None = None
    while (now := time.monotonic() - begun) < seconds:
        if warm is None and now >= WARM:
            warm, spent_before = (now, _cpu(program)), spent()
        while todo and todo[0][0] <= now:
            run.keys.append(time.monotonic() - begun)
            os.write(master, todo.pop(0)[1])
        until = min(seconds, todo[0][0] if todo else seconds, WARM if warm is None else seconds)
        if not select.select([master], [], [], max(0.0, until - now))[0]:
            continue
        try:
            data = os.read(master, 1 << 18)
        except OSError:
            run.alive = False
            break
        run.chunks.append((time.monotonic() - begun, data))
        for question, answer in ANSWERS.items():
            if question in data:
                os.write(master, answer)
    if run.alive and warm is not None:
        run.counted, run.cpu_seconds = time.monotonic() - begun - warm[0], _cpu(program) - warm[1]
        run.resident_mb = _peak(pid)
        spent_after = spent()
        if spent_before is not None and spent_after is not None:
            run.spent = spent_after - spent_before
    _end(pid, master)
    return run


def _cpu(program: psutil.Process) -> float:
    try:
        tree = [program, *program.children(recursive=True)]
        return sum(sum(one.cpu_times()[:4]) for one in tree)
    except psutil.Error:
        return 0.0


def _peak(pid: int) -> float:
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
    return int(found[1]) / 1024 if found else 0.0


def _end(pid: int, master: int) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(pid, sign)
        except ProcessLookupError:
            break
        stop = time.monotonic() + 2
        while time.monotonic() < stop:
            if os.waitpid(pid, os.WNOHANG)[0]:
                os.close(master)
                return
            if select.select([master], [], [], 0.05)[0]:
                try:
                    os.read(master, 1 << 18)  # a program that is closing down may still write
                except OSError:
                    time.sleep(0.05)
    os.close(master)


def _highlights(screen: pyte.Screen) -> list[tuple[str, bool]]:
    return [
        (screen.buffer[row][column].bg, screen.buffer[row][column].reverse)
        for row in range(ROWS)
        for column in LOOKED_AT
    ]


def median(values: list[float | None]) -> float | None:
    """The median of what is known."""
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def worst(values: list[float | None]) -> float | None:
    """The 95th of a hundred of what is known."""
    known = sorted(value for value in values if value is not None)
    return known[min(len(known) - 1, int(len(known) * 0.95))] if known else None
