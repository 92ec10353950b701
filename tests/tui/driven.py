"""The console in a real pseudo-terminal: what is pressed goes in, what a person would see comes out.

No waiting for a time: ``wait_for`` looks at the screen until it says what is expected, or fails with the screen it saw.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyte

ROOT = Path(__file__).parents[2]
DEADLINE = 60.0
NAMED = {
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F",
    "pageup": "\x1b[5~", "pagedown": "\x1b[6~", "tab": "\t", "shift+tab": "\x1b[Z", "enter": "\r", "escape": "\x1b",
    "backspace": "\x7f", "space": " ", "f1": "\x1bOP", "f4": "\x1bOS", "f5": "\x1b[15~", "f6": "\x1b[17~",
    "f9": "\x1b[20~", "f10": "\x1b[21~",
    **{f"ctrl+{letter}": chr(ord(letter) - 96) for letter in "abcdefghklnopqrstuvwxyz"},
}  # fmt: skip
"""What a terminal sends for a key, by the name the key registry gives it."""

ANSWERS = {
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",  # synchronised output: known, off now
    b"\x1b[?2048$p": b"\x1b[?2048;0$y",  # sizes in the stream: not known
    b"\x1b[6n": b"\x1b[1;1R",
    b"\x1b[c": b"\x1b[?62;22c",
    b"\x1b[>c": b"\x1b[>1;10;0c",
}
"""What a modern terminal says when it is asked."""

_FOREIGN = re.compile(rb"\x1b\[[<>=][\d;]*[a-zA-Z]|\x1b[P_^\]].*?(?:\x1b\\|\x07)|\x1b\[\?[\d;]*\$p", re.DOTALL)
"""Sequences that the emulator would print in part: key protocols, strings, questions."""
_CUT = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*|[P_^\]][^\x07]*)?\Z", re.DOTALL)
"""A sequence whose end has not come yet."""


class Driven:
    """One console in one terminal. ``raw`` is every byte it wrote, ``screen`` what is seen now."""

    def __init__(
        self,
        *words: str,
        size: tuple[int, int] = (80, 24),
        environ: Mapping[str, str | None] | None = None,
        command: Sequence[str] | None = None,
    ) -> None:
        """``words`` follow ``cryotui``; ``size`` is columns and rows; ``environ`` adds to ours, None takes away."""
        self.raw = b""
        self._pending = b""
        self._emulator(*size)
        self.master, self.slave = pty.openpty()
        self._set_size(*size)
        self.modes_before = termios.tcgetattr(self.slave)
        # a session leader gets the first terminal it opens as its own: the console is hung up with it
        start = ["/bin/sh", "-c", 'tty=$1; shift; exec "$@" <"$tty" >"$tty" 2>&1', "sh", os.ttyname(self.slave)]
        self.process = subprocess.Popen(
            [*start, *(command or (sys.executable, "-m", "cryotui")), *words],
            env=_environment(environ or {}), cwd="/", start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def _emulator(self, columns: int, rows: int) -> None:
        self._screen: Any = pyte.Screen(columns, rows)
        self._screen.report_device_attributes = lambda *words, **more: None
        self._screen.set_margins = lambda *words, **more: None
        self._stream = pyte.ByteStream(self._screen)

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    # what goes in

    def keys(self, *pressed: str) -> Self:
        """Press keys: a name of the registry, or text that is typed as it stands."""
        for index, key in enumerate(pressed, 1):
            self.send(NAMED.get(key, key))
            if key == "escape" and index < len(pressed):
                self.quiet(0.2, 2.0)  # with the next key at once it would be Alt and that key
        return self

    def hush(self) -> Self:
        """Put another message in the place of the last one."""
        self.keys("%").wait_for("% has no meaning")
        return self

    def send(self, text: str) -> Self:
        """Write bytes to the console as they stand."""
        os.write(self.master, text.encode())
        return self

    def paste(self, text: str) -> Self:
        """Paste text, as a terminal with bracketed paste does."""
        return self.send(f"\x1b[200~{text}\x1b[201~")

    def click(self, column: int, row: int) -> Self:
        """Press and release the left button on a cell, counted from 0."""
        return self.send(f"\x1b[<0;{column + 1};{row + 1}M\x1b[<0;{column + 1};{row + 1}m")

    def wheel(self, column: int, row: int, down: bool = True) -> Self:
        """Turn the wheel by one notch over a cell."""
        return self.send(f"\x1b[<{65 if down else 64};{column + 1};{row + 1}M")

    def resize(self, columns: int, rows: int) -> Self:
        """Give the terminal another size."""
        self.pump(0)
        self._screen.resize(rows, columns)
        self._set_size(columns, rows)
        return self

    def wipe(self) -> Self:
        """Forget what is seen, as if another program had drawn over it."""
        self._screen.reset()
        return self

    # what comes out

    def pump(self, seconds: float) -> bool:
        """Read what is there, waiting at most so long for the first of it; whether there was something."""
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        data = os.read(self.master, 1 << 20)
        self.raw += data
        for question, answer in ANSWERS.items():
            for _ in range(data.count(question)):
                os.write(self.master, answer)
        data = self._pending + data
        cut = _CUT.search(data)
        self._pending = data[cut.start() :] if cut else b""
        self._stream.feed(_FOREIGN.sub(b"", data[: cut.start()] if cut else data))
        return True

    @property
    def screen(self) -> list[str]:
        """The lines seen now, without blanks at their ends."""
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.screen)

    def line(self, pattern: str) -> str:
        """The first line that fits, once there is one."""

        def found() -> str | None:
            return next((line for line in self.screen if re.search(pattern, line)), None)

        self.wait_for(found)
        return found() or ""

    def wait_for(self, wanted: str | Callable[[], object], deadline: float = DEADLINE) -> str:
        """Read until the screen fits a regular expression, or the callable is true; gives the screen as text."""
        end = time.monotonic() + deadline
        while True:
            while self.pump(0):
                pass  # a frame is looked at when it is whole
            if re.search(wanted, self.text, re.MULTILINE) if isinstance(wanted, str) else wanted():
                return self.text
            assert time.monotonic() < end, f"waited in vain for {wanted!r}; the screen:\n{self.text}"
            assert self.process.poll() is None or self.pump(0), f"it ended before {wanted!r}; the screen:\n{self.text}"
            self.pump(0.05)

    @property
    def cursor(self) -> str:
        """The line the cursor is on, without its two signs; empty when there is none."""
        found = next((line for line in self.screen if re.match(r"[│║]? ?▸", line)), "")
        return found.strip("│║ ").removeprefix("▸")[1:].strip() if found else ""

    def rows(self, first: int = 4, last: int = -2) -> list[str]:
        """The lines of the list, without cursor, tag and mark."""
        return [line[3:].rstrip() for line in self.screen[first:last]]

    def until(self, key: str, pattern: str, deadline: float = DEADLINE) -> str:
        """Press a key again and again until the screen fits: what has just opened may be deaf for a moment.

        A second press before the first has had its effect would go too far. Escape, which closes and clears whatever lies
        there, has had it when the keys in the last line are others, an arrow when the cursor's line is another: the rest
        changes by itself, too.
        """
        end, closing = time.monotonic() + deadline, key == "escape"

        def fits() -> bool:
            return re.search(pattern, self.text, re.MULTILINE) is not None

        def shown() -> str:
            if key in ("up", "down"):
                return "\n".join(line for line in self.screen if "▸" in line)
            return self.screen[-1] if closing else self.text

        while not fits():
            assert time.monotonic() < end, f"{key} never brings {pattern!r}; the screen:\n{self.text}"
            before = shown()
            self.keys(*key.split())
            deaf = time.monotonic() + (10 if closing else 3)
            while shown() == before and not fits() and time.monotonic() < deaf:
                self.pump(0.05)
            self.quiet(0.1)
            said = time.monotonic() + (1 if closing else 0)  # what a closed sheet says may come behind it
            while not fits() and time.monotonic() < said:
                self.pump(0.05)
        return self.text

    def quiet(self, seconds: float, deadline: float = DEADLINE) -> bool:
        """Read until nothing came for so long; whether that happened before the deadline."""
        end = time.monotonic() + deadline
        while time.monotonic() < end:
            if not self.pump(seconds):
                return True
        return False

    # the end

    def signal(self, number: signal.Signals) -> Self:
        """Send a signal to the console alone."""
        self.process.send_signal(number)
        return self

    def hang_up(self) -> None:
        """Take the terminal away, as a lost SSH connection does."""
        os.close(self.slave)
        os.close(self.master)
        self.slave = self.master = -1

    def ended(self, deadline: float = DEADLINE) -> int:
        """Wait for the end; gives the exit code."""
        end = time.monotonic() + deadline
        while self.process.poll() is None:
            assert time.monotonic() < end, f"it does not end; the screen:\n{self.text if self.master >= 0 else ''}"
            if self.master >= 0:
                self.pump(0.05)
            else:
                time.sleep(0.05)
        while self.master >= 0 and self.pump(0):
            pass
        return int(self.process.returncode)

    def close(self) -> None:
        """End it whatever it does."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self.master >= 0:
            self.hang_up()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _environment(changes: Mapping[str, str | None]) -> dict[str, str]:
    ours: dict[str, str | None] = {
        **os.environ,
        "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "LC_ALL": None, "NO_COLOR": None,
        "COLUMNS": None, "LINES": None, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": None, "SSH_CONNECTION": None,
        "TMUX": None, **changes,
    }  # fmt: skip
    return {name: value for name, value in ours.items() if value is not None}
