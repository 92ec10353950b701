"""The console of one target: which pane, what lies over it, what the feed brought. No Textual: the app gives size and keys.

Samples come from the feed and are kept (``watch.moments``); when a round is answered, ``round`` works out what follows and
hands a moment to the visible pane's ``board``; ``picture`` makes the screen of it, ``app`` puts it on the terminal.
Commands change what is chosen, layers lie over boards.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from cryotui import panes
from cryotui.model.errors import AuthenticationError, ConnectError
from cryotui.model.pane import Mark, Moment, Pane
from cryotui.model.sample import Row
from cryotui.model.server import Server
from cryotui.pg.destination import Destination
from cryotui.tui import linkwords
from cryotui.tui.beside import Beside
from cryotui.tui.board import Board
from cryotui.tui.connection import Connection, identity_changed
from cryotui.tui.messages import Messages
from cryotui.tui.round import Rounds
from cryotui.tui.screens.layer import Layer
from cryotui.tui.watchers import Watchers, wanted
from cryotui.watch.feed import Feed, Link
from cryotui.watch.moments import Moments
from cryotui.watch.outside import due, outside

if TYPE_CHECKING:
    from cryotui.actions.desk import Desk
    from cryotui.actions.preview import Offer


class Console:
    """One target's console."""

    def __init__(self, target: Destination, feed: Feed, pane: str | None = None) -> None:
        """``pane`` is the name of the one to begin with."""
        self.target, self.feed = target, feed
        self.settings = target.settings
        self.connection = Connection(target, feed, told=lambda: self._acted())
        self.messages = Messages()
        self.beside = Beside(self.say)
        self.moments = Moments(target.settings)
        self.moments.extra["protected"] = target.protected
        self.rounds = Rounds(self)
        self.watchers = Watchers(feed, self.moments.receive)
        self.boards: dict[str, Board] = {}
        self.pane: Pane = panes.pane(pane or panes.ORDER[0])
        self.layers: list[Layer] = []
        self.width, self.height = 80, 24
        self.marks: dict[str, Mark | None] = {}
        self.filter_typed: str | None = None  # not None while the filter is typed
        self.filter_selected = False  # the filter of before stands there, and the next letter takes its place
        self.filters: list[str] = []
        self.banner: str | None = None
        self.audit_stop: asyncio.Event | None = None  # while an audit runs; setting it ends the run
        self.probing: dict[str, Callable[[], object]] = {}  # role probes that run, by their title, with what ends them
        self._looks_outside = False
        self._ours = False  # whether an action of ours runs
        self._lost_since: float | None = None  # the loss that was told
        # given by the app
        self.redraw: Callable[[], None] = lambda: None
        self.leave: Callable[[int], None] = lambda code: None
        self.to_clipboard: Callable[[str], None] = lambda text: None
        self.set_theme: Callable[[str], None] = lambda name: None
        self.themes: Callable[[], list[str]] = list
        self.theme: Callable[[], str] = str
        self.give_up: Callable[[ConnectError], None] = lambda error: None
        self.connected: Callable[[], None] = lambda: None
        feed.on_settled.append(self.rounds.settled)
        feed.on_link.append(self._linked)
        feed.on_event.append(self._happened)

    def start(self) -> None:
        """Begin to talk to the server and to watch what the first pane needs."""
        self.beside.spawn_vital(self.feed.run())
        self.beside.spawn_vital(self.rounds.run())
        self.open_pane(self.pane.name)

    async def end(self) -> None:
        """Stop watching and close everything."""
        await self.beside.end(self.watchers.tasks)
        await self.connection.leave()

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run something beside the console; an operator's error becomes a message."""
        self.beside.spawn(work)

    # the feed's side

    def _linked(self, link: Link) -> None:
        """The connection was made, refused or lost."""
        if link.state == "live":
            before, server = self.connection.meet()
            self.spawn(self._look_after_actions())
            self.connected()
            if before is not None and before.identity != server.identity:
                self._happened(identity_changed(before, server))
            elif before is not None:
                self.say("Connected again. Rates start again.")
            for notice in self.connection.need().notices:
                self.say(notice)
        elif link.error is not None and link.last_good is None:
            self.give_up(link.error)
        elif isinstance(link.error, AuthenticationError):
            self.say(str(link.error))
        elif link.state == "lost" and self._lost_since != link.since:
            self._lost_since = link.since
            self.say(linkwords.alert(link) or "")
            self.refresh_board()
        self.redraw()

    async def _look_after_actions(self) -> None:
        await self.rounds.first.wait()  # they do not hold up the first picture
        for sentence in await self.connection.lost_runs():
            self.say(sentence)
        await self.connection.learn_rights()
        self.refresh_board()

    def _happened(self, sentence: str) -> None:
        self.banner = sentence  # until a key is pressed, as far as there is room; whole on the line and under !
        self.say(sentence)
        self.moments.forget()
        self.redraw()

    @property
    def sheet_note(self) -> str:
        """What stands at the right end of a sheet's title: the target's name, and that it is protected."""
        return f"PROTECTED {self.target.name}" if self.target.protected else self.target.name

    @property
    def server(self) -> Server | None:
        """What is known of the server; of the last connection while it is lost."""
        return self.connection.server

    @property
    def desk(self) -> Desk | None:
        """The gate to actions; None before the first connection."""
        return self.connection.desk

    # panes

    @property
    def board(self) -> Board:
        """The visible pane's board."""
        board = self.boards.get(self.pane.name)
        if board is None:
            board = self.boards[self.pane.name] = Board(self.pane, self.settings.columns.get(self.pane.name))
        return board

    def open_pane(self, name: str) -> None:
        """Show a pane; what lay over the last one is closed."""
        self.layers.clear()
        self.filter_typed = None
        if name != self.pane.name:
            self.messages.leave_pane()
        self.pane = panes.pane(name)
        self._watch()
        if due(name, self.settings, self.moments.extra, opened=True):
            self.look_outside()
        self.refresh_board()

    def _watch(self) -> None:
        self._ours = bool(self.connection.runnings)
        self.watchers.want(wanted(self.pane, self.board.choice.view, self._ours))

    def _acted(self) -> None:
        """A run of ours changed its state or heard a notice."""
        if bool(self.connection.runnings) != self._ours:
            self._watch()
        self.redraw()

    def look_outside(self) -> None:
        """Bring what the visible pane shows that no probe brings: backup sources, the action log."""
        if not self._looks_outside:
            self._looks_outside = True
            self.spawn(self._outside(self.pane.name))

    async def _outside(self, name: str) -> None:
        try:
            self.moments.extra.update(await outside(name, self.settings, self.target.name))
        finally:
            self._looks_outside = False
        self.refresh_board()

    def open_view(self, name: str) -> None:
        """Show a view of the visible pane."""
        self.board.set_view(name)
        self._watch()
        self.refresh_board()

    def moment(self) -> Moment:
        """What the visible pane is drawn from."""
        server, view = self.server, self.board.choice.view
        assert server is not None
        extra: dict[str, Any] = {
            "marks": self.marks,
            "running": tuple(self.connection.runnings),
            "log": self.connection.log.rows(50, server) if self.pane.name in ("progress", "overview") else (),
            "interval": self.feed.interval,
            "cost": self.feed.cost,
            "sort": self.board.choice.sort.get(view),
            "refused_keys": self._refused_keys(),
            "lost": linkwords.alert(self.feed.link),
        }
        return self.moments.moment(server, view, extra=extra)

    def _refused_keys(self) -> frozenset[str]:
        """Keys of which no action is allowed at this level."""
        desk = self.desk if self.connection.acts else None
        if desk is None:
            return frozenset()
        from cryotui.actions.registry import actions

        allowed = {action.key for action in actions() if desk.gate.refusal(action) is None}
        return frozenset(action.key for action in actions() if action.key) - allowed

    def refresh_board(self) -> None:
        """Lay the visible pane out again from the newest samples, at once, unless a sheet holds the list still."""
        if self.server is not None and not self.held:
            board, moment = self.board, self.moment()
            board.lost = self.feed.link.state != "live"
            board.update(moment, self.width, self.body_room)
            for pane in {self.pane.name: self.pane, "overview": panes.pane("overview")}.values():
                self.marks[pane.name] = pane.worst(moment)
        self.redraw()

    @property
    def held(self) -> bool:
        """Whether a sheet holds the list still."""
        return any(layer.sheet for layer in self.layers)

    def resize(self, width: int, height: int) -> None:
        """The terminal has another size."""
        self.width, self.height = width, height
        self.refresh_board()

    @property
    def body_height(self) -> int:
        """Lines between tabs and the line about the row."""
        return max(self.height - 4, 1)

    @property
    def body_room(self) -> int:
        """Lines for the board: those of the body that do not tell why the connection is lost."""
        return max(self.body_height - len(linkwords.lost(self.feed.link, self.width)), 1)

    def offers(self, row: Row | None = None) -> list[Offer]:
        """The actions for a row, the one under the cursor when none is given, with the reason where one is refused."""
        row = self.board.row if row is None else row
        return self.desk.offered(row) if row is not None and self.desk is not None else []

    # layers and words

    def push(self, layer: Layer) -> None:
        """Lay something over the pane."""

        def close() -> None:
            if layer in self.layers:
                self.layers.remove(layer)
            self.refresh_board()

        layer.close = close
        layer.redraw = self.redraw
        layer.tell = self.say
        layer.double = self.target.protected
        self.messages.hush()  # what was said is about what lies below now
        self.layers.append(layer)
        self.redraw()

    def say(self, sentence: str, keep: bool = True) -> None:
        """Tell the operator; kept under ``!`` unless it is about a key only."""
        self.messages.say(sentence, keep)
        self.redraw()

    def pulse(self) -> object:
        """What the frame shows that changes by itself; while it stays equal, no tick has to draw."""
        hushed = self.messages.shown is None
        return linkwords.age(self.feed), self.connection.level_word, hushed, int(time.time() // 60)
