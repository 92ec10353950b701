"""The audit as a library function: an open connection and rules go in, one frozen run comes out.

The connection may stand inside a transaction of the caller: nothing is committed, no setting outlives a rule, uncommitted
changes are seen, and a rule that fails leaves the transaction as it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from cryotui.audit import refusal
from cryotui.audit.enclosure import Enclosure
from cryotui.audit.facts import Facts, learn
from cryotui.audit.inquiry import FACTS_SECONDS, Inquiry
from cryotui.audit.limits import check_limits
from cryotui.audit.sources import as_json
from cryotui.model.backup import SourceState
from cryotui.model.errors import ConnectError, CryotuiError
from cryotui.model.finding import AuditRun, RuleResult
from cryotui.model.rule import AuditRule
from cryotui.model.sample import Missing, forward_clock
from cryotui.model.server import Server
from cryotui.pg.verbatim import Connection

STOPPED = "It was stopped by hand."

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
    where: str = "",
    limits: Mapping[str, float] | None = None,
    api_schemas: Sequence[str] | None = None,
    budget: float | None = None,
    reading: float = READING,
    backup_sources: Sequence[SourceState] = (),
    on_progress: OnProgress | None = None,
    stop: asyncio.Event | None = None,
) -> AuditRun:
    """Run the rules one after the other, in their order, and give what each of them said.

    ``target`` is what the reports call the server (reckoned from ``server`` or the connection when left out), ``where`` its
    host and port. ``limits`` replaces limits of rules, by ``rule-id.name``. ``api_schemas`` overrules which schemas the API
    serves. ``budget`` is seconds for the whole run: what is left then was not looked at. ``reading`` is how many bytes of
    tables and indexes the rules that look at rows may read together, by their own estimates: what would go beyond is not
    looked at, and says so.
    ``backup_sources`` is what was found at the server's backup sources, for the rules about backups; without any they
    judge by what the server itself shows. ``on_progress`` is called before every rule and at the end.

    Needs no privilege; a rule whose right, role, extension or version is missing could not check. Raises UsageError for
    an unknown limit, CryotuiError when the caller's transaction has already failed, ConnectError when there is no answer at
    all; a connection lost or a role dropped on the way gives an incomplete run instead.
    """
    started_at, began = datetime.now(UTC), forward_clock()
    check_limits(rules, limits or {})
    facts = await _learn(connection, rules, api_schemas)
    identifier = await _identifier(connection)
    supplied = {
        "api_roles": list(facts.api_roles),
        "api_schemas": facts.api_schemas,
        "backup_sources": as_json(backup_sources, started_at, identifier, facts.encoding),
    }
    inquiry = Inquiry(connection, facts, limits or {}, supplied, reading)
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
    if reason is None and (gone := await inquiry.role_gone()):
        reason = gone.sentence
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
        where=where,
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


def _target(server: Server | None, facts: Facts) -> str:
    address = f"{server.host}:{server.port}" if server else facts.address
    return f"{facts.database} at {address or 'a local socket'}"
