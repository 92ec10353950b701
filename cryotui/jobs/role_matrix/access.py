"""Who can work as a role now: its members, superusers, and the sessions of both, by application and client."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cryotui.jobs.role_matrix.catalog import Role
from cryotui.model.role_matrix import RoleAccess, Sessions
from cryotui.model.secrets import redact
from cryotui.model.text import clean
from cryotui.pg.verbatim import Connection

# from 16 on a membership may be granted without SET; before, every member may SET ROLE
_MEMBERS = """
SELECT r.oid::bigint AS oid, r.rolcanlogin AS login,
       ARRAY(SELECT m.rolname::text FROM pg_catalog.pg_roles AS m
             WHERE m.oid <> r.oid AND NOT m.rolsuper AND pg_catalog.pg_has_role(m.oid, r.oid, '{right}')
             ORDER BY m.rolname::text COLLATE "C") AS members
FROM pg_catalog.pg_roles AS r WHERE r.oid = ANY ($1::oid[])
"""

_SUPERUSERS = 'SELECT rolname::text AS name FROM pg_catalog.pg_roles WHERE rolsuper ORDER BY rolname::text COLLATE "C"'

# application and client of other roles are NULL without pg_read_all_stats; who connected is not
_SESSIONS = """
SELECT a.usename::text AS "user", a.application_name AS application,
       CASE WHEN a.backend_type IS NULL THEN NULL
            ELSE coalesce(host(a.client_addr), 'local') END AS client,
       count(*)::int AS count
FROM pg_catalog.pg_stat_activity AS a
WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.usename IS NOT NULL
  AND coalesce(a.backend_type, 'client backend') = 'client backend'
GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3
"""

_VISIBLE = """
SELECT coalesce((SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user), false)
       OR pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS visible
"""


async def access_of(connection: Connection, roles: Sequence[Role], major: int) -> tuple[RoleAccess, ...]:
    """Who can work as each of these roles. Needs no privilege; what it cannot see of sessions is None."""
    right = "SET" if major >= 16 else "MEMBER"
    members = {row["oid"]: row for row in await connection.fetch(_MEMBERS.format(right=right), [r.oid for r in roles])}
    superusers = tuple(row["name"] for row in await connection.fetch(_SUPERUSERS))
    sessions = [_sessions(row) for row in await connection.fetch(_SESSIONS)]
    visible = bool((await connection.fetch(_VISIBLE))[0]["visible"])
    found = []
    for role in roles:
        if role.oid not in members:
            continue  # dropped since
        row = members[role.oid]
        able = {role.name, *row["members"], *superusers}
        found.append(
            RoleAccess(
                role=role.name,
                login=row["login"],
                superuser=role.superuser,
                bypasses=role.bypasses,
                members=tuple(row["members"]),
                superusers=superusers,
                sessions=tuple(one for one in sessions if one.user in able),
                sessions_visible=visible,
            )
        )
    return tuple(found)


def _sessions(row: Any) -> Sessions:
    application = row["application"]
    return Sessions(
        row["user"], None if application is None else clean(redact(application)), row["client"], row["count"]
    )
