"""A pane fed from a real server, as the console does it, without the console."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from cryotui.model.pane import Moment, Pane
from cryotui.model.settings import Settings
from cryotui.panes import pane
from cryotui.pg.conninfo import resolve
from cryotui.pg.session import Session
from cryotui.probes import probe
from cryotui.tui.board import Board
from cryotui.watch.moments import Moments


class LivePane:
    """A pane and the session it is asked by. ``turn`` asks everything once, ``lines`` draws."""

    def __init__(self, session: Session, name: str) -> None:
        self.session = session
        self.pane: Pane = pane(name)
        self.moments = Moments(Settings())
        self.extra: dict[str, Any] = {}
        self.asked: list[str] = []

    async def turn(self, view: str = "", times: int = 1) -> Moment:
        for _ in range(times):
            for name in self.pane.probes:
                self.moments.receive(await self.session.sample(probe(name)))
            await self.follow_up(view)
        return self.moment(view)

    async def follow_up(self, view: str = "") -> None:
        questions = self.pane.follow_up(self.moment(view)) if self.pane.follow_up else {}
        self.asked = list(questions)
        for name, parameters in questions.items():
            sample = await self.session.sample(probe(name), parameters)
            self.moments.receive(sample)
            if name == "statement_texts":
                texts = self.moments.extra.setdefault("texts", {})
                texts.update({row["query_id"]: row for row in sample.rows})

    async def mark(self) -> None:
        """Set the mark, as the key m does."""
        self.moments.set_mark()
        for name, parameters in self.pane.marked.items():
            self.moments.complete_mark(await self.session.sample(probe(name), parameters))

    def moment(self, view: str = "") -> Moment:
        return self.moments.moment(self.session.server, view, extra=self.extra)

    def board(self, view: str = "", width: int = 80, height: int = 40) -> Board:
        board = Board(self.pane)
        if view:
            board.choice.view = view
        board.update(self.moment(view), width, height)
        return board

    def lines(self, view: str = "", width: int = 80, height: int = 40) -> list[str]:
        return ["".join(text for text, _ in spans) for spans, _ in self.board(view, width, height).draw()]

    def text(self, view: str = "", width: int = 80, height: int = 40) -> str:
        return "\n".join(line.rstrip() for line in self.lines(view, width, height))


@asynccontextmanager
async def live(uri: str, name: str) -> AsyncIterator[LivePane]:
    session = await Session.open(resolve(uri, environ={}), 1)
    try:
        yield LivePane(session, name)
    finally:
        await session.close()


def as_user(uri: str, user: str) -> str:
    return uri.replace("postgres@", f"{user}@", 1)
