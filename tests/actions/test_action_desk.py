"""The gate below the screens: levels, read-only, protection, time, consent, another server."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from action_place import ANNA, Clock, Place

from cryotui import probes
from cryotui.actions.log import ActionLog
from cryotui.actions.registry import action, actions, actions_for
from cryotui.model.action import FACT_ORDER, Level, Limits
from cryotui.model.errors import RefusedError


def _reasons(desk: Any, row: Any) -> dict[str, str | None]:
    return {offer.action.name: offer.reason for offer in desk.offered(row)}


def test_every_action_declares_what_is_shown_of_it() -> None:
    found = {one.name: one for one in actions()}
    assert set(found) == {
        "cancel-query", "terminate-session", "vacuum", "vacuum-analyze", "vacuum-freeze", "vacuum-full", "analyze",
        "reindex-concurrently", "drop-invalid-index", "apply-fix", "apply-gentle-fix",
    }  # fmt: skip
    assert {name for name, one in found.items() if one.level is Level.DANGER} == {
        "terminate-session", "vacuum-full", "drop-invalid-index", "apply-fix",
    }  # fmt: skip
    assert {one.key for one in found.values()} == {"C", "K", "V", "I", ""}
    for one in found.values():
        assert one.title and one.verb and one.about and one.lock and one.rights and one.button
        assert one.level > Level.OBSERVE
        assert set(one.changes) <= set(probes.names())
        assert one.word in {name for names in one.fields for name in names}
    assert found["vacuum-full"].destroys
    with pytest.raises(KeyError):
        action("drop-database")


def test_an_action_is_offered_wherever_a_row_has_its_fields() -> None:
    session = {"pid": 1, "backend_start": None, "state": "idle"}
    table = {"oid": 2, "schema": "public", "table": "molecules", "size": 3}
    index = {"index_oid": 4, "schema": "public", "index": "ix"}
    names = [one.name for one in actions_for(session)]
    assert names == ["cancel-query", "terminate-session"]
    assert "vacuum-full" in [one.name for one in actions_for(table)]
    assert [one.name for one in actions_for(index)] == ["reindex-concurrently", "drop-invalid-index"]
    finding = {
        "fix": "VACUUM public.molecules;",
        "rule": "perf-dead-tuples",
        "fingerprint": "0" * 16,
        "object": "molecules",
    }
    assert [one.name for one in actions_for(finding)] == ["apply-gentle-fix"]
    for fix in ("DELETE FROM a;", "VACUUM (FULL) a;", "VACUUM a; DROP TABLE a;", "/* VACUUM a; */ DROP TABLE a;", ""):
        assert [one.name for one in actions_for({**finding, "fix": fix})] == ["apply-fix"]
    assert len(actions_for({**session, **table, **index, **finding})) == len(actions()) - 1
    assert actions_for({"name": "work_mem", "value": "4MB"}) == ()
    assert actions_for({**table, "oid": None}) == ()
    assert action("reindex-concurrently").fields_of({**table, **index}) == ("index_oid", "schema", "index")


async def test_an_ordinary_target_starts_at_operate_and_a_protected_one_at_observe(place: Place) -> None:
    assert (await place.desk()).level is Level.OPERATE
    assert (await place.desk(Limits(protected=True))).level is Level.OBSERVE
    assert (await place.desk(Limits(read_only=True))).level is Level.OBSERVE
    assert (await place.desk(Limits(max_level=Level.OBSERVE))).level is Level.OBSERVE


async def test_read_only_refuses_everything_below_the_screens(place: Place) -> None:
    row = await place.table()
    busy = await place.busy()
    open_desk = await place.desk()
    stolen = await open_desk.preview("vacuum", [row])
    desk = await place.desk(Limits(read_only=True))
    for level in (Level.OPERATE, Level.DANGER):
        with pytest.raises(RefusedError, match="this session is read-only"):
            desk.raise_level(level, "prod")
    for one in (row, await place.session(busy)):
        for name, reason in _reasons(desk, one).items():
            assert reason == f"{action(name).verb} refused: this session is read-only."
            preview = await desk.preview(name, [one])
            assert preview.refused == reason
            with pytest.raises(RefusedError):
                desk.start(preview, preview.word)
            with pytest.raises(RefusedError):
                desk.start(dataclasses.replace(preview, refused=None))
    with pytest.raises(RefusedError):
        desk.start(stolen)
    assert {entry["verdict"] for entry in desk.log.rows()} == {"refused"}


async def test_a_level_too_low_refuses_and_says_how_to_raise_it(place: Place) -> None:
    desk = await place.desk(Limits(protected=True))
    row = await place.table()
    assert _reasons(desk, row)["vacuum"] == "VACUUM needs level operate, this session is at observe. L raises it."
    with pytest.raises(RefusedError):
        desk.start(await desk.preview("vacuum", [row]))
    desk.raise_level(Level.OPERATE, "prod")
    assert _reasons(desk, row)["vacuum"] is None
    preview = await desk.preview("vacuum", [row])
    desk.raise_level(Level.OBSERVE)
    with pytest.raises(RefusedError, match="needs level operate"):
        desk.start(preview)


async def test_max_level_is_never_passed(place: Place) -> None:
    desk = await place.desk(Limits(max_level=Level.OPERATE))
    with pytest.raises(RefusedError, match="max_level of prod is operate"):
        desk.raise_level(Level.DANGER)
    reason = _reasons(desk, await place.table())["vacuum-full"]
    assert reason == "VACUUM FULL refused: max_level of prod is operate."


@pytest.mark.parametrize("typed", [None, "", "PROD", "prod ", "staging"])
async def test_a_protected_target_wants_its_name_exactly(place: Place, typed: str | None) -> None:
    desk = await place.desk(Limits(protected=True))
    with pytest.raises(RefusedError, match="prod is protected and its name was not typed"):
        desk.raise_level(Level.DANGER, typed)
    assert desk.level is Level.OBSERVE
    assert desk.log.rows()[0]["verdict"] == "refused"


async def test_danger_ends_by_itself(place: Place, clock: Clock) -> None:
    desk = await place.desk(Limits(danger_minutes=10), clock=clock)
    desk.raise_level(Level.DANGER)
    preview = await desk.preview("vacuum-full", [await place.table()])
    clock.seconds = 599
    assert (desk.level, desk.left_seconds) == (Level.DANGER, 1)
    clock.seconds = 600
    assert (desk.level, desk.left_seconds) == (Level.OPERATE, None)
    with pytest.raises(RefusedError, match="needs level danger"):
        desk.start(preview, "molecules")
    protected = await place.desk(Limits(protected=True), clock=clock)
    protected.raise_level(Level.DANGER, "prod")
    clock.seconds += 599
    with pytest.raises(RefusedError):
        protected.raise_level(Level.DANGER)  # not longer without the name
    clock.seconds += 1
    assert protected.level is Level.OBSERVE


async def test_nobody_there_and_no_yes_is_a_refusal(place: Place) -> None:
    desk = await place.desk(attended=False)
    preview = await desk.preview("vacuum", [await place.table()])
    with pytest.raises(RefusedError, match="nobody is here to ask, and no --yes was given"):
        desk.start(preview)
    assert (await desk.start(preview, yes=True).wait()).verdict == "verified"
    desk.raise_level(Level.DANGER)
    full = await desk.preview("vacuum-full", [await place.table()])
    with pytest.raises(RefusedError, match="molecules was not typed"):
        desk.start(full, yes=True)
    assert (await desk.start(full, "molecules", yes=True).wait()).verdict == "verified"


async def test_a_sheet_is_void_on_another_server(place: Place) -> None:
    desk = await place.desk()
    preview = await desk.preview("vacuum", [await place.table()])
    desk.meet(dataclasses.replace(desk.server, timeline=(desk.server.timeline or 1) + 1))
    with pytest.raises(RefusedError, match="no longer valid"):
        desk.start(preview)


async def test_standby_and_pooler_refuse_what_cannot_work_there(place: Place) -> None:
    row = await place.table()
    desk = await place.desk()
    server = desk.server
    desk.meet(dataclasses.replace(server, standby=True))
    assert _reasons(desk, row)["vacuum"] == "VACUUM molecules refused: this is a standby. Do it on the primary."
    desk.meet(dataclasses.replace(server, pooled=True))
    assert "a pooler stands between" in str(_reasons(desk, row)["vacuum"])
    busy = await place.session(await place.busy())
    assert _reasons(desk, busy)["cancel-query"] is None


async def test_the_log_that_cannot_be_written_refuses_everything(place: Place) -> None:
    place.folder.parent.mkdir(parents=True)
    place.folder.write_text("in the way")
    desk = await place.desk()
    row = await place.table()
    preview = await desk.preview("vacuum", [row])
    assert preview.refused is not None
    assert preview.refused.startswith("VACUUM refused. The action log cannot be written: ")
    with pytest.raises(RefusedError):
        desk.start(preview)
    with pytest.raises(RefusedError, match="action log cannot be written"):
        desk.raise_level(Level.DANGER)
    assert _reasons(desk, row)["vacuum"] == preview.refused
    place.folder.unlink()
    assert (await desk.start(await desk.preview("vacuum", [row])).wait()).good


async def test_a_log_that_fails_between_sheet_and_statement_stops_it(place: Place) -> None:
    desk = await place.desk(log=ActionLog(place.folder, ANNA))
    preview = await desk.preview("vacuum", [await place.table()])
    moved = place.folder.rename(place.folder.with_name("moved"))
    place.folder.symlink_to("/nowhere/at/all")
    with pytest.raises(RefusedError, match="cannot be written"):
        desk.start(preview)
    place.folder.unlink()
    moved.rename(place.folder)
    admin = await place.connect()
    assert await admin.fetchval("SELECT pg_stat_get_last_vacuum_time('molecules'::regclass)") is None


async def test_the_lines_of_a_sheet_keep_their_order(place: Place) -> None:
    desk = await place.desk()
    desk.raise_level(Level.DANGER)
    for name in ("vacuum", "vacuum-full", "reindex-concurrently"):
        labels = [fact.label for fact in (await desk.preview(name, [await place.table()])).facts]
        assert labels == sorted(labels, key=FACT_ORDER.index)


async def test_no_connection_is_kept_between_sheets(place: Place) -> None:
    desk = await place.desk()
    preview = await desk.preview("vacuum", [await place.table()])
    await place.until_closed()
    await desk.start(preview).wait()
    await place.until_closed()
    assert place.most_open == 1


async def test_missing_rights_show_in_the_list_once_they_are_known(place: Place, roles: dict[str, str]) -> None:
    desk = await place.desk(user=roles["reader"])
    mine = {"pid": 1, "backend_start": "x", "user": roles["reader"]}
    other = {**mine, "user": roles["other"]}
    boss = {**mine, "user": "postgres"}
    assert _reasons(desk, other)["cancel-query"] is None
    await desk.learn_rights()
    assert _reasons(desk, mine)["cancel-query"] is None
    assert _reasons(desk, other)["cancel-query"] == (
        f"Cancel refused: 1 is {roles['other']}'s; its members or pg_signal_backend may."
    )
    assert _reasons(desk, boss)["cancel-query"] == (
        "Cancel refused: 1 is the superuser postgres's; only a superuser may."
    )
    desk.meet(dataclasses.replace(desk.server, major=16))
    await desk.learn_rights()
    table = {**await place.table(), "owner": "postgres"}
    assert _reasons(desk, table)["vacuum"] == ("VACUUM molecules refused: only its owner postgres or a superuser may.")
    assert _reasons(desk, {**table, "owner": roles["reader"]})["vacuum"] is None


async def test_what_a_row_says_of_itself_is_enough_to_refuse(place: Place) -> None:
    desk = await place.desk()
    desk.raise_level(Level.DANGER)
    table = {**await place.table(), "kind": "partitioned"}
    reasons = _reasons(desk, table)
    assert reasons["vacuum"] == "VACUUM molecules refused: it is partitioned. Tag its partitions instead."
    assert reasons["analyze"] is None
    index = {**await place.index("ix_molecules_name"), "partitioned": True}
    assert "it is partitioned" in str(_reasons(desk, index)["reindex-concurrently"])
    building = {**index, "partitioned": False, "building": True, "valid": False}
    assert _reasons(desk, building)["drop-invalid-index"] == "Drop ix_molecules_name refused: it is being built now."
