"""The audit as a library function: an open connection and rules go in, one frozen run comes out.

The connection may stand inside a transaction of the caller: nothing is committed, no setting outlives a rule, uncommitted
changes are seen, and a rule that fails leaves the transaction as it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cryotui.audit import refusal
from cryotui.audit.connection import Connection
from cryotui.audit.enclosure import Enclosure
from cryotui.audit.facts import Facts, learn
from cryotui.audit.keepers import KEEPERS, Keepers, keepers
from cryotui.audit.rows import Unseen, finding, member, not_seen, shown, unseen
from cryotui.audit.sources import as_json
from cryotui.audit.template import TemplateError
from cryotui.model import units
from cryotui.model.backup import SourceState
from cryotui.model.errors import ConnectError, CryotuiError, UsageError
from cryotui.model.finding import AuditRun, Finding, RuleResult
from cryotui.model.rule import AuditRule
from cryotui.model.sample import Missing, forward_clock
from cryotui.model.server import Server

FACTS_SECONDS = 5.0
GRACE = 2.0
"""Seconds beyond the server's own time limit after which the connection counts as dead."""

STOPPED = "It was stopped by hand."

QUESTION_SECONDS = 5.0
"""Most seconds one question of a rule may take, so that one large table does not use up the time of the others."""

READING = 1024.0**3
"""Bytes of tables and indexes that a run may read to look at rows; more has to be asked for."""

SPARED = 0.5
"""Part of it that rules which read whole relations leave to those after them which only look at some rows."""

OnProgress = Callable[[int, int, str], None]
"""Rules done, rules in all, title of the one that runs now ("" at the end)."""


async def audit(
    connection: Connection,
    rules: Sequence[AuditRule],
    *,
    server: Server | None = None,
    target: str | None = None,
    limits: Mapping[str, float] | None = None,
    api_schemas: Sequence[str] | None = None,
    budget: float | None = None,
    reading: float = READING,
    backup_sources: Sequence[SourceState] = (),
    on_progress: OnProgress | None = None,
    stop: asyncio.Event | None = None,
) -> AuditRun:
    """Run the rules one after the other, in their order, and give what each of them said.

    ``target`` is what the reports call the server (reckoned from ``server`` or the connection when left out). ``limits``
    replaces limits of rules, by ``rule-id.name``. ``api_schemas`` overrules which schemas the API serves. ``budget`` is
    seconds for the whole run: what is left then was not looked at. ``reading`` is how many bytes of tables and indexes the
    rules that look at rows may read together, by their own estimates: what would go beyond is not looked at, and says so.
    ``backup_sources`` is what was found at the server's backup sources, for the rules about backups; without any they
    judge by what the server itself shows. ``on_progress`` is called before every rule and at the end.

    Needs no privilege; a rule whose right, role, extension or version is missing could not check. Raises UsageError for
    an unknown limit, CryotuiError when the caller's transaction has already failed, ConnectError when there is no answer at
    all; a connection lost on the way gives an incomplete run instead.
    """
    started_at, began = datetime.now(UTC), forward_clock()
    _check_limits(rules, limits or {})
    facts = await _learn(connection, rules, api_schemas)
    identifier = await _identifier(connection)
    supplied = {
        "api_roles": list(facts.api_roles),
        "api_schemas": facts.api_schemas,
        "backup_sources": as_json(backup_sources, started_at, identifier, facts.encoding),
    }
    inquiry = _Inquiry(connection, facts, limits or {}, supplied, reading)
    results: list[RuleResult] = []
    reason: str | None = None
    for done, rule in enumerate(rules):
        if on_progress:
            on_progress(done, len(rules), rule.title)
        if reason is None and budget is not None and forward_clock() - began >= budget:
            reason = f"The time of the run, {budget:g} s, was used up."
        if reason is None and stop is not None and stop.is_set():
            reason = STOPPED
        if reason is not None:
            missing = Missing("lost" if inquiry.lost else "timeout", f"Not looked at. {reason}")
            results.append(RuleResult(rule.id, missing=missing))
            continue
        sampled_later = any(later.cost == "K3" for later in rules[done + 1 :])
        inquiry.spared = reading * SPARED if rule.cost == "K4" and sampled_later else 0.0
        result = await (_unless_stopped(inquiry.check(rule), stop) if stop else inquiry.check(rule))
        if result is None:
            reason = STOPPED
            result = RuleResult(rule.id, missing=Missing("timeout", f"Not looked at. {reason}"))
        results.append(result)
        if inquiry.lost:
            reason = inquiry.lost.sentence
    if on_progress:
        on_progress(len(rules), len(rules), "")
    return AuditRun(
        started_at=started_at,
        seconds=forward_clock() - began,
        target=target or _target(server, facts),
        role=facts.role,
        server_version=facts.version,
        results=tuple(results),
        complete=reason is None,
        reason=reason,
        rules=tuple(rules),
        database=facts.database,
        system_identifier=identifier,
    )


async def _unless_stopped(check: Coroutine[Any, Any, RuleResult], stop: asyncio.Event) -> RuleResult | None:
    """What the rule says; None when it was stopped before it said anything."""
    asked, stopped = asyncio.ensure_future(check), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((asked, stopped), return_when=asyncio.FIRST_COMPLETED)
        return asked.result() if asked.done() else None
    finally:
        stopped.cancel()
        asked.cancel()
        await asyncio.gather(asked, stopped, return_exceptions=True)


async def _learn(connection: Connection, rules: Sequence[AuditRule], api_schemas: Sequence[str] | None) -> Facts:
    try:
        async with Enclosure(connection, FACTS_SECONDS):
            return await learn(connection, rules, api_schemas)
    except Exception as error:
        if getattr(error, "sqlstate", None) == "25P02":
            raise CryotuiError("The transaction has failed already: roll it back, then audit.") from None
        raise ConnectError(refusal.lost(error).sentence, "lost", getattr(error, "sqlstate", None)) from None


async def _identifier(connection: Connection) -> str | None:
    """The cluster's, asked on its own: a platform may have taken the right to ask from everybody."""
    try:
        async with Enclosure(connection, FACTS_SECONDS):
            rows = await connection.fetch(
                "SELECT system_identifier::text AS identifier FROM pg_catalog.pg_control_system()"
            )
            return str(rows[0]["identifier"])
    except Exception as error:
        if connection.is_closed():
            raise ConnectError(refusal.lost(error).sentence, "lost", getattr(error, "sqlstate", None)) from None
        return None


def _check_limits(rules: Sequence[AuditRule], limits: Mapping[str, float]) -> None:
    known = {f"{rule.id}.{name}" for rule in rules for name, value in rule.parameters.items() if value is not None}
    for name in limits:
        if name not in known:
            raise UsageError(f"{name} is no limit of these rules. Their limits: {', '.join(sorted(known)) or 'none'}.")


def _target(server: Server | None, facts: Facts) -> str:
    address = f"{server.host}:{server.port}" if server else facts.address
    return f"{facts.database} at {address or 'a local socket'}"


@dataclass(slots=True)
class _Inquiry:
    """One run's connection and what is known of its server; ``lost`` once the connection ended.

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
        return RuleResult(rule.id, findings, missing, forward_clock() - began, answer.reads)

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
            if not row.get("optional"):
                reason = f"would read {units.size(reads)}, more than is left of the budget for reading; --read-budget raises it"
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
            elif not row.get("optional"):
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
            raise _Refused(refusal.after(error, self.facts, seconds), sqlstate, str(error)) from None


@dataclass(slots=True)
class _Answer:
    """What a rule got to see so far: rows that are findings, and objects it could not look at."""

    rule: AuditRule
    rows: list[dict[str, Any]] = field(default_factory=list)
    unseen: list[Unseen] = field(default_factory=list)
    reads: int = 0


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
