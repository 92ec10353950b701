"""Which rows of a pane's main table are shown and in which order: the view's, the filter's, the chosen column's."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import field, replace

from cryotui.model.order import arranged, by_column
from cryotui.model.pane import Block, Moment, Pane, Table
from cryotui.model.record import dataclass
from cryotui.model.sample import row_key
from cryotui.tui.choice import Choice


@dataclass(frozen=True)
class Selection:
    """A pane's blocks as chosen, and how many rows of the main table that leaves out.

    ``rows`` are in the view, ``shown`` of them fit the filter; ``counts`` are the numbers behind the views' titles.
    """

    blocks: Sequence[Block] = ()
    rows: int = 0
    shown: int = 0
    counts: dict[str, int] = field(default_factory=dict)


def selecting(
    pane: Pane, choice: Choice, order: Sequence[str], moment: Moment, width: int
) -> Generator[None, None, Selection]:
    """The pane's blocks at a moment, its main table cut down and ordered; columns named in ``order`` come first.

    A generator, since thousands of rows take a while: it yields between two pieces of the work.
    """
    blocks: list[Block] = []
    rows = shown = 0
    counts: dict[str, int] = {}
    given = pane.blocks(moment, width)
    yield
    for block in given:
        if isinstance(block, Table) and block.main:
            counts = yield from _counting(pane, block, moment)
            whole = _ordered(pane, choice, _with_first(block, order), moment)
            yield
            block = _filtered(choice, whole, moment)
            rows, shown = len(whole.rows), len(block.rows)
        blocks.append(block)
    return Selection(blocks, rows, shown, counts)


def _with_first(table: Table, order: Sequence[str]) -> Table:
    if not order:
        return table
    first = [column for name in order for column in table.columns if column.name == name]
    return replace(table, columns=(*first, *(column for column in table.columns if column not in first)))


def _ordered(pane: Pane, choice: Choice, table: Table, moment: Moment) -> Table:
    own = choice.sort.get(choice.view)
    column = next((c for c in table.columns if own and c.name == own[0]), None)
    if own is None or column is None:
        return arranged(pane, table, moment)
    unordered = replace(pane, sort=None, views=tuple(replace(view, sort=None) for view in pane.views))
    kept = arranged(unordered, table, moment)
    return replace(kept, rows=by_column(kept.rows, column, moment, own[1]))


def _filtered(choice: Choice, table: Table, moment: Moment) -> Table:
    if not choice.filter:
        return table
    tags, columns, test = choice.tags, table.columns, choice.filter
    rows = [row for row in table.rows if test.keeps(row, moment, columns, row_key(row, table.key) in tags)]
    if rows or not table.rows:
        return replace(table, rows=rows)
    empty = f"No row fits {choice.filter.text}. {len(table.rows)} are hidden; Esc shows them."
    return replace(table, rows=rows, empty=empty)


def _counting(pane: Pane, table: Table, moment: Moment) -> Generator[None, None, dict[str, int]]:
    counts: dict[str, int] = {}
    for view in pane.views:
        if view.count is not None:
            number = view.count(moment)
            if number is not None:
                counts[view.name] = number
        elif view.counted and view.keep and not view.probes:
            keep = view.keep
            counts[view.name] = sum(1 for row in table.rows if keep(row, moment))
        elif view.counted and view.keep is None and not view.probes:
            counts[view.name] = len(table.rows)
        yield
    return counts
