"""A table or an index as the server has it now: its exact name, its kind and owner, and whether we may maintain it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from cryotui.actions.contract import NOTHING_SENT, Ask, Subject
from cryotui.actions.wording import size
from cryotui.model import units
from cryotui.model.errors import RefusedError
from cryotui.model.record import dataclass
from cryotui.model.sample import Row
from cryotui.model.server import Server
from cryotui.model.text import clean, one_line
from cryotui.pg.statement import StatementError, exact

TABLE_FIELDS = ("oid", "schema", "table")
INDEX_FIELDS = ("index_oid", "schema", "index")

Right = Literal["vacuum", "reindex", "drop"]

KINDS = {
    "r": "table", "m": "materialized view", "t": "toast table", "p": "partitioned table", "i": "index",
    "I": "partitioned index", "f": "foreign table", "v": "view", "S": "sequence", "c": "composite type",
}  # fmt: skip

# The name is quoted by the server and leaves it as bytes: the exact name, whatever characters it has.
_LOOK = """
SELECT c.oid, n.nspname::text AS schema, c.relname::text AS name, c.relkind::text AS kind, c.relowner AS owner_oid,
       convert_to(format('%I.%I', n.nspname, c.relname), 'UTF8') AS quoted, pg_get_userbyid(c.relowner)::text AS owner,
       c.relpersistence = 't' AS temporary, c.relisshared AS shared, c.reltablespace AS tablespace,
       n.nspname IN ('pg_catalog', 'information_schema') AS catalog, t.oid AS table_oid, t.relname::text AS table_name,
       i.indisvalid AS valid, i.indisexclusion AS exclusion, i.indisunique AS is_unique,
       coalesce(nullif(t.reltuples, -1), pg_stat_get_live_tuples(t.oid))::float8 AS table_rows,
       EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid AND k.contype IN ('p', 'u', 'x')) AS of_constraint,
       pg_relation_filenode(c.oid) AS filenode, nullif(c.reltuples, -1)::float8 AS rows,
       c.relpages::bigint * current_setting('block_size')::bigint AS pages_size,
       (SELECT sum(x.relpages::bigint) * current_setting('block_size')::bigint
        FROM pg_index y JOIN pg_class x ON x.oid = y.indexrelid WHERE y.indrelid = c.oid)::bigint AS indexes_size,
       pg_stat_get_dead_tuples(c.oid) AS dead_rows, pg_stat_get_last_vacuum_time(c.oid) AS last_vacuum,
       pg_stat_get_last_analyze_time(c.oid) AS last_analyze,
       CASE WHEN c.relfrozenxid <> '0'::xid THEN age(c.relfrozenxid) END AS xid_age,
       pg_has_role(c.relowner, 'USAGE') AS owns, pg_has_role(n.nspowner, 'USAGE') AS owns_schema,
       (SELECT pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = current_database()) AS owns_database,
       {maintain} AS maintains
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_index i ON i.indexrelid = c.oid LEFT JOIN pg_class t ON t.oid = i.indrelid
WHERE c.oid = $1
"""
_MAINTAIN = "has_table_privilege(coalesce(t.oid, c.oid), 'MAINTAIN')"  # 17+, the owner and pg_maintain included


@dataclass(frozen=True, kw_only=True)
class Relation(Subject):
    """A table or index. ``quoted`` is its exact qualified name for SQL, never for a screen; ages are in transactions.

    ``table_size`` (bytes, without indexes) and ``table_rows`` are known of an invalid index only, which has none itself.
    """

    oid: int
    schema: str
    name: str
    kind: str
    quoted: str
    owner: str
    table_oid: int
    table: str
    filenode: int | None
    indexes_size: int | None
    rows: float | None
    dead_rows: int | None
    xid_age: int | None
    last_vacuum: datetime | None
    last_analyze: datetime | None
    valid: bool | None
    exclusion: bool | None
    of_constraint: bool
    catalog: bool
    temporary: bool
    tablespace: int
    size_exact: bool
    is_unique: bool | None
    table_rows: float | None
    table_size: int | None


def row_refusal(verb: str, server: Server, row: Row, label: str) -> str | None:
    """Why nothing can be done to a relation's row, from the row and the server's facts alone."""
    database = row.get("database")
    if database is not None and clean(str(database)) != clean(server.database):
        return f"{verb} {label} refused: it is in database {one_line(str(database))}, this is {server.database}."
    if server.standby:
        return f"{verb} {label} refused: this is a standby. Do it on the primary."
    if server.pooled:
        return f"{verb} {label} refused: a pooler stands between. Long jobs need a direct connection."
    return None


async def look_at(ask: Ask, server: Server, row: Row, names: tuple[str, ...], verb: str, right: Right) -> Relation:
    """The relation with the oid of the row, as it is now; ``names`` are the fields the row is known by.

    Raises RefusedError when it is gone or is called something else by now.
    """
    oid, schema, name = (row[one] for one in names)
    maintain = _MAINTAIN if server.major >= 17 else "pg_has_role(c.relowner, 'USAGE')"
    try:
        found = await ask(_LOOK.format(maintain=maintain), oid)
    except StatementError as error:
        if error.sqlstate not in ("22021", "22P05"):
            raise
        raise RefusedError(
            f"{verb} {_shown(schema, name)} refused: its name is no UTF-8 and cannot be sent exactly."
        ) from None
    if not found or (names[0] == "index_oid") != (found[0]["kind"] in ("i", "I")):
        raise RefusedError(f"{_shown(schema, name)} is gone. {NOTHING_SENT}")
    now = found[0]
    if (clean(str(schema)), clean(str(name))) != (clean(now["schema"]), clean(now["name"])):
        raise RefusedError(f"{_shown(schema, name)} is called {_shown(now['schema'], now['name'])} now. {NOTHING_SENT}")
    known = await exact_size(ask, oid)
    heap = await exact_size(ask, now["table_oid"], "pg_table_size") if now["valid"] is False else None
    return _relation(now, names, known, heap, _right_refusal(verb, server, now, right))


async def exact_size(
    ask: Ask, oid: int, measure: Literal["pg_total_relation_size", "pg_table_size"] = "pg_total_relation_size"
) -> int | None:
    """Bytes on disk with indexes and toast, or as another function counts; None while the relation is locked or gone."""
    try:
        rows = await ask(f"SELECT {measure}($1::oid::regclass) AS size", oid)
    except StatementError as error:
        if error.lost:
            raise
        return None
    found: int | None = rows[0]["size"]
    return found


def _shown(schema: object, name: object) -> str:
    text = one_line(clean(str(name)))
    return text if schema in ("public", None) else f"{one_line(clean(str(schema)))}.{text}"


def _right_refusal(verb: str, server: Server, now: Row, right: Right) -> str | None:
    label = _shown(now["schema"], now["name"])
    allowed = {
        "vacuum": now["maintains"] or (now["owns_database"] and not now["shared"]),
        "reindex": now["maintains"],
        "drop": now["owns"] or now["owns_schema"],
    }[right]
    if allowed:
        return None
    owner = one_line(clean(now["owner"]))
    if right == "drop":
        return f"{verb} {label} refused: only its owner {owner} may."
    if server.major >= 17:
        return f"{verb} {label} refused: only its owner {owner} or a role with MAINTAIN may."
    return f"{verb} {label} refused: only its owner {owner} or a superuser may."


def _relation(now: Row, names: tuple[str, ...], known: int | None, heap: int | None, refused: str | None) -> Relation:
    label = _shown(now["schema"], now["name"])
    word = one_line(now["name"]) or str(now["oid"])  # a name of blanks cannot be typed
    bytes_ = known if known is not None else now["pages_size"]
    return Relation(
        label=label,
        word=word,
        line=f"{label}  {KINDS.get(now['kind'], now['kind'])}  {size(bytes_)}  {units.count(now['rows'])} rows",
        row={names[0]: now["oid"], names[1]: now["schema"], names[2]: now["name"]},
        identity=(now["oid"], now["schema"], now["name"], now["kind"], now["owner_oid"]),
        refused=refused,
        size=bytes_,
        size_exact=known is not None,
        quoted=exact(now["quoted"]),
        table_oid=now["table_oid"] or now["oid"],
        table=one_line(now["table_name"] or now["name"]),
        table_rows=now["table_rows"] if now["valid"] is False else None,
        table_size=heap,
        **{name: now[name] for name in _SAME},
    )


_SAME = (
    "oid", "schema", "name", "kind", "owner", "filenode", "indexes_size",
    "rows", "dead_rows", "xid_age", "last_vacuum", "last_analyze",
    "valid", "exclusion", "is_unique", "of_constraint", "catalog", "temporary", "tablespace",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Index:
    """An index of a table, as far as its rebuilding shows."""

    oid: int
    name: str
    valid: bool
    exclusion: bool


async def indexes_of(ask: Ask, table_oid: int) -> Sequence[Index]:
    """The indexes of a table, by name."""
    rows = await ask(
        "SELECT i.indexrelid AS oid, c.relname::text AS name, i.indisvalid AS valid, i.indisexclusion AS exclusion "
        "FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = $1 ORDER BY c.relname",
        table_oid,
    )
    return [Index(row["oid"], row["name"], row["valid"], row["exclusion"]) for row in rows]
