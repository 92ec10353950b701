"""Rows that a finding is about, as its detail shows them: the question that finds them, and what it gave when it was asked.

Drawn from ``extra["evidence"]``, a mapping of fingerprints to Looked.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from cryotui.model import units
from cryotui.model.finding import Finding
from cryotui.model.pane import Block, Line, Moment, Prose, Rule, Span
from cryotui.model.record import dataclass
from cryotui.model.sample import Row
from cryotui.model.sqlformat import broken
from cryotui.model.text import cells, clean, cut, one_line

TITLE = "ROWS"
OFFER = "Not looked at yet: a, then e. It only reads, and shows so many rows at most."
VALUE = 60
"""Cells of one value at most."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of it: rows, or a sentence why there are none; ``note`` says when."""

    note: str
    rows: Sequence[Row] = ()
    sentence: str = ""


def row_blocks(finding: Finding, moment: Moment, width: int) -> list[Block]:
    """The section of the detail; nothing for a finding whose rule knows no such question."""
    if not finding.look:
        return []
    looked: Looked | None = (moment.extra.get("evidence") or {}).get(finding.fingerprint)
    question: list[Line] = [(("   ", "text"), *line) for line in broken(finding.look, max(width - 4, 20))]
    if looked is None:
        said: list[Line] = [(("   " + part, "quiet"),) for part in textwrap.wrap(OFFER, max(width - 4, 20))]
    else:
        said = looked_lines(looked, width)
    return [Rule(TITLE, looked.note if looked else ""), Prose((*question, *said))]


def looked_lines(looked: Looked, width: int) -> list[Line]:
    """Each row as its columns with their values, on as many lines as it takes."""
    if looked.sentence:
        return [(("   " + part, "text"),) for part in textwrap.wrap(looked.sentence, max(width - 4, 20))]
    lines: list[Line] = []
    for row in looked.rows:
        spans: list[Span] = [(" ● ", "info")]
        used = 3
        for name in row.keys():  # noqa: SIM118
            label, value = one_line(clean(str(name))), cut(one_line(clean(units.text(row[name]))), VALUE)
            long = cells(label) + cells(value) + 4
            if used + long > width and used > 3:
                lines.append(tuple(spans))
                spans, used = [("   ", "text")], 3
            spans += [(f"{label} ", "quiet"), (f"{value}   ", "text")]
            used += long
        lines.append(tuple(spans))
    return lines
