"""What goes to the terminal: only the characters that differ from what it shows. Five to ten times less over SSH.

Textual sends whole lines where a number changed. Kept here is what each line shows, to send the changed stretches of it. What
is not known for certain is passed on as it is: lines with wide or combining characters, other sequences; after those nothing
that was kept is relied on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cryotui.tui import pen

_TOKEN = re.compile(r"\x1b\[(\d+);(\d+)H|\x1b\[([\d;]*)m|([^\x1b]+)")
_MODES = re.compile(r"(?:\x1b\[[?>](?!(?:10)?4[79])[\d;]*(?:[hlu]|\$p)|\x1b\]22;\w*\x07)+")
"""Modes of keys, mouse, cursor and updates, and questions: they change nothing on the screen. Of another screen: not."""

_ONE_CELL = re.compile(
    r"[ -~\u00a1-\u00ac\u00ae-\u02ff\u0390-\u0482\u048a-\u052f"  # Latin, Greek, Cyrillic
    r"\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2248\u2500-\u25fc\u2713\u2717]*"  # punctuation, lines, blocks, signs
)
"""Characters that take one cell in every terminal."""

GAP = 4
"""Equal characters between two changed ones that are sent again, because moving the cursor costs as much."""

Part = tuple[str, str]
"""Text and its style."""

Stretch = tuple[int, int, list[Part]]
"""What is sent at one place: line, first cell, text by style."""


class Shown:
    """The characters and styles the terminal shows, for the lines of which that is known, and the style of its pen."""

    def __init__(self) -> None:
        self._lines: dict[int, tuple[str, list[str]]] = {}
        self._pen = ""

    def forget(self) -> None:
        """Nothing is known of the terminal any more."""
        self._lines.clear()
        self._pen = pen.UNKNOWN

    def reduced(self, data: str, width: int) -> str:
        """What has to be sent in place of ``data``, so that a terminal of that width shows the same."""
        if _MODES.fullmatch(data):
            return data
        pieces = _pieces(data)
        if pieces is None:
            self._lines.clear()
            plain, self._pen = pen.change(self._pen, ""), ""
            return plain + data
        return self._written([stretch for piece in pieces for stretch in self._changed(*piece)], width)

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

    def _changed(self, y: int, x: int, text: str, styles: list[str]) -> Iterator[Stretch]:
        """What differs in one piece of a line, each stretch in one style; all of it where the line is not known."""
        known = self._lines.get(y)
        self._learn(y, x, text, styles)
        end = x + len(text)
        if known is None or len(known[0]) < end or y not in self._lines:
            if text:
                yield y, x, _parts(text, styles)
            return
        before, ink = known[0][x:end], known[1][x:end]
        first = last = -1
        style = ""
        pairs = zip(before, text, ink, styles, strict=True)
        for at in [at for at, (old, new, was, now) in enumerate(pairs) if old != new or was != now]:
            now = styles[at]
            if before[at] == text[at] == " " and pen.ground(ink[at]) == pen.ground(now):
                continue
            joined = _style_of_both(text, styles, style, first, last, at) if first >= 0 else None
            if joined is None:
                if first >= 0:
                    yield y, x + first, [(text[first : last + 1], style)]
                first, joined = at, now
            last, style = at, joined
        if first >= 0:
            yield y, x + first, [(text[first : last + 1], style)]

    def _written(self, stretches: Sequence[Stretch], width: int) -> str:
        """The sequences for the stretches, those of one style one after the other: the pen is dearer than the cursor."""
        groups: dict[str, list[Stretch]] = {self._pen: []}
        for stretch in stretches:
            groups.setdefault(stretch[2][0][1], []).append(stretch)
        out: list[str] = []
        line = cell = -1
        for y, x, parts in (stretch for group in groups.values() for stretch in group):
            out.append(_move(line, cell, y, x))
            for text, style in parts:
                out += pen.change(self._pen, style), text
                self._pen = style
            text = "".join(text for text, _ in parts)
            line, cell = y, x + len(text)
            if cell >= width or not text.isascii():
                line = (
                    -1
                )  # at the edge, and behind a sign that some terminals draw wide, the cursor's place is not certain
        return "".join(out)


def _style_of_both(text: str, styles: Sequence[str], style: str, first: int, last: int, at: int) -> str | None:
    """The style in which a stretch can go on to ``at``; None when it ends before.

    ``style`` is that of the stretch from ``first`` to ``last``. Blanks take another style when they look alike in it.
    """
    if at - last - 1 > GAP or not text[last + 1 : at].isascii():
        return None
    if styles[at] != style and text[at] != " " and text[first : last + 1].isspace():
        style, last = styles[at], first - 1
    for place in range(last + 1, at + 1):
        here = styles[place]
        if here != style and (text[place] != " " or pen.ground(here) != pen.ground(style)):
            return None
    return style


def _move(line: int, cell: int, y: int, x: int) -> str:
    """The sequence that moves the cursor from one place to another; a line or a cell below zero is not known."""
    if line == y and cell < 0:
        return f"\x1b[{x + 1}G"
    if line == y:
        if x == cell:
            return ""
        by = abs(x - cell)
        return f"\x1b[{by if by > 1 else ''}{'C' if x > cell else 'D'}"
    return f"\x1b[{y + 1 if y else ''};{x + 1}H" if x else f"\x1b[{y + 1 if y else ''}H"


def _parts(text: str, styles: Sequence[str]) -> list[Part]:
    parts: list[Part] = []
    begin = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or styles[at] != styles[begin]:
            parts.append((text[begin:at], styles[begin]))
            begin = at
    return parts


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
