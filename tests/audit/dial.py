"""Connections of a test, as a library user has them, with the driver's own settings."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

Connect = Callable[..., Awaitable["asyncpg.Connection[Any]"]]
"""Opens a connection: a URI and the driver's keywords in, the connection out."""


@asynccontextmanager
async def dialing() -> AsyncIterator[Connect]:
    """Opens connections; all are closed at the end, however it comes."""
    opened: list[asyncpg.Connection[Any]] = []

    async def one(uri: str, **words: Any) -> asyncpg.Connection[Any]:
        opened.append(await asyncpg.connect(uri, **words))
        return opened[-1]

    try:
        yield one
    finally:
        for connection in opened:
            connection.terminate()
        await asyncio.sleep(0)  # the loop closes their sockets in its next round
