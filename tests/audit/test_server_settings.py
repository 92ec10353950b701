"""Rules about files, settings, logins and versions, where a server must be in a state that no example can make."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import asyncpg
import psycopg
import pytest
from dial import Connect
from servers import MAJORS, absent, new_cluster
from set_servers import AS_SHIPPED

from cryotui.audit import audit, rule
from cryotui.demo.cluster import Cluster
from cryotui.model.finding import Finding, RuleResult

SEEN = 30.0
"""Seconds within which a reload must have reached every session."""

FILE_RULES = ("cfg-drift", "cfg-file-errors", "sec-hba-plaintext", "sec-hba-trust", "sec-hba-wide")


@pytest.fixture(params=(MAJORS[0], MAJORS[-1]))
def server(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """A server of its own, whose files a test may spoil, of the oldest and of the newest major."""
    with new_cluster(request.param, AS_SHIPPED) as server:
        yield server


async def _result(connection: asyncpg.Connection[Any], rule_id: str, **limits: float) -> RuleResult:
    run = await audit(
        connection, [rule(rule_id)], limits={f"{rule_id}.{name}": value for name, value in limits.items()}
    )
    return run.results[0]


async def _found(connection: asyncpg.Connection[Any], rule_id: str, **limits: float) -> dict[str, Finding]:
    result = await _result(connection, rule_id, **limits)
    assert result.missing is None, result.missing
    return {finding.object: finding for finding in result.findings}


async def _once(
    connection: asyncpg.Connection[Any], rule_id: str, holds: Callable[[dict[str, Finding]], bool]
) -> dict[str, Finding]:
    """The findings as soon as they are what is waited for, at the latest after ``SEEN`` seconds."""
    deadline = time.monotonic() + SEEN
    found = await _found(connection, rule_id)
    while not holds(found):
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.1)
        found = await _found(connection, rule_id)
    return found


def _append(server: Cluster, name: str, text: str) -> None:
    with (server.data / name).open("a") as file:
        file.write(f"{text}\n")


async def test_a_setting_that_waits_for_a_restart_is_found_until_the_restart(connect: Connect, server: Cluster) -> None:
    connection = await connect(server.uri())
    await connection.execute("ALTER SYSTEM SET max_connections = 77")
    await connection.execute("SELECT pg_reload_conf()")
    found = await _once(connection, "cfg-pending-restart", lambda found: "max_connections" in found)
    assert found["max_connections"].evidence == "runs with 100"
    assert not await _found(connection, "cfg-file-errors"), "what waits for a restart is no error"
    assert not await _found(connection, "cfg-drift")
    await connection.execute("CREATE ROLE plain; SET ROLE plain")
    assert "pg_file_settings" in (await _found(connection, "cfg-pending-restart"))["max_connections"].detail
    server.restart()
    assert not await _found(await connect(server.uri()), "cfg-pending-restart")


async def test_what_waits_for_a_restart_does_not_hang_on_what_was_asked_before(
    connect: Connect, server: Cluster
) -> None:
    server.restart({"shared_buffers": "48MB"})
    _append(server, "postgresql.conf", "max_locks_per_transaction = 99")
    first = await _found(await connect(server.uri()), "cfg-pending-restart")
    assert set(first) == {"max_locks_per_transaction"}, "a restart leaves what the command line says"
    detail = first["max_locks_per_transaction"].detail
    assert "postgresql.conf, line" in detail and "has 99." in detail and "pg_read" not in detail
    connection = await connect(server.uri())
    for asked in (*FILE_RULES, "cfg-pending-restart"):
        await _result(connection, asked)
    assert await _found(connection, "cfg-pending-restart") == first
    for drift in (await _found(connection, "cfg-drift"), await _found(await connect(server.uri()), "cfg-drift")):
        assert {name: one.evidence for name, one in drift.items()} == {
            "shared_buffers": "the command line overrules it"
        }
    for _ in range(2):
        assert not await _found(connection, "cfg-file-errors")


async def test_errors_of_every_config_file_are_found(connect: Connect, server: Cluster) -> None:
    connection = await connect(server.uri())
    _append(server, "postgresql.conf", "work_mem = lots")
    _append(server, "pg_hba.conf", "host all all")
    found = await _found(connection, "cfg-file-errors")
    assert "work_mem" in found
    hba = next(finding for name, finding in found.items() if name.startswith("pg_hba.conf line "))
    assert "end-of-line before IP address" in hba.detail
    _append(server, "postgresql.conf", "no_such_setting_at_all = 1")
    assert "no_such_setting_at_all" in await _found(connection, "cfg-file-errors")
    _append(server, "postgresql.conf", "this is no setting")
    assert any("syntax error" in finding.detail for finding in (await _found(connection, "cfg-file-errors")).values())


async def test_drift_between_files_and_server_is_found_and_a_reload_closes_it(
    connect: Connect, server: Cluster
) -> None:
    _append(server, "postgresql.conf", "log_min_duration_statement = 5s\nwork_mem = 6MB\nenable_seqscan = yes")
    server.restart({"maintenance_work_mem": "32MB"})
    connection = await connect(server.uri())
    assert not await _found(connection, "cfg-drift"), "another way to write the same value is none"
    with (server.data / "postgresql.conf").open() as file:
        text = file.read().replace("log_min_duration_statement = 5s\n", "")
    (server.data / "postgresql.conf").write_text(text)
    _append(
        server,
        "postgresql.conf",
        "work_mem = 12MB\nmaintenance_work_mem = 96MB\nlog_lock_waits = on\nwal_keep_size = 0kB",
    )
    await connection.execute("ALTER SYSTEM SET deadlock_timeout = '3s'")
    _append(server, "postgresql.conf", "deadlock_timeout = 1s\nautovacuum_naptime = 60s")
    found = await _found(connection, "cfg-drift")
    evidence = {name: (finding.severity.value, finding.evidence) for name, finding in found.items()}
    assert evidence.pop("log_lock_waits", None) in (("watch", "file on, runs off"), None), "on by default from 19 on"
    assert evidence == {
        "log_min_duration_statement": ("watch", "its line is gone"),
        "work_mem": ("watch", "file 12MB, runs 6144"),
        "maintenance_work_mem": ("watch", "the command line overrules it"),
        "deadlock_timeout": ("watch", "file 3s, runs 1000"),
    }
    assert found["work_mem"].fix == "SELECT pg_reload_conf();"
    await connection.execute(found["work_mem"].fix)
    closed = await _once(connection, "cfg-drift", lambda found: "work_mem" not in found)
    assert closed["deadlock_timeout"].evidence == "ALTER SYSTEM overrules a file"
    assert set(closed) == {"deadlock_timeout", "maintenance_work_mem"}


async def test_a_role_that_may_not_read_the_files_is_told_the_grant_and_sees_with_it(
    connect: Connect, server: Cluster
) -> None:
    connection = await connect(server.uri())
    await connection.execute('CREATE ROLE "Plain ""one"; GRANT pg_monitor TO "Plain ""one"; SET ROLE "Plain ""one"')
    remedies = []
    for name in FILE_RULES:
        result = await _result(connection, name)
        assert not result.passed
        assert result.missing is not None
        assert result.missing.kind == "privilege"
        assert result.missing.remedy is not None
        remedies.append(result.missing.remedy)
    await connection.execute("\n".join(("RESET ROLE;", *remedies, 'SET ROLE "Plain ""one"')))
    for name in FILE_RULES:
        assert (await _result(connection, name)).missing is None, name
    assert len(await _found(connection, "sec-hba-trust")) == 4


async def test_hashes_are_not_taken_for_sound_by_a_role_that_cannot_see_them(connect: Connect, server: Cluster) -> None:
    connection = await connect(server.uri())
    await connection.execute("CREATE ROLE plain; SET ROLE plain")
    result = await _result(connection, "sec-md5-stored-password")
    assert result.missing is not None
    assert result.missing.kind == "privilege"
    assert (await _result(connection, "sec-plaintext-sessions")).missing is not None


async def test_a_session_over_the_network_without_tls_is_found(connect: Connect, server: Cluster) -> None:
    server.restart({"listen_addresses": "127.0.0.1"})
    connection = await connect(server.uri())
    await connection.execute("""CREATE ROLE "Over ""tcp" LOGIN""")
    for _ in range(2):
        await connect("postgresql://", host="127.0.0.1", port=server.port, user='Over "tcp', database="postgres")
    assert not await _found(connection, "sec-plaintext-sessions"), "the loopback is no network"
    found = await _found(connection, "sec-plaintext-sessions", loopback=1)
    assert {name: finding.evidence for name, finding in found.items()} == {'"Over ""tcp"': "2 sessions in plain text"}
    assert "127.0.0.1" in found['"Over ""tcp"'].detail


async def test_lines_for_any_client_are_plain_text_where_tls_is_on(connect: Connect, server: Cluster) -> None:
    openssl = shutil.which("openssl") or absent("openssl")
    with psycopg.connect(server.uri()) as asked:
        if asked.execute("SELECT current_setting('ssl_library')").fetchone() == ("",):
            absent("a server with TLS")
    key, certificate = server.data / "server.key", server.data / "server.crt"
    subprocess.run(
        [openssl, "req", "-new", "-x509", "-nodes", "-subj", "/CN=lab", "-keyout", key, "-out", certificate],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    for file in (key, certificate):
        shutil.chown(file, (server.data / "PG_VERSION").owner())
    key.chmod(0o600)
    _append(
        server,
        "pg_hba.conf",
        "host lab all 198.51.100.0/24 scram-sha-256\nhostssl lab all 198.51.100.0/24 scram-sha-256",
    )
    server.restart({"listen_addresses": "127.0.0.1, 203.0.113.1", "ssl": "on"})
    connection = await connect(server.uri())
    found = await _found(connection, "sec-hba-plaintext")
    assert {(name, finding.severity.value) for name, finding in found.items()} == {
        ("host lab all 198.51.100.0/24 scram-sha-256", "bad")
    }
    assert not await _found(connection, "sec-tls-off")


async def test_lines_behind_a_general_reject_and_lines_nobody_reaches_are_no_alarm(
    connect: Connect, server: Cluster
) -> None:
    _append(
        server,
        "pg_hba.conf",
        "host lab all 0.0.0.0/0 trust\nhost all all 0.0.0.0/0 reject\nhost dead all 0.0.0.0/0 trust",
    )
    connection = await connect(server.uri())
    for name in ("sec-hba-trust", "sec-hba-wide"):
        found = await _found(connection, name)
        assert found["host lab all 0.0.0.0/0 trust"].severity == "info", "no TCP address is listened on"
        assert "host dead all 0.0.0.0/0 trust" not in found


async def test_query_statistics_that_are_not_loaded_or_count_nothing_are_found(
    connect: Connect, server: Cluster
) -> None:
    connection = await connect(server.uri())
    found = await _found(connection, "cfg-pgss-missing")
    assert found["pg_stat_statements"].severity == "info", "nothing is there yet to count"
    await connection.execute("CREATE TABLE lab (a int)")
    await connection.execute("ALTER SYSTEM SET shared_preload_libraries = 'auto_explain'")
    server.restart()
    connection = await connect(server.uri())
    (missing,) = (await _found(connection, "cfg-pgss-missing")).values()
    assert (missing.severity, missing.evidence) == ("watch", "not loaded")
    assert missing.fix == "ALTER SYSTEM SET shared_preload_libraries = 'auto_explain', 'pg_stat_statements';"
    await connection.execute(missing.fix)
    server.restart()
    connection = await connect(server.uri())
    (missing,) = (await _found(connection, "cfg-pgss-missing")).values()
    assert (missing.evidence, missing.fix) == ("not created here", "CREATE EXTENSION pg_stat_statements;")
    await connection.execute("CREATE SCHEMA side; CREATE EXTENSION pg_stat_statements SCHEMA side")
    assert not await _found(connection, "cfg-pgss-missing")
    await connection.execute("SET pg_stat_statements.track = none")
    (missing,) = (await _found(connection, "cfg-pgss-missing")).values()
    assert missing.evidence == "loaded, counts nothing"
    await connection.execute("RESET ALL; CREATE ROLE plain; SET ROLE plain")
    result = await _result(connection, "cfg-pgss-missing")
    assert result.missing is not None
    assert result.missing.remedy is not None
    await connection.execute(f"RESET ROLE; {result.missing.remedy} SET ROLE plain")
    assert not await _found(connection, "cfg-pgss-missing")


async def test_a_planner_method_off_for_one_database_is_found(connect: Connect, server: Cluster) -> None:
    connection = await connect(server.uri())
    await connection.execute("ALTER DATABASE postgres SET enable_hashjoin = off")
    found = await _found(connection, "cfg-planner-disabled")
    name = "enable_hashjoin of DATABASE postgres"
    assert {(name, finding.severity.value) for name, finding in found.items()} == {(name, "watch")}
    # a session of that database does not see what the server has
    again = await _result(await connect(server.uri()), "cfg-planner-disabled")
    assert again.missing is not None
    assert "enable_hashjoin" in again.missing.sentence


async def test_a_limit_of_the_server_holds_for_all_and_is_not_known_where_the_own_role_hides_it(
    connect: Connect, server: Cluster
) -> None:
    connection = await connect(server.uri())
    await connection.execute("CREATE ROLE app LOGIN; ALTER ROLE postgres SET statement_timeout = '5s'")
    hidden = await _result(await connect(server.uri()), "cfg-timeouts-unset")
    assert {finding.object for finding in hidden.findings} == {"idle_in_transaction_session_timeout", "lock_timeout"}
    assert hidden.missing is not None
    assert "statement_timeout" in hidden.missing.sentence
    await connection.execute("ALTER ROLE postgres RESET ALL")
    assert "statement_timeout" in await _found(await connect(server.uri()), "cfg-timeouts-unset")
    await connection.execute("ALTER SYSTEM SET statement_timeout = '1h'")
    server.restart()
    assert "statement_timeout" not in await _found(await connect(server.uri()), "cfg-timeouts-unset")


@pytest.mark.parametrize(
    ("rule_id", "limits", "severity", "evidence"),
    [
        ("sec-version-vulnerable", {"version": 140023}, "bad", "14.23, newest known 14.24"),
        ("sec-version-vulnerable", {"version": 180000}, "bad", "18.0, newest known 18.6"),
        ("sec-version-vulnerable", {"version": 150020}, None, None),
        ("sec-version-vulnerable", {"version": 180099}, None, None),
        ("sec-version-eol", {"version": 140024}, "bad", "14 ended 2026-11-12"),
        ("sec-version-eol", {"version": 180000, "days": 100_000}, "watch", "18 ends 2030-11-14"),
        ("sec-version-eol", {"version": 180000, "days": 0}, None, None),
    ],
)
async def test_a_version_is_judged_by_the_dated_list(
    inside: asyncpg.Connection[Any], rule_id: str, limits: dict[str, float], severity: str | None, evidence: str | None
) -> None:
    await inside.execute("CREATE TABLE lab (a int)")
    if rule_id == "sec-version-vulnerable":
        limits = {**limits, "days": 1_000_000}
    found = await _found(inside, rule_id, **limits)
    expected = {"server": (severity, evidence)} if severity else {}
    assert {name: (finding.severity.value, finding.evidence) for name, finding in found.items()} == expected
    assert all("2026-11-23" in finding.detail for finding in found.values())


@pytest.mark.parametrize(
    ("rule_id", "limits"),
    [
        ("sec-version-vulnerable", {"version": 190001}),
        ("sec-version-vulnerable", {"version": 180006, "days": 1_000_000}),
        ("sec-version-vulnerable", {"version": 150020, "days": -100_000}),
        ("sec-version-eol", {"version": 190001}),
    ],
)
async def test_a_version_the_list_does_not_know_enough_of_is_no_pass(
    inside: asyncpg.Connection[Any], rule_id: str, limits: dict[str, float]
) -> None:
    result = await _result(inside, rule_id, **limits)
    assert result.missing is not None
    assert "2026-11-23" in result.missing.sentence
    assert not result.findings
