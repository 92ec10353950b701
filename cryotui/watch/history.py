"""Series of the last minutes, bounded, for sparklines. A value that was unknown is a gap, never zero."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from cryotui.model.sample import forward_clock

SPAN = 600.0
"""Seconds that are kept."""


class History:
    """Named series of (time, value); what is older than ``SPAN`` falls out."""

    def __init__(self) -> None:
        self._points: deque[tuple[float, Mapping[str, float | None]]] = deque()

    def add(self, values: Mapping[str, float | None], at: float | None = None) -> None:
        """Append one value to each series; a series that is not named has a gap there."""
        at = forward_clock() if at is None else at
        self._points.append((at, dict(values)))
        while self._points and self._points[0][0] < at - SPAN:
            self._points.popleft()

    @property
    def span(self) -> float:
        """Seconds from the oldest to the newest point."""
        return self._points[-1][0] - self._points[0][0] if self._points else 0.0

    def series(self) -> dict[str, list[float | None]]:
        """All series, oldest value first, of equal length."""
        names = {name for _, values in self._points for name in values}
        return {name: [values.get(name) for _, values in self._points] for name in names}

    def clear(self) -> None:
        """Forget everything: after a failover nothing of before belongs to the line."""
        self._points.clear()
