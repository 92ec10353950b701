"""A fingerprint names one finding: two findings of a run never share one, and an ordinary one keeps its own."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import asyncpg
from examples import examples

from cryotui.audit import audit, rule, select

TWICE = """
CREATE SCHEMA twice;
CREATE TABLE twice.parents (id bigint PRIMARY KEY);
CREATE TABLE twice.others (id bigint PRIMARY KEY);
CREATE TABLE twice.children (id int PRIMARY KEY, parent_id int, other_id int);
INSERT INTO twice.children VALUES (1, 7, 7);
ALTER TABLE twice.children ADD CONSTRAINT first_key FOREIGN KEY (parent_id) REFERENCES twice.parents NOT VALID;
ALTER TABLE twice.children ADD CONSTRAINT "Second key" FOREIGN KEY (parent_id) REFERENCES twice.parents NOT VALID;
ALTER TABLE twice.children ADD CONSTRAINT alone FOREIGN KEY (other_id) REFERENCES twice.others NOT VALID;
"""
_ROLE = re.compile(r'CREATE ROLE (\w+|"[^"]+")[^;]*;')


async def test_no_two_findings_of_a_run_share_a_fingerprint(inside: asyncpg.Connection[Any]) -> None:
    await inside.execute(TWICE)
    made, roles = 0, set[str]()
    for number, example in enumerate(one for one in examples() if not one.outside):
        sql = re.sub(r"\blab\b", f"lab{number}", example.sql)
        for again in [found[0] for found in _ROLE.finditer(sql) if found[1] in roles]:
            sql = sql.replace(again, "SELECT;")
        within = inside.transaction()
        await within.start()
        try:
            await inside.execute(f"{sql}\nSELECT;")  # some are comments alone
        except asyncpg.PostgresError:  # it needs for itself what another example has made
            await within.rollback()
        else:
            await within.commit()
            made += 1
            roles |= {found[1] for found in _ROLE.finditer(sql)}
    assert made > 100
    run = await audit(inside, select(off=True))
    shared = Counter((found.fingerprint, found.rule, found.object) for found in run.findings)
    assert len(run.findings) > 300
    assert [what for what, count in shared.items() if count > 1] == []
    assert len({found.fingerprint for found in run.findings}) == len(run.findings)


async def test_two_broken_keys_on_one_column_are_two_findings(inside: asyncpg.Connection[Any]) -> None:
    await inside.execute(TWICE)
    run = await audit(inside, [rule("int-fk-orphan-rows")])
    assert {found.object for found in run.findings} == {
        "twice.children.parent_id first_key",
        'twice.children.parent_id "Second key"',
        "twice.children.other_id",
    }
    assert len({found.fingerprint for found in run.findings}) == 3


async def test_a_column_of_the_wrong_type_is_one_finding_however_many_keys_it_has(
    inside: asyncpg.Connection[Any],
) -> None:
    await inside.execute(TWICE)
    run = await audit(inside, [rule("int-fk-type-mismatch")])
    assert [found.object for found in run.findings] == ["twice.children alone", "twice.children first_key"]
    assert "2 keys on these columns" in run.findings[1].detail
