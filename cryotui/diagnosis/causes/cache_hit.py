"""A cache hit share that fell: a big read pushes out what everybody uses, or the working set no longer fits."""

from __future__ import annotations

from cryotui.diagnosis.search import TOO_EARLY, Found, Search, fitted, recent, span_words
from cryotui.model import units
from cryotui.model.cause import Cause, Next
from cryotui.model.pane import Moment

FALL = 0.05
"""A fall of the share by so much within the series."""

LOW = 0.95
"""Above it there is no trouble, whatever it was before."""

VOLUME = 1000.0
"""Blocks read a second below which a low share costs nothing (8 MB/s at the usual block size)."""


def _find(moment: Moment) -> Found:
    now = recent(moment, "cache_hit")
    reads = recent(moment, "blocks_read")
    known = [value for value in moment.history.get("cache_hit", ()) if value is not None]
    if reads is None:
        return TOO_EARLY
    if now is None or len(known) < 15:
        return []  # nothing was read, or not for long
    before = sum(known[: len(known) // 3]) / (len(known) // 3)
    if reads < VOLUME or now >= LOW or before - now < FALL:
        return []
    return [
        Cause(
            name="cache_hit",
            mark="watch",
            sentence=fitted(
                f"Cache hits fell from {units.hit(before)} to {units.hit(now)} within {span_words(moment)}"
            ),
            why=fitted(f"{units.rate(reads)} blocks a second are read from outside shared buffers"),
            next=(Next("Enter", "calls"),),
            evidence=("statements", ""),
            weight=before - now,
        )
    ]


SEARCH = Search("cache hits", ("vitals",), _find)
