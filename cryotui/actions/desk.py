"""The desk: the one gate below the screens. Every action of every screen and verb goes through it.

It knows the level, the limits of the target, who asks and where the log is. A screen may show what ``offered`` and
``preview`` say; whether something is done is decided in ``start`` and once more on the action's own session. At most one
working connection a server: further long actions wait. Looking up, signalling and stopping take a second one for a moment,
so that a long VACUUM does not keep anybody from ending the session that blocks it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence

from cryotui.actions import lost, rights, sameserver
from cryotui.actions import preview as sheets
from cryotui.actions.contract import Ask, Rights, Subject
from cryotui.actions.gate import Gate
from cryotui.actions.log import ActionLog, Entry, LogError, Unfinished
from cryotui.actions.preview import MOST_TARGETS, Offer, Preview
from cryotui.actions.registry import AnyAction, action, actions_for
from cryotui.actions.running import Job, Running
from cryotui.actions.wording import counted
from cryotui.model.action import Fact, Level, Limits, Outcome
from cryotui.model.errors import RefusedError
from cryotui.model.sample import Row, forward_clock
from cryotui.model.server import Server
from cryotui.pg.statement import ActionSession, Opener

MOST_SHEETS = 50
"""How many open sheets are remembered; the oldest is void then."""

KEPT_RUNS = 20
"""How many ended runs stay in ``runs``."""


class Desk:
    """Offers, previews and starts actions on one target.

    ``opener`` gives a fresh connection of the driver. ``target`` is the name that is typed for a protected target.
    ``attended``: an operator sees what is asked; without one ``start`` wants an explicit yes. ``told`` is called whenever a
    run changes its state or hears a notice.
    """

    def __init__(
        self,
        opener: Opener,
        server: Server,
        target: str,
        log: ActionLog,
        limits: Limits | None = None,
        *,
        attended: bool = True,
        clock: Callable[[], float] = forward_clock,
        told: Callable[[Running], None] | None = None,
    ) -> None:
        self.gate = Gate(target, limits or Limits(), clock)
        self.log = log
        self.runs: list[Running] = []
        self._opener = opener
        self._server = server
        self._attended = attended
        self._told = told or (lambda running: None)
        self._rights: Rights | None = None
        self._issued: dict[str, Preview] = {}
        self._work = asyncio.Semaphore(1)
        self._signals = asyncio.Semaphore(1)
        self._looking = asyncio.Semaphore(1)
        log.aim(server, target)

    # The level

    @property
    def level(self) -> Level:
        """The level now."""
        return self.gate.level

    @property
    def left_seconds(self) -> float | None:
        """Seconds until danger ends, None at any other level."""
        return self.gate.left_seconds

    def raise_level(self, level: Level, typed: str | None = None) -> None:
        """Go to a level, up or down; logged either way. Raises RefusedError."""
        name = f"Level {level.word}"
        entry = Entry(action="level", title=name, level=level.word, object={}, name=self.gate.target)
        try:
            if level > Level.OBSERVE and (problem := self.log.problem()):
                raise RefusedError(f"{name} refused. {problem}")
            self.gate.raise_level(level, typed)
        except RefusedError as error:
            self._log_refusal(entry, str(error))
            raise
        with contextlib.suppress(LogError):  # last_problem says so, and everything above observe is refused then
            self.log.end(entry, Outcome("verified", f"{name} from now on.", ""))

    # The server

    @property
    def server(self) -> Server:
        """The server as it was last learned of."""
        return self._server

    def meet(self, server: Server) -> None:
        """Take over what a new connection learned; open sheets are void when it is not the same server any more."""
        if server.identity != self._server.identity or server.database != self._server.database:
            self._issued.clear()
        self._rights = None
        self._server = server
        self.log.aim(server, self.gate.target)

    # Before

    def offered(self, row: Row) -> list[Offer]:
        """All actions whose fields the row has, each with the reason when it is refused. Asks neither server nor disk."""
        return [Offer(one, self._refusal(one, row)) for one in actions_for(row)]

    def _refusal(self, one: AnyAction, row: Row) -> str | None:
        for running in self.runs:
            if running.state != "ended" and running.pid is not None and running.pid == row.get("pid"):
                return f"{one.verb} refused: {running.pid} is our own {running.title}. X stops it."
        return (
            self.gate.forbidden(one)
            or self._hopeless(one, row)
            or self.gate.refusal(one)
            or self._log_refusal_reason(one)
        )

    def _hopeless(self, one: AnyAction, row: Row) -> str | None:
        """What no level mends: the row itself or a missing right, as far as known. It is said before the level."""
        return one.refuse(self._server, row) or (one.lacks(self._server, self._rights, row) if self._rights else None)

    def _log_refusal_reason(self, one: AnyAction) -> str | None:
        problem = self.log.last_problem
        return f"{one.verb} refused. {problem}" if problem else None

    async def learn_rights(self) -> None:
        """Ask once whose rights our role has, so that ``offered`` knows of missing ones before the first sheet.

        A sheet learns it too. Raises ConnectError, StatementError.
        """
        async with self._questions() as ask:
            self._rights = await rights.learn(ask)

    async def preview(self, wanted: AnyAction | str, rows: Sequence[Row]) -> Preview:
        """The sheet for these rows, made from the server as it is now.

        Raises ConnectError when no connection can be opened, StatementError when the server does not answer; everything
        that stands against the action is in ``refused``.
        """
        one = action(wanted) if isinstance(wanted, str) else wanted
        early = self._early_refusal(one, rows)
        if early:
            return self._sheet(one, rows, [], early, [])
        targets: list[Subject] = []
        lines: list[str] = []
        async with self._questions() as ask:
            self._rights = self._rights or await rights.learn(ask)
            for row in rows:
                reason = self._refusal(one, row)
                try:
                    if reason:
                        raise RefusedError(reason)
                    subject = await one.look(ask, self._server, row)
                    if subject.refused:
                        raise RefusedError(subject.refused)
                except RefusedError as error:
                    lines.append(str(error))
                else:
                    if subject.identity not in [target.identity for target in targets]:
                        targets.append(subject)
                        lines.append(subject.line)
            facts = await self._facts(one, ask, targets, len(rows)) if targets else []
        return self._sheet(one, rows, targets, None if targets else lines[0], lines, facts)

    def _early_refusal(self, one: AnyAction, rows: Sequence[Row]) -> str | None:
        if not rows:
            return f"{one.verb} refused: no row is chosen."
        if any(one.fields_of(row) is None for row in rows):
            return f"{one.verb} refused: a chosen row has no {' and '.join(one.fields[0])}."
        if len(rows) > MOST_TARGETS:
            return f"{one.verb} refused: {len(rows)} rows are tagged, {MOST_TARGETS} are the most at once."
        problem = self.log.problem()
        level = self.gate.refusal(one)
        if level and len(rows) == 1 and not self.gate.forbidden(one):
            level = self._hopeless(one, rows[0]) or level
        return level or (f"{one.verb} refused. {problem}" if problem else None)

    async def _facts(self, one: AnyAction, ask: Ask, targets: list[Subject], asked: int) -> list[Fact]:
        if asked > 1:
            common: list[Fact] = await one.common_facts(ask, targets)
            return common
        past = self.log.past(one.name, targets[0].row.get("oid") or targets[0].row.get("index_oid") or 0, self._server)
        facts: list[Fact] = await one.facts(ask, self._server, targets[0], past)
        return facts

    def _sheet(
        self,
        one: AnyAction,
        rows: Sequence[Row],
        targets: list[Subject],
        refused: str | None,
        lines: list[str],
        facts: list[Fact] | None = None,
    ) -> Preview:
        sheet = sheets.sheet(
            one, len(rows), targets, lines, facts, refused, self.gate.asks_word(one), self._server.identity
        )
        self._issued[sheet.ticket] = sheet
        while len(self._issued) > MOST_SHEETS:
            self._issued.pop(next(iter(self._issued)))
        return sheet

    # Doing it

    def start(self, preview: Preview, typed: str | None = None, *, yes: bool = False) -> Running:
        """Start what the sheet asked for; must be called while an event loop runs.

        ``typed`` is what the operator typed for the sheet's word; ``yes`` is the explicit consent of an unattended call.
        Level, limits, word and log are checked here; the rights and the identity of each target on the action's own
        session, immediately before its statement. Raises RefusedError; the refusal is logged.
        """
        confirmed = "typed" if typed is not None else "button" if self._attended else "yes"
        entries = [sheets.entry(preview, subject, confirmed) for subject in preview.targets]
        reason = self._start_refusal(preview, typed, yes)
        if reason:
            for entry in entries or [sheets.entry(preview, None, confirmed)]:
                self._log_refusal(entry, reason)
            raise RefusedError(reason)
        self._issued.pop(preview.ticket)
        try:
            for entry in entries:
                self.log.write("requested", entry)
        except LogError as error:
            raise RefusedError(f"{preview.title} refused. {error}") from None
        one = preview.action
        job = Job(
            action=one,
            title=preview.title,
            targets=tuple(zip(preview.targets, entries, strict=True)),
            server=self._server,
            opener=self._opener,
            log=self.log,
            lane=self._signals if one.brief else self._work,
            refusal=lambda: self.gate.refusal(one),
            told=self._told,
        )
        running = Running(job)
        ended = [run for run in self.runs if run.state == "ended"]
        for run in ended[: max(0, len(ended) - KEPT_RUNS)]:
            self.runs.remove(run)
        self.runs.append(running)
        return running

    def _start_refusal(self, preview: Preview, typed: str | None, yes: bool) -> str | None:
        title, one = preview.title, preview.action
        if preview.refused:
            return preview.refused
        if self._issued.get(preview.ticket) is not preview or one is not action(one.name):
            return f"{title} refused: this sheet was used already or is no longer valid. Ask again."
        if preview.server_identity != self._server.identity:
            return f"{title} refused: the server is not the same any more. Ask again."
        if not self._attended and not yes:
            return f"{title} refused: nobody is here to ask, and no --yes was given."
        word = sheets.word_of(preview.targets, one)
        if self.gate.asks_word(one) and typed != word:
            return f"{title} refused: {word} was not typed."
        problem = self.log.problem()
        return self.gate.refusal(one) or (f"{title} refused. {problem}" if problem else None)

    def _log_refusal(self, entry: Entry, reason: str) -> None:
        with contextlib.suppress(LogError):
            self.log.end(entry, Outcome("refused", reason, entry.sql))

    # Afterwards

    async def look_after_lost(self) -> list[tuple[Unfinished, bool]]:
        """Runs that lost their console or connection, each with whether its backend is still at work.

        One that is not is recorded as looked up and is not found again. Raises ConnectError, StatementError.
        """
        found = self.log.unfinished(self._server)
        if not found:
            return []
        async with self._questions() as ask:
            return await lost.look_up(ask, self.log, found)

    async def leave(self, sentence: str = "Left running when the console ended; looked for at the next start.") -> None:
        """End our part: what waits is dropped, what runs is left to the server and recorded as unknown."""
        for running in list(self.runs):
            if running.state == "waiting":
                await running.stop()
            elif running.state != "ended":
                running.leave(sentence)
                await running.wait()

    @property
    def at_work(self) -> str | None:
        """What runs or waits, in words: to ask before leaving. None when nothing does."""
        going = [running.title for running in self.runs if running.state != "ended"]
        return f"{counted(len(going), ('action', 'actions'))}: {', '.join(going)}" if going else None

    @contextlib.asynccontextmanager
    async def _questions(self) -> AsyncIterator[Ask]:
        async with self._looking:
            session = await ActionSession.open(self._opener, pooled=self._server.pooled)
            try:
                await sameserver.require(session.ask, self._server)
                yield session.ask
            finally:
                await session.close()


__all__ = ["Desk", "Offer", "Preview", "Running", "Unfinished"]
