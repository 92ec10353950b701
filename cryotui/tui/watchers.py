"""Which probes are watched, and how eagerly: those of the visible pane, and less often what the alerts are made of."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import aclosing

from cryotui.diagnosis import probes as diagnosis_probes
from cryotui.model.pane import Pane
from cryotui.model.sample import Sample
from cryotui.watch.feed import Feed

BEHIND = 10.0
"""Seconds between two askings of what the alerts are made of while another pane is visible."""


def wanted(pane: Pane, view: str) -> dict[str, float | None]:
    """The probes that a pane and its view need, each with the seconds that are soon enough (None: the interval)."""
    shown = pane.view(view)
    asked: dict[str, float | None] = dict.fromkeys([*pane.probes, *(shown.probes if shown else ())], None)
    return asked | {name: BEHIND for name in diagnosis_probes() if name not in asked}


class Watchers:
    """One task for each watched probe; ``take`` gets every sample."""

    def __init__(self, feed: Feed, take: Callable[[Sample], None]) -> None:
        self._feed, self._take = feed, take
        self._watching: dict[str, tuple[float | None, asyncio.Task[None]]] = {}

    def want(self, probes: Mapping[str, float | None]) -> None:
        """Watch these and no others."""
        for name in [name for name, (every, _) in self._watching.items() if probes.get(name, -1.0) != every]:
            self._watching.pop(name)[1].cancel()
        for name, every in probes.items():
            if name not in self._watching:
                self._watching[name] = every, asyncio.ensure_future(self._watch(name, every))

    async def _watch(self, name: str, every: float | None) -> None:
        async with aclosing(self._feed.watch(name, every)) as samples:  # type: ignore[type-var]
            async for sample in samples:
                self._take(sample)

    @property
    def tasks(self) -> list[asyncio.Task[None]]:
        """What has to be cancelled at the end."""
        return [task for _, task in self._watching.values()]
