"""A connection that hands over names exactly as they are: what audits and role probes need of it, and how to open one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

from cryotui.pg.destination import Destination


class Connection(Protocol):
    """An open connection, as asyncpg has it; whether a transaction is open is the caller's business."""

    async def fetch(self, query: str, *args: Any) -> Sequence[Any]:
        """The rows of one statement."""

    async def execute(self, query: str) -> Any:
        """Run statements, separated by semicolons."""

    def is_in_transaction(self) -> bool:
        """Whether a transaction is open, failed or not."""

    def is_closed(self) -> bool:
        """Whether the connection has ended."""


@asynccontextmanager
async def opened(destination: Destination) -> AsyncIterator[Connection]:
    """A connection for one run, closed at the end. Raises ConnectError or AuthenticationError."""
    async with opened_where(destination) as (connection, _):
        yield connection


@asynccontextmanager
async def opened_where(destination: Destination) -> AsyncIterator[tuple[Connection, str]]:
    """The same, and the host and port that answered.

    Texts are not cleaned here, because a fix or a probe must hit exactly the object it names; whoever tells them makes them
    safe. Bytes that are no UTF-8 (a SQL_ASCII database) become visible escapes instead of an error.
    """
    connected = await destination.open_connection()
    connection = connected.connection
    try:
        if connection.get_settings().server_encoding == "SQL_ASCII":
            await connection.execute("SET client_encoding = 'SQL_ASCII'")  # nothing to convert from
        for name in ("text", "name"):
            await connection.set_type_codec(
                name, schema="pg_catalog", encoder=str.encode, decoder=_text, format="binary"
            )
        yield connection, str(connected.host)
    except asyncio.CancelledError:
        connection.terminate()  # in the middle of an answer: nothing polite can be said there
        raise
    finally:
        if not connection.is_closed():
            try:
                await connection.close(timeout=1)
            except (OSError, TimeoutError):
                connection.terminate()


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")
