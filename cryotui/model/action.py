"""What can be done to a row, how dangerous it is, what is said before it is asked, and how it ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from datetime import datetime
from enum import IntEnum
from typing import Literal

from cryotui.model.record import dataclass

Verdict = Literal["verified", "failed", "no effect", "stopped", "refused", "unknown"]

RunState = Literal["waiting", "running", "checking", "ended"]
"""Of a running action: behind another one, statement sent, looking at the effect, ended."""

FACT_ORDER = (
    "does", "lock", "size", "takes", "disk", "session", "state", "last", "holds", "wrote", "in use", "frees", "waits",
    "undo", "milder",
)  # fmt: skip
"""The rows of a sheet that asks, always in this order."""


class Level(IntEnum):
    """How far the operator may go. A level is raised by hand; danger ends by itself."""

    OBSERVE = 0
    OPERATE = 1
    DANGER = 2

    @property
    def word(self) -> str:
        """The level as the screens write it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Limits:
    """What a target allows at all. ``read_only`` keeps everything at observe; ``max_level`` is never passed.

    A ``protected`` target starts at observe and asks for its name when the level is raised; any other starts at operate.
    Danger ends by itself after ``danger_minutes``.
    """

    read_only: bool = False
    protected: bool = False
    max_level: Level = Level.DANGER
    danger_minutes: float = 10.0

    @property
    def start(self) -> Level:
        """The level a session begins with."""
        if self.read_only or self.protected:
            return Level.OBSERVE
        return min(Level.OPERATE, self.max_level)


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a sheet that asks: label (does, lock, size, ...), text, and the mark before it."""

    label: str
    text: str
    mark: Literal["", "bad", "watch", "info", "unknown"] = ""


def in_order(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The facts in the order of the sheets; several of one label keep theirs."""
    return tuple(sorted(facts, key=lambda fact: FACT_ORDER.index(fact.label)))


@dataclass(frozen=True, slots=True)
class Notice:
    """What the server said while a statement ran: ``severity`` is its English word (INFO, NOTICE, WARNING)."""

    at: datetime
    severity: str
    text: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.text}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an action ended. ``sentence`` names the verified effect, or why there is none; ``notices`` are the server's."""

    verdict: Verdict
    sentence: str
    sql: str
    seconds: float = 0.0
    notices: tuple[str, ...] = ()
    sqlstate: str | None = None
    ended_at: datetime | None = None
    details: tuple[str, ...] = field(default=())

    @property
    def good(self) -> bool:
        """Whether the effect was seen, not only the command accepted."""
        return self.verdict == "verified"
