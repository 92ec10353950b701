"""Read-only consoles and protected targets: what the owner would regret is impossible by accident."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from console_fixture import Opens
from lock_scenes import Scene
from test_keys_act import FOREVER, on_molecules, on_the_victim, state_of, vacuumed


@pytest.fixture
def protected(lab: str, tmp_path: Path) -> Path:
    """A configuration file with the planted database as the protected target prod."""
    file = tmp_path / "config.yaml"
    file.write_text(f'targets:\n  prod:\n    conninfo: "{lab}"\n    protected: true\n')
    return file


def test_a_read_only_console_refuses_every_action(lab: str, opened: Opens, sessions: Scene) -> None:
    pid = sessions.running("victim", FOREVER)
    driven = on_the_victim(opened(lab, "--read-only", pane="activity"))
    for key in ("C", "K", "f9"):
        driven.hush().keys(key).wait_for(lambda: re.search("read.only", driven.screen[-2]))
    driven.keys("L").wait_for("Level: now observe")
    driven.until("down", r"▸ \(\( \) danger\)|▸ .*danger")
    driven.keys("enter").wait_for(lambda: re.search("read.only", driven.screen[-2]))
    driven.until("escape", "1 of [0-9]+ shown")
    driven.keys("4").wait_for("lab.molecules")
    driven.keys("V").wait_for("V: which")
    driven.keys("enter").wait_for(lambda: re.search("read.only", driven.screen[-2]))
    assert state_of(lab, pid) == "active"
    assert vacuumed(lab) is None


@pytest.mark.parametrize("size", [(80, 24), pytest.param((200, 50), marks=pytest.mark.slow)])
def test_a_protected_target_says_so_on_every_screen(protected: Path, opened: Opens, size: tuple[int, int]) -> None:
    driven = opened("prod", "--config", str(protected), size=size)
    for digit in "1234567890":
        driven.keys(digit).wait_for(lambda digit=digit: re.search(rf"{digit} [A-Z]", driven.screen[1]))
        assert " PROTECTED " in driven.screen[0]
        for key in ("enter", "?", ":"):
            driven.keys(key).quiet(0.2, 2)
            assert " PROTECTED " in driven.screen[0]
            driven.keys("escape").quiet(0.2, 2)


def test_a_protected_target_starts_at_observe_and_asks_for_its_name(
    protected: Path, lab: str, opened: Opens, sessions: Scene
) -> None:
    pid = sessions.running("victim", FOREVER)
    driven = on_molecules(opened("prod", "--config", str(protected), pane="tables"))
    assert "observe" in driven.screen[0]
    driven.keys("L").wait_for("Level: now observe")
    driven.until("down", r"▸ .*danger")
    driven.keys("enter").wait_for("PROTECTED prod")
    driven.until("tab", "The other button waits for the name")
    driven.until("ctrl+u prox", "prox▏")
    driven.keys("tab", "enter").wait_for("1 of 27 shown")
    assert "observe" in driven.screen[0]
    driven.keys("L").wait_for("Level: now observe")
    driven.until("down", r"▸ .*danger")
    driven.keys("enter").wait_for("PROTECTED prod")
    driven.until("ctrl+u prod", "prod▏")
    driven.until("tab", r"\[ Arm danger \]")
    driven.keys("enter").wait_for(lambda: "DANGER" in driven.screen[0])
    driven.keys("2").wait_for("2 Activity")
    on_the_victim(driven)
    driven.keys("K").wait_for(f"Type {pid} to go on")
    driven.until("tab", "The other button waits for the name")
    assert state_of(lab, pid) == "active"
    driven.until(f"ctrl+u {pid}", f"{pid}▏")
    driven.until("tab", r"\[ Terminate")
    driven.keys("enter").wait_for(lambda: state_of(lab, pid) is None)


def test_the_level_of_a_target_is_not_raised_above_what_its_owner_allows(
    lab: str, opened: Opens, tmp_path: Path
) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(f'targets:\n  lab:\n    conninfo: "{lab}"\n    max_level: operate\n')
    driven = opened("lab", "--config", str(file))
    driven.keys("L").wait_for("Level: now")
    driven.until("down", r"▸ .*danger")
    driven.keys("enter").wait_for(lambda: "max_level" in driven.screen[-2] or "operate" in driven.screen[-2])
    assert "DANGER" not in driven.screen[0]
