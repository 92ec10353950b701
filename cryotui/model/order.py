"""The order of a table's rows and which of them a view keeps: the same for the console and for ``cryotui show``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any

from cryotui.model.pane import Column, Moment, Pane, Table
from cryotui.model.sample import Row


def arranged(pane: Pane, table: Table, moment: Moment) -> Table:
    """The table with the rows of the active view, in that view's order."""
    view = pane.view(moment.view)
    rows: Sequence[Row] = table.rows
    if view and view.keep:
        keep = view.keep
        rows = [row for row in rows if keep(row, moment)]
    name = (view.sort if view else None) or pane.sort
    column = next((column for column in table.columns if column.name == name), None)
    if column is not None:
        ascending = view.ascending if view and view.ascending is not None else column.ascending
        rows = by_column(rows, column, moment, ascending)
    return replace(table, rows=rows)


def by_column(rows: Sequence[Row], column: Column, moment: Moment, ascending: bool) -> list[Row]:
    """The rows by one column's values; unknown values come last in either direction, equal ones keep their order."""
    get = column.value
    values = [row.get(column.name) for row in rows] if get is None else [get(row, moment) for row in rows]
    pairs = list(zip(values, rows, strict=True))
    known: list[tuple[Any, Row]] = [pair for pair in pairs if pair[0] is not None]
    unknown = [row for value, row in pairs if value is None] if len(known) < len(pairs) else []
    first: Callable[[tuple[Any, Row]], Any] = itemgetter(0)
    try:
        known.sort(key=first, reverse=not ascending)
    except TypeError:  # a column of mixed types is ordered by its text
        known.sort(key=lambda pair: str(pair[0]), reverse=not ascending)
    return [row for _, row in known] + unknown
