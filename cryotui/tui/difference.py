"""What goes to the terminal: only the characters that differ from what it shows. Five to ten times less over SSH.

Textual sends whole lines where a number changed. The driver here keeps what each line shows and sends the changed
stretches of it. It passes on as it is whatever it does not know for certain: a repaint of the whole screen, lines with wide
or combining characters, other sequences; after those it relies on nothing it kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size

_TOKEN = re.compile(r"\x1b\[(\d+);(\d+)H|\x1b\[([\d;]*)m|([^\x1b]+)")
_ONE_CELL = re.compile(
    r"[ -~\u00a1-\u00ac\u00ae-\u02ff\u0390-\u0482\u048a-\u052f"  # Latin, Greek, Cyrillic
    r"\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2248\u2500-\u25fc\u2713\u2717]*"  # punctuation, lines, blocks, signs
)
"""Characters that take one cell in every terminal."""

_HARMLESS = ("\x1b[?2026h", "\x1b[?2026l")
"""Begin and end of a synchronized update: they change nothing on the screen."""

GAP = 8
"""Equal characters between two changed ones that are sent again, because moving the cursor costs as much."""


class Shown:
    """The characters and styles the terminal shows, for the lines of which that is known."""

    def __init__(self) -> None:
        self._lines: dict[int, tuple[str, list[str]]] = {}
        self._pen = ""

    def forget(self) -> None:
        """Nothing is known of the screen any more."""
        self._lines.clear()

    def reduced(self, data: str, height: int) -> str:
        """What has to be sent in place of ``data``, so that a terminal of ``height`` lines shows the same."""
        if data in _HARMLESS:
            return data
        pieces = _pieces(data)
        if pieces is None:
            self.forget()
            return data
        if len({y for y, _, _, _ in pieces}) >= height:
            self.forget()
            for piece in pieces:
                self._learn(*piece)
            return data
        self._pen = ""
        out = "".join(part for piece in pieces for part in self._changed(*piece))
        return out + "\x1b[0m" if self._pen else out

    def _learn(self, y: int, x: int, text: str, styles: list[str]) -> None:
        if not text:
            return
        known = self._lines.get(y)
        end = x + len(text)
        if not _ONE_CELL.fullmatch(text):
            self._lines.pop(y, None)
        elif known is not None and len(known[0]) >= x:
            self._lines[y] = known[0][:x] + text + known[0][end:], known[1][:x] + styles + known[1][end:]
        elif x == 0:
            self._lines[y] = text, styles

    def _changed(self, y: int, x: int, text: str, styles: list[str]) -> Iterator[str]:
        """The sequences for one piece of a line."""
        known = self._lines.get(y)
        self._learn(y, x, text, styles)
        if known is None or len(known[0]) < x + len(text) or y not in self._lines:
            yield f"\x1b[{y + 1};{x + 1}H"
            yield from self._drawn(text, styles)
            return
        before, ink = known[0][x : x + len(text)], known[1][x : x + len(text)]
        differ = [
            at
            for at, (old, new, was, now) in enumerate(zip(before, text, ink, styles, strict=True))
            if old != new or was != now
        ]
        for first, last in _stretches(differ):
            yield f"\x1b[{y + 1};{x + first + 1}H"
            yield from self._drawn(text[first : last + 1], styles[first : last + 1])

    def _drawn(self, text: str, styles: Sequence[str]) -> Iterator[str]:
        begin = 0
        for at in range(1, len(text) + 1):
            if at == len(text) or styles[at] != styles[begin]:
                if styles[begin] != self._pen:
                    self._pen = styles[begin]
                    yield f"\x1b[0;{self._pen}m" if self._pen else "\x1b[0m"
                yield text[begin:at]
                begin = at


def _pieces(data: str) -> list[tuple[int, int, str, list[str]]] | None:
    """The update as pieces of lines: line, first cell, text, each character's style; None for anything else."""
    pieces: list[tuple[int, int, str, list[str]]] = []
    style, end = "", 0
    for match in _TOKEN.finditer(data):
        if match.start() != end:
            return None
        end = match.end()
        line, cell, code, text = match.groups()
        if line:
            pieces.append((int(line) - 1, int(cell) - 1, "", []))
            style = ""
        elif code is not None:
            style = "" if code == "0" else code
        elif pieces:
            text = text.removesuffix("\n")  # between two lines of an update; the cursor is moved after it
            if "\n" in text:
                return None
            y, x, before, styles = pieces[-1]
            pieces[-1] = y, x, before + text, [*styles, *[style] * len(text)]
        else:
            return None
    return pieces if end == len(data) and pieces else None


def _stretches(differ: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last of the changed positions that lie close together."""
    first = last = -1
    for at in differ:
        if first < 0:
            first = at
        elif at - last > GAP:
            yield first, last
            first = at
        last = at
    if first >= 0:
        yield first, last


class DifferenceDriver(LinuxDriver):
    """Textual's driver for a terminal, with a memory of what is on it."""

    _shown: Shown | None = None
    _drawn_size: Size | None = None

    def write(self, data: str) -> None:
        """Send what is needed of the data."""
        if self._shown is None:
            self._shown = Shown()
        size = self._app.size
        if size != self._drawn_size:  # a terminal of another size has moved its lines as it likes
            self._drawn_size = size
            self._shown.forget()
        data = self._shown.reduced(data, size.height)
        if data:
            super().write(data)
