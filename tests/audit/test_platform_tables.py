"""Rules about storage, auth and Realtime: what the platform has not made is nothing wrong, what is hidden is not passed."""

from __future__ import annotations

from typing import Any

import asyncpg
from dial import Connect

from cryotui.audit import audit, rule
from cryotui.model.finding import AuditRun

OF_THE_PLATFORM = (
    "sec-auth-users-exposed",
    "sec-public-bucket-listing",
    "sec-realtime-without-rls",
    "sec-rls-user-metadata",
    "sec-storage-write-open",
)
STORAGE = (
    "CREATE ROLE anon; CREATE SCHEMA storage;"
    "CREATE TABLE storage.buckets (id text PRIMARY KEY, public boolean);"
    "INSERT INTO storage.buckets VALUES ('avatars', true);"
    "CREATE TABLE storage.objects (id int, bucket_id text, name text);"
    "ALTER TABLE storage.objects ENABLE ROW LEVEL SECURITY; GRANT SELECT ON storage.objects TO anon;"
    "CREATE POLICY listed ON storage.objects FOR SELECT TO anon USING (bucket_id = 'avatars');"
)


async def _run(connection: asyncpg.Connection[Any], *ids: str) -> AuditRun:
    return await audit(connection, [rule(rule_id) for rule_id in ids])


async def test_without_the_platform_there_is_nothing_to_be_wrong(connection: asyncpg.Connection[Any]) -> None:
    run = await _run(connection, *OF_THE_PLATFORM)
    assert [result.rule for result in run.passed] == list(OF_THE_PLATFORM)


async def test_buckets_that_the_role_may_not_read_are_not_passed_and_the_grant_is_named(
    connection: asyncpg.Connection[Any],
) -> None:
    await connection.execute(STORAGE + "CREATE ROLE lab_plain; SET LOCAL ROLE lab_plain")
    missing = (await _run(connection, "sec-public-bucket-listing")).results[0].missing
    assert missing is not None
    assert missing.kind == "privilege"
    assert "lab_plain may not read storage.buckets (storage.objects listed)" in missing.sentence
    for grant in (missing.remedy or "").splitlines():
        await connection.execute(f"RESET ROLE; {grant}")
    await connection.execute("SET LOCAL ROLE lab_plain")
    assert [found.evidence for found in (await _run(connection, "sec-public-bucket-listing")).findings] == [
        "anon lists avatars"
    ]


async def test_buckets_that_row_security_hides_are_not_passed(inside: asyncpg.Connection[Any]) -> None:
    await inside.execute(
        STORAGE + "ALTER TABLE storage.buckets ENABLE ROW LEVEL SECURITY; CREATE ROLE lab_plain;"
        "GRANT USAGE ON SCHEMA storage TO lab_plain; GRANT SELECT ON storage.buckets TO lab_plain;"
        "SET LOCAL ROLE lab_plain"
    )
    result = (await _run(inside, "sec-public-bucket-listing")).results[0]
    assert result.missing is not None
    assert not result.findings


async def test_no_public_bucket_no_finding(inside: asyncpg.Connection[Any]) -> None:
    await inside.execute(STORAGE + "UPDATE storage.buckets SET public = false")
    assert [result.rule for result in (await _run(inside, "sec-public-bucket-listing")).passed]


async def test_a_condition_that_calls_a_function_is_never_run_by_the_audit(inside: asyncpg.Connection[Any]) -> None:
    await inside.execute(
        STORAGE + "DROP POLICY listed ON storage.objects;"
        "CREATE FUNCTION public.trap(text, text) RETURNS boolean LANGUAGE plpgsql AS"
        " $$BEGIN RAISE EXCEPTION 'the trap was run'; END$$;"
        "CREATE OPERATOR public.=== (LEFTARG = text, RIGHTARG = text, FUNCTION = public.trap);"
        "CREATE POLICY by_function ON storage.objects FOR SELECT TO anon USING (public.trap(bucket_id, 'a'));"
        "CREATE POLICY by_operator ON storage.objects FOR SELECT TO anon USING (bucket_id OPERATOR(public.===) 'a')"
    )
    assert [result.rule for result in (await _run(inside, "sec-public-bucket-listing")).passed]


async def test_a_locked_table_leaves_its_policy_unknown_and_does_not_hold_the_audit_up(
    connect: Connect, database: str
) -> None:
    connection, other = await connect(database), await connect(database)
    await connection.execute(
        "CREATE SCHEMA auth; CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE AS $$SELECT '{}'::jsonb$$;"
        "CREATE TABLE public.t (id int); ALTER TABLE public.t ENABLE ROW LEVEL SECURITY;"
        "CREATE POLICY chief ON public.t USING (auth.jwt() -> 'user_metadata' ->> 'role' = 'chief')"
    )
    async with other.transaction():
        await other.execute("LOCK TABLE public.t IN ACCESS EXCLUSIVE MODE")
        missing = (await _run(connection, "sec-rls-user-metadata")).results[0].missing
        assert missing is not None
        assert "another session holds the table exclusively (public.t chief)" in missing.sentence
    assert [found.object for found in (await _run(connection, "sec-rls-user-metadata")).findings] == ["public.t chief"]


async def test_a_publication_of_all_tables_or_of_a_schema_counts_for_realtime(
    connection: asyncpg.Connection[Any],
) -> None:
    await connection.execute("CREATE SCHEMA lab; CREATE TABLE lab.t (id int PRIMARY KEY)")
    await connection.execute("CREATE PUBLICATION supabase_realtime FOR ALL TABLES")
    found = [finding.object for finding in (await _run(connection, "sec-realtime-without-rls")).findings]
    assert found == ["lab.t"]
    if connection.get_server_version().major < 15:
        return
    await connection.execute("DROP PUBLICATION supabase_realtime; CREATE TABLE public.lab_other (id int)")
    await connection.execute("CREATE PUBLICATION supabase_realtime FOR TABLES IN SCHEMA lab")
    found = [finding.object for finding in (await _run(connection, "sec-realtime-without-rls")).findings]
    assert found == ["lab.t"]
