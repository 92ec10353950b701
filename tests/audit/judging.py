"""What a rule says of a server that a test brings into a state: asking, waiting, setting, and a role without rights."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
from dial import Connect

from cryotui.audit import audit, rule
from cryotui.demo.cluster import Cluster
from cryotui.model.finding import RuleResult

PATIENCE = 60.0
KEEPS = "cp %p archived_%f && sync archived_%f"
"""An archive_command that works and is sound."""


async def judged(connection: asyncpg.Connection[Any], rule_id: str, **limits: float) -> RuleResult:
    """What one rule says, with limits of its own."""
    named = {f"{rule_id}.{name}": value for name, value in limits.items()}
    return (await audit(connection, [rule(rule_id)], limits=named)).results[0]


async def found(connection: asyncpg.Connection[Any], rule_id: str, **limits: float) -> list[tuple[str, str, str]]:
    """Severity, object and evidence of what the rule finds; it must have been able to check."""
    result = await judged(connection, rule_id, **limits)
    assert result.missing is None, result.missing
    return [(one.severity.value, one.object, one.evidence) for one in result.findings]


async def until(what: Callable[[], Awaitable[object]]) -> None:
    """Wait until the answer is true; fail when it does not become so."""
    deadline = time.monotonic() + PATIENCE
    while not await what():
        assert time.monotonic() < deadline, "it does not come about"
        await asyncio.sleep(0.1)


async def reload_with(connection: asyncpg.Connection[Any], name: str, value: str) -> None:
    """A setting that a reload is enough for, in force here when this returns."""
    quoted = value.replace("'", "''")
    await connection.execute(f"ALTER SYSTEM SET {name} = '{quoted}'")
    await connection.execute("SELECT pg_reload_conf()")

    async def arrived() -> bool:
        return bool(await connection.fetchval("SELECT setting = $2 FROM pg_settings WHERE name = $1", name, value))

    await until(arrived)


async def stranger(
    connect: Connect, server: Cluster, superuser: asyncpg.Connection[Any], database: str = "postgres"
) -> asyncpg.Connection[Any]:
    """A role that may do nothing but connect."""
    await superuser.execute("DROP ROLE IF EXISTS stranger; CREATE ROLE stranger LOGIN")
    return await connect(server.uri(database, "stranger"))
