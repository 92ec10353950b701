"""Of two fixes of one object one stands; which things a fix works on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cryotui.model.finding import Finding, Severity
from cryotui.model.fixplan import planned
from cryotui.model.fixrisk import Risk
from cryotui.model.fixtouch import touched


def _found(rule: str, fix: str, kind: str = "table", name: str = "a.b", **values: Any) -> Finding:
    return Finding(rule, Severity.WATCH, name, kind, "evidence", "detail", fix=fix, values=values)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ALTER POLICY p ON a.b USING (x);", 'ALTER POLICY p ON a.b TO "c d";'),
        ("REVOKE EXECUTE ON FUNCTION a.f(text, int) FROM PUBLIC;", "GRANT EXECUTE ON FUNCTION a.f(text, int) TO c;"),
        ("REVOKE EXECUTE ON FUNCTION a.g(), a.f(text) FROM PUBLIC;", "ALTER FUNCTION a.f(text) STABLE;"),
        ("DROP INDEX CONCURRENTLY a.i;", "REINDEX INDEX CONCURRENTLY a.i;"),
        ("DROP INDEX CONCURRENTLY a.i;", "ALTER TABLE a.b ADD CONSTRAINT k PRIMARY KEY USING INDEX i;"),
        ("ALTER TABLE a.b VALIDATE CONSTRAINT c;", "ALTER TABLE a.b DROP CONSTRAINT c;"),
        ('ALTER TABLE "A ""b" ALTER COLUMN c TYPE bigint;', 'UPDATE ONLY "A ""b" AS x SET c = NULL WHERE true;'),
        ("CREATE INDEX CONCURRENTLY i ON a.b (c);", "CREATE INDEX CONCURRENTLY j ON a.b USING btree (c, d);"),
        ("REVOKE SELECT ON a.b FROM c;", "GRANT SELECT ON a.x, a.b TO d;"),
        ("ALTER ROLE r NOBYPASSRLS;", "ALTER ROLE r NOSUPERUSER;"),
        ("ALTER SYSTEM SET work_mem = '4MB';", "ALTER SYSTEM RESET work_mem;"),
        ("SELECT pg_catalog.setval('a.s', 1);", "SELECT setval('a.s', 2);"),
    ],
)
def test_two_fixes_of_one_object_are_seen_and_the_later_is_left_out(one: str, other: str) -> None:
    first, second = _found("rule-a", one), _found("rule-b", other)
    assert touched(first) & touched(second)
    plan = {made.finding.rule: made.earlier for made in planned([first, second])}
    assert sorted(plan.values(), key=str) == sorted([None, first if plan["rule-a"] is None else second], key=str)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("VACUUM a.b;", "ANALYZE a.b;"),
        ("ALTER TABLE a.b VALIDATE CONSTRAINT c;", "ALTER TABLE a.b VALIDATE CONSTRAINT d;"),
        ("ALTER POLICY p ON a.b USING (x);", "ALTER POLICY p ON a.c USING (x);"),
        ("DROP INDEX CONCURRENTLY a.i;", "DROP INDEX CONCURRENTLY a.j;"),
        ("REVOKE SELECT ON a.b FROM c;", 'REVOKE SELECT ON "a.b" FROM c;'),
    ],
)
def test_fixes_of_different_objects_stand_both(one: str, other: str) -> None:
    assert all(made.earlier is None for made in planned([_found("rule-a", one), _found("rule-b", other)]))


def test_two_rules_never_drop_indexes_of_one_table_in_one_run_as_each_may_count_on_the_other() -> None:
    drops = [
        _found("rule-a", "DROP INDEX CONCURRENTLY a.i;", "index", "a.i", schema="a", table="b"),
        _found("rule-b", "DROP INDEX CONCURRENTLY a.j;", "index", "a.j", schema="a", table="b"),
        _found("rule-a", "DROP INDEX CONCURRENTLY a.k;", "index", "a.k", schema="a", table="b"),
    ]
    assert [made.finding.object for made in planned(drops) if made.earlier] == ["a.j"]


def test_the_same_statements_stand_once_and_maintenance_stands_first() -> None:
    fixes = [
        _found("rule-a", "DELETE FROM a.b;"),
        _found("rule-b", "DELETE  FROM a.b;"),
        _found("rule-c", "VACUUM a.b;"),
    ]
    assert [(made.finding.rule, made.same) for made in planned(fixes)] == [
        ("rule-c", False),
        ("rule-a", False),
        ("rule-b", True),
    ]


@pytest.mark.parametrize(("allowed", "runs"), [((), False), (("data",), True)])
def test_a_constraint_that_rows_break_is_validated_after_they_are_mended_or_waits_with_them(
    allowed: tuple[Risk, ...], runs: bool
) -> None:
    names = {"schema": "a", "table": "b", "constraint": "k"}
    validates = _found("rule-a", "ALTER TABLE a.b VALIDATE CONSTRAINT k;", "constraint", "a.b k", **names)
    other = _found(
        "rule-a", "ALTER TABLE a.b VALIDATE CONSTRAINT l;", "constraint", "a.b l", **names | {"constraint": "l"}
    )
    orphans = replace(_found("rule-b", "DELETE FROM a.b;", "columns", "a.b.c", **names), look="SELECT 1 LIMIT 20;")
    plan = planned([validates, orphans, other], allowed)
    assert [one.finding for one in plan] == [other, orphans, validates]
    assert [(one.live, one.after) for one in plan] == [(True, None), (runs, None), (runs, orphans)]


def test_a_constraint_whose_breaking_rows_have_no_fix_waits() -> None:
    names = {"schema": "a", "table": "b", "constraint": "k"}
    validates = _found("rule-a", "ALTER TABLE a.b VALIDATE CONSTRAINT k;", "constraint", "a.b k", **names)
    orphans = Finding("rule-b", Severity.BAD, "a.b.c", "columns", "", "", values=names, look="SELECT 1 LIMIT 20;")
    (waiting,) = planned([orphans, validates], ("data",))
    assert not waiting.live and waiting.after is orphans
