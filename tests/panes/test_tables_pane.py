"""Tables on a real server: what is overdue, bloated, never looked after; honest dashes; names of any kind; any width."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from asking import fetch, run
from hostile_names import HOSTILE, quoted
from live_pane import LivePane, as_user, live
from lock_scenes import scene, wait_until

from cryotui.demo.cluster import Cluster
from cryotui.model.layout import row_mark, row_marks
from cryotui.model.pane import Moment, Table
from cryotui.model.sample import Missing, Row, Sample
from cryotui.model.settings import Settings
from cryotui.model.text import cells, clean
from cryotui.panes.names import bare
from cryotui.panes.table_columns import COLUMNS
from cryotui.panes.tables import PANE
from cryotui.panes.tableset import table_set
from cryotui.probes import probe

MB = 1024 * 1024


def table(moment: Moment, name: str) -> Row:
    return next(row for row in moment.rows("tables") if row["table"] == name)


def marks(moment: Moment, name: str) -> dict[str, str]:
    return dict(row_marks(COLUMNS, table(moment, name), moment))


def cell(moment: Moment, name: str, column: str) -> str:
    return next(one for one in COLUMNS if one.name == column).text(table(moment, name), moment)


async def detailed(pane: LivePane, name: str, width: int = 120) -> str:
    """Everything that Enter shows of a table."""
    row = table(pane.moment(), name)
    for asked in PANE.detail_probes:
        pane.moments.samples[asked] = await pane.session.sample(probe(asked), (row["oid"],))
    lines: list[str] = []
    for block in PANE.detail(row, pane.moment(), width):
        lines += ["".join(text for text, _ in line) for line in getattr(block, "lines", ())]
        lines += [block.title] if hasattr(block, "title") else []
    assert all(cells(line) <= width for line in lines), [line for line in lines if cells(line) > width]
    return "\n".join(lines)


async def test_dead_rows_past_the_tables_own_threshold_are_overdue_and_come_first(database: str) -> None:
    run(
        database,
        "CREATE TABLE overdue WITH (autovacuum_enabled = off) AS SELECT generate_series(1, 20000) i",
        "CREATE TABLE fine AS SELECT generate_series(1, 20000) i",
        "VACUUM ANALYZE overdue, fine",
        "DELETE FROM overdue WHERE i % 2 = 0",
    )
    async with live(database, "tables") as pane:
        moment = await pane.turn()
        lines = pane.lines()
        assert [row["table"] for row in moment.rows("tables")] and lines[2].startswith("▸■ overdue")
        assert cell(moment, "overdue", "due") == "2.5×" and cell(moment, "fine", "due") == "0.0×"
        assert cell(moment, "overdue", "dead_share") == "50%" and cell(moment, "overdue", "vacuum").endswith("s hand")
        assert marks(moment, "overdue") == {"due": "watch", "dead_share": "bad"} and marks(moment, "fine") == {}
        assert (
            PANE.line(table(moment, "overdue"), moment) == "overdue 10k dead, threshold 4.05k; autovacuum is off for it"
        )
        assert PANE.worst(moment) == "bad"
        assert {view.name: view.count(moment) for view in PANE.views if view.count} == {
            "all": 2, "vacuum": 1, "bloat": 0, "never": 0,
        }  # fmt: skip
        assert "fine" not in pane.text("vacuum") and "overdue" in pane.text("vacuum")


async def test_vacuum_moves_the_age_and_takes_the_table_out_of_the_list_of_overdue_ones(database: str) -> None:
    run(
        database,
        "CREATE TABLE t WITH (autovacuum_enabled = off) AS SELECT generate_series(1, 20000) i",
        "DELETE FROM t",
    )
    async with live(database, "tables") as pane:
        before = await pane.turn()
        assert cell(before, "t", "vacuum") == "never" and "t" in pane.text("vacuum").split()
        run(database, "VACUUM t")
        after = await pane.turn()
        assert cell(after, "t", "vacuum").endswith("s hand") and cell(after, "t", "analyze") == "never"
        assert "No table is overdue for vacuum. 1 table looked at." in pane.text("vacuum")


async def test_never_looked_after_is_marked_from_ten_thousand_rows_on(database: str) -> None:
    for name, rows in (("large", 12000), ("tiny", 20)):
        run(database, f"CREATE TABLE {name} WITH (autovacuum_enabled = off) AS SELECT generate_series(1, {rows}) i")
    async with live(database, "tables") as pane:
        moment = await pane.turn()
        assert marks(moment, "large") == {"vacuum": "watch", "analyze": "watch"} and marks(moment, "tiny") == {}
        assert PANE.line(table(moment, "large"), moment) == "large was never vacuumed nor analyzed: the planner guesses"
        text = pane.text("never")
        assert "large" in text and "tiny" in text and cell(moment, "tiny", "rows") == "20"
        assert cell(moment, "large", "bloat_by") == "small" and cell(moment, "large", "size") != "-"
        run(database, "SELECT pg_stat_reset()")
        run(database, "INSERT INTO large SELECT generate_series(1, 12000)")
        fresh = await pane.turn()
        assert marks(fresh, "large") == {}  # statistics that began just now cannot say never


async def test_behind_a_lock_sizes_are_estimates_and_toast_and_bloat_are_not_known(database: str) -> None:
    run(
        database,
        "CREATE TABLE t WITH (autovacuum_enabled = off) AS SELECT n, md5(n::text) AS s FROM generate_series(1, 50000) n",
        "VACUUM ANALYZE t",
        "DELETE FROM t WHERE n % 4 = 0",
    )
    async with live(database, "tables") as pane:
        free = await pane.turn()
        assert cell(free, "t", "bloat").startswith("≈") and cell(free, "t", "toast_size") != "-"
        assert not cell(free, "t", "size").startswith("≈")
        with psycopg.connect(database) as holder:
            holder.execute("LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
            moment = await pane.turn()
        assert cell(moment, "t", "size").startswith("≈") and cell(moment, "t", "heap_size").startswith("≈")
        assert cell(moment, "t", "toast_size") == "-"
        assert (cell(moment, "t", "bloat"), cell(moment, "t", "bloat_by")) == ("-", "locked")


async def test_a_table_under_vacuum_says_now_and_who_does_it(database: str) -> None:
    run(
        database,
        "CREATE TABLE t WITH (autovacuum_enabled = off) AS SELECT generate_series(1, 200000) i",
        "DELETE FROM t",
    )
    with scene(database) as made:
        made.watcher.execute("SELECT 1")
        slow = ("SET vacuum_cost_delay = '50ms'", "SET vacuum_cost_limit = 20")
        vacuum = made.session("nightly", *slow, autocommit=True)
        import threading

        thread = threading.Thread(target=_until_cancelled, args=(vacuum,), daemon=True)
        thread.start()
        seen = "SELECT EXISTS (SELECT FROM pg_stat_progress_vacuum WHERE relid = 't'::regclass)"
        wait_until(lambda: bool(fetch(database, seen)), "vacuum runs")
        async with live(database, "tables") as pane:
            moment = await pane.turn()
            pid = vacuum.info.backend_pid
            assert cell(moment, "t", "vacuum") == "now" and "vacuum" not in marks(moment, "t")
            assert PANE.line(table(moment, "t"), moment) == f"t is vacuumed now by {pid}; 8 Progress shows how far"
            assert "t" in pane.text("vacuum").split()
        vacuum.cancel()
        thread.join(20)


def _until_cancelled(connection: psycopg.Connection[Any]) -> None:
    try:
        connection.execute("VACUUM t")
    except psycopg.errors.QueryCanceled:
        return


def held_since(moment: Moment, pid: int, seconds: float) -> Moment:
    """The moment with a session that holds its snapshot for so long."""
    row = {
        "kind": "session", "name": str(pid), "pid": pid, "database": moment.server.database, "xmin_age": 5000,
        "transaction_age": seconds,
    }  # fmt: skip
    held = Sample("horizon", moment.now, 1.0, rows=[row])
    return replace(moment, samples={**moment.samples, "horizon": held})


async def test_the_holder_of_the_horizon_is_blamed_only_for_a_vacuum_that_came_after_it(database: str) -> None:
    run(
        database,
        "CREATE TABLE t WITH (autovacuum_enabled = off) AS SELECT generate_series(1, 20000) i",
        "VACUUM ANALYZE t",
        "DELETE FROM t WHERE i % 2 = 0",
    )
    async with live(database, "tables") as pane:
        moment = await pane.turn()
    blamed = held_since(moment, 48112, 370.0)
    line = PANE.line(table(blamed, "t"), blamed)
    assert line == "t 10k dead, threshold 4.05k; vacuum removes none while 48112 holds xmin"
    older = held_since(moment, 48112, 0.5)
    assert "48112" not in PANE.line(table(older, "t"), older)
    elsewhere = replace(blamed, server=replace(blamed.server, database="another"))
    assert "48112" not in PANE.line(table(elsewhere, "t"), elsewhere)


async def test_bloat_is_estimated_then_measured_and_a_managed_table_is_quiet_and_never_marked(database: str) -> None:
    run(
        database,
        "CREATE EXTENSION pgstattuple",
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'supabase_auth_admin') THEN"
        " CREATE ROLE supabase_auth_admin; END IF; END $$",
        "CREATE SCHEMA auth",
        "CREATE SCHEMA storage",
        *(
            statement.format(name)
            for name in ("holes", "auth.users", "storage.objects")
            for statement in (
                "CREATE TABLE {0} WITH (autovacuum_enabled = off) AS SELECT n AS i, repeat('x', 90) AS t"
                " FROM generate_series(1, 40000) n",
                "DELETE FROM {0} WHERE i % 2 = 0",
                "VACUUM ANALYZE {0}",
                "ANALYZE {0}",
            )
        ),
        "ALTER TABLE auth.users OWNER TO supabase_auth_admin",
    )
    async with live(database, "tables") as pane:
        moment = await pane.turn()
        large = {**moment.samples["table_sizes"].by(("oid",))[table(moment, "holes")["oid"]], "heap_size": 200 * MB}
        others = [row for row in moment.rows("table_sizes") if row["oid"] != large["oid"]]
        sizes = replace(moment.samples["table_sizes"], rows=[large, *others], _indexes={})
        pane.moments.samples["table_sizes"] = sizes
        moment = pane.moment()
        assert cell(moment, "holes", "bloat").startswith("≈") and cell(moment, "holes", "bloat_by") == "stats"
        assert marks(moment, "holes") == {"bloat": "watch"}  # from 100 MB on
        assert "bloat: a rewrite would save ≈" in PANE.line(table(moment, "holes"), moment)
        assert marks(moment, "users") == {} and marks(moment, "objects") == {}
        assert COLUMNS[0].text(table(moment, "users"), moment) == "auth.users"
        assert COLUMNS[0].quiet and COLUMNS[0].quiet(table(moment, "users"), moment)
        # Nobody but the operator owns this one: a schema of that name alone makes no platform.
        assert not COLUMNS[0].quiet(table(moment, "objects"), moment)
        assert "looked after by the platform" in PANE.line(table(moment, "users"), moment)
        oid = table(moment, "holes")["oid"]
        exact = (await pane.session.sample(probe("bloat_exact"), (oid,))).one
        pane.extra["exact_bloat"] = {oid: exact}
        measured = pane.moment()
        assert cell(measured, "holes", "bloat_by") == "exact" and not cell(measured, "holes", "bloat").startswith("≈")
        assert "measured at" in await detailed(pane, "holes")


async def test_a_role_that_reads_no_statistics_sees_the_reason_and_no_number(pg: Cluster, database: str) -> None:
    with psycopg.connect(pg.uri(), autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS lab_watcher")
        connection.execute("CREATE ROLE lab_watcher LOGIN IN ROLE pg_monitor")
    run(database, "CREATE TABLE t AS SELECT n, md5(n::text) AS s FROM generate_series(1, 40000) n", "VACUUM ANALYZE t")
    async with live(as_user(database, "lab_watcher"), "tables") as pane:
        moment = await pane.turn()
        assert (cell(moment, "t", "bloat"), cell(moment, "t", "bloat_by")) == ("-", "grant")
        assert "1 tables cannot be read: GRANT pg_read_all_data TO lab_watcher;" in pane.text("bloat")
        assert "this role cannot read it" in await detailed(pane, "t")


async def test_the_age_of_a_vacuum_goes_on_between_two_askings_of_the_list(database: str) -> None:
    run(database, "CREATE TABLE t (i int)", "VACUUM t")
    async with live(database, "tables") as pane:
        moment = await pane.turn()
    listed = moment.samples["tables"]
    rows = [{**row, "last_vacuum_age": 20.0} for row in listed.rows]
    samples = {
        **moment.samples,
        "tables": replace(listed, rows=rows, taken_at=moment.now - timedelta(seconds=5), _indexes={}),
    }
    assert cell(replace(moment, samples=samples), "t", "vacuum") == "25s hand"


async def test_rates_come_with_the_second_sample_and_never_as_a_lifetime_total(database: str) -> None:
    run(database, "CREATE TABLE t (i int)", "INSERT INTO t SELECT generate_series(1, 5000)")
    async with live(database, "tables") as pane:
        first = await pane.turn()
        assert [cell(first, "t", name) for name in ("inserted", "seq_scans", "hit_share")] == ["-", "-", "-"]
        run(database, "INSERT INTO t SELECT generate_series(1, 300)")
        second = await pane.turn()
        rate = next(column for column in COLUMNS if column.name == "inserted").get(table(second, "t"), second)
        assert rate is not None and 0 < rate * second.rates["table_activity"].seconds <= 301  # type: ignore[operator]
        run(database, "SELECT pg_stat_reset()")
        third = await pane.turn()
        assert cell(third, "t", "inserted") == "-"


async def test_a_large_table_read_as_a_whole_again_and_again_is_marked(database: str) -> None:
    run(database, "CREATE TABLE t AS SELECT generate_series(1, 120000) i", "VACUUM ANALYZE t")
    async with live(database, "tables") as pane:
        await pane.turn()
        run(
            database,
            "DO $$ BEGIN FOR n IN 1 .. 200 LOOP PERFORM i FROM t LIMIT 1; END LOOP; END $$",
        )
        moment = await pane.turn()
    assert marks(moment, "t").get("seq_scans") == "watch"
    assert "read as a whole" in PANE.line(table(moment, "t"), moment)


async def test_an_old_transaction_id_is_watched_from_the_limit_on_and_bad_near_wraparound(database: str) -> None:
    run(database, "CREATE TABLE t AS SELECT generate_series(1, 10) i", "VACUUM ANALYZE t")
    async with live(database, "tables") as pane:
        moment = await pane.turn()
    limits = moment.samples["table_limits"]
    for age, mark in ((100_000_000, None), (161_000_000, "watch"), (900_000_000, "bad")):
        rows = [{**row, "xid_age": age} for row in limits.rows]
        aged = replace(moment, samples={**moment.samples, "table_limits": replace(limits, rows=rows, _indexes={})})
        assert marks(aged, "t").get("xid") == mark, age
    assert PANE.worst(aged) == "bad" and cell(aged, "t", "xid") == "42%"


async def test_the_configuration_moves_the_marks(database: str) -> None:
    run(
        database,
        "CREATE TABLE t WITH (autovacuum_enabled = off) AS SELECT generate_series(1, 20000) i",
        "VACUUM ANALYZE t",
        "DELETE FROM t WHERE i % 2 = 0",
    )
    async with live(database, "tables") as pane:
        moment = await pane.turn()
    relaxed = replace(moment, settings=Settings(thresholds={"tables.due": (5.0, 9.0), "tables.dead_share": (0.6, 0.9)}))
    assert marks(relaxed, "t") == {} and PANE.worst(relaxed) is None


async def test_a_standby_shows_dashes_where_it_does_not_know(database: str) -> None:
    run(database, "CREATE TABLE t AS SELECT generate_series(1, 20000) i", "VACUUM ANALYZE t")
    async with live(database, "tables") as pane:
        moment = await pane.turn()
    blind = [{**row, "last_vacuum_age": None, "last_analyze_age": None} for row in moment.rows("tables")]
    still = [{**row, "dead_rows": None} for row in moment.rows("table_activity")]
    samples = {
        **moment.samples,
        "tables": replace(moment.samples["tables"], rows=blind, _indexes={}),
        "table_activity": replace(moment.samples["table_activity"], rows=still, _indexes={}),
    }
    standby = replace(moment, server=replace(moment.server, standby=True), samples=samples)
    assert [cell(standby, "t", name) for name in ("vacuum", "analyze", "due", "dead_share")] == ["-"] * 4
    assert marks(standby, "t") == {}
    block = PANE.blocks(replace(standby, view="never"), 80)[0]
    assert isinstance(block, Table) and "A standby does not know" in block.empty


async def test_hostile_names_stand_on_one_line_each_and_the_row_leads_to_exactly_that_table(database: str) -> None:
    run(database, *(f"CREATE TABLE {quoted(name)} ({quoted(name)} int PRIMARY KEY)" for name in HOSTILE))
    async with live(database, "tables") as pane:
        moment = await pane.turn()
        assert {row["table"] for row in moment.rows("tables")} == {clean(name) for name in HOSTILE}
        for width in (60, 80, 120, 200):
            lines = pane.lines(width=width, height=60)
            assert all(cells(line) <= width for line in lines)
            assert not [line for line in lines if any(ord(sign) < 32 or sign in "\x7f\x9b\u202e" for sign in line)]
        for name in HOSTILE:
            row = table(moment, clean(name))
            assert fetch(database, f"SELECT relname = $n${name}$n$ FROM pg_class WHERE oid = {row['oid']}") is True
            shown = COLUMNS[0].text(row, moment)
            assert shown.strip() and "\n" not in shown and "\t" not in shown
            assert PANE.line(row, moment).strip() and len(PANE.line(row, moment).splitlines()) == 1
            assert bare(clean(name))[:12] in await detailed(pane, clean(name))


async def test_the_body_fits_at_every_width_and_the_last_columns_leave_first(database: str) -> None:
    run(database, "CREATE TABLE molecules AS SELECT generate_series(1, 20000) i", "VACUUM ANALYZE molecules")
    async with live(database, "tables") as pane:
        await pane.turn(times=2)
        heads = {width: pane.lines(width=width)[1].split() for width in (60, 80, 120, 200)}
        for width in heads:
            for view in PANE.views:
                assert not [line for line in pane.lines(view.name, width) if cells(line) > width]
    assert heads[80] == ["table", "size", "rows", "dead%", "▾due", "bloat", "vacuum", "analyze", "xid"]
    assert {"table", "size", "▾due", "bloat"} <= set(heads[60]) and "rows" not in heads[60]
    assert {"heap", "toast", "index", "dead%", "waste", "by", "ins/s", "hot", "idx/s", "hit"} <= set(heads[200])


async def test_partitioned_tables_are_said_to_be_so_and_claim_no_size(database: str) -> None:
    run(
        database,
        "CREATE TABLE parts (i int, at date) PARTITION BY RANGE (at)",
        "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
        "INSERT INTO parts SELECT n, '2025-02-01' FROM generate_series(1, 100) n",
        "VACUUM ANALYZE",
    )
    async with live(database, "tables") as pane:
        moment = await pane.turn()
        assert [cell(moment, "parts", name) for name in ("size", "due", "vacuum", "bloat")] == ["-"] * 4
        assert "those of its partitions" in PANE.line(table(moment, "parts"), moment)
        assert "part of" in await detailed(pane, "parts_1", 80)


async def test_the_detail_tells_columns_indexes_keys_policies_and_triggers_at_both_widths(database: str) -> None:
    run(
        database,
        "CREATE TABLE teams (id int PRIMARY KEY)",
        "CREATE TABLE t (id int PRIMARY KEY, team int REFERENCES teams NOT NULL DEFAULT 7, body text)",
        "COMMENT ON COLUMN t.body IS 'what was written'",
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'",
        "CREATE TRIGGER touch BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
        "ALTER TABLE t DISABLE TRIGGER touch",
        "VACUUM ANALYZE",
    )
    async with live(database, "tables") as pane:
        await pane.turn()
        for width in (80, 200):
            text = await detailed(pane, "t", width)
            for wanted in (
                "COLUMNS",
                "INDEXES",
                "CONSTRAINTS",
                "POLICIES",
                "TRIGGERS",
                "default 7",
                "what was written",
            ):
                assert wanted in text, (width, wanted)
            assert "FOREIGN KEY (team) REFERENCES" in text and "before insert, each row" in text and ", off" in text
            assert "row security is on: nobody but the owner sees a row" in text
        assert "references it" in await detailed(pane, "teams")
        other = PANE.detail(table(pane.moment(), "t"), pane.moment(), 80)
        assert len(other) == 1  # what was asked for another table is not shown


@pytest.mark.parametrize("kind", ["privilege", "timeout"])
async def test_a_refused_list_says_why_and_a_refused_estimate_leaves_the_list_alone(database: str, kind: Any) -> None:
    run(database, "CREATE TABLE t AS SELECT generate_series(1, 20000) i", "VACUUM ANALYZE t")
    async with live(database, "tables") as pane:
        moment = await pane.turn()
    refused = {
        name: Sample(name, moment.now, 1.0, missing=Missing(kind, f"{name} is refused.")) for name in PANE.probes
    }
    gone = replace(moment, samples={**moment.samples, "tables": refused["tables"]})
    assert "tables is refused." in str(PANE.blocks(gone, 80)[0]) and PANE.worst(gone) == "unknown"
    poorer = replace(moment, samples={**refused, "tables": moment.samples["tables"]})
    assert [cell(poorer, "t", name) for name in ("rows", "due", "bloat", "xid")] == ["20k", "-", "-", "-"]
    assert PANE.worst(poorer) == "unknown" and PANE.line(table(poorer, "t"), poorer)
    bloat = PANE.blocks(replace(poorer, view="bloat"), 80)[0]
    assert isinstance(bloat, Table) and bloat.empty == "Bloat is not known: bloat is refused."
    vacuum = PANE.blocks(replace(poorer, view="vacuum"), 80)[0]
    assert isinstance(vacuum, Table) and vacuum.empty == "What is overdue is not known: table_activity is refused."
    assert [view.count(poorer) for view in PANE.views if view.count] == [1, None, None, 0]


async def test_thousands_of_tables_are_judged_by_looking_at_few(database: str) -> None:
    run(database, "CREATE TABLE t AS SELECT generate_series(1, 50) i", "VACUUM ANALYZE t")
    async with live(database, "tables") as pane:
        moment = await pane.turn()
    row, activity = dict(table(moment, "t")), dict(table_set(moment).activity(table(moment, "t")))
    many = [{**row, "oid": n} for n in range(1, 5001)]
    busy = [{**activity, "oid": n} for n in range(1, 5001)]
    busy[77] |= {"dead_rows": 100_000, "rows": 200_000}
    limits = dict(moment.rows("table_limits")[0])
    samples = {
        **moment.samples,
        "tables": replace(moment.samples["tables"], rows=many, _indexes={}),
        "table_activity": replace(moment.samples["table_activity"], rows=busy, _indexes={}),
        "table_limits": replace(
            moment.samples["table_limits"], rows=[{**limits, "oid": n} for n in range(1, 5001)], _indexes={}
        ),
    }
    crowded = replace(moment, samples=samples, now=datetime.now(UTC) + timedelta(seconds=2))
    assert [suspect["oid"] for suspect in table_set(crowded).suspect] == [78]
    assert PANE.worst(crowded) == "bad" == row_mark(COLUMNS, many[77], crowded)


async def test_the_footnote_explains_every_word_that_stands_under_by(database: str) -> None:
    sql = "".join(probe("bloat").variants.values())
    why = set(re.findall(r"THEN '(\w+)'", sql[: sql.index("END AS why")]))
    assert {"grant", "never", "locked", "stale"} <= why
    async with live(database, "tables") as pane:
        explained = pane.pane.footnote(pane.moment())
        assert all(f"{word}: " in explained for word in why | {"stats", "exact", "small"})
        assert len(explained) <= 198
