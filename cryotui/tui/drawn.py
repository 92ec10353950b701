"""What every screen is made of: lines of text with roles on a surface, the signs of marks, the titles of sections."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cryotui.model.pane import Mark
from cryotui.model.text import cells, cut

Drawn = tuple[list[tuple[str, str]], str]
"""A line's spans (text and role) and the surface it lies on."""

SIGNS: dict[Mark, tuple[str, str]] = {
    "bad": ("■", "bad"),
    "watch": ("▲", "watch"),
    "info": ("●", "info"),
    "good": ("✓", "good"),
    "unknown": ("?", "watch"),
}
CURSOR, TAG = "▸", "◆"


def rule_spans(title: str, note: str, width: int, double: bool) -> list[tuple[str, str]]:
    """`` TITLE ═════ note ═`` in ``width`` cells: double on a protected target, single elsewhere."""
    line = "═" if double else "─"
    title = f" {title} "
    note = cut(f" {note} ", max(width - cells(title) - 2, 0)) if note else ""
    fill = max(width - cells(title) - cells(note) - 1, 0)
    return [(title, "primary"), (line * fill, "rule"), (note, "quiet"), (line, "rule")]


def matched(spans: Sequence[tuple[str, str]], words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The spans with every match of the words in a span of its own."""
    pattern = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), re.IGNORECASE)
    for text, role in spans:
        at = 0
        for match in pattern.finditer(text):
            if match.start() > at:
                yield text[at : match.start()], role
            yield match[0], "match"
            at = match.end()
        if at < len(text):
            yield text[at:], role


def folded(text: str, width: int) -> list[str]:
    """The text broken at blanks into pieces of at most ``width`` cells; further ones are indented."""
    if cells(text) <= width:
        return [text]
    pieces, line = [], ""
    for word in text.split(" "):
        while cells(word) > width - 2:
            if line:
                pieces.append(line)
                line = ""
            pieces.append(word[: width - 2])
            word = word[width - 2 :]
        candidate = f"{line} {word}" if line else word
        if cells(candidate) > width - (2 if pieces else 0):
            pieces.append(line)
            line = word
        else:
            line = candidate
    if line or not pieces:
        pieces.append(line)
    return [pieces[0], *("  " + piece for piece in pieces[1:])]


def broken(spans: Sequence[tuple[str, str]], width: int) -> list[list[tuple[str, str]]]:
    """The spans on as many lines of at most ``width`` cells as they take, broken at blanks; further ones are indented."""
    text = "".join(part for part, _ in spans).rstrip()
    if cells(text) <= width:
        return [list(spans)]
    indent = min(len(text) - len(text.lstrip()) + 2, width // 2)
    lines: list[list[tuple[str, str]]] = []
    at = 0
    while at < len(text):
        room = width - (indent if at else 0)
        end = at + max(len(cut(text[at:], room, "")), 1)
        blank = text.rfind(" ", at, end)
        if end < len(text) and blank > at + room // 2:
            end = blank + 1
        line = list(_between(spans, at, end))
        lines.append([(" " * indent, "text"), *line] if at else line)
        at = end
    return lines


def _between(spans: Sequence[tuple[str, str]], first: int, end: int) -> Iterator[tuple[str, str]]:
    """The spans of the characters from ``first`` to before ``end``."""
    at = 0
    for text, role in spans:
        part = text[max(first - at, 0) : max(end - at, 0)]
        if part:
            yield part, role
        at += len(text)
