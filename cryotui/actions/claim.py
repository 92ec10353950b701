"""One maintenance of a table at a time, over all consoles: an advisory lock of the session, freed when it ends."""

from __future__ import annotations

from cryotui.actions.contract import NOTHING_SENT, Ask
from cryotui.actions.wording import clock
from cryotui.model.errors import RefusedError
from cryotui.model.text import one_line

SPACE = 0x6372796F
"""The upper half of the advisory lock's key; the lower half is the table's oid."""

_HOLDER = """
SELECT a.pid, a.usename::text AS "user", coalesce(host(a.client_addr), 'local') AS client, a.backend_start
FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.classid::bigint = $1 AND l.objid = $2 AND l.objsubid = 1
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


async def claim(ask: Ask, table_oid: int, heading: str) -> None:
    """Take the table for this session. Raises RefusedError that says who has it, and since when."""
    taken = await ask("SELECT pg_try_advisory_lock($1) AS taken", (SPACE << 32) | table_oid)
    if taken[0]["taken"]:
        return
    holders = await ask(_HOLDER, SPACE, table_oid)
    whom = "Another console"
    if holders:
        first = holders[0]
        whom = f"{one_line(first['user'] or '-')} from {first['client'] or '-'} (pid {first['pid']})"
        whom += f" since {clock(first['backend_start'])}" if first["backend_start"] else ""
    raise RefusedError(f"{heading} refused: {whom} maintains this table. {NOTHING_SENT}")
