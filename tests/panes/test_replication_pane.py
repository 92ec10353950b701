"""Replication on a real primary with a standby, slots that nobody reads, a subscription: and true nones."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import psycopg
import pytest
from live_pane import LivePane, as_user, live
from servers import new_cluster, standby_of

from cryotui.demo.cluster import Cluster
from cryotui.model.slot import left, mean_wal_rate
from cryotui.model.text import cells
from cryotui.panes.slots import slot_mark


@dataclass
class Pair:
    primary: Cluster
    standby: Cluster

    def sql(self, *statements: str, database: str = "postgres") -> None:
        with psycopg.connect(self.primary.uri(database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def on_standby(self, statement: str) -> Any:
        with psycopg.connect(self.standby.uri(), autocommit=True) as connection:
            return connection.execute(statement).fetchone()


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    settings = {
        "max_slot_wal_keep_size": "64MB",
        "max_wal_size": "64MB",
        "wal_keep_size": "0",
        "hot_standby_feedback": "on",
    }
    with new_cluster(settings=settings) as primary, standby_of(primary, "standby_db2") as standby:
        standby.restart({"cluster_name": "standby_db2"})
        yield Pair(primary, standby)


async def until(pane: LivePane, what: Callable[[], object], seconds: float = 30.0) -> Any:
    deadline = time.monotonic() + seconds
    while True:
        await pane.turn()
        found = what()
        if found:
            return found
        assert time.monotonic() < deadline, pane.text()
        await asyncio.sleep(0.1)


def assert_fits(pane: LivePane) -> None:
    for width in (60, 80, 120, 200):
        for line in pane.lines(width=width):
            assert cells(line) <= width, line


async def test_a_streaming_standby_is_listed_with_its_lag_and_its_slot(pair: Pair) -> None:
    async with live(pair.primary.uri(), "replication") as pane:
        await until(pane, lambda: any(row["state"] == "streaming" for row in pane.moment().rows("replication")))
        pair.sql(
            "CREATE TABLE IF NOT EXISTS seen AS SELECT generate_series(1, 1000) AS i",
            "INSERT INTO seen SELECT * FROM seen",
        )
        row = await until(
            pane, lambda: next((row for row in pane.moment().rows("replication") if row["behind"] == 0), None)
        )
        assert row["app"] == "standby_db2" and row["client"] == "local" and row["sync"] == "async"
        assert row["slot"] == "standby_db2" and row["lag"] is not None and row["backend_start"] is not None
        slot = next(row for row in pane.moment().rows("slots") if row["slot"] == "standby_db2")
        assert slot["active"] and slot["kind"] == "physical" and slot["keep_limit"] == 64 * 2**20
        assert slot["active_pid"] == row["pid"]
        text = pane.text()
        assert "sent from here, timeline 1" in text and "kept WAL of max_slot_wal_keep_size 64M" in text
        assert "standby_db2 replay" in pane.pane.line(row, pane.moment())
        assert "none on this database" in text and "this is a real none" in text
        assert_fits(pane)


async def test_a_slot_nobody_reads_is_marked_and_its_end_is_reckoned(pair: Pair) -> None:
    pair.sql("SELECT pg_create_logical_replication_slot('old_reporting', 'test_decoding')")
    try:
        async with live(pair.primary.uri(), "replication") as pane:
            await pane.turn()
            fill = "CREATE TABLE IF NOT EXISTS filled (body text)"
            more = "INSERT INTO filled SELECT repeat('x', 1000) FROM generate_series(1, 20000)"
            pair.sql(fill, more, more)
            await until(pane, lambda: mean_wal_rate(pane.moment()))
            slot = next(row for row in pane.moment().rows("slots") if row["slot"] == "old_reporting")
            assert not slot["active"] and slot["kind"] == "test_decoding" and slot["database"] == "postgres"
            assert slot["retained"] > 32 * 2**20 and slot["safe"] is not None
            assert slot["inactive_age"] is not None and slot["catalog_xmin_age"] is not None
            assert "is cut off in" not in pane.text() and left(slot, pane.moment()) is None  # perhaps it is only polled
            sample = pane.moments.samples["slots"]
            pane.moments.samples["slots"] = replace(sample, rows=[{**slot, "inactive_age": 61.0}], _indexes={})
            assert "old_reporting is cut off in" in pane.text()
            assert pane.pane.worst(pane.moment()) in ("watch", "bad")
            assert "nobody reads it" in pane.pane.line(slot, pane.moment())
            pair.sql(more, more, more, more, "CHECKPOINT")
            lost = await until(
                pane,
                lambda: [row for row in pane.moment().rows("slots") if row["wal_status"] in ("lost", "unreserved")],
            )
            assert lost[0]["slot"] == "old_reporting" and lost[0]["invalidation"] in (None, "wal_removed")
            assert pane.pane.worst(pane.moment()) == "bad"
            assert_fits(pane)
    finally:
        pair.sql("SELECT pg_drop_replication_slot('old_reporting')")


async def test_the_time_until_a_slot_is_cut_off_is_marked_and_rests_on_the_mean_pace(pair: Pair) -> None:
    pair.sql("SELECT pg_create_physical_replication_slot('left_behind', true)")
    try:
        async with live(pair.primary.uri(), "replication") as pane:
            moment = await pane.turn()
            known = next(row for row in moment.rows("slots") if row["slot"] == "left_behind")
            slot = {**known, "retained": 20 * 2**20, "keep_limit": 2**40, "safe": 600 * 2**20, "inactive_age": 61.0}
            for pace, mark in ((0.5, None), (1, "watch"), (2, "bad")):
                uneven = [pace * 2.0**20 * part for part in (0.1, 1.9, None, 1.5, 0.5) if part] + [None]
                paced = replace(moment, history={"wal": uneven})
                assert left(slot, paced) == pytest.approx(600 / pace) and slot_mark(slot, paced) == mark
                assert slot_mark({**slot, "active": True}, paced) is None
                assert slot_mark({**slot, "inactive_age": 5.0}, paced) is None
            older = {**slot, "inactive_age": None}  # before 17
            assert slot_mark(older, paced) == "bad"
            read = replace(moment.samples["slots"], rows=[{**older, "active": True}], _indexes={})
            assert slot_mark(older, replace(paced, extra={"recent": {"slots": [read]}})) is None
    finally:
        pair.sql("SELECT pg_drop_replication_slot('left_behind')")


async def test_a_standby_shows_what_it_receives_and_when_replay_is_paused(pair: Pair) -> None:
    async with live(pair.standby.uri(), "replication") as pane:
        await until(pane, lambda: (pane.moment().one("receiver") or {"state": None})["state"] == "streaming")
        assert pane.session.server.standby
        text = pane.text()
        assert "RECEIVED" in text and "streaming, slot standby_db2" in text and "standby: none" in text
        assert "nobody receives WAL from here" in text
        assert all(pane.moment().missing(name) is None for name in pane.pane.probes)
        pair.on_standby("SELECT pg_wal_replay_pause()")
        try:
            pair.sql("CREATE TABLE IF NOT EXISTS later (i int)", "INSERT INTO later SELECT generate_series(1, 5000)")
            await until(pane, lambda: "received and not replayed" in pane.text(width=120))
            row = pane.moment().one("receiver")
            assert row is not None and row["not_replayed"] > 0 and row["lag"] != 0
            assert "pg_wal_replay_resume" in pane.text()
            assert pane.pane.worst(pane.moment()) in ("watch", "bad")
            assert_fits(pane)
        finally:
            pair.on_standby("SELECT pg_wal_replay_resume()")
        await until(pane, lambda: (pane.moment().one("receiver") or {"not_replayed": 1})["not_replayed"] == 0)


async def test_progress_and_statements_work_on_a_standby(pair: Pair) -> None:
    pair.sql("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    async with live(pair.standby.uri(), "progress") as pane:
        await pane.turn()
        assert "Nothing runs that reports progress" in pane.text() and "autovacuum runs on the primary" in pane.text()
        assert_fits(pane)
    deadline = time.monotonic() + 60
    while not pair.on_standby("SELECT count(*) FROM pg_extension WHERE extname = 'pg_stat_statements'")[0]:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)
    pair.on_standby("SELECT pg_stat_statements_reset()")  # so that the marker is not below what other tests did
    async with live(pair.standby.uri(), "statements") as pane:
        await pane.turn(times=2)
        pair.on_standby("SELECT 1 AS marker_standby")
        await pane.turn()
        assert "marker_standby" in pane.text(width=200)


async def test_a_slot_on_a_standby_is_read_without_an_error(pair: Pair) -> None:
    pair.on_standby("SELECT pg_create_physical_replication_slot('cascade', true)")
    try:
        async with live(pair.standby.uri(), "replication") as pane:
            await pane.turn()
            rows = pane.moment().rows("slots")
            assert [row["slot"] for row in rows] == ["cascade"] and rows[0]["retained"] is not None
    finally:
        pair.on_standby("SELECT pg_drop_replication_slot('cascade')")


async def test_a_plain_role_sees_that_a_standby_is_there_and_what_is_hidden(pair: Pair) -> None:
    pair.sql("DROP ROLE IF EXISTS plain_nine", "CREATE ROLE plain_nine LOGIN")
    async with live(as_user(pair.primary.uri(), "plain_nine"), "replication") as pane:
        await pane.turn(times=2)
        row = pane.moment().rows("replication")[0]
        assert row["masked"] and row["pid"] and all(row[name] is None for name in ("state", "behind", "lag", "client"))
        text = pane.text()
        assert "State and lag of 1 are hidden: plain_nine lacks pg_read_all_stats." in text
        assert "? pg_wal" in text and "no pg_monitor" in text
        assert_fits(pane)
    async with live(as_user(pair.standby.uri(), "plain_nine"), "replication") as pane:
        await until(pane, lambda: "a sender that is hidden" in pane.text())


async def test_the_line_about_the_row_under_the_cursor_fits_its_section(pair: Pair) -> None:
    async with live(pair.standby.uri(), "replication") as pane:
        row = await until(pane, lambda: pane.moment().one("receiver"))
        assert pane.pane.line(row, pane.moment()).startswith("from ")
    async with live(pair.primary.uri(), "replication") as pane:
        slot = await until(pane, lambda: next(iter(pane.moment().rows("slots")), None))
        assert "standby_db2" in pane.pane.line(slot, pane.moment())


async def test_a_subscription_shows_its_worker_its_lag_and_its_errors(pair: Pair) -> None:
    pair.sql("CREATE DATABASE publisher", "CREATE DATABASE subscriber")
    pair.sql("CREATE TABLE t (i int PRIMARY KEY)", "CREATE PUBLICATION p FOR TABLE t",
             "SELECT pg_create_logical_replication_slot('s_slot', 'pgoutput')", database="publisher")  # fmt: skip
    socket = pair.primary.socket_directory
    to = f"host={socket} port={pair.primary.port} user=postgres dbname=publisher"
    pair.sql("CREATE TABLE t (i int PRIMARY KEY)", "INSERT INTO t VALUES (1)",
             f"CREATE SUBSCRIPTION lab CONNECTION '{to}' PUBLICATION p"
             " WITH (create_slot = false, slot_name = 's_slot', copy_data = false)",
             database="subscriber")  # fmt: skip
    try:
        async with live(pair.primary.uri("subscriber"), "replication") as pane:
            row = await until(
                pane, lambda: next((row for row in pane.moment().rows("subscriptions") if row["kind"] == "apply"), None)
            )
            assert row["subscription"] == "lab" and row["subscription_enabled"] and row["tables_syncing"] == 0
            pair.sql("INSERT INTO t VALUES (1)", database="publisher")  # breaks on the row that is there already
            await until(pane, lambda: any(row["apply_errors"] for row in pane.moment().rows("subscriptions")))
            assert "SUBSCRIPTIONS" in pane.text() and "lab" in pane.text()
            assert_fits(pane)
        async with live(pair.primary.uri("publisher"), "replication") as pane:
            await pane.turn()
            assert "none on this database" in pane.text()
    finally:
        pair.sql("ALTER SUBSCRIPTION lab DISABLE", "ALTER SUBSCRIPTION lab SET (slot_name = NONE)", "DROP SUBSCRIPTION lab",
                 database="subscriber")  # fmt: skip
        drop = "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = 's_slot'"
        deadline = time.monotonic() + 60
        while True:
            try:
                pair.sql(drop)
                break
            except psycopg.errors.ObjectInUse:  # its sender has not noticed yet
                assert time.monotonic() < deadline
                await asyncio.sleep(0.1)
        pair.sql("DROP DATABASE subscriber WITH (FORCE)", "DROP DATABASE publisher WITH (FORCE)")


async def test_a_server_without_anybody_says_true_nones_on_every_major(database_all: str) -> None:
    async with live(database_all, "replication") as pane:
        before = pane.text()
        assert "No answer yet" in before
        await pane.turn(times=2)
        for name in ("replication", "slots", "subscriptions", "wal_directory"):
            assert pane.moment().missing(name) is None, name
        text = pane.text()
        assert "none: pg_stat_replication is readable" in text or pane.moment().rows("replication")
        assert "none: pg_replication_slots is readable" in text or pane.moment().rows("slots")
        assert "none on this database. pg_subscription is readable" in text
        assert "max_wal_size" in text
        assert_fits(pane)


async def test_slots_are_read_on_every_major(pg_all: Cluster, database_all: str) -> None:
    with psycopg.connect(database_all, autocommit=True) as connection:
        connection.execute("SELECT pg_create_physical_replication_slot('phys_probe', true)")
        connection.execute("SELECT pg_create_logical_replication_slot('logi_probe', 'pgoutput')")
        try:
            async with live(database_all, "replication") as pane:
                await pane.turn()
                rows = {row["slot"]: row for row in pane.moment().rows("slots")}
                assert rows["phys_probe"]["kind"] == "physical" and rows["logi_probe"]["kind"] == "pgoutput"
                assert rows["logi_probe"]["unconfirmed"] is not None and rows["phys_probe"]["retained"] is not None
                assert rows["logi_probe"]["wal_status"] == "reserved" and rows["logi_probe"]["safe"] is None
                known = pane.session.server.major >= 17
                assert (rows["phys_probe"]["inactive_since"] is not None) == known
                assert "sets no limit" in pane.text()
                assert_fits(pane)
        finally:
            connection.execute(
                "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name ~ '_probe'"
            )
