"""The tabs of the console: their order, written once, their digits and names. Imports nothing: the first frame draws them."""

from __future__ import annotations

from typing import NamedTuple


class Tab(NamedTuple):
    """``name`` is the word of ``cryotui show`` and the pane's module, ``short`` four letters for narrow terminals.

    ``first`` is the probe that the pane asks first, empty when it asks none: a console that opens with this tab asks it
    before it is all there itself.
    """

    name: str
    digit: str
    title: str
    short: str
    first: str


TABS = (
    Tab("overview", "1", "Overview", "Over", "vitals"),
    Tab("activity", "2", "Activity", "Actv", "activity"),
    Tab("statements", "3", "Statements", "Stmt", "statements"),
    Tab("tables", "4", "Tables", "Tabl", "tables"),
    Tab("indexes", "5", "Indexes", "Indx", "indexes"),
    Tab("connections", "6", "Connections", "Conn", "activity"),
    Tab("backups", "7", "Backups", "Bkup", "archiver"),
    Tab("progress", "8", "Progress", "Prog", "progress"),
    Tab("replication", "9", "Replication", "Repl", "replication"),
    Tab("audit", "0", "Audit", "Audt", ""),
)
"""From left to right; the first has digit 1, the last has 0."""


def tab(name: str) -> Tab:
    """The tab of that name. Raises KeyError."""
    found = next((one for one in TABS if one.name == name), None)
    if found is None:
        raise KeyError(name)
    return found
