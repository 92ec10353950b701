"""The Backups pane on real servers and real dumps: what is late, cut short, dark, failing, exposed or not known."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from live_pane import LivePane, as_user, live
from lock_scenes import wait_until
from servers import new_cluster

from cryotui.demo.cluster import Cluster
from cryotui.model.backup import Backup, Fault, SourceState
from cryotui.model.settings import BackupSource, Settings
from cryotui.model.text import cells
from cryotui.panes.backup_verdict import opinions, overall, shrunk
from cryotui.pg.backup_sources import look

HOUR = 3600.0


@pytest.fixture(scope="module")
def archiver() -> Iterator[Cluster]:
    """A server that archives its WAL, shared by the tests of this file."""
    with new_cluster(settings={"archive_mode": "on", "archive_command": "/bin/true"}) as cluster:
        with psycopg.connect(cluster.uri(), autocommit=True) as connection:
            connection.execute("CREATE ROLE watcher LOGIN IN ROLE pg_monitor")
            connection.execute("CREATE ROLE nobody LOGIN")
        yield cluster


@pytest.fixture
def archiving(archiver: Cluster) -> Cluster:
    """The same with an archive_command that works and no file that waits, whatever a test did before."""
    archive_with(archiver, "/bin/true")
    wait_until(lambda: waiting(archiver) == 0, "all is archived")
    return archiver


@pytest.fixture(scope="module")
def dumped(pg: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dump of 31 hours ago and one of five days ago that was cut off."""
    folder = tmp_path_factory.mktemp("dumps")
    new, old = folder / "lab-new.dump", folder / "lab-old.dump"
    sql(pg, "CREATE DATABASE dumped_lab")
    try:
        with psycopg.connect(pg.uri("dumped_lab"), autocommit=True) as connection:
            connection.execute("CREATE TABLE dumped AS SELECT n, md5(n::text) FROM generate_series(1, 5000) n")
        subprocess.run([pg.bin_dir / "pg_dump", "-Fc", "-f", new, "-d", pg.uri("dumped_lab")], check=True, timeout=120)
    finally:
        sql(pg, "DROP DATABASE dumped_lab WITH (FORCE)")
    shutil.copyfile(new, old)
    os.truncate(old, int(old.stat().st_size * 0.62))
    for path, hours in ((new, 31), (old, 120)):
        moment = time.time() - hours * HOUR
        os.utime(path, (moment, moment))
    return folder


def source(pg: Cluster, folder: Path, **more: Any) -> BackupSource:
    return BackupSource("nightly", "dumps", path=folder, command=(str(pg.bin_dir / "pg_restore"),), **more)


def with_sources(pane: LivePane, states: Any, **settings: Any) -> None:
    pane.moments.settings = Settings(backups=(BackupSource("nightly"),), **settings)
    pane.extra["backup_sources"] = states


def sql(cluster: Cluster, *statements: str) -> None:
    with psycopg.connect(cluster.uri(), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)  # type: ignore[call-overload]


def archived(cluster: Cluster) -> Any:
    with psycopg.connect(cluster.uri(), autocommit=True) as connection:
        row = connection.execute(
            "SELECT archived_count, failed_count, last_archived_wal, last_archived_time FROM pg_stat_archiver"
        ).fetchone()
    assert row
    return row


def archive_with(cluster: Cluster, command: str) -> None:
    """Set archive_command; returns once a new session sees it."""
    sql(cluster, f"ALTER SYSTEM SET archive_command = '{command}'", "SELECT pg_reload_conf()")
    wait_until(
        lambda: number(cluster, f"SELECT count(*) WHERE current_setting('archive_command') = '{command}'") == 1,
        "reload",
    )


def waiting(cluster: Cluster) -> int:
    """The number of files that wait to be archived."""
    return number(cluster, "SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'")


def number(cluster: Cluster, query: str) -> int:
    with psycopg.connect(cluster.uri(), autocommit=True) as connection:
        row = connection.execute(query).fetchone()  # type: ignore[call-overload]
    assert row
    return int(row[0])


def switch(cluster: Cluster) -> None:
    sql(
        cluster,
        "CREATE TABLE IF NOT EXISTS written (n int)",
        "INSERT INTO written VALUES (1)",
        "SELECT pg_switch_wal()",
    )


async def test_without_a_source_the_pane_says_how_to_configure_one_and_is_not_green(pg: Cluster) -> None:
    async with live(pg.uri(), "backups") as pane:
        moment = await pane.turn()
        text = pane.text()
        assert "No backup source is configured" in text and "kind: dumps" in text
        assert "none yet: no restore was proved by this console" in text
        assert pane.pane.worst(moment) == "unknown"


async def test_a_late_dump_is_late_and_the_one_cut_short_has_its_own_row(pg: Cluster, dumped: Path) -> None:
    async with live(pg.uri(), "backups") as pane:
        with_sources(pane, await look([source(pg, dumped)]))
        moment = await pane.turn()
        text = pane.text(width=120)
        assert "late: watch 26h, bad 36h" in text and "31h" in text
        assert "cut short: lab-old.dump" in text and "5d" in text
        assert pane.pane.worst(moment) == "watch"


async def test_a_source_has_its_own_limits_of_age(pg: Cluster, dumped: Path) -> None:
    async with live(pg.uri(), "backups") as pane:
        with_sources(pane, await look([source(pg, dumped, pattern="*new.dump", max_age=(40 * HOUR, 50 * HOUR))]))
        moment = await pane.turn()
        assert "ok, read back whole" in pane.text(width=120)
        assert pane.pane.worst(moment) is None
        with_sources(pane, await look([source(pg, dumped, max_age=(20 * HOUR, 30 * HOUR))]))
        assert pane.pane.worst(await pane.turn()) == "bad"


async def test_a_dark_source_makes_the_verdict_unknown_and_stands_above_every_ok(
    pg: Cluster, dumped: Path, tmp_path: Path
) -> None:
    good = source(pg, dumped, pattern="*new.dump", max_age=(40 * HOUR, 50 * HOUR))
    dark = BackupSource("dark", "dumps", path=tmp_path / "gone")
    async with live(pg.uri(), "backups") as pane:
        with_sources(pane, await look([good, dark]))
        moment = await pane.turn()
        text = pane.text()
        assert "verdict UNKNOWN: one source is dark" in text and "UNKNOWN: the folder is n" in text
        assert text.index("dark ") < text.index("nightly ")
        assert pane.pane.worst(moment) == "unknown"


async def test_sources_that_are_still_being_looked_at_are_no_verdict(pg: Cluster) -> None:
    async with live(pg.uri(), "backups") as pane:
        pane.moments.settings = Settings(backups=(BackupSource("nightly"),))
        moment = await pane.turn()
        assert "they are being looked at" in pane.text()
        assert pane.pane.worst(moment) is None


async def test_an_archiver_that_works_leaves_nothing_exposed_after_a_switch(archiving: Cluster) -> None:
    before = archived(archiving)[0]
    switch(archiving)
    wait_until(lambda: archived(archiving)[0] > before, "a segment is archived")
    async with live(archiving.uri(), "backups") as pane:
        await pane.turn()
        text = pane.text(width=120)
        assert "nothing waits; last good" in text


async def test_a_failing_archiver_shows_what_waits_and_since_when(archiving: Cluster) -> None:
    archive_with(archiving, "/bin/false")
    before = archived(archiving)[1]

    def fails() -> bool:
        if not waiting(archiving):
            switch(archiving)
        return bool(archived(archiving)[1] > before)

    wait_until(fails, "the archiver fails")
    while waiting(archiving) < 5:
        switch(archiving)
    async with live(as_user(archiving.uri(), "watcher"), "backups") as pane:
        moment = await pane.turn()
        text = pane.text(width=120)
        assert "5 files wait, 80.0M" in text or "5 files wait, 80M" in text, text
        assert "fails for" in text and "last failure" in text and "of WAL is in no archive, for" in text
        assert pane.pane.worst(moment) in ("watch", "bad", "unknown")
        assert row_of(pane, "archiver")["mark"] == "watch"
    async with live(as_user(archiving.uri(), "nobody"), "backups") as pane:
        await pane.turn()
        text = pane.text(width=120)
        assert "≈5 files wait" in text and "fails for" in text, text
    async with live(as_user(archiving.uri(), "watcher"), "replication") as pane:
        moment = await pane.turn()
        assert pane.pane.worst(moment) == "watch" and "▲ archiver" in pane.text(), "one severity on both panes"
    archive_with(archiving, "/bin/true")
    wait_until(lambda: waiting(archiving) == 0, "all is archived")
    async with live(archiving.uri(), "backups") as pane:
        await pane.turn()
        row = row_of(pane, "archiver")
        assert row["mark"] is None and row["failed"] > 0, "failures of the past are no alarm"


async def test_a_backup_label_as_the_newest_archived_file_leaves_the_exposure_known(archiving: Cluster) -> None:
    with psycopg.connect(archiving.uri(), autocommit=True) as connection:
        connection.execute("SELECT pg_backup_start('label', true)")
        connection.execute("SELECT pg_backup_stop(false)")
    wait_until(lambda: archived(archiving)[2].endswith(".backup"), "the label is archived")
    async with live(as_user(archiving.uri(), "nobody"), "backups") as pane:
        await pane.turn()
        row = row_of(pane, "archiver")
        assert row["last_archived_wal"].endswith(".backup") and row["exposed"] is not None and row["waiting"] in (0, 1)


async def test_an_empty_archive_command_is_bad_although_nothing_ever_fails(archiving: Cluster) -> None:
    archive_with(archiving, "")
    switch(archiving)
    async with live(archiving.uri(), "backups") as pane:
        moment = await pane.turn()
        assert "archive_command is empty" in pane.text(width=120)
        assert pane.pane.worst(moment) == "bad"


async def test_archive_mode_off_is_no_alarm_unless_a_source_needs_wal(pg: Cluster) -> None:
    async with live(pg.uri(), "backups") as pane:
        await pane.turn()
        assert "archive_mode is off" in pane.text() and row_of(pane, "archiver")["mark"] is None
        state = SourceState("repo", "pgbackrest", "pgbackrest full", pane.moment().now, needs_wal=True)
        with_sources(pane, (state,))
        assert row_of(pane, "archiver")["mark"] == "bad"
        assert "repo needs the WAL" in pane.text()


async def test_slots_and_a_running_pg_dump_are_shown(pg: Cluster) -> None:
    sql(pg, "SELECT pg_create_physical_replication_slot('backup_slot', true)")
    try:
        with copying(pg):
            async with live(pg.uri(), "backups") as pane:
                await pane.turn()
                text = pane.text(width=120)
                assert "backup_slot" in text
                assert "pg_dump" in text and "public.copied" in text
    finally:
        sql(pg, "SELECT pg_drop_replication_slot('backup_slot')", "DROP TABLE IF EXISTS copied")


@contextmanager
def copying(pg: Cluster) -> Iterator[None]:
    """A COPY under the name of pg_dump whose reader does not read."""
    sql(pg, "CREATE TABLE copied AS SELECT repeat('x', 1000) FROM generate_series(1, 20000)")
    with psycopg.connect(pg.uri(), application_name="pg_dump") as connection, connection.cursor() as cursor:
        with cursor.copy("COPY copied TO STDOUT") as copy:
            next(iter(copy))
            yield
            connection.cancel()
            with suppress(psycopg.errors.QueryCanceled):
                for _ in copy:
                    pass


def row_of(pane: LivePane, table: str) -> Any:
    from cryotui.model.pane import Table

    blocks = pane.pane.blocks(pane.moment(), 120)
    return next(block.rows[0] for block in blocks if isinstance(block, Table) and block.name == table)


@pytest.mark.parametrize("width", [80, 100, 120, 200])
async def test_every_line_fits_its_width_with_hostile_names(pg: Cluster, width: int) -> None:
    evil = "[red]\\x1b[31m 日本語 " * 20
    now = datetime.now(UTC)
    backups = (
        Backup(evil, "full", "damaged", now, 10, evil, (("path", evil),)),
        Backup("b", "full", "whole", now, 10, evil),
    )
    states = (
        SourceState(evil, "pgbackrest", evil, now, backups, 2, faults=(Fault("bad", evil),), running=(evil,)),
        SourceState("dark", "barman", "barman", now, unreadable=evil),
    )
    async with live(pg.uri(), "backups") as pane:
        with_sources(pane, states)
        await pane.turn()
        assert all(cells(line) <= width for line in pane.lines(width=width))
        row = row_of(pane, "sources")
        for block in pane.pane.detail(row, pane.moment(), width):
            for line in getattr(block, "lines", ()):
                assert cells("".join(text for text, _ in line)) <= width
        assert pane.pane.line(row, pane.moment())


def state_of(*sizes: int, tool: Any = "dumps", kind: str = "custom", age: float = 1.0) -> SourceState:
    now = datetime.now(UTC)
    backups = tuple(
        Backup(f"b{number}", kind, "whole", now - timedelta(hours=age + 24 * number), size)
        for number, size in enumerate(sizes)
    )
    return SourceState("s", tool, tool, now, backups, len(backups))


async def test_a_backup_smaller_than_usual_is_watched_and_one_much_smaller_is_bad(pg: Cluster) -> None:
    async with live(pg.uri(), "backups") as pane:
        moment = replace(await pane.turn(), now=datetime.now(UTC))
        assert shrunk(state_of(100, 100)) == 0 and shrunk(state_of(100)) is None
        assert opinions(state_of(100, 110, 90, 100), moment) == []
        assert opinions(state_of(60, 100, 100, 100), moment) == [("watch", "40% smaller than usual")]
        assert opinions(state_of(20, 100, 100, 100), moment)[0][0] == "bad"


async def test_no_backup_is_bad_and_so_are_only_damaged_ones_and_an_old_full(pg: Cluster) -> None:
    async with live(pg.uri(), "backups") as pane:
        moment = replace(await pane.turn(), now=datetime.now(UTC))
        assert opinions(state_of(), moment) == [("bad", "no backup")]
        hurt = replace(state_of(1), backups=(Backup("b", "full", "damaged"),))
        assert opinions(hurt, moment) == [("bad", "no backup is whole; the newest: damaged")]
        incremental = state_of(10, tool="pgbackrest", kind="incr")
        full = replace(state_of(10, kind="full", age=24 * 20).backups[0], name="f")
        late = replace(incremental, backups=(*incremental.backups, full))
        assert [mark for mark, _ in opinions(late, moment)] == ["bad"]
        undated = replace(state_of(1), backups=(Backup("b", "full", "whole"),))
        assert opinions(undated, moment)[0][0] == "unknown"


@pytest.mark.parametrize("form", ["--json", "--csv"])
def test_show_backups_without_a_source_is_unknown_for_programs_too(pg: Cluster, tmp_path: Path, form: str) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("backups: {}\n")
    words = [sys.executable, "-m", "cryotui", "show", "backups", pg.uri(), form, "--config", str(config)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 7, done.stderr
    rows = json.loads(done.stdout)["rows"] if form == "--json" else list(csv.DictReader(io.StringIO(done.stdout)))
    (verdict,) = [row for row in rows if row.get("kind") == "verdict"]
    assert (verdict["verdict"], verdict["mark"]) == ("UNKNOWN: no source is configured", "unknown")


def test_show_backups_gives_rows_of_sources_archiver_and_slots_as_json(
    pg: Cluster, dumped: Path, tmp_path: Path
) -> None:
    config = tmp_path / "config.yaml"
    nightly = {"kind": "dumps", "path": str(dumped), "command": [str(pg.bin_dir / "pg_restore")]}
    config.write_text(json.dumps({"backups": {"nightly": nightly}}))
    words = [sys.executable, "-m", "cryotui", "show", "backups", pg.uri(), "--json", "--config", str(config)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["rows"]
    sources = [row for row in rows if row["section"] == "sources"]
    assert [row["item"] for row in sources] == [None, "lab-old.dump"]
    assert (
        sources[0]["mark"] == "watch" and 30.9 * HOUR < sources[0]["newest"] < 31.2 * HOUR and sources[0]["kept"] == 2
    )
    (archiver,) = [row for row in rows if row["section"] == "archiver"]
    assert "archive_mode is off" in archiver["verdict"]
    assert archiver["archive_mode"] == "off" and archiver["waiting"] == 0


async def test_an_archive_that_ends_before_what_the_server_archived_is_a_gap(archiving: Cluster) -> None:
    count = archived(archiving)[0]
    switch(archiving)
    deadline = time.monotonic() + 30
    while archived(archiving)[0] == count:
        assert time.monotonic() < deadline, "no segment was archived"
        await asyncio.sleep(0.05)
    segment = archived(archiving)[2]
    async with live(archiving.uri(), "backups") as pane:
        now = datetime.now(UTC)
        own = str(pane.session.server.system_identifier)

        def state(**fields: Any) -> SourceState:
            made = Backup("f", "full", "whole", now, 10)
            found = SourceState("repo", "pgbackrest", "pgbackrest", now + timedelta(minutes=5), (made,), 1)
            return replace(found, **fields)

        async def verdict(**fields: Any) -> tuple[str | None, str]:
            with_sources(pane, (state(**fields),))
            await pane.turn()
            return overall(pane.moment())[0], pane.text(width=200)

        earlier = segment[:8] + "0" * 16
        mark, text = await verdict(wal_to=earlier, system_identifiers=(own,))
        assert (
            mark == "bad" and f"WAL gap: archived to {segment} says the server, the archive ends at {earlier}" in text
        )
        assert (await verdict(wal_to=segment, system_identifiers=(own,)))[0] is None
        assert (await verdict(wal_to=earlier, system_identifiers=("1",)))[0] is None
        assert (await verdict(wal_to=earlier, looked_at=now - timedelta(minutes=5)))[0] is None
        assert (await verdict(wal_to=None))[0] is None
