"""Whether a new connection reached the server that the screen shows: several hosts, a pooler or a name may lead elsewhere."""

from __future__ import annotations

from cryotui.actions.contract import NOTHING_SENT, Ask
from cryotui.model.errors import RefusedError
from cryotui.model.server import Server
from cryotui.model.text import clean

_WHERE = """
SELECT pg_postmaster_start_time() AS started_at, current_database()::text AS database, current_user::text AS "user"
"""


async def require(ask: Ask, server: Server) -> None:
    """Raises RefusedError when the connection is to another server, or as another role, than the one known."""
    here = (await ask(_WHERE))[0]
    if here["started_at"] != server.started_at:
        raise RefusedError(f"The new connection reached another server, or this one restarted. {NOTHING_SENT}")
    if (here["database"], here["user"]) != (clean(server.database), clean(server.user)):
        raise RefusedError(f"The new connection is to {here['database']} as {here['user']}. {NOTHING_SENT}")
