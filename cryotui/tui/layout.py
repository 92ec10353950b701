"""Blocks laid out: which line belongs to which block, and which row of it. No line is made here."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterator, Sequence

from cryotui.model.layout import GUTTER, Placed
from cryotui.model.pane import Block, Line, Prose, Rule, Table
from cryotui.model.record import dataclass
from cryotui.model.sample import Row, row_key


@dataclass(frozen=True, eq=False)
class Stretch:
    """Consecutive lines of one block."""

    start: int
    lines: int
    block: Block
    kind: str  # "rule", "prose", "heads", "rows", "empty"
    per_row: int = 1
    placed: tuple[Placed, ...] = ()

    @property
    def things(self) -> int:
        """How many rows here can carry the cursor."""
        if self.kind == "rows":
            assert isinstance(self.block, Table)
            return len(self.block.rows)
        return 1 if self.kind == "prose" and isinstance(self.block, Prose) and self.block.row is not None else 0

    def row(self, index: int) -> Row | None:
        """The row of the thing of that index."""
        if isinstance(self.block, Table):
            return self.block.rows[index]
        return self.block.row if isinstance(self.block, Prose) else None

    def identity(self, index: int) -> tuple[str, Hashable]:
        """The table's name and the row's key: what the cursor follows."""
        if isinstance(self.block, Table):
            return self.block.name, row_key(self.block.rows[index], self.block.key)
        assert isinstance(self.block, Prose)
        return "", self.block.key


Place = tuple[Stretch, int]
"""A stretch, and which of its rows."""


class Layout:
    """The stretches from top to bottom.

    The heads of a table that comes first stay in sight, ``sticky``, and the lines ``pinned`` above them.
    """

    def __init__(
        self,
        blocks: Sequence[Block] = (),
        placed: Callable[[Table], tuple[Placed, ...]] = lambda table: (),
        filtered: bool = False,
    ) -> None:
        """``placed`` gives a table's columns with their widths. ``filtered``: the main table keeps its heads when empty."""
        self.blocks = blocks
        self.stretches: list[Stretch] = []
        self.sticky: Stretch | None = None
        self.total = 0
        self.pinned: list[Line] = []
        first = True
        for block in blocks:
            if isinstance(block, Prose) and block.pinned:
                self.pinned += block.lines
                continue
            if isinstance(block, Rule):
                self._add(1, block, "rule")
            elif isinstance(block, Prose):
                self._add(len(block.lines), block, "prose")
            else:
                self._add_table(block, placed(block), first, filtered)
            first = False
        self.count = sum(stretch.things for stretch in self.stretches)
        self._starts = [stretch.start for stretch in self.stretches]

    def _add(self, lines: int, block: Block, kind: str, per_row: int = 1, placed: tuple[Placed, ...] = ()) -> None:
        if lines:
            self.stretches.append(Stretch(self.total, lines, block, kind, per_row, placed))
            self.total += lines

    def _add_table(self, table: Table, placed: tuple[Placed, ...], first: bool, filtered: bool) -> None:
        if table.heads and (table.rows or (table.main and filtered)):
            if first:
                self.sticky = Stretch(0, 1, table, "heads", placed=placed)
            else:
                self._add(1, table, "heads", placed=placed)
        per_row = 2 if table.below else 1
        self._add(len(table.rows) * per_row, table, "rows", per_row, placed)
        if not table.rows:
            self._add(2 if first else 1, table, "empty")

    @property
    def table(self) -> Table | None:
        """The main table as it is shown."""
        return next((block for block in self.blocks if isinstance(block, Table) and block.main), None)

    # from lines and positions to rows, and back; a position counts the rows that can carry the cursor

    def line(self, y: int) -> Place:
        """The stretch of a line, and which line of it."""
        stretch = self.stretches[bisect_right(self._starts, y) - 1]
        return stretch, y - stretch.start

    def at(self, position: int) -> Place | None:
        """The row at a position; None when nothing can carry the cursor."""
        for stretch in self.stretches:
            if position < stretch.things:
                return stretch, position
            position -= stretch.things
        return None

    def places(self) -> Iterator[Place]:
        """Every row that can carry the cursor, in order."""
        for stretch in self.stretches:
            for index in range(stretch.things):
                yield stretch, index

    def position_on(self, line: int) -> int | None:
        """The position of the row that is drawn on a line."""
        before = 0
        for stretch in self.stretches:
            if stretch.start <= line < stretch.start + stretch.lines and stretch.things:
                return before + (line - stretch.start) // stretch.per_row if stretch.kind == "rows" else before
            before += stretch.things
        return None

    def head_at(self, x: int) -> str | None:
        """The column whose head is drawn at cell ``x`` of the heads that stay."""
        at = GUTTER
        for place in self.sticky.placed if self.sticky else ():
            if at <= x < at + place.width + 1:
                return place.column.name
            at += place.width + 1
        return None
