"""What the role probes need of a connection, how to open one, and how names and texts are written into a statement."""

from __future__ import annotations

import json
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
    """A connection for one run, closed at the end. Raises ConnectError or AuthenticationError.

    Names come as they are, because a probe must hit exactly the table and role it names; the report makes them safe.
    """
    connection = (await destination.open_connection()).connection
    try:
        if connection.get_settings().server_encoding == "SQL_ASCII":
            await connection.execute("SET client_encoding = 'SQL_ASCII'")  # nothing to convert from
        for name in ("text", "name"):
            await connection.set_type_codec(
                name, schema="pg_catalog", encoder=str.encode, decoder=_text, format="binary"
            )
        yield connection
    finally:
        if not connection.is_closed():
            try:
                await connection.close(timeout=1)
            except (OSError, TimeoutError):
                connection.terminate()


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")


def identifier(*names: str) -> str:
    """Names as one identifier in SQL, always quoted."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def literal(text: str) -> str:
    """A text as a constant that means the same under either standard_conforming_strings."""
    return "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def as_json(claims: object) -> str:
    """Claims, or the value of one, as PostgREST hands them over: compact JSON."""
    return json.dumps(claims, ensure_ascii=False, separators=(",", ":"))
