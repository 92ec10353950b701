"""Which probes are watched, and how eagerly: those of the visible pane, and less often what the alerts are made of."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import aclosing

from cryotui import diagnosis
from cryotui.model.pane import Pane
from cryotui.model.sample import Sample
from cryotui.watch.feed import Feed

BEHIND = 10.0
"""Seconds between two askings of what the alerts are made of while another pane is visible."""


SELDOM = 60.0
"""Seconds between two askings of what says more about an alert, at more cost."""

OURS = ("progress", "activity")
"""What the page of a running action of ours shows: how far it is, and whom it waits for."""


def wanted(pane: Pane, view: str, ours: bool = False) -> dict[str, float | None]:
    """The probes that a pane and its view need, each with the seconds that are soon enough (None: the interval).

    ``ours``: an action of ours runs, whose page may lie over any pane.
    """
    shown, more = pane.view(view), OURS if ours else ()
    asked: dict[str, float | None] = dict.fromkeys([*pane.probes, *(shown.probes if shown else ()), *more], None)
    behind = dict.fromkeys(diagnosis.probes(), BEHIND) | dict.fromkeys(diagnosis.more_probes(), SELDOM)
    return asked | {name: every for name, every in behind.items() if name not in asked}


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
