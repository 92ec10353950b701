"""An audit rule: one question about what is wrong, as data. Its SQL and its words live in ``audit/rules/ID.sql``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from cryotui.model.finding import Severity
from cryotui.model.record import dataclass

Group = Literal["integrity", "performance", "security", "backup", "schema", "config", "capacity"]
Certainty = Literal["tried", "counted", "catalogs", "estimated"]
Version = tuple[int, ...]

GROUPS: tuple[Group, ...] = ("integrity", "performance", "security", "backup", "schema", "config", "capacity")
"""In the order in which they run and are listed."""

CERTAINTIES: Mapping[Certainty, str] = {
    "tried": "certain (seen by trying)",
    "counted": "certain (counted)",
    "catalogs": "certain (read from the catalogs)",
    "estimated": "likely (estimated)",
}

COSTS: Mapping[str, str] = {
    "K0": "catalog rows only",
    "K1": "catalogs and deparsed expressions or sizes",
    "K2": "statistics views",
    "K3": "reads rows of tables, bounded in rows and time",
    "K4": "reads whole relations",
}

NEEDS: Mapping[str, str] = {
    "extension": "the extension {}",
    "role": "a role {}",
    "setting": "the setting {} on",
    "superuser": "a superuser",
    "primary": "a server that is no standby",
    "standby": "a server that is a standby",
    "api": "the roles in which clients of an API such as PostgREST come in (anon, authenticated)",
}
"""In words; the braces stand for the name behind the colon."""

TIMEOUTS: Mapping[str, float] = {"K0": 5.0, "K1": 5.0, "K2": 5.0, "K3": 15.0, "K4": 60.0}
"""Seconds a rule may take, by its cost, when its header names no timeout."""


@dataclass(frozen=True, slots=True)
class AuditRule:
    """One rule, with the variants of its SQL by server version.

    ``title`` has at most 27 cells. ``about`` says what is found, ``why`` why it matters. ``evidence``, ``detail``, ``fix`` and
    ``undo`` are templates filled from the columns of a row, ``{column}`` or ``{column:form}``; a row's own column of that
    name comes first. ``concurrently``: the fix must run outside a transaction block. ``needs`` lists what must be there,
    each as ``extension:NAME``, ``role:NAME``, ``setting:NAME``, ``superuser``, ``primary``, ``standby`` or ``api`` (the roles
    clients of the API come in with); without it the rule cannot check. ``parameters`` are ``$1``, ``$2`` ... by name: a
    number is a limit that can be set from outside, None is filled in by the engine. ``timeout`` is seconds for the whole
    rule. ``risk`` is what the fix may cost where its statements alone do not tell (model/fixrisk.py). ``shape`` is the form of
    a fix that the SQL makes row by row, with names in braces. ``off``: a rule of taste, left out of every run that does not
    ask for it. ``fault`` says why a rule file of the user cannot be used; such a rule is never a pass.
    """

    id: str
    title: str
    severity: Severity
    group: Group
    kind: str
    about: str
    why: str
    variants: Mapping[Version, str]
    evidence: str | None = None
    detail: str | None = None
    fix: str | None = None
    undo: str | None = None
    lock: str | None = None
    risk: str | None = None
    shape: str | None = None
    concurrently: bool = False
    references: tuple[str, ...] = ()
    since: int = 14
    needs: tuple[str, ...] = ()
    cost: str = "K0"
    certainty: Certainty = "catalogs"
    timeout: float = 5.0
    parameters: Mapping[str, float | int | None] = field(default_factory=dict)
    off: bool = False
    origin: str = "built in"
    fault: str | None = None

    def may_carry(self, word: Literal["fix", "undo"]) -> bool:
        """Whether its findings can have a statement of that kind: from the header, or made by its SQL row by row."""
        made = re.compile(rf"\bAS {word}\b")
        return getattr(self, word) is not None or any(made.search(sql) for sql in self.variants.values())

    @property
    def needed(self) -> str:
        """What it needs, in words; ``nothing``."""
        named = (need.partition(":") for need in self.needs)
        return ", ".join(NEEDS[word].format(name) for word, _, name in named) or "nothing"

    @property
    def form(self) -> str | None:
        """What its fixes look like: the template, or the shape of those that the SQL makes; None for a rule without any."""
        return self.fix or self.shape

    def sql(self, server_major: int) -> str | None:
        """The SQL for a server, or None when the server is older than the rule."""
        fitting = [version for version in self.variants if version <= (server_major,)]
        return self.variants[max(fitting)] if fitting and server_major >= self.since else None
