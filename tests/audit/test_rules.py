"""Every rule finds the bad objects of its example and none of the good ones, and its fix closes what it found."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import asyncpg
import pytest
from examples import Example, examples

from cryotui.audit import audit, rule, rules
from cryotui.model.finding import Finding
from cryotui.model.text import cells

INSIDE = [pytest.param(example, id=example.rule) for example in examples() if not example.outside]
OUTSIDE = [pytest.param(example, id=example.rule) for example in examples() if example.outside]
CANNOT_BE_SHOWN_HERE = ("cap-xid-wraparound",)
"""Its fix is a VACUUM of a table of the catalogs; the age it mends cannot be made in a test."""

MADE_WHOLE = ("int-invalid-index",)
"""What their undo makes is not bad any more."""


async def _findings(connection: asyncpg.Connection[Any], example: Example) -> tuple[Finding, ...]:
    run = await audit(connection, [rule(example.rule)], limits=example.limits)
    assert run.results[0].missing is None, run.results[0].missing
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
async def test_a_rule_about_committed_work_finds_it_and_its_fix_closes_it(database_all: str, example: Example) -> None:
    connection = await asyncpg.connect(database_all)
    for statement in example.statements:
        await connection.execute(statement)
    # the server hands its counters over a little later
    deadline = time.monotonic() + 20
    found = await _findings(connection, example)
    while len(found) < len(example.expected) and time.monotonic() < deadline:
        await asyncio.sleep(0.2)
        found = await _findings(connection, example)
    _check(found, example)
    for finding in found:
        assert finding.fix
        await connection.execute(finding.fix)
    while await _findings(connection, example) and time.monotonic() < deadline:
        await asyncio.sleep(0.2)
    assert not await _findings(connection, example)
    await connection.close()
