"""The panel at the bottom of a large screen: the row under the cursor in a few lines."""

from __future__ import annotations

from cryotui.model.layout import WIDE
from cryotui.model.pane import Moment, Pane, Prose, Rule, Table
from cryotui.model.sample import Row
from cryotui.model.text import cut
from cryotui.tui.drawn import Drawn, rule_spans

PANEL_LINES = 8
"""Lines of the panel, on screens that have room for it."""

LEAST_HEIGHT = 32


class Panel:
    """The panel of one pane; it is made again only for another row, moment or width."""

    def __init__(self, pane: Pane) -> None:
        self.pane = pane
        self._made_of: tuple[Row, Moment, int] | None = None
        self._lines: list[Drawn] = []

    @staticmethod
    def fits(width: int, height: int) -> bool:
        """Whether a body of this size has room for it."""
        return height >= LEAST_HEIGHT and width >= WIDE

    def draw(self, row: Row, table: Table | None, moment: Moment, width: int) -> list[Drawn]:
        """``PANEL_LINES`` lines about the row, which is one of ``table`` unless it stands in prose."""
        made_of = self._made_of
        if made_of is None or made_of[0] is not row or made_of[1] is not moment or made_of[2] != width:
            self._made_of, self._lines = (row, moment, width), self._make(row, table, moment, width)
        return self._lines

    def _make(self, row: Row, table: Table | None, moment: Moment, width: int) -> list[Drawn]:
        title = self.pane.title_of(row, table, moment)
        head = rule_spans(
            cut(title, 40) or "detail", "row under the cursor; Enter makes it whole", width,
            bool(moment.extra.get("protected")),
        )  # fmt: skip
        lines: list[Drawn] = [(head, "background")]
        for block in (self.pane.preview or self.pane.detail)(row, moment, width):
            if isinstance(block, Prose):
                lines += [(list(line), "background") for line in block.lines]
            elif isinstance(block, Rule) and len(lines) > 1:
                lines.append(([(f"   {block.title.lower()}", "quiet")], "background"))
        return lines[:PANEL_LINES] + [([], "background")] * (PANEL_LINES - len(lines))
