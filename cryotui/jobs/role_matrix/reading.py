"""Probes that only read: rows counted as a role, and what a role's grants let it begin."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from cryotui.jobs.role_matrix.attempt import Attempt, Guise, is_lost
from cryotui.jobs.role_matrix.catalog import Relation, Role
from cryotui.jobs.role_matrix.quoting import identifier
from cryotui.jobs.role_matrix.verdict import refused, why_allowed, why_empty, without_policy
from cryotui.model.role_matrix import Answer, Cell, Command, Count, Proof
from cryotui.pg.verbatim import Connection

# pg_dump's own guard: between the look at the catalog and the count a table can be replaced by a view, whose functions
# would then run with the rights of the connecting role (CVE-2024-7348)
_ONLY_TABLES = """
SELECT pg_catalog.set_config(name, 'view, foreign-table', true) FROM pg_catalog.pg_settings
WHERE name = 'restrict_nonsystem_relation_kind'
"""

_numbers = itertools.count(1)


async def rows_there(connection: Connection, relation: Relation, limit: int, seconds: float) -> Count | None:
    """The rows of a table past its policies, counted as the connecting role; None when it may not, or it is a view.

    Views are never read as the connecting role: their functions would run with its rights. A superuser, an owner
    of a table that does not force its policies and a role with BYPASSRLS and SELECT may.
    """
    if relation.kind not in ("r", "p", "m"):
        return None
    try:
        async with Attempt(connection, Guise(None, relation.schema, {}), seconds) as inside:
            await inside.fetch(_ONLY_TABLES)
            return await _counted(inside, relation, limit, None)
    except Exception as error:
        if is_lost(connection, error):
            raise
        return None


async def select_cell(
    connection: Connection,
    relation: Relation,
    role: Role,
    claims: Mapping[str, object],
    *,
    limit: int,
    seconds: float,
    there: Count | None,
    where: str | None = None,
) -> Cell:
    """What a role sees of a table, as it counts up to ``limit`` rows. ``where`` is SQL that the role runs as well."""
    if relation.kind == "f":
        return await planned_cell(connection, relation, role, "select", claims, seconds)
    guise = Guise(role.name, relation.schema, claims, "select", relation.name)
    try:
        async with Attempt(connection, guise, seconds) as inside:
            seen = await _counted(inside, relation, limit, where)
    except Exception as error:
        return await refused(connection, relation, role, "select", error, seconds)
    if seen.rows:
        return Cell(
            role.name, "select", Answer.ALLOWED, Proof.TRIED, why_allowed(relation, role, "select"), None, seen, there
        )
    reason = why_empty(relation, role, there)
    if where is None and relation.reach(role, "select") in ("open", "past"):  # empty only until a row comes
        return Cell(role.name, "select", Answer.ALLOWED, Proof.TRIED, reason, None, seen, there or seen)
    return Cell(role.name, "select", Answer.EMPTY, Proof.TRIED, reason, None, seen, there)


async def planned_cell(
    connection: Connection,
    relation: Relation,
    role: Role,
    command: Command,
    claims: Mapping[str, object],
    seconds: float,
) -> Cell:
    """What the grants of a role let it begin, seen by planning the statement as that role, read-only.

    EXPLAIN without ANALYZE starts the statement and does not run it: the rights on every table of the plan are checked
    and the policies are written into it (a recursive one fails), while no row is touched, no default is computed and no
    trigger fires (PostgreSQL's documentation of EXPLAIN; ExecutorStart and ExecCheckPermissions in execMain.c).
    """
    denied = without_policy(relation, role, command)
    if denied:
        return denied
    guise = Guise(role.name, relation.schema, claims, command, relation.name)
    try:
        async with Attempt(connection, guise, seconds) as inside:
            await inside.fetch(f"EXPLAIN (COSTS off) {await _plannable(inside, relation, command)}")
    except Exception as error:
        return await refused(connection, relation, role, command, error, seconds)
    reason = "a foreign table is not asked" if relation.kind == "f" else why_allowed(relation, role, command)
    # where no policy is in the way the grant decides; behind a view the policies of its tables may be
    decided = relation.kind in ("r", "p") and not relation.limits(role)
    return Cell(role.name, command, Answer.ALLOWED, Proof.CATALOG if decided else Proof.GRANT, reason)


async def _counted(inside: Connection, relation: Relation, limit: int, where: str | None) -> Count:
    # the condition stands on lines of its own, so that a comment in it ends there
    condition = f" WHERE (\n{where}\n)" if where else ""
    table = identifier(relation.schema, relation.name)
    # a text of its own each time: a driver that keeps statements would keep the first role's USAGE on the schema with it
    probed = f"SELECT 1 FROM {table}{condition} LIMIT {limit + 1}"
    rows = await inside.fetch(f"SELECT pg_catalog.count(*) AS rows FROM ({probed}) AS probed /* {next(_numbers)} */")
    found = int(rows[0]["rows"])
    return Count(min(found, limit), found > limit)


async def _plannable(inside: Connection, relation: Relation, command: Command) -> str:
    table = identifier(relation.schema, relation.name)
    if command == "update":
        columns = await inside.fetch(
            "SELECT attname::text AS name FROM pg_catalog.pg_attribute WHERE attrelid = $1::oid AND attnum > 0"
            " AND NOT attisdropped AND pg_catalog.has_column_privilege(attrelid, attnum, 'UPDATE') ORDER BY attnum LIMIT 1",
            relation.oid,
        )
        name = columns[0]["name"] if columns else "ctid"
        return f"UPDATE {table} SET {identifier(name)} = DEFAULT"
    return {
        "select": f"SELECT 1 FROM {table}",
        "insert": f"INSERT INTO {table} DEFAULT VALUES",
        "delete": f"DELETE FROM {table}",
    }[command]
