"""An audit of a destination: its own connection, the rules, one run."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from cryotui.audit.engine import READING, OnProgress, audit
from cryotui.audit.rulebook import select
from cryotui.audit.sources import asked_for, looked_at
from cryotui.model.backup import SourceState
from cryotui.model.finding import AuditRun
from cryotui.model.rule import AuditRule
from cryotui.pg.destination import Destination, own_folder
from cryotui.pg.verbatim import opened_where


async def run(
    destination: Destination,
    rules: Sequence[AuditRule] | None = None,
    *,
    limits: Mapping[str, float] | None = None,
    api_schemas: Sequence[str] | None = None,
    budget: float | None = None,
    reading: float = READING,
    on_progress: OnProgress | None = None,
    stop: asyncio.Event | None = None,
) -> AuditRun:
    """Audit a destination on a connection of its own; all rules, the operator's own too, when none are given.

    ``limits``, ``api_schemas``, ``budget``, ``reading`` and ``on_progress`` are those of ``audit``. The backup sources of
    the target are looked at first when a rule asks for them. Raises ConnectError, AuthenticationError, UsageError,
    ConfigError. Cancelling it cancels the running question on the server.
    """
    chosen = select(own=own_folder(destination.settings, "rules")) if rules is None else rules
    async with opened_where(destination) as (connection, where):
        sources: tuple[SourceState, ...] = ()
        if destination.settings.backups and asked_for(chosen):
            if on_progress:
                on_progress(0, len(chosen), "looking at the backup sources")
            sources = await looked_at(destination.settings, destination.name)
        return await audit(
            connection,
            chosen,
            target=destination.name,
            where=where,
            limits=limits,
            api_schemas=api_schemas,
            budget=budget,
            reading=reading,
            backup_sources=sources,
            on_progress=on_progress,
            stop=stop,
        )
