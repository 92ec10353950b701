"""Looking at the rows that a finding is about: its rule's own question, asked once on a connection of its own."""

from __future__ import annotations

from datetime import UTC, datetime

from cryotui.model import units
from cryotui.model.probe import Probe
from cryotui.model.sample import Row
from cryotui.model.text import one_line
from cryotui.panes.audit_evidence import TITLE, Looked, looked_lines
from cryotui.tui.console import Console
from cryotui.tui.drawn import Drawn
from cryotui.tui.screens.scrolled import Scrolled

SECONDS = 5.0
"""Statement timeout of the question."""


def look(console: Console, row: Row) -> None:
    """Ask for the rows of a finding and show them, in its detail where that is open."""
    console.spawn(_look(console, row))


async def _look(console: Console, row: Row) -> None:
    name, mark = one_line(str(row["object"])), str(row["fingerprint"])
    session = await console.connection.session_beside()
    try:
        question = Probe(
            "evidence",
            f"The rows of {name}",
            "Rows that a finding is about.",
            (),
            {(): str(row["look"])},
            timeout=SECONDS,
        )
        sample = await session.sample(question)
    finally:
        await session.close()
    note = units.clock(datetime.now(UTC), seconds=True)
    if sample.missing:
        looked = Looked(note, sentence=sample.missing.sentence)
    elif not sample.rows:
        looked = Looked(note, sentence="There is none any more. r runs the rule again.")
    else:
        looked = Looked(f"{note}, {len(sample.rows)} shown", tuple(sample.rows))
    console.moments.extra.setdefault("evidence", {})[mark] = looked
    top = console.layers[-1] if console.layers else None
    if isinstance(top, Scrolled) and top.step is not None:
        top.show(TITLE)
    else:
        console.push(Scrolled(f"Rows of {name}", lambda width: _lines(looked, width), note=looked.note))
    console.say(looked.sentence or f"{len(looked.rows)} rows of {name}; nothing was changed.")
    console.redraw()


def _lines(looked: Looked, width: int) -> list[Drawn]:
    return [(list(line), "background") for line in looked_lines(looked, width)]
