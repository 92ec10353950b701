"""The archiver's answer on a server whose archive command fails, then works."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from lock_scenes import wait_until
from servers import new_cluster

from cryotui.demo.cluster import Cluster
from cryotui.model.sample import Row
from cryotui.pg.conninfo import resolve
from cryotui.pg.session import Session
from cryotui.probes import probe


@pytest.fixture(scope="module")
def archiving() -> Iterator[Cluster]:
    with new_cluster(settings={"archive_mode": "on", "archive_command": "/bin/false"}) as cluster:
        yield cluster


async def archiver(cluster: Cluster) -> Row:
    session = await Session.open(resolve(cluster.uri(), environ={}), 1)
    try:
        row = (await session.sample(probe("archiver"))).one
    finally:
        await session.close()
    assert row is not None
    return row


def switch(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    connection.execute("CREATE TABLE IF NOT EXISTS written (n int)")
    connection.execute("INSERT INTO written VALUES (1)")
    connection.execute("SELECT pg_switch_wal()")


async def test_a_failing_command_is_failing_with_its_segment_and_a_working_one_catches_up(archiving: Cluster) -> None:
    with psycopg.connect(archiving.uri(), autocommit=True) as connection:
        switch(connection)
        wait_until(lambda: _count(connection, "failed_count") > 0, "the archiver fails")
        row = await archiver(archiving)
        assert row["archives"] and row["failing"] and row["last_archived_age"] is None
        assert len(row["last_failed_wal"]) == 24 and row["last_failed_age"] >= 0
        assert row["waiting_segments"] is None  # nothing was ever archived: there is nothing to reckon from

        connection.execute("ALTER SYSTEM SET archive_command = '/bin/true'")
        connection.execute("SELECT pg_reload_conf()")
        switch(connection)
        wait_until(lambda: _caught_up(connection), "all is archived")
        row = await archiver(archiving)
        assert not row["failing"] and row["waiting_segments"] == 0 and row["archived"] >= 1

        connection.execute("ALTER SYSTEM SET archive_command = '/bin/false'")
        connection.execute("SELECT pg_reload_conf()")
        for _ in range(3):
            switch(connection)
        row = await archiver(archiving)
        ready = connection.execute(
            "SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'"
        ).fetchone()
        assert ready is not None and row["waiting_segments"] == ready[0] == 3


def _count(connection: psycopg.Connection[tuple[object, ...]], column: str) -> int:
    found = connection.execute(f"SELECT {column} FROM pg_stat_archiver").fetchone()  # type: ignore[arg-type]
    assert found is not None
    return int(str(found[0]))


def _caught_up(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    ready = connection.execute("SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'").fetchone()
    return ready == (0,) and _count(connection, "archived_count") > 0
