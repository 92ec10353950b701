"""Every rule finds the bad objects of its example and none of the good ones, and its fix closes what it found."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from dial import Connect
from examples import Example, examples

from cryotui.audit import audit, rule, rules
from cryotui.model.finding import Finding, Severity
from cryotui.model.text import cells

SETTINGS = [pytest.param(example, id=example.rule) for example in examples() if example.about_settings]
INSIDE = [
    pytest.param(example, id=example.rule)
    for example in examples()
    if not example.outside and not example.about_settings
]
OUTSIDE = [pytest.param(example, id=example.rule) for example in examples() if example.outside]
CANNOT_BE_SHOWN_HERE = ("cap-xid-wraparound",)
"""Its fix is a VACUUM of a table of the catalogs; the age it mends cannot be made in a test."""

MADE_WHOLE = ("int-invalid-index",)
"""What their undo makes is not bad any more."""


async def _findings(connection: asyncpg.Connection[Any], example: Example) -> tuple[Finding, ...]:
    run = await audit(connection, [rule(example.rule)], limits=example.limits)
    missing = run.results[0].missing
    if missing is not None and missing.kind == example.lacks:
        pytest.skip(missing.sentence)
    assert missing is None, missing
    return run.findings


def _check(found: tuple[Finding, ...], example: Example) -> None:
    evidence = {(finding.severity.value, finding.object): finding.evidence for finding in found}
    assert set(evidence) == {(severity, name) for severity, name, _ in example.expected}
    for severity, name, text in example.expected:
        assert text in (None, evidence[severity, name])


def test_every_rule_has_an_example() -> None:
    assert {example.rule for example in examples()} == {found.id for found in rules()}


@pytest.mark.parametrize("example", INSIDE)
async def test_a_rule_finds_the_bad_objects_and_none_of_the_good(
    connection: asyncpg.Connection[Any], example: Example
) -> None:
    await connection.execute(example.sql)
    found = await _findings(connection, example)
    _check(found, example)
    assert len({finding.fingerprint for finding in found}) == len(found)
    assert all(cells(finding.evidence) <= 30 for finding in found)
    assert all(finding.detail and "{" not in finding.detail.replace("tr{ue", "") for finding in found)


@pytest.mark.parametrize("example", INSIDE)
async def test_the_fix_closes_the_finding_and_the_undo_brings_it_back(
    connection: asyncpg.Connection[Any], example: Example
) -> None:
    if example.rule in CANNOT_BE_SHOWN_HERE:
        return
    await connection.execute(example.sql)
    for finding in await _findings(connection, example):
        if finding.fix is None:
            continue
        within = connection.transaction()
        await within.start()
        # a transaction block refuses CONCURRENTLY; what is tried here is that it hits this object
        await connection.execute(finding.fix.replace(" CONCURRENTLY", ""))
        left = {other.object for other in await _findings(connection, example)}
        assert finding.object not in left, finding.fix
        if finding.undo and example.rule not in MADE_WHOLE:
            await connection.execute(finding.undo.replace(" CONCURRENTLY", ""))
            again = {other.object for other in await _findings(connection, example)}
            assert finding.object in again, finding.undo
        await within.rollback()


@pytest.mark.parametrize("example", OUTSIDE)
async def test_a_rule_about_committed_work_finds_it_and_its_fix_closes_it(
    connect: Connect, database_all: str, example: Example
) -> None:
    connection = await connect(database_all)
    for statement in example.statements:
        await connection.execute(statement)
    # the server hands its counters over a little later
    deadline = time.monotonic() + 60
    found = await _findings(connection, example)
    while len(found) < len(example.expected) and time.monotonic() < deadline:
        await asyncio.sleep(0.2)
        found = await _findings(connection, example)
    _check(found, example)
    for finding in found:
        if finding.fix:
            await connection.execute(finding.fix)
    closed = {finding.object for finding in found if finding.fix}
    while closed & {left.object for left in await _findings(connection, example)}:
        assert time.monotonic() < deadline, closed
        await asyncio.sleep(0.2)


@pytest.mark.parametrize("example", SETTINGS)
async def test_a_rule_about_settings_finds_the_badly_set_server_and_passes_the_well_set_one(
    connect: Connect, badly_set: str, well_set: str, example: Example
) -> None:
    connection = await connect(badly_set)
    for statement in example.statements:
        await connection.execute(statement)
    database = await connection.fetchval("SELECT current_database()")
    found = await _findings(connection, example)
    expected = frozenset((level, name.replace("{database}", database), text) for level, name, text in example.expected)
    _check(found, replace(example, expected=expected))
    assert all(finding.detail for finding in found)
    for finding in found:
        await _mended(connection, example, finding)
    assert not await _findings(await connect(well_set), example)


async def _mended(connection: asyncpg.Connection[Any], example: Example, finding: Finding) -> None:
    """The fix closes its finding once the server has read it, or waits for the restart that it says it needs."""
    for statement in filter(str.strip, (finding.fix or "").split(";\n")):
        await connection.execute(statement)
    deadline = time.monotonic() + 60
    while finding.fix and finding.object in {left.object for left in await _findings(connection, example)}:
        if await connection.fetchval("SELECT count(*) FROM pg_settings WHERE pending_restart"):
            assert "restart" in f"{finding.detail} {rule(example.rule).lock}"
            break
        assert time.monotonic() < deadline, finding.fix
        await asyncio.sleep(0.1)
    for statement in filter(str.strip, (finding.undo or "").split(";\n")):
        await connection.execute(statement)


async def test_a_pristine_database_gives_no_finding_above_info(connect: Connect, pristine: str) -> None:
    run = await audit(await connect(pristine), rules())
    assert not [finding for finding in run.findings if finding.severity is not Severity.INFO]
