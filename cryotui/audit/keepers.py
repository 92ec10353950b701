"""Who looks after an object: an extension, the platform, or nobody but the user. The only place where findings are excused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cryotui.model.managed import POLICIES_ARE_THE_USERS, is_managed
from cryotui.model.text import clean

KEEPERS = """
SELECT asked.classid, asked.objid, e.extname::text AS extension, n.nspname::text AS schema, r.rolname::text AS owner,
       y.oid IS NOT NULL AS policy
FROM unnest($1::bigint[], $2::bigint[]) AS asked (classid, objid)
LEFT JOIN pg_catalog.pg_policy AS y ON asked.classid = 'pg_catalog.pg_policy'::regclass::oid::bigint
 AND y.oid = asked.objid::oid
LEFT JOIN pg_catalog.pg_class AS c ON c.oid = coalesce(
    y.polrelid, CASE WHEN asked.classid = 'pg_catalog.pg_class'::regclass::oid::bigint THEN asked.objid::oid END)
LEFT JOIN pg_catalog.pg_proc AS p ON asked.classid = 'pg_catalog.pg_proc'::regclass::oid::bigint AND p.oid = asked.objid::oid
LEFT JOIN pg_catalog.pg_type AS t ON asked.classid = 'pg_catalog.pg_type'::regclass::oid::bigint AND t.oid = asked.objid::oid
LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = coalesce(
    c.relnamespace, p.pronamespace, t.typnamespace,
    CASE WHEN asked.classid = 'pg_catalog.pg_namespace'::regclass::oid::bigint THEN asked.objid::oid END)
LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = coalesce(c.relowner, p.proowner, t.typowner, n.nspowner)
LEFT JOIN pg_catalog.pg_depend AS d ON d.classid = CASE WHEN y.oid IS NULL THEN asked.classid::oid
                                                         ELSE 'pg_catalog.pg_class'::regclass::oid END
 AND d.objid = coalesce(y.polrelid, asked.objid::oid)
 AND d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.deptype = 'e'
LEFT JOIN pg_catalog.pg_extension AS e ON e.oid = d.refobjid
"""
"""An oid alone means different things in different catalogs: classid and objid always go together.

A policy is kept by who keeps its table.
"""

Keepers = Mapping[tuple[int, int], str]
"""By classid and objid: ``extension postgis``, ``schema auth``; an object of the user's is not in it."""


def keepers(rows: Sequence[Mapping[str, Any]], platform: bool) -> Keepers:
    """Who keeps which object, from the answer to ``KEEPERS``.

    ``platform``: this is Supabase by its roles. Its schemas are its own then, whoever the owner is (a superuser in a
    database that was restored elsewhere).
    """
    found: dict[tuple[int, int], str] = {}
    for row in rows:
        extension, schema = row["extension"], row["schema"] or ""
        if row["policy"] and schema in POLICIES_ARE_THE_USERS:
            continue
        if is_managed(schema, None if platform else row["owner"] or "", extension):
            found[row["classid"], row["objid"]] = f"extension {clean(extension)}" if extension else f"schema {schema}"
    return found
