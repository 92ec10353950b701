"""Formatting, lint, types and floors: what a reviewer should not have to look at."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "command",
    [
        ["-m", "ruff", "format", "--check", "--quiet", "."],
        ["-m", "ruff", "check", "--quiet", "."],
        ["-m", "mypy"],
        ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
    ],
    ids=["formatting", "lint", "types", "floors"],
)
def test_the_code_is_clean(command: list[str]) -> None:
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.timeout(600)
def test_mypy_refuses_to_assign_to_a_frozen_record_and_to_make_a_wrong_one(tmp_path: Path) -> None:
    faults = tmp_path / "faults.py"
    faults.write_text(
        "from cryotui.model.palette import Palette\ndef f(p: Palette) -> None: p.name = ''\nPalette(no_field=1)"
    )
    done = subprocess.run(
        [sys.executable, "-m", "mypy", str(faults)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert 'Property "name" defined in "Palette" is read-only' in done.stdout and "no_field" in done.stdout, done.stdout


FLOORS = (
    "model",
    "probes",
    "config",
    "pg",
    "watch",
    "panes",
    "audit",
    "diagnosis",
    "actions",
    "jobs",
    "report",
    "demo",
    "cli",
)


@pytest.mark.parametrize("room", FLOORS)
def test_headless_floors_never_load_textual(room: str) -> None:
    loaded = (
        "import sys, pkgutil, importlib, cryotui." + room + " as room\n"
        "names = [m.name for m in pkgutil.walk_packages(getattr(room, '__path__', []), room.__name__ + '.')]\n"
        "[importlib.import_module(name) for name in names if not name.endswith('__main__')]\n"
        "assert 'textual' not in sys.modules, sorted(n for n in sys.modules if n.startswith('textual'))[:3]"
    )
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("words", [["--help"], ["show", "--help"], ["audit", "--help"], ["config", "--help"], ["keys"]])
def test_headless_words_never_load_textual(words: list[str]) -> None:
    script = (
        "import sys\nfrom cryotui.cli import main\n"
        f"try:\n    main({words!r})\nexcept SystemExit:\n    pass\n"
        "assert 'textual' not in sys.modules and 'asyncpg' not in sys.modules or 'textual' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_nothing_in_the_repository_names_a_path_of_somebodys_machine() -> None:
    # spelled apart, so that this file is not found itself
    words = ["/" + "root/", "/" + "work/", "/home/" + "[a-z]"]
    found = subprocess.run(
        ["git", "grep", "-nIE", "|".join(words), "--", ".", ":!*.lock"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout == ""
