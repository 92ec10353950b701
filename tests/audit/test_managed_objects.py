"""What the platform or an extension looks after is shown as managed and counts for nothing."""

from __future__ import annotations

from typing import Any

import asyncpg

from cryotui.audit import audit, rule
from cryotui.model.finding import Severity

ONLY = ("int-no-primary-key",)


async def test_on_supabase_its_schemas_are_managed(connection: asyncpg.Connection[Any]) -> None:
    await connection.execute(
        "CREATE ROLE anon; CREATE ROLE authenticated; CREATE ROLE service_role; CREATE SCHEMA auth;"
        "CREATE TABLE auth.tokens (a int); CREATE SCHEMA lab; CREATE TABLE lab.tokens (a int)"
    )
    run = await audit(connection, [rule(*ONLY)])
    found = {finding.object: (finding.severity, finding.managed) for finding in run.findings}
    assert found == {"lab.tokens": (Severity.WATCH, False), "auth.tokens": (Severity.INFO, True)}
    assert [finding.object for finding in run.counted] == ["lab.tokens"]
    await connection.execute("DROP TABLE lab.tokens")
    run = await audit(connection, [rule(*ONLY)])
    assert run.findings[0].values["managed_by"] == "schema auth"
    assert [result.rule for result in run.passed] == list(ONLY)


async def test_elsewhere_a_schema_of_that_name_is_the_users_own(inside: asyncpg.Connection[Any]) -> None:
    await inside.execute("CREATE SCHEMA auth; CREATE TABLE auth.tokens (a int)")
    run = await audit(inside, [rule(*ONLY)])
    assert [(finding.object, finding.managed) for finding in run.findings] == [("auth.tokens", False)]


async def test_a_schema_of_the_platforms_own_role_is_managed_even_without_the_api(
    inside: asyncpg.Connection[Any],
) -> None:
    await inside.execute(
        "CREATE ROLE supabase_auth_admin; CREATE SCHEMA auth AUTHORIZATION supabase_auth_admin;"
        "SET LOCAL ROLE supabase_auth_admin; CREATE TABLE auth.tokens (a int); RESET ROLE"
    )
    run = await audit(inside, [rule(*ONLY)])
    assert [(finding.object, finding.managed) for finding in run.findings] == [("auth.tokens", True)]


async def test_members_of_an_extension_are_managed_and_an_equal_oid_elsewhere_is_not(
    connection: asyncpg.Connection[Any],
) -> None:
    await connection.execute(
        "CREATE TABLE public.lab_member (a int); CREATE TABLE public.lab_own (a int);"
        "INSERT INTO pg_depend (classid, objid, objsubid, refclassid, refobjid, refobjsubid, deptype)"
        " SELECT 'pg_class'::regclass, 'public.lab_member'::regclass, 0, 'pg_extension'::regclass, oid, 0, 'e'"
        " FROM pg_extension WHERE extname = 'plpgsql' UNION ALL"
        # a function of the extension that happens to have the oid of our table
        " SELECT 'pg_proc'::regclass, 'public.lab_own'::regclass, 0, 'pg_extension'::regclass, oid, 0, 'e'"
        " FROM pg_extension WHERE extname = 'plpgsql'"
    )
    run = await audit(connection, [rule(*ONLY)])
    found = {finding.object: finding.values.get("managed_by") for finding in run.findings}
    assert found == {"public.lab_own": None, "public.lab_member": "extension plpgsql"}


async def test_rows_the_role_may_not_read_in_managed_schemas_leave_a_rule_checked(
    inside: asyncpg.Connection[Any],
) -> None:
    await inside.execute(
        "CREATE ROLE anon; CREATE ROLE authenticated; CREATE ROLE service_role; CREATE SCHEMA auth;"
        "CREATE TABLE auth.tokens (id serial PRIMARY KEY); CREATE ROLE lab_plain; SET LOCAL ROLE lab_plain"
    )
    run = await audit(inside, [rule("cap-sequence-exhaustion")])
    assert [result.rule for result in run.passed] == ["cap-sequence-exhaustion"]


async def test_policies_on_storage_objects_are_the_users_own_and_those_on_other_managed_tables_are_not(
    connection: asyncpg.Connection[Any],
) -> None:
    await connection.execute("CREATE ROLE anon; CREATE ROLE authenticated; CREATE ROLE service_role")
    for table in ("storage.objects", "auth.sessions"):
        schema = table.partition(".")[0]
        await connection.execute(
            f"CREATE SCHEMA {schema}; CREATE TABLE {table} (a int); ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;"
            f"CREATE POLICY dead ON {table} FOR SELECT TO anon USING (a = 1)"
        )
    run = await audit(connection, [rule("sec-rls-policy-without-grant")])
    found = {finding.object: (finding.severity, finding.values.get("managed_by")) for finding in run.findings}
    assert found == {
        "storage.objects dead": (Severity.WATCH, None),
        "auth.sessions dead": (Severity.INFO, "schema auth"),
    }
