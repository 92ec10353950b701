"""An action's own session: questions with a short time limit, and statements of any length outside a transaction.

It is no monitor: it takes locks, and it belongs to one action. Names that go into SQL are never taken from the cleaned
texts of this session: they are quoted by the server and travel as bytes (``exact``).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

import asyncpg

from cryotui.model.action import Notice
from cryotui.model.errors import ConnectError, CryotuiError
from cryotui.model.sample import Row, forward_clock
from cryotui.model.text import clean, decode

ASK_SECONDS = 5.0
"""Statement timeout of a question; the lock timeout of a question is a tenth of it."""

GRACE = 5.0
"""Seconds beyond the server's own limit after which a question's connection counts as lost."""

MOST_NOTICES = 1000

QUERY_CANCELED = "57014"

_LOST = (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError, asyncpg.PostgresConnectionError)

# The path is that of the server's own maintenance from 17 on, and of vacuumdb: functions in index expressions must not
# be replaced by those of a schema that comes first.
_SETTINGS = {
    "search_path": "pg_catalog, pg_temp",
    "client_min_messages": "notice",
    "default_transaction_read_only": "off",
}

_NO_END = """
SELECT set_config(name, '0', false) FROM pg_settings
WHERE name IN ('transaction_timeout', 'idle_session_timeout', 'idle_in_transaction_session_timeout')
"""  # limits of the role are meant for its applications; transaction_timeout exists from 17 on


class Connection(Protocol):
    """What an action's session needs of the driver's connection; asyncpg's has it all."""

    def add_log_listener(self, callback: Any) -> None: ...

    async def execute(self, query: str, /) -> str: ...

    async def fetch(self, query: str, /, *arguments: Any) -> Any: ...

    async def set_type_codec(
        self, typename: str, /, *, schema: str, encoder: Any, decoder: Any, format: str
    ) -> None: ...

    def transaction(self, *, readonly: bool) -> Any: ...

    def is_closed(self) -> bool: ...

    async def close(self, *, timeout: float | None) -> None: ...

    def terminate(self) -> None: ...


Opener = Callable[[], Awaitable[Connection]]
"""Opens a fresh connection; raises ConnectError."""


class StatementError(CryotuiError):
    """The server refused or ended a statement. ``lost``: nobody knows, because the connection ended first.

    ``sent`` is False when it was stopped before it went out.
    """

    def __init__(self, message: str, sqlstate: str | None = None, *, lost: bool = False, sent: bool = True) -> None:
        super().__init__(message)
        self.sqlstate = sqlstate
        self.lost = lost
        self.sent = sent

    @property
    def reason(self) -> str:
        """The server's words with the SQLSTATE at the end."""
        return f"{self} ({self.sqlstate})" if self.sqlstate else str(self)


class ActionSession:
    """One open connection of one action; for one task at a time, except ``interrupt`` and ``abandon``."""

    def __init__(self, connection: Connection, pooled: bool, heard: Callable[[Notice], None] | None) -> None:
        self._connection = connection
        self._heard = heard
        self._execution: asyncio.Task[None] | None = None
        self._interrupted = False
        self.pooled = pooled
        self.stopping = False
        """Whether the operator asked to stop: nothing more is run, and a cancelled statement was stopped, not failed."""
        self.ran = False
        """Whether the last statement is over and its effect is being looked at."""
        self.notices: list[Notice] = []
        self.tags: list[str] = []
        """What the server said of each statement of the last run that went through: ``DELETE 1204``, ``ALTER TABLE``."""
        self.pid: int | None = None
        self.backend_start: datetime | None = None

    @classmethod
    async def open(
        cls, opener: Opener, *, pooled: bool = False, heard: Callable[[Notice], None] | None = None
    ) -> ActionSession:
        """Connect and make it ready; ``heard`` is called with every notice of the server.

        ``pooled``: a pooler stands between, so nothing is set for the session and each question is a short transaction.
        ``pid`` and ``backend_start`` are known afterwards, but None when pooled: the next statement may run elsewhere.
        Raises ConnectError.
        """
        try:
            connection = await opener()
        except (*_LOST, asyncpg.PostgresError) as error:
            raise ConnectError(clean(str(error)) or type(error).__name__, "other", _state(error)) from None
        session = cls(connection, pooled, heard)
        try:
            async with asyncio.timeout(ASK_SECONDS + GRACE):
                await session._prepare()
        except BaseException as error:
            connection.terminate()
            if isinstance(error, (*_LOST, asyncpg.PostgresError, StatementError)):
                raise ConnectError(f"The new session is refused: {clean(str(error))}.", "lost", _state(error)) from None
            raise
        return session

    async def _prepare(self) -> None:
        self._connection.add_log_listener(self._listen)
        if self.pooled:
            async with self._connection.transaction(readonly=True):  # a pooler may change the server between two steps
                await self._read_text_tolerantly()
            return
        await self._read_text_tolerantly()
        await self._set({**_SETTINGS, **_limits(ASK_SECONDS, ASK_SECONDS / 10)})
        await self._connection.fetch(_NO_END)
        own = await self._connection.fetch(
            "SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()"
        )
        self.pid, self.backend_start = own[0]["pid"], own[0]["backend_start"]

    async def _read_text_tolerantly(self) -> None:
        await self._connection.set_type_codec(
            "text", schema="pg_catalog", encoder=str.encode, decoder=decode, format="binary"
        )

    async def ask(self, sql: str, /, *arguments: object) -> Sequence[Row]:
        """The rows of one short question; texts come cleaned, bytes as they are.

        Raises StatementError: 57014 after ``ASK_SECONDS``, 55P03 behind a lock, ``lost`` when the connection ended.
        """
        try:
            async with asyncio.timeout(ASK_SECONDS + GRACE):
                rows: Sequence[Row]
                if not self.pooled:
                    rows = await self._connection.fetch(sql, *arguments)
                else:
                    async with self._connection.transaction(readonly=True):
                        limits = _limits(ASK_SECONDS, ASK_SECONDS / 10)
                        await self._connection.execute(_settings({"search_path": "pg_catalog", **limits}, "SET LOCAL"))
                        rows = await self._connection.fetch(sql, *arguments)
                return rows
        except (*_LOST, asyncpg.PostgresError) as error:
            raise self._statement_error(error) from None

    async def run(self, *statements: str, lock_seconds: float | None) -> float:
        """Run one statement outside a transaction, or several in one, without time limit; gives the seconds they took.

        ``lock_seconds`` is how long each may wait for a lock, None as long as it takes. ``tags`` holds what the server said
        of them. Raises StatementError.
        """
        if self.pooled:
            raise StatementError("A pooler stands between: time limits cannot be set for one session.")
        began = forward_clock()
        self.ran, self.tags = False, []
        try:
            await self._set(_limits(0, lock_seconds or 0))
            if self.stopping:
                raise StatementError("stopped before it was sent", QUERY_CANCELED, sent=False)
            self._execution = asyncio.ensure_future(self._executed(statements))
            await self._execution
            return forward_clock() - began
        except asyncio.CancelledError:
            if not self._interrupted:
                raise
            raise StatementError("canceled by the operator", QUERY_CANCELED) from None
        except (*_LOST, asyncpg.PostgresError) as error:
            raise self._statement_error(error) from None
        finally:
            self._execution = None
            self.ran = True
            with contextlib.suppress(*_LOST, asyncpg.PostgresError):  # lost: the next question says so
                await self._set(_limits(ASK_SECONDS, ASK_SECONDS / 10))

    async def _executed(self, statements: Sequence[str]) -> None:
        if len(statements) == 1:
            self.tags.append(await self._connection.execute(statements[0]))
            return
        async with self._connection.transaction(readonly=False):
            for statement in statements:
                self.tags.append(await self._connection.execute(statement))

    @property
    def executing(self) -> bool:
        """Whether a statement is on the server now."""
        return self._execution is not None

    def interrupt(self) -> None:
        """Cancel the running statement by the protocol's cancel request, which needs no free connection slot."""
        self._interrupted = True
        if self._execution is not None:
            self._execution.cancel()

    def abandon(self) -> None:
        """Close our end at once and leave the statement to the server."""
        if not self._connection.is_closed():
            self._connection.terminate()

    @property
    def closed(self) -> bool:
        """Whether the connection has ended."""
        return self._connection.is_closed()

    async def close(self) -> None:
        """End the connection, kindly within a second, else at once."""
        try:
            await self._connection.close(timeout=1)
        except (*_LOST, asyncpg.PostgresError):
            self.abandon()

    async def _set(self, settings: dict[str, str]) -> None:
        await self._connection.execute(_settings(settings, "SET"))

    def _listen(self, _connection: object, message: Any) -> None:
        parts = [message.message, getattr(message, "detail", None), getattr(message, "hint", None)]
        severity = str(getattr(message, "severity_en", None) or getattr(message, "severity", ""))
        notice = Notice(datetime.now(UTC), severity, clean("\n".join(part for part in parts if part)))
        if len(self.notices) < MOST_NOTICES:
            self.notices.append(notice)
        if self._heard is not None:
            with contextlib.suppress(Exception):  # a listener that fails must not end the session
                self._heard(notice)

    def _statement_error(self, error: BaseException) -> StatementError:
        state = _state(error)
        lost = isinstance(error, _LOST)
        if lost:
            self.abandon()
        # asyncpg's own text repeats detail and hint under the message
        words = clean(getattr(error, "message", None) or str(error)).strip().rstrip(".")
        for part, before in ((getattr(error, "detail", None), ": "), (getattr(error, "hint", None), ". ")):
            if part:
                words += f"{before}{clean(str(part)).strip().rstrip('.')}"
        return StatementError(words or type(error).__name__, state, lost=lost)


def exact(quoted: bytes) -> str:
    """A name the server quoted (bytes in UTF-8), character by character. Raises UnicodeDecodeError when it is no UTF-8."""
    return quoted.decode("utf-8")


def _limits(statement: float, lock: float) -> dict[str, str]:
    return {"statement_timeout": str(int(statement * 1000)), "lock_timeout": str(int(lock * 1000))}


def _settings(settings: dict[str, str], verb: str) -> str:
    return "; ".join(
        f"{verb} {name} = {value if name == 'search_path' else chr(39) + value + chr(39)}"
        for name, value in settings.items()
    )


def _state(error: BaseException) -> str | None:
    return getattr(error, "sqlstate", None)
