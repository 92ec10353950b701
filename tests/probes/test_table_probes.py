"""What is told of tables is true on every major: rows, thresholds, sizes, maintenance; nothing is made up."""

from __future__ import annotations

import time

import psycopg
from asking import answer, by, fetch, run

from cryotui.model.text import clean


async def test_kinds_are_told_apart_and_partitioned_tables_claim_no_storage(contract: str) -> None:
    found = await by(contract, "tables", "table")
    kinds = {name: found[name]["kind"] for name in ("molecules", "readings", "readings_2025", "molecule_weights")}
    assert kinds == {
        "molecules": "table", "readings": "partitioned", "readings_2025": "partition", "molecule_weights": "matview",
    }  # fmt: skip
    parent = found["readings"]
    activity = (await by(contract, "table_activity", "oid"))[parent["oid"]]
    assert parent["heap_size"] is None and parent["planned_rows"] == 5000
    assert activity["rows"] is None and activity["dead_rows"] is None
    assert not {"pg_class", "sql_features"} & found.keys()


async def test_a_table_that_was_never_looked_at_has_unknown_rows_and_size_not_none(database_all: str) -> None:
    run(database_all, "CREATE TABLE fresh (i int)")
    row = (await by(database_all, "tables", "table"))["fresh"]
    assert row["planned_rows"] is None and row["maintained"] is False and row["heap_size"] is None
    assert row["last_vacuum_age"] is None and row["last_autoanalyze_age"] is None


async def test_rows_dead_rows_and_the_age_of_vacuum_follow_what_is_done(database_all: str) -> None:
    run(
        database_all,
        "CREATE TABLE t WITH (autovacuum_enabled = off) AS SELECT generate_series(1, 1000) i",
        "VACUUM ANALYZE t",
    )
    run(database_all, "DELETE FROM t WHERE i <= 300")
    row = (await by(database_all, "tables", "table"))["t"]
    assert 0 <= row["last_vacuum_age"] < 60 and row["last_autovacuum_age"] is None
    assert row["maintained"] is True and row["planned_rows"] == 1000
    activity = (await by(database_all, "table_activity", "oid"))[row["oid"]]
    assert (activity["rows"], activity["dead_rows"], activity["modified_rows"]) == (700, 300, 300)
    assert activity["inserted"] == 1000 and activity["deleted"] == 300


async def test_thresholds_follow_the_tables_own_options(database_all: str) -> None:
    run(
        database_all,
        "CREATE TABLE plain AS SELECT generate_series(1, 10000) i",
        "CREATE TABLE own WITH (autovacuum_vacuum_threshold = 7, autovacuum_vacuum_scale_factor = 0.1,"
        " autovacuum_vacuum_insert_threshold = -1, autovacuum_analyze_scale_factor = 0, autovacuum_freeze_max_age = 100000000,"
        " fillfactor = 80) AS SELECT generate_series(1, 10000) i",
        "CREATE TABLE off WITH (autovacuum_enabled = off) AS SELECT generate_series(1, 10000) i",
        "ANALYZE",
    )
    tables, limits = await by(database_all, "tables", "table"), await by(database_all, "table_limits", "oid")
    plain, own, off = (limits[tables[name]["oid"]] for name in ("plain", "own", "off"))
    assert plain["vacuum_threshold"] == 50 + 0.2 * 10000 and plain["analyze_threshold"] == 50 + 0.1 * 10000
    assert plain["insert_threshold"] == 1000 + 0.2 * 10000 and plain["freeze_max_age"] == 200_000_000
    assert own["vacuum_threshold"] == 7 + 0.1 * 10000 and own["analyze_threshold"] == 50
    assert own["insert_threshold"] is None and own["freeze_max_age"] == 100_000_000
    assert (plain["autovacuum_enabled"], own["autovacuum_enabled"], off["autovacuum_enabled"]) == (True, True, False)
    assert 0 <= plain["xid_age"] < 10_000


async def test_server_18_caps_the_threshold_and_counts_inserts_against_unfrozen_pages(database: str) -> None:
    run(
        database,
        "CREATE TABLE capped WITH (autovacuum_vacuum_max_threshold = 500) AS SELECT generate_series(1, 10000) i",
        "CREATE TABLE uncapped WITH (autovacuum_vacuum_max_threshold = -1) AS SELECT generate_series(1, 10000) i",
        "CREATE TABLE frozen AS SELECT generate_series(1, 10000) i",
        "VACUUM ANALYZE capped, uncapped",
        "VACUUM (FREEZE, ANALYZE) frozen",
    )
    tables, limits = await by(database, "tables", "table"), await by(database, "table_limits", "oid")
    assert limits[tables["capped"]["oid"]]["vacuum_threshold"] == 500
    assert limits[tables["uncapped"]["oid"]]["vacuum_threshold"] == 2050
    assert limits[tables["frozen"]["oid"]]["insert_threshold"] == 1000  # nothing is left to freeze


async def test_partitioned_and_temporary_tables_have_no_threshold_because_autovacuum_never_comes(contract: str) -> None:
    with psycopg.connect(contract, autocommit=True) as holder:
        holder.execute("CREATE TEMP TABLE mine (i int)")
        tables, limits = await by(contract, "tables", "table"), await by(contract, "table_limits", "oid")
    for name in ("readings", "mine"):
        found = limits[tables[name]["oid"]]
        assert found["vacuum_threshold"] is None and found["autovacuum_enabled"] is False
    assert tables["mine"]["kind"] == "temporary" and limits[tables["readings"]["oid"]]["xid_age"] is None


async def test_exact_sizes_are_those_of_the_files_and_their_parts_add_up(database_all: str) -> None:
    run(
        database_all,
        "CREATE TABLE t (i int PRIMARY KEY, body text)",
        "INSERT INTO t SELECT n, (SELECT string_agg(md5(n || '.' || p), '') FROM generate_series(1, 200) p)"
        " FROM generate_series(1, 300) n",
    )
    row = (await by(database_all, "table_sizes", "oid"))[fetch(database_all, "SELECT 't'::regclass::oid::int")]
    assert row["size"] == fetch(database_all, "SELECT pg_total_relation_size('t')")
    assert row["index_size"] == fetch(database_all, "SELECT pg_indexes_size('t')")
    assert row["size"] == row["heap_size"] + row["toast_size"] + row["index_size"] and row["toast_size"] > 0


async def test_a_locked_table_is_named_without_sizes_and_the_others_are_told(database_all: str) -> None:
    run(database_all, "CREATE TABLE locked (i int PRIMARY KEY)", "CREATE TABLE free (i int)")
    with psycopg.connect(database_all) as holder:
        holder.execute("LOCK TABLE locked IN ACCESS EXCLUSIVE MODE")
        sizes = await by(database_all, "table_sizes", "oid")
        tables = await by(database_all, "tables", "table")
    free, locked = sizes[tables["free"]["oid"]], sizes[tables["locked"]["oid"]]
    assert not free["locked"] and free["size"] == 0
    assert locked["locked"] and {locked[name] for name in ("size", "heap_size", "toast_size", "index_size")} == {None}


async def test_index_scans_of_a_table_are_those_of_all_its_indexes(database_all: str) -> None:
    run(
        database_all,
        "CREATE TABLE t (i int PRIMARY KEY, k int)",
        "INSERT INTO t SELECT n, n FROM generate_series(1, 5000) n",
        "CREATE INDEX ON t (k)",
        "ANALYZE t",
    )
    oid = fetch(database_all, "SELECT 't'::regclass::oid::int")
    before = (await by(database_all, "table_parts", "oid"))[oid]
    run(database_all, *(f"SELECT * FROM t WHERE {column} = 77" for column in ("i", "k", "k")))
    after = (await by(database_all, "table_parts", "oid"))[oid]
    assert after["indexes"] == 2 and after["idx_scans"] - before["idx_scans"] == 3
    assert after["index_size"] > 0 and after["toast_size"] == 0


async def test_a_reset_of_the_statistics_is_betrayed_by_its_time(database_all: str) -> None:
    run(database_all, "CREATE TABLE t (i int)")
    before = (await answer(database_all, "table_activity")).rows[0]["stats_epoch"]
    run(database_all, "SELECT pg_stat_reset()")
    deadline = time.monotonic() + 60
    while (after := (await answer(database_all, "table_activity")).rows[0]["stats_epoch"]) == before:
        assert time.monotonic() < deadline, "the reset is not seen"
    age = (await answer(database_all, "statistics_age")).rows[0]
    assert after is not None
    assert age["stats_reset"] is not None and 0 <= age["stats_age"] < 60


async def test_without_a_reset_the_statistics_count_at_least_since_the_server_started(database_all: str) -> None:
    age = (await answer(database_all, "statistics_age")).rows[0]
    up = fetch(database_all, "SELECT extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())::float8")
    assert age["stats_reset"] is not None or 0 <= age["stats_age"] <= up


async def test_the_detail_of_a_table_tells_columns_indexes_keys_policies_and_triggers(contract: str) -> None:
    oid = fetch(contract, "SELECT 'molecules'::regclass::oid::int")
    columns = await by(contract, "table_columns", "column", oid)
    assert list(columns) == ["id", "name", "order", "weight"]
    assert columns["name"]["default_text"] == "'x'::text" and columns["name"]["not_null"]
    assert columns["weight"]["type"] == "numeric(9,3)" and columns["name"]["average_width"] == 33
    indexes = await by(contract, "table_indexes", "index", oid)
    assert indexes["molecules_name_idx"]["columns"] == "name" and indexes["molecules_name_idx"]["partial"]
    assert indexes["molecules_lower_idx"]["columns"] == "(expression), id" and indexes["molecules_pkey"]["primary"]
    keys = await by(contract, "table_constraints", "constraint", oid)
    assert keys["molecules_pkey"]["kind"] == "primary key"
    incoming = next(row for row in keys.values() if row["incoming"])
    assert incoming["table"] == "readings" and "REFERENCES" in incoming["definition"]
    policy = (await by(contract, "table_policies", "policy", oid))["own_rows"]
    assert (policy["command"], policy["roles"], policy["using_text"]) == ("ALL", "public", "(id > 0)")
    trigger = (await by(contract, "table_triggers", "trigger", oid))["touch"]
    assert (trigger["timing"], trigger["events"], trigger["level"]) == ("before", "insert or update", "row")
    assert trigger["function"] == "touched" and trigger["fires"] == "on"
    one = (await answer(contract, "table_detail", oid)).rows[0]
    assert one["size"] == fetch(contract, "SELECT pg_total_relation_size('molecules')") and not one["locked"]
    assert one["row_security"] and one["comment"] == "what is kept cold" and one["access_method"] == "heap"


async def test_what_cannot_be_read_behind_a_lock_is_null_and_says_so(contract: str) -> None:
    oid = fetch(contract, "SELECT 'molecules'::regclass::oid::int")
    index = fetch(contract, "SELECT 'molecules_lower_idx'::regclass::oid::int")
    with psycopg.connect(contract) as holder:
        holder.execute("LOCK TABLE molecules IN ACCESS EXCLUSIVE MODE")
        detail = (await answer(contract, "table_detail", oid)).rows[0]
        policy = (await answer(contract, "table_policies", oid)).rows[0]
        columns = await by(contract, "table_columns", "column", oid)
        definition = (await answer(contract, "index_definition", index)).rows[0]
    assert detail["locked"] and detail["size"] is None and detail["options"] is None
    assert policy["locked"] and policy["using_text"] is None
    assert columns["name"]["has_default"] and columns["name"]["default_text"] is None
    assert definition["locked"] and definition["definition"] is None
    free = (await answer(contract, "index_definition", index)).rows[0]
    assert free["definition"].startswith(
        "CREATE INDEX molecules_lower_idx ON public.molecules USING btree (lower(name), id)"
    )


async def test_hostile_names_arrive_whole_and_without_a_character_that_steers_a_terminal(contract: str) -> None:
    from hostile_names import HOSTILE

    tables = await by(contract, "tables", "table")
    indexes = {row["table"]: row for row in (await answer(contract, "indexes")).rows}
    for name in HOSTILE:
        assert tables[clean(name)]["schema"] == "public"
        assert clean(indexes[clean(name)]["index"]) == indexes[clean(name)]["index"]
        oid = tables[clean(name)]["oid"]
        assert [row["column"] for row in (await answer(contract, "table_columns", oid)).rows] == [clean(name)]


async def test_a_standby_does_not_know_dead_rows_and_maintenance_and_says_unknown(hot_standby: str) -> None:
    row = (await by(hot_standby, "tables", "table"))["molecules"]
    activity = (await by(hot_standby, "table_activity", "oid"))[row["oid"]]
    assert row["planned_rows"] == 20000
    assert {activity[name] for name in ("rows", "dead_rows", "modified_rows", "inserted_rows")} == {None}
    assert row["last_vacuum_age"] is None and row["heap_size"] > 0
