"""What the platform looks after is told from what the user merely named alike."""

from __future__ import annotations

import pytest

from cryotui.model.managed import MANAGED_SCHEMAS, is_managed


@pytest.mark.parametrize(
    ("schema", "owner", "extension", "managed"),
    [
        ("auth", "supabase_auth_admin", None, True),
        ("auth", None, None, True),
        ("auth", "lab_owner", None, False),
        ("storage", "supabase_storage_admin", None, True),
        ("supabase_migrations", "postgres", None, True),
        ("vault", "postgres", None, True),
        ("public", "supabase_admin", None, False),
        ("public", "lab_owner", "postgis", True),
        ("lab", "lab_owner", None, False),
    ],
)
def test_a_schema_is_managed_when_the_platform_owns_it_or_an_extension_does(
    schema: str, owner: str | None, extension: str | None, managed: bool
) -> None:
    assert is_managed(schema, owner, extension) is managed


def test_public_and_the_catalogs_are_not_in_the_list() -> None:
    assert not {"public", "pg_catalog", "information_schema"} & MANAGED_SCHEMAS
