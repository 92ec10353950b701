"""A round of answers, worked out: what is wrong, the series of the last minutes, what else to ask, the pane anew.

All of it is done in pieces, and a key that comes meanwhile is answered before the next one.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from cryotui import panes
from cryotui.diagnosis import diagnose
from cryotui.panes.vital_points import vital_points
from cryotui.watch.outside import due

if TYPE_CHECKING:
    from cryotui.tui.console import Console

BREATH = 0.001
"""Seconds between two pieces, in which what the terminal sent comes in."""

PIECE = 0.002
"""Seconds of work without a breath: each costs a tenth of a millisecond, and many pieces are smaller than that."""

ANSWER = 0.25
"""Seconds that the work waits at most for a key to be answered."""


class Rounds:
    """One task that works out the newest round; rounds that come meanwhile are one when it is done."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._come = asyncio.Event()
        self._answered = asyncio.Event()
        self._answered.set()
        self._breathed = 0.0
        self.first = asyncio.Event()
        """Set when the first round has been worked out."""

    def settled(self) -> None:
        """Everything that was due has been answered."""
        self._come.set()

    def key_pressed(self) -> None:
        """A key has come: it goes first."""
        self._answered.clear()

    def key_answered(self) -> None:
        """What the key changed is on the terminal."""
        self._answered.set()

    async def run(self) -> None:
        """Work out round after round, until cancelled."""
        while True:
            await self._come.wait()
            self._come.clear()
            if self.console.server is not None:
                await self._work_out()
                self.first.set()

    async def _work_out(self) -> None:
        console = self.console
        moment = console.moment()
        diagnosis = diagnose(moment)
        console.moments.extra |= {"causes": diagnosis.causes, "diagnosis": diagnosis}
        await self.keys_first()
        console.moments.history.add(vital_points(moment))
        if due(console.pane.name, console.settings, console.moments.extra, opened=False):
            console.look_outside()
        questions = console.pane.follow_up(moment) if console.pane.follow_up else {}
        if questions:
            await console.beside.spawn(self._follow_up(questions))
        await self._renew()

    async def _follow_up(self, questions: Mapping[str, tuple[object, ...]]) -> None:
        moments = self.console.moments
        for name, parameters in questions.items():
            sample = await self.console.feed.ask(name, parameters)
            if name == "statement_texts":
                texts = moments.extra.setdefault("texts", {})
                texts.update({row["query_id"]: row for row in sample.rows})
            moments.receive(sample)  # also where it was refused: the pane says why and does not ask on

    async def _renew(self) -> None:
        """The visible pane and the tabs from the newest samples, unless a sheet holds the list still."""
        console = self.console
        if not console.held:
            board, pane, moment = console.board, console.pane, console.moment()
            board.lost = console.feed.link.state != "live"
            for _ in board.updating(moment, console.width, console.body_room):
                await self.keys_first()
                if console.held:
                    return
            for shown in {pane.name: pane, "overview": panes.pane("overview")}.values():
                await self.keys_first()
                console.marks[shown.name] = shown.worst(moment)
        console.redraw()

    async def keys_first(self) -> None:
        """Let a key that has come be answered before the next piece of work."""
        if time.monotonic() - self._breathed < PIECE and self._answered.is_set():
            return
        await asyncio.sleep(BREATH)
        self._breathed = time.monotonic()
        if not self._answered.is_set():
            try:
                async with asyncio.timeout(ANSWER):
                    await self._answered.wait()
            except TimeoutError:
                self._answered.set()
