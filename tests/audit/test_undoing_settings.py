"""The undo of a changed setting brings back what was there: nothing, or the value that an earlier ALTER SYSTEM has set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from dial import Connect
from judging import reload_with
from servers import new_cluster

from cryotui.audit import audit, rule
from cryotui.demo.cluster import Cluster

AS_SHIPPED = {"shared_preload_libraries": ""}


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    cluster = new_cluster(None, AS_SHIPPED)
    cluster.start()
    yield cluster
    cluster.stop()


async def _undo(connection: asyncpg.Connection[Any], rule_id: str) -> str | None:
    (found,) = (await audit(connection, [rule(rule_id)])).findings
    return found.undo


async def test_what_came_from_the_default_is_reset(connect: Connect, server: Cluster) -> None:
    connection = await connect(server.uri())
    undo = "ALTER SYSTEM RESET random_page_cost;\nSELECT pg_reload_conf();"
    assert await _undo(connection, "cfg-random-page-cost") == undo


async def test_what_alter_system_had_set_before_is_set_again(connect: Connect, server: Cluster) -> None:
    connection = await connect(server.uri())
    await reload_with(connection, "random_page_cost", "5")
    undo = "ALTER SYSTEM SET random_page_cost = '5';\nSELECT pg_reload_conf();"
    assert await _undo(connection, "cfg-random-page-cost") == undo
    await connection.execute("ALTER SYSTEM RESET random_page_cost")
    await connection.execute("SELECT pg_reload_conf()")
