"""Measuring the bloat of one table or index exactly: it reads all its pages and changes nothing."""

from __future__ import annotations

from cryotui.model.sample import Row
from cryotui.probes import probe
from cryotui.tui.console import Console


def measured(row: Row) -> tuple[str, str, str]:
    """Which probe measures this row's bloat, by which field, and the name of what is measured."""
    if row.get("index_oid") is not None:
        return "index_bloat_exact", "index_oid", str(row.get("index"))
    return "bloat_exact", "oid", str(row.get("table"))


async def measure(console: Console, row: Row) -> None:
    """Measure the bloat of one table or index exactly and keep it for the list.

    On a connection of its own: a large table takes a while, and the panes go on meanwhile.
    """
    name, field, label = measured(row)
    session = await console.connection.session_beside()
    try:
        console.say(f"Measuring {label}; the list goes on meanwhile.")
        sample = await session.sample(probe(name), (row[field],))
    finally:
        await session.close()
    if sample.missing:
        console.say(sample.missing.sentence)
    elif sample.one is not None:
        kept = "exact_index_bloat" if field == "index_oid" else "exact_bloat"
        console.moments.extra.setdefault(kept, {})[row[field]] = sample.one
        console.say(f"{label} is measured; the list shows exact in place of the estimate.")
        console.refresh_board()
