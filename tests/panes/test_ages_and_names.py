"""Ages with who did it, and names in lists: short, sortable, never invisible."""

from __future__ import annotations

import pytest
from hostile_names import HOSTILE
from hypothesis import given
from hypothesis import strategies as st

from cryotui.model.text import cells, clean, one_line
from cryotui.panes.agewords import NEVER, NOW, last_done, words
from cryotui.panes.names import bare, identifier, label


@pytest.mark.parametrize(
    ("by_hand", "by_itself", "expected"),
    [
        (None, None, "never"),
        (10.0, None, "10s hand"),
        (None, 21600.0, "6h auto"),
        (7200.0, 86400.0 * 3, "2h hand"),
        (86400.0 * 40, 370.0, "6m auto"),
        (0.0, 5.0, "0s hand"),
        (5999.0, None, "99m hand"),
        (6000.0, None, "1h hand"),
    ],
)  # fmt: skip
def test_the_later_of_both_is_told_with_who_did_it(
    by_hand: float | None, by_itself: float | None, expected: str
) -> None:
    assert words(last_done(by_hand, by_itself)) == expected


def test_never_is_older_than_any_age_and_now_is_the_newest() -> None:
    ages = [last_done(3.0, None), NEVER, NOW, last_done(None, 9e9)]
    assert [words(age) for age in sorted(ages)] == ["now", "3s hand", "285y auto", "never"]
    assert words(None) == "-"


@given(st.floats(min_value=0, max_value=86400 * 9999))
def test_an_age_with_its_word_fits_into_the_column_of_eight_cells(seconds: float) -> None:
    assert cells(words(last_done(None, seconds))) <= 8


def test_the_schema_is_left_out_for_public_only_and_odd_names_are_quoted() -> None:
    assert label("public", "molecules") == "molecules" and label("auth", "users") == "auth.users"
    assert label(None, "molecules") == "molecules" and label("a.b", "c") == '"a.b".c'
    assert bare(" ") == '" "' and bare("line\nbreak") == '"line\\nbreak"' and bare('a"b') == '"a""b"'
    assert identifier("lab_ro") == "lab_ro" and identifier('La"b') == '"La""b"'


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_one_visible_line(name: str) -> None:
    shown = bare(clean(name))
    assert shown.strip() and one_line(shown) == shown
