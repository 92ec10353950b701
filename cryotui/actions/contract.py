"""What an action is: a declaration (title, key, level, fields, lock, rights) and what it does with a row.

The desk calls, in this order: ``refuse`` (what can be said without asking the server), ``look`` (the row as the server
has it now), ``facts`` (the lines of the sheet), and, once the operator said yes, ``again`` and ``perform`` on a session of
its own. An action sends nothing but its own statement and questions.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Hashable, Sequence
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from cryotui.model.action import Fact, Level, Outcome
from cryotui.model.errors import RefusedError
from cryotui.model.record import dataclass
from cryotui.model.sample import Row
from cryotui.model.server import Server
from cryotui.model.text import clean, one_line
from cryotui.pg.statement import ActionSession

NOTHING_SENT = "Nothing was sent."


@dataclass(frozen=True, slots=True)
class Rights:
    """What our role may: ``roles`` are those whose rights it has, itself included, ``superusers`` by name."""

    roles: frozenset[str]
    superusers: frozenset[str]
    owns_database: bool


class Ask(Protocol):
    """Asks the server one short question; raises StatementError."""

    def __call__(self, sql: str, /, *arguments: object) -> Awaitable[Sequence[Row]]: ...


@dataclass(frozen=True, slots=True)
class Past:
    """The last time the same was done to the same object: how long it took and how large the object was (bytes)."""

    seconds: float
    size: int | None
    ended_at: datetime


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What an action hits, as the server has it at one moment.

    ``label`` names it in sentences, ``word`` is what the operator types, ``line`` stands for it in a list. ``row`` holds
    the fields it was found by, ``identity`` what must be the same when it is looked up again, ``refused`` why it cannot be
    acted on. ``size`` is in bytes.
    """

    label: str
    word: str
    line: str
    row: dict[str, Any]
    identity: Hashable
    refused: str | None = None
    size: int | None = None


S = TypeVar("S", bound=Subject)


@dataclass(frozen=True, kw_only=True)
class Action(ABC, Generic[S]):
    """One action. Every text here is shown: in menus, sheets, help, documentation.

    ``verb`` is the title's word in sentences (Cancel, Terminate, VACUUM). ``fields`` are alternatives: the action is
    offered for a row that has all fields of one of them. ``noun`` and ``done`` make sentences for several rows ("20
    queries", "cancelled"). ``word`` names the field that is typed. ``brief`` ones end at once and do not wait behind a
    long one. ``changes`` are the probes to ask again afterwards.
    """

    name: str
    title: str
    verb: str
    button: str
    key: str
    level: Level
    about: str
    fields: tuple[tuple[str, ...], ...]
    lock: str
    rights: str
    changes: tuple[str, ...]
    noun: tuple[str, str]
    done: str
    word: str
    destroys: bool = False
    brief: bool = False

    def fields_of(self, row: Row) -> tuple[str, ...] | None:
        """The first alternative of ``fields`` that the row has, with a known identifier; None when it has none."""
        for names in self.fields:
            if row.get(names[0]) is not None and all(name in row.keys() for name in names):  # noqa: SIM118
                return names
        return None

    def heading(self, subject: Subject) -> str:
        """The action and its object, as titles, the log and sentences write it."""
        return f"{self.title} {subject.label}"

    @abstractmethod
    def refuse(self, server: Server, row: Row) -> str | None:
        """Why this row cannot be acted on, as far as it is known without asking the server."""

    def lacks(self, server: Server, rights: Rights, row: Row) -> str | None:
        """The right that is certainly missing for this row; None when it is there, or only the server can tell."""
        return None

    @abstractmethod
    async def look(self, ask: Ask, server: Server, row: Row) -> S:
        """The row as the server has it now.

        Raises RefusedError when it is gone or is something else by now, StatementError when the server does not answer.
        """

    @abstractmethod
    async def facts(self, ask: Ask, server: Server, subject: S, past: Past | None) -> list[Fact]:
        """The lines of the sheet: what it does, costs, blocks and frees."""

    async def common_facts(self, ask: Ask, subjects: Sequence[S]) -> list[Fact]:
        """The lines of a sheet for several subjects, beside what it does and its lock."""
        return []

    @abstractmethod
    def sql(self, subject: S) -> str:
        """The statement, exactly as it is sent."""

    def expects(self, subject: S) -> tuple[Fact, ...]:
        """What is looked at when it ends, and its value before."""
        return ()

    async def again(self, ask: Ask, server: Server, subject: S) -> S:
        """The subject looked up again, immediately before the statement. Raises RefusedError when it is not the same."""
        fresh = await self.look(ask, server, subject.row)
        if fresh.refused:
            raise RefusedError(fresh.refused)
        if fresh.identity != subject.identity:
            raise RefusedError(f"{subject.label} has changed since it was asked for. {NOTHING_SENT}")
        return fresh

    @abstractmethod
    async def perform(self, session: ActionSession, server: Server, subject: S) -> Outcome:
        """Send the statement and look at its effect.

        Raises RefusedError when it is refused before anything was sent, StatementError when the server refuses it and the
        action has nothing to add.
        """


def label_of(row: Row, names: tuple[str, ...]) -> str:
    """The last field of the alternative, as text on one line: what a row without a lookup is called."""
    return one_line(clean(str(row.get(names[-1]))))
