"""The keys of LOOK, pressed in a real terminal."""

from __future__ import annotations

import re

import pytest
from console_fixture import Opens
from presses import presses
from test_keys_move import SIZES, by_name


@presses("filter", "/", "f4")
@pytest.mark.parametrize("size", SIZES)
def test_the_filter_works_while_it_is_typed_and_esc_clears_it(lab: str, opened: Opens, size: tuple[int, int]) -> None:
    driven = opened(lab, pane="tables", size=size)
    driven.wait_for("lab.molecules")
    driven.keys("/", "lab").wait_for("3 of 26")
    driven.keys(" !vials").wait_for("2 of 26")
    driven.keys("ctrl+u", "rows>1k").wait_for("1 of 26")
    driven.keys("ctrl+u", "~^lab.v").wait_for("1 of 26")
    driven.keys("ctrl+u", "table:not_ours").wait_for("1 of 26")
    driven.keys("ctrl+u", "is:watch").wait_for("▸▲ lab.molecules")
    driven.keys("ctrl+u", "~(").wait_for("no regular expression")
    driven.keys("enter").quiet(0.3, 3)
    assert "no regular expression: missing ), unterminated subpattern" in driven.screen[-2]
    driven.keys("ctrl+u", "nothing-is-called-so").wait_for("No row fits nothing-is-called-so")
    driven.keys("escape").wait_for(r"lab.molecules")
    driven.keys("f4", "vial", "backspace", "enter").wait_for("1 of 26 shown")
    driven.keys("/", "pla").wait_for("/ pla")
    driven.keys("ctrl+u", "via", "enter").wait_for("1 of 26 shown")
    driven.keys("escape").wait_for(r"of 26|sizes of")
    driven.keys("/").wait_for("Enter keep it")
    driven.keys("up").wait_for("/ via")
    driven.keys("escape").wait_for("lab.molecules")


def test_pasted_text_is_text_in_a_filter_and_nothing_elsewhere(lab: str, opened: Opens) -> None:
    driven = opened(lab, pane="tables")
    driven.wait_for("lab.molecules")
    driven.paste("q\rq\r").wait_for("Pasted text is taken in a filter only")
    driven.keys("/").wait_for("Enter keep it")
    driven.paste("vials\rq").wait_for("1 of 26")
    driven.keys("enter").wait_for("1 of 26 shown")
    assert driven.process.poll() is None


@presses("sort", "s", "f6")
@presses("turn-order", "S")
@presses("sort-column", "<", ">")
def test_sorting_goes_column_by_column_and_turns_round(lab: str, opened: Opens) -> None:
    driven = by_name(opened(lab, pane="tables"))
    first = driven.cursor[:18]
    driven.keys("S").wait_for("table▾")
    driven.keys("home").wait_for("▸. lab.vials")
    driven.keys("s").wait_for(r"Sorted by size")
    driven.keys("home").wait_for("▸. lab.molecules")
    driven.keys("f6").wait_for("Sorted by rows")
    driven.keys("<").wait_for("Sorted by size")
    driven.keys(">").wait_for("Sorted by rows")
    driven.keys("<", "<").wait_for("Sorted by table")
    driven.keys("home").wait_for(lambda: driven.cursor[:18] == first)


@pytest.mark.parametrize("size", SIZES)
def test_a_click_on_a_head_sorts_and_another_turns_round(lab: str, opened: Opens, size: tuple[int, int]) -> None:
    driven = opened(lab, pane="tables", size=size)
    driven.wait_for("lab.molecules")
    at = driven.screen[3].index("size") + 1
    driven.click(at, 3).wait_for("▾size")
    driven.click(at, 3).wait_for("▴size")


@presses("choose-columns", "c")
def test_a_column_can_be_hidden_and_shown_again(lab: str, opened: Opens) -> None:
    driven = opened(lab, pane="tables")
    driven.wait_for("lab.molecules")
    driven.keys("c").wait_for("Columns")
    driven.until("down", r"▸ x size")
    driven.keys("enter").wait_for(r"▸ +size")
    driven.keys("escape").wait_for(lambda: "size" not in driven.screen[3] and "table" in driven.screen[3])
    driven.keys("c").wait_for("Columns")
    driven.until("down", r"▸ +size")
    driven.keys("enter").wait_for(r"▸ x size")
    driven.keys("escape").wait_for(lambda: "size" in driven.screen[3] and "table" in driven.screen[3])


@presses("tree", "t", "f5")
def test_the_tree_goes_off_and_on(lab: str, opened: Opens, chain: dict[str, int]) -> None:
    driven = opened(lab, pane="activity")
    driven.wait_for("└ ")
    for key in ("t", "f5"):
        driven.keys(key).wait_for(lambda: "└ " not in driven.text and str(chain["ddl"]) in driven.text)
        driven.keys(key).wait_for("└ ")
    driven.keys("4").wait_for("lab.not_ours|lab.molecules")
    driven.keys("t").wait_for("Tables has no tree")


@presses("wrap", "w", "v")
def test_the_wrap_keys_wrap_a_text_and_say_where_whole_text_is(lab: str, opened: Opens) -> None:
    driven = opened(lab, pane="statements")
    for key in ("w", "v"):
        driven.keys(key).wait_for("Enter shows the whole text, broken into lines")
        driven.hush()
    driven.keys("?").wait_for("one meaning each")
    for key in ("w", "v"):
        driven.keys(key).wait_for("Long lines are cut; w wraps them")
        driven.keys(key).wait_for("Long lines are wrapped")


@presses("zoom", "z")
def test_zoom_gives_the_list_the_room_of_the_panel(lab: str, opened: Opens) -> None:
    driven = opened(lab, pane="tables", size=(200, 50))
    driven.wait_for("row under the cursor")
    driven.keys("z").wait_for(lambda: "row under the cursor" not in driven.text)
    driven.keys("z").wait_for("row under the cursor")


@presses("about", "i")
def test_about_explains_the_pane_and_its_columns(lab: str, opened: Opens) -> None:
    driven = opened(lab, pane="tables")
    driven.wait_for("lab.molecules")
    driven.keys("i").wait_for("About Tables")
    assert re.search("COLUMN ─.*due", driven.text)
    driven.keys("i").wait_for("lab.molecules")
