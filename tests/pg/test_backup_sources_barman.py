"""Barman on a real server of it, from the first failed check to a backup whose WAL arrived; and what it may also answer."""

from __future__ import annotations

import copy
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lock_scenes import wait_until
from servers import absent

from cryotui.demo.cluster import Cluster
from cryotui.model.backup import SourceState
from cryotui.model.settings import BackupSource
from cryotui.pg.backup_sources import barman, look
from cryotui.pg.tools import Ran

BIN = Path("/usr/lib/postgresql/15/bin")
NOW = datetime(2026, 11, 23, tzinfo=UTC)


@dataclass
class BarmanServer:
    command: tuple[str, ...]
    receiver: subprocess.Popen[bytes] | None = None

    def source(self, server: str = "demo") -> BackupSource:
        return BackupSource("bar", "barman", server=server, command=self.command)

    def run(self, *words: str) -> str:
        done = subprocess.run([*self.command, *words], capture_output=True, text=True, timeout=90, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def receives(self) -> bool:
        done = subprocess.run(
            [*self.command, "-f", "json", "check", "demo"], capture_output=True, timeout=60, check=False
        )
        return json.loads(done.stdout)["demo"]["receive_wal_running"]["status"] == "OK"


@pytest.fixture(scope="module")
def server() -> Iterator[BarmanServer]:
    if not shutil.which("barman") or not BIN.exists():
        absent("barman")
    import pwd

    with Cluster(BIN, settings={"wal_level": "replica", "max_wal_senders": "5"}) as cluster:
        place = cluster.directory / "barman"
        (place / "conf.d").mkdir(parents=True)
        (place / "home").mkdir()
        config = place / "barman.conf"
        config.write_text(
            f"[barman]\nbarman_user = {pwd.getpwuid(os.geteuid()).pw_name}\nbarman_home = {place}/home\n"
            f"barman_lock_directory = {place}\nlog_file = {place}/log\nconfiguration_files_directory = {place}/conf.d\n"
            f"[demo]\ndescription = demo\nconninfo = {cluster.conninfo}\nstreaming_conninfo = {cluster.conninfo}\n"
            f"backup_method = postgres\nstreaming_archiver = on\nslot_name = barman\npath_prefix = {BIN}\n"
        )
        made = BarmanServer(("barman", "-c", str(config)))
        yield made
        if made.receiver:
            os.killpg(made.receiver.pid, signal.SIGTERM)
            made.receiver.wait(timeout=30)


async def looked(server: BarmanServer, name: str = "demo") -> SourceState:
    (state,) = await look([server.source(name)])
    return state


async def test_a_real_server_goes_from_failed_checks_over_waiting_for_wal_to_a_whole_backup(
    server: BarmanServer,
) -> None:
    state = await looked(server)
    assert state.unreadable is None and state.kept == 0 and not state.backups
    assert any("replication slot failed" in fault.words and fault.mark == "bad" for fault in state.faults)

    server.run("receive-wal", "--create-slot", "demo")
    words = [*server.command, "receive-wal", "demo"]
    server.receiver = subprocess.Popen(
        words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    wait_until(server.receives, "barman receives WAL")
    server.run("switch-wal", "--force", "--archive", "--archive-timeout", "30", "demo")
    server.run("backup", "demo")
    state = await looked(server)
    assert not state.faults and len(state.backups) == 1
    assert state.backups[0].state == "whole" or "not restorable before its WAL arrives" in state.backups[0].reason

    server.run("switch-wal", "--force", "--archive", "--archive-timeout", "30", "demo")
    server.run("check-backup", "demo", "latest")
    state = await looked(server)
    assert (
        state.newest and state.newest.state == "whole" and state.kept == 1 and state.checked == "barman's checks pass"
    )
    assert state.newest.finished and abs((datetime.now(UTC) - state.newest.finished).total_seconds()) < 600
    assert state.newest.size and state.newest.size > 10_000_000


async def test_an_unknown_server_is_unreadable_with_barmans_own_words(server: BarmanServer) -> None:
    assert (await looked(server, "nosuch")).unreadable == "Unknown server 'nosuch'"


LISTED: dict[str, Any] = {
    "_WARNING": ["something else"],
    "demo": [
        {"backup_id": "20261122T211430", "backup_name": "nightly", "backup_type": "full", "status": "DONE",
         "end_time_timestamp": "1795382074", "retention_status": "-", "size_bytes": 338266246, "wal_size_bytes": 0},
        {"backup_id": "20261121T211430", "backup_type": "incremental", "status": "DONE", "end_time_timestamp": "1795295674",
         "size_bytes": 1},
    ],
}  # fmt: skip
CHECKED = {
    "demo": {"wal_level": {"hint": "", "status": "OK"}, "backup_maximum_age": {"hint": "old", "status": "FAILED"}}
}


def read(listed: object, checked: object = CHECKED) -> SourceState:
    source = BackupSource("bar", "barman", server="demo")
    answers = (Ran("barman", 0, json.dumps(answer).encode()) for answer in (listed, checked))
    return barman.read(source, *answers, NOW)


def test_the_recorded_json_of_319_is_read_with_its_types_and_failed_checks() -> None:
    state = read(LISTED)
    assert state.kind == "barman full + incremental" and state.newest and state.newest.name == "20261122T211430"
    assert [fault.words for fault in state.faults] == ["backup maximum age failed: old"]
    assert state.newest_full and state.newest_full.kind == "full" and dict(state.facts)["checks"] == "1 of 2 pass"


@pytest.mark.parametrize(
    ("status", "expected"),
    [("FAILED", "damaged"), ("STARTED", "unfinished"), ("WAITING_FOR_WALS", "unfinished"), ("EMPTY", "unfinished"),
     ("SOMETHING_NEW", "unverified"), (None, "unverified")],
)  # fmt: skip
def test_only_done_is_whole_in_recorded_json(status: str | None, expected: str) -> None:
    listed = copy.deepcopy(LISTED)
    listed["demo"][0]["status"] = status
    assert read(listed).backups[0].state == expected


def test_a_check_that_cannot_be_read_is_unknown_and_not_passed() -> None:
    (fault,) = read(LISTED, {"_EXCEPTION": "it fell over"}).faults
    assert fault.mark == "unknown" and "it fell over" in fault.words


@pytest.mark.parametrize("answer", [None, [], {}, {"demo": "text"}, {"other": []}, {"_ERROR": ["locked"]}])
def test_an_answer_without_the_server_is_unreadable(answer: object) -> None:
    assert read(answer).unreadable


@pytest.mark.parametrize("entry", [None, 3, {}, {"backup_id": 7, "end_time_timestamp": "soon", "size_bytes": "x"}])
def test_entries_that_make_no_sense_are_never_whole(entry: object) -> None:
    state = read({"demo": [entry]})
    assert state.unreadable is None and all(backup.state == "unverified" for backup in state.backups)
