"""What is told of indexes is true on every major: use, validity, twins, foreign keys."""

from __future__ import annotations

import contextlib
import threading
import time

import psycopg
import pytest
from asking import answer, by, fetch, run
from lock_scenes import wait_until

from cryotui.model.sample import Row

TABLE = (
    "CREATE TABLE t (a int, b int, c int, s text, n int)",
    "INSERT INTO t SELECT n, n % 7, n % 11, md5(n::text), n FROM generate_series(1, 2000) n",
)
TWINS = {
    "same keys": ("CREATE INDEX one ON t (a)", "CREATE INDEX two ON t (a)", {"two": ("same", "one")}),
    "first of a wider one": ("CREATE INDEX one ON t (a)", "CREATE INDEX two ON t (a, b)", {"one": ("prefix", "two")}),
    "second column only": ("CREATE INDEX one ON t (b)", "CREATE INDEX two ON t (a, b)", {}),
    "other order": ("CREATE INDEX one ON t (a, b)", "CREATE INDEX two ON t (b, a)", {}),
    "other direction": ("CREATE INDEX one ON t (a)", "CREATE INDEX two ON t (a DESC)", {}),
    "other operator class": ("CREATE INDEX one ON t (s)", "CREATE INDEX two ON t (s text_pattern_ops)", {}),
    "other collation": ("CREATE INDEX one ON t (s)", 'CREATE INDEX two ON t (s COLLATE "POSIX")', {}),
    "other method": ("CREATE INDEX one ON t (a)", "CREATE INDEX two ON t USING hash (a)", {}),
    "same hash": ("CREATE INDEX one ON t USING hash (a)", "CREATE INDEX two ON t USING hash (a)", {"two": ("same", "one")}),
    "other predicate": ("CREATE INDEX one ON t (a) WHERE b > 1", "CREATE INDEX two ON t (a) WHERE b > 2", {}),
    "one is partial": ("CREATE INDEX one ON t (a) WHERE b > 1", "CREATE INDEX two ON t (a)", {}),
    "same predicate": (
        "CREATE INDEX one ON t (a) WHERE b > 1", "CREATE INDEX two ON t   (a)   WHERE b > 1", {"two": ("same", "one")},
    ),
    "same expression": ("CREATE INDEX one ON t (lower(s))", "CREATE INDEX  two ON t (  lower(s))", {"two": ("same", "one")}),
    "other expression": ("CREATE INDEX one ON t (lower(s))", "CREATE INDEX two ON t (upper(s))", {}),
    "expression before a column": (
        "CREATE INDEX one ON t (lower(s))", "CREATE INDEX two ON t (lower(s), a)", {"one": ("prefix", "two")},
    ),
    "unique stays": ("CREATE INDEX one ON t (a)", "CREATE UNIQUE INDEX two ON t (a)", {"one": ("same", "two")}),
    "unique is no prefix": ("CREATE UNIQUE INDEX one ON t (a)", "CREATE INDEX two ON t (a, b)", {}),
    "both unique": ("CREATE UNIQUE INDEX one ON t (a)", "CREATE UNIQUE INDEX two ON t (a)", {"two": ("same", "one")}),
    "constraint stays": (
        "CREATE UNIQUE INDEX one ON t (a)", "ALTER TABLE t ADD CONSTRAINT two UNIQUE (a)", {"one": ("same", "two")},
    ),
    "included columns are missed": (
        "CREATE INDEX one ON t (a) INCLUDE (s)", "CREATE INDEX two ON t (a)", {"two": ("same", "one")},
    ),
    "included column is a key of the wider one": (
        "CREATE INDEX one ON t (a) INCLUDE (b)", "CREATE INDEX two ON t (a, b)", {"one": ("prefix", "two")},
    ),
    "replica identity stays": (
        "CREATE UNIQUE INDEX one ON t (n)", "CREATE UNIQUE INDEX two ON t (n)",
        {"one": ("same", "two")},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TWINS)
async def test_an_index_is_called_superfluous_only_when_another_one_can_stand_in(database: str, case: str) -> None:
    first, second, expected = TWINS[case]
    run(database, *TABLE, first, second)
    if case.startswith("replica"):
        run(database, "ALTER TABLE t ALTER n SET NOT NULL", "ALTER TABLE t REPLICA IDENTITY USING INDEX two")
    found = await by(database, "index_twins", "index")
    assert {name: (row["twin"], row["twin_index"]) for name, row in found.items()} == expected


async def test_twins_are_found_on_every_major_whatever_the_places_in_the_statements(database_all: str) -> None:
    run(
        database_all, *TABLE,
        "CREATE INDEX one ON t (lower(s), a) WHERE b > 1 AND s IS NOT NULL",
        "CREATE   INDEX   two   ON   t   (lower(s), a)   WHERE   b > 1   AND   s IS NOT NULL",
        "CREATE INDEX three ON t (a)", "CREATE INDEX four ON t (a, b)", "CREATE INDEX five ON t (a, c)",
    )  # fmt: skip
    found = await by(database_all, "index_twins", "index")
    assert {name: (row["twin"], row["twins"]) for name, row in found.items()} == {
        "two": ("same", 1),
        "three": ("prefix", 2),
    }


async def test_unique_nulls_not_distinct_is_not_the_same_as_unique(database: str) -> None:
    run(database, *TABLE, "CREATE UNIQUE INDEX one ON t (a)", "CREATE UNIQUE INDEX two ON t (a) NULLS NOT DISTINCT")
    assert (await answer(database, "index_twins")).rows == []


async def test_of_two_equal_indexes_the_one_that_is_scanned_more_stays(database: str) -> None:
    run(database, *TABLE, "CREATE INDEX one ON t (a)", "ANALYZE t")
    run(database, *["SELECT * FROM t WHERE a = 5"] * 3, "CREATE INDEX two ON t (a)", "ANALYZE t")
    assert (await by(database, "index_twins", "index"))["two"]["twin_index"] == "one"
    run(database, "DROP INDEX one", *["SELECT * FROM t WHERE a = 5"] * 2, "CREATE INDEX zero ON t (a)")
    assert (await by(database, "index_twins", "index"))["zero"]["twin_index"] == "two"


async def test_scans_and_what_they_read_are_counted_and_the_last_one_dated_where_the_server_knows(
    database_all: str,
) -> None:
    run(database_all, *TABLE, "CREATE INDEX t_a ON t (a)", "ANALYZE t", "SELECT * FROM t WHERE a = 9")
    oid = fetch(database_all, "SELECT 't_a'::regclass::oid::int")
    row = (await by(database_all, "index_scans", "index_oid"))[oid]
    assert (row["scans"], row["rows_read"]) == (1, 1)
    if fetch(database_all, "SELECT current_setting('server_version_num')::int") >= 160000:
        assert 0 <= time.time() - row["last_scan_epoch"] < 60
    else:
        assert row["last_scan_epoch"] is None


async def test_what_rests_on_an_index_is_told(database_all: str) -> None:
    run(
        database_all,
        "CREATE TABLE p (id int PRIMARY KEY, code text UNIQUE, span int4range, EXCLUDE USING gist (span WITH &&))",
        "CREATE INDEX p_upper ON p (upper(code)) WHERE id > 0",
        "CREATE TABLE parts (id int, at date) PARTITION BY RANGE (at)",
        "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
        "CREATE INDEX parts_at ON parts (at)",
    )
    found = await by(database_all, "indexes", "index")
    key, unique, exclusion, plain = (found[name] for name in ("p_pkey", "p_code_key", "p_span_excl", "p_upper"))
    assert (key["primary"], key["unique"], key["constraint"]) == (True, True, "p_pkey")
    assert (unique["primary"], unique["unique"], unique["constraint"]) == (False, True, "p_code_key")
    assert exclusion["exclusion"] and exclusion["access_method"] == "gist"
    assert plain["constraint"] is None and plain["partial"] and plain["table"] == "p" and plain["valid"]
    assert found["parts_at"]["partitioned"] and found["parts_at"]["size"] is None
    attached = next(row for row in found.values() if row["table"] == "parts_1")
    assert attached["attached"] and attached["size"] is not None
    columns = await by(database_all, "index_columns", "index_oid")
    assert columns[plain["index_oid"]]["columns"] == "(expression) where (condition)"


async def test_an_invalid_index_is_told_from_one_that_is_being_built(database_all: str) -> None:
    run(database_all, *TABLE, "INSERT INTO t (a) VALUES (1)")
    with psycopg.connect(database_all, autocommit=True) as builder, contextlib.suppress(psycopg.errors.UniqueViolation):
        builder.execute("CREATE UNIQUE INDEX CONCURRENTLY broken ON t (a)")
    row = (await by(database_all, "indexes", "index"))["broken"]
    assert (row["valid"], row["building"], row["build_pid"]) == (False, False, None)


async def test_a_build_in_progress_is_seen_and_a_plain_role_is_told_that_it_cannot_tell(contract: str) -> None:
    with psycopg.connect(contract) as holder, psycopg.connect(contract, autocommit=True) as builder:
        holder.execute("LOCK TABLE scratch IN ROW EXCLUSIVE MODE")
        pid = builder.info.backend_pid
        thread = threading.Thread(target=_build, args=(builder,), daemon=True)
        thread.start()
        there = (
            "SELECT EXISTS (SELECT FROM pg_stat_progress_create_index WHERE index_relid <> 0 AND phase LIKE 'waiting%')"
        )
        wait_until(lambda: bool(fetch(contract, there)), "the build waits for the holder")
        row = (await by(contract, "indexes", "index"))["scratch_v"]
        blind = (await by(contract, "indexes", "index", user="lab_nobody"))["scratch_v"]
        holder.rollback()
        thread.join(20)
    assert (row["valid"], row["building"], row["build_pid"]) == (False, True, pid)
    assert (blind["valid"], blind["building"]) == (False, None)
    run(contract, "DROP INDEX scratch_v")


def _build(builder: psycopg.Connection[object]) -> None:
    builder.execute("CREATE INDEX CONCURRENTLY scratch_v ON scratch (v)")


KEYS = {
    "same order": ("CREATE INDEX ON f (x, y)", True),
    "other order": ("CREATE INDEX ON f (y, x)", True),
    "wider": ("CREATE INDEX ON f (x, y, z)", True),
    "hash of the first": ("CREATE INDEX ON f USING hash (x)", False),
    "first column only": ("CREATE INDEX ON f (x)", False),
    "one between": ("CREATE INDEX ON f (x, z, y)", False),
    "included only": ("CREATE INDEX ON f (x) INCLUDE (y)", False),
    "other method": ("CREATE INDEX ON f USING brin (x, y)", False),
    "partial on something else": ("CREATE INDEX ON f (x, y) WHERE z > 0", False),
    "partial on not null": ("CREATE INDEX ON f (x, y) WHERE x IS NOT NULL", True),
    "partial on null": ("CREATE INDEX ON f (x, y) WHERE x IS NULL", False),
    "partial on another column's not null": ("CREATE INDEX ON f (x, y) WHERE z IS NOT NULL", False),
    "expression": ("CREATE INDEX ON f ((x + 0), y)", False),
}


@pytest.mark.parametrize("case", KEYS)
async def test_a_foreign_key_is_served_by_an_index_that_begins_with_its_columns_and_by_no_other(
    database: str, case: str
) -> None:
    statement, served = KEYS[case]
    run(
        database,
        "CREATE TABLE p (a int, b int, PRIMARY KEY (a, b))",
        "CREATE TABLE f (x int, y int, z int, CONSTRAINT f_p FOREIGN KEY (x, y) REFERENCES p ON DELETE SET NULL)",
        statement,
    )
    row = (await by(database, "foreign_keys", "constraint"))["f_p"]
    assert bool(row["index_oids"]) is served
    assert (row["columns"], row["referenced_columns"], row["on_delete"]) == ("x, y", "a, b", "set null")


async def test_foreign_keys_tell_both_tables_and_leave_out_those_of_partitions(contract: str) -> None:
    found: dict[str, Row] = await by(contract, "foreign_keys", "constraint")
    assert list(found) == ["readings_molecule_id_fkey"]
    row = found["readings_molecule_id_fkey"]
    assert (row["table"], row["referenced_table"], row["on_delete"]) == ("readings", "molecules", "cascade")
    assert row["rows"] == 5000 and row["referenced_rows"] == 20000 and row["index_oids"] is None
    run(contract, "CREATE INDEX readings_molecule_idx ON readings (molecule_id)")
    try:
        served = (await by(contract, "foreign_keys", "constraint"))["readings_molecule_id_fkey"]
        oid = fetch(contract, "SELECT 'readings_molecule_idx'::regclass::oid::int")
        assert served["index_oids"] == [oid]
    finally:
        run(contract, "DROP INDEX readings_molecule_idx")
