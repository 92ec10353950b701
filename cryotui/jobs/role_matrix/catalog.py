"""What the catalog knows before anything is tried: tables, grants, policies, and what a write would set off.

No policy is deparsed and no size is asked, so that nothing here waits behind somebody's ACCESS EXCLUSIVE lock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from fnmatch import fnmatchcase

from cryotui.model.record import dataclass
from cryotui.model.role_matrix import Command, Reach
from cryotui.pg.verbatim import Connection

KINDS = {"r": "table", "p": "partitioned table", "v": "view", "m": "materialized view", "f": "foreign table"}

SERVER = """
SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int / 10000 AS major,
       current_database()::text AS database, current_user::text AS role, pg_is_in_recovery() AS standby,
       -- PostgREST takes its settings from its role in this database, its role, the database, in this order
       (SELECT regexp_split_to_array(btrim(substr(entry, 18)), '\\s*,\\s*')
        FROM pg_catalog.pg_db_role_setting AS s
        CROSS JOIN unnest(s.setconfig) AS entry
        LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = s.setrole
        WHERE entry LIKE 'pgrst.db_schemas=_%' AND (r.rolname = 'authenticator' OR s.setrole = 0)
          AND s.setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()))
        ORDER BY s.setrole = 0, s.setdatabase = 0 LIMIT 1) AS schemas_set,
       regexp_split_to_array(nullif(btrim(current_setting('pgrst.db_schemas', true)), ''), '\\s*,\\s*') AS schemas_session
"""

SCHEMAS = "SELECT nspname::text AS name FROM pg_catalog.pg_namespace WHERE nspname::text = ANY ($1::text[])"

_ROLES = """
SELECT r.oid::bigint AS oid, r.rolname::text AS name, r.rolsuper AS superuser, r.rolbypassrls AS bypasses
FROM pg_catalog.pg_roles AS r WHERE r.rolname::text = ANY ($1::text[])
"""

_TABLES = """
SELECT c.oid::bigint AS oid, n.nspname::text AS schema, c.relname::text AS name, c.relkind::text AS kind,
       c.relrowsecurity AS row_security, c.relforcerowsecurity AS forced,
       coalesce((SELECT o.option_value::boolean FROM pg_catalog.pg_options_to_table(c.reloptions) AS o
                 WHERE o.option_name = 'security_invoker'), false) AS invoker
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname::text = ANY ($1::text[]) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
ORDER BY array_position($1::text[], n.nspname::text), c.relname::text COLLATE "C"
"""

_GRANTS = """
SELECT c.oid::bigint AS oid, r.oid::bigint AS role,
       pg_catalog.has_schema_privilege(r.oid, c.relnamespace, 'USAGE') AS usage,
       pg_catalog.has_table_privilege(r.oid, c.oid, 'SELECT') AS whole,
       pg_catalog.has_any_column_privilege(r.oid, c.oid, 'SELECT') AS select,
       pg_catalog.has_any_column_privilege(r.oid, c.oid, 'INSERT') AS insert,
       pg_catalog.has_any_column_privilege(r.oid, c.oid, 'UPDATE') AS update,
       pg_catalog.has_table_privilege(r.oid, c.oid, 'DELETE') AS delete,
       pg_catalog.has_table_privilege(r.oid, c.oid, 'TRUNCATE') AS truncate,
       pg_catalog.pg_has_role(r.oid, c.relowner, 'USAGE') AS owns
FROM pg_catalog.pg_class AS c CROSS JOIN pg_catalog.pg_roles AS r
WHERE c.oid = ANY ($1::oid[]) AND r.oid = ANY ($2::oid[])
"""

_POLICIES = """
SELECT p.polrelid::bigint AS oid, p.polname::text AS name, p.polcmd::text AS command, p.polpermissive AS permissive,
       ARRAY(SELECT r.oid::bigint FROM pg_catalog.pg_roles AS r
             WHERE r.oid = ANY ($2::oid[])
               AND (0 = ANY (p.polroles)
                    OR EXISTS (SELECT FROM unnest(p.polroles) AS named (role)
                               WHERE pg_catalog.pg_has_role(r.oid, named.role, 'USAGE')))) AS roles
FROM pg_catalog.pg_policy AS p WHERE p.polrelid = ANY ($1::oid[])
ORDER BY p.polname::text COLLATE "C"
"""

# A row that is written meets the triggers of its partition too. A trigger that is deferred from the start waits for a commit.
_EFFECTS = """
WITH RECURSIVE tree (root, member) AS (
    SELECT oid, oid FROM unnest($1::oid[]) AS oid
    UNION
    SELECT t.root, i.inhrelid FROM tree AS t JOIN pg_catalog.pg_inherits AS i ON i.inhparent = t.member
)
SELECT t.root::bigint AS oid, 'its trigger ' || g.tgname::text || ' would run' AS what,
       g.tgtype::int & 4 > 0 AS insert, g.tgtype::int & 16 > 0 AS update, g.tgtype::int & 8 > 0 AS delete
FROM tree AS t JOIN pg_catalog.pg_trigger AS g ON g.tgrelid = t.member
WHERE NOT g.tgisinternal AND g.tgenabled <> 'D' AND NOT (g.tgdeferrable AND g.tginitdeferred)
UNION ALL
SELECT t.root::bigint, 'its rule ' || w.rulename::text || ' would act', w.ev_type = '3', w.ev_type = '2', w.ev_type = '4'
FROM tree AS t JOIN pg_catalog.pg_rewrite AS w ON w.ev_class = t.member
WHERE w.ev_type IN ('2', '3', '4')
UNION ALL
SELECT t.root::bigint, 'a delete reaches into ' || n.nspname::text || '.' || c.relname::text
           || ' (' || k.conname::text || ')', false, false, true
FROM tree AS t
JOIN pg_catalog.pg_constraint AS k ON k.confrelid = t.member AND k.contype = 'f' AND k.confdeltype IN ('c', 'n', 'd')
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
UNION ALL
SELECT t.root::bigint, 'its partition ' || c.relname::text || ' is a foreign table', true, true, true
FROM tree AS t JOIN pg_catalog.pg_class AS c ON c.oid = t.member AND c.relkind = 'f'
ORDER BY 1, 2
"""

COLUMNS = """
SELECT a.attname::text AS name, a.attgenerated <> '' AS generated, a.attidentity = 'a' AS always,
       a.atthasdef OR a.attidentity <> '' AS defaulted, t.typtype = 'd' AS domain,
       pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
       EXISTS (SELECT FROM pg_catalog.pg_index AS i WHERE i.indrelid = a.attrelid AND a.attnum = ANY (i.indkey)) AS indexed,
       pg_catalog.has_column_privilege($2::oid, a.attrelid, a.attnum, 'SELECT') AS readable,
       pg_catalog.has_column_privilege($2::oid, a.attrelid, a.attnum, 'INSERT') AS insertable,
       pg_catalog.has_column_privilege($2::oid, a.attrelid, a.attnum, 'UPDATE') AS updatable
FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
"""

_POLICY_COMMANDS: Mapping[Command, str] = {"select": "r", "insert": "a", "update": "w", "delete": "d"}


@dataclass(frozen=True, slots=True)
class Role:
    """A role that is there."""

    oid: int
    name: str
    superuser: bool
    bypasses: bool


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy. ``roles`` are those of the probed roles that it is for; ``command`` is ``*`` for all."""

    name: str
    command: str
    permissive: bool
    roles: frozenset[int]


@dataclass(frozen=True, slots=True)
class Relation:
    """A table or view of an exposed schema. ``effects`` say what a write would set off, by command."""

    oid: int
    schema: str
    name: str
    kind: str
    row_security: bool
    forced: bool
    invoker: bool
    grants: Mapping[int, Mapping[str, bool]] = field(default_factory=dict)
    policies: tuple[Policy, ...] = ()
    effects: tuple[tuple[str, frozenset[str]], ...] = ()

    def limits(self, role: Role) -> bool:
        """Whether the policies of this table apply to a role."""
        owns = self.grants.get(role.oid, {}).get("owns", False)
        return self.row_security and not (role.superuser or role.bypasses) and (not owns or self.forced)

    def applying(self, role: Role, command: Command) -> list[Policy]:
        """The policies that are for this role and command."""
        signs = ("*", _POLICY_COMMANDS[command])
        return [policy for policy in self.policies if role.oid in policy.roles and policy.command in signs]

    def reach(self, role: Role, command: Command) -> Reach | None:
        """How far row security lets a role go here; None where another relation's decides, or another server."""
        if self.kind in ("v", "f"):
            return None
        if role.superuser or role.bypasses:
            return "past"
        if self.kind == "m" or command == "truncate" or not self.row_security:
            return "open"
        if not self.limits(role):
            return "past"
        return "policies" if any(policy.permissive for policy in self.applying(role, command)) else "none"

    def lacks(self, role: Role, command: Command) -> str | None:
        """The grant a role lacks for a command, in words; None when it has what it needs."""
        grants = self.grants.get(role.oid, {})
        if not grants.get("usage"):
            return f"no USAGE on schema {self.schema}"
        return None if grants.get(command) else f"no {command.upper()} grant"

    def effect(self, command: Command) -> str | None:
        """The first thing that a write would set off; None when there is none."""
        return next((what for what, commands in self.effects if command in commands), None)


def fits(schema: str, name: str, pattern: str) -> bool:
    """Whether a pattern (* and ?) means a table, by its name or with its schema."""
    return fnmatchcase(name, pattern) or fnmatchcase(f"{schema}.{name}", pattern)


NAMES = """
SELECT ARRAY(SELECT rolname::text FROM pg_catalog.pg_roles WHERE rolname !~ '^pg_' LIMIT 10000) AS roles,
       ARRAY(SELECT nspname::text FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_' LIMIT 10000) AS schemas,
       ARRAY(SELECT ARRAY[n.nspname::text, c.relname::text]
             FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
             WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
             LIMIT 10000) AS tables
"""


async def roles_named(connection: Connection, names: Sequence[str]) -> list[Role]:
    """Those of the roles that are there, in the order of ``names``. Needs no privilege."""
    found = {row["name"]: Role(*row.values()) for row in await connection.fetch(_ROLES, list(names))}
    return [found[name] for name in names if name in found]


async def relations(
    connection: Connection, schemas: Sequence[str], patterns: Sequence[str], roles: Sequence[Role]
) -> list[Relation]:
    """The tables and views of the schemas that fit a pattern, all when there is none. Needs no privilege."""
    rows = await connection.fetch(_TABLES, list(schemas))
    chosen = [row for row in rows if not patterns or any(fits(row["schema"], row["name"], one) for one in patterns)]
    oids, role_oids = [row["oid"] for row in chosen], [role.oid for role in roles]
    grants: dict[int, dict[int, dict[str, bool]]] = {}
    for row in await connection.fetch(_GRANTS, oids, role_oids):
        words = dict(row.items())
        grants.setdefault(words.pop("oid"), {})[words.pop("role")] = words
    policies: dict[int, list[Policy]] = {}
    for row in await connection.fetch(_POLICIES, oids, role_oids):
        policy = Policy(row["name"], row["command"], row["permissive"], frozenset(row["roles"]))
        policies.setdefault(row["oid"], []).append(policy)
    effects: dict[int, list[tuple[str, frozenset[str]]]] = {}
    for row in await connection.fetch(_EFFECTS, oids):
        commands = frozenset(command for command in ("insert", "update", "delete") if row[command])
        effects.setdefault(row["oid"], []).append((row["what"], commands))
    return [
        Relation(
            **dict(row.items()),
            grants=grants.get(row["oid"], {}),
            policies=tuple(policies.get(row["oid"], ())),
            effects=tuple(effects.get(row["oid"], ())),
        )
        for row in chosen
    ]
