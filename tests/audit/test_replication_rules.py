"""Rules about replication on servers that are in the state they look for: slots, standbys, subscribers; and checksums."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from dial import Connect
from judging import PATIENCE, found, judged, reload_with, stranger, until
from servers import SETTINGS, binaries, new_cluster, standby_of

from cryotui.demo.cluster import Cluster


@pytest.fixture(scope="module")
def logical(major: int) -> Iterator[Cluster]:
    """A server that allows logical slots, cuts off what keeps more than one segment, and has no checksums."""
    settings = SETTINGS | {"max_slot_wal_keep_size": "16MB", "wal_retrieve_retry_interval": "1s"}
    without = ("--no-data-checksums",) if major >= 18 else ()
    with Cluster(binaries(major), settings=settings, initdb=without) as server:
        yield server


@pytest.fixture(scope="module")
def primary() -> Iterator[Cluster]:
    """A primary of the newest major, with a table."""
    with new_cluster() as server:
        yield server


async def test_a_slot_that_was_cut_off_is_lost_and_dropping_it_ends_the_finding(
    connect: Connect, logical: Cluster, major: int
) -> None:
    connection = await connect(logical.uri())
    await connection.execute("CREATE TABLE IF NOT EXISTS kept (a int)")
    await connection.execute("SELECT pg_create_physical_replication_slot('lab_cut', true)")
    assert await found(connection, "bak-slot-lost") == []
    assert [one[:2] for one in await found(connection, "bak-slot-retains-wal", watch_share=0)] == [("watch", "lab_cut")]
    for _ in range(4):
        await connection.execute("INSERT INTO kept VALUES (1)")
        await connection.execute("SELECT pg_switch_wal()")
    assert [one[:2] for one in await found(connection, "bak-slot-retains-wal")] == [("bad", "lab_cut")]
    await connection.execute("CHECKPOINT")
    # from 17 on the reason is known
    words = "lost: wal removed" if major >= 17 else "lost: its WAL is gone"
    assert await found(connection, "bak-slot-lost") == [("bad", "lab_cut", words)]
    assert await found(connection, "bak-slot-inactive", watch=0, kept=0) == []
    assert await found(connection, "bak-slot-retains-wal", watch=0) == []
    (lost,) = (await judged(connection, "bak-slot-lost")).findings
    assert lost.fix == "SELECT pg_drop_replication_slot('lab_cut');"
    await connection.execute(lost.fix)
    assert await found(connection, "bak-slot-lost") == []


async def test_an_unread_logical_slot_is_named_with_its_plugin(connect: Connect, logical: Cluster) -> None:
    connection = await connect(logical.uri())
    await connection.execute("SELECT pg_create_logical_replication_slot('lab_logical', 'pgoutput')")
    try:
        (one,) = (await judged(connection, "bak-slot-inactive", watch=0, kept=0)).findings
        assert one.object == "lab_logical" and one.detail.startswith("A pgoutput slot")
    finally:
        await connection.execute("SELECT pg_drop_replication_slot('lab_logical')")


async def test_checksums_are_asked_for_where_there_is_data(connect: Connect, logical: Cluster) -> None:
    connection = await connect(logical.uri())
    await connection.execute("CREATE TABLE IF NOT EXISTS kept (a int)")
    assert await found(connection, "bak-checksums-off") == [("watch", "data_checksums", "off: damage goes unseen")]
    with Cluster(logical.bin_dir, initdb=("--data-checksums",)) as sound:
        assert await found(await connect(sound.uri()), "bak-checksums-off", holds=0) == []


async def test_a_subscription_is_good_while_its_worker_runs_and_broken_when_a_row_stops_it(
    connect: Connect, logical: Cluster, major: int
) -> None:
    publisher = await connect(logical.uri())
    await publisher.execute("CREATE DATABASE lab_subscriber")
    await publisher.execute("CREATE TABLE sent (id int PRIMARY KEY)")
    await publisher.execute("CREATE PUBLICATION lab_sent FOR TABLE sent")
    await publisher.execute("SELECT pg_create_logical_replication_slot('lab_sent', 'pgoutput')")
    connection = await connect(logical.uri("lab_subscriber"))
    await connection.execute("CREATE TABLE sent (id int PRIMARY KEY)")
    by_itself = ", disable_on_error = true" if major >= 15 else ""
    await connection.execute(
        f"CREATE SUBSCRIPTION lab_sent CONNECTION '{logical.conninfo}' PUBLICATION lab_sent "
        f"WITH (create_slot = false, copy_data = false{by_itself})"
    )
    try:

        async def good() -> bool:
            return not await found(connection, "bak-subscription-broken")

        await until(good)
        await connection.execute("INSERT INTO sent VALUES (1)")
        await publisher.execute("INSERT INTO sent VALUES (1)")
        expected = ("bad", "lab_sent", "switched off by an error" if major >= 15 else "no worker runs")

        async def broken() -> bool:
            return expected in await found(connection, "bak-subscription-broken")

        await until(broken)
        assert await found(publisher, "bak-subscription-broken") == []
        nobody = await stranger(connect, logical, publisher, "lab_subscriber")
        assert [one[1] for one in await found(nobody, "bak-subscription-broken")] == ["lab_sent"]
    finally:
        await _unsubscribed(connection, publisher, "lab_sent")


async def test_a_first_copy_that_fails_again_and_again_is_found(connect: Connect, logical: Cluster, major: int) -> None:
    if major < 15:
        return  # nobody counts its errors there
    publisher = await connect(logical.uri())
    await publisher.execute("CREATE DATABASE lab_copier")
    await publisher.execute("CREATE TABLE copied (id int PRIMARY KEY); INSERT INTO copied VALUES (1)")
    await publisher.execute("CREATE PUBLICATION lab_copied FOR TABLE copied")
    await publisher.execute("SELECT pg_create_logical_replication_slot('lab_copied', 'pgoutput')")
    connection = await connect(logical.uri("lab_copier"))
    await connection.execute("CREATE TABLE copied (id int PRIMARY KEY); INSERT INTO copied VALUES (1)")
    await connection.execute(
        f"CREATE SUBSCRIPTION lab_copied CONNECTION '{logical.conninfo}' PUBLICATION lab_copied WITH (create_slot = false)"
    )
    try:

        async def fails() -> bool:
            expected = ("watch", "lab_copied", "a first copy fails")
            return expected in await found(connection, "bak-subscription-broken")

        await until(fails)
    finally:
        await _unsubscribed(connection, publisher, "lab_copied")


async def test_a_standby_that_does_not_replay_is_behind_on_both_sides(connect: Connect, primary: Cluster) -> None:
    connection = await connect(primary.uri())
    await connection.execute("CREATE TABLE IF NOT EXISTS kept (a int)")
    with standby_of(primary, "lab_standby") as server:
        standby = await connect(server.uri())

        async def streams() -> object:
            return await connection.fetchval("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'")

        await until(streams)
        # a standby is some copy, and no archive
        assert await found(connection, "bak-none-evident") == []
        assert await found(connection, "bak-archiving-off") == [("watch", "archive_mode", "off; 1 standby streams")]
        assert await found(connection, "bak-standby-missing", standbys=1) == []
        assert await found(connection, "bak-replication-lag") == []
        await standby.execute("SELECT pg_wal_replay_pause()")
        await connection.execute("INSERT INTO kept SELECT generate_series(1, 1000)")
        await until(lambda: found(connection, "bak-replication-lag", watch_bytes=1))
        assert [one[:2] for one in await found(connection, "bak-replication-lag", watch_bytes=1)] == [
            ("watch", "lab_standby")
        ]
        assert [one[0] for one in await found(connection, "bak-replication-lag", watch_bytes=1, bad_bytes=1)] == ["bad"]
        await until(lambda: found(standby, "bak-replication-lag", watch_bytes=1))
        (behind,) = (await judged(standby, "bak-replication-lag", watch_bytes=1)).findings
        assert behind.object == "this standby" and "Replay is paused" in behind.detail
        for only_primary in ("bak-archiving-off", "bak-none-evident", "bak-standby-missing"):
            missing = (await judged(standby, only_primary)).missing
            assert missing is not None and missing.kind == "standby"
        nobody = await stranger(connect, primary, connection)
        hidden = (await judged(nobody, "bak-replication-lag")).missing
        assert hidden is not None and hidden.kind == "privilege"
        await standby.execute("SELECT pg_wal_replay_resume()")

        # a standby that lost its primary
        await reload_with(standby, "primary_conninfo", "host=/nowhere")

        async def cut() -> object:
            return ("bad", "receiver of this standby", "receives no WAL") in await found(standby, "bak-replication-lag")

        await until(cut)
    await connection.execute("SELECT pg_drop_replication_slot('lab_standby')")


async def test_commits_that_wait_for_a_standby_that_is_not_there_are_found_and_the_fix_frees_them(
    connect: Connect, primary: Cluster
) -> None:
    connection = await connect(primary.uri())
    await reload_with(connection, "synchronous_standby_names", "ANY 2 (lab_one, lab_two)")
    (one,) = (await judged(connection, "bak-standby-missing")).findings
    assert (one.severity.value, one.object, one.evidence) == ("bad", "synchronous_standby_names", "0 of 2 stream")
    waiting = asyncio.create_task((await connect(primary.uri())).execute("CREATE TABLE lab_waits (a int)"))

    async def waits() -> object:
        return await connection.fetchval("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")

    await until(waits)
    assert one.fix is not None
    for statement in one.fix.split("\n"):
        await connection.execute(statement)
    await asyncio.wait_for(waiting, PATIENCE)
    assert await found(connection, "bak-standby-missing") == []


async def test_a_program_that_receives_wal_to_keep_it_is_an_archive(
    connect: Connect, primary: Cluster, tmp_path: Path
) -> None:
    connection = await connect(primary.uri())
    await connection.execute("CREATE TABLE IF NOT EXISTS kept (a int)")
    assert [one[0] for one in await found(connection, "bak-archiving-off")] == ["watch"]
    command = [str(primary.bin_dir / "pg_receivewal"), "-d", primary.conninfo, "-D", str(tmp_path), "--no-loop"]
    receiver = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:

        async def kept() -> bool:
            return not await found(connection, "bak-archiving-off")

        await until(kept)  # before it receives, the other rule cannot check
        assert await found(connection, "bak-none-evident") == []
        assert await found(connection, "bak-replication-lag", watch=0, watch_bytes=0) == []
    finally:
        receiver.terminate()
        receiver.wait(PATIENCE)


async def _unsubscribed(connection: asyncpg.Connection[Any], publisher: asyncpg.Connection[Any], name: str) -> None:
    await connection.execute(f"ALTER SUBSCRIPTION {name} DISABLE")
    await connection.execute(f"ALTER SUBSCRIPTION {name} SET (slot_name = NONE)")
    await connection.execute(f"DROP SUBSCRIPTION {name}")

    async def unread() -> bool:
        return not await publisher.fetchval("SELECT bool_or(active) FROM pg_replication_slots")

    await until(unread)
    await publisher.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots")
