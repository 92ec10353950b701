"""Statements on real servers: true rates, honest gaps, texts once, any version of the extension, any role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from live_pane import LivePane, as_user, live
from servers import new_cluster

from cryotui.demo.cluster import Cluster
from cryotui.model.text import cells
from cryotui.panes.statement_columns import COLUMNS
from cryotui.panes.statement_counters import counters
from cryotui.panes.statements import PANE
from cryotui.panes.workload import TOP, grown, is_own
from cryotui.probes import probe

EXTENSION = "CREATE EXTENSION pg_stat_statements"
NOTICED = "SELECT 1 AS {} FROM pg_sleep(0.01)"
"""Of ten milliseconds, so that no other statement of a test's server keeps it off the list."""


@pytest.fixture
def counted(database: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection to a fresh database with the extension; statistics reset."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(EXTENSION)
        connection.execute("SELECT pg_stat_statements_reset()")
        yield connection


def row_with(pane: LivePane, text: str, view: str = "") -> dict[str, Any]:
    table = pane.board(view).table
    assert table is not None
    found = [row for row in table.rows if text in (row["query"] or "")]
    assert found, [row["query"] for row in table.rows]
    return found[0]  # type: ignore[return-value]


async def test_rates_come_with_the_second_sample_and_count_what_was_done_between(
    database: str, counted: psycopg.Connection[Any]
) -> None:
    counted.execute("SELECT count(*) AS marker_one FROM pg_class")
    async with live(database, "statements") as pane:
        await pane.turn()
        row = row_with(pane, "marker_one")
        assert row["call_rate"] is None and row["time_rate"] is None and row["share"] is None
        for _ in range(30):
            counted.execute("SELECT count(*) AS marker_one FROM pg_class")
        moment = await pane.turn()
        row = row_with(pane, "marker_one")
        one = grown(moment, row, "rate")
        assert one is not None and one.calls == 30
        assert row["call_rate"] == pytest.approx(30 / moment.rates["statements"].seconds, rel=1e-6)
        assert row["rows_per_call"] == 1
        assert 0 < row["share"] <= 1
        assert row["user"] == "postgres" and row["database"] == pane.session.server.database
        drawn = {column.title: column.text(row, moment) for column in COLUMNS}
        assert drawn["row/c"] == "1" and "-" not in drawn.values()


async def test_the_text_is_asked_for_once_and_numbers_only_after_a_new_answer(
    database: str, counted: psycopg.Connection[Any]
) -> None:
    counted.execute("SELECT 1 AS marker_two")
    async with live(database, "statements") as pane:
        await pane.turn()
        assert pane.asked == ["statement_numbers", "statement_texts"]
        await pane.follow_up()
        assert pane.asked == []
        await pane.turn(times=2)
        counted.execute("SELECT 1 AS marker_two")
        await pane.turn()
        assert "marker_two" in row_with(pane, "marker_two")["query"]
        assert pane.asked[0] == "statement_numbers"


async def test_our_own_questions_are_left_out_and_those_of_a_colleague_are_not(pg: Cluster, database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(EXTENSION)
        connection.execute("SELECT pg_stat_statements_reset()")
        connection.execute("DROP ROLE IF EXISTS colleague; CREATE ROLE colleague LOGIN IN ROLE pg_monitor")
    async with live(database, "statements") as pane, live(as_user(database, "colleague"), "statements") as other:
        await other.turn(times=2)
        await pane.turn(times=4)
        table = pane.board().table
        assert table is not None
        own = [row for row in table.rows if is_own(row["query"] or "")]
        assert own and {row["user"] for row in own} == {"colleague"}
        query = next(column for column in COLUMNS if column.name == "query")
        assert query.quiet is not None and all(query.quiet(row, pane.moment()) for row in own)
        asked = max(own, key=lambda row: row["total_time"])
        first = table.rows[0]
        assert asked is first or "asked by a cryotui" in pane.pane.line(asked, pane.moment())
        for row in table.rows:
            if "AS elemtype" in (row["query"] or ""):
                assert query.quiet(row, pane.moment())


async def test_a_mark_counts_from_where_it_was_set_and_resets_nothing(
    database: str, counted: psycopg.Connection[Any]
) -> None:
    counted.execute("SELECT 1 AS marker_old")
    async with live(database, "statements") as pane:
        await pane.turn("mark")
        assert "No mark is set" not in pane.text("mark")  # rows are shown, their numbers are not known
        assert row_with(pane, "marker_old", "mark")["call_rate"] is None
        await pane.mark()
        for _ in range(7):
            counted.execute("SELECT 1 AS marker_old")
            counted.execute("SELECT 1 AS marker_new FROM pg_class LIMIT 1")
        await pane.turn("mark", times=3)
        moment = pane.moment("mark")
        for name in ("marker_old", "marker_new"):
            one = grown(moment, row_with(pane, name, "mark"), "mark")
            assert one is not None and one.calls == 7
        new = row_with(pane, "marker_new", "mark")
        assert counters(moment, new, "mark").grown("rows") == 7
        assert "since" in pane.pane.note(moment)
        assert grown(moment, row_with(pane, "marker_old", "reset"), "reset").calls == 8  # type: ignore[union-attr]


def shapes(count: int, first: int = 2) -> list[str]:
    """Statements that pg_stat_statements keeps apart, each of some milliseconds."""
    return [f"SELECT {', '.join('1' * (first + n))} FROM generate_series(1, 20000)" for n in range(count)]


async def test_the_mark_counts_all_numbers_of_statements_that_were_not_shown_when_it_was_set(
    database: str, counted: psycopg.Connection[Any]
) -> None:
    counted.execute("SELECT 1 AS marker_low")
    for statement in shapes(TOP + 5):
        counted.execute(statement)
    async with live(database, "statements") as pane:
        await pane.turn("mark", times=2)
        await pane.mark()
        counted.execute("SELECT 1 AS marker_low")
        await pane.turn("mark")
        row = row_with(pane, "marker_low", "mark")
        assert row["rows_per_call"] == 1 and row["call_rate"] is not None


async def test_a_statement_that_comes_back_among_the_first_has_all_its_numbers_at_once(
    database: str, counted: psycopg.Connection[Any]
) -> None:
    async with live(database, "statements") as pane:
        counted.execute(NOTICED.format("marker_back"))
        await pane.turn(times=2)
        assert row_with(pane, "marker_back")["rows_per_call"] is None
        counted.execute(NOTICED.format("marker_back"))
        await pane.turn()
        assert row_with(pane, "marker_back")["rows_per_call"] == 1
        for statement in shapes(TOP + 5):
            counted.execute(statement)
        await pane.turn()
        for statement in shapes(TOP + 5):
            counted.execute(statement)
        await pane.turn()
        table = pane.board().table
        assert table is not None and not any("marker_back" in (row["query"] or "") for row in table.rows)
        counted.execute(NOTICED.format("marker_back"))
        await pane.turn()
        row = row_with(pane, "marker_back")
        assert row["rows_per_call"] == 1 and row["hit_share"] is None and row["wal_rate"] == 0


async def test_a_statement_that_ran_unseen_is_unknown_for_one_sample(
    database: str, counted: psycopg.Connection[Any]
) -> None:
    async with live(database, "statements") as pane:
        counted.execute("SELECT 1 AS marker_unseen")
        for statement in shapes(TOP + 5):
            counted.execute(statement)
        await pane.turn(times=2)
        for statement in shapes(TOP + 5):
            counted.execute(statement)
        counted.execute("SELECT 1 AS marker_unseen")
        await pane.turn()  # it ran, and was not among the first
        counted.execute("SELECT 1 AS marker_unseen")
        await pane.turn()
        row = row_with(pane, "marker_unseen")
        assert row["call_rate"] is not None and row["rows_per_call"] is None
        counted.execute("SELECT 1 AS marker_unseen")
        await pane.turn()
        assert row_with(pane, "marker_unseen")["rows_per_call"] == 1


async def test_the_head_that_is_sorted_by_is_whole(database: str, counted: psycopg.Connection[Any]) -> None:
    async with live(database, "statements") as pane:
        await pane.turn()
        board = pane.board()
        board.sort_by("call_rate")
        board.update(pane.moment(), 80, 24)
        assert "time/s▾calls/s   mean" in "".join(text for text, _ in board.draw()[1][0])


async def test_after_a_reset_nothing_is_known_until_the_next_sample(
    database: str, counted: psycopg.Connection[Any]
) -> None:
    async with live(database, "statements") as pane:
        counted.execute("SELECT 1 AS marker_reset")
        await pane.turn(times=2)
        counted.execute("SELECT pg_stat_statements_reset()")
        for _ in range(50):
            counted.execute("SELECT 1 AS marker_reset")
        await pane.turn()
        row = row_with(pane, "marker_reset")
        assert row["call_rate"] is None and row["calls"] == 50
        counted.execute("SELECT 1 AS marker_reset")
        moment = await pane.turn()
        assert grown(moment, row_with(pane, "marker_reset"), "rate").calls == 1  # type: ignore[union-attr]


@pytest.mark.parametrize("width", [40, 59, 80, 120, 200])
@pytest.mark.parametrize("view", ["rate", "mark", "reset"])
async def test_everything_fits_the_screen(
    database: str, counted: psycopg.Connection[Any], width: int, view: str
) -> None:
    counted.execute("SELECT 1 AS " + '"[bold]漢字\x1b[31m"')
    async with live(database, "statements") as pane:
        await pane.turn(view, times=2)
        board = pane.board(view, width)
        assert all(cells("".join(text for text, _ in spans)) <= width for spans, _ in board.draw())
        assert board.row is not None and board.moment is not None
        for block in pane.pane.detail(board.row, board.moment, width):
            for line in getattr(block, "lines", ()):
                assert cells("".join(text for text, _ in line)) <= max(width, 60)
        assert "\x1b" not in pane.text(view, 200)


async def test_the_detail_shows_the_whole_statement_and_its_numbers_over_three_intervals(
    database: str, counted: psycopg.Connection[Any]
) -> None:
    async with live(database, "statements") as pane:
        counted.execute("SELECT relname FROM pg_class WHERE relname = 'marker_detail' ORDER BY 1")
        await pane.turn()
        pane.moments.set_mark()
        counted.execute("SELECT relname FROM pg_class WHERE relname = 'marker_detail' ORDER BY 1")
        moment = await pane.turn()
        row = row_with(pane, "SELECT relname FROM pg_class")
        blocks = pane.pane.detail(row, moment, 80)
        text = "\n".join("".join(part for part, _ in line) for block in blocks for line in getattr(block, "lines", ()))
        assert "   FROM pg_class\n   WHERE relname = $1\n   ORDER BY 1" in text
        assert "time/s" in text and "since mark" in text and str(row["query_id"]) in text
        assert "2 calls" in text


async def test_a_plain_role_sees_that_texts_are_hidden_and_how_to_mend_it(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(EXTENSION)
        connection.execute("DROP ROLE IF EXISTS plain_reader; CREATE ROLE plain_reader LOGIN")
        connection.execute("SELECT 'secret canary'::text AS a, 2 AS canary_column")
        async with live(as_user(database, "plain_reader"), "statements") as pane:
            await pane.turn()
            connection.execute("SELECT 'secret canary'::text AS a, 2 AS canary_column")
            await pane.turn()
            text = pane.text(height=60)
            assert "canary" not in text
            assert "texts of postgres in" in text and "GRANT pg_monitor TO plain_reader;" in text
            table = pane.board().table
            assert table is not None
            masked = [row for row in table.rows if row["masked"]]
            keys = {(row["user_id"], row["database_id"], row["toplevel"]) for row in masked}
            assert len(keys) == len(masked)
            assert sum(row["call_rate"] or 0 for row in masked) > 0


async def test_without_the_extension_the_pane_says_what_to_do_and_what_to_use_meanwhile(database: str) -> None:
    async with live(database, "statements") as pane:
        await pane.turn()
        text = pane.text()
        assert "Statements cannot be shown" in text and "CREATE EXTENSION pg_stat_statements;" in text
        assert "2 Activity" in text
        assert pane.pane.worst(pane.moment()) == "unknown"
        assert pane.pane.follow_up is not None and pane.pane.follow_up(pane.moment()) == {}


def versions(cluster: Cluster) -> list[str]:
    with psycopg.connect(cluster.uri()) as connection:
        found = connection.execute(
            "SELECT version FROM pg_available_extension_versions WHERE name = 'pg_stat_statements'"
        ).fetchall()
    return sorted((row[0] for row in found), key=lambda version: [int(part) for part in version.split(".")])


async def test_an_extension_that_was_never_updated_works_on_every_major(pg_all: Cluster, database_all: str) -> None:
    offered = versions(pg_all)
    assert "1.8" in offered and offered[0] == "1.4"
    columns: dict[str, set[tuple[str, ...]]] = {}
    marker = NOTICED.format("marker_version")
    for version in offered:
        with psycopg.connect(database_all, autocommit=True) as connection:
            connection.execute("DROP EXTENSION IF EXISTS pg_stat_statements")
            connection.execute('CREATE SCHEMA IF NOT EXISTS "my ""ext"')
            connection.execute(f"""{EXTENSION} SCHEMA "my ""ext" VERSION '{version}'""")
            # texts go by query id, which is the same for the statements of other tests that differ in a name only
            connection.execute('SELECT "my ""ext".pg_stat_statements_reset()')
            connection.execute(marker)
            async with live(database_all, "statements") as pane:
                for _ in range(3):  # its numbers are asked for from the second answer on, when it is among the first
                    await pane.turn()
                    connection.execute(marker)
                await pane.turn()
                for name in ("statements", "statements_info", "statement_numbers", "statement_texts"):
                    sample = pane.moments.samples[name]
                    assert sample.missing is None, (version, sample.missing)
                    columns.setdefault(name, set()).add(tuple(sample.rows[0].keys()))
                row = row_with(pane, "marker_version")
                assert row["call_rate"] is not None and row["rows_per_call"] == 1
                pane.text("reset")
    assert all(len(found) == 1 for found in columns.values()), columns


async def test_numbers_of_all_statements_can_be_asked_for_at_once(
    database: str, counted: psycopg.Connection[Any]
) -> None:
    async with live(database, "statements") as pane:
        sample = await pane.session.sample(probe("statement_numbers"), (None,))
        base = await pane.session.sample(probe("statements"))
        assert sample.missing is None and 0 < len(sample.rows) <= len(base.rows)


async def test_a_text_too_long_is_cut_and_says_how_long_it_is(database: str, counted: psycopg.Connection[Any]) -> None:
    counted.execute("SELECT 1 AS marker_long " + "/* " + "x" * 1_000_000 + " */")
    async with live(database, "statements") as pane:
        await pane.turn()
        row = row_with(pane, "marker_long")
        assert len(row["query"]) == 100_000
        titles = [block.note for block in pane.pane.detail(row, pane.moment(), 80) if hasattr(block, "note")]
        assert "the first 100,000 of them" in titles[0] and "1,000,0" in titles[0]
        pane.text(width=200)


@pytest.fixture(scope="module")
def small() -> Iterator[Cluster]:
    """A server that keeps 100 statements only, and starts without the library on demand."""
    cluster = new_cluster(settings={"pg_stat_statements.max": "100"})
    with cluster:
        with psycopg.connect(cluster.uri(), autocommit=True) as connection:
            connection.execute(EXTENSION)
        yield cluster


async def test_evicted_statements_leave_a_gap_that_is_told_and_never_a_negative_rate(small: Cluster) -> None:
    with psycopg.connect(small.uri(), autocommit=True) as connection:
        async with live(small.uri(), "statements") as pane:
            await pane.turn()
            for round_number in range(4):
                for number in range(150):
                    shape = ", ".join(f"'7'::{'int' if number >> bit & 1 else 'text'}" for bit in range(8))
                    connection.execute(f"SELECT {shape}, {', '.join('1' * (round_number + 1))}")
                await pane.turn()
                work = pane.board().table
                assert work is not None and len(work.rows) <= TOP
                for row in work.rows:
                    assert all(
                        row[name] is None or row[name] >= 0 for name in ("share", "time_rate", "call_rate", "hit_share")
                    )
            moment = pane.moment()
            assert "evicted" in pane.pane.note(moment)
            assert "their work is in no number" in pane.pane.footnote(moment)


async def test_a_library_that_is_not_loaded_is_told_with_the_restart_it_needs(small: Cluster) -> None:
    small.restart({"shared_preload_libraries": ""})
    try:
        async with live(small.uri(), "statements") as pane:
            await pane.turn()
            text = pane.text()
            assert "restart" in text and "shared_preload_libraries" in text
    finally:
        small.restart()


async def test_thousands_of_statements_show_the_same_top_as_the_server_finds(small: Cluster) -> None:
    small.restart({"pg_stat_statements.max": "5000"})
    with psycopg.connect(small.uri(), autocommit=True) as connection:
        connection.execute("SELECT pg_stat_statements_reset()")
        for number in range(2000):
            shape = ", ".join(f"'7'::{'int' if number >> bit & 1 else 'text'}" for bit in range(11))
            connection.execute(f"SELECT {shape}")
        async with live(small.uri(), "statements") as pane:
            await pane.turn("reset", times=2)
            table = pane.board("reset").table
            assert table is not None and len(table.rows) == TOP
            shown = [row["total_time"] for row in table.rows]
            best = connection.execute(
                "SELECT total_exec_time FROM pg_stat_statements WHERE query NOT LIKE '%cryotui:%' ORDER BY 1 DESC LIMIT 50"
            ).fetchall()
            assert sum(1 for (time,) in best if any(time == pytest.approx(one) for one in shown)) >= TOP - 2


async def test_sorted_by_calls_the_top_is_of_all_statements_not_of_the_slowest(
    database: str, counted: psycopg.Connection[Any]
) -> None:
    async with live(database, "statements") as pane:
        for number in range(70):
            counted.execute(f"SELECT {', '.join('1' * (number + 2))} FROM generate_series(1, 20000)")
        counted.execute("SELECT 1 AS marker_quick")
        await pane.turn()
        for number in range(70):
            counted.execute(f"SELECT {', '.join('1' * (number + 2))} FROM generate_series(1, 20000)")
        for _ in range(20):
            counted.execute("SELECT 1 AS marker_quick")
        await pane.turn(times=1)
        board = pane.board()
        table = board.table
        assert table is not None and not any("marker_quick" in (row["query"] or "") for row in table.rows)
        board.sort_by("call_rate")
        pane.extra["sort"] = ("call_rate", False)
        await pane.follow_up()
        assert table is not None and board.table is not None
        assert board.table.rows[0]["call_rate"] == max(row["call_rate"] or 0 for row in board.table.rows)
        assert board.table.rows[0]["call_rate"] > table.rows[0]["call_rate"]


def test_the_detail_of_a_statement_is_called_by_its_query_id_not_by_its_share() -> None:
    assert PANE.named({"query_id": 42}) == "query 42" and PANE.named({"query_id": None}) is None
