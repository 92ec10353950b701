"""What no example can make in a transaction: damaged files, collations of a database, what the server counts or keeps."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import asyncpg
import psycopg
import pytest
from dial import Connect
from servers import new_cluster

from cryotui.audit import audit, rule
from cryotui.demo.cluster import Cluster
from cryotui.model.finding import Finding, RuleResult

PAGE = 8192


async def _asked(connection: asyncpg.Connection[Any], rule_id: str, **limits: float) -> RuleResult:
    given = {f"{rule_id}.{name}": value for name, value in limits.items()}
    return (await audit(connection, [rule(rule_id)], limits=given)).results[0]


async def _found_in_time(connection: asyncpg.Connection[Any], rule_id: str, severity: str) -> Finding:
    """The first finding of that severity; the server hands its counters over a little later."""
    deadline = time.monotonic() + 60
    while True:
        for found in (await _asked(connection, rule_id)).findings:
            if found.severity.value == severity:
                return found
        assert time.monotonic() < deadline, rule_id
        await asyncio.sleep(0.2)


async def test_a_damaged_file_of_an_index_is_found_and_the_failed_checksum_is_counted(connect: Connect) -> None:
    with new_cluster() as server:
        with psycopg.connect(server.uri(), autocommit=True) as connection:
            connection.execute("CREATE EXTENSION amcheck")
            connection.execute("CREATE TABLE kept AS SELECT n AS id FROM generate_series(1, 5000) AS n")
            connection.execute("CREATE INDEX damaged ON kept (id)")
            connection.execute("CREATE INDEX sound ON kept (id)")
            connection.execute("CHECKPOINT")
            row = connection.execute("SELECT pg_relation_filepath('damaged')").fetchone()
        assert row is not None
        with (server.data / row[0]).open("r+b") as file:
            file.seek(PAGE + PAGE // 2)
            file.write(b"\x00\xff" * 500)
        server.restart()
        damaged = await connect(server.uri())
        [found] = (await _asked(damaged, "int-btree-corruption")).findings
        assert found.object == "public.damaged"
        assert found.severity.value == "bad"
        assert "invalid page" in found.detail
        assert found.fix == "REINDEX INDEX CONCURRENTLY public.damaged;"
        counted = await _found_in_time(damaged, "int-checksum-failures", "bad")
        assert counted.object == "postgres"
        assert "damaged page" in counted.evidence
        await damaged.execute(found.fix)
        assert not (await _asked(damaged, "int-btree-corruption")).findings


async def test_indexes_beyond_the_limits_are_not_passed(own: asyncpg.Connection[Any]) -> None:
    await own.execute("CREATE EXTENSION amcheck; CREATE TABLE t (a int PRIMARY KEY, b int UNIQUE)")
    whole = await _asked(own, "int-btree-corruption")
    assert (whole.findings, whole.missing) == ((), None)
    part = await _asked(own, "int-btree-corruption", most=1)
    assert part.missing is not None
    assert "1 indexes are beyond the limits" in part.missing.sentence


async def test_a_role_that_may_not_call_amcheck_is_told_the_grant(own: asyncpg.Connection[Any]) -> None:
    await own.execute(
        "CREATE EXTENSION amcheck; CREATE TABLE t (a int PRIMARY KEY); CREATE ROLE looker; SET ROLE looker"
    )
    refused = await _asked(own, "int-btree-corruption")
    await own.execute("RESET ROLE")
    assert refused.missing is not None
    assert refused.missing.kind == "privilege"
    assert refused.missing.remedy is not None
    await own.execute(refused.missing.remedy)
    await own.execute("SET ROLE looker")
    assert (await _asked(own, "int-btree-corruption")).missing is None
    await own.execute("RESET ROLE; DROP OWNED BY looker")


async def test_a_database_whose_sort_order_changed_is_found_and_rebuilt(connect: Connect, pg_all: Cluster) -> None:
    admin = await connect(pg_all.uri())
    if await admin.fetchval("SELECT current_setting('server_version_num')::int") < 150000:
        refused = await _asked(admin, "int-collation-db-mismatch")
        assert refused.missing is not None
        assert refused.missing.kind == "version"
        return
    await admin.execute("CREATE DATABASE sorted LOCALE_PROVIDER icu ICU_LOCALE 'de' TEMPLATE template0")
    try:
        connection = await connect(pg_all.uri("sorted"))
        assert not (await _asked(connection, "int-collation-db-mismatch")).findings
        await connection.execute("UPDATE pg_database SET datcollversion = '1.0' WHERE datname = 'sorted'")
        [harmless] = (await _asked(connection, "int-collation-db-mismatch")).findings
        assert harmless.severity.value == "info"
        await connection.execute("CREATE TABLE words (word text UNIQUE)")
        [found] = (await _asked(connection, "int-collation-db-mismatch")).findings
        assert found.severity.value == "bad"
        assert "public.words_word_key" in found.detail
        assert found.fix is not None
        for statement in found.fix.split("\n"):
            await connection.execute(statement)
        assert not (await _asked(connection, "int-collation-db-mismatch")).findings
        await connection.close()
    finally:
        await admin.execute("DROP DATABASE sorted WITH (FORCE)")


async def test_a_published_table_that_is_updated_and_has_no_identity_is_bad(own: asyncpg.Connection[Any]) -> None:
    await own.execute(
        "CREATE TABLE t (a int); INSERT INTO t VALUES (1); UPDATE t SET a = 2; CREATE PUBLICATION p FOR TABLE t"
    )
    assert (await _found_in_time(own, "int-replica-identity-missing", "bad")).object == "public.t"
    with pytest.raises(asyncpg.ObjectNotInPrerequisiteStateError):
        await own.execute("UPDATE t SET a = 3")


async def test_what_stops_an_upgrade_depends_on_the_major(connect: Connect, database_all: str) -> None:
    connection = await connect(database_all)
    major = await connection.fetchval("SELECT current_setting('server_version_num')::int / 10000")
    ahead = "bad" if major < 18 else "watch"
    expected = {("database shut", ahead), ("prepared transaction 'left over'", ahead)}
    await connection.execute("CREATE TABLE rights (a aclitem)")
    if major < 16:
        expected.add(("public.rights.a", "bad"))
    if major < 18:
        await connection.execute("CREATE TABLE parent (a int NOT NULL); CREATE TABLE child () INHERITS (parent)")
        await connection.execute("ALTER TABLE child ALTER COLUMN a DROP NOT NULL")
        expected.add(("public.child.a", "bad"))
    await connection.execute("SELECT pg_create_logical_replication_slot('follower', 'pgoutput')")
    await connection.execute("BEGIN; CREATE TABLE t (a int); PREPARE TRANSACTION 'left over'")
    await connection.execute("CREATE DATABASE shut ALLOW_CONNECTIONS false")
    try:
        if major < 17:
            expected.add(("slot follower", "watch"))
        found = (await _asked(connection, "sch-upgrade-blockers")).findings
        assert {(one.object, one.severity.value) for one in found} == expected
        mine = [one for one in found if one.fix and not one.object.startswith("slot")]
        for one in mine:
            assert one.fix is not None
            await connection.execute(one.fix)
        left = {one.object for one in (await _asked(connection, "sch-upgrade-blockers")).findings}
        assert left <= {"slot follower"}
    finally:
        await connection.execute("SELECT pg_drop_replication_slot('follower')")
        await connection.execute("DROP DATABASE shut")
