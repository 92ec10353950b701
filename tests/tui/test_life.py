"""How a console begins and ends: exit codes, what is left on the terminal, what no byte may hold."""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from console_fixture import Opens
from driven import Driven

CANARY = "canary-7f3a9"


def restored(driven: Driven) -> None:
    """The terminal is as it was: modes off in the stream, line discipline as before."""
    left = {"1049": "l", "1000": "l", "1003": "l", "1006": "l", "2004": "l", "25": "h", "7": "h", "1004": "l"}
    for mode, wanted in left.items():
        last = re.findall(rf"\x1b\[\?{mode}([hl])".encode(), driven.raw)
        assert not last or last[-1].decode() == wanted, f"mode {mode} is left {last[-1]!r}"
    assert driven.raw.count(b"\x1b[>") <= driven.raw.count(b"\x1b[<u") + driven.raw.count(b"\x1b[>c")
    flags = termios.tcgetattr(driven.slave)
    assert flags[3] & (termios.ECHO | termios.ICANON) == termios.ECHO | termios.ICANON
    assert flags[:4] == driven.modes_before[:4]


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)], ids=["TERM", "HUP", "INT"]
)
def test_signals_end_it_with_their_exit_codes(lab: str, opened: Opens, number: signal.Signals, code: int) -> None:
    driven = opened(lab)
    driven.signal(number)
    assert driven.ended(10) == code
    if number is not signal.SIGHUP:  # then nothing is written: there may be no terminal any more
        restored(driven)
    assert b"Traceback" not in driven.raw


def test_q_ends_it_and_the_terminal_is_as_before(lab: str, opened: Opens) -> None:
    driven = opened(lab)
    driven.keys("q")
    assert driven.ended(10) == 0
    restored(driven)


def test_it_is_gone_soon_after_its_terminal(lab: str, opened: Opens) -> None:
    driven = opened(lab)
    process = psutil.Process(driven.process.pid)
    driven.hang_up()
    before = sum(process.cpu_times()[:2])
    spent = before
    end = time.monotonic() + 10
    while driven.process.poll() is None and time.monotonic() < end:
        spent = sum(process.cpu_times()[:2])
        time.sleep(0.1)
    assert driven.ended(1) == 129
    assert spent - before < 3


DEAF_TO_HANGUP = """
import signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
from cryotui.cli import main
sys.exit(main())
"""
"""The console where nobody sends SIGHUP: a terminal that is not its controlling one."""


def test_it_is_gone_soon_after_its_terminal_when_no_signal_says_so(lab: str) -> None:
    with Driven(lab, command=(sys.executable, "-c", DEAF_TO_HANGUP)) as driven:
        driven.wait_for(r" live \d+s")
        driven.hang_up()
        assert driven.ended(15) == 129


def test_a_signal_and_a_vanished_terminal_together_end_it(lab: str) -> None:
    with Driven(lab, command=(sys.executable, "-c", DEAF_TO_HANGUP)) as driven:
        driven.wait_for(r" live \d+s")
        driven.signal(signal.SIGTERM)
        driven.hang_up()
        assert driven.ended(15) in (129, 143)


def stall(driven: Driven) -> None:
    """Stop what the terminal shows, as Ctrl+S does, and make the console draw more than may wait for it."""
    termios.tcflow(driven.slave, termios.TCOOFF)
    for step in range(80):
        driven.resize(100 + step % 2, 40 + step % 2).keys("42"[step % 2])
        time.sleep(0.03)  # each its own frame


def test_a_terminal_that_takes_nothing_holds_up_no_signal(lab: str, opened: Opens) -> None:
    driven = opened(lab)
    stall(driven)
    driven.signal(signal.SIGTERM)
    assert driven.ended(15) == 143
    assert termios.tcgetattr(driven.slave)[:4] == driven.modes_before[:4]


def test_a_terminal_that_takes_nothing_and_vanishes_ends_it(lab: str, opened: Opens) -> None:
    driven = opened(lab)
    stall(driven)
    driven.hang_up()
    assert driven.ended(15) == 129


def test_a_terminal_that_takes_nothing_for_a_while_is_whole_again_after_it(lab: str, opened: Opens) -> None:
    driven = opened(lab)
    stall(driven)
    driven.resize(100, 30).keys("4")
    termios.tcflow(driven.slave, termios.TCOON)
    driven.wait_for(lambda: "lab.molecules" in driven.text and driven.screen[-1].endswith("? help"))
    assert re.search(r"live \d+s", driven.screen[0])
    driven.keys("q")
    assert driven.ended(10) == 0
    restored(driven)


def test_stopped_it_gives_the_terminal_back_and_continued_it_is_whole(lab: str, opened: Opens) -> None:
    driven = opened(lab, pane="tables")
    driven.wait_for("lab.molecules")
    process = psutil.Process(driven.process.pid)
    for _ in range(2):
        driven.signal(signal.SIGTSTP).wait_for(lambda: process.status() == psutil.STATUS_STOPPED)
        driven.quiet(0.2)
        restored(driven)
        driven.wipe().signal(signal.SIGCONT).wait_for("lab.molecules")
    driven.keys("q")
    assert driven.ended(10) == 0
    restored(driven)


def test_continued_without_a_pause_it_takes_the_terminal_once(lab: str, opened: Opens) -> None:
    """As after SIGSTOP, of which a program hears nothing; the shell has had the terminal in between."""
    driven = opened(lab, pane="tables")
    driven.wait_for("lab.molecules")
    process = psutil.Process(driven.process.pid)
    threads = process.num_threads()
    for _ in range(3):
        driven.signal(signal.SIGSTOP).wait_for(lambda: process.status() == psutil.STATUS_STOPPED)
        driven.wipe().signal(signal.SIGCONT).wait_for("lab.molecules")
    driven.wait_for(lambda: process.num_threads() <= threads)
    driven.keys("1").wait_for("VITALS")
    driven.keys("q")
    assert driven.ended(10) == 0
    restored(driven)


@pytest.mark.parametrize("stalled", [False, True], ids=["reads", "stalled"])
def test_a_signal_while_it_starts_ends_it_with_its_exit_code(lab: str, stalled: bool) -> None:
    with Driven(lab) as driven:
        driven.wait_for("starting|connecting")
        if stalled:
            termios.tcflow(driven.slave, termios.TCOOFF)
        driven.signal(signal.SIGTERM)
        assert driven.ended(15) == 143
        assert termios.tcgetattr(driven.slave)[:4] == driven.modes_before[:4]
        assert b"Traceback" not in driven.raw


HANGING = """
import sys, time
if any("cryotui" in word for word in sys.orig_argv):
    import cryotui.tui.board as board
    draws = []
    def draw(self, before=board.Board.draw):
        draws.append(1)
        if len(draws) > 3:
            print("hangs now", file=sys.__stderr__, flush=True)
            time.sleep(600)
        return before(self)
    board.Board.draw = draw
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=["TERM", "HUP"])
def test_a_console_that_hangs_ends_with_its_exit_code_all_the_same(
    lab: str, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    (tmp_path / "sitecustomize.py").write_text(HANGING)
    path = f"{tmp_path}{os.pathsep}{Path(__file__).parents[2]}"
    with Driven(lab, environ={"PYTHONPATH": path}) as driven:
        end = time.monotonic() + 20
        while b"hangs now" not in driven.raw and time.monotonic() < end:
            driven.keys("4", "2").pump(0.1)
        driven.signal(number)
        assert driven.ended(15) == code


@pytest.fixture
def deaf() -> Iterator[int]:
    """The port of something that takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        yield listener.getsockname()[1]


def begin(*words: str, environ: dict[str, str | None] | None = None, deadline: float = 20) -> tuple[int, str]:
    """The exit code and the last line of a console that cannot begin."""
    with Driven(*words, environ=environ) as driven:
        code = driven.ended(deadline)
        restored(driven)
        assert b"Traceback" not in driven.raw
        assert CANARY.encode() not in driven.raw
        return code, driven.raw.decode(errors="replace").rsplit("\x1b[?1006l", 1)[-1]


def test_a_refused_connection_is_a_sentence_and_exit_code_3() -> None:
    code, said = begin(f"postgresql://x:{CANARY}@127.0.0.1:1/x")
    assert code == 3
    assert "cryotui: 127.0.0.1:1 refuses" in said


def test_an_unknown_host_is_a_sentence_and_exit_code_3() -> None:
    code, said = begin(f"postgresql://x:{CANARY}@no-such-host.invalid/x")
    assert code == 3
    assert "no-such-host.invalid has no address" in said


def test_a_silent_host_is_a_sentence_and_exit_code_3_after_connect_timeout(deaf: int) -> None:
    code, said = begin(f"postgresql://x:{CANARY}@127.0.0.1:{deaf}/x?connect_timeout=1")
    assert code == 3
    assert f"127.0.0.1:{deaf}" in said


def test_a_missing_database_is_a_sentence_and_exit_code_3(database: str) -> None:
    code, said = begin(re.sub(r"/t\d+_\d+", "/not_there", database))
    assert code == 3
    assert "not_there" in said


def test_a_wrong_password_without_asking_is_exit_code_4(with_password: str) -> None:
    code, said = begin(with_password.replace("PASSWORD", CANARY), "-w")
    assert code == 4
    assert "password" in said.lower()


def test_a_missing_password_is_asked_for_at_the_terminal(with_password: str) -> None:
    with Driven(with_password.replace(":PASSWORD", "")) as driven:
        driven.wait_for("Password for ")
        driven.keys("right-one", "enter").wait_for(r" live \d+s")
        assert b"right-one" not in driven.raw
        driven.keys("q")
        assert driven.ended() == 0
        restored(driven)


def test_without_a_terminal_it_says_what_to_do_and_ends_with_2(lab: str) -> None:
    for redirect in ("</dev/null", ">/dev/null", "2>/dev/null"):
        command = ["/bin/sh", "-c", f'"$@" {redirect}', "sh", *_cryotui()]
        with Driven(lab, command=command) as driven:
            assert driven.ended() == 2
            if "2>" not in redirect:
                assert b"The console needs a terminal. cryotui show NAME" in driven.raw
            assert b"\x1b" not in driven.raw


def test_a_dumb_terminal_is_told_so_and_ends_with_2(lab: str) -> None:
    with Driven(lab, environ={"TERM": "dumb"}) as driven:
        assert driven.ended() == 2
        assert b"This terminal is dumb" in driven.raw
        assert b"\x1b" not in driven.raw


CRASHING = """
import sys
if any("cryotui" in word for word in sys.orig_argv):
    import cryotui.tui.board as board
    draws = []
    def draw(self, before=board.Board.draw):
        draws.append(1)
        if len(draws) > 3:
            password = "{canary}"
            raise ValueError("the board broke at " + password)
        return before(self)
    board.Board.draw = draw
"""


def test_a_crash_is_one_sentence_without_secrets(with_password: str, tmp_path: Path, nobodys_home: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(CRASHING.format(canary="right-one"))
    path = f"{tmp_path}{os.pathsep}{Path(__file__).parents[2]}"
    with Driven(with_password.replace("PASSWORD", "right-one"), environ={"PYTHONPATH": path}) as driven:
        end = time.monotonic() + 20
        while driven.process.poll() is None and time.monotonic() < end:
            driven.keys("4", "2").pump(0.1)
        assert driven.ended(5) == 1
        restored(driven)
        assert b"Traceback" not in driven.raw
        assert driven.raw.count(b"cryotui ended by a fault of its own: ValueError") == 1
        assert b"right-one" not in driven.raw
    crash = nobodys_home / "state" / "cryotui" / "crash.txt"
    assert "the board broke" in crash.read_text()
    assert stat.S_IMODE(crash.stat().st_mode) == 0o600
    for file in nobodys_home.rglob("*"):
        assert not file.is_file() or b"right-one" not in file.read_bytes(), file


def _cryotui() -> list[str]:
    return [sys.executable, "-m", "cryotui"]
