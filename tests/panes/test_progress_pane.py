"""Progress on real servers: what runs is seen with its phase and amount, ours is marked, waiting is told."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from live_pane import LivePane, as_user, live
from lock_scenes import scene

from cryotui.demo.cluster import Cluster
from cryotui.model.sample import Sample
from cryotui.model.text import cells
from cryotui.panes.blockers import wait_of
from cryotui.panes.pace import pace
from cryotui.panes.progress import FIELDS
from cryotui.panes.progress_words import second_line, what
from cryotui.probes import probe

SLOW = "-c vacuum_cost_delay=50ms -c vacuum_cost_limit=20"


@dataclass
class Background:
    """A statement that runs in its own session until it ends or is cancelled."""

    connection: psycopg.Connection[Any]
    thread: threading.Thread

    @property
    def pid(self) -> int:
        return self.connection.info.backend_pid

    def cancel(self) -> None:
        while self.thread.is_alive():
            with contextlib.suppress(psycopg.Error):
                self.connection.cancel()
            self.thread.join(0.05)
        self.connection.close()


@contextlib.contextmanager
def background(uri: str, sql: str, options: str = "", app: str = "nightly") -> Iterator[Background]:
    connection = psycopg.connect(uri, autocommit=True, options=options, application_name=app)

    def run() -> None:
        with contextlib.suppress(psycopg.Error):
            connection.execute(sql)

    thread = threading.Thread(target=run)
    thread.start()
    work = Background(connection, thread)
    try:
        yield work
    finally:
        work.cancel()


@pytest.fixture
def big(database_all: str) -> str:
    """A database with the table ``big`` of some 20 MB, a third of it dead, not analysed, with an index."""
    with psycopg.connect(database_all, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE big (id int, body text) WITH (autovacuum_enabled = off);"
            "INSERT INTO big SELECT g, repeat(md5(g::text), 12) FROM generate_series(1, 50000) g;"
            "CREATE INDEX big_id ON big (id); DELETE FROM big WHERE id % 3 = 0"
        )
    return database_all


async def until_row(pane: LivePane, what_is_wanted: Any, seconds: float = 60.0) -> Any:
    deadline = time.monotonic() + seconds
    while True:
        moment = await pane.turn()
        for row in moment.rows("progress"):
            if row["database"] == pane.session.server.database and what_is_wanted(row):
                return row
        assert time.monotonic() < deadline, [dict(row) for row in moment.rows("progress")]
        await asyncio.sleep(0.05)


async def test_a_vacuum_is_seen_with_phase_amount_pace_and_time_left(big: str) -> None:
    async with live(big, "progress") as pane:
        with background(big, "VACUUM big", SLOW) as work:
            row = await until_row(pane, lambda row: row["phase"] == "scanning heap" and row["done"])
            assert (row["pid"], row["command"], row["schema"], row["table"]) == (work.pid, "VACUUM", "public", "big")
            assert row["unit"] == "bytes" and 0 < row["done"] <= row["total"]
            assert (row["step"], row["steps"], row["app"], row["masked"]) == (2, 7, "nightly", False)
            assert row["backend_start"] is not None and row["query"] == "VACUUM big"
            done = row["done"]
            row = await until_row(pane, lambda row: row["phase"] == "scanning heap" and row["done"] > done)
            found = pace(row, pane.moment())
            assert found.per_second and found.per_second > 0 and found.left is not None and found.left > 0
            for width in (60, 80, 200):
                board = pane.board(width=width)
                assert all(cells("".join(text for text, _ in spans)) <= width for spans, _ in board.draw())
            assert "scanning heap, step 2 of 7" in pane.text()
            assert "nightly" in pane.pane.line(board.row, pane.moment())
            assert any("VACUUM big" in "".join(part for part, _ in line)
                       for block in pane.pane.detail(board.row, pane.moment(), 80)
                       for line in getattr(block, "lines", ()))  # fmt: skip


async def test_a_concurrent_index_build_says_whom_it_waits_for(big: str) -> None:
    with psycopg.connect(big, application_name="old reader") as old:
        old.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        old.execute("SELECT count(*) FROM big")
        async with live(big, "progress") as pane:
            with background(big, "CREATE INDEX CONCURRENTLY big_body ON big (id, length(body))"):
                row = await until_row(pane, lambda row: row["waits_for"] == old.info.backend_pid)
                assert row["phase"] == "waiting for old snapshots" and (row["step"], row["steps"]) == (8, 8)
                assert row["command"] == "CREATE INDEX CONCURRENTLY" and row["waits_for_app"] == "old reader"
                assert row["index"] == "big_body" and row["unit"] == "sessions"
                assert row["will_wait_for"] == old.info.backend_pid
                assert f"waits for {old.info.backend_pid} old reader" in pane.text(width=200)
                assert pane.pane.worst(pane.moment()) == "watch"
                assert pace(row, pane.moment()).left is None


async def test_a_copy_is_measured_against_the_row_estimate(big: str) -> None:
    with psycopg.connect(big, autocommit=True) as connection:
        connection.execute("ANALYZE big")
    with psycopg.connect(big, autocommit=True, application_name="pg_dump") as dumping:
        async with live(big, "progress") as pane:
            with dumping.cursor().copy("COPY big TO STDOUT") as copy:
                iterator = iter(copy)
                for _ in range(2000):
                    next(iterator)
                row = await until_row(pane, lambda row: row["command"] == "COPY TO" and row["done"])
                assert row["unit"] == "rows" and row["estimated"] and 30000 < row["total"] < 37000
                assert row["bytes_done"] > 0
                text = pane.text(width=200)
                assert "part of a pg_dump" in text and "of about" in text and "≈" in text
                for _ in iterator:
                    pass


async def test_an_analyze_and_a_rewrite_are_seen(big: str) -> None:
    async with live(big, "progress") as pane:
        with background(big, "ANALYZE big", SLOW):
            row = await until_row(pane, lambda row: row["phase"] == "acquiring sample rows" and row["done"])
            assert row["command"] == "ANALYZE" and row["unit"] == "bytes" and row["total"] >= row["done"]
        sample = await pane.session.sample(probe("progress"))
        assert sample.missing is None


async def test_a_base_backup_is_seen_for_the_whole_cluster(pg: Cluster, database: str) -> None:
    program = pg.bin_dir / "pg_basebackup"
    with tempfile.TemporaryDirectory(prefix="cryotui-test-") as directory:
        command = [program, "-d", pg.conninfo, "-D", f"{directory}/copy", "-r", "1M", "-c", "fast", "-X", "none"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            async with live(database, "progress") as pane:
                deadline = time.monotonic() + 60
                while True:
                    moment = await pane.turn()
                    rows = [row for row in moment.rows("progress") if row["command"] == "BASE_BACKUP" and row["done"]]
                    if rows:
                        break
                    assert time.monotonic() < deadline
                    await asyncio.sleep(0.05)
                assert rows[0]["unit"] == "bytes" and what(rows[0]) == "base backup"
                assert "the whole cluster" in pane.text()
        finally:
            process.terminate()
            process.wait()


async def test_a_plain_role_is_told_that_what_runs_is_hidden(big: str) -> None:
    with psycopg.connect(big, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS plain_watcher; CREATE ROLE plain_watcher LOGIN")
    async with live(big, "progress") as pane, live(as_user(big, "plain_watcher"), "progress") as plain:
        with background(big, "VACUUM big", SLOW) as work:
            await until_row(pane, lambda row: row["phase"] == "scanning heap")
            moment = await plain.turn()
            row = next(row for row in moment.rows("progress") if row["pid"] == work.pid)
            assert row["masked"] and row["phase"] is None and row["done"] is None
            text = plain.text()
            assert "hidden" in text and "plain_watcher lacks pg_read_all_stats" in text


async def test_ours_is_marked_also_while_the_server_tells_nothing_of_it(big: str) -> None:
    async with live(big, "progress") as pane:
        with background(big, "VACUUM big", SLOW) as work:
            row = await until_row(pane, lambda row: row["phase"] == "scanning heap")
            started = datetime(2026, 3, 14, 3, 13, 58, tzinfo=UTC)
            ours = {
                "started_at": started,
                "state": "running",
                "sql": "VACUUM big",
                "backend_start": row["backend_start"],
            }
            pane.extra["running"] = (
                SimpleNamespace(pid=work.pid, id="a1", title="VACUUM big", **ours),
                SimpleNamespace(
                    pid=4_000_000, id="a2", title="REINDEX big_id", **{**ours, "state": "waiting", "started_at": None}
                ),
            )
            table = pane.board().table
            assert table is not None
            assert [bool(row.get("ours")) for row in table.rows].count(True) == 2
            text = pane.text(width=200)
            assert "ours VACUUM" in text and "started 03:13:58Z, X stops it" in text
            assert "ours REINDEX big_id" in text and "waiting, X stops it" in text
            assert "[Running" in text


async def test_an_action_of_ours_that_waits_for_a_lock_names_its_holder_and_who_waits_behind(database_all: str) -> None:
    with scene(database_all) as made:
        holder = made.session("night import", "LOCK TABLE molecules IN SHARE MODE", "SELECT 'held [/x] '")
        ours = made.waiting("cryotui", "VACUUM molecules", autocommit=True)
        behind = made.waiting("index maker", "CREATE INDEX CONCURRENTLY ON molecules (name)", autocommit=True)
        async with live(database_all, "progress") as pane:
            running = SimpleNamespace(
                pid=ours,
                id="a1",
                title="VACUUM molecules",
                started_at=None,
                state="running",
                sql="VACUUM molecules",
                backend_start=None,
            )
            pane.extra["running"] = (running,)
            wait = None
            while wait is None or wait.age is None or not wait.behind:
                wait = wait_of(ours, await pane.turn())
            pid = holder.info.backend_pid
            assert wait.lock == "molecules ShareUpdateExclusive" and [one.pid for one in wait.blockers] == [pid]
            assert [one.pid for one in wait.behind] == [behind]
            (blocker,) = wait.blockers
            assert blocker.app == "night import" and blocker.text == "SELECT 'held [/x] '"
            assert blocker.doing is not None and blocker.doing.startswith("idle in transaction ")
            text = pane.text(width=200)
            assert f"waits for {pid} night import, idle in transaction" in text and "; 1 waits behind it" in text
            assert "reports no progress" not in text
            row = pane.board().row
            assert pane.pane.worst(pane.moment()) == "watch"
            detail = [
                line for block in pane.pane.detail(row, pane.moment(), 80) for line in getattr(block, "lines", ())
            ]
            assert any(f"{pid} night import" in "".join(part for part, _ in line) for line in detail)


async def test_a_prepared_transaction_and_a_hidden_session_are_told_as_what_holds_it_up(database: str) -> None:
    async with live(database, "progress") as pane:
        session = {"state": "active", "wait_type": "Lock", "lock_type": "relation", "lock_mode": "ShareLock"}
        rows = [
            {"pid": 7, **session, "lock_relation": "busy", "wait_age": 3.0, "blocked_by": [0, 8, 9]},
            {"pid": 8, "masked": True, "user": "somebody"},
        ]
        pane.moments.receive(Sample("activity", datetime.now(UTC), 1.0, rows))
        wait = wait_of(7, pane.moment())
        assert wait is not None
        assert [one.words for one in wait.blockers] == [
            "a prepared transaction",
            "8 somebody, what it does is hidden",
            "9",
        ]
        assert wait.words == "waits for a prepared transaction, and 2 more"
        assert wait_of(8, pane.moment()) is None and wait_of(None, pane.moment()) is None


async def test_a_true_none_is_said(database: str) -> None:
    async with live(database, "progress") as pane:
        before = pane.text()
        assert "No answer yet" in before
        pane.moments.receive(Sample("progress", datetime.now(UTC), 1.0))
        assert "Nothing runs that reports progress" in pane.text()


async def test_the_queue_honours_the_thresholds_of_each_table(database_all: str) -> None:
    with psycopg.connect(database_all, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE strict (i int) WITH (autovacuum_vacuum_threshold = 10, autovacuum_vacuum_scale_factor = 0,"
            " autovacuum_vacuum_insert_threshold = -1);"
            "CREATE TABLE lax (i int) WITH (autovacuum_vacuum_threshold = 100000, autovacuum_vacuum_insert_threshold = -1);"
            "CREATE TABLE inserted (i int) WITH (autovacuum_vacuum_insert_threshold = 100);"
            "CREATE TABLE switched_off (i int) WITH (autovacuum_enabled = off, autovacuum_vacuum_insert_threshold = -1);"
            "CREATE TABLE old (i int) WITH (autovacuum_freeze_max_age = 100000);"
            "INSERT INTO strict SELECT generate_series(1, 50); DELETE FROM strict WHERE i <= 20;"
            "INSERT INTO lax SELECT generate_series(1, 50); DELETE FROM lax;"
            "INSERT INTO inserted SELECT generate_series(1, 250);"
            "INSERT INTO switched_off SELECT generate_series(1, 500); DELETE FROM switched_off"
        )
    async with live(database_all, "progress") as pane:
        deadline = time.monotonic() + 60
        while True:
            moment = await pane.turn()
            rows = {row["table"]: row for row in moment.rows("autovacuum_queue") if row["schema"] == "public"}
            if {"strict", "inserted", "switched_off"} <= rows.keys():
                break
            assert time.monotonic() < deadline, rows
            await asyncio.sleep(0.1)
        assert "lax" not in rows and "old" not in rows
        assert rows["strict"]["reason"] == "dead rows" and rows["strict"]["fullness"] == pytest.approx(2.0)
        assert rows["inserted"]["reason"] == "inserted rows" and rows["inserted"]["fullness"] == pytest.approx(2.5)
        assert not rows["switched_off"]["autovacuum_enabled"] and rows["switched_off"]["dead_rows"] == 500
        assert all(row["oid"] for row in rows.values())
        text = pane.text()
        assert "WAITING FOR AUTOVACUUM" in text and "autovacuum is off for it" in text and "2.5×" in text


async def test_a_cap_on_the_threshold_counts_where_the_server_has_one(pg: Cluster, database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        if connection.info.server_version < 180000:
            pytest.skip("the cap came with PostgreSQL 18")
        connection.execute(
            "CREATE TABLE capped (i int) WITH (autovacuum_vacuum_max_threshold = 40, autovacuum_vacuum_insert_threshold = -1);"
            "CREATE TABLE uncapped (i int) WITH (autovacuum_vacuum_max_threshold = -1,"
            " autovacuum_vacuum_insert_threshold = -1);"
            "INSERT INTO capped SELECT generate_series(1, 5000); ANALYZE capped; DELETE FROM capped WHERE i <= 80;"
            "INSERT INTO uncapped SELECT generate_series(1, 5000); ANALYZE uncapped; DELETE FROM uncapped WHERE i <= 1260"
        )
    async with live(database, "progress") as pane:
        deadline = time.monotonic() + 60
        rows: dict[str, Any] = {}
        while "capped" not in rows or "uncapped" not in rows:
            assert time.monotonic() < deadline, rows
            moment = await pane.turn()
            rows = {row["table"]: row for row in moment.rows("autovacuum_queue")}
            await asyncio.sleep(0.1)
        assert rows["capped"]["fullness"] == pytest.approx(2.0)
        assert rows["uncapped"]["fullness"] == pytest.approx(1260 / 1050)


# pace and words, from values


def progress_row(**fields: Any) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(FIELDS)
    row |= {
        "pid": 7,
        "oid": 1,
        "command": "VACUUM",
        "phase": "scanning heap",
        "unit": "bytes",
        "masked": False,
        "estimated": False,
    }
    return {**row, **fields}


def moment_of(pane: LivePane, *samples: tuple[float, dict[str, Any]]) -> Any:
    made = [Sample("progress", datetime.now(UTC), at, [row], epoch=1) for at, row in samples]
    pane.extra["recent"] = {"progress": made}
    pane.moments.samples["progress"] = made[-1]
    return pane.moment()


async def test_the_pace_is_over_half_a_minute_of_the_same_phase(database: str) -> None:
    async with live(database, "progress") as pane:
        now = progress_row(done=600, total=1000)
        moment = moment_of(pane, (0, progress_row(done=0)), (31, progress_row(done=300)), (61, now))
        assert pace(now, moment).per_second == pytest.approx(10)
        assert pace(now, moment).left == pytest.approx(40)
        begun_anew = moment_of(pane, (40, progress_row(done=900)), (51, progress_row(done=500)), (61, now))
        assert pace(now, begun_anew).per_second == pytest.approx(10)
        other_phase = moment_of(pane, (51, progress_row(done=0, phase="vacuuming heap")), (61, now))
        assert pace(now, other_phase).per_second is None and pace(now, other_phase).left is None
        still = moment_of(pane, (51, progress_row(done=600)), (61, now))
        assert pace(now, still).per_second == 0 and pace(now, still).left is None
        unsized = progress_row(done=600, total=None)
        assert pace(unsized, moment_of(pane, (51, progress_row(done=500)), (61, unsized))).left is None


async def test_a_vacuum_against_wraparound_says_that_it_does_not_give_way(database: str) -> None:
    async with live(database, "progress") as pane:
        row = progress_row(autovacuum=True, wraparound=True, done=10, total=20, step=2, steps=7, index_rounds=3)
        assert what(row) == "autovacuum"
        line = second_line(row, pane.moment())
        assert "to prevent wraparound" in line and "index rounds 3" in line and "step 2 of 7" in line


def log_row(minutes: float, verdict: str | None, sentence: str, now: datetime) -> dict[str, Any]:
    return {
        "time": now - timedelta(minutes=minutes), "who": "ada at desk",
        "action": "VACUUM", "object": "mixtures", "took": 4.2,
        "verdict": verdict, "sentence": sentence, "target": "prod", "sql": "VACUUM public.mixtures", "id": f"{minutes}",
        "notices": ("WARNING: skipping",), "level": "operate",
    }  # fmt: skip


async def test_the_log_lists_every_action_and_the_pane_those_of_the_last_hour(database: str) -> None:
    async with live(database, "progress") as pane:
        moment = await pane.turn()
        pane.extra["log"] = [
            log_row(3, "verified", "412k dead rows removed", moment.now),
            log_row(20, "no effect", "skipped, we are not its owner", moment.now),
            log_row(30, None, "under way", moment.now),
            log_row(90, "unknown", "No end was recorded", moment.now),
        ]
        text = pane.text()
        ended = text[text.index("ENDED IN THE LAST HOUR") :]
        assert "✓" in ended and "412k dead rows removed" in ended and "■" in ended
        assert "under way" not in ended and "No end" not in ended
        for width in (80, 200):
            board = pane.board("log", width)
            lines = ["".join(part for part, _ in spans) for spans, _ in board.draw()]
            assert all(cells(line) <= width for line in lines)
            assert sum("VACUUM mixtures" in line for line in lines) >= 4
        assert board.row is not None
        detail = pane.pane.detail(board.row, pane.moment("log"), 80)
        said = "\n".join("".join(part for part, _ in line) for block in detail for line in getattr(block, "lines", ()))
        assert "VACUUM public.mixtures" in said and "WARNING: skipping" in said
