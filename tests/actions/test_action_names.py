"""Whatever a table is called, the action hits exactly that table, and nothing of its name reaches a screen raw."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest
from action_place import Place

from cryotui.model.action import Level

NAMES = [
    'quote"and""quotes',
    "line\nbreak",
    "tab\tand space ",
    "\x1b]0;title\x07\x1b[31mred",
    "%s %(x)s %I",
    "$1",
    "{x} {0} {}",
    "'; DROP TABLE molecules; --",
    "back\\slash",
    "-t",
    " ",
    "[bold]x[/] [@click=app.quit]y[/]",
    "\u202eevil\u200b",
    "分子🧪e\u0301",
    "x" * 63,
    "ü" * 31,
    "MixedCase",
    "select",
]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


async def _vacuumed(admin: Any) -> set[str]:
    rows = await admin.fetch(
        "SELECT nspname || '/' || relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace "
        "WHERE relkind = 'r' AND c.oid > 16384 AND pg_stat_get_last_vacuum_time(c.oid) IS NOT NULL"
    )
    return {row["name"] for row in rows}


@pytest.mark.parametrize("name", NAMES)
async def test_a_hostile_name_hits_exactly_that_table(place: Place, name: str) -> None:
    admin = await place.connect()
    await admin.execute(f"CREATE TABLE {_quoted(name)} (id int); CREATE SCHEMA lab")
    await admin.execute(f"CREATE TABLE lab.{_quoted(name)} (id int)")
    desk = await place.desk()
    desk.raise_level(Level.DANGER)
    row = await place.table(name, "lab")
    preview = await desk.preview("vacuum", [row])
    assert preview.refused is None, preview.refused
    shown = [preview.title, preview.button, *preview.rows]
    assert all(text.isprintable() for text in shown), shown
    outcome = await desk.start(preview).wait()
    assert outcome.verdict == "verified", outcome
    assert outcome.sentence.isprintable()
    assert await _vacuumed(admin) == {f"lab/{name}"}
    full = await desk.preview("vacuum-full", [row])
    assert full.word
    assert full.word.isprintable()
    assert (await desk.start(full, full.word).wait()).verdict == "verified"
    assert all(row["action"].isprintable() and row["sentence"].isprintable() for row in desk.log.rows())
    assert desk.log.verify() == []


async def test_a_hostile_index_is_rebuilt_and_its_leftover_named_on_one_line(place: Place) -> None:
    admin = await place.connect()
    name = 'ix\n"\x1b[2J'
    await admin.execute(f"CREATE INDEX {_quoted(name)} ON molecules (name)")
    desk = await place.desk()
    outcome = await desk.start(await desk.preview("reindex-concurrently", [await place.index(name)])).wait()
    assert outcome.verdict == "verified", outcome
    assert outcome.sentence.isprintable()


async def test_the_names_a_pane_shows_are_recognised_although_they_are_cleaned(place: Place) -> None:
    admin = await place.connect()
    await admin.execute('CREATE TABLE "a\x1bb" (id int)')
    row = await place.table("a\x1bb")
    desk = await place.desk()
    preview = await desk.preview("vacuum", [{**row, "table": "a\\x1bb"}])
    assert (await desk.start(preview).wait()).verdict == "verified"


async def test_a_table_of_another_database_is_refused(place: Place) -> None:
    row = {**await place.table(), "database": "other"}
    desk = await place.desk()
    reason = desk.offered(row)[0].reason
    assert reason is not None
    assert reason.startswith("REINDEX molecules refused: it is in database other, this is ")


async def test_a_name_that_is_no_utf8_is_refused_and_not_guessed(place: Place) -> None:
    admin = await place.connect()
    database = f"raw_{await admin.fetchval('SELECT oid FROM pg_database WHERE datname = current_database()')}"
    await admin.execute(f"CREATE DATABASE {database} ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
    try:
        uri = place.uri.replace(f"/{await admin.fetchval('SELECT current_database()')}", f"/{database}")
        raw = await asyncpg.connect(uri)
        await raw.execute(
            "DO $$ BEGIN EXECUTE format('CREATE TABLE %I (id int)', convert_from('\\xe9e9'::bytea, 'SQL_ASCII')); END $$"
        )
        oid = await raw.fetchval("SELECT oid FROM pg_class WHERE relkind = 'r' AND oid > 16384 LIMIT 1")
        await raw.close()
        there = Place(uri, place.folder)
        desk = await there.desk()
        preview = await desk.preview("vacuum", [{"oid": oid, "schema": "public", "table": "\\xe9\\xe9"}])
        assert preview.refused == ("VACUUM \\xe9\\xe9 refused: its name is no UTF-8 and cannot be sent exactly.")
        for connection in there.connections:
            connection.terminate()
    finally:
        await admin.execute(f"DROP DATABASE {database} WITH (FORCE)")
