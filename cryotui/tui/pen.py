"""The terminal's pen: the shortest sequence from one style to another, and which styles look alike on a blank.

A style is the parameters of one SGR sequence (ECMA-48 8.3.117) that begins at the terminal's own style; ``""`` is that one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

UNKNOWN = "0"
"""A style from which every change is written whole."""

_OFF = {1: 22, 2: 22, 3: 23, 4: 24, 5: 25, 7: 27, 8: 28, 9: 29}
"""The parameter that ends what another began."""

_SEEN_ON_BLANKS = frozenset({4, 5, 7, 9})
"""Underlined, blinking, reversed, crossed out: where one of them is on, a blank is more than its background."""


class _Ink(NamedTuple):
    attributes: frozenset[int]
    front: str
    back: str


@lru_cache(4096)
def change(before: str, after: str) -> str:
    """The sequence that changes the pen from one style to another; empty when they are equal."""
    if before == after:
        return ""
    if not after:
        return "\x1b[m"
    whole = f"\x1b[;{after}m" if before else f"\x1b[{after}m"
    was, now = _ink(before), _ink(after)
    if was is None or now is None:
        return whole
    ended = {_OFF[each] for each in was.attributes - now.attributes}
    begun = {each for each in now.attributes if each not in was.attributes or _OFF[each] in ended}
    parts = [str(each) for each in (*sorted(ended), *sorted(begun))]
    if was.front != now.front:
        parts.append(now.front or "39")
    if was.back != now.back:
        parts.append(now.back or "49")
    return min(whole, f"\x1b[{';'.join(parts)}m", key=len) if parts else ""


@lru_cache(4096)
def ground(style: str) -> str:
    """What is seen of a blank in that style: equal for styles in which blanks look alike."""
    ink = _ink(style)
    return style if ink is None or ink.attributes & _SEEN_ON_BLANKS else "on " + ink.back


@lru_cache(4096)
def _ink(style: str) -> _Ink | None:
    """The style in parts; None when it has a parameter that is not known here."""
    attributes: set[int] = set()
    front = back = ""
    codes = style.split(";") if style else []
    while codes:
        code = codes.pop(0)
        number = int(code or 0)
        if number in (38, 48):
            count = {"2": 4, "5": 2}.get(codes[0] if codes else "")
            if count is None or len(codes) < count:
                return None
            code = ";".join([code, *codes[:count]])
            del codes[:count]
        if number in _OFF:
            attributes.add(number)
        elif 30 <= number <= 38 or 90 <= number <= 97:
            front = code
        elif 40 <= number <= 48 or 100 <= number <= 107:
            back = code
        else:
            return None
    return _Ink(frozenset(attributes), front, back)
