"""The board: which lines a pane shows, where the cursor is, and that it never leaves its row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cryotui.model import units
from cryotui.model.pane import Block, Column, Moment, Pane, Prose, Rule, Table, View
from cryotui.model.sample import Sample
from cryotui.model.settings import ColumnChoice, Settings
from cryotui.model.tabs import Tab
from cryotui.model.text import cells, clean
from cryotui.tui.board import Board

COLUMNS = (
    Column("name", "name", 12, 20, align="L", ascending=True),
    Column("size", "size", 6, 6, form=units.size, mark=lambda row, moment: "bad" if (row["size"] or 0) > 900 else None),
    Column("age", "age", 6, 8, form=units.age, leaves=1),
    Column("text", "text", 20, -1, align="L"),
)


def blocks(moment: Moment, width: int) -> Sequence[Block]:
    return [Table("things", COLUMNS, moment.rows("things"), ("name",), empty="No thing. 0 looked at.")]


def sections(moment: Moment, width: int) -> Sequence[Block]:
    return [
        Rule("FIRST", "a note"),
        Prose(((("   a line of text", "text"),),)),
        Table("things", COLUMNS, moment.rows("things"), ("name",), below=lambda row, moment: (("   second", "quiet"),)),
        Rule("LAST"),
    ]


PANE = Pane(
    Tab("things", "1", "Things", "Thng", "things"), "about", ("things",), blocks,
    views=(View("all", "All"), View("big", "Big", keep=lambda row, moment: (row["size"] or 0) > 100)),
    sort="size",
)  # fmt: skip


def pinned(moment: Moment, width: int) -> Sequence[Block]:
    return [Prose(((("   a line that stays", "text"),),), pinned=True), *blocks(moment, width)]


def things(*names_and_sizes: tuple[str, int | None], text: str = "t") -> list[dict[str, Any]]:
    return [{"name": name, "size": size, "age": 5.0, "text": text} for name, size in names_and_sizes]


def moment(rows: Sequence[Any]) -> Moment:
    now = datetime(2026, 3, 14, 3, 14, tzinfo=UTC)
    return Moment(None, {"things": Sample("things", now, 1.0, rows)}, {}, Settings(), now)  # type: ignore[arg-type]


def board_of(rows: Sequence[Any], pane: Pane = PANE, width: int = 80, height: int = 20) -> Board:
    board = Board(pane)
    board.update(moment(rows), width, height)
    return board


def texts(board: Board) -> list[str]:
    return ["".join(text for text, _ in spans) for spans, _ in board.draw()]


ABC = things(("a", 300), ("b", 200), ("c", 100))


def test_the_cursor_follows_its_row_when_the_order_changes() -> None:
    board = board_of(ABC)
    board.move(1)
    assert board.row is not None and board.row["name"] == "b"
    board.update(moment(things(("a", 1), ("b", 2), ("c", 3))))
    assert board.row["name"] == "b"
    board.update(moment(things(("b", 1), ("z", 9), ("y", 8), ("c", 3))))
    assert board.row["name"] == "b" and board.position == 3


def test_a_cursor_that_was_never_moved_stays_on_the_worst_row() -> None:
    board = board_of(ABC)
    board.update(moment(things(("a", 1), ("b", 2), ("c", 3))))
    assert board.row is not None and board.row["name"] == "c" and board.position == 0


def test_the_cursor_passes_over_a_divider() -> None:
    rows = things(("a", 300), ("b", 200), ("c", 100))
    rows[1]["ruled"] = "a divider"
    board = board_of(rows)
    for step, name in ((1, "c"), (-1, "a")):
        board.move(step)
        assert board.row is not None and board.row["name"] == name
    assert board.tag_all() == 2


def test_when_its_row_is_gone_the_cursor_stays_on_its_line() -> None:
    board = board_of(ABC)
    board.move(1)
    board.update(moment(things(("a", 300), ("c", 100))))
    assert board.row is not None and board.row["name"] == "c"
    board.update(moment([]))
    assert board.row is None and "No thing. 0 looked at." in "\n".join(texts(board))


def test_a_view_keeps_its_rows_and_tells_its_count() -> None:
    board = board_of(ABC)
    board.set_view("big")
    lines = texts(board)
    assert "All 3 [Big 2]" in lines[0] and len([line for line in lines if line[3:4] in "abc" and line.strip()]) == 2


def test_the_same_column_again_turns_the_order_round_and_unknown_stays_last() -> None:
    board = board_of(things(("a", 1), ("b", None), ("c", 3)))
    names = lambda: [row["name"] for row in board.table.rows]  # type: ignore[union-attr]  # noqa: E731
    assert names() == ["c", "a", "b"]
    board.sort_by("size")
    assert names() == ["a", "c", "b"]


def test_a_filter_hides_and_says_how_many() -> None:
    board = board_of(ABC)
    board.set_filter("name:b")
    assert board.shown == (1, 3) and "1 of 3 shown" in texts(board)[0]
    board.set_filter("nothing")
    assert "No row fits nothing. 3 are hidden; Esc shows them." in "\n".join(texts(board))


def test_tags_belong_to_rows_not_to_lines() -> None:
    board = board_of(ABC)
    board.tag()
    board.update(moment(things(("a", 1), ("b", 2), ("c", 3))))
    assert [row["name"] for row in board.tagged()] == ["a"]
    board.update(moment(things(("b", 2))))
    assert board.tagged() == []


def test_the_first_column_stays_when_the_columns_are_scrolled() -> None:
    board = board_of(ABC)
    assert board.shift(1)
    heads = texts(board)[1]
    assert "name" in heads and "size" not in heads and "age" in heads


def test_the_configuration_hides_columns_and_puts_others_first() -> None:
    board = Board(PANE, ColumnChoice(hidden=("age",), order=("text",)))
    board.update(moment(ABC), 80, 20)
    heads = texts(board)[1]
    assert "age" not in heads and heads.index("text") < heads.index("size")


def test_next_marked_goes_to_bad_rows_only_and_says_when_there_is_none() -> None:
    board = board_of(things(("a", 950), ("b", 200), ("c", 100), ("d", 901)))
    board.move(2)
    assert board.next_marked(1) and board.row is not None and board.row["name"] == "a"
    assert not board_of(ABC).next_marked(1)


def test_sections_scroll_whole_and_a_row_takes_its_second_line_along() -> None:
    pane = Pane(Tab("things", "1", "Things", "Thng", "things"), "about", ("things",), sections)
    board = board_of(things(*((f"n{i:02}", i) for i in range(30))), pane, height=10)
    assert texts(board)[0].startswith(" FIRST ─")
    board.move(29)
    lines = texts(board)
    assert any(line.startswith("▸") and "n29" in line for line in lines)
    assert "second" in lines[next(i for i, line in enumerate(lines) if line.startswith("▸")) + 1]


def test_a_click_puts_the_cursor_on_the_row_that_is_seen_there() -> None:
    board = board_of(ABC)
    wanted = next(y for y, line in enumerate(texts(board)) if "   c" in line or line[3:4] == "c")
    assert board.click(wanted) and board.row is not None and board.row["name"] == "c"


def test_what_was_lost_is_drawn_quiet_and_stays_readable() -> None:
    board = board_of(ABC)
    board.lost = True
    assert {role for spans, _ in board.draw() for _, role in spans} == {"quiet"}
    assert any("a" in line for line in texts(board))


@pytest.mark.parametrize(
    "pane", [PANE, Pane(Tab("things", "1", "Things", "Thng", "things"), "about", ("things",), sections)]
)
@settings(max_examples=60, deadline=None)
@given(
    names=st.lists(st.text(max_size=30), unique=True, max_size=12),
    width=st.integers(44, 220), height=st.integers(6, 60), moves=st.lists(st.integers(-40, 40), max_size=5),
)  # fmt: skip
def test_every_line_fits_whatever_the_names_and_the_size(
    pane: Pane, names: list[str], width: int, height: int, moves: list[int]
) -> None:
    rows = things(*((clean(name), index) for index, name in enumerate(dict.fromkeys(names))), text="x" * 300)
    board = board_of(rows, pane, width, height)
    for by in moves:
        board.move(by)
        lines = texts(board)
        assert len(lines) <= height
        assert all(cells(line) <= width for line in lines), [line for line in lines if cells(line) > width]


def test_until_an_update_is_done_all_is_as_before() -> None:
    board = board_of(ABC)
    before = texts(board)
    pieces = board.updating(moment(things(("z", 1))), 80, 20)
    for _ in pieces:
        assert texts(board) == before
        board.move(1)
        board.move(-1)
    assert [row["name"] for row in board.table.rows] == ["z"]  # type: ignore[union-attr]


def test_an_update_that_was_overtaken_has_no_effect() -> None:
    board = board_of(ABC)
    pieces = board.updating(moment(things(("z", 1))), 80, 20)
    next(pieces)
    board.sort_by("name")
    for _ in pieces:
        pass
    assert [row["name"] for row in board.table.rows] == ["a", "b", "c"]  # type: ignore[union-attr]


def test_a_pinned_line_stays_above_the_heads_while_the_rows_scroll() -> None:
    pane = Pane(
        Tab("things", "1", "Things", "Thng", "things"), "about", ("things",), pinned, views=(View("all", "All"),)
    )
    board = board_of(things(*((f"t{at:02}", at) for at in range(40))), pane, height=10)
    board.move(30)
    lines = ["".join(text for text, _ in spans) for spans, _ in board.draw()]
    assert "All" in lines[0]
    assert lines[1].strip() == "a line that stays"
    assert lines[2].split()[0] == "name"
    assert board.row is not None and board.row["name"] == "t30"
    assert any("t30" in line for line in lines[3:])
    assert board.heads_line == 2
    board.click(3)
    assert board.row["name"] in lines[3]
