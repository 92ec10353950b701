"""What stands in the place of an answer that is missing, and where watch and bad begin."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from cryotui.model.pane import Moment, Prose
from cryotui.model.sample import Missing
from cryotui.model.settings import Settings
from cryotui.model.text import cells
from cryotui.panes import ORDER, pane, panes
from cryotui.panes.absent import absent_blocks, absent_line
from cryotui.panes.overlaid import Overlaid
from cryotui.panes.thresholds import judge, limit

MISSING = Missing(
    "extension",
    "the extension is not in this database.",
    who="a superuser, or the owner on Supabase",
    remedy="CREATE EXTENSION pg_stat_statements WITH SCHEMA extensions; -- " + "x" * 200,
    instead="2 Activity samples what runs now",
)


def lines(width: int) -> list[str]:
    (block,) = absent_blocks("Statements", MISSING, width)
    assert isinstance(block, Prose)
    return ["".join(text for text, _ in line) for line in block.lines]


@pytest.mark.parametrize("width", (40, 80, 200))
def test_a_missing_answer_says_what_who_how_and_what_instead_within_the_width(width: int):
    shown = lines(width)
    text = " ".join(" ".join(shown).split())
    assert text.startswith("? Statements cannot be shown: the extension is not in this database.")
    assert "Who can mend it a superuser" in text and "Instead 2 Activity" in text
    assert all(cells(line) <= width for line in shown)


def test_the_remedy_is_never_cut():
    joined = "".join(line[21:] for line in lines(80) if line.startswith(("   How", " " * 21)))
    assert MISSING.remedy is not None and MISSING.remedy.replace(" ", "") in joined.replace(" ", "")


def test_a_section_says_it_in_one_line():
    assert cells("".join(text for text, _ in absent_line("Limits", MISSING, 50))) <= 50


def moment(**thresholds: tuple[float, float]) -> Moment:
    settings = Settings(thresholds={name.replace("__", "."): value for name, value in thresholds.items()})
    return Moment(cast(Any, None), {}, {}, settings, datetime(2026, 3, 14, tzinfo=UTC))


def test_a_threshold_of_the_settings_replaces_the_default():
    assert limit(moment(), "activity.age", 60, 300) == (60, 300)
    assert limit(moment(activity__age=(5.0, 10.0)), "activity.age", 60, 300) == (5.0, 10.0)


def test_a_value_at_a_limit_is_marked_an_unknown_one_never_and_falling_limits_turn_it_round():
    assert [judge(value, (1.0, 5.0)) for value in (None, 0, 1, 4.9, 5, 9)] == [
        None,
        None,
        "watch",
        "watch",
        "bad",
        "bad",
    ]
    assert [judge(value, (0.9, 0.5)) for value in (None, 0.95, 0.9, 0.5)] == [None, None, "watch", "bad"]


def test_fields_laid_over_a_row_come_first_and_the_rest_is_the_rows_own():
    row = Overlaid({"pid": 1, "app": "a"}, app="b", more=3)
    assert (row["pid"], row["app"], row["more"], row.get("none", 7)) == (1, "b", 3, 7)
    assert row.keys() == ["pid", "app", "more"]
    with pytest.raises(KeyError):
        row["none"]


def test_the_tabs_have_their_digits_in_order_and_an_unknown_name_is_none():
    digits = {found.name: found.tab.digit for found in panes()}
    assert all(digits[name] == str((index + 1) % 10) for index, name in enumerate(ORDER) if name in digits)
    with pytest.raises(KeyError):
        pane("nonsense")
    with pytest.raises(KeyError):
        pane("thresholds")
