"""From the command to the first frame: what is on the screen before anything is read, and how words get off it again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

from driven import Driven

ENTER, LEAVE = b"\x1b[?1049h", b"\x1b[?1049l"
MODES = b"\x1b[?1006h"
"""Textual has the terminal: it asks for the mouse."""

BEFORE_THE_FRAME = """
import sys
from cryotui import __main__
from cryotui.cli import Parser, console, meant
from cryotui.tui import first_frame
parser = Parser(prog="cryotui")
console.configure(parser)
words = ["-h", "db1.lab", "lab"]
meant.mistaken(words, parser.read(words), ("show",))
heavy = {"yaml", "ssl", "socket", "asyncio", "asyncpg", "textual", "rich", "dataclasses", "subprocess", "cryotui.config"}
print(*sorted(heavy & sys.modules.keys()))
"""


def test_nothing_that_the_first_frame_does_not_need_is_imported_before_it() -> None:
    done = subprocess.run([sys.executable, "-c", BEFORE_THE_FRAME], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


BEFORE_TEXTUAL = """
import sys
from cryotui.tui import first_picture, look, mouse, opening
opening._beginning()
from cryotui import panes
panes.panes()
print(*sorted(name for name in sys.modules if name.partition(".")[0] == "textual"))
"""


def test_the_first_picture_needs_no_textual() -> None:
    done = subprocess.run([sys.executable, "-c", BEFORE_TEXTUAL], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_textual_takes_the_first_picture_over_without_clearing_it_or_sending_it_again(lab: str) -> None:
    with Driven("--pane", "tables", lab, size=(100, 40)) as driven:
        driven.wait_for(lambda: MODES in driven.raw and "lab.molecules" in driven.text)
        assert driven.quiet(0.5)
        assert driven.raw.count(ENTER) == 1
        frame, live = driven.raw.index(ENTER), driven.raw.index(b"lab.molecules")
        assert b"\x1b[2J" not in driven.raw[frame + len(ENTER) + 20 : live]
        assert b"\x1b[2J" not in driven.raw[live:]
        driven.wipe().keys("ctrl+l").wait_for("lab.molecules")


def test_a_key_pressed_as_soon_as_there_is_a_picture_is_answered(lab: str) -> None:
    with Driven(lab) as driven:
        driven.wait_for(lambda: "VITALS" in driven.text or "wrong" in driven.text)
        driven.keys("4").wait_for(r"lab.molecules")
        driven.keys("q")
        assert driven.ended() == 0
        assert termios.tcgetattr(driven.slave)[:4] == driven.modes_before[:4]


def test_the_first_frame_says_which_target_and_never_repeats_a_password(lab: str) -> None:
    with Driven(
        lab.replace("://", "://x:canary-1@", 1) if "@" not in lab else lab.replace("@", ":canary-1@", 1)
    ) as driven:
        driven.wait_for("live|connecting|starting")
        assert b"canary-1" not in driven.raw
        assert driven.raw.find(ENTER) == 0


def test_an_unknown_target_is_a_sentence_on_the_screen_as_it_was() -> None:
    with Driven("no_such_target") as driven:
        assert driven.ended() == 2
        before, said = driven.raw.split(LEAVE)
        assert before.startswith(ENTER)
        assert b"no_such_target is no target" in said
        assert b"\x1b[?25l" not in said


def test_wrong_words_draw_nothing(tmp_path: Path) -> None:
    for words in (["--no-such-option"], ["shwo"], ["lab", "show"]):
        with Driven(*words) as driven:
            assert driven.ended() == 2
            assert driven.raw.startswith(b"cryotui: ")


def test_a_mistake_in_the_configuration_is_told_before_the_console_opens(lab: str, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("intervall: 5\n")
    with Driven("--config", str(config), lab) as driven:
        driven.wait_for(r" live \d+s")
        sentence = driven.raw.index(b"is no key")
        assert driven.raw.rfind(LEAVE, 0, sentence) > driven.raw.rfind(ENTER, 0, sentence)
        driven.keys("q")
        assert driven.ended() == 0


def test_a_configuration_that_is_not_there_ends_nothing_but_is_told(lab: str, tmp_path: Path) -> None:
    with Driven("--config", str(tmp_path / "none.yaml"), lab) as driven:
        driven.wait_for(r" live \d+s")
        assert b"there is no such file" in driven.raw
        driven.keys("q")
        assert driven.ended() == 0


def test_a_password_that_is_asked_for_first_is_asked_on_the_screen_as_it_was(lab: str) -> None:
    with Driven("-W", lab) as driven:
        driven.wait_for(lambda: b"Password for " in driven.raw)  # the emulator has one screen only
        assert driven.raw.count(ENTER) == driven.raw.count(LEAVE)
        driven.keys("whatever", "enter").wait_for(r" live \d+s")
        driven.keys("q")
        assert driven.ended() == 0


def test_what_is_typed_before_the_console_listens_is_not_shown_and_presses_nothing(lab: str) -> None:
    with Driven(lab) as driven:
        end = time.monotonic() + 20
        while ENTER not in driven.raw and time.monotonic() < end:
            driven.pump(0.005)
        driven.keys("canary-9c1", "enter").wait_for(r" live \d+s")
        assert b"canary-9c1" not in driven.raw
        driven.keys("q")
        assert driven.ended() == 0
        assert termios.tcgetattr(driven.slave)[:4] == driven.modes_before[:4]


def test_nothing_typed_is_shown_while_it_connects_again_after_a_refused_password(with_password: str) -> None:
    with Driven(with_password.replace("PASSWORD", "wrong-one")) as driven:
        driven.wait_for(lambda: b"Password for " in driven.raw)
        asked = len(driven.raw)
        assert driven.raw.rfind(LEAVE) > driven.raw.rfind(ENTER)
        driven.keys("right-one", "enter")
        driven.wait_for(lambda: ENTER in driven.raw[asked:])
        assert (
            driven.raw[asked:].lstrip().startswith(ENTER + b"\x1b[?25l")
        )  # the first frame, before the console listens
        assert not termios.tcgetattr(driven.slave)[3] & termios.ECHO
        driven.keys("canary-5d2", "enter").wait_for(r" live \d+s")
        assert b"canary-5d2" not in driven.raw and b"right-one" not in driven.raw
        driven.keys("q")
        assert driven.ended() == 0
        assert termios.tcgetattr(driven.slave)[:4] == driven.modes_before[:4]


def test_the_end_of_input_in_place_of_a_password_is_a_sentence_and_exit_code_4(with_password: str) -> None:
    for words in ((with_password.replace("PASSWORD", "wrong-one"),), ("-W", with_password)):
        with Driven(*words) as driven:
            driven.wait_for(lambda: b"Password for " in driven.raw)
            driven.keys("ctrl+d")
            assert driven.ended() == 4
            assert b"No password was typed for " in driven.raw and b"fault of its own" not in driven.raw
            assert driven.raw.rfind(LEAVE) > driven.raw.rfind(ENTER)


def test_a_signal_in_the_first_moments_leaves_the_terminal_as_it_was(lab: str) -> None:
    for number, code in ((signal.SIGTERM, 143), (signal.SIGHUP, 129)):
        with Driven(lab) as driven:
            end = time.monotonic() + 20
            while ENTER not in driven.raw and time.monotonic() < end:
                driven.pump(0.005)
            os.kill(driven.process.pid, number)
            assert driven.ended() == code
            if number is signal.SIGTERM:
                assert driven.raw.rfind(LEAVE) > driven.raw.rfind(ENTER)
            assert b"Traceback" not in driven.raw
