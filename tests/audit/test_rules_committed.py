"""Rules whose example needs committed work, in a database of its own: found, and closed by the fix as it is printed."""

from __future__ import annotations

import asyncio
import time

import pytest
from dial import Connect
from examples import Example, examples
from proving import as_expected, found_in, has_its_form, objects_in

OUTSIDE = [pytest.param(example, id=example.rule) for example in examples() if example.outside]


@pytest.mark.parametrize("example", OUTSIDE)
async def test_a_rule_about_committed_work_finds_it_and_its_fix_closes_it(
    connect: Connect, database_all: str, example: Example
) -> None:
    connection = await connect(database_all)
    for statement in example.statements:
        await connection.execute(statement)
    # the server hands its counters over a little later
    deadline = time.monotonic() + 60
    found = await found_in(connection, example)
    while len(found) < len(example.expected) and time.monotonic() < deadline:
        await asyncio.sleep(0.2)
        found = await found_in(connection, example)
    as_expected(found, example)
    for finding in found:
        if finding.fix:
            assert has_its_form(finding), finding.fix
            await connection.execute(finding.fix)
    closed = {finding.object for finding in found if finding.fix}
    while closed & await objects_in(connection, example):
        assert time.monotonic() < deadline, closed
        await asyncio.sleep(0.2)
