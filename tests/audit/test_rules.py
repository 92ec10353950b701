"""Every rule finds the bad objects of its example and none of the good ones, and its fix closes what it found."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest
from examples import Example, examples
from proving import as_expected, found_in, has_its_form, objects_in

from cryotui.audit import rules
from cryotui.model.text import cells

INSIDE = [
    pytest.param(example, id=example.rule)
    for example in examples()
    if not example.outside and not example.about_settings
]
CANNOT_BE_SHOWN_HERE = ("cap-xid-wraparound",)
"""Its fix is a VACUUM of a table of the catalogs; the age it mends cannot be made in a test."""

MADE_WHOLE = ("int-invalid-index",)
"""What their undo makes is not bad any more."""


def test_every_rule_has_an_example() -> None:
    assert {example.rule for example in examples()} == {found.id for found in rules()}


@pytest.mark.parametrize("example", INSIDE)
async def test_a_rule_finds_the_bad_objects_alone_its_fix_closes_each_and_the_undo_brings_it_back(
    connection: asyncpg.Connection[Any], example: Example
) -> None:
    await connection.execute(example.sql)
    found = await found_in(connection, example)
    as_expected(found, example)
    assert len({finding.fingerprint for finding in found}) == len(found)
    assert all(cells(finding.evidence) <= 30 for finding in found)
    assert all(finding.detail and "{" not in finding.detail.replace("tr{ue", "") for finding in found)
    for finding in found:
        if finding.fix is None or example.rule in CANNOT_BE_SHOWN_HERE:
            continue
        assert has_its_form(finding), finding.fix
        within = connection.transaction()
        await within.start()
        # a transaction block refuses CONCURRENTLY; what is tried here is that it hits this object
        await connection.execute(finding.fix.replace(" CONCURRENTLY", ""))
        assert finding.object not in await objects_in(connection, example), finding.fix
        if finding.undo and example.rule not in MADE_WHOLE:
            await connection.execute(finding.undo.replace(" CONCURRENTLY", ""))
            assert finding.object in await objects_in(connection, example), finding.undo
        await within.rollback()
