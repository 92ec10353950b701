"""Files of a real pg_dump, whole and hurt in the ways files are hurt."""

from __future__ import annotations

import gzip
import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from cryotui.demo.cluster import Cluster
from cryotui.model.backup import SourceState
from cryotui.model.settings import BackupSource
from cryotui.pg.backup_sources import dumps, look
from cryotui.pg.backup_sources.dumpfile import examine

ROWS = 20_000


@pytest.fixture(scope="module")
def made(pg: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One database dumped in every format of pg_dump."""
    folder = tmp_path_factory.mktemp("made")
    with psycopg.connect(pg.uri(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE dumped")
    with psycopg.connect(pg.uri("dumped"), autocommit=True) as connection:
        connection.execute(f"CREATE TABLE samples AS SELECT n, md5(n::text) AS code FROM generate_series(1, {ROWS}) n")
        connection.execute("CREATE TABLE empty_one (n int)")
        connection.execute("SELECT lo_from_bytea(0, decode(repeat('ab', 20000), 'hex'))")
    formats = {"custom": ["-Fc"], "plain.sql": ["-Fp"], "tar": ["-Ft"], "folder": ["-Fd"], "raw": ["-Fc", "-Z0"]}
    for name, words in formats.items():
        _pg_dump(pg, *words, f"--file={folder / name}")
    with (folder / "piped").open("wb") as out:  # not seekable: no places in its table of contents
        dump = subprocess.Popen([pg.bin_dir / "pg_dump", "-Fc", f"--dbname={pg.uri('dumped')}"], stdout=subprocess.PIPE)
        assert dump.stdout
        shutil.copyfileobj(dump.stdout, out)
        dump.stdout.close()
        assert dump.wait() == 0
    yield folder
    with psycopg.connect(pg.uri(), autocommit=True) as connection:
        connection.execute("DROP DATABASE dumped WITH (FORCE)")


def _pg_dump(pg: Cluster, *words: str) -> None:
    subprocess.run([pg.bin_dir / "pg_dump", f"--dbname={pg.uri('dumped')}", *words], check=True, timeout=60)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "dumps"
    place.mkdir()
    return place


def put(made: Path, name: str, target: Path, hours: float = 1.0, keep: float = 1.0) -> Path:
    """A copy of a dump, so many hours old, cut to a part of its length."""
    if (made / name).is_dir():
        shutil.copytree(made / name, target)
    else:
        shutil.copyfile(made / name, target)
        os.truncate(target, int(target.stat().st_size * keep))
    aged(target, hours)
    return target


def aged(target: Path, hours: float) -> None:
    moment = (datetime.now(UTC) - timedelta(hours=hours)).timestamp()
    for path in (target, *(target.iterdir() if target.is_dir() else ())):
        os.utime(path, (moment, moment))


async def looked(folder: Path, pg: Cluster | None, pattern: str = "*") -> SourceState:
    command = (str(pg.bin_dir / "pg_restore"),) if pg else ()
    (state,) = await look([BackupSource("nightly", "dumps", path=folder, pattern=pattern, command=command)])
    return state


@pytest.mark.parametrize("name", ["custom", "raw", "piped", "tar", "folder"])
async def test_a_whole_dump_is_whole_only_after_it_was_read_back(
    made: Path, folder: Path, pg: Cluster, name: str
) -> None:
    put(made, name, folder / name, hours=3)
    state = await looked(folder, pg)
    assert state.unreadable is None and state.kept == 1 and not state.faults
    assert state.newest and state.newest.state == "whole" and state.newest.reason == "read back whole"
    assert state.newest.finished and 2.9 < (datetime.now(UTC) - state.newest.finished).total_seconds() / 3600 < 3.1
    assert state.newest.size and dict(state.newest.facts)["database"] == "dumped"


async def test_a_plain_dump_is_whole_when_it_ends_as_pg_dump_ends_it(made: Path, folder: Path, pg: Cluster) -> None:
    put(made, "plain.sql", folder / "whole.sql", hours=2)
    put(made, "plain.sql", folder / "cut.sql", hours=1, keep=0.6)
    state = await looked(folder, None)
    assert [backup.state for backup in state.backups] == ["damaged", "whole"]
    assert "cut short" in state.backups[0].reason and "newest is cut short" in state.faults[0].words


@pytest.mark.parametrize("name", ["custom", "raw", "piped", "tar"])
@pytest.mark.parametrize("keep", [0.999, 0.9, 0.5, 0.02, 0.0005])
def test_a_dump_that_was_cut_is_cut_short_without_pg_restore(made: Path, folder: Path, name: str, keep: float) -> None:
    structure = examine(put(made, name, folder / name, keep=keep))
    assert structure.state == "damaged", structure
    assert "cut short" in structure.reason, structure


def test_an_empty_file_is_no_dump(folder: Path) -> None:
    (folder / "nothing").touch()
    assert examine(folder / "nothing").state == "damaged"


@pytest.mark.parametrize("lost", ["toc.dat", "[0-9]*.dat.gz", "blob_*.dat.gz"])
def test_a_folder_dump_without_one_of_its_files_is_damaged(made: Path, folder: Path, lost: str) -> None:
    target = put(made, "folder", folder / "dump")
    next(target.glob(lost)).unlink()
    assert examine(target).state == "damaged"


async def test_a_flipped_byte_in_the_newest_is_noticed_by_reading_it_back(
    made: Path, folder: Path, pg: Cluster
) -> None:
    put(made, "custom", folder / "older", hours=30)
    target = put(made, "custom", folder / "newest")
    with target.open("r+b") as file:
        file.seek(target.stat().st_size // 2)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 0x55]))
    aged(target, 1)
    assert examine(target).state == "whole", "the structure does not show it"
    state = await looked(folder, pg)
    assert state.backups[0].state == "damaged" and state.faults and "newest is damaged" in state.faults[0].words
    assert state.newest and state.newest.name == "older" and state.newest.reason == "read back whole"


async def test_an_older_cut_dump_is_told_and_does_not_age_the_newest(made: Path, folder: Path, pg: Cluster) -> None:
    put(made, "custom", folder / "new.dump", hours=5)
    put(made, "custom", folder / "old.dump", hours=120, keep=0.62)
    (folder / "notes.txt").write_text("no dump")
    state = await looked(folder, pg, "*.dump")
    assert state.kept == 2 and state.newest and state.newest.name == "new.dump" and not state.faults
    assert [backup.name for backup in state.damaged] == ["old.dump"] and state.damaged[0].reason.startswith("cut short")


async def test_without_pg_restore_a_dump_is_not_verified_and_never_ok(
    made: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr("cryotui.pg.tools.PLACES", ())
    put(made, "custom", folder / "one")
    state = await looked(folder, None)
    assert state.newest and state.newest.state == "unverified"
    assert state.newest.reason == "not verified: pg_restore is not here"


async def test_a_pg_restore_that_is_too_old_says_nothing_of_the_dump(made: Path, folder: Path, tmp_path: Path) -> None:
    old = Path("/usr/lib/postgresql/15/bin/pg_restore")
    if not old.exists():
        pytest.skip("no older pg_restore here")
    put(made, "custom", folder / "one")
    (state,) = await look([BackupSource("n", "dumps", path=folder, pattern="*", command=(str(old),))])
    assert state.newest and state.newest.state == "unverified" and "unsupported version" in state.newest.reason


async def test_a_dump_over_the_size_that_is_read_back_says_so(
    made: Path, folder: Path, pg: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dumps, "READ_BACK_SIZE", 1024)
    put(made, "custom", folder / "one")
    state = await looked(folder, pg)
    assert state.newest and state.newest.state == "unverified" and "not read back: over 1k" in state.newest.reason


async def test_a_dump_is_read_back_once_until_it_changes(made: Path, folder: Path, pg: Cluster, tmp_path: Path) -> None:
    program, asked = tmp_path / "pg_restore", tmp_path / "asked"
    program.write_text(f'#!/bin/sh\necho asked >> {asked}\nexec {pg.bin_dir / "pg_restore"} "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    source = BackupSource("nightly", "dumps", path=folder, pattern="*", command=(str(program),))
    target = put(made, "custom", folder / "one", hours=2)
    for _ in range(2):
        (state,) = await look([source])
        assert state.newest and state.newest.state == "whole"
    aged(target, 1)
    await look([source])
    assert asked.read_text().count("asked") == 2


async def test_a_file_that_is_being_written_is_neither_whole_nor_damaged(made: Path, folder: Path, pg: Cluster) -> None:
    put(made, "custom", folder / "whole", hours=24)
    put(made, "custom", folder / "growing", hours=0, keep=0.5)
    state = await looked(folder, pg)
    assert [backup.state for backup in state.backups] == ["unfinished", "whole"]
    assert state.running == ("growing grows",) and not state.damaged and not state.faults


@pytest.mark.parametrize(("keep", "expected"), [(1.0, "whole"), (0.5, "damaged")])
async def test_a_packed_plain_dump_is_unpacked_to_see_its_end(
    made: Path, folder: Path, keep: float, expected: str
) -> None:
    target = folder / "dump.sql.gz"
    target.write_bytes(gzip.compress((made / "plain.sql").read_bytes()))
    os.truncate(target, int(target.stat().st_size * keep))
    aged(target, 1)
    state = await looked(folder, None)
    assert state.backups[0].state == expected


async def test_a_folder_that_cannot_be_read_is_unreadable_and_leaves_other_sources_alone(
    made: Path, folder: Path, pg: Cluster, tmp_path: Path
) -> None:
    put(made, "plain.sql", folder / "one.sql")
    file = tmp_path / "file"
    file.touch()
    sources = [
        BackupSource("gone", "dumps", path=tmp_path / "gone"),
        BackupSource("file", "dumps", path=file),
        BackupSource("pattern", "dumps", path=folder, pattern="/x"),
        BackupSource("nowhere", "dumps"),
        BackupSource("good", "dumps", path=folder, pattern="*.sql"),
    ]
    states = await look(sources)
    assert [bool(state.unreadable) for state in states] == [True, True, True, True, False]
    assert states[0].unreadable == "the folder is not there" and not states[0].backups and states[0].kept is None


async def test_names_of_files_are_safe_to_show(made: Path, folder: Path, pg: Cluster) -> None:
    put(made, "plain.sql", folder / "a\x1b[31m\n.sql")
    state = await looked(folder, pg)
    assert state.newest and "\x1b" not in state.newest.name


def test_noise_is_no_dump_and_never_whole(made: Path, folder: Path) -> None:
    whole = (made / "custom").read_bytes()
    target = folder / "noise"
    for position in range(5, 400, 3):
        target.write_bytes(whole[:position] + b"\xff" + whole[position + 1 :])
        structure = examine(target)  # a changed letter of a text is no damage of the structure; no exception escapes
        assert structure.state in ("whole", "damaged", "unverified")
