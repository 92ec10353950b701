"""The rhythm of one probe: who watches it, when it is due next, slower where its answers take long."""

from __future__ import annotations

import asyncio
from dataclasses import field

from cryotui.model.probe import Probe
from cryotui.model.record import dataclass
from cryotui.model.sample import Sample, forward_clock
from cryotui.pg.refusal import PERMANENT

LIVE = 2.0
"""Probes asked at most this often by themselves follow the operator's interval; slower ones keep their own."""

SLOW_SHARE = 0.2
"""A poll that takes more than this share of its interval is asked half as often ..."""

SLOWEST = 60.0
"""... down to once in so many seconds."""


class Slot:
    """A watcher's room for one sample: the newer replaces the older. ``every``: seconds that are soon enough for it."""

    def __init__(self, every: float | None = None) -> None:
        self.every = every
        self.sample: Sample | None = None
        self.filled = asyncio.Event()

    def put(self, sample: Sample) -> None:
        """Replace what is there."""
        self.sample = sample
        self.filled.set()

    async def take(self) -> Sample:
        """The newest sample, once there is one that was not taken yet."""
        await self.filled.wait()
        self.filled.clear()
        assert self.sample is not None
        return self.sample


@dataclass
class Rhythm:
    """When one probe is asked. Times are of ``forward_clock``; ``interval`` is the operator's, in seconds."""

    probe: Probe
    due: float = 0.0
    slow_down: float = 1.0
    watchers: list[Slot] = field(default_factory=list)
    last: Sample | None = None
    resting: bool = False
    """Refused for good: asked again by hand or after a reconnection."""

    @property
    def wanted(self) -> bool:
        """Whether somebody watches it and asking makes sense."""
        return bool(self.watchers) and not self.resting

    def join(self, slot: Slot, interval: float) -> None:
        """One more watcher. It gets the last sample, and a more eager one does not wait for the rhythm of a patient one."""
        self.watchers.append(slot)
        if self.last is not None:
            self.due = min(self.due, forward_clock() + self.every(interval))
            slot.put(self.last)

    def at_once(self) -> None:
        """Due now, also where it was refused before."""
        self.due, self.resting = 0.0, False

    def anew(self) -> None:
        """The same on a new connection, which may be faster."""
        self.at_once()
        self.slow_down = 1.0

    def every(self, interval: float) -> float:
        """Seconds between two askings: the operator's interval for what is live, longer where all watchers can wait."""
        own = interval if self.probe.every <= LIVE else max(self.probe.every, interval)
        return max(own, min((slot.every or 0.0 for slot in self.watchers), default=0.0))

    def answered(self, sample: Sample, started: float, interval: float) -> None:
        """Reckon when it is due next, and give the sample to the watchers; ``started``: when its round of askings began.

        The rhythm of the first asking is kept; what is late is skipped, never caught up with.
        """
        every = self.every(interval)
        if sample.took > SLOW_SHARE * every or (sample.missing and sample.missing.kind == "timeout"):
            self.slow_down = min(self.slow_down * 2, max(SLOWEST / every, 1.0))
        else:
            self.slow_down = max(1.0, self.slow_down * 0.8)
        step = every * self.slow_down
        self.due = max(self.due + step, started + step * 0.5)
        if self.due < started or self.due > started + step:
            self.due = started + step
        self.resting = sample.missing is not None and sample.missing.kind in PERMANENT
        self.last = sample = sample.sharing(self.last)
        for slot in self.watchers:
            slot.put(sample)
