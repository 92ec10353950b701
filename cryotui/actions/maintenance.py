"""What VACUUM, ANALYZE, REINDEX and DROP INDEX share: the sheet, the statement on its own session, what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from cryotui.actions import claim, horizon, locks, relations
from cryotui.actions.contract import NOTHING_SENT, Action, Ask, Past, Rights, label_of
from cryotui.actions.disk import free_space
from cryotui.actions.relations import KINDS, Index, Relation, Right
from cryotui.actions.wording import counted, day, listed, size, took
from cryotui.model import units
from cryotui.model.action import Fact, Notice, Outcome, Verdict
from cryotui.model.errors import RefusedError
from cryotui.model.record import dataclass
from cryotui.model.sample import Row
from cryotui.model.server import Server
from cryotui.model.text import clean, one_line
from cryotui.pg.statement import QUERY_CANCELED, ActionSession, StatementError

WORK_LOCK_SECONDS = 10.0
"""VACUUM and ANALYZE wait this long for a lock that keeps out nobody who reads or writes; it must be longer than
deadlock_timeout (1 s), after which an autovacuum that holds it gives way."""

EXCLUSIVE_LOCK_SECONDS = 2.0
"""Who waits for ACCESS EXCLUSIVE holds up everybody behind: not longer than this."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A statement that went through: ``began`` by the server's clock, ``seconds`` it took, what the server said.

    ``indexes`` are those the table had before, for actions that note them.
    """

    session: ActionSession
    heading: str
    began: datetime
    seconds: float
    notices: tuple[Notice, ...]
    indexes: tuple[Index, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """The server's warnings: a skipped relation is one."""
        return tuple(notice.text for notice in self.notices if notice.severity == "WARNING")


@dataclass(frozen=True, slots=True)
class Effect:
    """What was found when it was looked at afterwards."""

    verdict: Verdict
    sentence: str
    details: tuple[str, ...] = ()


class Check(Protocol):
    """Looks whether a statement had its effect."""

    async def __call__(self, ended: Ended, subject: Relation) -> Effect: ...


@dataclass(frozen=True, kw_only=True)
class Maintenance(Action[Relation]):
    """A statement about one relation, alone on its session and outside a transaction.

    ``statement`` has ``{}`` for the exact name. ``lock_seconds`` None: it waits as long as it takes, because giving up
    half-way would leave something behind. ``unsuitable`` says why a relation cannot be taken although its kind fits.
    """

    statement: str
    lock_mode: str
    lock_seconds: float | None
    kinds: frozenset[str]
    right: Right
    check: Check
    waits: str
    undo: str
    if_stopped: str
    expected: Callable[[Relation], tuple[Fact, ...]]
    milder: Callable[[Server, Relation], str | None] = lambda server, subject: None
    unsuitable: Callable[[Relation], str | None] = lambda subject: None
    needs_disk: bool = False
    removes_dead_rows: bool = False
    waits_for_snapshots: bool = False

    def refuse(self, server: Server, row: Row) -> str | None:
        names = self.fields_of(row) or self.fields[0]
        label = label_of(row, names)
        whole = row.get("kind") == "partitioned" if names == relations.TABLE_FIELDS else row.get("partitioned") is True
        if whole and not self.kinds & {"p", "I"}:
            return f"{self.verb} {label} refused: it is partitioned. Tag its partitions instead."
        return relations.row_refusal(self.verb, server, row, label)

    def lacks(self, server: Server, rights: Rights, row: Row) -> str | None:
        owner = row.get("owner")
        if server.superuser or owner is None or server.major >= 17:  # from 17 on MAINTAIN may be granted on the table
            return None
        if clean(owner) in rights.roles or (self.right == "vacuum" and rights.owns_database):
            return None
        names = self.fields_of(row) or self.fields[0]
        return (
            f"{self.verb} {label_of(row, names)} refused: only its owner {one_line(clean(owner))} or a superuser may."
        )

    async def look(self, ask: Ask, server: Server, row: Row) -> Relation:
        names = self.fields_of(row)
        if names is None:
            raise RefusedError(f"{self.verb} refused: the row names no object.")
        subject = await relations.look_at(ask, server, row, names, self.verb, self.right)
        reason = subject.refused or self._unfit(subject) or self.unsuitable(subject)
        return replace(subject, refused=reason)

    def _unfit(self, subject: Relation) -> str | None:
        heading = f"{self.verb} {subject.label}"
        if subject.kind not in self.kinds:
            kind = KINDS.get(subject.kind, "relation")
            if subject.kind in ("p", "I"):
                return f"{heading} refused: it is partitioned. Tag its partitions instead."
            return f"{heading} refused: it is a {kind}."
        if subject.temporary:
            return f"{heading} refused: it is a temporary table of another session."
        return None

    async def again(self, ask: Ask, server: Server, subject: Relation) -> Relation:
        fresh = await super().again(ask, server, subject)
        await claim.claim(ask, fresh.table_oid, f"{self.verb} {fresh.label}")
        return fresh

    def disk_needed(self, subject: Relation) -> int | None:
        """Bytes that are needed beside what is there, until the statement ends."""
        return subject.size

    def size_text(self, subject: Relation) -> str:
        """How large it is, and how many rows it has as far as known."""
        rows = f", {units.count(subject.rows)} rows" if subject.rows is not None else ""
        return f"{'' if subject.size_exact else 'about '}{size(subject.size)}{rows}"

    def sql(self, subject: Relation) -> str:
        return self.statement.format(subject.quoted)

    def expects(self, subject: Relation) -> tuple[Fact, ...]:
        return self.expected(subject)

    async def facts(self, ask: Ask, server: Server, subject: Relation, past: Past | None) -> list[Fact]:
        holders = await locks.conflicting(ask, subject.oid, self.lock_mode)
        exclusive = self.lock_mode == locks.ACCESS_EXCLUSIVE
        facts = [
            Fact("does", self.sql(subject)),
            Fact("lock", self.lock, "bad" if exclusive else ""),
            Fact("size", self.size_text(subject)),
            _takes(subject, past),
            locks.in_use(holders),
            Fact("waits", self.waits + (await self._will_wait(ask, holders))),
            Fact("undo", self.undo),
        ]
        if self.needs_disk:
            facts.append(await free_space(ask, server, subject, self.disk_needed(subject)))
        if self.removes_dead_rows:
            facts += [await _dead_rows(ask, subject), await _cuts_off(ask, subject)]
        milder = self.milder(server, subject)
        return facts + ([Fact("milder", milder)] if milder else [])

    async def common_facts(self, ask: Ask, subjects: Sequence[Relation]) -> list[Fact]:
        held = [(one, await locks.conflicting(ask, one.oid, self.lock_mode)) for one in subjects]
        busy = [f"{one.label}: {holders[0].text}" for one, holders in held if holders]
        if not busy:
            in_use = locks.in_use([])
        else:
            in_use = Fact("in use", f"{len(busy)} of {counted(len(held), self.noun)}: {listed(busy)}", "watch")
        return [in_use, Fact("waits", f"each {self.waits}"), Fact("undo", self.undo)]

    async def _will_wait(self, ask: Ask, holders: list[locks.Holder]) -> str:
        text = ""
        if self.waits_for_snapshots:
            older = await horizon.snapshots(ask)
            text = f" Now: {'; '.join(older)}." if older else " There is none now."
        if holders and self.lock_seconds is not None:
            first = holders[0]
            whom = f"{first.pid} {first.app}" if first.pid else "a prepared transaction"
            text += f" While {whom} is there, it will give up."
        return text

    async def perform(self, session: ActionSession, server: Server, subject: Relation) -> Outcome:
        sql = self.sql(subject)
        heading = self.heading(subject)
        indexes = await self.indexes_before(session.ask, subject)
        began: datetime = (await session.ask("SELECT clock_timestamp() AS now"))[0]["now"]
        first_notice = len(session.notices)
        try:
            seconds = await session.run(sql, lock_seconds=self.lock_seconds)
        except StatementError as error:
            if error.lost:
                raise
            return await self._failed(session, subject, error, indexes)
        notices = tuple(session.notices[first_notice:])
        effect = await self.check(Ended(session, heading, began, seconds, notices, indexes), subject)
        said = tuple(str(notice) for notice in notices)
        return Outcome(effect.verdict, effect.sentence, sql, seconds, said, details=effect.details)

    async def indexes_before(self, ask: Ask, subject: Relation) -> tuple[Index, ...]:
        """The indexes of the table, where they tell afterwards what happened."""
        return ()

    async def left_behind(self, ask: Ask, subject: Relation, before: tuple[Index, ...]) -> str:
        """What a statement that ended half-way left, as a sentence; nothing for most."""
        return ""

    async def _failed(
        self, session: ActionSession, subject: Relation, error: StatementError, before: tuple[Index, ...]
    ) -> Outcome:
        heading, sql = self.heading(subject), self.sql(subject)
        try:
            left = await self.left_behind(session.ask, subject, before)
        except StatementError:
            left = "What it left could not be looked up."
        if error.sqlstate == QUERY_CANCELED and session.stopping:
            what = left or (self.if_stopped if error.sent else NOTHING_SENT)
            sentence = f"{heading} stopped. {what}"
            return Outcome("stopped", sentence, sql, sqlstate=error.sqlstate)
        if error.sqlstate == "55P03" and self.lock_seconds is not None:
            holders = await self._holders(session, subject)
            sentence = (
                f"{heading} gave up: no lock within {self.lock_seconds:.0f} s{holders}. Nothing has changed (55P03)."
            )
            return Outcome("failed", sentence, sql, sqlstate=error.sqlstate)
        who = " by somebody else or a time limit" if error.sqlstate == QUERY_CANCELED else ""
        sentence = f"{heading} failed: {str(error).rstrip('.')}{who} ({error.sqlstate or 'no code'}). {left}".rstrip()
        return Outcome("failed", sentence, sql, sqlstate=error.sqlstate)

    async def _holders(self, session: ActionSession, subject: Relation) -> str:
        try:
            holders = await locks.conflicting(session.ask, subject.oid, self.lock_mode)
        except StatementError:
            return ""
        return f", {holders[0].pid} {holders[0].app} has it" if holders else ""


def _takes(subject: Relation, past: Past | None) -> Fact:
    if past is None:
        return Fact("takes", "not known: it has not run from here yet", "unknown")
    grown = subject.size / past.size if subject.size and past.size else 1.0
    return Fact("takes", f"about {took(past.seconds * grown)}: it took {took(past.seconds)} on {day(past.ended_at)}")


async def _dead_rows(ask: Ask, subject: Relation) -> Fact:
    """What it makes usable again; nothing is promised while somebody's snapshot may still see all of it."""
    rows = f"{units.count(subject.dead_rows)} dead rows"
    holder = await horizon.oldest(ask)
    if holder is None:
        return Fact("frees", f"the space of {rows}, for new rows")
    if holder.seconds is None or not subject.dead_rows:  # a standby's xmin moves on; what is counted comes late
        return Fact("frees", f"the space of {rows}, for new rows. Not the newer ones: {holder.text}", "watch")
    if await _vacuumed_for(ask, subject, holder.seconds):
        return Fact("frees", f"nothing yet: {holder.text}; the {rows} are newer", "watch")
    return Fact("frees", f"perhaps nothing yet of {rows}: {holder.text}; what died since stays", "watch")


async def _vacuumed_for(ask: Ask, subject: Relation, seconds: float) -> bool:
    """Whether a vacuum of the last so many seconds took the dead rows that were older."""
    sql = """SELECT greatest(pg_stat_get_last_vacuum_time($1), pg_stat_get_last_autovacuum_time($1))
                    > clock_timestamp() - make_interval(secs => $2) AS lately"""
    return (await ask(sql, subject.oid, seconds))[0]["lately"] is True


# 18 has the setting as a parameter too; TRUNCATE false in the statement would do the same
_TRUNCATES = """
SELECT coalesce((SELECT o.option_value::boolean FROM pg_options_to_table(c.reloptions) o
                 WHERE o.option_name = 'vacuum_truncate'),
                current_setting('vacuum_truncate', true)::boolean, true) AS truncates
FROM pg_class c WHERE c.oid = $1
"""


async def _cuts_off(ask: Ask, subject: Relation) -> Fact:
    """What VACUUM gives back to the disk: the empty pages at the end, for which it locks everybody out for a moment."""
    rows = await ask(_TRUNCATES, subject.oid)
    if rows and not rows[0]["truncates"]:
        return Fact("disk", "gives nothing back: vacuum_truncate is off, empty pages at its end stay")
    return Fact(
        "disk",
        "gives back only empty pages at its end, under a short ACCESS EXCLUSIVE lock (replayed on standbys), "
        "and only while nobody waits for the table; VACUUM (TRUNCATE false) leaves them",
    )


def skipped_sentence(heading: str, warnings: Sequence[str], owns: bool | None) -> str:
    """Why a statement that the server accepted did nothing; ``owns`` None: not known."""
    if not warnings:
        return f"{heading} did nothing: its time stamp did not move."
    if owns is False:
        return f"{heading} did nothing: the server skipped it, we are not its owner. Warning kept in the log."
    more = f", with {counted(len(warnings), ('warning', 'warnings'))}" if len(warnings) > 1 else ""
    return f"{heading} did nothing{more}: {warnings[0]}"
