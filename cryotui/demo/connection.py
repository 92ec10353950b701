"""A connection to a private server, whatever the environment says about servers, passwords and certificates."""

from __future__ import annotations

import asyncpg

CONNECT_SECONDS = 10.0


async def connect(uri: str, user: str | None = None, application: str = "cryotui demo") -> asyncpg.Connection:
    """A new connection, as ``user`` in place of the one in the URI. Raises OSError, TimeoutError or asyncpg's errors.

    An empty password keeps the driver from reading a password file, which may lie in a home that we may not enter.
    """
    return await asyncpg.connect(
        uri,
        user=user,
        password="",
        ssl=False,
        timeout=CONNECT_SECONDS,
        server_settings={"application_name": application},
    )
