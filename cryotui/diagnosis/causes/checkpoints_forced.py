"""Checkpoints that come because WAL filled up, not because their time was up: writes come in bursts."""

from __future__ import annotations

from cryotui.diagnosis.search import TOO_EARLY, Found, Search, fitted, graded, growth, recent, span, span_words
from cryotui.model import units
from cryotui.model.cause import Cause, Next
from cryotui.model.pane import Moment

WATCH, BAD = 2, 6
"""Forced checkpoints within the series (10 minutes): every 5 minutes, the default of checkpoint_timeout, and thrice that."""


def _find(moment: Moment) -> Found:
    number = growth(moment, "checkpoints_forced")
    written = recent(moment, "wal", 3)
    most = moment.server.number("max_wal_size")  # megabytes
    if number is None or written is None:
        return TOO_EARLY
    mark = graded(number, WATCH, BAD)
    if mark is None or most is None:
        return []
    if written * max(span(moment), 60.0) < most * 2**20 / 2:
        return []  # asked for by somebody, such as a base backup: a quiet server needs no larger max_wal_size
    return [
        Cause(
            name="checkpoints_forced",
            mark=mark,
            sentence=fitted(f"{number:.0f} checkpoints forced by WAL in {span_words(moment)}"),
            why=fitted(
                f"WAL comes at {units.size_rate(written)}/s; max_wal_size {units.size(most * 2**20)} is too small for that"
            ),
            next=(Next("Enter", "WAL"),),
            evidence=("replication", ""),
            weight=number,
        )
    ]


SEARCH = Search("forced checkpoints", ("vitals", "checkpoints", "wal"), _find)
