"""One index in full: use, size, bloat, what rests on it, and its definition once it was asked for."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from cryotui.model.pane import Block, Line, Moment, Prose, Rule
from cryotui.model.sample import Row
from cryotui.model.text import clean
from cryotui.panes.absent import absent_line
from cryotui.panes.factsheet import Fact, fact_line, fact_lines
from cryotui.panes.index_words import index_facts, key_facts, standing


def detail(row: Row, moment: Moment, width: int) -> Sequence[Block]:
    """The sections about one index, or about one foreign key in the view of those."""
    if row.get("constraint_oid") is not None:
        facts = key_facts(row, moment)
        return [Prose(fact_lines(facts[1:], facts[:1], width))]
    return [
        Prose(fact_lines(index_facts(row, moment), standing(row, moment), width)),
        *_definition(row, moment, width),
    ]


def _definition(row: Row, moment: Moment, width: int) -> list[Block]:
    sample = moment.samples.get("index_definition")
    if sample is None or sample.parameters != (row["index_oid"],):
        return []
    if sample.missing:
        return [Rule("DEFINITION"), Prose((absent_line("The definition", sample.missing, width),))]
    found = sample.one
    if found is None:
        return [Rule("DEFINITION"), Prose(((("   the index is gone", "quiet"),),))]
    lines: list[Line] = []
    if found["locked"]:
        lines.append((("   not read: the index or its table is locked, or somebody waits for that", "quiet"),))
    for source in str(found["definition"] or "").splitlines():
        lines += [((f"   {clean(part)}", "text"),) for part in textwrap.wrap(source, max(width - 4, 20)) or [""]]
    facts: list[Fact] = []
    if found["size"] is not None:
        facts.append(("bytes", f"{found['size']:,} now"))
    for label, field in (("constraint", "constraint_definition"), ("options", "options"), ("tablespace", "tablespace"),
                         ("comment", "comment")):  # fmt: skip
        if found[field]:
            facts.append((label, str(found[field])))
    return [Rule("DEFINITION"), Prose((*lines, *(fact_line(fact, width) for fact in facts)))]
