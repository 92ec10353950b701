"""A file that cannot be read or trusted is told in one sentence; nothing that is no file blocks or crashes the start."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from cryotui.config import examine, load_tolerant
from cryotui.model.settings import Settings

PROGRAM = "targets:\n  a:\n    host: x\n    password_command: [pass, show, a]\n"


def _problem(path: Path) -> str:
    loaded = examine(path, {"HOME": "/nonexistent"})
    assert len(loaded.problems) == 1
    return loaded.problems[0].removeprefix(f"{path}: ")


def test_a_file_named_by_hand_that_is_not_there_is_an_error(tmp_path):
    assert _problem(tmp_path / "none.yaml") == "there is no such file."


def test_a_folder_is_told(tmp_path):
    assert _problem(tmp_path) == "a folder, not a file."


def test_a_loop_of_links_is_told(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert _problem(tmp_path / "a") == "a symbolic link that leads back to itself."


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert _problem(tmp_path / "pipe") == "no ordinary file; a configuration is read from a file only."


def test_an_endless_device_is_refused():
    assert _problem(Path("/dev/zero")) == "no ordinary file; a configuration is read from a file only."


def test_the_null_device_is_an_empty_configuration():
    loaded = examine("/dev/null", {"HOME": "/nonexistent"})
    assert (loaded.problems, loaded.settings.interval) == ((), 2.0)


def test_a_name_that_no_file_can_have_is_told():
    assert examine("a\0b", {"HOME": "/"}).problems == ("a\\x00b: no file can have that name.",)


def test_ten_megabytes_are_refused_unread(tmp_path):
    file = tmp_path / "big.yaml"
    file.write_bytes(b"#" * 10_000_000)
    file.chmod(0o600)
    assert _problem(file) == "9.5MB long; 256kB is the most."


def test_a_file_that_everybody_can_write_in_is_refused(reading):
    reading.write("interval: 3\n", 0o602)
    assert _problem(reading.file) == "everybody can write in it (mode 0602). chmod o-w it first."


def test_a_program_is_not_run_from_a_file_that_its_group_can_write_in(reading):
    reading.write(PROGRAM, 0o660)
    settings, sentences = load_tolerant(reading.file, reading.environ)
    assert settings.targets["a"].password_command == ()
    assert (
        f"{reading.file}:4:23: targets.a.password_command is not run: its group can write in this file (mode 0660)."
        in sentences
    )
    reading.write("interval: 3\n", 0o660)
    loaded = examine(reading.file, reading.environ)
    assert (loaded.settings.interval, loaded.problems) == (3.0, ())
    assert loaded.notices == (
        f"{reading.file}: its group can write in this file (mode 0660); programs it names are not run.",
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_program_is_not_run_from_a_file_of_somebody_else(reading):
    reading.write(PROGRAM)
    os.chown(reading.file, 65534, 65534)
    assert "is not run: this file belongs to nobody" in examine(reading.file, reading.environ).problems[0]


def test_a_program_line_with_a_secret_is_refused_where_others_can_read_it(reading):
    text = "targets:\n  a:\n    password_command: [curl, 'postgresql://u:Hunter2-canary@vault/x']\n"
    reading.write(text, 0o644)
    problem = examine(reading.file, reading.environ).problems[0]
    assert "holds a secret, and others can read this file; chmod 600" in problem
    assert "canary" not in problem
    reading.write(text, 0o600)
    assert examine(reading.file, reading.environ).problems == ()


@pytest.fixture
def as_nobody():
    """The effective user is nobody for the test; a folder that nobody can reach."""
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def test_a_file_that_may_not_be_read_is_told_with_the_user_who_may_not(as_nobody):
    file = as_nobody / "config.yaml"
    file.write_text("interval: 3\n")
    file.chmod(0o600)
    os.seteuid(65534)
    try:
        assert _problem(file) == "may not be read by nobody."
    finally:
        os.seteuid(0)


def test_a_home_that_is_closed_to_us_is_no_error(as_nobody):
    closed = as_nobody / "home"
    closed.mkdir(mode=0o700)
    os.seteuid(65534)
    try:
        loaded = examine(None, {"HOME": str(closed)}, system=as_nobody / "etc")
    finally:
        os.seteuid(0)
    assert loaded.problems == ()


def test_settings_need_no_home(monkeypatch):
    monkeypatch.delenv("HOME")
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert Settings().state_folder.is_absolute()
