"""The lines of a pane's body: rows, heads, sections, prose. Only lines that are asked for are made, each once."""

from __future__ import annotations

from cryotui.model.layout import WIDE, row_mark, row_marks, row_spans
from cryotui.model.pane import Mark, Moment, Prose, Rule, Table
from cryotui.model.sample import Row, row_key
from cryotui.model.text import fit
from cryotui.tui.choice import Choice
from cryotui.tui.drawn import CURSOR, SIGNS, TAG, Drawn, matched, rule_spans
from cryotui.tui.layout import Layout, Place, Stretch

_SIGN_ORDER = tuple(SIGNS)


class Body:
    """One layout at one moment, drawn. What was made of a row is kept for the next key."""

    def __init__(
        self, layout: Layout, choice: Choice, moment: Moment, width: int, sort: tuple[str, bool] | None
    ) -> None:
        """``sort``: the column the main table is sorted by and whether ascending."""
        self.layout, self.choice, self.moment, self.width, self.sort = layout, choice, moment, width, sort
        self._made: dict[tuple[int, int], tuple[Mark | None, list[tuple[str, str]]]] = {}

    def line(self, y: int, cursor: Place | None) -> Drawn:
        """The line ``y`` of the layout; ``cursor`` is where the cursor is."""
        stretch, inside = self.layout.line(y)
        block = stretch.block
        if isinstance(block, Rule):
            return self.rule(block.title, block.note), "background"
        if isinstance(block, Prose):
            return self._prose(block, inside, cursor is not None and cursor[0] is stretch)
        if stretch.kind == "heads":
            return self.heads(stretch)
        if stretch.kind == "empty":
            return [("   " + block.empty, "text")] if inside or stretch.lines == 1 else [], "background"
        index, part = divmod(inside, stretch.per_row)
        row = block.rows[index]
        if part:
            assert block.below is not None
            return list(block.below(row, self.moment) or ()), "background"
        return self._row(stretch, block, row, cursor is not None and cursor[0] is stretch and cursor[1] == index)

    def rule(self, title: str, note: str) -> list[tuple[str, str]]:
        """A section's title."""
        return rule_spans(title, note, self.width, bool(self.moment.extra.get("protected")))

    def mark(self, stretch: Stretch, index: int) -> Mark | None:
        """The worst mark of a row."""
        block = stretch.block
        if isinstance(block, Table):
            return row_mark(block.columns, block.rows[index], self.moment)
        return block.mark if isinstance(block, Prose) else None

    @staticmethod
    def _prose(block: Prose, inside: int, has_cursor: bool) -> Drawn:
        spans: list[tuple[str, str]] = list(block.lines[inside])
        on_cursor = has_cursor and block.row is not None and inside == 0
        if on_cursor and spans:
            first = spans[0][0]
            spans[0] = (CURSOR + first[1:], spans[0][1]) if first[:1] == " " else spans[0]
        return spans, "panel" if on_cursor else "background"

    def _row(self, stretch: Stretch, table: Table, row: Row, cursor: bool) -> Drawn:
        made = self._made.get((stretch.start, id(row)))
        if made is None:
            marks = row_marks(table.columns, row, self.moment)
            worst = min(marks.values(), key=_SIGN_ORDER.index) if marks else None
            made = worst, [*row_spans(stretch.placed, row, self.moment, marks)]
            self._made[stretch.start, id(row)] = made
        mark, cell_spans = made
        sign, sign_role = SIGNS[mark] if mark else (" ", "text")
        tagged = table.main and bool(self.choice.tags) and row_key(row, table.key) in self.choice.tags
        first = CURSOR if cursor else TAG if tagged else " "
        spans: list[tuple[str, str]] = [(first, "accent" if tagged else "text"), (sign, sign_role), (" ", "text")]
        if table.main and self.choice.filter.words:
            spans += matched(cell_spans, self.choice.filter.words)
        else:
            spans += cell_spans
        return spans, "panel" if cursor else "background"

    def heads(self, stretch: Stretch) -> Drawn:
        """The heads of a table's columns; an arrow tells which one it is sorted by."""
        table = stretch.block
        assert isinstance(table, Table)
        sort = self.sort if table.main else None
        spans: list[tuple[str, str]] = [("   ", "quiet")]
        for index, place in enumerate(stretch.placed):
            column = place.column
            title = (column.wide_title or column.title) if self.width >= WIDE else column.title
            sorted_here = sort is not None and sort[0] == column.name
            gap = " " if index else ""
            if sorted_here and sort:
                arrow = "▴" if sort[1] else "▾"
                if gap and len(title) == place.width:
                    gap = arrow  # a head that fills its column: the arrow stands in the blank before it
                else:
                    title = arrow + title if column.align == "R" else title + arrow
            spans.append((gap + fit(title, place.width, column.align), "accent" if sorted_here else "quiet"))
        return spans, "background"
