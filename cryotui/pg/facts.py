"""What this server is and what our role may see on it: a few cheap questions, asked once a connection.

Needs no privilege: what a role may not see stays None or is left out.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import asyncpg

from cryotui.model.server import Extension, Server

Fetch = Callable[[str], Awaitable[Sequence[Any]]]

_IDENTITY = """
SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number,
       current_database()::text AS database, current_user::text AS "user",
       coalesce((SELECT rolsuper FROM pg_roles WHERE rolname = current_user), false) AS superuser,
       pg_is_in_recovery() AS standby, pg_postmaster_start_time() AS started_at, pg_backend_pid() AS pid,
       clock_timestamp() AS clock,
       ARRAY(SELECT rolname::text FROM pg_roles
             WHERE rolname LIKE 'pg\\_%' AND pg_has_role(current_user, oid, 'USAGE'))::text AS memberships
"""
_EXTENSIONS = """
SELECT e.extname::text AS name, e.extversion AS version, n.nspname::text AS schema
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
"""
_SETTINGS = """
SELECT name, reset_val AS setting FROM pg_settings WHERE name IN (
  'max_connections', 'superuser_reserved_connections', 'reserved_connections', 'shared_preload_libraries', 'block_size',
  'track_activity_query_size', 'track_io_timing', 'track_activities', 'track_counts', 'autovacuum', 'wal_segment_size',
  'autovacuum_max_workers', 'autovacuum_freeze_max_age', 'autovacuum_multixact_freeze_max_age', 'archive_mode', 'wal_level',
  'max_wal_size', 'max_slot_wal_keep_size', 'server_encoding', 'idle_in_transaction_session_timeout', 'data_checksums',
  'hot_standby_feedback', 'log_lock_waits', 'autovacuum_vacuum_scale_factor', 'autovacuum_vacuum_threshold',
  'work_mem', 'synchronous_standby_names', 'checkpoint_timeout')
"""
_CONTROL = """
SELECT (SELECT system_identifier::text FROM pg_control_system()) AS system_identifier,
       (SELECT timeline_id FROM pg_control_checkpoint()) AS timeline
"""


def marked(name: str, sql: str) -> str:
    """The statement with our mark at both ends: pg_stat_activity cuts the end off, pg_stat_statements from 18 on the
    beginning."""
    return f"/* cryotui:{name} */ {sql.strip()}\n/* cryotui:{name} */"


def version_numbers(text: str) -> tuple[int, ...]:
    """``1.11`` as ``(1, 11)``; what is no number is left out, so odd version words crash nothing."""
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


def members(array: str) -> frozenset[str]:
    """The elements of a text array of plain names in PostgreSQL's notation, ``{a,b}``."""
    return frozenset(name.strip('"') for name in array.strip("{}").split(",") if name)


async def learn(fetch: Fetch, *, host: str, port: int, pooled: bool, encrypted: bool | None) -> tuple[Server, Any]:
    """Ask the server what it is; gives the facts and the server's clock (timestamptz).

    ``fetch`` runs one statement and gives its rows. ``pooled``: a pooler stands between.
    """
    identity = (await fetch(marked("identity", _IDENTITY)))[0]
    extensions = {
        row["name"]: Extension(row["schema"], version_numbers(row["version"]))
        for row in await fetch(marked("extensions", _EXTENSIONS))
    }
    settings: dict[str, str | None] = {
        row["name"]: row["setting"] for row in await fetch(marked("settings", _SETTINGS))
    }
    try:
        control = (await fetch(marked("control", _CONTROL)))[0]
        system_identifier, timeline = control["system_identifier"], control["timeline"]
    except (asyncpg.InsufficientPrivilegeError, asyncpg.UndefinedFunctionError, asyncpg.FeatureNotSupportedError):
        system_identifier = timeline = None  # some managed services close these functions
    libraries = settings.get("shared_preload_libraries")
    server = Server(
        version=identity["version"].split(" ")[0],
        major=identity["number"] // 10000,
        minor=identity["number"] % 10000,
        database=identity["database"],
        user=identity["user"],
        superuser=identity["superuser"],
        memberships=members(identity["memberships"]),
        extensions=extensions,
        settings=settings,
        standby=identity["standby"],
        started_at=identity["started_at"],
        system_identifier=system_identifier,
        timeline=timeline,
        host=host,
        port=port,
        pid=identity["pid"],
        pooled=pooled,
        encrypted=encrypted,
        host_is_local=host.startswith(("/", "@")) or host in ("localhost", "127.0.0.1", "::1"),
        libraries=tuple(name.strip('" ') for name in libraries.split(",")) if libraries else (),
    )
    return server, identity["clock"]


async def within(seconds: float, awaitable: Awaitable[Any]) -> Any:
    """Await with a deadline; raises TimeoutError."""
    async with asyncio.timeout(seconds):
        return await awaitable
