"""pgBackRest on a real stanza: whole, with its chain broken, with WAL that does not arrive, with pages that are bad."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from backrest import Repository, stanza

from cryotui.model.backup import SourceState
from cryotui.model.settings import BackupSource
from cryotui.pg.backup_sources import look, pgbackrest
from cryotui.pg.tools import Ran

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture(scope="module")
def repository() -> Iterator[Repository]:
    with stanza() as made:
        yield made


@pytest.fixture(scope="module")
def answered(repository: Repository) -> list[Any]:
    """What the real program prints about a full backup and an incremental one."""
    repository.run("--type=full", "--annotation=source=cryotui", "backup")
    repository.run("--type=incr", "backup")
    answer = json.loads(repository.run("--output=json", "info"))
    assert isinstance(answer, list)
    return answer


async def looked(repository: Repository, stanza: str = "demo") -> SourceState:
    (state,) = await look([repository.source(stanza)])
    return state


def read(answer: object, code: int = 0) -> SourceState:
    ran = Ran("pgbackrest", code, json.dumps(answer).encode())
    return pgbackrest.read(BackupSource("repo", "pgbackrest", stanza="demo"), ran, NOW)


async def test_a_real_stanza_shows_its_chain_its_wal_and_its_age(repository: Repository, answered: list[Any]) -> None:
    state = await looked(repository)
    assert state.unreadable is None and not state.faults and state.needs_wal
    assert state.kind == "pgbackrest full + incr" and state.kept == 2
    assert state.newest and state.newest.kind == "incr" and state.newest_full and state.newest_full.kind == "full"
    assert state.newest.finished and abs((datetime.now(UTC) - state.newest.finished).total_seconds()) < 600
    assert state.newest.size and state.newest.size > 10_000_000
    assert dict(state.newest_full.facts)["annotation"] == "source=cryotui"
    assert "WAL to 0000000100000000" in state.checked


async def test_an_unknown_stanza_is_bad_although_the_exit_code_is_0(repository: Repository) -> None:
    state = await looked(repository, "wrong")
    assert state.unreadable is None and [fault.mark for fault in state.faults] == ["bad"]
    assert state.faults[0].words == "there is no such stanza" and not state.backups


async def test_a_repository_that_cannot_be_read_is_unreadable(repository: Repository, tmp_path: Path) -> None:
    config = tmp_path / "broken.conf"
    config.write_text("[global]\nrepo1-path=relative\n[demo]\npg1-path=/nowhere\n")
    source = BackupSource("repo", "pgbackrest", stanza="demo", command=("pgbackrest", f"--config={config}"))
    (state,) = await look([source])
    assert state.unreadable and "relative" in state.unreadable


async def test_a_program_that_is_not_there_is_unreadable() -> None:
    (state,) = await look([BackupSource("repo", "pgbackrest", stanza="demo", command=("no-such-pgbackrest",))])
    assert state.unreadable == "no-such-pgbackrest is not here"


async def test_a_program_that_hangs_is_ended_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "hang"
    program.write_text("#!/bin/sh\nsleep 600\n")
    program.chmod(0o755)
    monkeypatch.setattr(pgbackrest, "SECONDS", 0.3)
    (state,) = await look([BackupSource("repo", "pgbackrest", stanza="demo", command=(str(program),))])
    assert state.unreadable == "hang took longer than 0.3 s"


@pytest.mark.parametrize("said", ["", "no json", "null", "[]", "{}", "[1, null]", '[{"name": "demo"}]'])
async def test_an_answer_that_is_not_understood_is_unreadable_never_ok(tmp_path: Path, said: str) -> None:
    ran = Ran("pgbackrest", 0, said.encode())
    assert pgbackrest.read(BackupSource("repo", "pgbackrest", stanza="demo"), ran, NOW).unreadable


def test_a_backup_whose_base_is_gone_is_damaged(answered: list[Any]) -> None:
    answer = copy.deepcopy(answered)
    del answer[0]["backup"][0]
    state = read(answer)
    assert state.newest is None and "which is gone" in state.damaged[0].reason


def test_a_backup_with_bad_pages_is_damaged_although_the_stanza_is_ok(answered: list[Any]) -> None:
    answer = copy.deepcopy(answered)
    assert answer[0]["status"]["code"] == 0
    answer[0]["backup"][1]["error"] = True
    state = read(answer)
    assert "pages failed their checksum" in state.damaged[0].reason and state.newest and state.newest.kind == "full"


def test_a_backup_whose_wal_never_arrived_is_damaged(answered: list[Any]) -> None:
    answer = copy.deepcopy(answered)
    answer[0]["archive"][0]["max"] = answer[0]["archive"][0]["min"]
    assert "WAL gap" in read(answer).damaged[0].reason


def test_a_held_lock_is_shown_with_its_share_where_there_is_one(answered: list[Any]) -> None:
    answer = copy.deepcopy(answered)
    answer[0]["status"]["lock"]["backup"] = {"held": True}
    assert read(answer).running == ("a backup, expire or stanza command runs",)
    answer[0]["status"]["lock"]["backup"] |= {"size": 2048, "size-cplt": 512}
    assert read(answer).running == ("a backup, 25% of 2k runs",)


def test_a_block_incremental_backup_has_no_stored_size_and_is_no_less_whole(answered: list[Any]) -> None:
    answer = copy.deepcopy(answered)
    repository_size = answer[0]["backup"][1]["info"]["repository"]
    del repository_size["size"]
    repository_size["size-map"] = 17
    state = read(answer)
    assert state.newest and state.newest.size and "stored" not in dict(state.newest.facts)


def test_a_second_repository_that_fails_makes_it_unknown_with_the_real_reason(answered: list[Any]) -> None:
    answer = copy.deepcopy(answered)
    answer[0]["status"]["code"] = 4
    answer[0]["repo"].append({"key": 2, "status": {"code": 99, "message": "[FileReadError] unable to read"}})
    (fault,) = read(answer).faults
    assert fault.mark == "unknown" and fault.words == "repository 2: [FileReadError] unable to read"
    answer[0]["backup"] = []
    assert read(answer).unreadable == "repository 2: [FileReadError] unable to read"


@pytest.mark.parametrize("key", ["archive", "db", "repo", "cipher", "backup"])
def test_fields_that_a_version_does_not_know_are_left_out_without_harm(answered: list[Any], key: str) -> None:
    answer = copy.deepcopy(answered)
    del answer[0][key]
    for backup in answer[0].get("backup", ()):
        for field in ("annotation", "lsn", "error", "reference", "info", "archive", "database", "backrest"):
            backup.pop(field, None)
    assert read(answer).unreadable is None
