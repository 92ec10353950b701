"""One meaning for each key; help, README and paper are made from the registry and say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cryotui.model.keys import GROUPS, HELP, KEYS, NOT_YET, by_id, find, keys_table_markdown, keys_text
from cryotui.model.text import cells

README = Path(__file__).parents[2] / "README.md"

# the keys of each row of the table that the screens promise, in its order, by group
PROMISED = """
MOVE: up down j k | pageup pagedown | home end g G | left right [ ] | 1 2 3 4 5 6 7 8 9 0 | tab shift+tab | enter d
MOVE: backspace | escape | q f10 ctrl+c ctrl+q | : ctrl+p | n N
LOOK: / f4 | s f6 | S | < > | c | t f5 | w v | z | i | x | H
TIME: p Z | r R ctrl+r ctrl+l | + = - | m | o | O | , . | { } | ( ) | @
TAKE: y | e | space | * | U
ACT: a | A | C | K f9 | V | I | X | L
SCREENS: ? h f1 | ! | F | M | b | l | T
"""


def test_the_keys_are_those_of_the_screens():
    promised = [
        (group, tuple(row.split()))
        for line in PROMISED.strip().splitlines()
        for group, rows in [line.split(": ", 1)]
        for row in rows.split(" | ")
    ]
    assert [(entry.group, entry.keys) for entry in KEYS] == promised


def test_no_key_has_two_meanings():
    keys = [key for entry in KEYS for key in entry.keys]
    assert len(keys) == len(set(keys))
    assert len({entry.id for entry in KEYS}) == len(KEYS)


def test_no_key_is_one_that_terminals_and_their_multiplexers_keep_for_themselves():
    letters = {key.removeprefix("ctrl+") for entry in KEYS for key in entry.keys if key.startswith("ctrl+")}
    # Tab, Enter (twice), Backspace, Escape, stop of the output; prefixes of screen and tmux; suspend
    assert letters.isdisjoint({"i", "m", "j", "h", "[", "s", "a", "b", "z"})


def test_no_key_needs_alt_a_function_key_or_ctrl():
    for entry in KEYS:
        assert any(not re.fullmatch(r"f\d+|ctrl\+.*|alt\+.*", key) for key in entry.keys), entry.id
        assert not any(key.startswith("alt+") for key in entry.keys)


def test_every_acting_capital_has_a_harmless_small_twin_and_a_level():
    for capital in "CKVIX":
        entry, twin = find(capital), find(capital.lower())
        assert entry is not None and entry.level
        assert twin is not None and not twin.level


@pytest.mark.parametrize("key", ["Q", *"fuBDEJPWY"])
def test_keys_that_are_free_on_purpose_stay_free(key):
    assert find(key, key) is None


def test_a_key_is_found_by_its_character_or_by_its_name():
    assert find("left_square_bracket", "[") is by_id("columns-scroll")
    assert find("space", " ") is by_id("tag")
    assert find("upper_g", "G") is by_id("ends")
    assert find("ctrl+r") is by_id("refresh")
    assert find("f12") is None


def test_every_entry_stands_in_the_help_once():
    ids = [
        identity for page in HELP for column in page for _, lines in column for line in lines for identity in line.ids
    ]
    assert sorted(ids) == sorted(entry.id for entry in KEYS)


def test_the_help_names_only_keys_of_its_entries():
    names = {"↑": "up", "↓": "down", "←": "left", "→": "right", "PgUp": "pageup", "PgDn": "pagedown", "Esc": "escape"}
    for page in HELP:
        for column in page:
            for _, lines in column:
                for line in lines:
                    keys = {key for identity in line.ids for key in by_id(identity).keys}
                    shown = {names.get(word, word if len(word) == 1 else word.lower()) for word in line.shown.split()}
                    assert shown - {"…"} <= keys, line


PAGE = """\
 MOVE                                   LOOK
 ↑ ↓  j k       row                     Enter d     detail, down one level
 PgUp PgDn      page                    Backspace   back where you came from
 Home End  g G  first, last             /  F4       filter
 ← →  [ ]       columns                 n N         next, previous marked row
 1 … 9 0        pane                    s S  F6     sort by next, turn round
 Tab            next view, field        < >         sort column left, right
 :  Ctrl+P      any command             c           choose columns
 q              leave; last: quit       t  F5       tree
 Esc            close, clear filter     w v         wrap long text
                                        i           what is this number
 TIME                                   H           its history
 p  Z           stop, go on             z           zoom: list only
 r R Ctrl+R     ask again now           x           explain, run nothing
 + -            interval
 m              set mark                TAKE
 , .            step back, on           y           copy
 { }            event before, after     e           export
 ( )            slower, faster          Space * U   tag, all, none
"""


def test_the_first_page_is_the_one_of_the_screens():
    shown = re.sub(rf"(^|(?<= )){NOT_YET}(?=\S)", " ", keys_text(80), flags=re.MULTILINE)
    assert shown.startswith(PAGE)


@pytest.mark.parametrize("width", [40, 60, 77, 78, 80, 120, 200])
def test_the_help_fits_the_width(width):
    lines = keys_text(width).splitlines()
    assert max(map(cells, lines)) <= width
    text = "\n".join(lines)
    assert all(group in text for group in GROUPS)


def test_what_is_not_there_yet_says_so():
    later = {entry.id for entry in KEYS if entry.later}
    assert f"{NOT_YET}H " in keys_text(80)
    assert keys_table_markdown().count("(not yet)") == len(later)


def test_the_table_has_a_line_for_every_entry_and_breaks_in_no_cell():
    lines = keys_table_markdown().splitlines()
    assert len(lines) == 2 + len(GROUPS) + len(KEYS)
    assert {line.count("|") for line in lines} == {4}


@pytest.mark.skipif(
    "<!-- keys -->" not in (README.read_text() if README.exists() else ""), reason="no key table in README"
)
def test_the_key_table_of_the_readme_is_the_one_of_the_registry():
    table = re.search(r"<!-- keys -->\n(.*?)<!-- /keys -->", README.read_text(), re.DOTALL)
    assert table is not None
    assert table[1].strip() == keys_table_markdown().strip()
