"""The action log: complete, private, append-only, chained; readable whatever happened to it."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from action_place import ANNA, Clock, Place

from cryotui import config
from cryotui.actions.chain import FIRST
from cryotui.actions.log import ActionLog, Entry, LogError
from cryotui.actions.operator import Operator
from cryotui.cli import log as log_verb
from cryotui.model.action import Outcome


def _entry(title: str = "VACUUM molecules", sql: str = "VACUUM molecules") -> Entry:
    return Entry(action="vacuum", title=title, level="operate", object={"oid": 1}, name="molecules", sql=sql)


def _write(log: ActionLog, *titles: str) -> None:
    for title in titles:
        entry = _entry(title)
        log.write("requested", entry)
        log.end(entry, Outcome("verified", f"{title} done.", entry.sql, 1.5))


def _file(log: ActionLog) -> Path:
    (path,) = log.folder.glob("*.jsonl")
    return path


@pytest.fixture
def log(tmp_path: Path, clock: Clock) -> ActionLog:
    return ActionLog(tmp_path / "state" / "cryotui", ANNA, clock.now)


async def test_a_run_is_written_down_in_phases_with_everything_about_it(place: Place) -> None:
    desk = await place.desk()
    await desk.start(await desk.preview("vacuum", [await place.table()])).wait()
    records = [json.loads(line) for line in _file(desk.log).read_bytes().splitlines()]
    assert [record["phase"] for record in records] == ["requested", "started", "finished"]
    assert [record["seq"] for record in records] == [1, 2, 3]
    assert len({record["id"] for record in records}) == 1
    last: dict[str, Any] = records[-1]
    assert last["operator"] == "anna@bastion2"
    assert (last["user"], last["sudo_user"], last["tty"]) == ("root", "anna", "/dev/pts/1")
    assert last["ssh"] == "10.0.0.1 22 10.0.0.2 22"
    assert (last["target"], last["database"], last["role"]) == ("prod", desk.server.database, "postgres")
    assert last["system_identifier"] == desk.server.system_identifier
    assert (last["action"], last["level"], last["confirmed"]) == ("vacuum", "operate", "button")
    assert last["object"]["table"] == "molecules"
    assert last["sql"] == "VACUUM (VERBOSE) public.molecules;"
    assert last["verdict"] == "verified"
    assert last["seconds"] > 0
    assert any("vacuuming" in notice for notice in last["notices"])
    assert records[1]["backend_pid"] > 0
    assert records[0]["prev_hash"] == FIRST
    assert records[1]["prev_hash"] == records[0]["hash"]
    assert desk.log.verify() == []
    (row,) = desk.log.rows()
    assert (row["who"], row["action"], row["object"]) == ("anna@bastion2", "VACUUM molecules", "molecules")
    assert row["verdict"] == "verified"
    assert row["sentence"].startswith("VACUUM molecules done in ")


def test_only_the_owner_reads_it(log: ActionLog) -> None:
    _write(log, "one")
    assert stat.S_IMODE(_file(log).stat().st_mode) == 0o600
    assert stat.S_IMODE(log.folder.stat().st_mode) == 0o700
    _file(log).chmod(0o644)
    log.folder.chmod(0o755)
    _write(log, "two")
    assert stat.S_IMODE(_file(log).stat().st_mode) == 0o600
    assert stat.S_IMODE(log.folder.stat().st_mode) == 0o700


def test_secrets_and_escapes_do_not_get_in(log: ActionLog) -> None:
    entry = _entry(sql="ALTER ROLE x PASSWORD 'canary123' \x1b[31m")
    log.write("requested", entry)
    log.end(
        entry, Outcome("failed", "postgresql://u:canary123@h/db refused", entry.sql, notices=("PASSWORD 'canary123'",))
    )
    data = _file(log).read_bytes()
    assert b"canary123" not in data
    assert b"\x1b" not in data
    assert log.rows()[0]["sql"].isprintable()


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda lines: [lines[0].replace(b'"one"', b'"two"'), *lines[1:]], "line 1: record 1 was edited"),
        (lambda lines: [lines[0], *lines[2:]], "line 2: records between 1 and 3 are missing"),
        (lambda lines: lines[1:], "line 1: the records before 2 are missing"),
        (lambda lines: [lines[1], lines[0], *lines[2:]], "missing"),
        (lambda lines: [*lines[:-1], lines[-1][:40]], "line 4: the record cannot be read"),
        (lambda lines: [b"[" * 100_000, *lines], "line 1: the record cannot be read"),
    ],
)
def test_an_edit_shows(log: ActionLog, edit: Any, said: str) -> None:
    _write(log, "one", "three")
    assert log.verify() == []
    path = _file(log)
    path.write_bytes(b"\n".join(edit(path.read_bytes().splitlines())) + b"\n")
    assert said in " ".join(log.verify())
    log.rows()  # and it can still be read


def test_after_a_cut_off_line_it_goes_on_on_a_new_one(log: ActionLog) -> None:
    _write(log, "one")
    path = _file(log)
    with path.open("ab") as file:
        file.write(b'{"v":1,"seq":3,"ti')
    assert [row["action"] for row in log.rows()] == ["one"]
    _write(log, "two")
    assert [row["action"] for row in log.rows()] == ["two", "one"]
    assert log.verify() == [f"{path.name}, line 3: the record cannot be read; it was cut off or edited."]


def test_the_chain_goes_on_over_months_and_a_clock_set_back(log: ActionLog, clock: Clock) -> None:
    _write(log, "march")
    clock.wall = clock.wall.replace(month=4)
    _write(log, "april")
    clock.wall = clock.wall.replace(month=2)
    _write(log, "set back")
    assert [path.name for path in sorted(log.folder.iterdir())] == ["actions-2026-03.jsonl", "actions-2026-04.jsonl"]
    assert log.verify() == []
    assert [row["action"] for row in log.rows()] == ["set back", "april", "march"]
    assert [row["action"] for row in log.rows(limit=1)] == ["set back"]
    (log.folder / "actions-2026-03.jsonl").unlink()
    assert log.verify() == ["actions-2026-04.jsonl, line 1: the records before 3 are missing."]


def _many(folder: Path, name: str) -> None:
    _write(ActionLog(folder, ANNA), *(f"{name}{number}" for number in range(15)))


def test_two_consoles_write_one_chain(log: ActionLog) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_many, args=(log.folder, name)) for name in "ab"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
        assert writer.exitcode == 0
    assert log.verify() == []
    assert len(log.rows()) == 30


@pytest.mark.parametrize("trouble", ["link", "folder in the way", "file in the way", "dangling link", "no folder"])
def test_what_cannot_be_written_says_why(log: ActionLog, trouble: str, tmp_path: Path) -> None:
    log.folder.mkdir(parents=True)
    path = log.folder / "actions-2026-03.jsonl"
    if trouble == "link":
        (tmp_path / "elsewhere").write_text("")
        path.symlink_to(tmp_path / "elsewhere")
    elif trouble == "folder in the way":
        path.mkdir()
    elif trouble == "dangling link":
        path.symlink_to(tmp_path / "nowhere")
    else:
        log.folder.rmdir()
        log.folder.write_text("") if trouble == "file in the way" else log.folder.symlink_to("/proc/nothing")
    assert log.last_problem is None
    problem = log.problem()
    assert problem is not None
    assert problem.startswith("The action log cannot be written: ")
    assert log.last_problem == problem
    with pytest.raises(LogError, match="cannot be written"):
        log.write("requested", _entry())
    assert not (tmp_path / "nowhere").exists()
    assert log.rows() == []


def test_a_full_disk_leaves_no_half_record(log: ActionLog, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(log, "one")
    before = _file(log).read_bytes()
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:10]))
    with pytest.raises(LogError, match="No space left on device"):
        log.write("requested", _entry())
    monkeypatch.undo()
    assert _file(log).read_bytes() == before
    _write(log, "two")
    assert log.verify() == []


def test_a_long_record_is_found_again(log: ActionLog) -> None:
    entry = _entry("long")
    log.end(entry, Outcome("verified", "x", entry.sql, notices=tuple("n" * 2000 for _ in range(300))))
    _write(log, "next")
    assert log.verify() == []
    assert [row["action"] for row in log.rows()] == ["next", "long"]


def test_the_operator_is_the_person_behind_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_USER", "anna")
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 22 10.0.0.2 22")
    here = Operator.here()
    assert here.name == f"anna@{here.host}"
    assert (here.ssh, here.pid) == ("10.0.0.1 22 10.0.0.2 22", os.getpid())
    monkeypatch.delenv("SUDO_USER")
    assert Operator.here().name == f"{here.user}@{here.host}"


async def test_only_what_was_done_to_this_cluster_is_listed_when_asked_for(place: Place, log: ActionLog) -> None:
    here = await place.server()
    elsewhere = replace(here, system_identifier="7", host="db2")
    hidden = replace(here, system_identifier=None)
    for server, title in ((here, "here"), (elsewhere, "elsewhere"), (hidden, "same address")):
        log.aim(server, "prod")
        _write(log, title)
    assert [row["action"] for row in log.rows()] == ["same address", "elsewhere", "here"]
    assert [row["action"] for row in log.rows(server=here)] == ["same address", "here"]
    assert [row["action"] for row in log.rows(1, elsewhere)] == ["elsewhere"]
    assert [row["action"] for row in log.rows(server=hidden)] == ["same address", "here"]


async def test_the_verb_prints_one_line_a_run_with_the_address_and_nothing_twice(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    settings, _ = config.load_tolerant(file=None, environ=os.environ)
    assert tmp_path in settings.state_folder.parents
    log = ActionLog(settings.state_folder / "actions", ANNA)
    log.aim(await place.server(), "prod")
    entry = _entry()
    log.end(entry, Outcome("failed", "VACUUM molecules failed: no\nroom.", entry.sql))
    log.end(_entry(), Outcome("refused", "molecules is gone.", entry.sql))
    arguments = argparse.ArgumentParser()
    log_verb.configure(arguments)
    assert log_verb.run(arguments.parse_args([])) == 0
    gone, failed = capsys.readouterr().out.splitlines()
    assert failed.endswith("  anna@bastion2  prod localhost:5432  VACUUM molecules failed: no room.")
    assert gone.endswith("  VACUUM molecules: molecules is gone.")
