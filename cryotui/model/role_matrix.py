"""What each role may do with each exposed table, as it was tried: the nouns of the role probes and of their scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import Enum
from typing import Literal

from cryotui.model.record import dataclass

Command = Literal["select", "insert", "update", "delete", "truncate"]

COMMANDS: tuple[Command, ...] = ("select", "insert", "update", "delete")
"""The commands that can be tried; TRUNCATE cannot, its lock would stop everybody: it is read from the grants."""

ASKED: tuple[Command, ...] = (*COMMANDS, "truncate")
"""The commands asked about when none are named."""

Reach = Literal["open", "past", "policies", "none"]
"""How far row security lets a role go: ``open`` there is none in the way, ``past`` the role passes it (BYPASSRLS, superuser,
owner), ``policies`` decide row by row, ``none`` it is on and no policy lets the role in."""

API_ROLES = ("anon", "authenticated", "service_role")
"""The roles a Supabase or PostgREST API works as; those of them that exist are probed when no role is named."""

LIMIT = 1000
"""Rows counted at most, of a table and of what a role sees of it."""


class Answer(Enum):
    """What came of a command as a role."""

    ALLOWED = "allowed"
    EMPTY = "empty"
    DENIED = "denied"
    ERROR = "error"
    UNCHECKED = "could not check"


class Proof(Enum):
    """How far an answer reaches."""

    TRIED = "tried"  # the statement ran as the role
    POLICY = "policy proven"  # a real row passed the policies, and was rolled back
    ROWS = "rows tried only"  # the rows tried were refused; another row may pass
    CATALOG = "by the catalog"  # what the documented rules of grants and policies leave no doubt about
    GRANT = "grant only"  # planned as the role, which checks the grants; no row met a policy


@dataclass(frozen=True, slots=True)
class Count:
    """Rows counted up to a limit; ``at_least``: there are more."""

    rows: int
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One role and one command on one table. ``there`` is None when the connecting role cannot count past the policies.

    ``reach`` is None where it is not known: behind a view, of a foreign table, without the grant.
    """

    role: str
    command: Command
    answer: Answer
    proof: Proof | None = None
    reason: str = ""
    sqlstate: str | None = None
    seen: Count | None = None
    there: Count | None = None
    reach: Reach | None = None


@dataclass(frozen=True, slots=True)
class TableRights:
    """One table or view with its cells, roles in the order asked, commands in theirs."""

    schema: str
    name: str
    kind: str
    row_security: bool
    forced: bool
    cells: tuple[Cell, ...]

    @property
    def label(self) -> str:
        """Schema and name, as they are and unquoted."""
        return f"{self.schema}.{self.name}"

    def cell(self, role: str, command: Command) -> Cell | None:
        """The cell of a role and a command; None when it was not asked for."""
        return next((cell for cell in self.cells if cell.role == role and cell.command == command), None)


@dataclass(frozen=True, slots=True)
class Sessions:
    """Client sessions of one user, from one place. ``application`` and ``client`` are None when not visible."""

    user: str
    application: str | None
    client: str | None
    count: int


@dataclass(frozen=True, slots=True)
class RoleAccess:
    """Who can work as a role now: ``members`` may SET ROLE to it, ``superusers`` may to every one.

    Which role a session has set is not visible from outside; ``sessions`` are those of all these users.
    """

    role: str
    login: bool
    superuser: bool
    bypasses: bool
    members: tuple[str, ...]
    superusers: tuple[str, ...]
    sessions: tuple[Sessions, ...]
    sessions_visible: bool


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a scenario expects: an answer, and for rows how many: a number, ``some`` or ``all``."""

    answer: Answer
    rows: int | Literal["some", "all"] | None = None

    def __str__(self) -> str:
        return self.answer.value if self.rows is None else f"rows: {self.rows}"


@dataclass(frozen=True, slots=True)
class Scenario:
    """One expectation about a role with claims on a table. ``schema`` is None when the file names the table alone."""

    name: str
    role: str
    schema: str | None
    table: str
    expect: Expectation
    command: Command = "select"
    claims: Mapping[str, object] = field(default_factory=dict)
    where: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """``passed`` is None when it could not be checked; ``saw`` says what was seen, or why nothing was.

    ``misnamed``: it names a role, schema or table that is not there, so it failed without a try.
    """

    scenario: Scenario
    passed: bool | None
    saw: str
    seconds: float = 0.0
    misnamed: bool = False


@dataclass(frozen=True, slots=True)
class Probing:
    """What to probe and how far. ``seconds`` is the limit of one statement, ``budget`` that of the run.

    Empty ``roles`` are the API's that exist, empty ``schemas`` those the API serves. ``tables`` are patterns (* and ?) of
    ``table`` or ``schema.table``. Without ``writes`` nothing is written, not even to be rolled back.
    """

    roles: tuple[str, ...] = ()
    schemas: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    commands: tuple[Command, ...] = ASKED
    claims: Mapping[str, object] = field(default_factory=dict)
    writes: bool = False
    run_triggers: bool = False
    limit: int = LIMIT
    seconds: float = 3.0
    budget: float | None = None
    scenarios: tuple[Scenario, ...] = ()
    matrix: bool = True


@dataclass(frozen=True, slots=True)
class RoleMatrix:
    """One run. ``gaps`` are sentences about what could not be looked at as a whole; ``reason`` says why a run was cut off."""

    target: str
    database: str
    server_version: str
    role: str
    started_at: datetime
    seconds: float
    probing: Probing
    roles: tuple[str, ...]
    schemas: tuple[str, ...]
    schemas_from: str
    tables: tuple[TableRights, ...]
    access: tuple[RoleAccess, ...]
    scenarios: tuple[ScenarioResult, ...]
    gaps: tuple[str, ...]
    reason: str | None = None

    @property
    def complete(self) -> bool:
        """Whether everything asked for was come to."""
        return self.reason is None

    def count(self, answer: Answer) -> int:
        """How many cells have this answer."""
        return sum(cell.answer is answer for table in self.tables for cell in table.cells)

    @property
    def failed(self) -> bool:
        """Whether a scenario failed or a cell is an error; one that names what is not there was not tried."""
        return self.count(Answer.ERROR) > 0 or any(
            result.passed is False and not result.misnamed for result in self.scenarios
        )

    @property
    def misnamed(self) -> tuple[ScenarioResult, ...]:
        """The scenarios that name what is not there."""
        return tuple(result for result in self.scenarios if result.misnamed)

    @property
    def unchecked(self) -> bool:
        """Whether something could not be checked."""
        return (
            bool(self.gaps)
            or self.count(Answer.UNCHECKED) > 0
            or any(result.passed is None for result in self.scenarios)
        )
