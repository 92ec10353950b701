"""Backup sources: one module for each kind, found by its name, with ``async def look(source, now) -> SourceState``.

Nothing here changes a source. What cannot be read comes back as ``unreadable`` with the reason, never as an exception.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module

from cryotui.model.backup import SourceState
from cryotui.model.settings import BackupSource
from cryotui.model.text import clean, one_line


async def look(sources: Sequence[BackupSource], now: datetime | None = None) -> tuple[SourceState, ...]:
    """Look at these sources, all at once; one state for each, in their order.

    ``now`` is the moment that ages are reckoned from, with a zone; the clock's when left out.
    """
    moment = now or datetime.now(UTC)
    return tuple(await asyncio.gather(*(_look(source, moment) for source in sources)))


async def _look(source: BackupSource, now: datetime) -> SourceState:
    try:
        state: SourceState = await import_module(f"{__name__}.{source.kind}").look(source, now)
    except Exception as error:  # one source's surprise leaves the others in sight
        what = clean(one_line(str(error))) or "no reason given"
        state = SourceState(
            source.name, source.kind, source.kind, now, unreadable=f"not read: {type(error).__name__}: {what}"
        )
    return replace(state, max_age=source.max_age)
