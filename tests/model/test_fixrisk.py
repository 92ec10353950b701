"""What a fix may cost somebody, read from the form of its statements."""

from __future__ import annotations

import pytest

from cryotui.model.fixrisk import Risk, risks


@pytest.mark.parametrize(
    "fix",
    [
        "VACUUM (ANALYZE) a.b;",
        "ANALYZE a.b;",
        "REINDEX INDEX CONCURRENTLY a.b;",
        "CREATE INDEX CONCURRENTLY i ON a.b (c);",
        "ALTER TABLE a.b VALIDATE CONSTRAINT c;",
        'ALTER TABLE a."b c" RESET (autovacuum_enabled);',
        "CREATE INDEX CONCURRENTLY i ON a.b (c);\nALTER INDEX a.j ATTACH PARTITION a.i;",
        "ALTER TABLE a.b ALTER COLUMN c SET STATISTICS -1;\nANALYZE a.b;",
    ],
)
def test_maintenance_costs_nobody_anything(fix: str) -> None:
    assert risks(fix) == ()


@pytest.mark.parametrize(
    ("fix", "risk"),
    [
        ("CREATE UNIQUE INDEX CONCURRENTLY i ON a.b (c);", Risk.DEFINITION),
        ("DROP INDEX CONCURRENTLY a.i;", Risk.DEFINITION),
        ("VACUUM FULL a.b;", Risk.DEFINITION),
        ("CREATE INDEX i ON a.b (c);", Risk.DEFINITION),
        ("ALTER TABLE a.b VALIDATE CONSTRAINT c, DROP CONSTRAINT d;", Risk.DEFINITION),
        ("ALTER TABLE a.b DISABLE TRIGGER t;", Risk.DEFINITION),
        ("SOMETHING NOBODY KNOWS;", Risk.DEFINITION),
        ("GRANT SELECT ON a.b TO c;", Risk.ACCESS),
        ("REVOKE GRANT OPTION FOR SELECT ON a.b FROM c;", Risk.ACCESS),
        ("ALTER POLICY p ON a.b USING (false);", Risk.ACCESS),
        ("ALTER TABLE a.b ENABLE ROW LEVEL SECURITY;", Risk.ACCESS),
        ("ALTER VIEW a.b SET (security_invoker = true);", Risk.ACCESS),
        ("ALTER DEFAULT PRIVILEGES IN SCHEMA a REVOKE ALL ON TABLES FROM c;", Risk.ACCESS),
        ("DELETE FROM a.b;", Risk.DATA),
        ("UPDATE ONLY a.b AS c SET d = NULL;", Risk.DATA),
        ("WITH x AS (DELETE FROM a.b RETURNING 1) SELECT 1;", Risk.DATA),
        ("SELECT pg_catalog.setval('a.s', 1);", Risk.DATA),
        ("ALTER TABLE a.b DROP COLUMN c;", Risk.DATA),
        ("ROLLBACK PREPARED 'x';", Risk.DATA),
        ("ALTER ROLE a NOSUPERUSER;", Risk.CLUSTER),
        ("REVOKE service_role FROM a;", Risk.CLUSTER),
        ("ALTER SYSTEM SET work_mem = '4MB';", Risk.CLUSTER),
        ("SELECT pg_drop_replication_slot('s');", Risk.CLUSTER),
        ("SELECT pg_reload_conf();", Risk.CLUSTER),
    ],
)
def test_what_changes_more_says_what(fix: str, risk: Risk) -> None:
    assert risks(fix) == (risk,)


def test_a_fix_has_the_risks_of_all_its_statements_whatever_its_comments_say() -> None:
    assert risks("/* VACUUM */ UPDATE a SET b = NULL;\nALTER TABLE a ADD CONSTRAINT c CHECK (b > 0);") == (
        Risk.DEFINITION,
        Risk.DATA,
    )


def test_a_rule_may_say_that_its_fix_is_maintenance() -> None:
    assert risks("DROP INDEX CONCURRENTLY a.left_by_a_failed_build;", "gentle") == ()
