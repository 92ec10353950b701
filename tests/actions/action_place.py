"""A server with what a test of actions needs around a desk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg

from cryotui.actions.desk import Desk
from cryotui.actions.log import ActionLog
from cryotui.actions.operator import Operator
from cryotui.model.action import Limits
from cryotui.model.server import Server
from cryotui.pg.facts import learn

ANNA = Operator(
    user="root", host="bastion2", sudo_user="anna", ssh="10.0.0.1 22 10.0.0.2 22", tty="/dev/pts/1", pid=4711
)


class Place:
    """A server with what a test needs around a desk: connections that are closed at the end, rows as panes have them."""

    def __init__(self, uri: str, folder: Path) -> None:
        self.uri = uri
        self.folder = folder
        self.opened = 0
        self.open_now = 0
        self.most_open = 0
        self.connections: list[Any] = []

    async def connect(self, user: str | None = None, app: str = "lab-api") -> Any:
        more: dict[str, Any] = {"user": user} if user else {}
        connection = await asyncpg.connect(self.uri, server_settings={"application_name": app}, **more)
        self.connections.append(connection)
        return connection

    def opener(self, user: str | None = None, uri: str | None = None) -> Callable[[], Awaitable[Any]]:
        async def open_one() -> Any:
            more = {"user": user} if user else {}
            connection = await asyncpg.connect(uri or self.uri, statement_cache_size=0, **more)
            self.connections.append(connection)
            self.opened += 1
            self.open_now += 1
            self.most_open = max(self.most_open, self.open_now)

            def closed(_connection: object) -> None:
                self.open_now -= 1

            connection.add_termination_listener(closed)
            return connection

        return open_one

    async def server(self, user: str | None = None) -> Server:
        connection = await self.connect(user)
        server, _ = await learn(connection.fetch, host="localhost", port=5432, pooled=False, encrypted=False)
        return server

    async def desk(self, limits: Limits | None = None, user: str | None = None, **more: Any) -> Desk:
        log = more.pop("log", None) or ActionLog(self.folder, ANNA)
        opener = more.pop("opener", None) or self.opener(user)
        return Desk(opener, await self.server(user), more.pop("target", "prod"), log, limits, **more)

    async def table(self, name: str = "molecules", schema: str = "public") -> dict[str, Any]:
        connection = await self.connect()
        oid = await connection.fetchval(
            "SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relname = $1 AND nspname = $2",
            name,
            schema,
        )
        assert oid is not None, name
        return {"oid": oid, "schema": schema, "table": name}

    async def index(self, name: str, schema: str = "public") -> dict[str, Any]:
        row = await self.table(name, schema)
        return {"index_oid": row["oid"], "schema": schema, "index": name}

    async def session(self, connection: Any) -> dict[str, Any]:
        """The row of a session as the Activity pane has it."""
        pid = connection.get_server_pid()
        admin = await self.connect(app="test")
        row = await admin.fetchrow(
            "SELECT pid, backend_start, state, backend_type, usename AS user, application_name AS app "
            "FROM pg_stat_activity WHERE pid = $1",
            pid,
        )
        return dict(row)

    async def busy(self, sql: str = "SELECT pg_sleep(60)", user: str | None = None, app: str = "lab-api") -> Any:
        """A session that runs the statement until the test ends or somebody ends it."""
        connection = await self.connect(user, app)
        task = asyncio.ensure_future(connection.execute(sql))
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        await self.until(f"SELECT state = 'active' FROM pg_stat_activity WHERE pid = {connection.get_server_pid()}")
        return connection

    async def until(self, condition: str, seconds: float = 60.0) -> None:
        """Ask until the server says true."""
        connection = await asyncpg.connect(self.uri)
        try:
            async with asyncio.timeout(seconds):
                while not await connection.fetchval(condition):
                    await asyncio.sleep(0.05)
        finally:
            await connection.close()

    async def until_closed(self) -> None:
        """Until no connection of a desk is open."""
        async with asyncio.timeout(60):
            while self.open_now:
                await asyncio.sleep(0.02)

    async def slow_vacuum(self) -> None:
        """From now on VACUUM takes some seconds in new sessions."""
        await (await self.connect()).execute(
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET vacuum_cost_delay = 100', current_database()); "
            "EXECUTE format('ALTER DATABASE %I SET vacuum_cost_limit = 1', current_database()); END $$"
        )

    async def waiting(self, connection: Any) -> None:
        """Until the session waits for a lock."""
        await self.until(
            f"SELECT EXISTS (SELECT FROM pg_locks WHERE pid = {connection.get_server_pid()} AND NOT granted)"
        )


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.wall = datetime(2026, 3, 14, 3, 14, tzinfo=UTC)

    def __call__(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return self.wall
