"""WAL-G from JSON in the shape its source gives, printed by a program that stands in for it: there is no wal-g package."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cryotui.model.backup import SourceState
from cryotui.model.settings import BackupSource
from cryotui.pg.backup_sources import look, walg
from cryotui.pg.tools import Ran

FULL: dict[str, Any] = {
    "backup_name": "base_000000010000000000000002", "time": "2026-11-23T10:00:00Z", "wal_file_name": "000000010000000000000002",
    "start_time": "2026-11-21T01:00:00.1Z", "finish_time": "2026-11-21T01:10:00.123456Z", "hostname": "db1",
    "pg_version": 150018, "start_lsn": 33554472, "is_permanent": False,
    "system_identifier": 7711105626631559100, "uncompressed_size": 1000,
    "compressed_size": 200,
}  # fmt: skip
DELTA = FULL | {
    "backup_name": "base_000000010000000000000009_D_000000010000000000000002",
    "wal_file_name": "000000010000000000000009",
    "finish_time": "2026-11-22T01:10:00Z",
    "uncompressed_size": 1010,
}


def read(answer: object, code: int = 0, err: str = "") -> SourceState:
    out = b"" if answer is None else json.dumps(answer).encode()
    return walg.read(BackupSource("s3", "walg"), Ran("wal-g", code, out, err), datetime(2026, 11, 23, tzinfo=UTC))


async def test_recorded_json_is_read_from_a_program(tmp_path: Path) -> None:
    program = tmp_path / "wal-g"
    program.write_text(
        f"#!/bin/sh\ntest \"$*\" = 'backup-list --detail --json' && echo '{json.dumps([FULL, DELTA])}'\n"
    )
    program.chmod(0o755)
    (state,) = await look([BackupSource("s3", "walg", command=(str(program),))])
    assert state.kind == "wal-g full + delta" and state.kept == 2 and state.needs_wal
    assert state.newest and state.newest.kind == "delta" and state.newest.size == 1010
    assert state.newest_full and state.newest_full.finished == datetime(2026, 11, 21, 1, 10, 0, 123456, UTC)
    assert dict(state.newest.facts)["system"] == "7711105626631559100"


def test_the_time_of_the_stored_object_counts_only_where_there_is_no_finish_time_and_says_so() -> None:
    older = {name: value for name, value in FULL.items() if name != "finish_time"}
    (backup,) = read([older]).backups
    assert (
        backup.finished == datetime(2026, 11, 23, 10, tzinfo=UTC)
        and "a copy changes" in dict(backup.facts)["time is of"]
    )


def test_a_delta_whose_base_is_gone_is_damaged() -> None:
    state = read([DELTA])
    assert state.newest is None and "which is gone" in state.damaged[0].reason


def test_no_backup_is_none_and_a_failure_is_unreadable() -> None:
    assert read(None, 0, "INFO: 2026/11/23 No backups found").backups == ()
    assert read(None, 0, "INFO: 2026/11/23 No backups found").unreadable is None
    assert read(None, 1, "ERROR: Failed to find any configured storage").unreadable == (
        "ERROR: Failed to find any configured storage"
    )


@pytest.mark.parametrize("answer", [{}, "text", 3])
def test_an_answer_of_another_shape_is_unreadable(answer: object) -> None:
    assert read(answer).unreadable
