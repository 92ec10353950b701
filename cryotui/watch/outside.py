"""What a pane shows that no probe can bring, because it lies beside the server: backup sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cryotui.model.settings import Settings


async def outside(pane: str, settings: Settings, target: str) -> Mapping[str, Any]:
    """The values for ``Moment.extra`` of this pane; empty for panes that need none."""
    if pane != "backups" or not settings.backups:
        return {}
    from cryotui.pg.backup_sources import look

    sources = [source for source in settings.backups if not source.targets or target in source.targets]
    return {"backup_sources": await look(sources)}
