"""One pane's body in a size: what was chosen of it, laid out, with a cursor on it. No Textual, no question to a server.

A moment comes in (``update``), the chosen rows are selected, laid out and found again by the cursor; ``draw`` makes the
lines that are seen.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from cryotui.model.filter import parse
from cryotui.model.layout import GUTTER, WIDE, Placed, arrange
from cryotui.model.pane import Column, Moment, Pane, Table
from cryotui.model.sample import Row, row_key
from cryotui.model.settings import ColumnChoice
from cryotui.tui import viewsline
from cryotui.tui.body import Body
from cryotui.tui.choice import Choice
from cryotui.tui.cursor import Cursor
from cryotui.tui.drawn import Drawn
from cryotui.tui.layout import Layout
from cryotui.tui.panel import PANEL_LINES, Panel
from cryotui.tui.selection import Selection, selecting


class Board:
    """One pane's body."""

    def __init__(self, pane: Pane, columns: ColumnChoice | None = None) -> None:
        """``columns``: which columns of the main table the configuration hides or puts first."""
        self.pane = pane
        self.order = columns.order if columns else ()
        hidden = frozenset(columns.hidden if columns else ())
        self.choice = Choice(view=pane.views[0].name if pane.views else "", hidden=hidden)
        self.moment: Moment | None = None
        self.width, self.height = 80, 20
        self.lost = False
        self.selection = Selection()
        self.layout = Layout()
        self.cursor = Cursor(self.choice)
        self._body: Body | None = None
        self._panel = Panel(pane)
        self._updates = 0

    # what is shown

    def update(self, moment: Moment | None = None, width: int | None = None, height: int | None = None) -> None:
        """Take in a new moment or a new size, and lay the blocks out again."""
        moment = moment or self.moment
        self.width, self.height = width or self.width, height or self.height
        if moment is not None:
            deque(self.updating(moment, self.width, self.height), maxlen=0)

    def updating(self, moment: Moment, width: int, height: int) -> Iterator[None]:
        """``update`` in pieces. Between two of them all is as before; another update meanwhile makes this one void."""
        self._updates += 1
        mine, choice = self._updates, self.choice
        # a tree has its own order and folds rows: sorted or filtered, every row stands for itself
        tree = choice.tree and not choice.filter and choice.view not in choice.sort
        extra = {**moment.extra, "sort": choice.sort.get(choice.view)}
        moment = replace(moment, view=choice.view, unfolded=choice.unfolded, tree=tree, extra=extra)
        selection = yield from selecting(self.pane, choice, self.order, moment, width)
        if mine != self._updates:
            return
        self.moment, self.width, self.height, self.selection = moment, width, height, selection
        self.layout = Layout(self.selection.blocks, self._placed, bool(choice.filter))
        self._body = Body(self.layout, choice, moment, self.width, self.sorted_by())
        self.cursor.find(self.layout)
        self.cursor.show(self.room)

    def _placed(self, table: Table) -> tuple[Placed, ...]:
        """The columns that fit, with their widths; scrolled aside, the first stays and the others are whole."""
        choice = self.choice
        if not (table.main and choice.shift):
            sort = self.sorted_by(table) if table.main else None
            hidden = choice.hidden if table.main else frozenset()
            return tuple(arrange(table.columns, self.width, sort[0] if sort else None, hidden))
        first, *rest = [column for column in table.columns if column.name not in choice.hidden]
        room, placed = self.width - GUTTER, []
        for column in [first, *rest[choice.shift :]]:
            if room <= 3:
                break
            whole = max(column.wide or column.narrow, 6) if (column.wide or column.narrow) > 0 else 60
            placed.append(Placed(column, min(whole, room)))
            room -= whole + 1
        return tuple(placed)

    def sorted_by(self, table: Table | None = None) -> tuple[str, bool] | None:
        """The column the main table is sorted by and whether ascending; None when it has an order of its own."""
        return self.choice.sorted_by(self.pane, table or self.table)

    @property
    def table(self) -> Table | None:
        """The main table as it is shown."""
        return self.layout.table

    @property
    def shown(self) -> tuple[int, int]:
        """How many rows of the main table fit the filter, of how many."""
        return self.selection.shown, self.selection.rows

    # the room

    @property
    def room(self) -> int:
        """Lines for the body between heads and panel."""
        return max(1, self.height - self._top - (PANEL_LINES if self._has_panel else 0))

    @property
    def _top(self) -> int:
        """Lines above the body: the line of views, where there is something to say in it, what is pinned, and the heads."""
        return self.heads_line + int(self.layout.sticky is not None)

    @property
    def heads_line(self) -> int:
        """The line of the body, from 0, on which the heads that stay are drawn."""
        return int(self.has_views_line) + len(self.layout.pinned)

    @property
    def has_views_line(self) -> bool:
        """Whether the first line tells the views; panes made of sections have none."""
        return bool(self.pane.views) or self.layout.sticky is not None

    @property
    def _has_panel(self) -> bool:
        fits = Panel.fits(self.width, self.height) and self.layout.sticky is not None
        return fits and not self.choice.zoomed and self.row is not None

    # the cursor

    @property
    def position(self) -> int:
        """Which of the rows that can carry the cursor it is on."""
        return self.cursor.position

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self.cursor.row

    @property
    def row_table(self) -> Table | None:
        """The table of the row under the cursor."""
        here = self.cursor.place
        return here[0].block if here and isinstance(here[0].block, Table) else None

    def move(self, by: int) -> None:
        """The cursor so many rows on; without rows the text scrolls."""
        if self.layout.count == 0:
            self.cursor.scroll(by, self.room)
            return
        self.cursor.put(self.position + by)
        self.cursor.show(self.room)

    def next_marked(self, step: int) -> bool:
        """The cursor on the next row that carries watch or bad; False when there is none."""
        body = self._body
        if body is None:
            return False
        found = self.cursor.put_on_next(step, lambda stretch, index: body.mark(stretch, index) in ("bad", "watch"))
        self.cursor.show(self.room)
        return found

    def click(self, y: int) -> bool:
        """Put the cursor on the row drawn at line ``y`` of the body (0 is the line of views)."""
        position = self.layout.position_on(self.cursor.offset + y - self._top)
        if position is None:
            return False
        self.cursor.put(position)
        return True

    def head_at(self, x: int) -> str | None:
        """The column whose head is drawn at cell ``x`` of the line of heads."""
        return self.layout.head_at(x)

    def view_at(self, x: int) -> str | None:
        """The view whose title is drawn at cell ``x`` of the line of views."""
        return viewsline.view_at(self.pane.views, self.choice.view, self.selection.counts, x, self.width)

    def column_under(self) -> Column | None:
        """The column the main table is sorted by, for ``i``; the first one when it has an order of its own."""
        table = self.row_table or self.table
        if table is None:
            return None
        sort = self.sorted_by(table)
        return next((c for c in table.columns if sort and c.name == sort[0]), table.columns[0])

    # tags

    def tag(self) -> None:
        """Tag the row under the cursor or take its tag away, and go one down."""
        here, table = self.cursor.place, self.row_table
        if here and table is not None and table.main:
            self.choice.tags ^= {here[0].identity(here[1])[1]}
        self.move(1)

    def tag_all(self) -> int:
        """Tag every row shown; gives how many."""
        table = self.table
        if table is None:
            return 0
        rows = [row for row in table.rows if not row.get("ruled")]
        self.choice.tags |= {row_key(row, table.key) for row in rows}
        return len(rows)

    def tagged(self) -> list[Row]:
        """The tagged rows that are there now, in the order shown."""
        table = self.table
        if table is None or not self.choice.tags:
            return []
        return [row for row in table.rows if row_key(row, table.key) in self.choice.tags]

    # choices

    def set_view(self, name: str) -> None:
        """Show another view from its top."""
        self.choice.view = name
        self.cursor.reset()
        self.update()

    def next_view(self, step: int) -> str | None:
        """The name of the next view, None when the pane has fewer than two."""
        names = [view.name for view in self.pane.views]
        if len(names) < 2:
            return None
        at = names.index(self.choice.view) if self.choice.view in names else 0
        return names[(at + step) % len(names)]

    def sort_by(self, name: str) -> None:
        """Sort by a column; by the same one again turns the order round."""
        column = next((c for c in self.table.columns if c.name == name), None) if self.table else None
        if column is not None:
            now = self.sorted_by()
            self._sort(column.name, not now[1] if now and now[0] == name else column.ascending)

    def sort_next(self, step: int) -> str | None:
        """Sort by the next column to the right or left of the present one; gives its head."""
        if self.table is None:
            return None
        columns = [place.column for place in self._placed(self.table)]
        now = self.sorted_by()
        at = next((i for i, c in enumerate(columns) if now and c.name == now[0]), -1 if step > 0 else 0)
        column = columns[(at + step) % len(columns)]
        self._sort(column.name, column.ascending)
        return column.title

    def turn_order(self) -> bool:
        """Turn the order round; False when there is no sorted column."""
        now = self.sorted_by()
        if now is not None:
            self._sort(now[0], not now[1])
        return now is not None

    def _sort(self, name: str, ascending: bool) -> None:
        self.choice.sort[self.choice.view] = name, ascending
        self.update()

    def shift(self, by: int) -> bool:
        """Scroll the columns; the first stays. False at either end."""
        if self.table is None:
            return False
        columns = [c for c in self.table.columns if c.name not in self.choice.hidden]
        before = self.choice.shift
        self.choice.shift = max(0, min(before + by, len(columns) - 2))
        self.update()
        return self.choice.shift != before

    def set_filter(self, text: str) -> None:
        """Show only rows that fit; an empty text shows all."""
        self.choice.filter = parse(text)
        self.update()

    # drawing

    def draw(self) -> list[Drawn]:
        """The lines of the body, ``height`` of them, the line of views first."""
        lines: list[Drawn] = [self._views_line()] if self.has_views_line else []
        lines += [(list(line), "background") for line in self.layout.pinned]
        room, body, cursor = self.room, self._body, self.cursor.place
        if body is not None:
            if self.layout.sticky:
                lines.append(body.heads(self.layout.sticky))
            last = min(self.cursor.offset + room, self.layout.total)
            lines += [body.line(y, cursor) for y in range(self.cursor.offset, last)]
        lines += [([], "background")] * (room + self._top - len(lines))
        if self._has_panel and self.row is not None and self.moment is not None:
            lines += self._panel.draw(self.row, self.row_table, self.moment, self.width)
        if self.lost:
            lines = [([(text, "quiet") for text, _ in spans], surface) for spans, surface in lines]
        return lines[: self.height]

    def _views_line(self) -> Drawn:
        counts = self.selection.counts
        return viewsline.draw(self.pane.views, self.choice.view, counts, self._position_text(), self.width)

    def _position_text(self) -> str:
        if self.moment is None:
            return ""
        if self.choice.filter:
            return f"{self.selection.shown} of {self.selection.rows} shown"
        note, table = self.pane.note(self.moment), self.table
        if table is None or self.layout.sticky is None or not table.rows:
            return note
        per_row = 2 if table.below else 1
        last = min(self.cursor.offset + self.room, len(table.rows) * per_row)
        position = f"{self.cursor.offset // per_row + 1}-{last // per_row} of {len(table.rows)}"
        return f"{note}   {position}" if note and self.width >= WIDE else note or position
