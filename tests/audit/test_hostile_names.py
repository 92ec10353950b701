"""Names that try to break out: a fix hits exactly the object it was made for, and what is shown steers no terminal."""

from __future__ import annotations

from typing import Any

import asyncpg
import psycopg
import pytest

from cryotui.audit import audit, rule, run
from cryotui.demo.cluster import Cluster
from cryotui.model.finding import Finding
from cryotui.model.settings import Settings
from cryotui.model.text import clean
from cryotui.pg.destination import find

NAMES = (
    'quo"te',
    "apo'strophe",
    "semi; DROP TABLE lab.bystander; --",
    "new\nline\tand tab",
    "\x1b[31mred\x1b[0m",
    "\u202eright to left",
    "back\\slash %s %1$s {evidence} $1 $$",
    "dot.ted.name",
    "[@click=quit]markup[/]",
    "x" * 63,
    "ÄÖÜ 分子",
    "-- comment /* */",
    'all "of\n\x1b\\it',
)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


async def _one(connection: asyncpg.Connection[Any], rule_id: str) -> Finding:
    done = await audit(connection, [rule(rule_id)])
    assert done.results[0].missing is None, done.results[0].missing
    (finding,) = done.findings
    return finding


def _shown_safely(finding: Finding) -> None:
    for text in (finding.object, finding.evidence, finding.detail, finding.fix or "", finding.undo or ""):
        assert clean(text) == text
    assert "\n" not in finding.object


@pytest.mark.parametrize("name", NAMES, ids=ascii)
async def test_the_fix_for_a_table_hits_exactly_that_table(inside: asyncpg.Connection[Any], name: str) -> None:
    await inside.execute(
        f"CREATE SCHEMA {_quoted(name)}; CREATE SCHEMA lab; CREATE TABLE lab.bystander (id int PRIMARY KEY)"
    )
    await inside.execute(f"CREATE TABLE {_quoted(name)}.{_quoted(name)} (a int)")
    finding = await _one(inside, "int-no-primary-key")
    _shown_safely(finding)
    assert finding.fix is not None
    await inside.execute(finding.fix)
    keys = await inside.fetch("SELECT conrelid FROM pg_constraint WHERE contype = 'p' AND oid >= 16384")
    assert len(keys) == 2
    assert not (await audit(inside, [rule("int-no-primary-key")])).findings
    assert await inside.fetchval("SELECT to_regclass('lab.bystander') IS NOT NULL")


@pytest.mark.parametrize("name", NAMES, ids=ascii)
async def test_the_fix_for_orphans_reads_and_writes_exactly_these_columns(
    inside: asyncpg.Connection[Any], name: str
) -> None:
    quoted = _quoted(name)
    await inside.execute(
        f"CREATE SCHEMA lab; CREATE TABLE lab.bystander (id int PRIMARY KEY); CREATE SCHEMA {quoted};"
        f"CREATE TABLE {quoted}.{quoted} ({quoted} int PRIMARY KEY); INSERT INTO {quoted}.{quoted} VALUES (1);"
        f"CREATE TABLE lab.{quoted} ({quoted} int); INSERT INTO lab.{quoted} VALUES (1), (2), (NULL);"
        f"ALTER TABLE lab.{quoted} ADD CONSTRAINT {quoted} FOREIGN KEY ({quoted}) REFERENCES {quoted}.{quoted} NOT VALID"
    )
    finding = await _one(inside, "int-fk-orphan-rows")
    _shown_safely(finding)
    assert finding.fix is not None
    await inside.execute(finding.fix)
    assert await inside.fetchval(f"SELECT array_agg({quoted} ORDER BY 1) FROM lab.{quoted}") == [1, None, None]
    validate = (await _one(inside, "int-constraint-not-valid")).fix
    assert validate is not None
    await inside.execute(validate)
    assert not (await audit(inside, [rule("int-constraint-not-valid")])).findings


@pytest.mark.parametrize("name", NAMES, ids=ascii)
async def test_the_fix_for_an_undeclared_reference_declares_exactly_that_one(
    inside: asyncpg.Connection[Any], name: str
) -> None:
    child, column = _quoted(name[:60]), _quoted("parent_id")
    await inside.execute(
        "CREATE SCHEMA lab; CREATE TABLE lab.parents (id int PRIMARY KEY); INSERT INTO lab.parents VALUES (1), (2), (3);"
        f"CREATE TABLE lab.{child} (id int PRIMARY KEY, {column} int); INSERT INTO lab.{child} VALUES (1, 1), (2, 2), (3, 9)"
    )
    finding = await _one(inside, "int-missing-fk-candidate")
    _shown_safely(finding)
    assert finding.fix is not None
    await inside.execute(finding.fix)
    valid = await inside.fetch("SELECT conrelid::regclass::text, convalidated FROM pg_constraint WHERE contype = 'f'")
    assert [row["convalidated"] for row in valid] == [True]
    assert not (await audit(inside, [rule("int-missing-fk-candidate")])).findings


@pytest.mark.parametrize("name", NAMES, ids=ascii)
async def test_fixes_for_indexes_policies_functions_and_sequences_hit_exactly_these(
    inside: asyncpg.Connection[Any], name: str
) -> None:
    quoted = _quoted(name)
    await inside.execute(
        f"CREATE SCHEMA {quoted}; CREATE TABLE {quoted}.t (a int PRIMARY KEY, b int);"
        f"CREATE INDEX plain ON {quoted}.t (b); CREATE INDEX {quoted} ON {quoted}.t (b);"
        f"ALTER TABLE {quoted}.t ENABLE ROW LEVEL SECURITY; CREATE POLICY {quoted} ON {quoted}.t USING (true);"
        f"CREATE FUNCTION {quoted}.{_quoted(name[:50] + '!')}() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';"
        f"CREATE SEQUENCE {quoted}.{_quoted(name[:50] + '?')} MAXVALUE 10"
    )
    await inside.execute(
        f"SELECT setval('{(quoted + '.' + _quoted(name[:50] + '?')).replace(chr(39), chr(39) * 2)}', 10)"
    )
    checked = ("perf-duplicate-index", "sec-rls-always-true", "sec-function-search-path", "cap-sequence-exhaustion")
    for rule_id in checked:
        finding = await _one(inside, rule_id)
        _shown_safely(finding)
        assert finding.fix is not None
        await inside.execute(finding.fix.replace(" CONCURRENTLY", ""))
        left = await audit(inside, [rule(rule_id)])
        assert not [found for found in left.findings if found.severity.value != "info"], finding.fix


async def test_names_in_no_encoding_are_shown_with_their_bytes(pg: Cluster) -> None:
    """A SQL_ASCII database takes any bytes; UTF-8 cannot hold them all."""
    with psycopg.connect(pg.uri(), autocommit=True) as admin:
        admin.execute("CREATE DATABASE lab_bytes ENCODING SQL_ASCII LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
        try:
            with psycopg.connect(pg.uri("lab_bytes"), client_encoding="SQL_ASCII") as own:
                own.execute(b'CREATE TABLE "caf\xe9" (a int)')
            destination = find(pg.uri("lab_bytes"), Settings(), environ={})
            done = await run(destination, [rule("int-no-primary-key")])
            assert [finding.object for finding in done.findings] == ['public."caf\\xe9"']
        finally:
            admin.execute("DROP DATABASE lab_bytes WITH (FORCE)")
