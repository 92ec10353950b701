"""Deadlocks in the last minutes: each rolled back somebody's transaction."""

from __future__ import annotations

from cryotui.diagnosis.search import TOO_EARLY, Found, Search, fitted, graded, growth, span_words
from cryotui.model.cause import Cause, Next
from cryotui.model.pane import Moment

WATCH, BAD = 1, 10
"""Deadlocks within the series: one is worth a look, ten are a pattern of the application."""


def _find(moment: Moment) -> Found:
    number = growth(moment, "deadlocks")
    if number is None:
        return TOO_EARLY
    mark = graded(number, WATCH, BAD)
    if mark is None:
        return []
    rates = moment.rates.get("databases")
    where = [
        str(row["database"]) for row in moment.rows("databases") if rates and (rates.delta(row, "deadlocks") or 0) > 0
    ]
    place = f"newest in {', '.join(where)}; " if where else ""
    return [
        Cause(
            name="deadlocks",
            mark=mark,
            sentence=fitted(f"{number:.0f} {'deadlock' if number == 1 else 'deadlocks'} in {span_words(moment)}"),
            why=fitted(f"{place}the server log names both statements of each"),
            next=(Next("Enter", "chains"),),
            evidence=("activity", "chains"),
            weight=number,
        )
    ]


SEARCH = Search("deadlocks", ("vitals",), _find)
