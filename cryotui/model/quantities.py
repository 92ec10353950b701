"""Quantities as an operator writes them: ``90s``, ``1m30s``, ``36h``, ``30%``, ``100MB``, ``2.1G``; text to numbers.

The inverse of ``cryotui.model.units``. Every function raises ValueError with a sentence that says what is possible; none
takes a negative number, an infinity or NaN.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

Unit = Literal["seconds", "bytes", "share", "count"]
"""What a number counts: seconds, bytes (steps of 1024), a share of 1, or things (steps of 1000)."""

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_SECONDS = {"ms": 0.001, "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}
_STEPS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5}
_ONE_DURATION = re.compile(rf"\s*({_NUMBER})\s*(ms|sec|s|min|m|h|d|w)")
_DURATION = re.compile(rf"(?:{_ONE_DURATION.pattern})+\s*")
_BYTES = re.compile(rf"({_NUMBER})\s*([kmgtp]?)(?:i?b)?", re.IGNORECASE)
_COUNT = re.compile(rf"({_NUMBER})\s*([kmgt]?)[x×]?", re.IGNORECASE)
_SHARE = re.compile(rf"({_NUMBER})\s*(%?)")
_OCTAL = re.compile(r"0[0-9]+")
_SIXTIES = re.compile(r"[0-9]+(:[0-9]+)+")


def seconds(text: str) -> float:
    """A duration in seconds: a bare number is seconds, units are ms, s, m (or min), h, d, w and may follow each other."""
    _check_plain(text)
    if re.fullmatch(_NUMBER, text):
        return float(text)
    if not _DURATION.fullmatch(text):
        raise ValueError("a time is possible, such as 2, 90s, 5m, 36h or 7d")
    return sum(float(number) * _SECONDS[unit] for number, unit in _ONE_DURATION.findall(text))


def size(text: str) -> float:
    """Bytes: a bare number, or one with k, M, G, T (kB, MB ... are the same) in steps of 1024 as PostgreSQL counts."""
    _check_plain(text)
    match = _BYTES.fullmatch(text)
    if not match:
        raise ValueError("a size is possible, such as 512, 100MB or 2G")
    return float(match[1]) * 1024.0 ** _STEPS[match[2].lower()]


def share(text: str) -> float:
    """A share of 1: ``30%`` and ``0.3`` are the same; a whole number without % is refused, because 1 could be either."""
    _check_plain(text)
    match = _SHARE.fullmatch(text)
    if not match or not (match[2] or "." in text or float(match[1]) == 0):
        raise ValueError("a share is possible, such as 30% or 0.3")
    value = float(match[1]) / (100 if match[2] else 1)
    if value > 1:
        raise ValueError("a share is at most 100%")
    return value


def count(text: str) -> float:
    """A number of things or a multiple: ``5``, ``1.5``, ``10k``, ``1M``, ``2.1G`` in steps of 1000, ``3x``."""
    _check_plain(text)
    match = _COUNT.fullmatch(text)
    if not match:
        raise ValueError("a number is possible, such as 5, 1.5 or 10k")
    return float(match[1]) * 1000.0 ** _STEPS[match[2].lower()]


def whole(text: str) -> int:
    """A whole number in decimal digits."""
    _check_plain(text)
    if not re.fullmatch(r"[0-9]{1,15}", text):
        raise ValueError("a whole number is possible")
    return int(text)


READERS: dict[Unit, Callable[[str], float]] = {"seconds": seconds, "bytes": size, "share": share, "count": count}
"""The reader of each unit."""


def _check_plain(text: str) -> None:
    """Refuse what readers of YAML 1.1 take for another number than the one that is written."""
    if _OCTAL.fullmatch(text):
        raise ValueError(f"many readers of YAML take that for octal; write {text.lstrip('0') or '0'}")
    if _SIXTIES.fullmatch(text):
        total = 0
        for part in text.split(":"):
            total = total * 60 + int(part)
        raise ValueError(f"many readers of YAML take that for {total}; write a number with its unit, such as {total}s")
    if len(text) > 40:
        raise ValueError("that is too long for a number")


def written(value: float, unit: Unit) -> str:
    """A number as the configuration file takes it, in the largest unit that stays exact: ``36h``, ``100MB``, ``30%``."""
    if value == float("inf"):
        return "never"
    if unit == "share":
        return f"{value * 100:.10g}%"
    steps: tuple[tuple[float, str], ...] = {
        "seconds": ((86400, "d"), (3600, "h"), (60, "m"), (1, "s")),
        "bytes": tuple((1024.0**power, name) for power, name in ((4, "TB"), (3, "GB"), (2, "MB"), (1, "kB"))),
        "count": tuple((1000.0**power, name) for power, name in ((3, "G"), (2, "M"), (1, "k"))),
    }[unit]
    for step, name in steps:
        if value >= step and (value / step) == int(value / step):
            return f"{int(value / step)}{name}"
    return f"{value:.15g}" + ("s" if unit == "seconds" else "")
