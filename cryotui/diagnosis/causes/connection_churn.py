"""Sessions that come and go all the time: each costs a process and a login, a pooler would keep them."""

from __future__ import annotations

from cryotui.diagnosis.search import TOO_EARLY, Found, Search, fitted, graded, recent
from cryotui.model import units
from cryotui.model.cause import Cause, Next
from cryotui.model.pane import Moment

WATCH, BAD = 20.0, 200.0
"""New sessions a second on the whole server; the column marks 5 a second of one application."""


def _find(moment: Moment) -> Found:
    begun = recent(moment, "sessions_begun")
    if begun is None:
        return TOO_EARLY
    mark = graded(begun, WATCH, BAD)
    if mark is None:
        return []
    transactions = recent(moment, "transactions")
    each = f"{transactions / begun:.1f} transactions each" if transactions is not None else "few transactions each"
    return [
        Cause(
            name="connection_churn",
            mark=mark,
            sentence=fitted(f"{units.rate(begun)} sessions begin a second and end again"),
            why=fitted(f"{each}; every one costs the server a process and a login"),
            next=(Next("Enter", "by app"),),
            evidence=("connections", "app"),
            weight=begun,
        )
    ]


SEARCH = Search("connections that come and go", ("vitals",), _find)
