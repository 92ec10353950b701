"""Fixes as SQL: what runs in a transaction, what is mere maintenance, where one statement ends."""

from __future__ import annotations

import pytest

from cryotui.model.fixsql import (
    changes_rows,
    gentle,
    has_transaction,
    outside_transaction,
    statements,
    waits_without_end,
)


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("VACUUM a;", ("VACUUM a;",)),
        ("ALTER TABLE a;\nDROP INDEX b", ("ALTER TABLE a;", "DROP INDEX b;")),
        (
            """DELETE FROM "a;b" WHERE c = ';';\nSELECT $x$;$x$;""",
            ("""DELETE FROM "a;b" WHERE c = ';';""", "SELECT $x$;$x$;"),
        ),
        ("-- look first; then\nVACUUM a;\n-- that is all", ("-- look first; then\nVACUUM a;",)),
        ("-- only; words", ()),
        (";;", ()),
        ("", ()),
    ],
)
def test_a_semicolon_ends_a_statement_only_outside_of_names_strings_and_comments(
    sql: str, found: tuple[str, ...]
) -> None:
    assert statements(sql) == found


@pytest.mark.parametrize(
    "sql",
    [
        "VACUUM a;",
        "VACUUM (FREEZE) a;",
        "ANALYZE a;",
        "REINDEX INDEX CONCURRENTLY a;",
        "CREATE INDEX CONCURRENTLY i ON a (b);",
        "CREATE STATISTICS s ON a, b FROM t;",
        "ALTER TABLE public.child VALIDATE CONSTRAINT cknv;",
        'ALTER TABLE ONLY "a b"."c""d" VALIDATE CONSTRAINT "x y";',
        "ALTER DOMAIN public.d VALIDATE CONSTRAINT c;",
        "ALTER TABLE public.t RESET (autovacuum_enabled, toast.autovacuum_enabled);",
    ],
)
def test_maintenance_that_lets_reads_and_writes_go_on_is_gentle(sql: str) -> None:
    assert gentle(sql)


@pytest.mark.parametrize(
    "sql",
    ["VACUUM (FULL) a;", "VACUUM FULL a;", "REINDEX INDEX a;", "CREATE INDEX i ON a (b);", "DROP INDEX CONCURRENTLY i;",
     "CREATE UNIQUE INDEX CONCURRENTLY i ON a (b);",
     "ALTER TABLE t VALIDATE CONSTRAINT c, DROP COLUMN d;", "ALTER TABLE t VALIDATE CONSTRAINT c; DROP TABLE t;",
     'ALTER TABLE "a VALIDATE CONSTRAINT b" DROP COLUMN c;', "ALTER VIEW v RESET (security_invoker);",
     'REINDEX INDEX "a CONCURRENTLY";', "ALTER TABLE t RESET (fillfactor), DISABLE ROW LEVEL SECURITY;",
     "VACUUM a; DELETE FROM a;", "/* VACUUM */ DELETE FROM a;", "ALTER SYSTEM SET fsync = on;", "", "-- VACUUM a;"],
)  # fmt: skip
def test_everything_else_is_not(sql: str) -> None:
    assert not gentle(sql)


def test_dropping_an_index_is_gentle_only_when_no_query_can_use_it() -> None:
    drop = 'DROP INDEX CONCURRENTLY public."ix 1";'
    assert gentle(drop, invalid=True)
    assert not gentle(drop)
    assert not gentle("DROP INDEX public.i;", invalid=True)
    assert not gentle("DROP INDEX CONCURRENTLY a, b;", invalid=True)


def test_a_fix_that_changes_rows_is_told_from_one_that_changes_definitions() -> None:
    assert changes_rows("-- look first\nDELETE FROM a WHERE b;\nALTER TABLE a ADD c int;")
    assert not changes_rows("ALTER TABLE a ADD c int DEFAULT 'DELETE FROM b';")


def test_what_no_transaction_takes_stands_alone() -> None:
    assert outside_transaction("DROP INDEX CONCURRENTLY i;")
    assert outside_transaction("ALTER TABLE a;", concurrently=True)
    assert not outside_transaction("ALTER TABLE a ENABLE ROW LEVEL SECURITY;")
    assert has_transaction("ALTER TABLE a; COMMIT;")
    assert not has_transaction("ALTER TABLE commit;")
    assert waits_without_end("CREATE INDEX CONCURRENTLY i ON a (b);")
    assert not waits_without_end("VACUUM a; -- not CONCURRENTLY")
