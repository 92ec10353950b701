"""Whether a server is of the kind target_session_attrs asks for, decided as libpq 18 does."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg

from cryotui.model.errors import ConnectError
from cryotui.pg.spec import Host, TargetSessionAttrs

_OTHERWISE = {
    "read-write": "takes no writes",
    "read-only": "takes writes",
    "primary": "is a standby",
    "standby": "is no standby",
    "prefer-standby": "is no standby",
}


async def mismatch(
    connection: asyncpg.Connection[Any], host: Host, wanted: TargetSessionAttrs, seconds: float | None
) -> ConnectError | None:
    """Why the server of an open connection is not the kind wanted; None when it is."""
    if wanted == "any":
        return None
    try:
        async with asyncio.timeout(seconds):
            if await _fits(connection, wanted):
                return None
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return ConnectError(f"{host} was lost while it was asked whether it is {wanted}.", "lost")
    return ConnectError(
        f"{host} {_OTHERWISE[wanted]}, and target_session_attrs={wanted} asks for another kind of server.", "role"
    )


async def _fits(connection: asyncpg.Connection[Any], wanted: TargetSessionAttrs) -> bool:
    """Reported parameters answer where the server sends them (14 and later, no pooler between), a query elsewhere."""
    settings = connection.get_settings()
    standby: str | None = getattr(settings, "in_hot_standby", None)
    if wanted in ("read-write", "read-only"):
        default: str | None = getattr(settings, "default_transaction_read_only", None)
        if standby is None or default is None:
            read_only = await connection.fetchval("SHOW transaction_read_only") == "on"
        else:
            read_only = "on" in (standby, default)
        return bool(read_only) == (wanted == "read-only")
    if standby is None:
        recovers = await connection.fetchval("SELECT pg_catalog.pg_is_in_recovery()")
    else:
        recovers = standby == "on"
    return bool(recovers) == (wanted != "primary")
