"""Rules about settings: found on a badly set server, closed by their fix, and none on a well set one."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from dial import Connect
from examples import Example, examples
from proving import as_expected, found_in, has_its_form, objects_in

from cryotui.audit import rule
from cryotui.model.finding import Finding

SETTINGS = [pytest.param(example, id=example.rule) for example in examples() if example.about_settings]


@pytest.mark.parametrize("example", SETTINGS)
async def test_a_rule_about_settings_finds_the_badly_set_server_and_passes_the_well_set_one(
    connect: Connect, badly_set: str, well_set: str, example: Example
) -> None:
    connection = await connect(badly_set)
    for statement in example.statements:
        await connection.execute(statement)
    database = await connection.fetchval("SELECT current_database()")
    found = await found_in(connection, example)
    expected = frozenset((level, name.replace("{database}", database), text) for level, name, text in example.expected)
    as_expected(found, replace(example, expected=expected))
    assert all(finding.detail for finding in found)
    for finding in found:
        await _mended(connection, example, finding)
    assert not await found_in(await connect(well_set), example)


async def _mended(connection: asyncpg.Connection[Any], example: Example, finding: Finding) -> None:
    """The fix closes its finding once the server has read it, or waits for the restart that it says it needs."""
    assert has_its_form(finding), finding.fix
    for statement in filter(str.strip, (finding.fix or "").split(";\n")):
        await connection.execute(statement)
    deadline = time.monotonic() + 60
    while finding.fix and finding.object in await objects_in(connection, example):
        if await connection.fetchval("SELECT count(*) FROM pg_settings WHERE pending_restart"):
            assert "restart" in f"{finding.detail} {rule(example.rule).lock}"
            break
        assert time.monotonic() < deadline, finding.fix
        await asyncio.sleep(0.1)
    for statement in filter(str.strip, (finding.undo or "").split(";\n")):
        await connection.execute(statement)
