"""Where a probe runs: as the role, with the claims, inside a transaction that is rolled back whatever happens.

PostgreSQL's documentation, on what a rollback undoes: NOTIFY is sent only when the transaction commits; a deferred
constraint is checked at the commit, which never comes; nextval is never undone (so no probe lets a default run), and
neither is what a function does outside of the database.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Mapping
from types import TracebackType

from cryotui.jobs.role_matrix.quoting import as_json, identifier, literal
from cryotui.model.record import dataclass
from cryotui.pg.verbatim import Connection

LOCK_SECONDS = 0.4
"""Seconds a probe waits for a lock, as the monitor does: it gives up before anybody queues behind it for long."""

CLOSING_SECONDS = 3.0
"""A server that does not even roll back within this time is gone."""

GRACE = 2.0
"""Seconds beyond the server's own limit after which the connection counts as dead."""

_SAVEPOINT = "cryotui_probe"
_CLAIM = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_METHODS = {"select": "GET", "insert": "POST", "update": "PATCH", "delete": "DELETE"}


class RoleRefused(Exception):
    """The role could not be set; its cause is what the driver raised."""


@dataclass(frozen=True, slots=True)
class Guise:
    """As whom a probe runs, and in which schema. ``role`` None is the connecting role, past every policy."""

    role: str | None
    schema: str
    claims: Mapping[str, object]
    command: str = "select"
    table: str = ""

    def settings(self) -> list[str]:
        """The statements that put it on, for one transaction, as PostgREST does (its documentation, "Transactions")."""
        words = [f"SET LOCAL search_path = {identifier(self.schema)}, public"]
        if self.role is None:
            # a policy that would hide rows is an error, never a smaller count
            return [*words, "SET LOCAL row_security = off"]
        claims = {"role": self.role, **self.claims}
        given = {
            "request.jwt.claims": as_json(claims),
            "request.method": _METHODS[self.command],
            "request.path": f"/{self.table}",
            "request.headers": "{}",
            "request.cookies": "{}",
        }
        for name, value in claims.items():
            if _CLAIM.fullmatch(name):  # releases before 9 set each claim alone; policies of that time read them
                given[f"request.jwt.claim.{name}"] = value if isinstance(value, str) else as_json(value)
        calls = ", ".join(
            f"pg_catalog.set_config({literal(name)}, {literal(text)}, true)" for name, text in given.items()
        )
        return [*words, "SET LOCAL row_security = on", f"SELECT {calls}"]


class Attempt:
    """``async with Attempt(connection, guise, seconds):`` what is asked inside leaves no row, lock or setting behind.

    Inside a transaction of the caller it is a savepoint. ``writing`` False makes it read-only. Raises RoleRefused when
    the role cannot be set, else what the driver raises.
    """

    def __init__(self, connection: Connection, guise: Guise, seconds: float, writing: bool = False) -> None:
        self._connection = connection
        self._guise = guise
        self._seconds = seconds
        self._writing = writing
        self._inside = False

    async def __aenter__(self) -> Connection:
        self._inside = self._connection.is_in_transaction()
        mode = "READ WRITE" if self._writing else "READ ONLY"
        begin = [f"BEGIN ISOLATION LEVEL READ COMMITTED {mode}"]
        if self._inside:
            begin = [f"SAVEPOINT {_SAVEPOINT}"] + ([] if self._writing else ["SET LOCAL transaction_read_only = on"])
        limits = [
            f"SET LOCAL statement_timeout = {max(1, int(self._seconds * 1000))}",
            f"SET LOCAL lock_timeout = {int(LOCK_SECONDS * 1000)}",
            "SET LOCAL max_parallel_workers_per_gather = 0",  # the application keeps its workers
            "SET LOCAL jit = off",
        ]
        try:
            await self._connection.execute("; ".join([*begin, *limits, *self._guise.settings()]))
            if self._guise.role is not None:
                await self._become(self._guise.role)
        except BaseException:
            with contextlib.suppress(Exception):  # what hindered the opening is what is told
                await self._close()
            raise
        return self._connection

    async def _become(self, role: str) -> None:
        try:
            await self._connection.execute(f"SET LOCAL ROLE {identifier(role)}")
        except Exception as error:
            if is_lost(self._connection, error):
                raise
            raise RoleRefused from error

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._close()
        except Exception:
            if error is None or not is_lost(self._connection, error):
                raise

    async def _close(self) -> None:
        if self._connection.is_closed() or not self._connection.is_in_transaction():
            return
        back = f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}; RELEASE SAVEPOINT {_SAVEPOINT}" if self._inside else "ROLLBACK"
        async with asyncio.timeout(CLOSING_SECONDS):
            await asyncio.shield(self._connection.execute(back))


def is_lost(connection: Connection, error: BaseException) -> bool:
    """Whether an error means that the connection has ended."""
    sqlstate = getattr(error, "sqlstate", None) or ""
    return sqlstate.startswith(("08", "57P")) or isinstance(error, OSError | TimeoutError) or connection.is_closed()
