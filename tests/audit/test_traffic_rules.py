"""The rules about what goes on now or went on: sessions, prepared transactions, slots, statements, checkpoints."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import asyncpg
import pytest
from dial import Connect

from cryotui.audit import audit, rule
from cryotui.model.finding import AuditRun, Finding, Severity

Session: TypeAlias = "asyncpg.Connection[Any]"
NOW = {
    "perf-long-transaction": {"minutes": 0},
    "perf-idle-in-transaction": {"minutes": 0, "bad_minutes": 60},
    "perf-long-query": {"minutes": 0},
    "perf-blocked-sessions": {"seconds": 0},
    "perf-xmin-horizon": {"xids": 3, "bad_xids": 1000},
}
"""Limits that make late what has just begun."""


async def _run(connection: Session, rule_id: str, limits: dict[str, float] | None = None) -> AuditRun:
    wanted = NOW.get(rule_id, {}) if limits is None else limits
    return await audit(
        connection, [rule(rule_id)], limits={f"{rule_id}.{name}": value for name, value in wanted.items()}
    )


async def _found(connection: Session, rule_id: str, limits: dict[str, float] | None = None) -> dict[str, Finding]:
    run = await _run(connection, rule_id, limits)
    assert run.results[0].missing is None, run.results[0].missing
    return {finding.object: finding for finding in run.findings}


async def _until(ask: Callable[[], Awaitable[Any]], seconds: float = 60) -> Any:
    """What ``ask`` gives once it is true."""
    deadline = time.monotonic() + seconds
    while not (given := await ask()):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
    return given


def _named(database: str, app: str = "web-#") -> str:
    return f"postgres in {urlsplit(database).path[1:]}, {app} from local"


async def _dial(connect: Connect, uri: str, app: str = "web-4711") -> Session:
    return await connect(uri, server_settings={"application_name": app})


async def test_an_open_transaction_is_one_finding_that_stays_the_same_when_the_pid_changes(
    connect: Connect, database_all: str
) -> None:
    auditor = await connect(database_all)
    one, other = await _dial(connect, database_all), await _dial(connect, database_all, "web-4712")
    for session in (one, other):
        await session.execute(
            "BEGIN; CREATE TEMPORARY TABLE t (a int); SELECT 'secret' AS a, 42 AS b -- password=secret"
        )
    found = (await _found(auditor, "perf-long-transaction"))[_named(database_all)]
    assert found.values["pid"] == one.get_server_pid()
    assert found.values["sessions"] == 2
    assert found.values["backend_start"] is not None
    assert "secret" not in repr(found)
    assert "42" not in str(found.values["query"])
    assert found.severity is Severity.WATCH
    assert found.fix is not None
    await auditor.execute(found.fix)
    await _until(lambda: _gone(auditor, "perf-long-transaction", found.object))
    third = await _dial(connect, database_all, "web-4713")
    await third.execute("BEGIN")
    again = (await _found(auditor, "perf-long-transaction"))[_named(database_all)]
    assert again.fingerprint == found.fingerprint


async def _gone(auditor: Session, rule_id: str, name: str) -> bool:
    return name not in await _found(auditor, rule_id)


async def test_idle_in_transaction_says_what_is_held_and_what_holds_nothing_is_information(
    connect: Connect, database_all: str
) -> None:
    auditor = await connect(database_all)
    await auditor.execute('CREATE TABLE "odd ""name" (a int)')
    holder, idler = await _dial(connect, database_all, "holder"), await _dial(connect, database_all, "idler")
    await holder.execute('BEGIN; LOCK TABLE "odd ""name" IN SHARE MODE')
    await idler.execute("BEGIN")
    found = await _found(auditor, "perf-idle-in-transaction")
    holding, idling = found[_named(database_all, "holder")], found[_named(database_all, "idler")]
    assert holding.severity is Severity.WATCH
    assert 'public."odd ""name"' in holding.detail
    assert idling.severity is Severity.INFO
    late = await _found(auditor, "perf-idle-in-transaction", {"minutes": 0, "bad_minutes": 0})
    assert late[_named(database_all, "holder")].severity is Severity.BAD
    assert holding.fix is not None
    await auditor.execute(holding.fix)
    await _until(lambda: _gone(auditor, "perf-idle-in-transaction", holding.object))
    assert await idler.fetchval("SELECT 1") == 1


async def test_a_statement_at_work_is_found_and_its_fix_cancels_it_and_leaves_the_session(
    connect: Connect, database_all: str
) -> None:
    auditor, worker = await connect(database_all), await _dial(connect, database_all)
    work = asyncio.create_task(worker.execute("SELECT 'secret', pg_sleep(600)"))
    name = _named(database_all)
    found = (await _until(lambda: _present(auditor, "perf-long-query", name)))[name]
    assert found.values["query"] == "SELECT ?, pg_sleep(?)"
    await auditor.execute(found.fix)
    with pytest.raises(asyncpg.QueryCanceledError):
        await work
    assert await worker.fetchval("SELECT 1") == 1
    assert await _gone(auditor, "perf-long-query", name)


async def _present(auditor: Session, rule_id: str, name: str) -> dict[str, Finding] | None:
    found = await _found(auditor, rule_id)
    return found if name in found else None


async def test_the_root_of_a_queue_is_found_not_those_in_it(connect: Connect, database_all: str) -> None:
    auditor = await connect(database_all)
    await auditor.execute("CREATE TABLE queue (a int PRIMARY KEY); INSERT INTO queue VALUES (1), (2)")
    root = await _dial(connect, database_all, "root")
    second, third = await _dial(connect, database_all, "second"), await _dial(connect, database_all, "third")
    await root.execute("BEGIN; UPDATE queue SET a = a WHERE a = 1")
    waits = [asyncio.create_task(second.execute("ALTER TABLE queue ADD COLUMN b int"))]
    await _until(lambda: _waiting(auditor, 1))
    waits.append(asyncio.create_task(third.execute("SELECT * FROM queue")))
    await _until(lambda: _waiting(auditor, 2))
    found = await _found(auditor, "perf-blocked-sessions")
    assert set(found) == {_named(database_all, "root")}
    rooted = found[_named(database_all, "root")]
    assert rooted.values["blocked"] == 2
    assert rooted.values["pid"] == root.get_server_pid()
    assert rooted.evidence.startswith("2 wait since ")
    assert "public.queue" in rooted.detail
    assert rooted.fix is not None
    await auditor.execute(rooted.fix)
    await asyncio.gather(*waits)
    assert not await _found(auditor, "perf-blocked-sessions")


async def _waiting(auditor: Session, many: int) -> bool:
    return bool(
        await auditor.fetchval("SELECT count(*) >= $1 FROM pg_locks WHERE NOT granted AND waitstart IS NOT NULL", many)
    )


async def test_a_prepared_transaction_at_the_root_of_a_queue_is_named(connect: Connect, database_all: str) -> None:
    auditor, waiter = await connect(database_all), await _dial(connect, database_all)
    await auditor.execute("CREATE TABLE queue (a int PRIMARY KEY); INSERT INTO queue VALUES (1)")
    await auditor.execute("BEGIN; UPDATE queue SET a = 2; PREPARE TRANSACTION 'half done'")
    work = asyncio.create_task(waiter.execute("DELETE FROM queue"))
    await _until(lambda: _waiting(auditor, 1))
    for rule_id in ("perf-blocked-sessions", "perf-xmin-horizon"):
        found = await _found(auditor, rule_id, {**NOW[rule_id], **({"xids": 0} if "xmin" in rule_id else {})})
        assert found["prepared transaction 'half done'"].fix == "ROLLBACK PREPARED 'half done';"
    await auditor.execute("ROLLBACK PREPARED 'half done'")
    await work
    assert not await _found(auditor, "perf-blocked-sessions")


async def test_whoever_holds_back_vacuum_is_found_by_cause(connect: Connect, database_all: str) -> None:
    auditor, reader = await connect(database_all), await _dial(connect, database_all, "reader")
    await auditor.execute("SELECT pg_create_logical_replication_slot('odd_slot', 'pgoutput')")
    try:
        await reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1")
        for _ in range(5):
            await auditor.execute("SELECT txid_current()")
        found = await _found(auditor, "perf-xmin-horizon")
        session = found[_named(database_all, "reader")]
        assert session.values["pid"] == reader.get_server_pid()
        assert session.severity is Severity.WATCH
        slot = found["slot odd_slot"]
        assert "catalogs only" in slot.detail
        for finding in (session, slot):
            assert finding.fix is not None
            await auditor.execute(finding.fix)
            await _until(partial(_gone, auditor, "perf-xmin-horizon", finding.object))
    finally:
        await auditor.execute(
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = 'odd_slot'"
        )


@pytest.mark.parametrize("rule_id", [*NOW, "perf-slow-query", "perf-top-query-share"])
async def test_a_role_that_may_not_see_others_is_told_the_grant(inside: Session, rule_id: str) -> None:
    await inside.execute("CREATE EXTENSION pg_stat_statements; CREATE ROLE lab_plain; SET LOCAL ROLE lab_plain")
    missing = (await _run(inside, rule_id)).results[0].missing
    assert missing is not None
    assert missing.remedy == "GRANT pg_read_all_stats TO lab_plain;"


async def _served(connect: Connect, uri: str) -> Session:
    """A connection to a database whose extension lies in a schema of an odd name, after some traffic."""
    connection = await connect(uri)
    await connection.execute('CREATE SCHEMA "ext % %s"; CREATE EXTENSION pg_stat_statements WITH SCHEMA "ext % %s"')
    await connection.execute('SELECT "ext % %s".pg_stat_statements_reset()')
    for _ in range(3):
        await connection.execute("/* it's slow */ SELECT 'secret', pg_sleep(0.03)")
        await connection.execute("DO 'BEGIN PERFORM pg_sleep(0.03); END'")
    return connection


async def test_a_slow_statement_is_found_without_its_literals_and_utilities_are_not(
    connect: Connect, database_all: str
) -> None:
    connection = await _served(connect, database_all)
    found = await _found(connection, "perf-slow-query", {"calls": 3})
    assert len(found) <= 2  # what the block does inside is a statement as well
    outer = [finding for finding in found.values() if finding.values["query"] == "SELECT $1, pg_sleep($2)"]
    assert len(outer) == 1
    assert outer[0].values["calls"] == 3
    assert outer[0].object == f"statement {outer[0].values['query_id']}"
    assert "secret" not in repr(found)
    assert "DO " not in repr(found)
    assert not await _found(connection, "perf-slow-query", {"calls": 4})
    assert not await _found(connection, "perf-slow-query", {"calls": 3, "milliseconds": 10000})


async def test_the_statement_that_takes_most_of_the_time_is_found(connect: Connect, database_all: str) -> None:
    connection = await _served(connect, database_all)
    found = await _found(connection, "perf-top-query-share", {"percent": 40, "seconds": 0})
    assert [finding.severity for finding in found.values()] == [Severity.INFO] * len(found)
    assert "SELECT $1, pg_sleep($2)" in {finding.values["query"] for finding in found.values()}
    assert not await _found(connection, "perf-top-query-share")


async def test_checkpoints_that_are_asked_for_are_found_and_too_few_of_them_are_none(
    connect: Connect, badly_set: str, major: int
) -> None:
    connection = await connect(badly_set)
    await connection.execute(f"SELECT pg_stat_reset_shared('{'checkpointer' if major >= 17 else 'bgwriter'}')")
    for _ in range(2):
        await connection.execute("CHECKPOINT")

    async def found() -> dict[str, Finding]:
        return await _found(connection, "perf-checkpoints-requested", {"checkpoints": 2})

    early = (await _until(found))["max_wal_size"]
    assert early.evidence.startswith("100% of ")
    assert early.fix is not None
    before = await connection.fetchval("SELECT setting FROM pg_settings WHERE name = 'max_wal_size'")
    for statements, expected in ((early.fix, 2 * int(before)), (early.undo or "", int(before))):
        for statement in filter(str.strip, statements.split(";\n")):
            await connection.execute(statement)
        await _until(partial(_set_to, connection, expected))
    assert not await _found(connection, "perf-checkpoints-requested", {"checkpoints": 1000})


async def _set_to(connection: Session, megabytes: int) -> bool:
    return bool(
        await connection.fetchval("SELECT setting::int = $1 FROM pg_settings WHERE name = 'max_wal_size'", megabytes)
    )
