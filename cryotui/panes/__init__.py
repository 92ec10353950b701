"""What is shown: one record of columns, views and sections per tab; no widget, no question to a server.

The tab order is written once, here. A pane's module is imported when the pane is asked for first, so that the first frame
does not wait for ten of them.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from cryotui.model.pane import Pane

ORDER = (
    "overview", "activity", "statements", "tables", "indexes", "connections", "backups", "progress", "replication", "audit",
)  # fmt: skip
"""The names of the panes in the order of the tabs; the first has digit 1, the last has 0."""


@cache
def pane(name: str) -> Pane:
    """The pane of that name. Raises KeyError for a name that is not in ``ORDER`` or whose module is not there."""
    if name not in ORDER or find_spec(f"{__name__}.{name}") is None:
        raise KeyError(name)
    found: Pane = import_module(f"{__name__}.{name}").PANE
    return found


def panes() -> tuple[Pane, ...]:
    """All panes in the order of the tabs; imports every one of them."""
    return tuple(pane(name) for name in ORDER if find_spec(f"{__name__}.{name}") is not None)
