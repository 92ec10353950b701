"""The body of a pane: what the operator chose to see of it, and the lines that shows. No Textual, no question to a server.

Only lines that are visible are made. The cursor follows its row by key, never its line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from cryotui.model.filter import Filter, parse
from cryotui.model.layout import GUTTER, WIDE, Placed, arrange, row_mark, row_marks, row_spans
from cryotui.model.order import arranged, by_column
from cryotui.model.pane import Block, Column, Mark, Moment, Pane, Prose, Rule, Table, View
from cryotui.model.sample import Row, row_key
from cryotui.model.settings import ColumnChoice
from cryotui.model.text import cells, cut, fit

Drawn = tuple[list[tuple[str, str]], str]
"""A line's spans and the surface it lies on."""

SIGNS: dict[Mark, tuple[str, str]] = {
    "bad": ("■", "bad"),
    "watch": ("▲", "watch"),
    "info": ("●", "info"),
    "good": ("✓", "good"),
    "unknown": ("?", "watch"),
}
CURSOR, TAG = "▸", "◆"
PANEL_LINES = 8
"""Lines of the panel of the row under the cursor, on screens that have room for it."""


@dataclass
class Choice:
    """What the operator chose on one pane; kept while another pane is on screen."""

    view: str = ""
    sort: dict[str, tuple[str, bool]] = field(default_factory=dict)  # by view: column and ascending
    filter: Filter = field(default_factory=Filter)
    hidden: frozenset[str] = frozenset()
    shift: int = 0
    unfolded: frozenset[object] = frozenset()
    tree: bool = True
    tags: set[Hashable] = field(default_factory=set)
    cursor: tuple[str, Hashable] | None = None
    touched: bool = False  # the cursor was moved by hand; until then it stays on the first row
    zoomed: bool = False
    wrapped: bool = False


@dataclass(frozen=True)
class _Stretch:
    """Consecutive lines of one block."""

    start: int
    lines: int
    block: Block
    kind: str  # "rule", "prose", "heads", "rows", "blank"
    per_row: int = 1
    placed: tuple[Placed, ...] = ()

    @property
    def things(self) -> int:
        """How many rows here can carry the cursor."""
        if self.kind == "rows":
            assert isinstance(self.block, Table)
            return len(self.block.rows)
        return 1 if self.kind == "prose" and isinstance(self.block, Prose) and self.block.row is not None else 0


class Board:
    """One pane's body in a size."""

    def __init__(self, pane: Pane, columns: ColumnChoice | None = None) -> None:
        """``columns``: which columns of the main table the configuration hides or puts first."""
        self.pane = pane
        self.order = columns.order if columns else ()
        hidden = frozenset(columns.hidden if columns else ())
        self.choice = Choice(view=pane.views[0].name if pane.views else "", hidden=hidden)
        self.moment: Moment | None = None
        self.offset = 0
        self.position = 0
        self.width, self.height = 80, 20
        self.lost = False
        self._stretches: list[_Stretch] = []
        self._starts: list[int] = []
        self._total = 0
        self._sticky: _Stretch | None = None
        self._all_rows = 0
        self._shown_rows = 0
        self._counts: dict[str, int] = {}
        # what was made of this moment's rows, for the next key and the next tick
        self._made: dict[tuple[int, int], tuple[Mark | None, list[tuple[str, str]]]] = {}
        self._made_panel: tuple[Row, int, list[Drawn]] | None = None

    # what is shown

    def update(self, moment: Moment | None = None, width: int | None = None, height: int | None = None) -> None:
        """Take in a new moment or a new size, and lay the blocks out again."""
        self.moment = moment or self.moment
        self.width, self.height = width or self.width, height or self.height
        if self.moment is None:
            return
        choice = self.choice
        # a tree has its own order and folds rows: sorted or filtered, every row stands for itself
        tree = choice.tree and not choice.filter and choice.view not in choice.sort
        extra = {**self.moment.extra, "sort": choice.sort.get(choice.view)}
        self.moment = replace(self.moment, view=choice.view, unfolded=choice.unfolded, tree=tree, extra=extra)
        blocks = [self._arranged(block) for block in self.pane.blocks(self.moment, self.width)]
        self._lay_out(blocks)
        self._find_cursor()

    def _arranged(self, block: Block) -> Block:
        if not isinstance(block, Table) or not block.main:
            return block
        if self.order:
            first = [column for name in self.order for column in block.columns if column.name == name]
            block = replace(block, columns=(*first, *(column for column in block.columns if column not in first)))
        assert self.moment is not None
        moment, choice = self.moment, self.choice
        self._count_views(block, moment)
        own = choice.sort.get(choice.view)
        column = next((c for c in block.columns if own and c.name == own[0]), None)
        if own and column:
            kept = arranged(replace(self.pane, sort=None, views=self._without_order()), block, moment)
            block = replace(kept, rows=by_column(kept.rows, column, moment, own[1]))
        else:
            block = arranged(self.pane, block, moment)
        self._all_rows = len(block.rows)
        if choice.filter:
            tags, columns, test = choice.tags, block.columns, choice.filter
            rows = [row for row in block.rows if test.keeps(row, moment, columns, row_key(row, block.key) in tags)]
            block = replace(block, rows=rows)
            if self._all_rows and not rows:
                text = f"No row fits {choice.filter.text}. {self._all_rows} are hidden; Esc shows them."
                block = replace(block, empty=text)
        self._shown_rows = len(block.rows)
        return block

    def _without_order(self) -> tuple[View, ...]:
        return tuple(replace(view, sort=None) for view in self.pane.views)

    def _count_views(self, table: Table, moment: Moment) -> None:
        self._counts = {}
        for view in self.pane.views:
            if view.count is not None:
                number = view.count(moment)
                if number is not None:
                    self._counts[view.name] = number
            elif view.counted and view.keep and not view.probes:
                keep = view.keep
                self._counts[view.name] = sum(1 for row in table.rows if keep(row, moment))
            elif view.counted and view.keep is None and not view.probes:
                self._counts[view.name] = len(table.rows)

    def _lay_out(self, blocks: Sequence[Block]) -> None:
        self._stretches, self._sticky, at = [], None, 0
        self._made, self._made_panel = {}, None

        def add(lines: int, block: Block, kind: str, per_row: int = 1, placed: tuple[Placed, ...] = ()) -> None:
            nonlocal at
            if lines:
                self._stretches.append(_Stretch(at, lines, block, kind, per_row, placed))
                at += lines

        for index, block in enumerate(blocks):
            if isinstance(block, Rule):
                add(1, block, "rule")
            elif isinstance(block, Prose):
                add(len(block.lines), block, "prose")
            else:
                placed = self._placed(block)
                if block.heads and (block.rows or (block.main and self.choice.filter)):
                    if index == 0:
                        self._sticky = _Stretch(0, 1, block, "heads", placed=placed)
                    else:
                        add(1, block, "heads", placed=placed)
                per_row = 2 if block.below else 1
                add(len(block.rows) * per_row, block, "rows", per_row, placed)
                if not block.rows:
                    add(2 if index == 0 else 1, block, "empty")
        self._starts = [stretch.start for stretch in self._stretches]
        self._total = at

    def _placed(self, table: Table) -> tuple[Placed, ...]:
        choice = self.choice
        if table.main and choice.shift:
            first, *rest = [column for column in table.columns if column.name not in choice.hidden]
            shown = [first, *rest[choice.shift :]]
            widths = [Placed(c, max(c.wide or c.narrow, 6) if (c.wide or c.narrow) > 0 else 60) for c in shown]
            room, placed = self.width - GUTTER, []
            for place in widths:
                if room <= 3:
                    break
                placed.append(Placed(place.column, min(place.width, room)))
                room -= place.width + 1
            return tuple(placed)
        sort = self.sorted_by(table) if table.main else None
        return tuple(
            arrange(table.columns, self.width, sort[0] if sort else None, choice.hidden if table.main else frozenset())
        )

    def sorted_by(self, table: Table | None = None) -> tuple[str, bool] | None:
        """The column the main table is sorted by and whether ascending; None when it has an order of its own."""
        own = self.choice.sort.get(self.choice.view)
        if own:
            return own
        view = self.pane.view(self.choice.view)
        name = (view.sort if view else None) or self.pane.sort
        table = table or self.table
        column = next((c for c in table.columns if c.name == name), None) if table else None
        if column is None:
            return None
        ascending = view.ascending if view and view.ascending is not None else column.ascending
        return column.name, ascending

    @property
    def table(self) -> Table | None:
        """The main table as it is shown."""
        return next((s.block for s in self._stretches if isinstance(s.block, Table) and s.block.main), None)

    # the cursor

    def _things(self) -> Iterator[tuple[_Stretch, int]]:
        for stretch in self._stretches:
            for index in range(stretch.things):
                yield stretch, index

    @property
    def _count(self) -> int:
        return sum(stretch.things for stretch in self._stretches)

    def _at(self, position: int) -> tuple[_Stretch, int] | None:
        for stretch in self._stretches:
            if position < stretch.things:
                return stretch, position
            position -= stretch.things
        return None

    @staticmethod
    def _identity(stretch: _Stretch, index: int) -> tuple[str, Hashable]:
        block = stretch.block
        if isinstance(block, Table):
            return block.name, row_key(block.rows[index], block.key)
        assert isinstance(block, Prose)
        return "", block.key

    def _find_cursor(self) -> None:
        """Put the cursor on the row it was on; when that row is gone, on the line it was on."""
        count = self._count
        self.position = max(0, min(self.position, count - 1))
        wanted = self.choice.cursor if self.choice.touched else None
        if not self.choice.touched:
            self.position = 0
        if wanted is not None and count:
            here = self._at(self.position)
            if here is None or self._identity(*here) != wanted:
                for position, (stretch, index) in enumerate(self._things()):
                    if self._identity(stretch, index) == wanted:
                        self.position = position
                        break
        self._remember(by_hand=False)
        self._scroll_to_cursor()

    def _remember(self, by_hand: bool = True) -> None:
        self.choice.touched = self.choice.touched or by_hand
        here = self._at(self.position)
        self.choice.cursor = self._identity(*here) if here else None

    def _cursor_line(self) -> int:
        here = self._at(self.position)
        return here[0].start + here[1] * here[0].per_row if here else 0

    @property
    def room(self) -> int:
        """Lines for the body between heads and panel."""
        return max(1, self.height - self._top - self._panel_height())

    @property
    def _top(self) -> int:
        """Lines above the body: the line of views, where there is something to say in it, and the heads."""
        return int(self.has_views_line) + int(self._sticky is not None)

    @property
    def has_views_line(self) -> bool:
        """Whether the first line tells the views; panes made of sections have none."""
        return bool(self.pane.views) or self._sticky is not None

    def _panel_height(self) -> int:
        has_room = self.height >= 32 and self.width >= WIDE and self._sticky is not None
        return PANEL_LINES if has_room and not self.choice.zoomed and self.row is not None else 0

    def _scroll_to_cursor(self) -> None:
        line, room = self._cursor_line(), self.room
        if self.position == 0 and self._count:
            self.offset = min(self.offset, max(0, line - room + 1)) if line >= room else 0
        if line < self.offset:
            self.offset = line
        here = self._at(self.position)
        tail = here[0].per_row if here else 1
        if line + tail > self.offset + room:
            self.offset = line + tail - room
        self.offset = max(0, min(self.offset, max(0, self._total - room)))

    def move(self, by: int) -> None:
        """The cursor so many rows on; without rows the text scrolls."""
        if self._count == 0:
            self.offset = max(0, min(self.offset + by, max(0, self._total - self.room)))
            return
        self.position = max(0, min(self.position + by, self._count - 1))
        self._remember()
        self._scroll_to_cursor()

    def scroll(self, by: int) -> None:
        """Scroll by lines; the cursor comes along when it would leave the screen."""
        self.offset = max(0, min(self.offset + by, max(0, self._total - self.room)))

    def go(self, key: Hashable) -> bool:
        """Put the cursor on the row of this key; False when it is not shown."""
        for position, (stretch, index) in enumerate(self._things()):
            if self._identity(stretch, index)[1] == key:
                self.position = position
                self._remember()
                self._scroll_to_cursor()
                return True
        return False

    def next_marked(self, step: int) -> bool:
        """The cursor on the next row that carries watch or bad; False when there is none."""
        things = list(self._things())
        assert self.moment is not None or not things
        for distance in range(1, len(things)):
            position = (self.position + step * distance) % len(things)
            stretch, index = things[position]
            if self._mark(stretch, index) in ("bad", "watch"):
                self.position = position
                self._remember()
                self._scroll_to_cursor()
                return True
        return False

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        here = self._at(self.position)
        if here is None:
            return None
        block = here[0].block
        return block.rows[here[1]] if isinstance(block, Table) else block.row if isinstance(block, Prose) else None

    @property
    def row_table(self) -> Table | None:
        """The table of the row under the cursor."""
        here = self._at(self.position)
        return here[0].block if here and isinstance(here[0].block, Table) else None

    def click(self, y: int) -> bool:
        """Put the cursor on the row drawn at line ``y`` of the body (0 is the line of views)."""
        line = self.offset + y - self._top
        before = 0
        for stretch in self._stretches:
            if stretch.start <= line < stretch.start + stretch.lines and stretch.things:
                self.position = before + (line - stretch.start) // stretch.per_row if stretch.kind == "rows" else before
                self._remember()
                return True
            before += stretch.things
        return False

    def head_at(self, x: int) -> str | None:
        """The column whose head is drawn at cell ``x`` of the line of heads."""
        if self._sticky is None:
            return None
        at = GUTTER
        for place in self._sticky.placed:
            if at <= x < at + place.width + 1:
                return place.column.name
            at += place.width + 1
        return None

    def column_under(self, name: str | None = None) -> Column | None:
        """The column the main table is sorted by, for ``i``; the first one when it has an order of its own."""
        table = self.row_table or self.table
        if table is None:
            return None
        sort = self.sorted_by(table)
        return next((c for c in table.columns if sort and c.name == sort[0]), table.columns[0])

    # tags

    def tag(self) -> None:
        """Tag the row under the cursor or take its tag away, and go one down."""
        here = self._at(self.position)
        if here and isinstance(here[0].block, Table) and here[0].block.main:
            self.choice.tags ^= {self._identity(*here)[1]}
        self.move(1)

    def tag_all(self) -> int:
        """Tag every row shown; gives how many."""
        table = self.table
        if table is None:
            return 0
        self.choice.tags |= {row_key(row, table.key) for row in table.rows}
        return len(table.rows)

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
        self.choice.cursor, self.choice.touched, self.position, self.offset = None, False, 0, 0
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
        table = self.table
        column = next((c for c in table.columns if c.name == name), None) if table else None
        if column is None:
            return
        now = self.sorted_by()
        ascending = not now[1] if now and now[0] == name else column.ascending
        self.choice.sort[self.choice.view] = (name, ascending)
        self.update()

    def sort_next(self, step: int) -> str | None:
        """Sort by the next column to the right or left of the present one; gives its head."""
        table = self.table
        if table is None:
            return None
        columns = [place.column for place in self._placed(table)]
        now = self.sorted_by()
        at = next((i for i, c in enumerate(columns) if now and c.name == now[0]), -1 if step > 0 else 0)
        column = columns[(at + step) % len(columns)]
        self.choice.sort[self.choice.view] = (column.name, column.ascending)
        self.update()
        return column.title

    def turn_order(self) -> bool:
        """Turn the order round; False when there is no sorted column."""
        now = self.sorted_by()
        if now is None:
            return False
        self.choice.sort[self.choice.view] = (now[0], not now[1])
        self.update()
        return True

    def shift(self, by: int) -> bool:
        """Scroll the columns; the first stays. False at either end."""
        table = self.table
        if table is None:
            return False
        columns = [c for c in table.columns if c.name not in self.choice.hidden]
        before = self.choice.shift
        self.choice.shift = max(0, min(before + by, len(columns) - 2))
        self.update()
        return self.choice.shift != before

    def set_filter(self, text: str) -> None:
        """Show only rows that fit; an empty text shows all."""
        self.choice.filter = parse(text)
        self.update()

    # drawing

    @property
    def shown(self) -> tuple[int, int]:
        """How many rows of the main table fit the filter, of how many."""
        return self._shown_rows, self._all_rows

    def draw(self) -> list[Drawn]:
        """The lines of the body, ``height`` of them, the line of views first."""
        lines: list[Drawn] = [self._views_line()] if self.has_views_line else []
        if self._sticky:
            lines.append(self._heads(self._sticky))
        room = self.room
        lines += [self._line(y) for y in range(self.offset, min(self.offset + room, self._total))]
        lines += [([], "background")] * (room + self._top - len(lines))
        lines += self._panel()
        if self.lost:
            lines = [([(text, "quiet") for text, _ in spans], surface) for spans, surface in lines]
        return lines[: self.height]

    def _line(self, y: int) -> Drawn:
        stretch = self._stretches[bisect_right(self._starts, y) - 1]
        inside = y - stretch.start
        block = stretch.block
        if isinstance(block, Rule):
            return self.rule(block.title, block.note), "background"
        if isinstance(block, Prose):
            spans: list[tuple[str, str]] = list(block.lines[inside])
            on_cursor = block.row is not None and inside == 0 and self._is_cursor(stretch, 0)
            if on_cursor and spans:
                first = spans[0][0]
                spans[0] = (CURSOR + first[1:], spans[0][1]) if first[:1] == " " else spans[0]
            return spans, "panel" if on_cursor else "background"
        if stretch.kind == "heads":
            return self._heads(stretch)
        if stretch.kind == "empty":
            return [("   " + block.empty, "text")] if inside or stretch.lines == 1 else [], "background"
        row_index, part = divmod(inside, stretch.per_row)
        row = block.rows[row_index]
        assert self.moment is not None
        if part:
            assert block.below is not None
            return list(block.below(row, self.moment) or ()), "background"
        return self._row(stretch, block, row, self._is_cursor(stretch, row_index))

    def _is_cursor(self, stretch: _Stretch, index: int) -> bool:
        here = self._at(self.position)
        return here is not None and here[0] is stretch and here[1] == index

    def _mark(self, stretch: _Stretch, index: int) -> Mark | None:
        assert self.moment is not None
        block = stretch.block
        if isinstance(block, Table):
            return row_mark(block.columns, block.rows[index], self.moment)
        return block.mark if isinstance(block, Prose) else None

    def _row(self, stretch: _Stretch, table: Table, row: Row, cursor: bool) -> Drawn:
        assert self.moment is not None
        made = self._made.get((stretch.start, id(row)))
        if made is None:
            marks = row_marks(table.columns, row, self.moment)
            worst = min(marks.values(), key=lambda m: tuple(SIGNS).index(m)) if marks else None
            made = worst, [*row_spans(stretch.placed, row, self.moment, marks)]
            self._made[stretch.start, id(row)] = made
        mark, cell_spans = made
        sign, sign_role = SIGNS[mark] if mark else (" ", "text")
        tagged = table.main and bool(self.choice.tags) and row_key(row, table.key) in self.choice.tags
        first = CURSOR if cursor else TAG if tagged else " "
        spans: list[tuple[str, str]] = [(first, "accent" if tagged else "text"), (sign, sign_role), (" ", "text")]
        spans += cell_spans
        if table.main and self.choice.filter.words:
            spans = spans[:3] + list(_matched(spans[3:], self.choice.filter.words))
        return spans, "panel" if cursor else "background"

    def _heads(self, stretch: _Stretch) -> Drawn:
        table = stretch.block
        assert isinstance(table, Table)
        sort = self.sorted_by(table) if table.main else None
        spans: list[tuple[str, str]] = [("   ", "quiet")]
        for index, place in enumerate(stretch.placed):
            column = place.column
            title = (column.wide_title or column.title) if self.width >= WIDE else column.title
            sorted_here = sort is not None and sort[0] == column.name
            if sorted_here and sort:
                arrow = "▴" if sort[1] else "▾"
                title = arrow + title if column.align == "R" else title + arrow
            text = fit(title, place.width, column.align)
            spans.append((text if index == 0 else " " + text, "accent" if sorted_here else "quiet"))
        return spans, "background"

    def rule(self, title: str, note: str, width: int | None = None) -> list[tuple[str, str]]:
        """A section's title on a rule: double on a protected target, single elsewhere."""
        assert self.moment is not None
        return rule_spans(title, note, width or self.width, bool(self.moment.extra.get("protected")))

    def _views_line(self) -> Drawn:
        spans: list[tuple[str, str]] = [(" ", "quiet")]
        for index, view in enumerate(self.pane.views):
            active = view.name == self.choice.view
            label = view.title + (f" {self._counts[view.name]}" if view.name in self._counts else "")
            before = self.pane.views[index - 1].name == self.choice.view if index else False
            if index:
                spans.append((" " if active or before else "  ", "quiet"))
            spans.append((f"[{label}]" if active else label, "primary" if active else "quiet"))
        right = self._position_text()
        used = sum(cells(text) for text, _ in spans)
        room = self.width - used - 2
        if cells(right) > room:
            right = cut(right, max(room, 0))
        spans.append((" " * (self.width - used - cells(right) - 1) + right, "quiet"))
        return spans, "background"

    def _position_text(self) -> str:
        if self.moment is None:
            return ""
        note = self.pane.note(self.moment)
        if self.choice.filter:
            return f"{self._shown_rows} of {self._all_rows} shown"
        table = self.table
        if table is None or not self._sticky or not table.rows:
            return note
        per_row = 2 if table.below else 1
        last = min(self.offset + self.room, len(table.rows) * per_row)
        position = f"{self.offset // per_row + 1}-{last // per_row} of {len(table.rows)}"
        return f"{note}   {position}" if note and self.width >= WIDE else note or position

    def _panel(self) -> list[Drawn]:
        height, row = self._panel_height(), self.row
        if not height or row is None or self.moment is None:
            return []
        if self._made_panel is not None and self._made_panel[0] is row and self._made_panel[1] == height:
            return self._made_panel[2]
        blocks = list(self.pane.detail(row, self.moment, self.width))
        lines: list[Drawn] = [
            (self.rule(self._panel_title(row), "row under the cursor; Enter makes it whole"), "background")
        ]
        for block in blocks:
            if isinstance(block, Prose):
                lines += [(list(line), "background") for line in block.lines]
            elif isinstance(block, Rule) and len(lines) > 1:
                lines.append(([(f"   {block.title.lower()}", "quiet")], "background"))
        lines = lines[:height]
        lines += [([], "background")] * (height - len(lines))
        self._made_panel = row, height, lines
        return lines

    def _panel_title(self, row: Row) -> str:
        here = self._at(self.position)
        table = self.row_table
        if table is None or here is None or self.moment is None:
            return "detail"
        return cut(table.columns[0].text(row, self.moment).strip(" ├└│+"), 40) or "detail"


def rule_spans(title: str, note: str, width: int, double: bool) -> list[tuple[str, str]]:
    """`` TITLE ═════ note ═`` in ``width`` cells."""
    line = "═" if double else "─"
    title = f" {title} "
    note = cut(f" {note} ", max(width - cells(title) - 2, 0)) if note else ""
    fill = max(width - cells(title) - cells(note) - 1, 0)
    return [(title, "primary"), (line * fill, "rule"), (note, "quiet"), (line, "rule")]


def _matched(spans: Sequence[tuple[str, str]], words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The spans with every match of the words in a span of its own."""
    pattern = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), re.IGNORECASE)
    for text, role in spans:
        at = 0
        for match in pattern.finditer(text):
            if match.start() > at:
                yield text[at : match.start()], role
            yield match[0], "match"
            at = match.end()
        if at < len(text):
            yield text[at:], role
