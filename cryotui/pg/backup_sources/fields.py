"""The fields of what a backup tool answers, in any version: every one is optional, and a wrong type is a missing one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cryotui.model.backup import Fact
from cryotui.model.text import clean, one_line
from cryotui.model.units import size


def table(value: object) -> Mapping[str, Any]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def listing(value: object) -> list[Any]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def text(value: object) -> str:
    """Any value as safe text on one line; empty for null."""
    return "" if value is None else clean(one_line(str(value)))


def whole(value: object) -> int | None:
    """A whole number, also where it is written as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return int(value)
    except (ValueError, OverflowError):
        return None


def moment(value: object) -> datetime | None:
    """A time from seconds since 1970 (a number, or one written as text) or from RFC 3339; without a zone it is UTC."""
    seconds = whole(value)
    try:
        if seconds is not None:
            return datetime.fromtimestamp(seconds, UTC)
        if isinstance(value, str) and value:
            found = datetime.fromisoformat(value)
            return found if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        pass
    return None


def facts(*pairs: tuple[str, object]) -> tuple[Fact, ...]:
    """The pairs that have a value, as text."""
    return tuple((label, text(value)) for label, value in pairs if value not in (None, "", [], {}))


def bytes_fact(value: object) -> str | None:
    """Bytes as a size; None when unknown."""
    number = whole(value)
    return None if number is None else size(number)
