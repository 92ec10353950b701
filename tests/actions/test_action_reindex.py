"""REINDEX CONCURRENTLY and what it leaves: rebuilt and valid, or the leftover by name and size, and the way to drop it."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest
from action_place import Place

from cryotui.model.action import Level


async def _indexes(place: Place, table: str = "molecules") -> dict[str, tuple[int, bool]]:
    admin = await place.connect()
    rows = await admin.fetch(
        "SELECT relname, indexrelid, indisvalid FROM pg_index JOIN pg_class c ON c.oid = indexrelid "
        "WHERE indrelid = $1::text::regclass",
        table,
    )
    return {row["relname"]: (row["indexrelid"], row["indisvalid"]) for row in rows}


async def test_an_index_is_rebuilt_and_valid(place_all: Place) -> None:
    before = await _indexes(place_all)
    desk = await place_all.desk()
    preview = await desk.preview("reindex-concurrently", [await place_all.index("ix_molecules_name")])
    assert preview.refused is None
    assert preview.title == "REINDEX ix_molecules_name"
    assert preview.sql == ("REINDEX (VERBOSE) INDEX CONCURRENTLY public.ix_molecules_name;",)
    outcome = await desk.start(preview).wait()
    assert outcome.verdict == "verified", outcome
    assert ": valid, " in outcome.sentence
    after = await _indexes(place_all)
    assert after["ix_molecules_name"][0] != before["ix_molecules_name"][0]
    assert after["ix_molecules_name"][1]
    assert after["molecules_pkey"] == before["molecules_pkey"]
    assert set(after) == set(before)


async def test_all_indexes_of_a_table_are_rebuilt(place_all: Place) -> None:
    before = await _indexes(place_all)
    desk = await place_all.desk()
    preview = await desk.preview("reindex-concurrently", [await place_all.table()])
    outcome = await desk.start(preview).wait()
    assert outcome.verdict == "verified", outcome
    assert outcome.sentence.endswith(": 2 indexes rebuilt and valid.")
    after = await _indexes(place_all)
    assert {name for name in before if before[name] != after[name]} == set(before)


async def test_what_the_server_skips_is_told(place: Place) -> None:
    admin = await place.connect()
    await admin.execute(
        "CREATE TABLE runs (during int4range, EXCLUDE USING gist (during WITH &&), id int PRIMARY KEY);"
        "CREATE TABLE bare (id int)"
    )
    desk = await place.desk()
    outcome = await desk.start(await desk.preview("reindex-concurrently", [await place.table("runs")])).wait()
    assert outcome.verdict == "verified"
    assert outcome.sentence.endswith(": 1 index rebuilt and valid; skipped: runs_during_excl.")
    assert any("exclusion" in detail for detail in outcome.details)
    nothing = await desk.start(await desk.preview("reindex-concurrently", [await place.table("bare")])).wait()
    assert nothing.verdict == "no effect"
    alone = await desk.preview("reindex-concurrently", [await place.index("runs_during_excl")])
    assert "exclusion constraint cannot be rebuilt" in str(alone.refused)
    catalog = await desk.preview("reindex-concurrently", [await place.table("pg_class", "pg_catalog")])
    assert "system catalogs cannot be rebuilt" in str(catalog.refused)


async def test_stopped_while_it_waits_it_names_what_it_left_and_that_can_be_dropped(place_all: Place) -> None:
    old = await place_all.connect(app="report")
    await old.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM molecules LIMIT 1")
    desk = await place_all.desk()
    preview = await desk.preview("reindex-concurrently", [await place_all.index("ix_molecules_name")])
    waits = next(fact.text for fact in preview.facts if fact.label == "waits")
    assert f"Now: {old.get_server_pid()} report " in waits
    running = desk.start(preview)
    await place_all.until(
        "SELECT EXISTS (SELECT FROM pg_class WHERE relname = 'ix_molecules_name_ccnew') AND EXISTS "
        "(SELECT FROM pg_locks WHERE NOT granted AND locktype = 'virtualxid')"
    )
    assert running.state == "running"
    outcome = await running.stop()
    assert outcome.verdict == "stopped"
    assert outcome.sqlstate == "57014"
    left = "REINDEX ix_molecules_name stopped. It left ix_molecules_name_ccnew, invalid, "
    assert outcome.sentence.startswith(left), outcome
    assert outcome.sentence.endswith(" a drops it.")
    await old.execute("ROLLBACK")

    desk.raise_level(Level.DANGER)
    leftover = await place_all.index("ix_molecules_name_ccnew")
    drop = await desk.preview("drop-invalid-index", [leftover])
    assert drop.refused is None
    assert drop.word == "ix_molecules_name_ccnew"
    dropped = await desk.start(drop, drop.word).wait()
    assert dropped.verdict == "verified", dropped
    assert set(await _indexes(place_all)) == {"molecules_pkey", "ix_molecules_name"}


async def test_a_lock_timeout_of_the_role_does_not_break_it_half_way(place: Place) -> None:
    admin = await place.connect()
    await admin.execute(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET lock_timeout = ''50ms''', current_database()); END $$"
    )
    old = await place.connect()
    await old.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM molecules LIMIT 1")
    desk = await place.desk(opener=place.opener())
    running = desk.start(await desk.preview("reindex-concurrently", [await place.index("ix_molecules_name")]))
    await place.until(
        "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND locktype = 'virtualxid' "
        "AND clock_timestamp() - waitstart > '0.3 s')"
    )
    await old.execute("COMMIT")
    assert (await running.wait()).verdict == "verified"


async def test_a_rebuild_that_fails_names_what_it_left(place: Place) -> None:
    admin = await place.connect()
    await admin.execute(
        "CREATE TABLE projects (id int); INSERT INTO projects VALUES (1);"
        "CREATE FUNCTION broken(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN $1; END';"
        "CREATE INDEX ix_broken ON projects (broken(id));"
        "CREATE OR REPLACE FUNCTION broken(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'no \x1b[31mvalue'; END $$"
    )
    desk = await place.desk()
    outcome = await desk.start(await desk.preview("reindex-concurrently", [await place.index("ix_broken")])).wait()
    assert outcome.verdict == "failed"
    assert outcome.sqlstate == "P0001"
    assert "REINDEX ix_broken failed: no \\x1b[31mvalue (P0001). It left ix_broken_ccnew, invalid" in outcome.sentence
    assert (await _indexes(place, "projects"))["ix_broken"][1]


@pytest.mark.parametrize("state", ["valid", "building"])
async def test_an_index_in_use_or_in_the_making_is_not_dropped(place: Place, state: str) -> None:
    desk = await place.desk()
    desk.raise_level(Level.DANGER)
    if state == "valid":
        row: dict[str, Any] = await place.index("ix_molecules_name")
        assert "is valid" in str((await desk.preview("drop-invalid-index", [row])).refused)
        assert "is valid" in str(desk.offered({**row, "valid": True})[-1].reason)
        return
    old = await place.connect()
    await old.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM molecules LIMIT 1")
    builder = await place.busy("CREATE INDEX CONCURRENTLY ix_new ON molecules (name)")
    await place.until("SELECT EXISTS (SELECT FROM pg_class WHERE relname = 'ix_new')")
    preview = await desk.preview("drop-invalid-index", [await place.index("ix_new")])
    assert preview.refused == (f"Drop ix_new refused: {builder.get_server_pid()} builds an index of this table now.")


async def test_the_sheet_of_an_invalid_index_tells_of_its_table_and_of_duplicates(place: Place) -> None:
    admin = await place.connect()
    await admin.execute("UPDATE molecules SET name = 'same' WHERE id < 10")
    await admin.execute("ANALYZE molecules")
    with pytest.raises(asyncpg.UniqueViolationError):
        await admin.execute("CREATE UNIQUE INDEX CONCURRENTLY uq_molecules_name ON molecules (name)")
    desk = await place.desk()
    preview = await desk.preview("reindex-concurrently", [await place.index("uq_molecules_name")])
    facts = {fact.label: fact.text for fact in preview.facts}
    assert " and invalid; its table molecules has " in facts["size"]
    assert facts["size"].endswith(" kB, 1.00k rows"), facts["size"]
    assert "needs up to 0 bytes" not in facts["disk"]
    assert "most likely met duplicates. Drop it, mend them, create it again" in facts["state"]
    outcome = await desk.start(preview).wait()
    assert outcome.verdict == "failed"
    assert outcome.sentence.count("is duplicated") == 1
    assert "DETAIL" not in outcome.sentence
    assert "It left uq_molecules_name_ccnew, invalid" in outcome.sentence
    leftover = await desk.preview("reindex-concurrently", [await place.index("uq_molecules_name_ccnew")])
    assert "the rest of a broken REINDEX" in next(fact.text for fact in leftover.facts if fact.label == "state")
