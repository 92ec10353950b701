"""What Supabase's splinter detects is found here on the same objects, and what it reports without cause is not.

One database in Supabase's shape, one bad object or more for each lint. The objects, and the cases that each lint misses
or reports wrongly, are ours; the numbers are splinter's.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import asyncpg
from judging import until

from cryotui.audit import audit, rule
from cryotui.model.finding import AuditRun

PLATFORM = """
CREATE ROLE anon; CREATE ROLE authenticated; CREATE ROLE service_role BYPASSRLS; CREATE ROLE authenticator LOGIN NOINHERIT;
GRANT anon, authenticated, service_role TO authenticator;
ALTER ROLE authenticator SET pgrst.db_schemas = 'public, graphql_public, pgmq_public';
CREATE SCHEMA auth; CREATE SCHEMA storage; CREATE SCHEMA extensions; CREATE SCHEMA pgmq; CREATE SCHEMA pgmq_public;
GRANT USAGE ON SCHEMA public, auth, storage, pgmq, pgmq_public TO anon, authenticated, service_role;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO anon, authenticated, service_role;
CREATE TABLE auth.users (id uuid PRIMARY KEY, email text UNIQUE, raw_user_meta_data jsonb);
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS $$SELECT current_setting('request.jwt.claim.sub', true)::uuid$$;
CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE AS $$SELECT current_setting('request.jwt.claims', true)::jsonb$$;
CREATE FUNCTION auth.role() RETURNS text LANGUAGE sql STABLE AS $$SELECT current_setting('request.jwt.claim.role', true)$$;
CREATE TABLE storage.buckets (id text PRIMARY KEY, name text, public boolean);
CREATE TABLE storage.objects (id uuid PRIMARY KEY, bucket_id text, name text);
ALTER TABLE storage.objects ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON storage.objects TO anon;
CREATE TABLE public.closed (id int PRIMARY KEY);
ALTER TABLE public.closed ENABLE ROW LEVEL SECURITY;
CREATE POLICY few ON public.closed FOR SELECT TO authenticated USING (id > 1);
"""
"""Roles, schemas, functions and rights as the platform makes them; ``closed`` is nothing wrong."""


class Lint(NamedTuple):
    """A lint of splinter's: the rule of ours, bad objects, what is found of them, what must not be found."""

    number: str
    rule: str
    sql: str
    found: tuple[str, ...]
    silent: tuple[str, ...] = ()


LINTS = (
    Lint(
        "0001 unindexed_foreign_keys", "perf-fk-unindexed",
        "CREATE TABLE public.l01 (id int PRIMARY KEY, a int, b int, c int REFERENCES public.l01, d int REFERENCES public.l01,"
        " e int REFERENCES public.l01, f int REFERENCES public.l01, UNIQUE (a, b));"
        "CREATE TABLE public.l01_pair (id int PRIMARY KEY, a int, b int, FOREIGN KEY (a, b) REFERENCES public.l01 (a, b));"
        "CREATE INDEX ON public.l01_pair (b, a); CREATE INDEX ON public.l01 (d) WHERE a > 5;"
        "CREATE INDEX ON public.l01 USING brin (e); CREATE INDEX ON public.l01 (f, a)",
        ("public.l01.c", "public.l01.d", "public.l01.e"), ("public.l01.f", "public.l01_pair(a, b)"),
    ),
    Lint(
        "0002 auth_users_exposed", "sec-auth-users-exposed",
        "CREATE VIEW public.l02 AS SELECT email FROM auth.users; CREATE VIEW public.l02_deeper AS SELECT * FROM public.l02;"
        "CREATE MATERIALIZED VIEW public.l02_copy AS SELECT email FROM auth.users;"
        "CREATE VIEW public.l02_invoker WITH (security_invoker) AS SELECT email FROM auth.users",
        ("public.l02", "public.l02_copy", "public.l02_deeper"), ("public.l02_invoker",),
    ),
    Lint(
        "0003 auth_rls_initplan", "perf-rls-initplan",
        "CREATE TABLE public.l03 (id uuid PRIMARY KEY, who uuid, role text); ALTER TABLE public.l03 ENABLE ROW LEVEL SECURITY;"
        "CREATE POLICY bare ON public.l03 FOR SELECT TO authenticated USING (who = auth.uid());"
        "CREATE POLICY checks ON public.l03 FOR INSERT TO authenticated WITH CHECK (role = auth.role());"
        "CREATE POLICY setting ON public.l03 FOR DELETE TO authenticated USING (role = current_setting('app.role', true));"
        "CREATE POLICY mixed ON public.l03 FOR UPDATE TO authenticated USING (who = (SELECT auth.uid()) OR id = auth.uid());"
        "CREATE POLICY once ON public.l03 AS RESTRICTIVE TO authenticated USING (role = (SELECT auth.jwt() ->> 'r'))",
        ("public.l03 bare", "public.l03 checks", "public.l03 mixed", "public.l03 setting"), ("public.l03 once",),
    ),
    Lint(
        "0004 no_primary_key", "int-no-primary-key",
        "CREATE TABLE public.l04 (a int); CREATE UNLOGGED TABLE public.l04_unlogged (a int);"
        "CREATE TABLE public.l04_root (a int) PARTITION BY RANGE (a);"
        "CREATE TABLE public.l04_leaf PARTITION OF public.l04_root DEFAULT",
        ("public.l04", "public.l04_root", "public.l04_unlogged"), ("public.l04_leaf",),
    ),
    Lint(
        "0005 unused_index", "perf-unused-index",
        "CREATE TABLE public.l05 (id int PRIMARY KEY, a int, b int REFERENCES public.closed);"
        "CREATE INDEX l05_a ON public.l05 (a); CREATE INDEX l05_b ON public.l05 (b)",
        ("public.l05_a",), ("public.l05_b",),
    ),
    Lint(
        "0006 multiple_permissive_policies", "perf-rls-multiple-permissive",
        "CREATE TABLE public.l06 (id int PRIMARY KEY); ALTER TABLE public.l06 ENABLE ROW LEVEL SECURITY;"
        "CREATE POLICY one ON public.l06 USING (id > 1); CREATE POLICY two ON public.l06 FOR UPDATE TO anon USING (id > 2)",
        ("public.l06",), ("public.closed",),
    ),
    Lint(
        "0007 policy_exists_rls_disabled", "sec-policy-rls-disabled",
        "CREATE SCHEMA inside; CREATE TABLE inside.l07 (id int PRIMARY KEY); CREATE POLICY idle ON inside.l07 USING (id > 1)",
        ("inside.l07",), ("public.closed",),
    ),
    Lint(
        "0007, served by the API", "sec-rls-disabled-exposed",
        "CREATE TABLE public.l07 (id int PRIMARY KEY); CREATE POLICY idle ON public.l07 USING (id > 1)",
        ("public.l07",),
    ),
    Lint(
        "0008 rls_enabled_no_policy", "sec-rls-no-policy",
        "CREATE TABLE public.l08 (id int PRIMARY KEY); ALTER TABLE public.l08 ENABLE ROW LEVEL SECURITY",
        ("public.l08",), ("public.closed",),
    ),
    Lint(
        "0009 duplicate_index", "perf-duplicate-index",
        "CREATE TABLE public.l09 (id int PRIMARY KEY, a int, b text); CREATE INDEX a ON public.l09 (a);"
        "CREATE INDEX l09_a ON public.l09 (a); CREATE INDEX l09_x ON public.l09 (lower(b)) WHERE a > 1;"
        "CREATE INDEX l09_y ON public.l09 (lower(b)) WHERE a > 1; CREATE INDEX l09_like ON public.l09 (b text_pattern_ops);"
        "CREATE INDEX l09_b ON public.l09 (b)",
        ("public.l09_a", "public.l09_y"), ("public.l09_like", "public.l09_b"),
    ),
    Lint(
        "0010 security_definer_view", "sec-security-definer-view",
        "CREATE TABLE public.l10_private (id int PRIMARY KEY); REVOKE ALL ON public.l10_private FROM anon, authenticated;"
        "CREATE VIEW public.l10 AS SELECT * FROM public.l10_private;"
        "CREATE VIEW public.l10_hashes AS SELECT rolpassword FROM pg_catalog.pg_authid;"
        "CREATE VIEW public.l10_one AS SELECT 1 AS one;"
        "CREATE VIEW public.l10_invoker WITH (security_invoker = t) AS SELECT * FROM public.l10_private",
        ("public.l10", "public.l10_hashes"), ("public.l10_one", "public.l10_invoker"),
    ),
    Lint(
        "0010, around row security", "sec-view-bypasses-rls", "CREATE VIEW public.l10_around AS SELECT * FROM public.closed",
        ("public.l10_around",),
    ),
    Lint(
        "0011 function_search_path_mutable", "sec-function-search-path",
        "CREATE FUNCTION public.l11() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';"
        "CREATE FUNCTION public.l11_owner() RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RETURN 1; END';"
        "CREATE PROCEDURE public.l11_work() LANGUAGE plpgsql AS 'BEGIN NULL; END';"
        "CREATE FUNCTION public.l11_sql() RETURNS int LANGUAGE sql AS 'SELECT 1';"
        "CREATE FUNCTION public.l11_bound() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; END;"
        "CREATE AGGREGATE public.l11_total(int) (SFUNC = int4pl, STYPE = int)",
        ("public.l11()", "public.l11_owner()", "public.l11_sql()", "public.l11_work()"),
        ("public.l11_bound()", "public.l11_total(integer)"),
    ),
    Lint(
        "0013 rls_disabled_in_public", "sec-rls-disabled-exposed",
        "CREATE TABLE public.l13 (id int PRIMARY KEY);"
        "CREATE TABLE public.l13_root (id int PRIMARY KEY) PARTITION BY RANGE (id);"
        "CREATE TABLE public.l13_column (id int PRIMARY KEY, a int); REVOKE ALL ON public.l13_column FROM anon, authenticated;"
        "GRANT SELECT (a) ON public.l13_column TO anon;"
        "CREATE TABLE public.l13_write (id int PRIMARY KEY); REVOKE ALL ON public.l13_write FROM anon, authenticated;"
        "GRANT INSERT ON public.l13_write TO anon",
        ("public.l13", "public.l13_column", "public.l13_root", "public.l13_write"), ("public.closed", "public.l10_private"),
    ),
    Lint("0014 extension_in_public", "sec-extension-in-public", "CREATE EXTENSION citext SCHEMA public", ("citext",)),
    Lint(
        "0015 rls_references_user_metadata", "sec-rls-user-metadata",
        "CREATE TABLE public.l15 (id int PRIMARY KEY); ALTER TABLE public.l15 ENABLE ROW LEVEL SECURITY;"
        "CREATE POLICY token ON public.l15 TO authenticated"
        " USING ((SELECT auth.jwt() -> 'user_metadata' ->> 'role') = 'chief');"
        "CREATE POLICY stored ON public.l15 FOR UPDATE TO authenticated USING ((SELECT u.raw_user_meta_data ->> 'role'"
        " FROM auth.users AS u WHERE u.id = (SELECT auth.uid())) = 'chief');"
        "CREATE POLICY app ON public.l15 FOR DELETE TO authenticated"
        " USING ((SELECT auth.jwt() -> 'app_metadata' ->> 'role') = 'chief')",
        ("public.l15 stored", "public.l15 token"), ("public.l15 app",),
    ),
    Lint(
        "0016 materialized_view_in_api", "sec-matview-in-api",
        "CREATE MATERIALIZED VIEW public.l16 AS SELECT * FROM public.closed", ("public.l16",),
    ),
    Lint(
        "0017 foreign_table_in_api", "sec-foreign-table-in-api",
        "CREATE FOREIGN DATA WRAPPER l17; CREATE SERVER l17 FOREIGN DATA WRAPPER l17;"
        "CREATE FOREIGN TABLE public.l17 (a int) SERVER l17",
        ("public.l17",),
    ),
    Lint(
        "0018 unsupported_reg_types", "sch-upgrade-blockers",
        "CREATE TABLE public.l18 (id int PRIMARY KEY, f regproc, o regoperator, c regconfig, t regclass)",
        ("public.l18.c", "public.l18.f", "public.l18.o"), ("public.l18.t",),
    ),
    Lint(
        "0019 insecure_queue_exposed_in_api", "sec-queue-exposed",
        "CREATE TABLE pgmq.q_mail (msg_id int PRIMARY KEY); CREATE TABLE pgmq.quota (n int PRIMARY KEY);"
        "GRANT SELECT ON pgmq.q_mail, pgmq.quota TO anon",
        ("pgmq.q_mail",), ("pgmq.quota",),
    ),
    Lint(
        "0021 fkey_to_auth_unique", "sec-fkey-to-auth-unique",
        "CREATE TABLE public.l21 (id int PRIMARY KEY, email text REFERENCES auth.users (email),"
        " who uuid REFERENCES auth.users (id))",
        ("public.l21 l21_email_fkey",), ("public.l21 l21_who_fkey",),
    ),
    Lint(
        "0022 extension_versions_outdated", "sec-extension-outdated",
        "UPDATE pg_catalog.pg_extension SET extversion = '1.4' WHERE extname = 'citext'", ("citext",),
    ),
    Lint(
        "0023 sensitive_columns_exposed", "sec-sensitive-columns",
        'CREATE TABLE public.l23 (id int PRIMARY KEY, password text); CREATE TABLE public.l23_key (id int, "Api-Key" text);'
        "CREATE TABLE public.l23_card (id int, card_number text); CREATE TABLE public.l23_hash (id int, password_hash text);"
        "CREATE TABLE public.l23_plain (id int, treatment text)",
        ("public.l23", "public.l23_card", "public.l23_hash", "public.l23_key"), ("public.l23_plain",),
    ),
    Lint(
        "0024 rls_policy_always_true", "sec-rls-always-true",
        "CREATE TABLE public.l24 (id int PRIMARY KEY, a int NOT NULL); ALTER TABLE public.l24 ENABLE ROW LEVEL SECURITY;"
        "CREATE POLICY everything ON public.l24 USING (true);"
        "CREATE POLICY adds ON public.l24 FOR INSERT TO authenticated WITH CHECK (true);"
        "CREATE POLICY changes ON public.l24 FOR UPDATE TO anon USING (true) WITH CHECK (id > 1);"
        "CREATE POLICY becomes ON public.l24 FOR UPDATE TO anon USING (id > 1) WITH CHECK (true);"
        "CREATE POLICY removes ON public.l24 FOR DELETE TO anon USING (1 = 1);"
        "CREATE POLICY never_null ON public.l24 FOR DELETE TO anon USING (a IS NOT NULL);"
        "CREATE POLICY served ON public.l24 TO service_role USING (true)",
        tuple(f"public.l24 {name}" for name in ("adds", "becomes", "changes", "everything", "never_null", "removes")),
        ("public.l24 served",),
    ),
    Lint(
        "0025 public_bucket_allows_listing", "sec-public-bucket-listing",
        "INSERT INTO storage.buckets VALUES ('avatars', 'avatars', true), ('papers', 'papers', false);"
        "CREATE POLICY avatars ON storage.objects FOR SELECT TO anon USING (bucket_id = 'avatars');"
        "CREATE POLICY papers ON storage.objects FOR SELECT TO anon USING (bucket_id = 'papers')",
        ("storage.objects avatars",), ("storage.objects papers",),
    ),
    Lint(
        "0026 pg_graphql_anon_table_exposed", "sec-graphql-anon-visible",
        # the extension is not made for all servers; its name is what counts
        "UPDATE pg_catalog.pg_extension SET extname = 'pg_graphql' WHERE extname = 'plpgsql';"
        "CREATE TABLE public.l26_private (id int PRIMARY KEY); REVOKE ALL ON public.l26_private FROM anon",
        ("public.closed", "public.l13", "public.l16"), ("public.l26_private",),
    ),
    Lint("0027 pg_graphql_authenticated_table_exposed", "sec-graphql-authenticated-visible", "", ("public.l26_private",)),
    Lint(
        "0028 anon_security_definer_function_executable", "sec-definer-function-anon",
        "CREATE FUNCTION public.l28() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1';"
        "CREATE FUNCTION public.l28_row() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''"
        " AS 'BEGIN RETURN NEW; END'",
        ("public.l28()",), ("public.l28_row()",),
    ),
    Lint(
        "0029 authenticated_security_definer_function_executable", "sec-definer-function-authenticated",
        "CREATE FUNCTION public.l29() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1';"
        "REVOKE EXECUTE ON FUNCTION public.l29() FROM PUBLIC; GRANT EXECUTE ON FUNCTION public.l29() TO authenticated",
        ("public.l29()",), ("public.l28_row()",),
    ),
)  # fmt: skip
LIMITS = {"perf-unused-index.mb": 0, "perf-unused-index.days": 0}
"""The index of the example is small, and the counters are as old as the server."""

ANALYSED = "SELECT pg_stat_get_analyze_count('public.l20'::regclass) > 0"


async def _run(connection: asyncpg.Connection[Any]) -> AuditRun:
    await connection.execute(PLATFORM + "".join(f"{lint.sql};" for lint in LINTS if lint.sql))
    return await audit(connection, [rule(rule_id) for rule_id in {lint.rule: None for lint in LINTS}], limits=LIMITS)


async def test_what_splinter_detects_is_found_on_the_same_objects_and_its_false_alarms_are_not(
    inside: asyncpg.Connection[Any],
) -> None:
    run = await _run(inside)
    assert [result.missing for result in run.unchecked] == []
    found: dict[str, set[str]] = {}
    for finding in run.counted:
        found.setdefault(finding.rule, set()).add(finding.object)
    missed = {lint.number: set(lint.found) - found.get(lint.rule, set()) for lint in LINTS}
    assert {number: objects for number, objects in missed.items() if objects} == {}
    wrong = {lint.number: set(lint.silent) & found.get(lint.rule, set()) for lint in LINTS}
    assert {number: objects for number, objects in wrong.items() if objects} == {}


async def test_a_bloated_table_is_found_that_splinter_0020_would_need_seventy_times_its_rows_for(
    own: asyncpg.Connection[Any],
) -> None:
    await own.execute("CREATE TABLE public.l20 (id int PRIMARY KEY, note text) WITH (autovacuum_enabled = off)")
    await own.execute("INSERT INTO public.l20 SELECT n, repeat('x', 100) FROM generate_series(1, 10000) AS n")
    await own.execute("DELETE FROM public.l20 WHERE id % 10 <> 0")
    await own.execute("SELECT pg_stat_force_next_flush()")
    await own.execute("ANALYZE public.l20")

    async def counted() -> bool:
        await own.execute("SELECT pg_stat_clear_snapshot()")
        return bool(await own.fetchval(ANALYSED))

    await until(counted)
    run = await audit(own, [rule("perf-table-bloat")], limits={"perf-table-bloat.mb": 0.1})
    assert [finding.object for finding in run.counted] == ["public.l20"]
