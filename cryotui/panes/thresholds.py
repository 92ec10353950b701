"""Where watch and bad begin: the defaults stand beside their columns, the configuration may replace each by name."""

from __future__ import annotations

from cryotui.model.pane import Mark, Moment


def limit(moment: Moment, name: str, watch: float, bad: float) -> tuple[float, float]:
    """The two limits of ``pane.column``: those of the settings where given, else the defaults, in the column's own unit."""
    return moment.settings.thresholds.get(name, (watch, bad))


def judge(value: float | int | None, limits: tuple[float, float]) -> Mark | None:
    """The mark of a value that is worse the higher it is; an unknown value has none (its dash says so).

    Where the limits fall (watch above bad) a value is worse the lower it is, as for a cache hit share.
    """
    if value is None:
        return None
    watch, bad = limits
    if watch > bad:
        return "bad" if value <= bad else "watch" if value <= watch else None
    return "bad" if value >= bad else "watch" if value >= watch else None
