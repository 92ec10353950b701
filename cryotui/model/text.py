"""Text from outside made safe and measured in terminal cells.

Everything a server, a file or a child process says passes ``clean`` once, at the boundary where it enters; the console
has a line filter as a last wall. Control characters, escape sequences, bidirectional overrides and invisible characters
become visible escapes (``\\x1b``, ``\\u202e``), as psql shows them; line breaks and tabs stay, because statements and
notices are shown on several lines in the detail.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

_INVISIBLE = (
    *range(0x09),
    *range(0x0B, 0x20),
    0x7F,
    *range(0x80, 0xA0),
    0xAD,  # soft hyphen: drawn or not as the terminal likes
    0x061C,
    0x180E,
    *range(0x200B, 0x2010),
    *range(0x2028, 0x202F),
    *range(0x2060, 0x2070),
    0xFEFF,
    *range(0xFFF9, 0xFFFC),
    *range(0xE0000, 0xE0080),
)
_VISIBLE = {code: (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}") for code in _INVISIBLE}
_VISIBLE |= {code: f"\\u{code:04x}" for code in range(0xD800, 0xE000)}
_BLANKS = re.compile(r"\s+")

NAME_BYTES = 64
"""A name of PostgreSQL and the byte that ends it: NAMEDATALEN of every ordinary build."""

MOST_NAMES = 1 << 15
"""Names that are kept; past it all are forgotten and the next answer begins anew."""


def clean(text: str) -> str:
    """The text with every character that could steer a terminal or hide itself made visible; idempotent."""
    return text if text.isprintable() else text.translate(_VISIBLE)


class _Texts(dict[bytes, str]):
    """Texts by their bytes; those of a name's length are kept and shared, for they come again in every answer."""

    def __missing__(self, raw: bytes) -> str:
        text = clean(raw.decode("utf-8", "backslashreplace"))
        if len(raw) < NAME_BYTES:
            if len(self) >= MOST_NAMES:
                self.clear()
            self[raw] = text
        return text


decode: Callable[[bytes], str] = _Texts().__getitem__
"""Bytes of unknown or broken encoding as safe text: bytes that are no UTF-8 are shown as ``\\xe9``.

Thousands of values of an answer pass it: what is known is looked up without a call of Python.
"""


def one_line(text: str) -> str:
    """The text on one line: runs of blanks, tabs and line breaks become one blank."""
    return _BLANKS.sub(" ", text).strip()


@lru_cache(4096)
def _wide_cells(text: str) -> int:
    return sum(map(_character_cells, text))


@lru_cache(4096)
def _character_cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cells(text: str) -> int:
    """How many terminal cells the text takes: wide characters take two, combining ones none."""
    return len(text) if text.isascii() else _wide_cells(text)


def cut(text: str, width: int, more: str = "…") -> str:
    """The text shortened to at most ``width`` cells, its end replaced by ``more`` where something was left out."""
    if cells(text) <= width:
        return text
    room = width - cells(more)
    if room < 0:
        return more[:width] if more.isascii() else ""
    if text.isascii():
        return text[:room] + more
    taken = 0
    for index, character in enumerate(text):
        taken += _character_cells(character)
        if taken > room:
            return text[:index] + more
    return text


def fit(text: str, width: int, align: str = "L") -> str:
    """The text in exactly ``width`` cells: cut or filled with blanks, to the left (``L``) or right (``R``)."""
    if text.isascii() and len(text) <= width:  # nearly every cell of a table
        return text.rjust(width) if align == "R" else text.ljust(width)
    text = cut(text, width)
    blanks = " " * (width - cells(text))
    return blanks + text if align == "R" else text + blanks
