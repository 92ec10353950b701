"""Which roles there are and whose rights ours has: enough to say of most rows, without asking, what may not be done."""

from __future__ import annotations

from cryotui.actions.contract import Ask, Rights
from cryotui.model.text import clean

_RIGHTS = """
SELECT r.rolname::text AS name, r.rolsuper AS superuser, pg_has_role(r.oid, 'USAGE') AS ours,
       r.oid = (SELECT datdba FROM pg_database WHERE datname = current_database()) AS owns_database
FROM pg_roles r
"""


async def learn(ask: Ask) -> Rights:
    """Ask the server for the roles; needs no privilege."""
    rows = await ask(_RIGHTS)
    return Rights(
        roles=frozenset(clean(row["name"]) for row in rows if row["ours"]),
        superusers=frozenset(clean(row["name"]) for row in rows if row["superuser"]),
        owns_database=any(row["owns_database"] and row["ours"] for row in rows),
    )
