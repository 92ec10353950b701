"""Fixes as SQL: what runs in a transaction, what is mere maintenance, where one statement ends."""

from __future__ import annotations

import pytest

from cryotui.model.fixsql import gentle, has_transaction, outside_transaction, statements, waits_without_end


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
        "CREATE UNIQUE INDEX CONCURRENTLY i ON a (b);",
    ],
)
def test_maintenance_that_lets_reads_and_writes_go_on_is_gentle(sql: str) -> None:
    assert gentle(sql)


@pytest.mark.parametrize(
    "sql",
    ["VACUUM (FULL) a;", "VACUUM FULL a;", "REINDEX INDEX a;", "CREATE INDEX i ON a (b);", "DROP INDEX CONCURRENTLY i;",
     "VACUUM a; DELETE FROM a;", "/* VACUUM */ DELETE FROM a;", "ALTER SYSTEM SET fsync = on;", "", "-- VACUUM a;"],
)  # fmt: skip
def test_everything_else_is_not(sql: str) -> None:
    assert not gentle(sql)


def test_what_no_transaction_takes_stands_alone() -> None:
    assert outside_transaction("DROP INDEX CONCURRENTLY i;")
    assert outside_transaction("ALTER TABLE a;", concurrently=True)
    assert not outside_transaction("ALTER TABLE a ENABLE ROW LEVEL SECURITY;")
    assert has_transaction("ALTER TABLE a; COMMIT;")
    assert not has_transaction("ALTER TABLE commit;")
    assert waits_without_end("CREATE INDEX CONCURRENTLY i ON a (b);")
    assert not waits_without_end("VACUUM a; -- not CONCURRENTLY")
