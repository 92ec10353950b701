"""What a rule was kept from looking at is never passed, and so never gone: every rule, with its bad objects in place.

Kept from it by rights, by the budget for reading, and by somebody else's lock.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

import asyncpg
import pytest
from dial import Connect
from examples import Example, examples
from proving import found_in
from servers import MAJORS

from cryotui.audit import audit, rule
from cryotui.audit.known import of_run, review
from cryotui.model.finding import AuditRun, RuleResult

INSIDE = [
    pytest.param(example, id=example.rule)
    for example in examples()
    if not example.outside and not example.about_settings
]
SET = [pytest.param(example, id=example.rule) for example in examples() if example.about_settings]
OUTLIVES = ("bak-dump-omits", "bak-subscription-broken", "perf-prepared-xact-old")
"""What their examples make keeps a database from being dropped when it is committed; no table's lock is in their way."""

COMMITTED = [
    pytest.param(example, id=example.rule)
    for example in examples()
    if not example.about_settings and example.rule not in OUTLIVES
]
PLAIN = ("", "pg_monitor")
ENDS = (MAJORS[0], MAJORS[-1])
"""The oldest and the newest: what keeps a rule from looking does not change between them."""

_LOCKED = """
SELECT format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', string_agg(format('ONLY %I.%I', n.nspname, c.relname), ', '))
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND c.oid >= 16384 AND c.relpersistence <> 't'
HAVING count(*) > 0
"""
_REBUILT = """
SELECT format('REINDEX INDEX %I.%I', n.nspname, c.relname)
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'i' AND c.oid >= 16384 AND c.relpersistence <> 't' AND n.nspname <> 'pg_toast'
"""


async def _asked(connection: asyncpg.Connection[Any], example: Example, **words: Any) -> RuleResult:
    return (await audit(connection, [rule(example.rule)], limits=example.limits, **words)).results[0]


def _nothing_is_passed(result: RuleResult, objects: set[str]) -> None:
    """Each bad object is a finding still, or the rule says that it could not look."""
    assert result.missing is not None or objects <= {finding.object for finding in result.findings}
    assert result.missing is None or not result.passed


@pytest.mark.parametrize("pg_all", ENDS, indirect=True)
@pytest.mark.parametrize("member_of", PLAIN)
@pytest.mark.parametrize("example", INSIDE)
async def test_a_rule_never_passes_what_the_role_may_not_see(
    connection: asyncpg.Connection[Any], example: Example, member_of: str
) -> None:
    await connection.execute(example.sql)
    found = await found_in(connection, example)
    await _as_stranger(connection, member_of)
    _nothing_is_passed(await _asked(connection, example), {finding.object for finding in found})


@pytest.mark.parametrize("major", ENDS, indirect=True)
@pytest.mark.parametrize("member_of", PLAIN)
@pytest.mark.parametrize("example", SET)
async def test_a_rule_about_settings_never_passes_what_the_role_may_not_see(
    connect: Connect, badly_set: str, example: Example, member_of: str
) -> None:
    connection = await connect(badly_set)
    transaction = connection.transaction()
    await transaction.start()
    found = await found_in(connection, example)
    await _as_stranger(connection, member_of)
    _nothing_is_passed(await _asked(connection, example), {finding.object for finding in found})
    await transaction.rollback()


@pytest.mark.parametrize("pg_all", ENDS, indirect=True)
@pytest.mark.parametrize("example", INSIDE)
async def test_a_rule_never_passes_what_it_may_not_read_for_the_budget(
    connection: asyncpg.Connection[Any], example: Example
) -> None:
    await connection.execute(example.sql)
    found = await found_in(connection, example)
    _nothing_is_passed(await _asked(connection, example, reading=0.0), {finding.object for finding in found})


@pytest.mark.parametrize("pg_all", ENDS[1:], indirect=True)
@pytest.mark.parametrize("example", COMMITTED)
async def test_a_rule_never_passes_what_somebody_else_has_locked(
    connect: Connect, database_all: str, example: Example
) -> None:
    holder, looker = [await connect(database_all) for _ in range(2)]
    for statement in example.statements if example.outside else [example.sql]:
        await holder.execute(statement)
    deadline = time.monotonic() + (60 if example.outside else 0)
    found = await found_in(looker, example)
    while len(found) < len(example.expected) and time.monotonic() < deadline:
        await asyncio.sleep(0.2)  # the server hands its counters over a little later
        found = await found_in(looker, example)
    if not found:
        pytest.skip("what it makes is there in its own transaction alone")
    # a rebuild would also correct the sizes that an example pretends
    rebuilt = [] if "pg_class SET" in example.sql else [row[0] for row in await looker.fetch(_REBUILT)]
    lock = await looker.fetchval(_LOCKED)
    async with holder.transaction():
        await holder.execute("SET LOCAL lock_timeout = '2s'")
        for statement in [lock, *rebuilt] if lock else rebuilt:
            with contextlib.suppress(asyncpg.PostgresError):  # what cannot be rebuilt, or is held, is not locked by us
                async with holder.transaction():
                    await holder.execute(statement)
        _nothing_is_passed(await _asked(looker, example), {finding.object for finding in found})


BROKEN = """
CREATE SCHEMA lab;
CREATE TABLE lab.parents (id int PRIMARY KEY);
CREATE TABLE lab.children (parent_id int REFERENCES lab.parents);
CREATE TABLE lab.whole (parent_id int REFERENCES lab.parents);
SET session_replication_role = replica;
INSERT INTO lab.children VALUES (1);
RESET session_replication_role;
"""
"""A reference that the catalogs call valid, and that a load without triggers has broken."""

ORPHANS = "int-fk-orphan-rows"


def _not_gone(before: AuditRun, after: AuditRun) -> str:
    """Why the rule could not look; the finding of before is not gone, and nothing is passed."""
    assert [found.object for found in before.findings] == ["lab.children.parent_id"] and not before.unchecked
    (result,) = after.results
    assert (result.findings, result.passed, review(after, of_run(before, "before")).gone) == ((), False, ())
    assert result.missing is not None
    return result.missing.sentence


@pytest.mark.parametrize("member_of", PLAIN)
async def test_orphans_under_a_valid_reference_are_not_gone_for_a_role_that_may_not_read(
    inside: asyncpg.Connection[Any], member_of: str
) -> None:
    await inside.execute(BROKEN)
    before = await audit(inside, [rule(ORPHANS)])
    await _as_stranger(inside, member_of)
    after = await audit(inside, [rule(ORPHANS)])
    assert "2 not looked at: lab_stranger may not read both tables" in _not_gone(before, after)
    missing = after.results[0].missing
    assert missing is not None and missing.remedy is not None
    await inside.execute(f"RESET ROLE; {missing.remedy} SET LOCAL ROLE lab_stranger")
    again = await audit(inside, [rule(ORPHANS)])
    assert [found.object for found in again.findings] == ["lab.children.parent_id"] and not again.unchecked


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"reading": 0.0}, "would read"),
        ({"limits": {f"{ORPHANS}.vouched": 0}}, "the limits small and vouched of this rule take them in"),
        ({"limits": {f"{ORPHANS}.small": -1}}, "(lab.children children_parent_id_fkey and 1 more)"),
    ],
)
async def test_orphans_under_a_valid_reference_are_not_gone_when_they_are_not_looked_for(
    inside: asyncpg.Connection[Any], words: dict[str, Any], said: str
) -> None:
    await inside.execute(BROKEN)
    before = await audit(inside, [rule(ORPHANS)])
    assert said in _not_gone(before, await audit(inside, [rule(ORPHANS)], **words))


async def test_orphans_under_a_valid_reference_are_not_gone_while_the_table_is_locked_and_the_others_are_looked_at(
    connect: Connect, database: str
) -> None:
    holder, looker = [await connect(database) for _ in range(2)]
    await holder.execute(BROKEN)
    before = await audit(looker, [rule(ORPHANS)])
    async with holder.transaction():
        await holder.execute("LOCK TABLE lab.children IN ACCESS EXCLUSIVE MODE")
        said = _not_gone(before, await audit(looker, [rule(ORPHANS)]))
    assert said == "1 not looked at: one of its tables is locked (lab.children.parent_id)."


async def test_a_guess_that_could_not_be_compared_with_all_candidates_is_not_passed(
    inside: asyncpg.Connection[Any],
) -> None:
    await inside.execute(
        "CREATE SCHEMA lab; CREATE SCHEMA other; CREATE TABLE lab.mixture (id int PRIMARY KEY);"
        "CREATE TABLE other.mixture (id int PRIMARY KEY); INSERT INTO other.mixture VALUES (5);"
        "CREATE TABLE lab.parts (mixture_id int); INSERT INTO lab.parts VALUES (5);"
    )
    only = [rule("int-missing-fk-candidate")]
    assert [found.object for found in (await audit(inside, only)).findings] == ["lab.parts.mixture_id"]
    await inside.execute(
        "CREATE ROLE lab_partly; GRANT USAGE ON SCHEMA lab TO lab_partly; "
        "GRANT SELECT ON ALL TABLES IN SCHEMA lab TO lab_partly; SET LOCAL ROLE lab_partly"
    )
    (result,) = (await audit(inside, only)).results
    assert not result.findings and not result.passed
    assert result.missing is not None and "other.mixture" in result.missing.sentence


async def _as_stranger(connection: asyncpg.Connection[Any], member_of: str) -> None:
    granted = f"GRANT {member_of} TO lab_stranger; " if member_of else ""
    await connection.execute(f"CREATE ROLE lab_stranger; {granted}SET LOCAL ROLE lab_stranger")
