"""The monitor session on real servers: any role, any encoding, any extension version, a pooler between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest
from connecting import sockets_closed

from cryotui import probes
from cryotui.demo.cluster import Cluster
from cryotui.model.errors import ConnectError
from cryotui.pg.conninfo import resolve
from cryotui.pg.session import Session


@asynccontextmanager
async def session_on(uri: str) -> AsyncIterator[Session]:
    session = await Session.open(resolve(uri, environ={}), 1)
    try:
        yield session
    finally:
        await session.close()


def as_user(uri: str, user: str) -> str:
    return uri.replace("postgres@", f"{user}@", 1)


async def test_the_facts_of_every_major_are_learned(pg_all: Cluster) -> None:
    async with session_on(pg_all.uri()) as session:
        server = session.server
        assert 14 <= server.major <= 18
        assert server.superuser and server.database == "postgres" and not server.standby
        assert server.system_identifier and server.timeline == 1
        assert session.in_recovery is False
        assert not session.pooled


async def test_a_role_without_rights_learns_what_it_may(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS plain_one; CREATE ROLE plain_one LOGIN")
    async with session_on(as_user(database, "plain_one")) as session:
        assert not session.server.superuser and not session.server.reads_all_stats
        sample = await session.sample(probes.probe("activity"))
        assert sample.rows and sample.missing is None


async def test_a_statement_in_another_encoding_blanks_no_pane(pg: Cluster) -> None:
    with psycopg.connect(pg.uri(), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS latin WITH (FORCE)")
        connection.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with psycopg.connect(pg.uri("latin"), autocommit=True, client_encoding="latin1") as other:
        other.execute("SELECT 'é' AS canary_of_latin")
        async with session_on(pg.uri()) as session:
            sample = await session.sample(probes.probe("activity"))
    texts = [row["query"] for row in sample.rows if "canary_of_latin" in (row["query"] or "")]
    assert texts and "\\xe9" in texts[0]
    with psycopg.connect(pg.uri(), autocommit=True) as connection:
        connection.execute("DROP DATABASE latin WITH (FORCE)")


async def test_broken_bytes_in_a_sql_ascii_database_are_shown(pg: Cluster) -> None:
    with psycopg.connect(pg.uri(), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS raw_bytes WITH (FORCE)")
        connection.execute("CREATE DATABASE raw_bytes ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
    with psycopg.connect(pg.uri("raw_bytes"), autocommit=True, client_encoding="latin1") as other:
        other.execute('CREATE TABLE "caf\u00e9" (id int)')
        other.execute("SELECT 1 AS canary_of_ascii, 'ÿ'")
        async with session_on(pg.uri("raw_bytes")) as session:
            activity = await session.sample(probes.probe("activity"))
            tables = await session.sample(probes.probe("tables"))
    assert any("\\xff" in (row["query"] or "") for row in activity.rows)
    assert any(row["table"] == "caf\\xe9" for row in tables.rows)
    with psycopg.connect(pg.uri(), autocommit=True) as connection:
        connection.execute("DROP DATABASE raw_bytes WITH (FORCE)")


async def test_a_killed_session_raises_a_sentence_and_is_closed(database: str) -> None:
    async with session_on(database) as session:
        with psycopg.connect(database, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [session.server.pid])
        with pytest.raises(ConnectError) as caught:
            await session.sample(probes.probe("limits"))
        assert caught.value.cause == "lost"


async def test_what_is_asked_ahead_answers_whoever_asks_for_it_first_and_only_once(database: str) -> None:
    async with session_on(database) as session:
        session.ask_ahead(probes.probe("limits"))
        session.epoch = 7
        first = await session.sample(probes.probe("limits"))
        second = await session.sample(probes.probe("limits"))
        assert first.rows and first.missing is None and first.epoch == second.epoch == 7
        assert second.taken_at > first.taken_at


async def test_what_is_asked_ahead_is_in_nobodys_way(database: str) -> None:
    async with session_on(database) as session:
        session.ask_ahead(probes.probe("limits"))
        other = await session.sample(probes.probe("vitals"))
        assert other.probe == "vitals" and other.rows
        session.ask_ahead(probes.probe("limits"))
        await session.relearn()
        assert (await session.sample(probes.probe("limits"))).rows


async def test_a_connection_that_is_lost_over_what_is_asked_ahead_says_so_to_whoever_asks_next(database: str) -> None:
    async with session_on(database) as session:
        with psycopg.connect(database, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [session.server.pid])
        session.ask_ahead(probes.probe("limits"))
        with pytest.raises(ConnectError) as caught:
            await session.sample(probes.probe("vitals"))
        assert caught.value.cause == "lost"


async def test_a_connection_that_is_given_up_while_it_is_set_up_leaves_no_socket(pg: Cluster, database: str) -> None:
    with psycopg.connect(database) as holder, psycopg.connect(pg.uri(), autocommit=True) as watcher:
        holder.execute("LOCK TABLE pg_type IN ACCESS EXCLUSIVE MODE")
        task = asyncio.create_task(Session.open(resolve(database, environ={}), 1))
        waiting = "SELECT count(*) FROM pg_locks WHERE relation = 'pg_type'::regclass AND NOT granted"
        async with asyncio.timeout(60):
            while watcher.execute(waiting).fetchone() != (1,):
                await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await sockets_closed()


async def test_a_slow_probe_is_refused_with_its_limit_and_the_session_goes_on(database: str, tmp_path: Path) -> None:
    (tmp_path / "sleepy.sql").write_text("-- title: Sleep\n-- key: x\n-- timeout: 0.2\nSELECT 1 AS x, pg_sleep(5)\n")
    probes.add_folder(tmp_path)
    async with session_on(database) as session:
        sample = await session.sample(probes.probe("sleepy"))
        assert sample.missing is not None and sample.missing.kind == "timeout"
        assert "0.2 s" in sample.missing.sentence
        assert (await session.sample(probes.probe("limits"))).rows


async def test_a_probe_that_writes_is_refused(database: str, tmp_path: Path) -> None:
    (tmp_path / "writer.sql").write_text("-- title: Writer\n-- key: x\nCREATE TABLE public.written AS SELECT 1 AS x\n")
    probes.add_folder(tmp_path)
    async with session_on(database) as session:
        sample = await session.sample(probes.probe("writer"))
        assert sample.missing is not None
    with psycopg.connect(database) as connection:
        row = connection.execute("SELECT to_regclass('public.written')").fetchone()
        assert row == (None,)


async def test_an_extension_in_any_schema_is_found(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute('CREATE SCHEMA "Ext ""s"; CREATE EXTENSION pg_stat_statements SCHEMA "Ext ""s"')
    async with session_on(database) as session:
        sample = await session.sample(probes.probe("statements"))
        assert sample.missing is None and sample.rows


@pytest.mark.parametrize("version", ["1.9", "1.10"])
async def test_the_columns_of_an_extension_that_was_not_updated_are_used(database: str, version: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"CREATE EXTENSION pg_stat_statements VERSION '{version}'")
    async with session_on(database) as session:
        sample = await session.sample(probes.probe("statements"))
        assert sample.missing is None
        numbers = await session.sample(
            probes.probe("statement_numbers"), ([row["query_id"] for row in sample.rows][:5],)
        )
        assert numbers.missing is None and numbers.rows


async def test_an_extension_that_moves_or_goes_is_noticed_and_one_that_comes_is_found_when_asked_again(
    database: str,
) -> None:
    probe = probes.probe("statements")
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION pg_stat_statements")
        async with session_on(database) as session:
            assert (await session.sample(probe)).missing is None
            connection.execute("CREATE SCHEMA elsewhere; ALTER EXTENSION pg_stat_statements SET SCHEMA elsewhere")
            assert (await session.sample(probe)).missing is None
            connection.execute("DROP EXTENSION pg_stat_statements")
            gone = (await session.sample(probe)).missing
            assert gone is not None and gone.remedy == "CREATE EXTENSION pg_stat_statements;"
            connection.execute("CREATE EXTENSION pg_stat_statements")
            await session.relearn()
            assert (await session.sample(probe)).missing is None


async def test_the_grant_that_is_named_is_the_one_that_is_missing(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS outside; CREATE ROLE outside LOGIN IN ROLE pg_monitor")
        connection.execute("CREATE SCHEMA ext; CREATE EXTENSION pg_stat_statements SCHEMA ext")
        async with session_on(as_user(database, "outside")) as session:
            refused = (await session.sample(probes.probe("statements"))).missing
            assert refused is not None and refused.remedy == "GRANT USAGE ON SCHEMA ext TO outside;"
            connection.execute(refused.remedy)
            assert (await session.sample(probes.probe("statements"))).missing is None
            connection.execute("REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA ext FROM PUBLIC")
            refused = (await session.sample(probes.probe("statements"))).missing
            assert refused is not None
            assert refused.remedy == "GRANT EXECUTE ON FUNCTION ext.pg_stat_statements TO outside;"
            connection.execute(refused.remedy)
            assert (await session.sample(probes.probe("statements"))).missing is None


async def test_a_probe_that_is_asked_again_is_not_planned_again(database: str) -> None:
    async with session_on(database) as session:
        for _ in range(3):
            assert (await session.sample(probes.probe("tables"))).missing is None
        prepared = await session._connection.fetch(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE '%cryotui:tables%'"
        )
        assert [tuple(row) for row in prepared] == [(3, 0)]
