"""The tabs of the console: their order, written once, their digits and names. Imports nothing: the first frame draws them."""

from __future__ import annotations

from typing import NamedTuple


class Tab(NamedTuple):
    """``name`` is the word of ``cryotui show`` and the pane's module, ``short`` four letters for narrow terminals."""

    name: str
    digit: str
    title: str
    short: str


TABS = (
    Tab("overview", "1", "Overview", "Over"),
    Tab("activity", "2", "Activity", "Actv"),
    Tab("statements", "3", "Statements", "Stmt"),
    Tab("tables", "4", "Tables", "Tabl"),
    Tab("indexes", "5", "Indexes", "Indx"),
    Tab("connections", "6", "Connections", "Conn"),
    Tab("backups", "7", "Backups", "Bkup"),
    Tab("progress", "8", "Progress", "Prog"),
    Tab("replication", "9", "Replication", "Repl"),
    Tab("audit", "0", "Audit", "Audt"),
)
"""From left to right; the first has digit 1, the last has 0."""


def tab(name: str) -> Tab:
    """The tab of that name. Raises KeyError."""
    found = next((one for one in TABS if one.name == name), None)
    if found is None:
        raise KeyError(name)
    return found
