"""What is shown: one record of columns, views and sections per tab; no widget, no question to a server.

The tabs and their order are written once, in ``cryotui.model.tabs``. A pane's module is imported when the pane is asked for
first, so that the first picture does not wait for ten of them.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from cryotui.model.tabs import TABS

if TYPE_CHECKING:
    from cryotui.model.pane import Pane

ORDER = tuple(tab.name for tab in TABS)
"""The names of the panes in the order of the tabs."""


@cache
def pane(name: str) -> Pane:
    """The pane of that name. Raises KeyError for a name that is not in ``ORDER``."""
    if name not in ORDER:
        raise KeyError(name)
    found: Pane = import_module(f"{__name__}.{name}").PANE
    return found


def panes() -> tuple[Pane, ...]:
    """All panes in the order of the tabs; imports every one of them."""
    return tuple(pane(name) for name in ORDER)
