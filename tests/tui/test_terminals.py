"""Terminals as they are: small, large, changing, without colours, without UTF-8; and a server that goes away."""

from __future__ import annotations

import re
import sys
import threading
import time

import pytest
from console_fixture import Opens
from driven import Driven
from planted import plant
from servers import new_cluster

COLORS = {*range(30, 39), *range(40, 49), *range(90, 98), *range(100, 108)}

SLOW = """
import shutil, sys, time
read = shutil.get_terminal_size
def slowly(*words):
    size = read(*words)
    time.sleep(0.06)
    return size
shutil.get_terminal_size = slowly
from cryotui.cli import main
sys.exit(main())
"""
"""The console on a machine that takes its time between reading the size and telling it."""


def colors(raw: bytes) -> set[int]:
    """The numbers of colours in what was written."""
    numbers = {int(part or 0) for found in re.findall(rb"\x1b\[([\d;]*)m", raw) for part in found.split(b";")}
    return numbers & COLORS


def test_a_terminal_that_is_too_small_is_told_the_size_it_needs(lab: str) -> None:
    with Driven(lab, size=(20, 5)) as driven:
        driven.wait_for("20x5: needs 40x10")
        driven.keys("2", "j", "?", "escape", "L", "escape")
        driven.resize(80, 24).wait_for(" live ")
        driven.resize(20, 5).wait_for("needs 40x10")
        driven.keys("q", "q")
        assert driven.ended() == 0


@pytest.mark.parametrize("size", [(40, 10), (60, 15), pytest.param((500, 100), marks=pytest.mark.slow)])
def test_every_pane_fits_the_size(lab: str, opened: Opens, size: tuple[int, int]) -> None:
    driven = opened(lab, size=size)
    for digit in "2345678901":
        driven.keys(digit).wait_for(lambda digit=digit: re.search(rf"{digit} [A-Z]", driven.screen[1]))
        driven.wait_for(lambda: driven.screen[-1].endswith("? help"))
        assert re.search(r"live \d+s", driven.screen[0])
    driven.keys("4").wait_for("lab.molecules")
    driven.keys("enter").wait_for("lab.molecules")
    driven.until("escape", r"\[All|All")


def whole(driven: Driven, columns: int) -> bool:
    """Whether the pane of tables is drawn from edge to edge: the last cell of the header and of the keys is a blank."""
    first, second, last = driven.screen[0], driven.screen[1], driven.screen[-1]
    ends = len(first) == len(last) == columns - 1
    return ends and " live " in first and "4 Tables" in second and last.endswith("? help")


def test_a_storm_of_sizes_ends_in_a_whole_screen(lab: str, opened: Opens) -> None:
    driven = opened(lab, pane="tables")
    driven.wait_for("lab.molecules")
    for step in range(40):
        driven.resize(20 + step * 7 % 200, 5 + step * 5 % 60)
        driven.keys(("down", "up", "enter", "backspace")[step % 4])
    driven.resize(100, 30)
    # home: in a list of three lines the cursor has moved the rows, and they stay where they are in a list of thirty
    driven.keys("4", "home").wait_for(lambda: whole(driven, 100) and "lab.molecules" in driven.text)
    driven.keys("q")
    assert driven.ended() == 0


def test_a_size_that_comes_while_the_one_before_is_read_is_the_one_that_counts(lab: str) -> None:
    command = (sys.executable, "-c", SLOW)
    with Driven(lab, "--pane", "tables", command=command) as driven:
        driven.wait_for("lab.molecules")
        for columns in (100, 107):
            for narrow in (60, 50, 70):
                driven.resize(narrow, 15)
                time.sleep(0.02)  # a third of the time it takes to read a size
            driven.resize(columns, 30).wait_for(lambda columns=columns: whole(driven, columns))


def test_a_size_that_is_there_and_back_at_once_leaves_a_whole_screen(lab: str, opened: Opens) -> None:
    """The terminal has cut its lines although the console sees the size it knows."""
    driven = opened(lab, pane="tables")
    driven.wait_for("lab.molecules")
    for _ in range(5):
        driven.resize(20, 5).resize(80, 24)
        driven.wait_for(lambda: whole(driven, 80) and "lab.molecules" in driven.text)


@pytest.mark.parametrize("environ", [{"NO_COLOR": "1"}, {"TERM": "vt220", "NO_COLOR": "1"}], ids=["xterm", "vt220"])
def test_no_color_means_no_colour_at_all(lab: str, opened: Opens, environ: dict[str, str | None]) -> None:
    driven = opened(lab, environ=environ)
    driven.keys("4").wait_for("lab.molecules")
    driven.keys("?").wait_for("MOVE")
    assert not colors(driven.raw)


def test_an_empty_no_color_changes_nothing(lab: str, opened: Opens) -> None:
    assert colors(opened(lab, environ={"NO_COLOR": ""}).raw)


@pytest.mark.parametrize("term", ["screen", "linux", "vt220"])
def test_terminals_of_sixteen_colours_get_no_more(lab: str, opened: Opens, term: str) -> None:
    driven = opened(lab, environ={"TERM": term, "COLORTERM": None})
    driven.keys("4").wait_for("lab.molecules")
    assert colors(driven.raw)
    assert not colors(driven.raw) & {38, 48}


def test_where_utf_8_is_not_taken_only_ascii_is_written(lab: str, opened: Opens) -> None:
    driven = opened(lab, environ={"LANG": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"})
    for digit in "23456789014":
        driven.keys(digit).wait_for(lambda digit=digit: re.search(rf"{digit} [A-Z]", driven.screen[1]))
    driven.wait_for("lab.molecules")
    driven.keys("V").wait_for("V: which")
    assert driven.raw.isascii()


def test_in_the_c_locale_it_opens_and_closes(lab: str, opened: Opens) -> None:
    driven = opened(lab, environ={"LANG": "C"})
    driven.keys("4").wait_for("lab.molecules")
    driven.keys("q")
    assert driven.ended() == 0


@pytest.mark.slow
def test_a_stopped_console_writes_nothing_and_an_unchanged_list_little(lab: str, opened: Opens) -> None:
    driven = opened(lab, pane="tables")
    driven.wait_for("lab.molecules")
    assert driven.quiet(1.5), "it never comes to rest"
    before = len(driven.raw)
    driven.quiet(8, 6)
    assert len(driven.raw) - before < 4000
    driven.keys("p").wait_for("stopped")
    driven.wait_for(lambda: "Stopped" not in driven.screen[-2], 15)
    driven.quiet(1.0)
    before = len(driven.raw)
    driven.pump(3.0)
    # the clock of the header may go on by a minute in between
    assert len(driven.raw) - before < 200


def test_a_lost_connection_is_an_alert_and_overview_calls_nothing_healthy(opened: Opens) -> None:
    with new_cluster() as cluster:
        driven = opened(cluster.uri(), "--interval", "1")
        driven.wait_for("VITALS")
        cluster.stop()
        driven.wait_for("LOST")
        driven.wait_for("What is wrong now is not known: all below is old")
        assert "Nothing wrong" not in driven.text and "■1" in driven.screen[0]
        driven.keys("!").wait_for(r"■ No connection since \d\d:\d\dZ: ")
        assert "No alerts" not in driven.text


def test_a_restarted_server_is_lost_then_live_and_the_last_data_stays(opened: Opens) -> None:
    with new_cluster() as cluster:
        plant(cluster.uri())
        driven = opened(cluster.uri(), "--interval", "1", pane="tables")
        driven.wait_for("lab.molecules")
        restart = threading.Thread(target=cluster.restart)
        restart.start()
        driven.wait_for("LOST")
        assert "No connection since" in driven.text
        assert "lab.molecules" in driven.text
        restart.join()
        driven.wait_for("was restarted at .* Rates start again", 60)
        driven.keys("j").wait_for(r" live \d+s")
        assert "lab.molecules" in driven.text
        assert "LOST" not in driven.text
        driven.keys("1").wait_for("VITALS")
