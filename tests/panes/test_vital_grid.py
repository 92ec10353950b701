"""The grid of vitals: exact cells at 80, least and most from 120 on, whole series in few cells, gaps as gaps."""

from __future__ import annotations

import pytest

from cryotui.model.pane import Line
from cryotui.model.text import cells
from cryotui.panes.vital_grid import Vital, bucketed, grid

RISING = [float(number) for number in range(300)]


def text(line: Line) -> str:
    return "".join(part for part, _ in line)


def test_at_80_label_value_series_and_words_stand_where_the_screens_have_them():
    left = [Vital("transactions", "212/s", RISING), Vital("connections", "91/97", RISING, mark="watch")]
    right = [Vital("active", "38", RISING), Vital("oldest trans", "6m10s", words="pid 48112", mark="watch")]
    lines = [text(line) for line in grid(left, right, 80)]
    assert lines[0] == "   transactions     212/s  ▁▂▂▃▃▄▄▅▅▆▆▇    active               38  ▁▂▂▃▃▄▄▅▅▆▆▇"
    assert lines[1] == " ▲ connections      91/97  ▁▂▂▃▃▄▄▅▅▆▆▇  ▲ oldest trans      6m10s  pid 48112   "


@pytest.mark.parametrize("width", (80, 100, 119, 120, 122, 150, 200, 300))
def test_every_line_stays_within_the_width(width: int):
    vitals = [
        Vital("transactions", "212/s", RISING), Vital("a label that is far too long for its field", "-", [None] * 40),
        Vital("none", "0", []), Vital("words", "1", words="more words than there are cells for them in any column"),
    ]  # fmt: skip
    for line in grid(vitals, vitals[:2], width):
        assert cells(text(line)) <= width


def test_under_80_the_columns_stand_below_one_another():
    lines = grid([Vital("a", "1", RISING)], [Vital("b", "2", words="words")], 40)
    assert len(lines) == 2 and all(cells(text(line)) <= 40 for line in lines)


def test_from_120_on_least_and_most_stand_behind_the_series():
    line = text(grid([Vital("connections", "91/97", RISING)], [], 122)[0])
    assert line.rstrip().endswith("0   299")


def test_the_whole_series_is_shown_in_few_cells_and_a_gap_stays_a_gap():
    assert bucketed([1.0, None, 3.0], 12) == [1.0, None, 3.0]
    assert bucketed([1.0, 3.0, None, None], 2) == [2.0, None]
    shown = bucketed(RISING, 12)
    assert len(shown) == 12 and shown[0] == pytest.approx(12.0) and shown[-1] == pytest.approx(287.0)
    assert bucketed([], 12) == []


def test_a_flat_series_a_zero_and_an_unknown_value_are_quiet():
    flat = grid([Vital("deadlocks", "0", [2.0] * 30)], [Vital("p95", "-", [])], 80)[0]
    roles = {part.strip(): role for part, role in flat if part.strip()}
    assert roles["0"] == "quiet" and roles["-"] == "quiet" and roles["▁" * 12] == "quiet"
