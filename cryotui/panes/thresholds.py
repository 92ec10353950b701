"""Where watch and bad begin: the defaults stand beside their columns, the configuration may replace each by name."""

from __future__ import annotations

from cryotui.model.pane import Moment
from cryotui.model.thresholds import judge

__all__ = ["judge", "limit"]


def limit(moment: Moment, name: str, watch: float, bad: float) -> tuple[float, float]:
    """The two limits of ``pane.column``: those of the settings where given, else the defaults, in the column's own unit."""
    return moment.settings.thresholds.get(name, (watch, bad))
