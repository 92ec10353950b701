"""What the rules must know of a server before they run; asked once, in the caller's transaction, as the caller's role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cryotui.model.record import dataclass
from cryotui.model.rule import AuditRule
from cryotui.pg.verbatim import Connection

API_ROLES = ("anon", "authenticated")
"""The roles clients of a Supabase or PostgREST API come in with; whatever is granted to PUBLIC is theirs as well."""

PLATFORM_ROLES = ("anon", "authenticated", "service_role")
"""All of these together make a database one of Supabase's."""

_FACTS = """
SELECT current_setting('server_version') AS version,
       current_setting('server_version_num')::int AS number,
       current_setting('server_encoding') AS encoding,
       current_database()::text AS database,
       current_user::text AS role,
       coalesce((SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user), false) AS superuser,
       pg_is_in_recovery() AS standby,
       host(inet_server_addr()) || ':' || inet_server_port() AS address,
       ARRAY(SELECT rolname::text FROM pg_catalog.pg_roles WHERE rolname = ANY ($1::text[]) ORDER BY 1) AS api_roles,
       (SELECT count(*) FROM pg_catalog.pg_roles WHERE rolname = ANY ($2::text[])) = cardinality($2::text[]) AS platform,
       ARRAY(SELECT rolname::text FROM pg_catalog.pg_roles
             WHERE rolname LIKE 'pg\\_%' AND pg_has_role(current_user, oid, 'USAGE')) AS memberships,
       ARRAY(SELECT extname::text FROM pg_catalog.pg_extension) AS extensions,
       ARRAY(SELECT coalesce(current_setting(name, true), '')
             FROM unnest($3::text[]) WITH ORDINALITY AS asked (name, place) ORDER BY place) AS settings,
       -- PostgREST takes its settings from its role in this database, its role, the database, in this order
       (SELECT regexp_split_to_array(btrim(substr(entry, 18)), '\\s*,\\s*')
        FROM pg_catalog.pg_db_role_setting AS s
        CROSS JOIN unnest(s.setconfig) AS entry
        LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = s.setrole
        WHERE entry LIKE 'pgrst.db_schemas=_%'
          AND (r.rolname = 'authenticator' OR s.setrole = 0)
          AND s.setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()))
        ORDER BY s.setrole = 0, s.setdatabase = 0 LIMIT 1) AS schemas_set,
       regexp_split_to_array(nullif(btrim(current_setting('pgrst.db_schemas', true)), ''), '\\s*,\\s*') AS schemas_session
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """A server as the rules see it. ``api_schemas`` is None when which schemas the API serves cannot be known."""

    version: str
    major: int
    encoding: str
    database: str
    role: str
    superuser: bool
    standby: bool
    address: str | None
    api_roles: tuple[str, ...]
    api_schemas: tuple[str, ...] | None
    platform: bool
    memberships: frozenset[str]
    extensions: frozenset[str]
    settings: Mapping[str, str]

    def has(self, role: str) -> bool:
        """Whether the rights of a predefined role are at hand."""
        return self.superuser or role in self.memberships


async def learn(connection: Connection, rules: Sequence[AuditRule], api_schemas: Sequence[str] | None = None) -> Facts:
    """Ask once; ``api_schemas`` overrules what the server says. Needs no privilege."""
    settings = sorted({need[8:] for rule in rules for need in rule.needs if need.startswith("setting:")})
    row = (await connection.fetch(_FACTS, list(API_ROLES), list(PLATFORM_ROLES), settings))[0]
    schemas = api_schemas or row["schemas_set"] or row["schemas_session"]
    return Facts(
        version=row["version"].split(" ")[0],
        major=row["number"] // 10000,
        encoding=row["encoding"],
        database=row["database"],
        role=row["role"],
        superuser=row["superuser"],
        standby=row["standby"],
        address=row["address"],
        api_roles=tuple(row["api_roles"]),
        api_schemas=tuple(schemas) if schemas else None,
        platform=row["platform"],
        memberships=frozenset(row["memberships"]),
        extensions=frozenset(row["extensions"]),
        settings=dict(zip(settings, row["settings"], strict=True)),
    )
