"""The keys of MOVE, pressed in a real terminal."""

from __future__ import annotations

import re

import psycopg
import pytest
from console_fixture import Opens
from driven import Driven
from presses import presses

SIZES = ((80, 24), (200, 50))
TITLES = (
    "Overview", "Activity", "Statements", "Tables", "Indexes", "Connections", "Backups", "Progress", "Replication", "Audit",
)  # fmt: skip


def by_name(driven: Driven) -> Driven:
    """The Tables pane sorted by name: an order that polling does not change."""
    driven.wait_for("lab.molecules")
    driven.until("<", "table.*▴")
    return driven


@presses("row", "up", "down", "j", "k")
@pytest.mark.parametrize("size", SIZES)
def test_arrows_and_j_k_move_by_one_row(lab: str, opened: Opens, size: tuple[int, int]) -> None:
    driven = by_name(opened(lab, pane="tables", size=size))
    names = [line[:18] for line in driven.rows()[:3]]
    for key, at in (("down", 1), ("j", 2), ("up", 1), ("k", 0)):
        driven.keys(key).wait_for(lambda at=at: driven.cursor[:18] == names[at])


@presses("page", "pageup", "pagedown")
@presses("ends", "home", "end", "g", "G")
def test_pages_and_ends_reach_every_row(lab: str, opened: Opens) -> None:
    driven = by_name(opened(lab, pane="tables"))
    first = driven.cursor[:18]
    driven.keys("pagedown").wait_for(lambda: driven.cursor[:18] not in ("", first))
    driven.keys("pageup").wait_for(lambda: driven.cursor[:18] == first)
    for last_key, first_key in (("end", "home"), ("G", "g")):
        driven.keys(last_key).wait_for(lambda: re.search("▸. lab.vials", driven.text))
        driven.keys(first_key).wait_for(lambda: driven.cursor[:18] == first)


@presses("columns-scroll", "left", "right", "[", "]")
def test_columns_scroll_and_the_first_stays(lab: str, opened: Opens) -> None:
    driven = by_name(opened(lab, pane="tables"))
    start = driven.line("   table")
    for there, back in (("right", "left"), ("]", "[")):
        driven.keys(there).wait_for(lambda: driven.line("   table").split()[1] != start.split()[1])
        assert driven.line("   table").split()[0].startswith("table")
        assert driven.cursor
        driven.keys(back).wait_for(lambda: driven.line("   table") == start)
    driven.keys("left").wait_for("This is the first column")


@presses("pane", *"1234567890")
@pytest.mark.parametrize("size", SIZES)
def test_digits_open_the_panes(lab: str, opened: Opens, size: tuple[int, int]) -> None:
    driven = opened(lab, size=size)
    for digit, title in zip("2345678901", (*TITLES[1:], TITLES[0]), strict=True):
        before = driven.screen[2:-2]
        driven.keys(digit).wait_for(f"{digit} {title}")
        driven.wait_for(lambda before=before: driven.screen[2:-2] != before)
        assert len(driven.screen) == size[1]


@presses("next-part", "tab", "shift+tab")
def test_tab_goes_through_the_views_and_back(lab: str, opened: Opens) -> None:
    driven = opened(lab, pane="tables")
    for title in ("Vacuum", "Bloat", "Never", "All"):
        driven.keys("tab").wait_for(rf"\[{title}")
    for title in ("Never", "Bloat"):
        driven.keys("shift+tab").wait_for(rf"\[{title}")


@presses("detail", "enter", "d")
@presses("back", "backspace")
@pytest.mark.parametrize("size", SIZES)
def test_enter_shows_the_row_whole_and_backspace_goes_back(lab: str, opened: Opens, size: tuple[int, int]) -> None:
    driven = opened(lab, pane="tables", size=size)
    for key in ("enter", "d"):
        driven.wait_for("▸. lab.molecules")
        driven.keys(key).wait_for("STORAGE")
        assert driven.screen[2].startswith(" lab.molecules")
        driven.keys("backspace").wait_for(r"\[All \d+\]")
    driven.keys("backspace").wait_for("1 Overview .*2Actv|VITALS")


@presses("close", "escape")
def test_esc_closes_clears_and_never_leaves(lab: str, opened: Opens) -> None:
    driven = opened(lab, pane="tables")
    driven.wait_for("lab.molecules")
    driven.keys("/", "vials", "enter").wait_for("1 of 26 shown")
    driven.keys("enter").wait_for("STORAGE")
    driven.keys("escape").wait_for("1 of 26 shown")
    driven.keys("escape").wait_for("lab.molecules")
    driven.keys("escape").wait_for("q leaves the console")
    assert driven.process.poll() is None


@presses("quit", "q", "f10", "ctrl+c", "ctrl+q")
@pytest.mark.parametrize("key", ["q", "f10", "ctrl+c", "ctrl+q"])
def test_the_quit_keys_close_what_is_open_then_end(lab: str, opened: Opens, key: str) -> None:
    driven = opened(lab, pane="tables")
    driven.wait_for("lab.molecules")
    driven.keys("enter").wait_for("STORAGE")
    driven.keys(key).wait_for(r"\[All \d+\]")
    driven.keys(key)
    assert driven.ended() == 0


@presses("palette", ":", "ctrl+p")
def test_the_palette_finds_panes_actions_and_settings_by_words(lab: str, opened: Opens) -> None:
    driven = opened(lab)
    driven.keys(":").wait_for("Command")
    driven.keys("indexes unused").wait_for("Indexes: Unused")
    driven.keys("enter").wait_for(r"5 Indexes[\s\S]*\[Unused")
    driven.keys("ctrl+p").wait_for("Command")
    driven.keys("theme glacier").wait_for("▸ theme glacier")
    before = len(driven.raw)
    driven.keys("enter").wait_for(lambda: "Command" not in driven.text)
    assert b"\x1b[" in driven.raw[before:]


@presses("next-marked", "n", "N")
def test_n_goes_to_the_marked_rows(lab: str, opened: Opens, chain: dict[str, int]) -> None:
    driven = opened(lab, pane="activity")
    driven.wait_for(f"▸. {chain['root']}")
    driven.keys("n").wait_for(rf"^▸▲.*{chain['ddl']}")
    driven.keys("N").wait_for(rf"^▸■ {chain['root']}")


def test_the_cursor_follows_its_row_when_the_order_changes(lab: str, opened: Opens) -> None:
    driven = opened(lab, pane="tables")
    driven.wait_for("lab.vials")
    driven.until("down", "▸. lab.vials")
    before = next(y for y, line in enumerate(driven.screen) if "lab.vials" in line)
    with psycopg.connect(lab, autocommit=True) as connection:
        for _ in range(40):
            connection.execute("UPDATE lab.vials SET molecule = molecule")
        connection.execute("SELECT pg_stat_force_next_flush()")
    driven.keys("r").wait_for(lambda: "lab.vials" in driven.screen[4] or "lab.vials" in driven.screen[5])
    assert driven.cursor.startswith("lab.vials")
    assert next(y for y, line in enumerate(driven.screen) if "lab.vials" in line) < before


def test_keys_without_a_meaning_say_so(lab: str, opened: Opens) -> None:
    driven = opened(lab)
    for key in ("J", "%"):
        driven.keys(key).wait_for(f"{key} has no meaning")


def test_clicks_open_panes_views_and_rows(lab: str, opened: Opens) -> None:
    driven = opened(lab)
    driven.click(driven.screen[1].index("4Tabl") + 1, 1).wait_for("lab.molecules")
    driven.click(driven.screen[2].index("Never") + 1, 2).wait_for(r"\[Never")
    row = driven.rows()[3][:18]
    driven.click(10, 7).wait_for(lambda: driven.cursor[:18] == row)
    driven.wheel(10, 7).wait_for(lambda: driven.cursor[:18] != row)
