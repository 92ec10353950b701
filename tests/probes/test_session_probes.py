"""The questions about sessions tell the truth on every major: locks, masks, ages, encodings, and cost nothing while idle."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import pytest
from lock_scenes import queue_behind_ddl, scene, wait_until

from cryotui.demo.cluster import Cluster
from cryotui.model.sample import Row, Sample
from cryotui.pg.conninfo import resolve
from cryotui.pg.session import Session
from cryotui.probes import probe


@asynccontextmanager
async def session_of(uri: str) -> AsyncIterator[Session]:
    session = await Session.open(resolve(uri, environ={}), 1)
    try:
        yield session
    finally:
        await session.close()


async def ask(uri: str, name: str, *parameters: object) -> Sample:
    async with session_of(uri) as session:
        sample = await session.sample(probe(name), parameters)
        assert sample.missing is None, sample.missing
        return sample


def by_pid(sample: Sample) -> dict[int, Row]:
    return {row["pid"]: row for row in sample.rows}


@pytest.fixture
def plain_role(pg_all: Cluster) -> str:
    """The name of a login role without any rights of its own."""
    with psycopg.connect(pg_all.uri(), autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS lab_plain")
        connection.execute("CREATE ROLE lab_plain LOGIN")
    return "lab_plain"


async def test_a_queue_behind_a_ddl_is_told_with_modes_relation_and_blockers(database_all: str) -> None:
    with scene(database_all) as made:
        pids = queue_behind_ddl(made, readers=2)
        rows = by_pid(await ask(database_all, "activity"))
    root, ddl, reader, writer = (rows[pids[name]] for name in ("root", "ddl", "reader0", "writer"))
    assert root["state"] == "idle in transaction" and root["blocked_by"] is None and root["app"] == "lab-import"
    assert (root["held_mode"], root["held_relation"]) == ("RowExclusiveLock", "molecules")
    assert root["xid_age"] is not None and root["client"] == "local"
    assert (ddl["lock_type"], ddl["lock_mode"], ddl["lock_relation"]) == (
        "relation",
        "AccessExclusiveLock",
        "molecules",
    )
    assert pids["root"] in ddl["blocked_by"]
    assert reader["blocked_by"] == [pids["ddl"]] and reader["lock_mode"] == "AccessShareLock"
    assert 0 < reader["wait_age"] <= reader["query_age"]
    assert (writer["lock_type"], writer["lock_relation"]) == ("transactionid", "molecules")
    assert writer["blocked_by"] == [pids["root"]]


async def test_a_relation_outside_public_is_qualified_and_one_of_another_database_is_its_oid(
    database_all: str, pg_all: Cluster
) -> None:
    with scene(database_all) as made:
        made.watcher.execute('CREATE SCHEMA "Lab"')
        made.watcher.execute('CREATE TABLE "Lab"."odd [b]name" (id int)')
        made.session("holder", 'LOCK TABLE "Lab"."odd [b]name"')
        waiter = made.waiting("waiter", 'SELECT * FROM "Lab"."odd [b]name"')
        here = by_pid(await ask(database_all, "activity"))[waiter]
        elsewhere = by_pid(await ask(pg_all.uri(), "activity"))[waiter]
    assert here["lock_relation"] == "Lab.odd [b]name"
    assert elsewhere["lock_relation"].startswith("oid ") and elsewhere["blocked_by"] == here["blocked_by"]


async def test_a_prepared_transaction_blocks_as_pid_0_and_is_listed(database_all: str) -> None:
    with scene(database_all) as made:
        one = made.session("coordinator", autocommit=True)
        one.execute("BEGIN")
        one.execute("LOCK TABLE molecules")
        one.execute("PREPARE TRANSACTION 'order-7'")
        try:
            waiter = made.waiting("waiter", "SELECT * FROM molecules")
            rows = by_pid(await ask(database_all, "activity"))
            prepared = await ask(database_all, "prepared")
        finally:
            one.execute("ROLLBACK PREPARED 'order-7'")
    assert rows[waiter]["blocked_by"] == [0]
    mine = [row for row in prepared.rows if row["gid"] == "order-7"]
    assert len(mine) == 1 and mine[0]["age"] >= 0 and mine[0]["user"] == "postgres"


async def test_a_session_that_waits_for_nobody_names_no_lock_and_the_lock_table_is_not_read(database_all: str) -> None:
    with scene(database_all) as made:
        pid = made.running("sleeper", "SELECT pg_sleep(30)")
        row = by_pid(await ask(database_all, "activity"))[pid]
        assert row["blocked_by"] is None and row["lock_mode"] is None and row["held_mode"] is None
        assert row["state"] == "active" and row["wait_event"] == "PgSleep" and not row["own"]
        plan = made.watcher.execute(
            "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) "
            + str(probe("activity").sql(made.watcher.info.server_version // 10000))
        ).fetchall()  # type: ignore[call-overload]
    scans = [line for (line,) in plan if "pg_lock_status" in line]
    assert scans and all("never executed" in line for line in scans)


async def test_our_own_session_is_marked_and_only_that(database_all: str) -> None:
    async with session_of(database_all) as session:
        sample = await session.sample(probe("activity"))
        assert [row["pid"] for row in sample.rows if row["own"]] == [session.server.pid]


async def test_a_plain_role_learns_that_sessions_exist_who_waits_for_whom_and_that_the_rest_is_hidden(
    database_all: str, plain_role: str
) -> None:
    with scene(database_all) as made:
        pids = queue_behind_ddl(made, readers=1)
        uri = database_all.replace("postgres@", f"{plain_role}@", 1)
        rows = by_pid(await ask(uri, "activity"))
        vitals = (await ask(uri, "vitals")).one
    hidden = rows[pids["ddl"]]
    assert hidden["masked"] and hidden["query"] is None and hidden["state"] is None and hidden["user"] == "postgres"
    assert hidden["blocked_by"] and hidden["lock_relation"] == "molecules"
    assert vitals is not None
    assert (
        vitals["active"] is None and vitals["idle_in_transaction"] is None and vitals["oldest_transaction_age"] is None
    )
    assert vitals["masked"] >= 4 and vitals["blocked"] == 3 and vitals["connections"] >= 4


async def test_a_foreign_encoding_neither_fails_nor_is_cut_within_a_character(pg_all: Cluster) -> None:
    name = "lab_latin1"
    with psycopg.connect(pg_all.uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} ENCODING LATIN1 LOCALE 'C' TEMPLATE template0")
    try:
        with psycopg.connect(pg_all.uri(name), autocommit=True, client_encoding="latin1") as foreign:
            foreign.execute("SELECT 1 AS " + "é" * 20 + " -- " + "é" * 450)
            pid = foreign.info.backend_pid
            rows = by_pid(await ask(pg_all.uri(), "activity"))
        assert rows[pid]["query"].startswith("SELECT 1 AS \\xe9\\xe9")
    finally:
        with psycopg.connect(pg_all.uri(), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def test_the_statement_is_cut_in_the_list_and_whole_for_one_session_only(database_all: str) -> None:
    with scene(database_all) as made:
        text = "SELECT 'ä" + "x" * 600 + "' FROM pg_sleep(30)"
        pid = made.running("long", text)
        row = by_pid(await ask(database_all, "activity"))[pid]
        assert row["query"] == text[:400]
        whole = await ask(database_all, "session_text", pid, row["backend_start"])
        assert len(whole.rows) == 1 and whole.rows[0]["query"] == text and whole.rows[0]["app"] == "long"
        other = await ask(database_all, "session_text", pid, row["backend_start"].replace(year=2001))
        assert not other.rows


async def test_the_locks_of_one_session_are_told_strongest_first_with_what_it_waits_for(database_all: str) -> None:
    with scene(database_all) as made:
        pids = queue_behind_ddl(made, readers=0)
        held = await ask(database_all, "session_locks", pids["root"])
        waited = await ask(database_all, "session_locks", pids["ddl"])
    assert {(row["lock_relation"], row["lock_mode"]) for row in held.rows} >= {("molecules", "RowExclusiveLock")}
    assert all(row["granted"] for row in held.rows)
    assert not waited.rows[0]["granted"] and waited.rows[0]["wait_age"] > 0
    assert waited.rows[0]["lock_relation"] == "molecules"


async def test_parallel_workers_name_their_leader(database_all: str) -> None:
    with scene(database_all) as made:
        force = "debug_parallel_query" if made.watcher.info.server_version >= 160000 else "force_parallel_mode"
        pid = made.running("leader", "SELECT count(pg_sleep(0.5)) FROM molecules", f"SET {force} = on")
        found: list[Row] = []
        async with session_of(database_all) as session:
            for _ in range(100):
                sample = await session.sample(probe("activity"))
                found = [row for row in sample.rows if row["leader_pid"] == pid and row["pid"] != pid]
                if found:
                    break
    assert found and found[0]["backend_type"] == "parallel worker"


async def test_who_holds_back_vacuum_is_told_by_kind(database_all: str) -> None:
    with scene(database_all) as made:
        reader = made.session("reader", "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "SELECT 1 FROM molecules")
        made.watcher.execute("SELECT pg_create_physical_replication_slot('lab_idle', true)")
        try:
            made.watcher.execute("UPDATE molecules SET name = 'z'")
            rows = (await ask(database_all, "horizon")).rows
        finally:
            made.watcher.execute("SELECT pg_drop_replication_slot('lab_idle')")
        mine = [row for row in rows if row["kind"] == "session" and row["pid"] == reader.info.backend_pid]
    assert len(mine) == 1 and mine[0]["xmin_age"] >= 1 and mine[0]["transaction_age"] > 0
    ages = [row["xmin_age"] for row in rows]
    assert ages == sorted(ages, reverse=True)


async def test_limits_name_server_database_and_role_and_leave_superusers_out(
    database_all: str, plain_role: str
) -> None:
    with psycopg.connect(database_all, autocommit=True) as connection:
        connection.execute(f"ALTER ROLE {plain_role} CONNECTION LIMIT 7")
        connection.execute(f"ALTER DATABASE {connection.info.dbname} CONNECTION LIMIT 11")
        name = connection.info.dbname
    rows = {(row["kind"], row["name"]): row for row in (await ask(database_all, "limits")).rows}
    assert rows["role", plain_role]["connection_limit"] == 7
    assert rows["database", name]["connection_limit"] == 11
    assert rows["server", "server"]["connection_limit"] == 57
    assert (rows["server", "server"]["max_connections"], rows["server", "server"]["reserved"]) == (60, 3)
    assert ("role", "postgres") not in rows


async def test_vitals_count_work_and_sessions_of_all_databases(database_all: str) -> None:
    before = (await ask(database_all, "vitals")).one
    assert before is not None
    with scene(database_all) as made:
        pids = queue_behind_ddl(made, readers=1)
        vitals = (await ask(database_all, "vitals")).one
        assert vitals is not None
        assert vitals["blocked"] == 3 and vitals["idle_in_transaction"] >= 1 and vitals["active"] >= 3
        assert vitals["oldest_transaction_pid"] == pids["root"] or vitals["oldest_transaction_age"] > 0
        assert vitals["max_connections"] == 60 and vitals["in_recovery"] is False and vitals["replay_age"] is None
        after: Row | None = None

        def counted() -> bool:
            made.watcher.execute(
                "SELECT pg_stat_force_next_flush()" if made.watcher.info.server_version >= 150000 else "SELECT 1"
            )
            made.watcher.execute("BEGIN; ROLLBACK")
            row = made.watcher.execute("SELECT sum(xact_commit)::bigint FROM pg_stat_database").fetchone()
            return row is not None and row[0] > before["commits"]

        wait_until(counted, "commits are counted")
        after = (await ask(database_all, "vitals")).one
    assert after is not None and after["commits"] > before["commits"]
    assert after["rows_inserted"] >= before["rows_inserted"]


async def test_a_database_that_may_not_be_looked_at_has_no_size_and_fails_nothing(
    pg_all: Cluster, plain_role: str
) -> None:
    with psycopg.connect(pg_all.uri(), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS lab_closed")
        connection.execute("CREATE DATABASE lab_closed")
        connection.execute("REVOKE CONNECT ON DATABASE lab_closed FROM PUBLIC")
    try:
        rows = {row["database"]: row for row in (await ask(pg_all.uri(user=plain_role), "database_size")).rows}
        assert rows["lab_closed"]["size"] is None and rows["postgres"]["size"] > 0 and rows["postgres"]["connected"]
        seen = {row["database"]: row for row in (await ask(pg_all.uri(), "database_size")).rows}
        assert seen["lab_closed"]["size"] > 0
    finally:
        with psycopg.connect(pg_all.uri(), autocommit=True) as connection:
            connection.execute("DROP DATABASE lab_closed WITH (FORCE)")


async def test_checkpoints_and_wal_move_when_they_happen(database_all: str) -> None:
    before, wal = (await ask(database_all, "checkpoints")).one, (await ask(database_all, "wal")).one
    assert before is not None and wal is not None and before["timeline"] == 1 and before["last_checkpoint_age"] >= 0
    async with session_of(database_all) as session:
        with psycopg.connect(database_all, autocommit=True) as connection:
            connection.execute("CREATE TABLE written AS SELECT n FROM generate_series(1, 5000) AS n")
            connection.execute("CHECKPOINT")
            found: dict[str, Row | None] = {}

            async def moved() -> bool:
                for name in ("checkpoints", "wal"):
                    found[name] = (await session.sample(probe(name))).one
                after, now = found["checkpoints"], found["wal"]
                assert after is not None and now is not None
                return after["requested"] > before["requested"] and now["wal_bytes"] > wal["wal_bytes"]

            for _ in range(200):
                if await moved():
                    break
                connection.execute("SELECT pg_sleep(0.05)")
            else:
                pytest.fail("checkpoint and WAL were not counted")


async def test_without_archiving_the_archiver_says_so(database_all: str) -> None:
    row = (await ask(database_all, "archiver")).one
    assert row is not None
    assert (row["archive_mode"], row["archives"], row["failing"], row["waiting_segments"]) == (
        "off",
        False,
        False,
        None,
    )
    assert row["segment_size"] == 16 * 2**20
