"""What a pane shows that no probe can bring, because it lies beside the server: backup sources."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cryotui.model.backup import SourceState
from cryotui.model.settings import Settings

AGAIN = 900.0
"""Seconds after which the sources are looked at again while a pane that shows them stays open; a look may read a repository."""

GOOD_ENOUGH: Mapping[str, float] = {"overview": AGAIN, "backups": 0.0}
"""The panes that show them, and how many seconds old the last look may be for one that is opened."""


async def outside(pane: str, settings: Settings, target: str) -> Mapping[str, Any]:
    """The values for ``Moment.extra`` of this pane; empty for panes that need none."""
    if pane not in GOOD_ENOUGH or not settings.backups:
        return {}
    return {"backup_sources": await backup_sources(settings, target), "looked_outside": datetime.now(UTC)}


async def backup_sources(settings: Settings, target: str) -> tuple[SourceState, ...]:
    """What the configured sources that are this target's hold, looked at now."""
    sources = [source for source in settings.backups if not source.targets or target in source.targets]
    if not sources:
        return ()
    from cryotui.pg.backup_sources import look

    return await look(sources)


def due(pane: str, settings: Settings, known: Mapping[str, Any], *, opened: bool) -> bool:
    """Whether ``outside`` is to be asked for this pane: it is opened, or it stays open. ``known`` is ``Moment.extra``."""
    within = GOOD_ENOUGH.get(pane)
    if within is None or not settings.backups:
        return False
    looked: datetime | None = known.get("looked_outside")
    return looked is None or (datetime.now(UTC) - looked).total_seconds() >= (within if opened else AGAIN)
