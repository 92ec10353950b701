"""Sorts and hashes that spill to temporary files: work_mem is too small for them, and the disk pays."""

from __future__ import annotations

from cryotui.diagnosis.search import TOO_EARLY, Found, Search, fitted, graded, recent
from cryotui.model import units
from cryotui.model.cause import Cause, Next
from cryotui.model.pane import Moment

WATCH, BAD = 50.0 * 2**20, 500.0 * 2**20
"""Bytes a second: where a statement's temporary bytes are marked, and ten times that for the server."""


def _find(moment: Moment) -> Found:
    written = recent(moment, "temp_bytes", 3)
    if written is None:
        return TOO_EARLY
    mark = graded(written, WATCH, BAD)
    if mark is None:
        return []
    rates = moment.rates.get("databases")
    shares = (
        [(rates.per_second(row, "temp_bytes") or 0, str(row["database"])) for row in moment.rows("databases")]
        if rates
        else []
    )
    most = max(shares, default=(0, ""))
    place = f"most of it in {most[1]}; " if most[0] > written / 2 else ""
    work_mem = moment.server.number("work_mem")
    memory = "" if work_mem is None else f"; work_mem is {units.size(work_mem * 1024)}"
    return [
        Cause(
            name="temp_spill",
            mark=mark,
            sentence=fitted(f"Temporary files take {units.size_rate(written)}/s: sorts and hashes spill to disk"),
            why=fitted(f"{place}a statement without its index, or a report{memory}"),
            next=(Next("Enter", "calls"),),
            evidence=("statements", ""),
            weight=written / 2**20,
        )
    ]


SEARCH = Search("temporary files", ("vitals",), _find)
