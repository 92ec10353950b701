"""How long ago something was done and who did it, as one value: it sorts as a number and reads as ``6h auto``."""

from __future__ import annotations

import math

from cryotui.model import units


class Done(float):
    """Seconds ago, with ``who``: ``auto``, ``hand``, ``now`` while it runs; ``never`` is infinitely long ago."""

    __slots__ = ("who",)

    who: str

    def __new__(cls, seconds: float, who: str) -> Done:
        made = super().__new__(cls, seconds)
        made.who = who
        return made

    @property
    def never(self) -> bool:
        """Whether it was never done."""
        return self.who == "never"


NEVER = Done(math.inf, "never")
NOW = Done(0.0, "now")


def last_done(by_hand: float | None, by_itself: float | None) -> Done:
    """The later of the two; ``NEVER`` when there is none."""
    if by_hand is None and by_itself is None:
        return NEVER
    if by_itself is None or (by_hand is not None and by_hand <= by_itself):
        return Done(by_hand or 0.0, "hand")
    return Done(by_itself, "auto")


def words(value: Done | None) -> str:
    """``6h auto``, ``3h hand``, ``now``, ``never``; a dash when unknown."""
    if value is None:
        return units.UNKNOWN
    return value.who if value.who in ("now", "never") else f"{short_age(value)} {value.who}"


_STEPS = ((1, "s", 60), (60, "m", 6000), (3600, "h", 172800), (86400, "d", 8640000), (604800, "w", 60480000))


def short_age(seconds: float) -> str:
    """An age in at most three cells: ``8s``, ``6m``, ``99m``, ``6h``, ``12d``, ``30w``, ``2y``."""
    for step, unit, most in _STEPS:
        if seconds < most:
            return f"{int(max(seconds, 0) // step)}{unit}"
    return f"{int(seconds // 31557600)}y"
