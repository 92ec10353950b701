"""How much room the server's disk has, where that can be seen at all: on the server's own machine."""

from __future__ import annotations

import shutil

from cryotui.actions.contract import Ask
from cryotui.actions.relations import Relation
from cryotui.actions.wording import size
from cryotui.model.action import Fact
from cryotui.model.server import Server

_FOLDER = """
SELECT setting AS folder, (SELECT dattablespace FROM pg_database WHERE datname = current_database()) = 1663 AS usual
FROM pg_settings WHERE name = 'data_directory'
"""  # 1663 is pg_default, which lies inside the data folder; pg_settings hides the row from roles that may not see it


async def free_space(ask: Ask, server: Server, subject: Relation, needed: int | None) -> Fact:
    """The line of a sheet about disk: what a rewrite needs beside the old copy, and what is free."""
    need = f"needs up to {size(needed)} until it ends"
    unseen = Fact("disk", f"{need}; free space is not visible from here", "unknown")
    rows = await ask(_FOLDER) if server.host_is_local else ()
    if not rows or subject.tablespace != 0 or not rows[0]["usual"] or needed is None:
        return unseen
    try:
        free = shutil.disk_usage(rows[0]["folder"]).free
    except OSError:
        return unseen
    mark = "bad" if free < needed else "watch" if free < 2 * needed else ""
    return Fact("disk", f"{need}; {size(free)} are free", mark)  # type: ignore[arg-type]
