"""What the operator chose to see of one pane: view, order, filter, columns, tags, the row under the cursor."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import field

from cryotui.model.filter import Filter
from cryotui.model.pane import Pane, Table
from cryotui.model.record import dataclass


@dataclass
class Choice:
    """Kept while another pane is on screen."""

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

    def sorted_by(self, pane: Pane, table: Table | None) -> tuple[str, bool] | None:
        """The column the main table is sorted by and whether ascending; None when it has an order of its own."""
        own = self.sort.get(self.view)
        if own:
            return own
        view = pane.view(self.view)
        name = (view.sort if view else None) or pane.sort
        column = next((c for c in table.columns if c.name == name), None) if table else None
        if column is None:
            return None
        ascending = view.ascending if view and view.ascending is not None else column.ascending
        return column.name, ascending
