"""VACUUM in its kinds and ANALYZE: effect seen by the server's time stamps and files, or the reason there is none."""

from __future__ import annotations

from typing import Any

import pytest
from action_place import Place

from cryotui.actions import horizon
from cryotui.actions.registry import action
from cryotui.model.action import Level
from cryotui.model.errors import RefusedError
from cryotui.pg.statement import ActionSession

OPERATE = ("vacuum", "vacuum-analyze", "vacuum-freeze", "analyze")


async def _stats(place: Place, table: str = "molecules") -> dict[str, Any]:
    admin = await place.connect()
    row = await admin.fetchrow(
        "SELECT pg_stat_get_last_vacuum_time(oid) AS vacuum, pg_stat_get_last_analyze_time(oid) AS analyze, "
        "pg_relation_filenode(oid) AS file, relpages FROM pg_class WHERE oid = $1::text::regclass",
        table,
    )
    return dict(row)


def _fact(preview: Any, label: str) -> str:
    return next((fact.text for fact in preview.facts if fact.label == label), "")


@pytest.mark.parametrize("name", OPERATE)
async def test_each_kind_has_its_effect_and_says_so(place_all: Place, name: str) -> None:
    desk = await place_all.desk()
    preview = await desk.preview(name, [await place_all.table()])
    assert preview.refused is None
    assert preview.word is None
    assert [fact.label for fact in preview.facts if fact.label not in ("frees", "disk")] == [
        "does", "lock", "size", "takes", "in use", "waits", "undo",
    ]  # fmt: skip
    running = desk.start(preview)
    outcome = await running.wait()
    assert outcome.verdict == "verified", outcome
    assert outcome.sentence.startswith(f"{action(name).title} molecules done in ")
    assert outcome.sql == preview.sql[0] == action(name).statement.format("public.molecules")
    assert any(notice.startswith("INFO: ") for notice in outcome.notices)
    assert [str(notice) for notice in running.notices] == list(outcome.notices)
    stats = await _stats(place_all)
    assert (stats["vacuum"] is not None) == ("vacuum" in name)
    assert (stats["analyze"] is not None) == ("analyze" in name)


async def test_vacuum_full_asks_for_the_name_rewrites_the_table_and_tells_the_sizes(place_all: Place) -> None:
    admin = await place_all.connect()
    await admin.execute("INSERT INTO molecules SELECT i, repeat('x', 500) FROM generate_series(3000, 6000) i")
    await admin.execute("DELETE FROM molecules WHERE id > 3000")
    before = await _stats(place_all)
    desk = await place_all.desk()
    row = await place_all.table()
    refused = await desk.preview("vacuum-full", [row])
    assert refused.refused == "VACUUM FULL needs level danger, this session is at operate. L raises it."
    desk.raise_level(Level.DANGER)
    preview = await desk.preview("vacuum-full", [row])
    assert preview.word == "molecules"
    assert _fact(preview, "does") == "VACUUM (FULL, ANALYZE, VERBOSE) public.molecules;"
    assert next(fact.mark for fact in preview.facts if fact.label == "lock") == "bad"
    assert "until it ends" in _fact(preview, "disk")
    with pytest.raises(RefusedError, match="molecules was not typed"):
        desk.start(preview, "molecule")
    outcome = await desk.start(preview, "molecules").wait()
    assert outcome.verdict == "verified", outcome
    assert ", now " in outcome.sentence
    after = await _stats(place_all)
    assert after["file"] != before["file"]
    assert after["relpages"] < 50


async def test_vacuum_full_gives_up_behind_a_lock_with_nothing_changed(place: Place) -> None:
    reader = await place.connect(app="pg_dump")
    await reader.execute("BEGIN; SELECT count(*) FROM molecules")
    before = await _stats(place)
    desk = await place.desk()
    desk.raise_level(Level.DANGER)
    preview = await desk.preview("vacuum-full", [await place.table()])
    pid = reader.get_server_pid()
    assert f"1 holds it now: {pid} pg_dump AccShr" in _fact(preview, "in use")
    assert f"While {pid} pg_dump is there, it will give up." in _fact(preview, "waits")
    outcome = await desk.start(preview, "molecules").wait()
    assert outcome.verdict == "failed"
    assert outcome.sqlstate == "55P03"
    assert outcome.sentence == (
        f"VACUUM FULL molecules gave up: no lock within 2 s, {pid} pg_dump has it. Nothing has changed (55P03)."
    )
    assert await _stats(place) == before


async def test_a_table_of_somebody_else_is_refused_before_anything_is_sent(place_all: Place, pg_all: Any) -> None:
    admin = await place_all.connect()
    number = await admin.fetchval("SELECT oid FROM pg_database WHERE datname = current_database()")
    await admin.execute(f"CREATE ROLE stranger_{number} LOGIN")
    try:
        desk = await place_all.desk(user=f"stranger_{number}")
        for name in (*OPERATE, "reindex-concurrently"):
            preview = await desk.preview(name, [await place_all.table()])
            may = "a role with MAINTAIN" if desk.server.major >= 17 else "a superuser"
            title = action(name).title
            assert preview.refused == f"{title} molecules refused: only its owner postgres or {may} may."
            with pytest.raises(RefusedError):
                desk.start(preview)
        if desk.server.major >= 17:
            await admin.execute(f"GRANT MAINTAIN ON molecules TO stranger_{number}")
            preview = await desk.preview("vacuum", [await place_all.table()])
            assert (await desk.start(preview).wait()).good
    finally:
        for connection in place_all.connections:
            if connection is not admin:
                connection.terminate()
        await admin.execute(f"DROP OWNED BY stranger_{number}")
        await admin.execute(f"DROP ROLE stranger_{number}")


@pytest.mark.parametrize("name", ["vacuum", "vacuum-full"])
async def test_a_vacuum_the_server_skips_is_no_success(place: Place, roles: dict[str, str], name: str) -> None:
    """Past the gate, as when the owner changes in the last moment: the server warns and the command succeeds."""
    one = action(name)
    server = await place.server()
    admin = await ActionSession.open(place.opener())
    subject = await one.look(admin.ask, server, await place.table())
    stranger = await ActionSession.open(place.opener(roles["plain"]))
    outcome = await one.perform(stranger, server, subject)
    assert outcome.verdict == "no effect"
    assert outcome.sentence == (
        f"{one.title} molecules did nothing: the server skipped it, we are not its owner. Warning kept in the log."
    )
    assert any(notice.startswith("WARNING: ") for notice in outcome.notices)
    await admin.close()
    await stranger.close()


async def test_without_counting_the_effect_is_not_claimed(place: Place) -> None:
    admin = await place.connect()
    await admin.execute(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET track_counts = off', current_database()); END $$"
    )
    desk = await place.desk()
    outcome = await desk.start(await desk.preview("vacuum", [await place.table()])).wait()
    assert outcome.verdict == "unknown"
    assert "track_counts is off" in outcome.sentence


async def test_limits_meant_for_applications_do_not_end_a_vacuum(place: Place) -> None:
    admin = await place.connect()
    for setting in ("statement_timeout = '100ms'", "transaction_timeout = '100ms'", "client_min_messages = 'error'"):
        await admin.execute(
            f"DO $do$ BEGIN EXECUTE format($$ALTER DATABASE %I SET {setting}$$, current_database()); END $do$"
        )
    await place.slow_vacuum()
    desk = await place.desk(opener=place.opener())
    outcome = await desk.start(await desk.preview("vacuum", [await place.table()])).wait()
    assert outcome.verdict == "verified", outcome
    assert outcome.seconds > 0.1


async def test_kinds_that_cannot_be_vacuumed_are_refused_by_name(place: Place) -> None:
    admin = await place.connect()
    await admin.execute(
        "CREATE TABLE runs (at date) PARTITION BY RANGE (at);"
        "CREATE TABLE runs_2026 PARTITION OF runs FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');"
        "CREATE VIEW names AS SELECT name FROM molecules;"
        "CREATE MATERIALIZED VIEW counts AS SELECT count(*) FROM molecules"
    )
    desk = await place.desk()
    desk.raise_level(Level.DANGER)
    for name in ("vacuum", "vacuum-full", "reindex-concurrently"):
        title = action(name).title
        root = await desk.preview(name, [await place.table("runs")])
        assert root.refused == f"{title} runs refused: it is partitioned. Tag its partitions instead."
        view = await desk.preview(name, [await place.table("names")])
        assert view.refused == f"{title} names refused: it is a view."
    assert (await desk.start(await desk.preview("analyze", [await place.table("runs")])).wait()).good
    assert (await desk.start(await desk.preview("vacuum", [await place.table("runs_2026")])).wait()).good
    assert (await desk.start(await desk.preview("vacuum", [await place.table("counts")])).wait()).good
    catalog = await desk.preview("vacuum-full", [await place.table("pg_class", "pg_catalog")])
    assert "it is a system catalog" in str(catalog.refused)
    temporary = await place.connect()
    await temporary.execute("CREATE TEMP TABLE scratch (id int)")
    schema = await temporary.fetchval("SELECT nspname FROM pg_namespace WHERE oid = pg_my_temp_schema()")
    other = await desk.preview("vacuum", [await place.table("scratch", schema)])
    assert other.refused == f"VACUUM {schema}.scratch refused: it is a temporary table of another session."


async def test_a_table_dropped_or_renamed_since_the_list_was_read_is_not_touched(place: Place) -> None:
    admin = await place.connect()
    await admin.execute("CREATE TABLE gone (id int); CREATE TABLE predictions (id int)")
    desk = await place.desk()
    gone, renamed = await place.table("gone"), await place.table("predictions")
    before_drop = await desk.preview("vacuum", [gone])
    before_rename = await desk.preview("vacuum", [renamed])
    await admin.execute("DROP TABLE gone; ALTER TABLE predictions RENAME TO predictions_old")
    await admin.execute("CREATE TABLE predictions (id int); CREATE TABLE gone (id int)")
    assert (await desk.preview("vacuum", [gone])).refused == "gone is gone. Nothing was sent."
    assert (await desk.preview("vacuum", [renamed])).refused == (
        "predictions is called predictions_old now. Nothing was sent."
    )
    assert (await desk.start(before_drop).wait()).sentence == "gone is gone. Nothing was sent."
    outcome = await desk.start(before_rename).wait()
    assert outcome.verdict == "refused"
    for table in ("gone", "predictions", "predictions_old"):
        assert (await _stats(place, table))["vacuum"] is None


async def test_a_table_that_changed_its_owner_since_the_sheet_is_not_touched(
    place: Place, roles: dict[str, str]
) -> None:
    desk = await place.desk()
    preview = await desk.preview("vacuum", [await place.table()])
    await (await place.connect()).execute(f"ALTER TABLE molecules OWNER TO {roles['other']}")
    outcome = await desk.start(preview).wait()
    assert outcome.sentence == "molecules has changed since it was asked for. Nothing was sent."


async def test_the_sheet_shows_what_keeps_dead_rows_and_the_time_it_took_last(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(horizon, "OLD_SECONDS", 0.0)
    holder = await place.connect(app="report")
    await holder.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM molecules LIMIT 1")
    desk = await place.desk()
    first = await desk.preview("vacuum", [await place.table()])
    assert f"Not the newer ones: {holder.get_server_pid()} report holds the xmin horizon" in _fact(first, "frees")
    assert _fact(first, "takes") == "not known: it has not run from here yet"
    await desk.start(first).wait()
    second = await desk.preview("vacuum", [await place.table()])
    assert _fact(second, "takes").startswith("about ")
    assert [fact.label for fact in second.expects] == ["last_vacuum", "dead rows"]
    assert second.expects[0].text.startswith("moves from ")


async def test_several_tables_are_done_one_after_the_other(place: Place) -> None:
    await (await place.connect()).execute("CREATE TABLE projects (id int); CREATE TABLE teams (id int)")
    rows = [await place.table(name) for name in ("molecules", "projects", "teams")]
    desk = await place.desk()
    preview = await desk.preview("vacuum", rows)
    assert preview.question == ("VACUUM 3 tables? All 3 are listed; each is looked up again before it is vacuumed.")
    assert [line.split("  ")[0] for line in preview.rows] == ["molecules", "projects", "teams"]
    outcome = await desk.start(preview).wait()
    assert outcome.verdict == "verified"
    assert outcome.sentence.startswith("All 3 tables vacuumed in ")
    assert len(outcome.details) == 3
    assert place.most_open == 1
    desk.raise_level(Level.DANGER)
    full = await desk.preview("vacuum-full", rows)
    assert full.word == "3 tables"


@pytest.mark.parametrize("name", ["vacuum", "vacuum-analyze"])
async def test_a_vacuum_that_can_remove_nothing_names_who_keeps_the_dead_rows(place_all: Place, name: str) -> None:
    admin = await place_all.connect()
    await admin.execute("CREATE TABLE runs (id int); INSERT INTO runs SELECT generate_series(1, 500)")
    writer = await place_all.connect(app="lab-import")
    await writer.execute("BEGIN; INSERT INTO molecules VALUES (9001, 'x')")  # an xid, and no xmin while it idles
    await admin.execute("DELETE FROM runs WHERE id <= 121")
    await admin.close()  # its statistics are written now
    await place_all.until("SELECT pg_stat_get_dead_tuples('runs'::regclass) = 121")
    desk = await place_all.desk()
    outcome = await desk.start(await desk.preview(name, [await place_all.table("runs")])).wait()
    assert outcome.verdict == "no effect", outcome
    title = action(name).title
    kept = f"{title} runs ran, but 121 dead rows stay: {writer.get_server_pid()} lab-import holds the xmin horizon"
    assert outcome.sentence.startswith(kept), outcome
    await writer.execute("ROLLBACK")
    outcome = await desk.start(await desk.preview(name, [await place_all.table("runs")])).wait()
    assert outcome.verdict == "verified", outcome


async def test_the_sheet_promises_no_space_that_a_snapshot_keeps(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(horizon, "OLD_SECONDS", 0.0)
    admin = await place.connect()
    holder = await place.connect(app="holder")
    await admin.execute("CREATE TABLE runs AS SELECT generate_series(1, 500) AS id")
    await holder.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1")
    await admin.execute("DELETE FROM runs WHERE id <= 100")
    await admin.close()  # its statistics are written now
    await place.until("SELECT pg_stat_get_dead_tuples('runs'::regclass) = 100")
    desk = await place.desk()
    preview = await desk.preview("vacuum", [await place.table("runs")])
    who = f"{holder.get_server_pid()} holder holds the xmin horizon for "
    assert _fact(preview, "frees").startswith(f"perhaps nothing yet of 100 dead rows: {who}")
    assert next(fact.mark for fact in preview.facts if fact.label == "frees") == "watch"
    await desk.start(preview).wait()
    preview = await desk.preview("vacuum", [await place.table("runs")])
    assert _fact(preview, "frees").startswith(f"nothing yet: {who}")


async def test_the_sheet_says_what_goes_back_to_the_disk_and_under_which_lock(place_all: Place) -> None:
    desk = await place_all.desk()
    disk = _fact(await desk.preview("vacuum", [await place_all.table()]), "disk")
    assert "empty pages at its end" in disk
    assert "short ACCESS EXCLUSIVE lock (replayed on standbys)" in disk
    await (await place_all.connect()).execute("ALTER TABLE molecules SET (vacuum_truncate = off)")
    disk = _fact(await desk.preview("vacuum", [await place_all.table()]), "disk")
    assert disk == "gives nothing back: vacuum_truncate is off, empty pages at its end stay"


async def test_the_sheet_for_several_tables_says_who_uses_them_what_it_waits_for_and_how_it_is_undone(
    place: Place,
) -> None:
    other = await place.connect(app="migrate")
    await other.execute("CREATE TABLE projects (id int)")
    rows = [await place.table(name) for name in ("molecules", "projects")]
    desk = await place.desk()
    free = await desk.preview("vacuum", rows)
    assert [fact.label for fact in free.facts] == ["does", "lock", "in use", "waits", "undo"]
    assert _fact(free, "in use") == "nobody holds or waits for a lock that conflicts"
    await other.execute("BEGIN; LOCK TABLE projects")
    busy = _fact(await desk.preview("vacuum", rows), "in use")
    assert busy.startswith(f"1 of 2 tables: projects: {other.get_server_pid()} migrate AccExcl")


async def test_the_sheet_names_an_idle_writer_that_has_no_snapshot(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(horizon, "OLD_SECONDS", 0.0)
    writer = await place.connect(app="lab-import")
    await writer.execute("BEGIN; INSERT INTO molecules VALUES (9001, 'x')")
    desk = await place.desk()
    preview = await desk.preview("vacuum", [await place.table()])
    assert f"{writer.get_server_pid()} lab-import holds the xmin horizon" in _fact(preview, "frees")
