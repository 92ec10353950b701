"""What cancelling and terminating share: the sheet, the one statement that looks and signals, the wait for its effect."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Sequence

from cryotui.actions import backends, blocking, locks
from cryotui.actions.backends import Backend
from cryotui.actions.contract import NOTHING_SENT, Action, Ask, Past, Rights
from cryotui.actions.wording import clock, counted, took
from cryotui.model import units
from cryotui.model.action import Fact, Outcome
from cryotui.model.errors import RefusedError
from cryotui.model.record import dataclass
from cryotui.model.sample import Row, forward_clock
from cryotui.model.server import Server
from cryotui.model.text import cut, one_line
from cryotui.pg.statement import ActionSession

WATCHED_SECONDS = 5.0
"""How long the effect of a signal is waited for; after that the session counts as still there."""

LOOK_SECONDS = 0.1

_AFTER = "SELECT state, query_start FROM pg_stat_activity WHERE pid = $1 AND backend_start = $2"


@dataclass(frozen=True, kw_only=True)
class SignalAction(Action[Backend]):
    """Cancel or terminate: the condition stands in the statement that signals, so a pid used again is never hit."""

    function: str
    only_if: str
    still: str
    """What is said of a session that the signal did not move."""

    takes_statement: bool
    """Whether the running statement is what is hit: then it must still be the same one."""

    @abstractmethod
    def useless(self, pid: int, state: str | None, kind: str | None) -> str | None:
        """Why the signal would do nothing."""

    @abstractmethod
    def milder(self, subject: Backend, waiters: dict[int, blocking.Waiter]) -> list[Fact]:
        """What else could be done."""

    @abstractmethod
    def reached(self, subject: Backend, after: Sequence[Row]) -> str | None:
        """What became of the session, once the signal took effect; None while it has not."""

    def refuse(self, server: Server, row: Row) -> str | None:
        return backends.row_refusal(self.verb, server, row) or self.useless(
            row["pid"], row.get("state"), row.get("backend_type")
        )

    def lacks(self, server: Server, rights: Rights, row: Row) -> str | None:
        return backends.lacks(self.verb, server, rights, row)

    async def look(self, ask: Ask, server: Server, row: Row) -> Backend:
        if row.get("backend_start") is None:
            raise RefusedError(backends.hidden(self.verb, row["pid"], server))
        now, reason = await backends.look_at(ask, server, row, self.verb)
        reason = reason or self.useless(now["pid"], now["state"], now["backend_type"])
        return backends.backend(now, refused=reason, running=self.takes_statement)

    async def again(self, ask: Ask, server: Server, subject: Backend) -> Backend:
        fresh = await self.look(ask, server, subject.row)
        if (fresh.user_oid, fresh.database_oid) != (subject.user_oid, subject.database_oid):
            raise RefusedError(f"{subject.label} is of another user or database now. {NOTHING_SENT}")
        if self.takes_statement and fresh.query_start != subject.query_start:
            began = clock(fresh.query_start)
            raise RefusedError(f"{subject.label} runs another statement now (began {began}). {NOTHING_SENT}")
        if fresh.refused:
            raise RefusedError(fresh.refused)
        return fresh

    def sql(self, subject: Backend) -> str:
        # numbers and times only: no text of the server stands in this statement
        conditions = [
            f"pid = {subject.pid:d}",
            f"backend_start = '{subject.backend_start.isoformat(' ')}'",
            f"usesysid = {subject.user_oid:d}" if subject.user_oid is not None else "usesysid IS NULL",
            f"datid = {subject.database_oid:d}" if subject.database_oid is not None else "datid IS NULL",
        ]
        if self.takes_statement and subject.query_start is not None:
            conditions.append(f"query_start = '{subject.query_start.isoformat(' ')}' AND state <> 'idle'")
        return f"SELECT {self.function}(pid) AS sent FROM pg_stat_activity WHERE {' AND '.join(conditions)}"

    async def facts(self, ask: Ask, server: Server, subject: Backend, past: Past | None) -> list[Fact]:
        waiters = await blocking.waiting(ask)
        held = await locks.held_by(ask, subject.pid)
        idle = (subject.state or "").startswith("idle in transaction")
        connected = f", connected {units.age(subject.backend_age)}" if subject.backend_age is not None else ""
        statement = one_line(subject.query or "")
        return [
            Fact("does", f"SELECT {self.function}({subject.pid})   {self.only_if.format(**self._identity(subject))}"),
            Fact("session", subject.who),
            Fact(
                "state",
                f"{subject.state or 'not known'} for {units.age(subject.state_age)}{connected}",
                "bad" if idle else "",
            ),
            Fact("last", cut(statement, 300)) if statement else Fact("last", "its text is not visible", "unknown"),
            Fact("holds", _held_text(held, subject)),
            _wrote(subject),
            Fact("frees", blocking.frees_text(subject.pid, waiters)),
            *self.milder(subject, waiters),
        ]

    @staticmethod
    def _identity(subject: Backend) -> dict[str, str]:
        return {"began": units.text(subject.backend_start), "statement_began": units.text(subject.query_start)}

    async def perform(self, session: ActionSession, server: Server, subject: Backend) -> Outcome:
        free = blocking.freed(subject.pid, await blocking.waiting(session.ask))
        sql = self.sql(subject)
        began = forward_clock()
        sent = await session.ask(sql)
        if not sent:
            await self.again(session.ask, server, subject)  # says why; it changed in the last moment
            raise RefusedError(f"{subject.label} changed in this moment. {NOTHING_SENT}")
        if not sent[0]["sent"]:
            return Outcome("failed", f"The signal to {subject.label} could not be sent; see the warning.", sql)
        became = await self._wait(session.ask, subject, began)
        seconds = forward_clock() - began
        if became is None:
            sentence = (
                f"{subject.label} {self.still} after {WATCHED_SECONDS:.0f} s: the signal was sent and not followed."
            )
            return Outcome("no effect", sentence, sql, seconds)
        on = len(free - set(await blocking.waiting(session.ask))) if free else 0
        go_on = f"; {counted(on, blocking.SESSIONS)} {'goes' if on == 1 else 'go'} on" if on else ""
        return Outcome("verified", f"{became} after {took(seconds)}{go_on}.", sql, seconds)

    async def _wait(self, ask: Ask, subject: Backend, began: float) -> str | None:
        while True:
            after = await ask(_AFTER, subject.pid, subject.backend_start)
            became = self.reached(subject, after)
            if became is not None or forward_clock() - began > WATCHED_SECONDS:
                return became
            await asyncio.sleep(LOOK_SECONDS)


def _held_text(held: list[str], subject: Backend) -> str:
    parts = held[:3] + ([f"{len(held) - 3} more tables"] if len(held) > 3 else [])
    if subject.xmin_age is not None:
        parts.append(f"xmin (age {units.count(subject.xmin_age)})")
    return ", ".join(parts) or "no table lock, no xmin"


def _wrote(subject: Backend) -> Fact:
    if subject.xid is None:
        return Fact("wrote", "nothing in this transaction: nothing is rolled back")
    since = f" since {clock(subject.xact_start)}" if subject.xact_start else ""
    return Fact("wrote", f"as transaction {subject.xid}{since}; all of it is rolled back", "watch")
