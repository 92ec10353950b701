"""One run of an action: its own task and session, one target after the other, each looked up again, verified and logged."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from cryotui.actions import sameserver
from cryotui.actions.contract import NOTHING_SENT, Subject
from cryotui.actions.log import ActionLog, Entry, LogError
from cryotui.actions.registry import AnyAction
from cryotui.actions.wording import counted, took
from cryotui.model.action import Notice, Outcome, RunState, Verdict
from cryotui.model.errors import CryotuiError, RefusedError
from cryotui.model.record import dataclass
from cryotui.model.sample import forward_clock
from cryotui.model.server import Server
from cryotui.model.text import clean
from cryotui.pg.statement import ActionSession, Opener, StatementError

_CANCEL = "SELECT pg_cancel_backend(pid) AS sent FROM pg_stat_activity WHERE pid = $1 AND backend_start = $2"

WORST: tuple[Verdict, ...] = ("unknown", "failed", "no effect", "stopped", "refused", "verified")


@dataclass(frozen=True, slots=True)
class Job:
    """What a run needs: the targets with their log entries, the way to a connection, and the gate asked once more."""

    action: AnyAction
    title: str
    targets: tuple[tuple[Subject, Entry], ...]
    server: Server
    opener: Opener
    log: ActionLog
    lane: asyncio.Semaphore
    refusal: Callable[[], str | None]
    told: Callable[[Running], None]


class Running:
    """A started action. ``state`` goes waiting, running, checking, ended; ``notices`` grows while it runs."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self.id = job.targets[0][1].id
        self.action = job.action
        self.title = job.title
        self.sql = "\n".join(entry.sql for _, entry in job.targets)
        self._state: RunState = "waiting"
        self.pid: int | None = None
        self.backend_start: datetime | None = None
        self.started_at: datetime | None = None
        self.notices: tuple[Notice, ...] = ()
        self.outcome: Outcome | None = None
        self.done = 0
        self._session: ActionSession | None = None
        self._stopping = False
        self._left: str | None = None
        self._task = asyncio.get_running_loop().create_task(self._run(), name=f"action {self.title}")

    @property
    def state(self) -> RunState:
        """Where it is: behind another one, statement sent, looking at the effect, ended."""
        checking = self._state == "running" and self._session is not None and self._session.ran
        return "checking" if checking else self._state

    @property
    def total(self) -> int:
        """How many targets it has; ``done`` are over."""
        return len(self._job.targets)

    async def wait(self) -> Outcome:
        """How it ended, once it has; several may wait. Cancelling the waiting stops nothing."""
        await asyncio.shield(self._task)
        assert self.outcome is not None
        return self.outcome

    async def stop(self) -> Outcome:
        """Cancel the statement on the server, skip what was not begun, and say what is left."""
        self._stopping = True
        session = self._session
        if session is not None:
            session.stopping = True
            if session.executing and not await self._cancel_backend(session):
                session.interrupt()
        elif self._state == "waiting":
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            if self.outcome is None:
                self._finish([self._not_begun(index) for index in range(self.total)])
        return await self.wait() if self.outcome is None else self.outcome

    def leave(self, sentence: str) -> None:
        """Close our end and leave the statement to the server; recorded as unknown, looked up at the next start."""
        self._left = sentence
        if self._session is not None:
            self._session.abandon()
        else:
            self._stopping = True

    async def _cancel_backend(self, session: ActionSession) -> bool:
        """Ask the server to cancel: unlike a dropped call this tells us how the statement ended."""
        try:
            other = await ActionSession.open(self._job.opener)
        except CryotuiError:
            return False
        try:
            return bool(await other.ask(_CANCEL, session.pid, session.backend_start))
        except StatementError:
            return False
        finally:
            await other.close()

    async def _run(self) -> None:
        job = self._job
        outcomes: list[Outcome] = []
        try:
            async with job.lane:
                self._change("running")
                await self._all(outcomes)
        except CryotuiError as error:  # no connection, or to the wrong place: for every target that was not begun
            refused = isinstance(error, RefusedError)
            self._rest(
                outcomes, "refused" if refused else "failed", str(error) if refused else f"{error} {NOTHING_SENT}"
            )
        except asyncio.CancelledError:
            if not self._stopping:
                raise
            return
        except Exception as error:  # a fault of ours: whether the statement went through is not known
            fault = f"{self.title}: our own fault, {type(error).__name__}: {clean(str(error))}. Look at the object."
            self._rest(outcomes, "unknown", fault)
        self._finish(outcomes)

    def _rest(self, outcomes: list[Outcome], verdict: Verdict, sentence: str) -> None:
        """The same end for every target that has none yet."""
        for index in range(len(outcomes), self.total):
            outcomes.append(self._over(index, Outcome(verdict, sentence, self._job.targets[index][1].sql)))

    async def _all(self, outcomes: list[Outcome]) -> None:
        job = self._job
        session = await ActionSession.open(job.opener, pooled=job.server.pooled, heard=self._heard)
        session.stopping = self._stopping
        self._session = session
        self.pid, self.backend_start, self.started_at = session.pid, session.backend_start, datetime.now(UTC)
        try:
            await sameserver.require(session.ask, job.server)
            for index, (subject, entry) in enumerate(job.targets):
                if self._stopping or session.closed:
                    outcomes.append(self._not_begun(index))
                    continue
                self._change("running")
                began = forward_clock()
                outcome = await self._one(session, subject, entry)
                if not outcome.seconds:
                    outcome = replace(outcome, seconds=forward_clock() - began)
                outcomes.append(self._over(index, outcome))
        finally:
            self._session = None
            await session.close()

    async def _one(self, session: ActionSession, subject: Subject, entry: Entry) -> Outcome:
        job = self._job
        try:
            reason = job.refusal()  # it may have waited long: danger can have ended meanwhile
            if reason:
                raise RefusedError(reason)
            fresh = await job.action.again(session.ask, job.server, subject)
            job.log.write("started", entry, **self._backend())
            return await job.action.perform(session, job.server, fresh)
        except RefusedError as error:
            return Outcome("refused", str(error), entry.sql)
        except LogError as error:
            return Outcome("refused", f"{error} {NOTHING_SENT}", entry.sql)
        except StatementError as error:
            if error.lost:
                return Outcome("unknown", self._left or self._lost(), entry.sql, details=(error.reason,))
            return Outcome("failed", f"{entry.title} failed: {error.reason}.", entry.sql, sqlstate=error.sqlstate)

    def _lost(self) -> str:
        return f"Connection lost while {self.title} ran. It may still run; looked for at reconnect."

    def _not_begun(self, index: int) -> Outcome:
        entry = self._job.targets[index][1]
        verdict: Verdict = "stopped" if self._stopping else "refused"
        return self._over(index, Outcome(verdict, f"{entry.title} was not begun. {NOTHING_SENT}", entry.sql))

    def _over(self, index: int, outcome: Outcome) -> Outcome:
        outcome = replace(outcome, ended_at=datetime.now(UTC))
        try:
            self._job.log.end(self._job.targets[index][1], outcome, **self._backend())
        except LogError as error:
            outcome = replace(outcome, details=(*outcome.details, f"The end is not in the log: {error}"))
        self.done = index + 1
        return outcome

    def _backend(self) -> dict[str, Any]:
        if self.backend_start is None:
            return {}
        return {"backend_pid": self.pid, "backend_start": self.backend_start.isoformat()}

    def _finish(self, outcomes: Sequence[Outcome]) -> None:
        self.outcome = outcomes[0] if len(outcomes) == 1 else together(self._job.action, outcomes)
        self._change("ended")

    def _heard(self, notice: Notice) -> None:
        self.notices = (*self.notices, notice)
        self._job.told(self)

    def _change(self, state: RunState) -> None:
        self._state = state
        self._job.told(self)


def together(action: AnyAction, outcomes: Sequence[Outcome]) -> Outcome:
    """One outcome for several targets: as good as the worst of them, with a line for each."""
    good = sum(outcome.good for outcome in outcomes)
    seconds = sum(outcome.seconds for outcome in outcomes)
    bad = [outcome for outcome in outcomes if not outcome.good]
    what = counted(len(outcomes), action.noun)
    sentence = f"All {what} {action.done} in {took(seconds)}."
    if bad:
        sentence = f"{good} of {what} {action.done} in {took(seconds)}. {bad[0].sentence}"
    return Outcome(
        min((outcome.verdict for outcome in outcomes), key=WORST.index),
        sentence,
        "\n".join(outcome.sql for outcome in outcomes),
        seconds,
        tuple(notice for outcome in outcomes for notice in outcome.notices),
        next((outcome.sqlstate for outcome in outcomes if outcome.sqlstate), None),
        datetime.now(UTC),
        tuple(outcome.sentence for outcome in outcomes),
    )
