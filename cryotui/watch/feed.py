"""The feed: asks one server, one question at a time, however many watch; keeps the connection alive or says why not.

``async for sample in feed.watch("activity")`` is the one primitive. Leaving the loop is unsubscribing. A slow watcher gets
the newest sample, never a backlog. Nothing is asked that nobody watches.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal, Protocol

from cryotui.model.errors import ConnectError
from cryotui.model.probe import Probe
from cryotui.model.record import dataclass
from cryotui.model.sample import Missing, Sample, forward_clock
from cryotui.model.server import Server
from cryotui.pg.conninfo import ConnectionSpec
from cryotui.pg.refusal import PERMANENT
from cryotui.probes import probe as probe_named
from cryotui.watch.backoff import delay
from cryotui.watch.rhythm import Rhythm, Slot

TOGETHER = 0.1
"""Seconds: what is due so soon after another probe is asked with it, so that one answer draws the screen, not three."""

FIRST_LOOKS = 0.2
"""Seconds: so often first answers are shown while others are on their way; a pane's list does not wait for its details."""


class Asked(Protocol):
    """What the feed needs of a session."""

    server: Server
    notices: list[str]

    @property
    def in_recovery(self) -> bool | None: ...
    @property
    def here(self) -> ConnectionSpec: ...
    def now(self) -> datetime: ...
    async def another_connection(self) -> Any: ...
    async def sample(self, probe: Probe, parameters: tuple[object, ...] = ()) -> Sample: ...
    async def relearn(self) -> None: ...
    async def close(self) -> None: ...
    def terminate(self) -> None: ...


Opener = Callable[[int], Awaitable[Asked]]


@dataclass(frozen=True)
class Link:
    """How the connection stands, for the header and the lost screen. Times are of ``forward_clock``."""

    state: Literal["connecting", "live", "lost", "stopped"]
    since: float
    attempts: int = 0
    next_try: float | None = None
    error: ConnectError | None = None
    last_good: float | None = None


class Feed:
    """One server's answers. ``run`` is the one task that talks to it; start it once, cancel it to end."""

    def __init__(self, open_session: Opener, interval: float = 2.0) -> None:
        self._open = open_session
        self.interval = interval
        self.paused = False
        self.session: Asked | None = None
        self.link = Link("connecting", forward_clock())
        self.on_link: list[Callable[[Link], None]] = []
        self.on_settled: list[Callable[[], None]] = []
        self.on_event: list[Callable[[str], None]] = []
        self._rhythms: dict[str, Rhythm] = {}
        self._once: list[tuple[Probe, tuple[object, ...], asyncio.Future[Sample]]] = []
        self._wake = asyncio.Event()
        self._try_now = asyncio.Event()
        self._epoch = 0
        self._relearn = False
        self._unsettled = False  # some of what is due together was asked, the rest was not
        self._settled_at = 0.0
        self._round = 0.0  # when the first of them was asked: the rhythm of all
        self._spent: list[tuple[float, float]] = []

    # what others call

    async def watch(self, name: str, every: float | None = None) -> AsyncIterator[Sample]:
        """Samples of a probe as they come, beginning with the last one if there is one. Raises KeyError.

        ``every``: seconds that are soon enough for this watcher; the most eager watcher of a probe decides.
        """
        rhythm = self._rhythms.get(name)
        if rhythm is None:
            rhythm = self._rhythms[name] = Rhythm(probe_named(name))
        slot = Slot(every)
        rhythm.join(slot, self.interval)
        self._wake.set()
        try:
            while True:
                yield await slot.take()
        finally:
            rhythm.watchers.remove(slot)

    async def ask(self, name: str, parameters: tuple[object, ...] = ()) -> Sample:
        """One answer to one question, as soon as the connection is free.

        Raises ConnectError when the connection is lost before the answer.
        """
        future: asyncio.Future[Sample] = asyncio.get_running_loop().create_future()
        self._once.append((probe_named(name), parameters, future))
        self._wake.set()
        return await future

    def refresh(self, *names: str) -> None:
        """Ask these probes now (all that are watched when none is named), also those that were refused before.

        When none is named, what the server is and the role may is asked again too: a grant or an extension may be new.
        """
        self._relearn = self._relearn or not names
        for name, rhythm in self._rhythms.items():
            if not names or name in names:
                rhythm.at_once()
        self._try_now.set()
        self._wake.set()

    def set_interval(self, seconds: float) -> None:
        """Seconds between two polls of what is live; 1 is the least."""
        self.interval = max(1.0, seconds)
        for rhythm in self._rhythms.values():
            rhythm.due = min(rhythm.due, forward_clock() + self.interval)
        self._wake.set()

    def pause(self, paused: bool) -> None:
        """Stop asking by ourselves, or go on; single questions are still answered."""
        self.paused = paused
        self._wake.set()

    @property
    def cost(self) -> float | None:
        """Share of the last minute in which the server worked for us or answered was on its way; None at first."""
        now = forward_clock()
        self._spent = [(at, took) for at, took in self._spent if at > now - 60]
        if not self._spent:
            return None
        return sum(took for _, took in self._spent) / max(now - self._spent[0][0], self.interval)

    @property
    def overdue(self) -> float:
        """Seconds since the answer that has been waited for longest was due; 0 while nothing is due."""
        dues = [rhythm.due for rhythm in self._rhythms.values() if rhythm.wanted]
        return max(0.0, forward_clock() - min(dues)) if dues else 0.0

    # the one task

    async def run(self) -> None:
        """Connect, ask what is due, reconnect: until cancelled."""
        try:
            while True:
                if self.session is None and not await self._connect():
                    continue
                try:
                    await self._turn()
                except ConnectError as error:
                    self._lose(error)
        finally:
            if self.session is not None:
                session, self.session = self.session, None
                session.terminate()

    async def _connect(self) -> bool:
        """One try to connect, and the wait after a failed one; True when connected."""
        try:
            self._epoch += 1
            self.session = await self._open(self._epoch)
        except ConnectError as error:
            attempts = self.link.attempts + 1
            wait = delay(attempts, error)
            now = forward_clock()
            state: Literal["connecting", "lost"] = "lost" if self.link.last_good is not None else "connecting"
            since = now if self.link.state == "live" else self.link.since
            self._set_link(
                Link(state, since, attempts, None if wait is None else now + wait, error, self.link.last_good)
            )
            self._fail_single_questions(error)
            await self._rest(wait)
            return False
        now = forward_clock()
        self._relearn = False
        self._set_link(Link("live", now, last_good=now))
        for rhythm in self._rhythms.values():
            rhythm.anew()
        return True

    async def _rest(self, seconds: float | None) -> None:
        self._try_now.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._try_now.wait()
        except TimeoutError:
            return

    def _lose(self, error: ConnectError) -> None:
        if self.session is not None:
            self.session.terminate()
            self.session = None
        self._set_link(Link("lost", forward_clock(), 0, None, error, self.link.last_good))
        self._fail_single_questions(error)

    def _fail_single_questions(self, error: ConnectError) -> None:
        waiting, self._once = self._once, []
        for _, _, future in waiting:
            if not future.done():
                future.set_exception(ConnectError(str(error), error.cause, error.sqlstate))

    async def _turn(self) -> None:
        """Answer one single question, or the probe that is due longest, or sleep until something is due."""
        session = self.session
        assert session is not None
        if self._relearn:
            self._relearn = False
            await session.relearn()
        if self._once:
            probe, parameters, future = self._once.pop(0)
            if not future.cancelled():
                try:
                    sample = await self._sample(session, probe, parameters)
                except ConnectError:
                    self._once.insert(0, (probe, parameters, future))
                    raise
                if not future.done():
                    future.set_result(sample)
            return
        now = forward_clock()
        watched = [rhythm for rhythm in self._rhythms.values() if rhythm.wanted]
        first = min(watched, key=lambda rhythm: rhythm.due, default=None)
        if first is not None and not self.paused and first.due <= (now + TOGETHER if self._unsettled else now):
            if not self._unsettled:
                self._round = now
            self._unsettled = sum(rhythm.due <= now + TOGETHER for rhythm in watched) > 1
            await self._ask_due(session, first, last=not self._unsettled)
            return
        self._wake.clear()
        until = None if self.paused or not watched else min(rhythm.due for rhythm in watched) - now
        try:
            async with asyncio.timeout(until):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _ask_due(self, session: Asked, rhythm: Rhythm, last: bool) -> None:
        first_of_all = rhythm.last is None
        sample = await self._sample(session, rhythm.probe, ())
        rhythm.answered(sample, self._round, self.interval)
        now = forward_clock()
        first_look = first_of_all and now - self._settled_at > FIRST_LOOKS
        overdue = now - self._settled_at > 2 * self.interval  # a slow server's round may never end: show what there is
        if last or first_look or overdue:
            self._settled_at = now
            await asyncio.sleep(0)  # the watchers take their samples before they are told that all is there
            for told in self.on_settled:
                told()
        standby = session.in_recovery
        if standby is not None and standby != session.server.standby:
            await self._role_changed(session, standby)

    async def _sample(self, session: Asked, probe: Probe, parameters: tuple[object, ...]) -> Sample:
        sample = await session.sample(probe, parameters)
        now = forward_clock()
        self._spent.append((now, sample.took))
        self.link = replace(self.link, last_good=now)
        return sample

    async def _role_changed(self, session: Asked, standby: bool) -> None:
        """The server was promoted, or the name leads to another one now: nothing of before may be compared."""
        role = "a standby" if standby else "the primary"
        where = session.server.host
        self.session = None
        await session.close()
        for told in self.on_event:
            told(f"{where} is {role} now. Rates start again.")

    def _set_link(self, link: Link) -> None:
        self.link = link
        for told in self.on_link:
            told(link)


def kept(before: Sample | None, after: Sample) -> Sample:
    """What to show: the new sample, or the rows of the old one when the new one failed in passing."""
    transient: Missing | None = after.missing if after.missing and after.missing.kind not in PERMANENT else None
    if transient and before is not None and before.rows and before.epoch == after.epoch:
        return before
    return after
