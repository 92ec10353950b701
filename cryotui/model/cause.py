"""What is wrong right now: a cause is a sentence with its evidence and its next steps, mildest first."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from cryotui.model.pane import Mark
from cryotui.model.record import dataclass
from cryotui.model.sample import Row

SENTENCE = 76
"""Cells that a sentence or a why may take: 80 less the gutter."""


class Next(NamedTuple):
    """One step out: the key that takes it, what it does and frees, and the row it works on (None: a key that only looks)."""

    key: str
    text: str
    row: Row | None = None


@dataclass(frozen=True)
class Cause:
    """Something that is wrong, said so that a tired person knows what to do.

    ``name`` identifies it from one moment to the next. ``sentence`` names the thing, the number and the culprit; ``why`` is
    the evidence; both take ``SENTENCE`` cells at most. ``next`` are the ways out, mildest first. Action keys work on ``row``.
    ``evidence`` is the pane, and the view in it, that Enter opens. ``since`` is when it began, where that can be known.
    ``weight`` orders causes of one mark, ``culprit`` is the pid or name that is at fault: a cause that ``yields`` is left
    out when a worse one names the same culprit.
    """

    name: str
    mark: Mark
    sentence: str
    why: str
    next: tuple[Next, ...] = ()
    row: Row | None = None
    since: datetime | None = None
    evidence: tuple[str, str] | None = None
    weight: float = 0.0
    culprit: object = None
    yields: bool = False


@dataclass(frozen=True)
class Diagnosis:
    """The causes that were found, worst first; how many were looked for; and why some could not be checked."""

    causes: tuple[Cause, ...]
    looked_for: int
    not_checked: tuple[str, ...] = ()
