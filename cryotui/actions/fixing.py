"""Applying the fix of an audit finding: the rule is run again before and after, and its word decides.

Rules belong to the audit; whoever asks hands in how one is run again (the row's ``prove``). The SQL that is sent is the one
the rule gives now, and only when it is letter for letter the one that was shown.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial

from cryotui.actions import claim, locks, relations
from cryotui.actions.contract import NOTHING_SENT, Action, Ask, Past, Subject
from cryotui.actions.locks import Holder
from cryotui.actions.wording import changed, took
from cryotui.model import fixsql
from cryotui.model.action import Fact, Outcome
from cryotui.model.errors import CryotuiError, RefusedError
from cryotui.model.finding import AuditRun, Finding
from cryotui.model.record import dataclass
from cryotui.model.sample import Row, forward_clock
from cryotui.model.server import Server
from cryotui.model.text import one_line
from cryotui.pg.statement import QUERY_CANCELED, ActionSession, StatementError

Prove = Callable[[], Awaitable[AuditRun]]
"""Runs the finding's rule alone, on a connection of its own. Raises CryotuiError when it cannot be asked at all."""

FIELDS = ("fix", "rule", "fingerprint", "object")
LATE_SECONDS = 5.0
"""Statistics of 14 come this late: so long a finding may still be there although it is mended."""

MOST_TYPED = 63
"""Signs of a name that an operator is asked to type: as many as a name of the server has."""

_TYPEABLE = re.compile(r"[!-~]+( [!-~]+)*")
_PLAIN = re.compile(r"(?!.*  )[A-Za-z0-9_]([A-Za-z0-9_.(), ]*[A-Za-z0-9_)])?")

_RELATIONS = """
SELECT c.oid FROM pg_class c
WHERE c.oid = ANY ($1::oid[]) OR c.oid IN (SELECT i.indrelid FROM pg_index i WHERE i.indexrelid = ANY ($1::oid[]))
ORDER BY c.relkind IN ('i', 'I'), c.oid
"""
_OIDS = ("oid", "table_oid", "index_oid", "part_oid")
_OF_RELATIONS = frozenset(
    (
        "table",
        "columns",
        "index",
        "constraint",
        "policy",
        "trigger",
        "sequence",
        "view",
        "matview",
        "partition",
        "statistics",
    )
)
_STANDARD = "SELECT set_config('standard_conforming_strings', 'on', false)"


@dataclass(frozen=True, kw_only=True)
class Fix(Subject):
    """A finding with a fix, as its rule found it a moment ago. ``relations`` are the oids it locks, tables first.

    ``together``: its statements are one transaction.
    """

    finding: Finding
    title: str
    lock: str
    statements: tuple[str, ...]
    together: bool
    relations: tuple[int, ...]
    prove: Prove

    @property
    def mode(self) -> str | None:
        """The strongest lock that it takes on them; None when it takes none."""
        return locks.strongest(self.lock)


@dataclass(frozen=True, kw_only=True)
class ApplyFix(Action[Fix]):
    """``gentle`` ones are for fixes that are nothing but maintenance; the others for all the rest."""

    gentle: bool

    def fields_of(self, row: Row) -> tuple[str, ...] | None:
        names = super().fields_of(row)
        return names if names and fixsql.gentle(str(row["fix"]), row.get("valid") is False) == self.gentle else None

    def heading(self, subject: Subject) -> str:
        return f"Fix {subject.label}"

    def refuse(self, server: Server, row: Row) -> str | None:
        return relations.row_refusal(self.verb, server, row, one_line(str(row.get("object") or "this")))

    async def look(self, ask: Ask, server: Server, row: Row) -> Fix:
        prove: Prove | None = row.get("prove")
        label = one_line(str(row.get("object") or row["rule"]))
        if prove is None:
            raise RefusedError(f"Fix {label} refused: its rule cannot be run again from here. {NOTHING_SENT}")
        run = await prove()
        rule_id, fingerprint = str(row["rule"]), str(row["fingerprint"])
        found = next((one for one in run.findings if one.fingerprint == fingerprint and one.rule == rule_id), None)
        rule = run.rule(rule_id)
        if found is None:
            missing = next((result.missing for result in run.results if result.missing), None)
            why = f"the rule could not look again: {missing.sentence}" if missing else "the rule finds it no more."
            raise RefusedError(f"Fix {label} refused: {why} {NOTHING_SENT}")
        if not found.fix or found.fix != row["fix"]:
            raise RefusedError(f"Fix {label} refused: its SQL is another one by now. Read it again. {NOTHING_SENT}")
        if _gentle(found) != self.gentle:
            raise RefusedError(
                f"Fix {label} refused: it is no mere maintenance any more. Read it again. {NOTHING_SENT}"
            )
        outside = fixsql.outside_transaction(found.fix, rule.concurrently)
        rows = fixsql.changes_rows(found.fix)
        label = _label(found)
        return Fix(
            label=label,
            word=_word(found),
            line=f"{label}  {rule.title}  {found.evidence}",
            row={
                "fix": found.fix,
                "rule": rule_id,
                "fingerprint": fingerprint,
                "object": found.object,
                "valid": found.values.get("valid"),
            },
            identity=(fingerprint, found.fix),
            refused=_unfit(found),
            finding=found,
            title=rule.title,
            lock=str(found.values.get("lock") or rule.lock or ""),
            statements=fixsql.statements(found.fix) if outside or rows else (found.fix,),
            together=rows and not outside,
            relations=await _relations(ask, found),
            prove=prove,
        )

    async def again(self, ask: Ask, server: Server, subject: Fix) -> Fix:
        fresh = await super().again(ask, server, replace(subject, row={**subject.row, "prove": subject.prove}))
        if fresh.relations:
            await claim.claim(ask, fresh.relations[0], self.heading(fresh))
        await ask(_STANDARD)
        return fresh

    async def facts(self, ask: Ask, server: Server, subject: Fix, past: Past | None) -> list[Fact]:
        many = len(subject.statements) > 1 and not subject.together
        alone = " One statement after the other, each on its own." if many else ""
        mode = subject.mode
        facts = [
            Fact("does", self.sql(subject)),
            Fact("lock", (subject.lock or "not known") + alone, "bad" if mode == locks.ACCESS_EXCLUSIVE else ""),
            Fact("state", f"{subject.title}: {subject.finding.evidence}; found again just now"),
            Fact("waits", _waits(subject)),
            Fact("undo", subject.finding.undo or "the rule knows none", "" if subject.finding.undo else "watch"),
        ]
        if mode and subject.relations:
            facts.append(locks.in_use(await _holders(ask, subject)))
        elif mode:
            facts.append(Fact("in use", "not known: the finding names no table", "unknown"))
        return facts

    def sql(self, subject: Fix) -> str:
        return str(subject.finding.fix)

    def expects(self, subject: Fix) -> tuple[Fact, ...]:
        return (Fact("finding", f"{subject.finding.rule} finds it no more"),)

    async def perform(self, session: ActionSession, server: Server, subject: Fix) -> Outcome:
        seconds, first_notice, done = 0.0, len(session.notices), 0
        tags: list[str] = []
        sent = (subject.statements,) if subject.together else tuple((one,) for one in subject.statements)
        for done, statements in enumerate(sent):
            endless = any(fixsql.waits_without_end(one) for one in statements)
            try:
                seconds += await session.run(*statements, lock_seconds=None if endless else fixsql.LOCK_SECONDS)
            except StatementError as error:
                if error.lost:
                    raise
                return await self._failed(session, subject, error, done)
            tags += session.tags
        said = tuple(str(notice) for notice in session.notices[first_notice:])
        rows = [told for told in map(changed, tags) if told]
        build = partial(Outcome, sql=self.sql(subject), seconds=seconds, notices=said, details=tuple(rows))
        heading = ", ".join((f"{self.heading(subject)} ran in {took(seconds)}", *rows))
        try:
            run = await _closed(subject)
        except CryotuiError as error:
            return build("unknown", f"{heading}; the rule could not look whether it helped: {error}")
        still = next((one for one in run.findings if one.fingerprint == subject.finding.fingerprint), None)
        if still is not None:
            return build("no effect", f"{heading}, but it is still found: {still.evidence}.")
        missing = next((result.missing for result in run.results if result.missing), None)
        if missing is not None:
            return build("unknown", f"{heading}; the rule could not look whether it helped: {missing.sentence}")
        return build("verified", f"{heading}: {subject.title} is not found any more.")

    async def _failed(self, session: ActionSession, subject: Fix, error: StatementError, done: int) -> Outcome:
        heading, statement = self.heading(subject), subject.statements[done]
        left = "Nothing has changed."
        if done:
            left = f"The first {done} of its {len(subject.statements)} statements stay done."
        if fixsql.waits_without_end(statement) and error.sent:
            left += " An invalid index can be left; the rule Invalid index finds it."
        build = partial(Outcome, sql=self.sql(subject), sqlstate=error.sqlstate)
        if error.sqlstate == QUERY_CANCELED and session.stopping:
            return build("stopped", f"{heading} stopped. {left}")
        if error.sqlstate == "55P03":
            who = await _who(session, subject)
            return build("failed", f"{heading} gave up: no lock within {fixsql.LOCK_SECONDS} s{who}. {left} (55P03)")
        return build("failed", f"{heading} failed: {str(error).rstrip('.')} ({error.sqlstate or 'no code'}). {left}")


def _label(found: Finding) -> str:
    """The object without its schema where the name stays one."""
    schema = found.values.get("schema")
    return found.object.removeprefix(f"{schema}.") if schema else found.object


def _word(found: Finding) -> str:
    """What is typed: its own name, else its table's where nobody could type that, else the rule's."""
    label = _label(found)
    own = found.values.get(found.kind) if found.kind != "columns" else None
    table = found.values.get("table")
    names = [str(name) for name in (own, label, table) if name and len(str(name)) <= MOST_TYPED]
    plain = (name for name in names if _PLAIN.fullmatch(name))
    return next(plain, None) or next((name for name in names if _TYPEABLE.fullmatch(name)), found.rule)


def _gentle(found: Finding) -> bool:
    return fixsql.gentle(str(found.fix), found.values.get("valid") is False)


def _unfit(found: Finding) -> str | None:
    heading = f"Fix {_label(found)} refused"
    if found.managed:
        return f"{heading}: {found.values.get('managed_by', 'somebody else')} is looked after by others."
    if not fixsql.statements(str(found.fix)):
        return f"{heading}: it is advice, not SQL."
    if fixsql.has_transaction(str(found.fix)):
        return f"{heading}: its SQL begins a transaction itself. Run it with psql."
    return None


async def _relations(ask: Ask, found: Finding) -> tuple[int, ...]:
    if found.kind not in _OF_RELATIONS:
        return ()
    oids = [found.values[name] for name in _OIDS if isinstance(found.values.get(name), int)]
    return tuple(row["oid"] for row in await ask(_RELATIONS, oids)) if oids else ()


def _waits(subject: Fix) -> str:
    if any(fixsql.waits_without_end(statement) for statement in subject.statements):
        return "as long as it takes for transactions that use the table; nobody who reads or writes waits. X stops it."
    return f"{fixsql.LOCK_SECONDS} s for a lock, then gives up. Then the rule is run again."


async def _holders(ask: Ask, subject: Fix) -> list[Holder]:
    assert subject.mode is not None, "only what takes a lock waits for one"
    found: dict[int | None, Holder] = {}
    for oid in subject.relations:
        for holder in await locks.conflicting(ask, oid, subject.mode):
            found.setdefault(holder.pid, holder)
    return list(found.values())


async def _who(session: ActionSession, subject: Fix) -> str:
    if subject.mode is None:
        return ""
    try:
        holders: Sequence[Holder] = await _holders(session.ask, subject)
    except StatementError:
        return ""
    return f", {holders[0].pid or '-'} {one_line(holders[0].app)} has it" if holders else ""


async def _closed(subject: Fix) -> AuditRun:
    """The rule's word afterwards; asked again while it still finds it and statistics may be late."""
    deadline = forward_clock() + LATE_SECONDS
    while True:
        run = await subject.prove()
        there = any(one.fingerprint == subject.finding.fingerprint for one in run.findings)
        if not there or forward_clock() > deadline or not _gentle(subject.finding):
            return run
        await asyncio.sleep(0.5)
