"""The monitor's session: sends probes and nothing else, one at a time, each with its own time limit.

``default_transaction_read_only`` is a belt only (VACUUM and kills run in it): the safety is that this session sends
nothing but the probes' own files. Settings are made after connecting, never as startup parameters, because poolers refuse
those. Behind a pooler nothing is set for the session: each probe runs in its own short transaction with SET LOCAL.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from cryotui.model.errors import ConnectError
from cryotui.model.probe import Probe
from cryotui.model.sample import Missing, Sample, forward_clock
from cryotui.model.server import Server
from cryotui.model.text import clean, decode
from cryotui.pg.connect import Connected, connect
from cryotui.pg.conninfo import ConnectionSpec
from cryotui.pg.facts import learn, marked
from cryotui.pg.otherdatabase import CANDIDATES, OtherDatabase
from cryotui.pg.refusal import missing_for

LOCK_TIMEOUT = "400ms"
"""A poll gives up on a lock before anybody queues behind it for long."""

GRACE = 2.0
"""Seconds beyond the server's own time limit after which the connection counts as dead."""

LOST = (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError, asyncpg.PostgresConnectionError)
_SETTINGS = {
    "lock_timeout": LOCK_TIMEOUT,
    "idle_in_transaction_session_timeout": "10s",
    "default_transaction_read_only": "on",
    "search_path": "pg_catalog",
    "jit": "off",
    "DateStyle": "ISO, YMD",
    "TimeZone": "UTC",
    "IntervalStyle": "postgres",
    "extra_float_digits": "1",
}
_UNDEFINED = frozenset({"42P01", "42703", "42883", "3F000"})
"""Relation, column, function or schema is not there: what an extension looks like that was dropped or moved."""

_TEXT_TYPES = ("text", "name", "varchar", "bpchar")


class Session:
    """One open monitor connection. Not for two tasks at a time: the feed sees to that."""

    def __init__(self, spec: ConnectionSpec, connected: Connected, epoch: int) -> None:
        self.spec = spec
        self.connected = connected
        self.epoch = epoch
        self.notices: list[str] = [*connected.notices]
        self._connection = connected.connection
        self._prepared: dict[str, Any] = {}
        unlike_others = secrets.token_hex(4)  # a pooler that went unnoticed may share one backend among many consoles
        self._names = (f"cryotui_{unlike_others}_{number}" for number in itertools.count(1))
        self._statement_timeout: float | None = None
        self._raw = False
        self.pooled = False
        self.server: Server
        self._clock_offset = timedelta(0)
        self._elsewhere: OtherDatabase | None = OtherDatabase(self._open_other)
        self._early: tuple[Probe, asyncio.Task[Sample]] | None = None

    @classmethod
    async def open(cls, spec: ConnectionSpec, epoch: int = 0) -> Session:
        """Connect and learn what the server is.

        Raises ConnectError or AuthenticationError with a sentence for the operator.
        """
        connected = await connect(spec)
        session = cls(spec, connected, epoch)
        try:
            async with asyncio.timeout(15):
                await session._prepare_session()
        except asyncpg.PostgresError as error:
            session.terminate()
            sentence = f"The server refuses the first question: {clean(str(error))} ({error.sqlstate})."
            raise ConnectError(sentence, "other", error.sqlstate) from None
        except LOST as error:
            session.terminate()
            raise ConnectError(f"The connection ended while it was set up: {_words(error)}.", "lost") from None
        except BaseException:  # given up on the way: nobody else knows of the connection
            session.terminate()
            raise
        return session

    async def _prepare_session(self) -> None:
        connection = self._connection
        for type_name in _TEXT_TYPES:
            await connection.set_type_codec(
                type_name, schema="pg_catalog", encoder=str.encode, decoder=decode, format="binary"
            )
        pid = await connection.fetchval("SELECT pg_backend_pid()")
        self.pooled = pid != connection.get_server_pid()
        self._raw = connection.get_settings().server_encoding == "SQL_ASCII"
        if not self.pooled:
            settings = {**_SETTINGS, **({"client_encoding": "SQL_ASCII"} if self._raw else {})}
            # one question, not ten: on a slow link each is a way there and back
            await connection.execute("; ".join(f"SET {name} = '{value}'" for name, value in settings.items()))
        await self._learn()

    async def _learn(self) -> None:
        self.server, clock = await learn(
            self._fetch_in_transaction if self.pooled else self._connection.fetch,
            host=self.connected.host.name,
            port=self.connected.host.port,
            pooled=self.pooled,
            encrypted=self.connected.encrypted,
        )
        self._clock_offset = clock - datetime.now(UTC)

    async def relearn(self) -> None:
        """Ask again what the server is and what our role may: an extension or a grant may have come or gone.

        A refusal leaves what was known. Raises ConnectError ("lost").
        """
        if self._early is not None:
            await asyncio.wait((self._early[1],))
        try:
            async with asyncio.timeout(15):
                await self._learn()
        except asyncpg.PostgresConnectionError as error:
            raise self._lost(error) from None
        except asyncpg.PostgresError as error:
            if error.sqlstate and error.sqlstate.startswith(("57P", "08")):
                raise self._lost(error) from None
        except LOST as error:
            raise self._lost(error) from None

    async def _extension_changed(self, name: str) -> bool:
        """Learn again; whether the extension is another one than was known."""
        before = self.server.extensions.get(name)
        await self.relearn()
        return self.server.extensions.get(name) != before

    @property
    def in_recovery(self) -> bool | None:
        """What the server reported last about being a standby, without asking it; None when it does not report."""
        reported = getattr(self._connection.get_settings(), "in_hot_standby", None)
        return None if reported is None else reported == "on"

    def now(self) -> datetime:
        """The server's clock, reckoned from its distance to ours at connecting."""
        return datetime.now(UTC) + self._clock_offset

    def ask_ahead(self, probe: Probe) -> None:
        """Ask a probe now, in a task of its own; the first ``sample`` waits for the answer and gives it if it is wanted."""
        asked = asyncio.ensure_future(self._ask(probe, ()))
        asked.add_done_callback(lambda done: done.cancelled() or done.exception())  # whoever asks next is told
        self._early = probe, asked

    async def sample(self, probe: Probe, parameters: tuple[object, ...] = ()) -> Sample:
        """Ask one probe. A refusal is a sample with a reason; only a lost connection raises (ConnectError, "lost")."""
        early, self._early = self._early, None
        if early is not None:
            answer = await early[1]
            if early[0] is probe and not parameters:
                return replace(answer, epoch=self.epoch)
        return await self._ask(probe, parameters)

    async def _ask(self, probe: Probe, parameters: tuple[object, ...]) -> Sample:
        if probe.anywhere and self._elsewhere is not None and self._elsewhere.stands_in:
            return await self._ask_elsewhere(probe, self._made(probe, parameters, forward_clock()))
        asked = forward_clock()
        missing = missing_for(probe, self.server)
        rows: Any = ()
        if missing is None:
            sql = self._statement(probe)
            try:
                async with asyncio.timeout(probe.timeout + GRACE):
                    rows = await self._fetch(sql, probe.timeout, parameters)
            except (asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError):
                if self._raw:
                    missing = Missing("error", f"{probe.title} holds text in a broken encoding.")
                else:
                    await self._read_raw(True)
                    again = await self._ask(probe, parameters)
                    if again.missing and again.missing.kind == "error":
                        await self._read_raw(False)  # the server itself cannot read it: bytes help nobody
                        if probe.anywhere and self._elsewhere is not None:
                            return await self._ask_elsewhere(probe, again)
                    return again
            except asyncpg.PostgresConnectionError as error:
                raise self._lost(error) from None
            except asyncpg.PostgresError as error:
                if error.sqlstate and error.sqlstate.startswith(("57P", "08")):
                    raise self._lost(error) from None
                if probe.extension and error.sqlstate in _UNDEFINED and await self._extension_changed(probe.extension):
                    return await self._ask(probe, parameters)
                missing = missing_for(probe, self.server, error.sqlstate, clean(str(error)))
            except UnicodeDecodeError:
                missing = Missing("error", f"{probe.title} holds text in a broken encoding.")
            except LOST as error:
                raise self._lost(error) from None
        return self._made(probe, parameters, asked, rows, missing)

    def _made(
        self, probe: Probe, parameters: tuple[object, ...], asked: float, rows: Any = (), missing: Missing | None = None
    ) -> Sample:
        took = forward_clock() - asked
        return Sample(
            probe=probe.name,
            taken_at=self.now(),
            at=asked + took / 2,
            rows=rows,
            took=took,
            missing=missing,
            epoch=self.epoch,
            parameters=parameters,
        )

    async def _ask_elsewhere(self, probe: Probe, here: Sample) -> Sample:
        """The answer of another database where ours cannot give it; else ``here`` with the reason.

        Raises ConnectError ("lost").
        """
        assert self._elsewhere is not None
        try:
            async with asyncio.timeout(probe.timeout + GRACE):
                databases = await self._fetch(marked("other_databases", CANDIDATES), probe.timeout, ())
        except asyncpg.PostgresConnectionError as error:
            raise self._lost(error) from None
        except asyncpg.PostgresError:
            return here
        except LOST as error:
            raise self._lost(error) from None
        return await self._elsewhere.sample(here, probe, databases, self.server.setting("server_encoding") or "ours")

    async def _open_other(self, database: str) -> Session:
        other = await Session.open(replace(self.here, database=database), self.epoch)
        other._elsewhere = None  # it answers itself or not at all
        return other

    def _lost(self, error: BaseException) -> ConnectError:
        self.terminate()
        return ConnectError(_words(error), "lost", getattr(error, "sqlstate", None))

    def _statement(self, probe: Probe) -> str:
        extension = self.server.extensions.get(probe.extension) if probe.extension else None
        sql = probe.sql(self.server.major, extension.version if extension else None)
        assert sql is not None, "missing_for has refused what is too old"
        if extension:
            schema = '"' + extension.schema.replace('"', '""') + '"'
            for function in probe.calls:
                sql = re.sub(rf"(?<![\w.\"]){re.escape(function)}(?=\s*\()", f"{schema}.{function}", sql)
        return marked(probe.name, sql)

    async def _fetch(self, sql: str, timeout: float, parameters: tuple[object, ...]) -> Any:
        if self.pooled:
            return await self._fetch_in_transaction(sql, timeout, parameters)
        if timeout != self._statement_timeout:
            await self._connection.execute(f"SET statement_timeout = {int(timeout * 1000)}")
            self._statement_timeout = timeout
        prepared = self._prepared.get(sql)
        if prepared is None:
            # without a name the driver, whose cache is off, would have it parsed and planned again at every asking
            prepared = self._prepared[sql] = await self._connection.prepare(sql, name=next(self._names))
        try:
            return await prepared.fetch(*parameters)
        except (
            asyncpg.InvalidCachedStatementError,
            asyncpg.OutdatedSchemaCacheError,
            asyncpg.InvalidSQLStatementNameError,
        ):
            self._prepared.pop(sql, None)  # the extension was updated, or the statement deallocated, under us
            return await self._connection.fetch(sql, *parameters)

    async def _fetch_in_transaction(self, sql: str, timeout: float = 5.0, parameters: tuple[object, ...] = ()) -> Any:
        settings = {name: value for name, value in _SETTINGS.items() if name != "default_transaction_read_only"}
        settings["statement_timeout"] = str(int(timeout * 1000))
        if self._raw:
            settings["client_encoding"] = "SQL_ASCII"
        async with self._connection.transaction(readonly=True):
            local = "; ".join(f"SET LOCAL {name} = '{value}'" for name, value in settings.items())
            await self._connection.execute(local)
            return await self._connection.fetch(sql, *parameters)

    async def _read_raw(self, raw: bool) -> None:
        """Take texts as the bytes they are: a database in another encoding holds what cannot be converted; or no more.

        Raises ConnectError ("lost").
        """
        self._raw = raw
        self._prepared.clear()
        if not self.pooled:
            try:
                async with asyncio.timeout(GRACE):
                    await self._connection.execute(f"SET client_encoding = '{'SQL_ASCII' if raw else 'UTF8'}'")
            except (*LOST, asyncpg.PostgresError) as error:
                raise self._lost(error) from None

    async def another_connection(self) -> Any:
        """A fresh connection of the driver to the very host this session is on, for an action or an audit.

        Raises ConnectError or AuthenticationError.
        """
        return (await connect(self.here)).connection

    @property
    def here(self) -> ConnectionSpec:
        """The way to the very host this session is on: another one of the list may be another server."""
        return replace(self.spec, hosts=(self.connected.host,), target_session_attrs="any")

    async def close(self) -> None:
        """End the connection, kindly within a second, else at once."""
        try:
            await self._connection.close(timeout=1)
        except (*LOST, asyncpg.PostgresError):
            self.terminate()

    def terminate(self) -> None:
        """End the connection at once, without a word to the server."""
        if not self._connection.is_closed():
            self._connection.terminate()


def _words(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, asyncpg.InterfaceError):  # the driver's words are about its own objects
        return "it was closed"
    text = clean(str(error)).strip().rstrip(".") or type(error).__name__
    sqlstate = getattr(error, "sqlstate", None)
    return f"{text} ({sqlstate})" if sqlstate else text
