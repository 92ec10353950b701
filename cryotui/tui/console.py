"""The console's state: which pane, what lies over it, what the feed brought. No Textual: the app gives size and keys.

Samples come from the feed, boards draw them, layers lie over boards, commands change all of it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

from cryotui import panes
from cryotui.actions.desk import Desk
from cryotui.actions.log import ActionLog
from cryotui.actions.operator import Operator
from cryotui.actions.preview import Offer
from cryotui.actions.registry import actions
from cryotui.actions.running import Running
from cryotui.diagnosis import diagnose
from cryotui.diagnosis import probes as diagnosis_probes
from cryotui.model import units
from cryotui.model.action import Limits
from cryotui.model.errors import AuthenticationError, ConnectError, CryotuiError
from cryotui.model.keys import find as find_key
from cryotui.model.pane import Mark, Moment, Pane
from cryotui.model.sample import Row, Sample, forward_clock
from cryotui.model.server import Server
from cryotui.model.text import cut, fit, one_line
from cryotui.panes.overview import vital_points
from cryotui.pg.destination import Destination
from cryotui.pg.session import Session
from cryotui.tui import frame
from cryotui.tui.board import Board, Drawn
from cryotui.tui.screens.layer import Layer, box, folded
from cryotui.watch.feed import Feed, Link
from cryotui.watch.moments import Moments
from cryotui.watch.outside import outside

MESSAGE_SECONDS = 8.0
SHEET_WIDTH = 84
BEHIND = 10.0
"""Seconds between two askings of what the alerts are made of while another pane is visible."""


class Console:
    """One target's console."""

    def __init__(self, target: Destination, feed: Feed) -> None:
        self.target, self.feed = target, feed
        self.log = ActionLog(target.settings.state_folder / "actions", Operator.here())
        self.desk: Desk | None = None  # from the first connection on
        self.settings = target.settings
        self.moments = Moments(target.settings)
        self.moments.extra["protected"] = target.protected
        self.panes: tuple[Pane, ...] = panes.panes()
        self.boards: dict[str, Board] = {}
        self.pane = self.panes[0]
        self.layers: list[Layer] = []
        self.width, self.height = 80, 24
        self.marks: dict[str, Mark | None] = {}
        self.messages: list[tuple[datetime, str]] = []
        self.filter_typed: str | None = None  # not None while the filter is typed
        self.filters: list[str] = []
        self.banner: str | None = None
        self.last_server: Server | None = None
        self._message_until = 0.0
        self._said = ""
        self._watchers: dict[str, tuple[float | None, asyncio.Task[None]]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._texts_wanted: set[int] = set()
        # given by the app
        self.redraw: Callable[[], None] = lambda: None
        self.leave: Callable[[int], None] = lambda code: None
        self.to_clipboard: Callable[[str], None] = lambda text: None
        self.set_theme: Callable[[str], None] = lambda name: None
        self.themes: Callable[[], list[str]] = list
        self.ask_password: Callable[[], None] = lambda: None
        self.note_fault: Callable[[Exception], str] = lambda error: ""
        self.give_up: Callable[[ConnectError], None] = lambda error: None
        self.crash: Callable[[Exception], None] = lambda error: None
        feed.on_settled.append(self._settled)
        feed.on_link.append(self._linked)
        feed.on_event.append(self._happened)

    # the feed's side

    def start(self) -> None:
        """Begin to talk to the server and to watch what the first pane needs."""
        self._tasks.add(asyncio.ensure_future(self._run_feed()))
        self.open_pane(self.pane.name)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run something beside the console; an operator's error becomes a message."""
        task = asyncio.ensure_future(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _guarded(self, work: Coroutine[Any, Any, Any]) -> Any:
        try:
            return await work
        except CryotuiError as error:
            self.say(str(error))
        except Exception as error:
            self.say(f"A fault of cryotui's own: {type(error).__name__}. {self.note_fault(error)}")
        return None

    async def _run_feed(self) -> None:
        """The feed's one task; a fault in it is a crash, because nothing on screen would be true any more."""
        try:
            await self.feed.run()
        except Exception as error:
            self.crash(error)

    async def end(self) -> None:
        """Stop watching and close everything."""
        tasks = [*(task for _, task in self._watchers.values()), *self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self.desk is not None:
            await self.desk.leave()

    @property
    def server(self) -> Server | None:
        """What is known of the server; of the last connection while it is lost."""
        if self.feed.session is not None:
            self.last_server = self.feed.session.server
        return self.last_server

    def _wanted(self) -> list[str]:
        view = self.pane.view(self.board.choice.view)
        return list(dict.fromkeys([*self.pane.probes, *(view.probes if view else ())]))

    def watch_wanted(self) -> None:
        """Watch what the visible pane and view need, and behind it, less often, what the alerts are made of."""
        wanted: dict[str, float | None] = dict.fromkeys(self._wanted(), None)  # these are asked first
        wanted |= {name: BEHIND for name in diagnosis_probes() if name not in wanted}
        for name in [name for name, (every, _) in self._watchers.items() if wanted.get(name, -1.0) != every]:
            self._watchers.pop(name)[1].cancel()
        for name, every in wanted.items():
            if name not in self._watchers:
                self._watchers[name] = (every, asyncio.ensure_future(self._watch(name, every)))

    async def _watch(self, name: str, every: float | None) -> None:
        async with aclosing(self.feed.watch(name, every)) as samples:  # type: ignore[type-var]
            async for sample in samples:
                self.moments.receive(sample)

    def _settled(self) -> None:
        """Everything that was due has been answered: work out what follows from it, then draw once."""
        if self.server is None:
            return
        moment = self.moment()
        self._diagnose(moment)
        self.moments.history.add(vital_points(moment))
        if self.pane.follow_up:
            questions = self.pane.follow_up(self.moment())
            if questions:
                self.spawn(self._follow_up(questions))
                return
        self.refresh_board()

    async def _follow_up(self, questions: Mapping[str, tuple[object, ...]]) -> None:
        for name, parameters in questions.items():
            sample = await self.feed.ask(name, parameters)
            if name == "statement_texts":
                texts = self.moments.extra.setdefault("texts", {})
                texts.update({row["query_id"]: row for row in sample.rows})
            self.moments.receive(sample)  # also where it was refused: the pane says why and does not ask on
        self.refresh_board()

    def _diagnose(self, moment: Moment) -> None:
        diagnosis = diagnose(moment)
        self.moments.extra["causes"] = diagnosis.causes
        self.moments.extra["diagnosis"] = diagnosis

    def _linked(self, link: Link) -> None:
        if link.state == "live":
            session = self.feed.session
            assert session is not None
            server = session.server
            before, self.last_server = self.last_server, server
            self._meet(server)
            if before is not None and before.identity != server.identity:
                self.moments.forget()
                self.banner = self._identity_changed(before, server)
            elif before is not None:
                self.say("Connected again. Rates start again.")
            for notice in session.notices:
                self.say(notice)
        elif link.error is not None and link.last_good is None:
            self.give_up(link.error)
        elif link.error is not None and isinstance(link.error, AuthenticationError):
            self.say(str(link.error))
        self.redraw()

    def _meet(self, server: Server) -> None:
        """The gate learns of the server; at the first connection it is made, and runs of lost consoles are looked for."""
        if self.desk is not None:
            self.desk.meet(server)
            self.spawn(self._look_after_lost())
            return
        target = self.target
        limits = Limits(
            read_only=target.read_only or target.limits.read_only,
            protected=target.protected,
            max_level=target.highest_level,
            danger_minutes=self.settings.danger_minutes,
        )
        self.desk = Desk(
            self._another_connection, server, target.name, self.log, limits, told=lambda running: self.redraw()
        )
        self.spawn(self._look_after_lost())

    async def _another_connection(self) -> Any:
        self.need_connection()
        return await self.feed.session.another_connection()  # type: ignore[union-attr]

    async def session_beside(self) -> Session:
        """Another monitor session on the very host of this one. Raises ConnectError."""
        self.need_connection()
        session = self.feed.session
        return await Session.open(session.here)  # type: ignore[union-attr]

    async def _look_after_lost(self) -> None:
        assert self.desk is not None
        for run, at_work in await self.desk.look_after_lost():
            state = "still runs" if at_work else "no longer runs; how it ended is not known"
            self.say(f"{run.title}, begun by a console that was lost, {state}.")

    @property
    def runnings(self) -> list[Running]:
        """Our own actions that have not ended."""
        return [run for run in self.desk.runs if run.state != "ended"] if self.desk is not None else []

    @staticmethod
    def _identity_changed(before: Server, now: Server) -> str:
        if before.system_identifier != now.system_identifier:
            return f"{now.host} is another server now (system identifier changed). Rates start again."
        if before.standby != now.standby:
            role = "a standby" if now.standby else "the primary"
            return f"{now.host} is {role} now. Rates start again."
        return f"{now.host} was restarted at {units.clock(now.started_at, seconds=True)}. Rates start again."

    def _happened(self, sentence: str) -> None:
        self.banner = sentence
        self.moments.forget()
        self.redraw()

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
        self.pane = next(pane for pane in self.panes if pane.name == name)
        self.watch_wanted()
        self.spawn(self._outside(name))
        self.refresh_board()

    async def _outside(self, name: str) -> None:
        """What a pane shows that no probe brings: backup sources, the action log."""
        self.moments.extra.update(await outside(name, self.settings, self.target.name))
        if name == self.pane.name:
            self.refresh_board()

    def open_view(self, name: str) -> None:
        """Show a view of the visible pane."""
        self.board.set_view(name)
        self.watch_wanted()
        self.refresh_board()

    def moment(self) -> Moment:
        """What the visible pane is drawn from."""
        server = self.server
        assert server is not None
        log = self.log.rows(50, server) if self.pane.name in ("progress", "overview") else ()
        extra: dict[str, Any] = {"running": tuple(self.runnings), "log": log, "interval": self.feed.interval}
        extra |= {"cost": self.feed.cost, "sort": self.board.choice.sort.get(self.board.choice.view)}
        extra["refused_keys"] = self._refused_keys()
        return self.moments.moment(server, self.board.choice.view, extra=extra)

    def _refused_keys(self) -> frozenset[str]:
        """Keys of which no action is allowed at this level."""
        if self.desk is None:
            return frozenset()
        allowed = {action.key for action in actions() if self.desk.gate.refusal(action) is None}
        return frozenset(action.key for action in actions() if action.key) - allowed

    def refresh_board(self) -> None:
        """Lay the visible pane out again from the newest samples, unless a sheet holds the list still."""
        if self.server is not None and not any(layer.sheet for layer in self.layers):
            board, moment = self.board, self.moment()
            board.lost = self.feed.link.state != "live"
            board.update(moment, self.width, max(self.body_height - self._lost_lines(), 1))
            for pane in {self.pane.name: self.pane, "overview": panes.pane("overview")}.values():
                self.marks[pane.name] = pane.worst(moment)
        self.redraw()

    def resize(self, width: int, height: int) -> None:
        """The terminal has another size."""
        self.width, self.height = width, height
        self.refresh_board()

    @property
    def body_height(self) -> int:
        """Lines between tabs and the line about the row."""
        return max(self.height - 4, 1)

    # layers and words

    def push(self, layer: Layer) -> None:
        """Lay something over the pane."""

        def close() -> None:
            if layer in self.layers:
                self.layers.remove(layer)
            self.refresh_board()

        layer.close = close
        layer.redraw = self.redraw
        layer.double = self.target.protected
        self.hush()  # what was said is about what lies below now
        self.layers.append(layer)
        self.redraw()

    def say(self, sentence: str, keep: bool = True) -> None:
        """Tell the operator; kept under ``!`` unless it is about a key only."""
        self._said = sentence
        if keep:
            self.messages.append((datetime.now(UTC), sentence))
            del self.messages[:-500]
        self._message_until = time.monotonic() + MESSAGE_SECONDS
        self.redraw()

    def hush(self) -> None:
        """Take the last message from the line before its time; it stays under ``!``."""
        self._message_until = 0.0

    # drawing

    def draw(self) -> tuple[Drawn, Drawn, list[Drawn], list[Drawn]]:
        """Header, tabs, body lines, and the two lines at the bottom."""
        if self.width < 40 or self.height < 10:
            blank: Drawn = ([], "background")
            return frame.too_small(self.width, self.height)[0], blank, [blank] * self.body_height, [blank, blank]
        body = self._body()
        return self._header(), self._tabs(), body, [self._line(), self._keys()]

    def _header(self) -> Drawn:
        server = self.server
        causes = self.moments.extra.get("causes", ())
        alerts: dict[Mark, int] = {"bad": 0, "watch": 0}
        for cause in causes:
            if cause.mark in alerts:
                alerts[cause.mark] += 1
        host = self.target.spec.hosts[0]
        where = f"{server.host}:{server.port}" if server else str(host)
        clock = (
            self.feed.session.now() if self.feed.session and hasattr(self.feed.session, "now") else datetime.now(UTC)
        )
        status = frame.Status(
            name=self.target.name,
            protected=self.target.protected,
            server=server,
            where=where,
            level=self.level_word(),
            age=self._age(),
            alerts=alerts,
            clock=clock,
            cost=self.feed.cost,
            encrypted=server.encrypted if server else None,
            message=self.banner,
        )
        return frame.header(status, self.width)

    def pulse(self) -> object:
        """What the frame shows that changes by itself; while it stays equal, no tick has to draw."""
        hushed = time.monotonic() >= self._message_until
        return self._age(), self.level_word(), hushed, int(time.time() // 60)

    def level_word(self) -> str:
        """The level as the header writes it."""
        if self.target.read_only or self.target.limits.read_only:
            return "read-only"
        if self.desk is None:
            return "observe"
        left = self.desk.left_seconds
        if left is not None:
            return f"DANGER {max(1, int(-(-left // 60)))}m"
        return self.desk.level.word

    def _age(self) -> tuple[str, str]:
        link, now = self.feed.link, forward_clock()
        if link.state == "lost":
            return f"LOST {units.age(now - (link.last_good or link.since))}", "bad"
        if link.state == "connecting":
            return "connecting", "quiet"
        if self.feed.paused:
            return "stopped", "watch"
        age = now - link.last_good if link.last_good else 0.0
        if age > 2 * self.feed.interval + 1:
            return f"late {units.age(age)}", "watch"
        interval = self.feed.interval
        return f"live {interval:g}s", "good"

    def _tabs(self) -> Drawn:
        over = any(not layer.sheet for layer in self.layers) and getattr(self.layers[-1], "strip_free", False)
        return frame.tabs(self.panes, None if over else self.pane.name, self.marks, self.width)

    def _lost_lines(self) -> int:
        return len(self._lost_text())

    def _body(self) -> list[Drawn]:
        height = self.body_height
        lost = self._lost_text()
        top = next((layer for layer in reversed(self.layers) if not layer.sheet), None)
        if top is not None:
            lines = [*lost, *top.draw(self.width, height - len(lost))]
        elif self.server is None:
            lines = lost or [
                ([], "background"),
                ([(f"   Connecting to {self.target.spec.display()}.", "text")], "background"),
            ]
        else:
            lines = [*lost, *self.board.draw()]
        lines = lines[:height] + [([], "background")] * (height - len(lines))
        sheet = self.layers[-1] if self.layers and self.layers[-1].sheet else None
        return self._with_sheet(lines, sheet, height) if sheet else lines

    def _with_sheet(self, lines: list[Drawn], sheet: Layer, height: int) -> list[Drawn]:
        width = self.width if self.width < 100 else SHEET_WIDTH
        inside = sheet.draw(width - 2, height - 2)
        tall = height if self.width < 100 else min(height, max(len(inside) + 3, 8))
        title, note = sheet.title()
        boxed = box(title, note, inside, width, tall, self.target.protected)
        if self.width < 100:
            return boxed
        left, top = (self.width - width) // 2, (height - tall) // 2
        out: list[Drawn] = []
        for y, line in enumerate(lines):
            quiet = [(text, "quiet") for text, _ in line[0]]
            if top <= y < top + tall:
                quiet = _spliced(quiet, boxed[y - top][0], left, width)
            out.append((quiet, "background"))
        return out

    def _lost_text(self) -> list[Drawn]:
        link = self.feed.link
        if link.state != "lost" or link.error is None:
            return []
        now = forward_clock()
        since = units.clock(self.feed_time(link.since), seconds=True)
        first = f"No connection since {since}. {link.error}"
        if link.next_try is None and link.attempts:
            second = f"Tried {link.attempts} times; not tried again by itself. r tries now."
        else:
            wait = max(0.0, (link.next_try or now) - now)
            at = units.clock(self.feed_time(now + wait), seconds=True)
            second = f"Tried {link.attempts} times; again at {at}. r tries now."
        if link.last_good is not None:
            second += f" All below is of {units.clock(self.feed_time(link.last_good), seconds=True)}."
        lines = folded(first, self.width - 4) + folded(second, self.width - 4)
        return [
            ([("   " if index else "■  ", "bad"), (line.strip(), "text")], "background")
            for index, line in enumerate(lines)
        ]

    @staticmethod
    def feed_time(at: float) -> datetime:
        """A moment of the forward clock as wall time."""
        return datetime.fromtimestamp(time.time() - (forward_clock() - at), UTC)

    def _line(self) -> Drawn:
        if self.filter_typed is not None:
            shown, rows = self.board.shown
            problem = self.board.choice.filter.problem
            right = problem or f"{shown} of {rows}"
            text = f" / {self.filter_typed}"
            return [(" / ", "accent"), (self.filter_typed, "text"), ("▏", "accent"),
                    (" " * max(self.width - len(text) - len(right) - 3, 1) + right, "quiet")], "background"  # fmt: skip
        if time.monotonic() < self._message_until:
            return self._one_line(self._said, "text")
        if self.layers:
            return self._one_line(self.layers[-1].foot(), "quiet")
        running = next(iter(self.runnings), None)
        if running is not None:
            return self._one_line(f"ours {running.title}, 8 shows it, X stops it", "accent")
        row, moment = self.board.row, self.board.moment
        if moment is None:
            return [], "background"
        return self._one_line(self.pane.line(row, moment) if row is not None else self.pane.footnote(moment), "quiet")

    def _one_line(self, text: str, role: str) -> Drawn:
        """A sentence in the line above the keys; its end says so when it is cut."""
        return [(" " + cut(one_line(text), self.width - 2), role)], "background"

    def _keys(self) -> Drawn:
        if self.filter_typed is not None:
            hints: list[tuple[str, str]] = [("Enter", "keep it"), ("Esc", "clear"), ("↑↓", "earlier filters")]
            return frame.keys(hints, self.width)
        if self.layers:
            return frame.keys(self.layers[-1].hints(), self.width)
        hints = [("Enter", "detail"), ("a", "actions")]
        refused: set[str] = set()
        allowed: dict[str, bool] = {}
        for offer in self.offers():
            if offer.action.key:
                allowed[offer.action.key] = allowed.get(offer.action.key, False) or offer.reason is None
        for key, possible in allowed.items():
            entry = find_key(key)
            hints.append((key, entry.id if entry else ""))
            if not possible:
                refused.add(key)
        hints += self.pane_keys()
        hints += [("Tab", "view")] if len(self.pane.views) > 1 else []
        hints += [
            ("s", "sort"),
            ("/", "filter"),
            ("L", "level"),
            ("p", "pause"),
            ("y", "copy"),
            ("e", "export"),
            (":", "command"),
        ]
        hints = list({key: (key, label) for key, label in reversed(hints)}.values())[::-1]
        return frame.keys(hints, self.width, frozenset(refused))

    def pane_keys(self) -> list[tuple[str, str]]:
        """The pane's own keys that matter more than the common ones, as ``key word``."""
        return [(key.split(" ", 1)[0], key.split(" ", 1)[1]) for key in self.pane.keys if " " in key]

    def offers(self, row: Row | None = None) -> list[Offer]:
        """The actions for a row, the one under the cursor when none is given, with the reason where one is refused."""
        row = self.board.row if row is None else row
        return self.desk.offered(row) if row is not None and self.desk is not None else []

    def latest(self, probe: str) -> Sample | None:
        """The newest sample of a probe."""
        return self.moments.samples.get(probe)

    @property
    def connected(self) -> bool:
        """Whether questions can be asked now."""
        return self.feed.session is not None

    def need_connection(self) -> None:
        """Raises ConnectError with a sentence when the connection is lost."""
        if self.feed.session is None:
            raise ConnectError("There is no connection now; what is shown is of before.", "lost")


def _spliced(
    spans: list[tuple[str, str]], inside: list[tuple[str, str]], left: int, width: int
) -> list[tuple[str, str]]:
    """The line with ``inside`` put over the cells from ``left`` on."""

    text = fit("".join(part for part, _ in spans), left + width + 400)
    return [(fit(text, left).replace("…", " "), "quiet"), *inside, (text[left + width :].rstrip(), "quiet")]
