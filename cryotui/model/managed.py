"""What the platform looks after itself: shown as managed, never as the user's fault. Known in this one place."""

from __future__ import annotations

MANAGED_SCHEMAS = frozenset(
    {
        "_analytics",
        "_realtime",
        "_supavisor",
        "auth",
        "cron",
        "extensions",
        "graphql",
        "graphql_public",
        "net",
        "pgbouncer",
        "pgmq",
        "pgsodium",
        "pgsodium_masks",
        "pgtle",
        "realtime",
        "repack",
        "storage",
        "supabase_functions",
        "supabase_migrations",
        "tiger",
        "tiger_data",
        "topology",
        "vault",
    }
)
"""Schemas of Supabase and of the extensions it installs into schemas of their own."""

POLICIES_ARE_THE_USERS = frozenset({"realtime", "storage"})
"""Managed schemas whose tables the platform keeps, while their policies are the user's to write."""

_DISTINCT = ("_", "graphql", "pgsodium", "supabase_", "tiger", "vault")
"""Beginnings of names in the list that nobody gives to a schema of his own."""


def is_managed(schema: str, owner: str | None = None, extension: str | None = None) -> bool:
    """Whether the platform or an extension looks after an object.

    ``extension`` is the extension it belongs to, if any. A name such as ``auth`` is the platform's only while its owner is
    one of the platform's roles, or not known: without the platform a schema of that name is the user's own.
    """
    if extension is not None:
        return True
    if schema not in MANAGED_SCHEMAS:
        return False
    return owner is None or owner.startswith("supabase_") or schema.startswith(_DISTINCT)
