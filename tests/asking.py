"""One probe asked on a real server, for tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from lock_scenes import wait_until

from cryotui.model.sample import Row, Sample
from cryotui.pg.conninfo import resolve
from cryotui.pg.session import Session
from cryotui.probes import probe


@asynccontextmanager
async def session_of(uri: str, user: str = "postgres") -> AsyncIterator[Session]:
    """A monitor session as that role."""
    session = await Session.open(resolve(uri.replace("postgres@", f"{user}@", 1), environ={}), 1)
    try:
        yield session
    finally:
        await session.close()


async def answer(uri: str, name: str, *parameters: object, user: str = "postgres") -> Sample:
    """The probe's answer, which has to be one."""
    async with session_of(uri, user) as session:
        sample = await session.sample(probe(name), parameters)
    assert sample.missing is None, sample.missing
    return sample


async def by(uri: str, name: str, column: str, *parameters: object, user: str = "postgres") -> dict[Any, Row]:
    """The rows of the answer by one column."""
    return {row[column]: row for row in (await answer(uri, name, *parameters, user=user)).rows}


def run(uri: str, *statements: str) -> None:
    """Run statements, each in a session of its own; their statistics have arrived when it returns.

    A session sends what it counted when it ends at the latest, in another order than it did it.
    """
    gone = "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = %s)"
    with psycopg.connect(uri, autocommit=True) as watcher:

        def seen(sql: str, *values: object) -> Callable[[], bool]:
            return lambda: watcher.execute(sql, values).fetchone() == (True,)  # type: ignore[call-overload]

        for statement in statements:
            with psycopg.connect(uri, autocommit=True) as connection:
                pid = connection.info.backend_pid
                connection.execute(statement)  # type: ignore[call-overload]
            wait_until(seen(gone, pid), "the session ends")
        if watcher.info.server_version < 150000:  # its collector answers from a file that may be half a second old
            row = watcher.execute("SELECT clock_timestamp()").fetchone()
            wait_until(seen("SELECT pg_stat_get_snapshot_timestamp() > %s", *(row or ())), "the statistics are written")


def fetch(uri: str, sql: str) -> Any:
    """The first column of the first row."""
    with psycopg.connect(uri, autocommit=True) as connection:
        row = connection.execute(sql).fetchone()  # type: ignore[call-overload]
        return row[0] if row else None
