"""Numbers in sentences: the unit with a space before it, at most three significant digits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cryotui.model import units

_BYTES = {"k": "kB", "M": "MB", "G": "GB", "T": "TB", "P": "PB"}
_CHANGED = {"INSERT": "inserted", "UPDATE": "updated", "DELETE": "deleted", "MERGE": "merged"}


def size(value: int | float | None) -> str:
    """Bytes in a sentence: ``9.1 GB``, ``310 MB``, ``0 bytes``; ``-`` when unknown."""
    text = units.size(value)
    if value is None:
        return text
    return f"{text[:-1]} {_BYTES[text[-1]]}" if text[-1] in _BYTES else f"{text} bytes"


def took(seconds: float) -> str:
    """A duration in a sentence: ``12 ms``, ``0.2 s``, ``41 s``, ``9 min``, ``3 h``."""
    if seconds < 0.095:
        return f"{max(1, round(seconds * 1000))} ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


def counted(number: int, nouns: tuple[str, str]) -> str:
    """``1 session``, ``23 sessions``, ``1,130 rows``."""
    return f"{number:,} {nouns[0] if number == 1 else nouns[1]}"


def changed(tag: str) -> str | None:
    """``1,204 rows deleted`` of the server's ``DELETE 1204``; None of what changes no rows by its own words."""
    words = tag.split()
    if len(words) < 2 or words[0] not in _CHANGED or not words[-1].isdecimal():
        return None
    return f"{counted(int(words[-1]), ('row', 'rows'))} {_CHANGED[words[0]]}"


def listed(names: Sequence[str], most: int = 3) -> str:
    """The first ones, and how many more there are: ``a, b, c and 4 more``."""
    text = ", ".join(names[:most])
    return f"{text} and {len(names) - most} more" if len(names) > most else text


def clock(moment: datetime | None) -> str:
    """A moment of the day with its zone; ``never`` for None."""
    return "never" if moment is None else units.clock(moment, seconds=True)


def day(moment: datetime | None) -> str:
    """A moment with its date; ``never`` for None."""
    return "never" if moment is None else units.clock(moment, date=True)
