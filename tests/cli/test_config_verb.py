"""``cryotui config`` tells what is wrong, what holds, where it is, and begins a file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from cryotui.cli import main


@pytest.fixture
def own(nobodys_home: Path) -> Path:
    """The folder where the configuration of this test's user is."""
    folder = nobodys_home / "config" / "cryotui"
    folder.mkdir(parents=True)
    return folder


def _write(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o600)
    return path


def test_check_passes_a_good_file(own, capsys):
    file = _write(own / "config.yaml", "interval: 3\n")
    assert main(["config", "check"]) == 0
    assert capsys.readouterr().out == f"Nothing wrong in {file}.\n"


def test_check_without_a_file_says_where_it_looked(own, capsys):
    assert main(["config", "check"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("No configuration file; the defaults hold. Looked at /etc/cryotui/config.yaml and ")
    assert str(own / "config.yaml") in out


def test_check_lists_every_mistake_and_ends_with_2(own, capsys):
    file = _write(own / "other.yaml", "intervall: 3\nmouse: maybe\n")
    assert main(["config", "check", str(file)]) == 2
    shown = capsys.readouterr()
    assert shown.out.splitlines() == [
        f"{file}:1:1: intervall is no key of the file; interval is the nearest.",
        f"{file}:2:8: mouse is maybe; true and false are possible.",
    ]
    assert shown.err == ""


def test_check_says_what_a_start_in_spite_of_it_does(own, capsys):
    _write(own / "config.yaml", "targets:\n  prod:\n    protectd: true\n")
    assert main(["config"]) == 2
    assert "Target prod is taken as protected and read-only until that is mended." in capsys.readouterr().err


def test_check_knows_panes_and_themes(own, capsys):
    (own / "themes").mkdir()
    _write(own / "themes" / "bad.yaml", "name: bad\n")
    _write(own / "config.yaml", "theme: glacir\ncolumns:\n  activty: {hidden: [pid]}\ntargets:\n  a: {theme: x}\n")
    assert main(["config", "check"]) == 2
    out = capsys.readouterr().out
    assert "config.yaml:1:8: theme is glacir; glacier is the nearest." in out
    assert "columns.activty is no pane; activity is the nearest." in out
    assert "targets.a.theme is x; possible: frost, glacier" in out
    assert "bad.yaml: primary is missing." in out


@pytest.mark.parametrize("words", [["check", "FILE"], ["--config", "FILE"], ["show", "--config", "FILE"]])
def test_a_file_that_is_not_there_ends_with_2_and_no_traceback(own, capsys, words):
    assert main(["config", *(str(own / "none.yaml") if word == "FILE" else word for word in words)]) == 2
    shown = capsys.readouterr()
    assert "none.yaml: there is no such file." in shown.out + shown.err
    assert "Traceback" not in shown.err


def test_show_prints_what_holds_and_where_it_comes_from(own, capsys, monkeypatch):
    file = _write(own / "config.yaml", "theme: glacier\ntargets:\n  prod: {host: db1, protected: true}\n")
    monkeypatch.setenv("CRYOTUI_INTERVAL", "7")
    assert main(["config", "show"]) == 0
    out = capsys.readouterr().out
    assert f"theme: glacier  # {file}:1:8\n" in out
    assert "interval: 7s  # CRYOTUI_INTERVAL\n" in out
    tree = yaml.safe_load(out)
    assert tree["targets"] == {"prod": {"host": "db1", "protected": True}}


def test_path_prints_the_files_and_folders(own, capsys):
    file = _write(own / "config.yaml", "state_folder: /srv/state\n")
    assert main(["config", "path"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "not there  /etc/cryotui/config.yaml",
        f"read       {file}",
        f"own files  {own}",
        "state      /srv/state",
    ]


def test_init_writes_a_file_that_is_good_and_private_with_the_services_of_this_machine(nobodys_home, capsys):
    (nobodys_home / ".pg_service.conf").write_text("[lab]\nhost=db1\n[no good]\n[yes]\nhost=db2\n")
    file = nobodys_home / "config" / "cryotui" / "config.yaml"
    assert main(["config", "init"]) == 0
    shown = capsys.readouterr()
    assert shown.out == f"{file}\n"
    assert "its targets are the services of this machine: lab, yes. Mark production protected." in shown.err
    assert file.stat().st_mode & 0o777 == 0o600
    tree = yaml.safe_load(file.read_text())
    assert tree == {"targets": {"lab": {"service": "lab"}, "yes": {"service": "yes"}}}
    assert main(["config", "check"]) == 0


def test_init_never_writes_over_a_file(own, capsys):
    file = _write(own / "config.yaml", "interval: 3\n")
    assert main(["config", "init"]) == 6
    assert file.read_text() == "interval: 3\n"
    assert "is there already and stays as it is." in capsys.readouterr().err


def test_init_does_not_follow_a_link(own, tmp_path, capsys):
    (own / "config.yaml").symlink_to(tmp_path / "elsewhere")
    assert main(["config", "init"]) == 6
    assert not (tmp_path / "elsewhere").exists()


def test_init_where_nothing_can_be_written_is_one_sentence(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["config", "init", "--config", str(tmp_path / "file" / "config.yaml")]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_the_verbs_need_neither_textual_nor_a_server():
    code = (
        "import sys; from cryotui.cli import main; main(['config', 'check']); main(['keys']);"
        "print([name for name in sys.modules if name.split('.')[0] in ('textual', 'asyncpg')])"
    )
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    run = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "[]"
