"""One rule asked: its question, the further ones its rows carry, and what is a finding or could not be looked at."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import field
from typing import Any

from cryotui.audit import refusal
from cryotui.audit.enclosure import Enclosure
from cryotui.audit.facts import Facts
from cryotui.audit.keepers import KEEPERS, Keepers, keepers
from cryotui.audit.rows import Unseen, finding, member, not_seen, shown, unseen
from cryotui.audit.template import TemplateError
from cryotui.model import units
from cryotui.model.finding import Finding, RuleResult
from cryotui.model.record import dataclass
from cryotui.model.rule import AuditRule
from cryotui.model.sample import Missing, forward_clock
from cryotui.pg.verbatim import Connection

FACTS_SECONDS = 5.0
"""Most seconds what is not a rule's own question may take."""

GRACE = 2.0
"""Seconds beyond the server's own time limit after which the connection counts as dead."""

QUESTION_SECONDS = 5.0
"""Most seconds one question of a rule may take, so that one large table does not use up the time of the others."""


@dataclass(slots=True)
class Inquiry:
    """One run's connection, what is known of its server and what may still be read; ``lost`` once the connection ended.

    ``supplied`` are the parameters of rules that are not limits. ``reading`` is what is left of the bytes that may be read,
    ``spared`` the part of them that the rule at work must leave.
    """

    connection: Connection
    facts: Facts
    limits: Mapping[str, float]
    supplied: Mapping[str, Any]
    reading: float
    spared: float = 0.0
    lost: Missing | None = None

    async def check(self, rule: AuditRule) -> RuleResult:
        """The verdict of one rule; never raises for what the server refuses."""
        began = forward_clock()
        missing = refusal.before(rule, self.facts)
        if missing:
            return RuleResult(rule.id, missing=missing)
        answer = _Answer(rule)
        try:
            await self._ask(rule, answer, began + rule.timeout)
            findings, missing = await self._judge(rule, answer)
        except (_Refused, TemplateError) as error:
            missing = error.missing if isinstance(error, _Refused) else Missing("error", str(error))
            return RuleResult(rule.id, missing=missing, seconds=forward_clock() - began)
        return RuleResult(rule.id, findings, missing, forward_clock() - began, answer.reads, answer.unread)

    async def _ask(self, rule: AuditRule, answer: _Answer, deadline: float) -> None:
        """The rule's own question, then the further ones its rows carry, each enclosed on its own."""
        sql = rule.sql(self.facts.major)
        assert sql is not None, "refusal.before has refused what is too old"
        questions: list[dict[str, Any]] = []
        for row in await self._fetch(f"/* cryotui:{rule.id} */ {sql}", self._arguments(rule), rule.timeout):
            if row.get("unknown"):
                answer.unseen.append(unseen(row))
            elif row.get("question"):
                questions.append(row)
            else:
                answer.rows.append(row)
        for row in questions:
            if self._affords(row, answer):
                await self._ask_further(rule, row, answer, deadline - forward_clock())

    def _affords(self, row: dict[str, Any], answer: _Answer) -> bool:
        """Whether what a question is reckoned to read is within what is left of the budget; else it is not looked at."""
        reads = row.pop("reads", None) or 0
        if reads > self.reading - self.spared:
            answer.unread += int(reads)
            reason = (
                f"would read {units.size(reads)}, more than is left of the budget for reading; --read-budget raises it"
            )
            answer.unseen.append(Unseen(shown(row["object"]), member(row), "budget", reason))
            return False
        self.reading -= reads
        answer.reads += int(reads)
        return True

    async def _ask_further(self, rule: AuditRule, row: dict[str, Any], answer: _Answer, left: float) -> None:
        seconds = min(left, QUESTION_SECONDS)
        try:
            if seconds <= 0:
                raise _Refused(Missing("timeout", f"the rule's {rule.timeout:g} s were used up"))
            further = await self._fetch(f"/* cryotui:{rule.id} */ {row['question']}", (), seconds)
        except _Refused as refused:
            if self.lost:
                raise
            if refused.sqlstate in (row.get("failing") or "").split():
                answer.rows.append({**row, "said": refused.said})
            else:
                reason = refused.missing.sentence.rstrip(".")
                answer.unseen.append(Unseen(shown(row["object"]), member(row), refused.missing.kind, reason))
            return
        for found in further:
            merged = {**row, **found}
            if merged.get("unknown"):
                answer.unseen.append(unseen(merged))
            else:
                answer.rows.append(merged)

    async def _judge(self, rule: AuditRule, answer: _Answer) -> tuple[tuple[Finding, ...], Missing | None]:
        """Findings, worst first, and what could not be looked at, the platform's own objects left out."""
        known: Keepers = {}
        asked = {member(row) for row in answer.rows} | {entry.member for entry in answer.unseen}
        asked.discard((0, 0))
        if asked:
            classids, objids = zip(*sorted(asked), strict=True)
            known = keepers(await self._fetch(KEEPERS, (classids, objids), FACTS_SECONDS), self.facts.platform)
        findings = [finding(rule, row, known) for row in answer.rows]
        findings.sort(key=lambda found: (found.severity.rank, found.object, found.evidence))
        own = [entry for entry in answer.unseen if entry.member not in known]
        return tuple(findings), not_seen(own, self.facts.role)

    def _arguments(self, rule: AuditRule) -> tuple[Any, ...]:
        return tuple(
            self.supplied[name] if default is None else type(default)(self.limits.get(f"{rule.id}.{name}", default))
            for name, default in rule.parameters.items()
        )

    async def _fetch(self, sql: str, arguments: tuple[Any, ...], seconds: float) -> list[dict[str, Any]]:
        """Ask once, enclosed. Raises _Refused with the reason, after noting whether the connection is gone."""
        try:
            async with _deadline(seconds + GRACE), Enclosure(self.connection, seconds) as connection:
                return [dict(row) for row in await connection.fetch(sql, *arguments)]
        except Exception as error:
            sqlstate = getattr(error, "sqlstate", None) or ""
            if (
                self.connection.is_closed()
                or isinstance(error, TimeoutError | OSError)
                or sqlstate[:2] in ("08", "57P")
            ):
                self.lost = refusal.lost(error)
                raise _Refused(self.lost) from None
            if sqlstate in refusal.ROLE_DOUBTS and (gone := await self.role_gone()):
                self.lost = gone
                raise _Refused(gone) from None
            raise _Refused(refusal.after(error, self.facts, seconds), sqlstate, str(error)) from None

    async def role_gone(self) -> Missing | None:
        """That the role of this connection was dropped while it is open; None when it is still there."""
        try:
            async with _deadline(FACTS_SECONDS), Enclosure(self.connection, FACTS_SECONDS) as connection:
                await connection.fetch("SELECT current_user")
        except Exception as error:
            if getattr(error, "sqlstate", None) == "42704":  # its name is looked up by its oid
                return refusal.role_gone(self.facts.role)
        return None


@dataclass(slots=True)
class _Answer:
    """What a rule got to see so far: rows that are findings, and objects it could not look at."""

    rule: AuditRule
    rows: list[dict[str, Any]] = field(default_factory=list)
    unseen: list[Unseen] = field(default_factory=list)
    reads: int = 0
    unread: int = 0


class _Refused(Exception):
    def __init__(self, missing: Missing, sqlstate: str = "", said: str = "") -> None:
        super().__init__(missing.sentence)
        self.missing = missing
        self.sqlstate = sqlstate
        self.said = said


@asynccontextmanager
async def _deadline(seconds: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise TimeoutError(f"no answer within {seconds:g} s") from None
