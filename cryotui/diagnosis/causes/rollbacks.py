"""Many transactions end in a rollback: errors that the application repeats, or serialization failures."""

from __future__ import annotations

from cryotui.diagnosis.search import TOO_EARLY, Found, Search, fitted, graded, recent
from cryotui.model import units
from cryotui.model.cause import Cause, Next
from cryotui.model.pane import Moment

WATCH, BAD = 0.1, 0.5
"""Shares of all transactions: a tenth is out of the ordinary, half is an application that does not work."""

VOLUME = 5.0
"""Rollbacks a second below which a share says nothing."""

POINTS = 15
"""Answers over which the share is taken: half a minute at the usual interval, so that one failed batch is no trouble."""


def _find(moment: Moment) -> Found:
    share = recent(moment, "rolled_back", POINTS)
    transactions = recent(moment, "transactions", POINTS)
    if transactions is None:
        return TOO_EARLY
    mark = graded(share, WATCH, BAD)
    if mark is None or share is None or share * transactions < VOLUME:
        return []
    rates = moment.rates.get("databases")
    counted = (
        [(rates.per_second(row, "rollbacks") or 0, str(row["database"])) for row in moment.rows("databases")]
        if rates
        else []
    )
    most = max(counted, default=(0, ""))
    place = f"most of them in {most[1]}; " if most[0] > 0 else ""
    return [
        Cause(
            name="rollbacks",
            mark=mark,
            sentence=fitted(
                f"{units.percent(share)} of transactions are rolled back, {units.rate(share * transactions)} a second"
            ),
            why=fitted(f"{place}the server log holds the errors"),
            next=(Next("Enter", "active"),),
            evidence=("activity", "active"),
            weight=share,
        )
    ]


SEARCH = Search("rollbacks", ("vitals",), _find)
