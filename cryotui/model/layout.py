"""Columns into a width: which ones stay, how wide each is, and a row's cells in them. Pure functions of text."""

from __future__ import annotations

from collections.abc import Sequence

from cryotui.model.pane import FILL, Column, Mark, Moment, Role, Span, worst
from cryotui.model.record import dataclass
from cryotui.model.sample import Row
from cryotui.model.text import fit, one_line

GUTTER = 3
"""Cells left of every table: cursor or tag, mark, blank."""

LEAST_FILL = 20
"""The last text column shrinks to this before another column leaves."""

WIDE = 120
"""From this width on columns take their wide measure and heads."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A column with the width it got."""

    column: Column
    width: int

    @property
    def title(self) -> str:
        """The head that belongs to this width."""
        return self.column.title


def arrange(
    columns: Sequence[Column], width: int, kept: str | None = None, hidden: frozenset[str] = frozenset()
) -> list[Placed]:
    """The columns that fit into ``width`` cells (gutter included), in their order, with their widths.

    ``kept`` names a column that never leaves (the sorted one, the one at fault); ``hidden`` were taken away by hand.
    """
    wide = width >= WIDE
    measure = {column.name: (column.wide if wide else column.narrow) for column in columns}
    staying = [column for column in columns if measure[column.name] and column.name not in hidden]
    room = width - GUTTER

    def least() -> int:
        filled = [LEAST_FILL if measure[column.name] == FILL else measure[column.name] for column in staying]
        return sum(filled) + len(filled) - 1

    while least() > room:
        leaving = [column for column in staying if column.leaves is not None and column.name != kept]
        if not leaving:
            break
        staying.remove(min(leaving, key=lambda column: column.leaves or 0))
    fixed = sum(measure[column.name] for column in staying if measure[column.name] != FILL)
    left = max(room - fixed - (len(staying) - 1), 0)
    fills = sum(1 for column in staying if measure[column.name] == FILL)
    return [
        Placed(column, left // fills if measure[column.name] == FILL else measure[column.name])
        for column in staying
        if measure[column.name] != FILL or left // fills > 0
    ]


def row_marks(placed: Sequence[Column], row: Row, moment: Moment) -> dict[str, Mark]:
    """The marks of a row's cells by column name; only cells that have one."""
    found: dict[str, Mark] = {}
    for column in placed:
        if column.mark is not None:
            mark = column.mark(row, moment)
            if mark:
                found[column.name] = mark
    return found


def row_mark(columns: Sequence[Column], row: Row, moment: Moment) -> Mark | None:
    """The worst mark of a row, over all its columns, shown or not."""
    return worst(list(row_marks(columns, row, moment).values()))


def row_spans(placed: Sequence[Placed], row: Row, moment: Moment, marks: dict[str, Mark]) -> list[Span]:
    """A row's cells as spans of exactly their widths, one blank between them; the gutter is not included.

    A row with the field ``ruled`` is a divider: that text on a rule over all columns, nothing in it can be acted on.
    """
    ruled = row.get("ruled")
    if ruled:
        room = sum(place.width for place in placed) + len(placed) - 1
        first = placed[0].width if placed else 0
        return [(fit(f"{'─' * first} {ruled} " + "─" * room, room - 1, "L").replace("…", "─") + " ", "rule")]
    spans: list[Span] = []
    for index, place in enumerate(placed):
        column = place.column
        text = column.text(row, moment)
        if not text.isprintable():  # blanks in front are kept: they are the branches of a tree
            text = one_line(text)
        text = fit(text, place.width, column.align)
        role: Role = "text"
        mark = marks.get(column.name)
        if mark:
            role = "quiet" if mark == "unknown" else mark
        elif text.strip() in ("-", "0", "") or (column.quiet is not None and column.quiet(row, moment)):
            role = "quiet"
        spans.append((text if index == 0 else " " + text, role))
    return spans
