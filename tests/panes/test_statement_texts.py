"""Texts of pg_stat_statements on servers whose databases have several encodings: one broken text hides no other."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from live_pane import LivePane, live

from cryotui.demo.cluster import Cluster
from cryotui.panes.workload import is_own, texts
from cryotui.pg import otherdatabase
from cryotui.probes import probe

EXTENSION = "CREATE EXTENSION pg_stat_statements"
ENCODINGS = {"texts_utf": "UTF8", "texts_latin": "LATIN1", "texts_ascii": "SQL_ASCII"}
PLAIN = "SELECT 1 AS plain_marker, 2, 3 FROM pg_sleep(0.01)"
CYRILLIC = 'SELECT 1 AS "жук", 2, 3, 4 FROM pg_sleep(0.01)'
BROKEN = b'SELECT 1 AS "broken\xff\xfe", 2, 3, 4, 5 FROM pg_sleep(0.01)'
LATIN = 'SELECT 1 AS "café", 2, 3, 4, 5, 6 FROM pg_sleep(0.01)'


def _with_databases(cluster: Cluster) -> Iterator[Cluster]:
    """A database of each encoding, without the extension; the server's statements are forgotten before and after."""
    with psycopg.connect(cluster.uri(), autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        connection.execute("SELECT pg_stat_statements_reset()")
        for name, encoding in ENCODINGS.items():
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0")
        yield cluster
        for name in ENCODINGS:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        connection.execute("SELECT pg_stat_statements_reset()")


@pytest.fixture
def mixed(pg: Cluster) -> Iterator[Cluster]:
    yield from _with_databases(pg)


@pytest.fixture
def mixed_all(pg_all: Cluster) -> Iterator[Cluster]:
    yield from _with_databases(pg_all)


def run(cluster: Cluster, name: str, *statements: str | bytes) -> None:
    with psycopg.connect(cluster.uri(name), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def queries(pane: LivePane) -> list[str]:
    table = pane.board().table
    assert table is not None
    return [row["query"] or "" for row in table.rows]


async def test_one_broken_text_hides_no_other_in_a_utf8_database(mixed_all: Cluster) -> None:
    run(mixed_all, "texts_utf", EXTENSION, PLAIN, CYRILLIC)
    run(mixed_all, "texts_ascii", EXTENSION, BROKEN)
    run(mixed_all, "texts_latin", LATIN)
    async with live(mixed_all.uri("texts_utf"), "statements") as pane:
        await pane.turn()
        shown = queries(pane)
        assert any("plain_marker" in text for text in shown) and any("жук" in text for text in shown)
        assert any("café" in text for text in shown)  # as it was written, though read past the server's conversion
        broken = next(row for row in pane.board().table.rows if "broken" in (row["query"] or ""))  # type: ignore[union-attr]
        assert r"broken\xff\xfe" in broken["query"]
        moment = pane.moment()
        assert "SQL_ASCII" in pane.pane.line(broken, moment)
        detail = pane.pane.detail(broken, moment, 80)
        drawn = "\n".join("".join(part for part, _ in line) for block in detail for line in getattr(block, "lines", ()))
        assert "SQL_ASCII; bytes that are no UTF-8" in drawn
        assert "not readable" not in pane.text(width=200)


async def test_the_other_database_is_asked_seldom_and_no_connection_to_it_is_kept(
    mixed: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(otherdatabase, "PAUSE", 3600.0)
    run(mixed, "texts_utf", EXTENSION, PLAIN)
    run(mixed, "texts_ascii", EXTENSION, BROKEN)
    with psycopg.connect(mixed.uri("texts_utf"), autocommit=True) as watching:
        async with live(mixed.uri("texts_utf"), "statements") as pane:
            await pane.turn()
            assert any("plain_marker" in text for text in queries(pane))
            watching.execute("SELECT pg_stat_statements_reset()")
            for number in range(4):
                run(mixed, "texts_utf", f"SELECT {', '.join('7' * (number + 2))} FROM pg_sleep(0.01)")
                await pane.turn()
                assert pane.moments.samples["statement_texts"].missing is None
            opened = watching.execute(
                "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements(false) s JOIN pg_database d ON d.oid = s.dbid"
                " WHERE d.datname = 'texts_ascii'"
            ).fetchone()
            assert opened == (0,)
            kept = watching.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = 'texts_ascii'").fetchone()
            assert kept == (0,)


async def test_without_the_extension_there_the_numbers_stay_and_it_is_told_where_it_belongs(mixed: Cluster) -> None:
    run(mixed, "texts_utf", EXTENSION, PLAIN)
    run(mixed, "texts_ascii", BROKEN)
    async with live(mixed.uri("texts_utf"), "statements") as pane:
        await pane.turn(times=3)
        table = pane.board().table
        assert table is not None and any(row["call_rate"] for row in table.rows)
        text = pane.text(width=200, height=80)
        assert "(not readable here)" in text
        assert (
            "does not convert to UTF8" in text and "CREATE EXTENSION in texts_ascii (SQL_ASCII) would show them" in text
        )


async def test_a_latin1_database_reads_texts_of_utf8_ones_elsewhere(mixed: Cluster) -> None:
    run(mixed, "texts_latin", EXTENSION, LATIN)
    run(mixed, "texts_utf", EXTENSION, CYRILLIC)
    run(mixed, "texts_ascii", PLAIN)
    async with live(mixed.uri("texts_latin"), "statements") as pane:
        await pane.turn()
        shown = queries(pane)
        assert any("жук" in text for text in shown) and any("café" in text for text in shown)


async def test_a_latin1_database_is_sent_to_the_sql_ascii_one_when_utf8_cannot_read_them_either(
    mixed_all: Cluster,
) -> None:
    run(mixed_all, "texts_latin", EXTENSION)
    run(mixed_all, "texts_utf", EXTENSION, CYRILLIC)
    run(mixed_all, "texts_ascii", BROKEN)
    async with live(mixed_all.uri("texts_latin"), "statements") as pane:
        await pane.turn()
        text = pane.text(width=200, height=80)
        assert "does not convert to LATIN1" in text and "texts_ascii (SQL_ASCII)" in text
        assert "connect to a database in UTF8" not in text


async def test_of_statements_that_differ_in_a_name_only_the_one_of_this_database_is_shown(mixed: Cluster) -> None:
    run(mixed, "texts_utf", EXTENSION, "SELECT 1 AS ours FROM pg_sleep(0.01)")
    run(mixed, "texts_latin", *["SELECT 1 AS theirs FROM pg_sleep(0.01)"] * 3)
    async with live(mixed.uri("texts_utf"), "statements") as pane:
        await pane.turn()
        shown = queries(pane)
        assert any("ours" in text for text in shown) and not any("theirs" in text for text in shown)


async def test_a_sql_ascii_database_reads_them_all_itself(mixed: Cluster) -> None:
    run(mixed, "texts_ascii", EXTENSION, BROKEN)
    run(mixed, "texts_utf", CYRILLIC)
    run(mixed, "texts_latin", LATIN)
    async with live(mixed.uri("texts_ascii"), "statements") as pane:
        await pane.turn()
        shown = queries(pane)
        assert all(any(word in text for text in shown) for word in (r"\xff\xfe", "жук", "café"))


async def test_what_a_connecting_console_asks_carries_its_mark_too(mixed: Cluster) -> None:
    run(mixed, "texts_utf", EXTENSION)
    async with live(mixed.uri("texts_utf"), "statements") as pane:
        sample = await pane.session.sample(probe("statement_numbers"), (None,))
        ids = [row["query_id"] for row in sample.rows]
        pane.moments.receive(await pane.session.sample(probe("statement_texts"), (ids,)))
        found = [row["query"] for row in texts(pane.moment()).values()]
        identity = [text for text in found if "pg_postmaster_start_time" in text]
        assert identity and all(is_own(text) for text in identity)
