"""Ways to connect that the tests of this folder share."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import pytest

from cryotui.model.errors import AuthenticationError, ConnectError
from cryotui.pg.connect import Connected, connect
from cryotui.pg.conninfo import ConnectionSpec, resolve


def port(server) -> str:
    """The host and port of a fixture as a piece of a connection string."""
    return f"host=localhost port={server.port}"


def spec_of(conninfo: str, tmp_path, password: str | None = None) -> ConnectionSpec:
    """What a string means in a home of its own, with PGPASSWORD or nothing in the environment."""
    environ = {} if password is None else {"PGPASSWORD": password}
    return resolve(conninfo, environ=environ, home=tmp_path)


@asynccontextmanager
async def connection_to(spec: ConnectionSpec) -> AsyncIterator[Connected]:
    """A connection, closed at the end whatever happens."""
    connected = await connect(spec)
    try:
        yield connected
    finally:
        connected.connection.terminate()
        await asyncio.sleep(0)  # the loop closes its socket in its next round


async def attempt(spec: ConnectionSpec, **arguments: float) -> Connected:
    """Connect, close again, and give back the result."""
    connected = await connect(spec, **arguments)
    try:
        await connected.connection.close()
    finally:
        connected.connection.terminate()
    await sockets_closed()
    return connected


async def failure(spec: ConnectionSpec, **arguments: float) -> ConnectError:
    """The error of a connection that is not made, held against what every error promises."""
    with pytest.raises(ConnectError) as caught:
        await attempt(spec, **arguments)
    await sockets_closed()
    error = caught.value
    assert error.__context__ is None, "a driver's frame hangs on the error"
    assert error.exit_code == (4 if isinstance(error, AuthenticationError) else 3)
    assert not re.search("please|sorry|!|successfully", str(error))
    return error


async def sockets_closed() -> None:
    """Wait until nothing is left open: the end of a TLS connection takes a word from the other side."""
    selector = asyncio.get_running_loop()._selector
    async with asyncio.timeout(60):
        while len(selector.get_map()) > 1:  # one is the loop's own
            await asyncio.sleep(0.01)


def spec_here(conninfo: str) -> ConnectionSpec:
    """What a string means with the environment and the home of this process, as for libpq in it."""
    return resolve(conninfo, environ=dict(os.environ))


async def by_us(conninfo: str) -> bool | None:
    """Whether our connection is encrypted, as the server sees it; None when there is none."""
    try:
        async with connection_to(spec_here(conninfo)) as connected:
            shown = await connected.connection.fetchval("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
    except ConnectError:
        await sockets_closed()
        return None
    assert shown is connected.encrypted
    return connected.encrypted


def by_libpq(conninfo: str) -> bool | None:
    """The same for the real libpq."""
    try:
        with psycopg.connect(conninfo) as connection:
            return connection.pgconn.ssl_in_use
    except psycopg.OperationalError:
        return None
