"""Settings that come from the command line, a database or a role: no fix is offered that could not change them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from dial import Connect
from servers import MAJORS, new_cluster

from cryotui.audit import audit, rule, rules
from cryotui.demo.cluster import Cluster

SETTERS = [found for found in rules() if "ALTER SYSTEM SET" in f"{found.fix} {found.sql(14)} {found.sql(18)}"]

ON_THE_COMMAND_LINE = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "archive_mode": "on",
    "archive_command": "cp %p archived_%f && sync archived_%f",
    "archive_timeout": "0",
    "zero_damaged_pages": "on",
    "max_slot_wal_keep_size": "-1",
    "synchronous_standby_names": "nobody",
    "synchronous_commit": "local",
    "enable_hashjoin": "off",
    "random_page_cost": "4",
    "work_mem": "4MB",
    "track_activities": "off",
    "max_wal_size": "64MB",
    "password_encryption": "md5",
    "shared_preload_libraries": "",
    "listen_addresses": "",
}


@pytest.fixture(params=(MAJORS[0], MAJORS[-1]))
def server(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """A server of its own, of the oldest and of the newest major."""
    with new_cluster(request.param) as server:
        yield server


def test_every_rule_that_offers_alter_system_asks_where_the_value_comes_from() -> None:
    assert len(SETTERS) >= 15
    assert [found.id for found in SETTERS if "origin AS (" not in str(found.sql(18))] == []


async def test_what_the_command_line_says_gets_words_instead_of_sql_that_cannot_work(
    connect: Connect, server: Cluster
) -> None:
    server.restart(ON_THE_COMMAND_LINE)
    connection = await connect(server.uri())
    await connection.execute("CREATE TABLE kept (a int); SELECT pg_create_physical_replication_slot('unread')")
    run = await audit(connection, SETTERS, limits={"perf-checkpoints-requested.checkpoints": 0})
    found = {one.object: one for one in run.findings}
    expected = set(ON_THE_COMMAND_LINE) - {
        "archive_mode", "archive_command", "synchronous_commit", "shared_preload_libraries", "listen_addresses",
        "max_wal_size",
    }  # fmt: skip
    assert expected | {"pg_stat_statements"} <= set(found)
    for name in expected | {"pg_stat_statements"}:
        one = found[name]
        assert one.fix is None and one.undo is None, one
        assert "command line" in one.detail, one


async def test_what_a_file_says_gets_the_sql(connect: Connect, server: Cluster) -> None:
    connection = await connect(server.uri())
    for name in ("autovacuum", "enable_hashjoin"):
        await connection.execute(f"ALTER SYSTEM SET {name} = off")
    server.restart()
    run = await audit(await connect(server.uri()), [rule("cfg-autovacuum-off"), rule("cfg-planner-disabled")])
    fixes = {one.object: (one.fix, "command line" in one.detail) for one in run.findings}
    assert fixes == {
        "autovacuum": ("ALTER SYSTEM SET autovacuum = on;\nSELECT pg_reload_conf();", False),
        "enable_hashjoin": ("ALTER SYSTEM SET enable_hashjoin = on;\nSELECT pg_reload_conf();", False),
    }


async def test_a_value_of_the_role_or_database_says_nothing_of_the_server(connect: Connect, server: Cluster) -> None:
    connection = await connect(server.uri())
    for scope in ("ROLE postgres", "DATABASE postgres", "ROLE postgres IN DATABASE postgres"):
        await connection.execute(f"ALTER {scope} SET work_mem = '64MB'; ALTER {scope} SET random_page_cost = 4")
        run = await audit(await connect(server.uri()), [rule("cfg-work-mem-default"), rule("cfg-random-page-cost")])
        assert run.findings == ()
        for result, name in zip(run.results, ("work_mem", "random_page_cost"), strict=True):
            assert result.missing is not None and result.missing.kind == "setting"
            assert f"ALTER {scope} RESET {name}" in result.missing.sentence
        await connection.execute(f"ALTER {scope} RESET ALL")
