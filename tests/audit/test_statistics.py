"""Rules that live on counters and statistics: too young, hidden or absent ones are never a pass, and used means not named."""

from __future__ import annotations

import time
from typing import Any

import asyncpg
import pytest
from dial import Connect

from cryotui.audit import audit, rule
from cryotui.model.finding import AuditRun


async def _run(connection: asyncpg.Connection[Any], rule_id: str, **limits: float) -> AuditRun:
    return await audit(connection, [rule(rule_id)], limits={f"{rule_id}.{name}": at for name, at in limits.items()})


def _why(run: AuditRun) -> str:
    missing = run.results[0].missing
    assert missing is not None
    return missing.sentence


async def test_an_index_that_was_scanned_is_not_called_unused(own: asyncpg.Connection[Any]) -> None:
    await own.execute("CREATE TABLE t AS SELECT n AS a, n AS b FROM generate_series(1, 5000) AS n")
    await own.execute("CREATE INDEX used ON t (a); CREATE INDEX unused ON t (b); ANALYZE t; SET enable_seqscan = off")
    deadline = time.monotonic() + 60
    while True:
        await own.execute("SELECT a FROM t WHERE a = 7")
        found = [finding.object for finding in (await _run(own, "perf-unused-index", mb=0, days=0)).findings]
        if found == ["public.unused"]:
            break
        assert time.monotonic() < deadline, found


async def test_young_counters_call_no_index_unused_and_do_not_pass(inside: asyncpg.Connection[Any]) -> None:
    await inside.execute("CREATE TABLE t (a int); CREATE INDEX lately ON t (a)")
    run = await _run(inside, "perf-unused-index", mb=0, days=7)
    assert not run.findings
    assert "counters began less than 7 days ago" in _why(run)
    assert "public.lately" in _why(run)


@pytest.mark.parametrize("rule_id", ["perf-table-bloat", "perf-index-bloat", "perf-stats-missing"])
async def test_hidden_statistics_give_no_number_and_name_the_grant(
    inside: asyncpg.Connection[Any], rule_id: str
) -> None:
    await inside.execute(
        "CREATE TABLE t (a int PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 5000); ANALYZE t;"
        "CREATE ROLE lab_monitor; GRANT pg_monitor TO lab_monitor; SET LOCAL ROLE lab_monitor"
    )
    run = await _run(inside, rule_id, **({} if rule_id == "perf-stats-missing" else {"mb": 0.01}))
    assert not run.findings
    assert "hidden" in _why(run)
    missing = run.results[0].missing
    assert missing is not None
    assert missing.remedy == "GRANT SELECT ON public.t TO lab_monitor;"


@pytest.mark.parametrize(
    ("index", "why"),
    [
        ("CREATE INDEX x ON t ((a + 1))", "expressions"),
        ("CREATE INDEX x ON t (a) WHERE a > 0", "partial"),
        ("CREATE INDEX x ON t (b, c)", "repeating keys"),
    ],
)
async def test_an_index_whose_bloat_no_estimate_can_tell_is_not_passed(
    inside: asyncpg.Connection[Any], index: str, why: str
) -> None:
    await inside.execute("CREATE TABLE t AS SELECT n AS a, 1 AS b, 2 AS c FROM generate_series(1, 9000) AS n")
    await inside.execute(f"{index}; ANALYZE t")
    run = await _run(inside, "perf-index-bloat", mb=0.01)
    assert not run.findings
    assert why in _why(run)
    assert "pgstatindex" in _why(run)


async def test_the_disk_is_not_checked_before_its_size_is_told(inside: asyncpg.Connection[Any]) -> None:
    assert "df on the server" in _why(await _run(inside, "cap-disk-space"))
    assert "disk_gb" in _why(await _run(inside, "cap-growth-forecast"))
    assert "too short for a forecast" in _why(await _run(inside, "cap-growth-forecast", disk_gb=1000))
    told = await _run(inside, "cap-disk-space", disk_gb=1000)
    assert not told.findings
    assert told.results[0].missing is None


async def test_the_keys_a_role_may_not_read_are_named(inside: asyncpg.Connection[Any]) -> None:
    await inside.execute(
        "CREATE SCHEMA lab; CREATE TABLE lab.given (id int PRIMARY KEY); INSERT INTO lab.given VALUES (2000000000);"
        "CREATE ROLE lab_plain; SET LOCAL ROLE lab_plain"
    )
    run = await _run(inside, "cap-int-key-exhaustion")
    assert not run.findings
    assert "lab.given.id" in _why(run)


HERE = (
    "perf-redundant-index", "perf-unused-index", "perf-index-bloat", "perf-table-bloat", "perf-stats-missing",
    "perf-seq-scan-heavy", "perf-dead-tuples", "perf-autovacuum-overdue", "perf-stale-stats",
    "perf-autovacuum-disabled-table", "cap-mxid-wraparound", "cap-int-key-exhaustion", "cap-connections",
    "cap-disk-space", "cap-growth-forecast", "cap-column-slots",
)  # fmt: skip


async def test_a_plain_role_is_never_refused_by_the_server(connection: asyncpg.Connection[Any]) -> None:
    await connection.execute(
        "CREATE TABLE t (a int PRIMARY KEY, b int); CREATE INDEX x ON t (b); CREATE INDEX y ON t (b, a);"
        "CREATE ROLE lab_plain; SET LOCAL ROLE lab_plain"
    )
    limits = {"perf-unused-index.mb": 0, "perf-unused-index.days": 0, "cap-mxid-wraparound.watch": 0,
              "cap-connections.watch": 0, "cap-disk-space.disk_gb": 0.001}  # fmt: skip
    run = await audit(connection, [rule(rule_id) for rule_id in HERE], limits=limits)
    why = {result.rule: result.missing.sentence for result in run.unchecked if result.missing}
    assert set(why) == {"cap-int-key-exhaustion", "cap-growth-forecast", "cap-mxid-wraparound"}, why
    assert not [sentence for sentence in why.values() if "42501" in sentence]
    found = {finding.rule for finding in run.findings}
    assert {"perf-unused-index", "perf-redundant-index", "cap-disk-space", "cap-connections"} <= found


async def test_full_connections_are_bad_and_say_who_holds_them(connect: Connect, database: str) -> None:
    connection = await connect(database)
    await connection.execute("CREATE ROLE crowded LOGIN CONNECTION LIMIT 2")
    try:
        for _ in range(2):
            await connect(database, user="crowded", server_settings={"application_name": "lab app"})
        run = await _run(connection, "cap-connections")
        [found] = [finding for finding in run.findings if finding.object == "role crowded"]
        assert found.severity.value == "bad"
        assert found.evidence == "2 of 2 taken"
        assert "lab app (2)" in found.detail
        await connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'crowded'")
    finally:
        await connection.execute("DROP ROLE crowded")
