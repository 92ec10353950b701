"""Runs: one after the other, stopped, lost, left behind and found again."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from action_place import ANNA, Clock, Place

from cryotui.actions.log import ActionLog
from cryotui.model.action import Level, Limits
from cryotui.model.errors import ConnectError, RefusedError


async def _at_work(place: Place, running: Any) -> None:
    """Until the statement of the run is on the server."""
    async with asyncio.timeout(60):
        while running.pid is None:
            await asyncio.sleep(0.02)
    await place.until(f"SELECT query LIKE 'VACUUM%' FROM pg_stat_activity WHERE pid = {running.pid}")


async def test_a_second_long_action_waits_for_the_first_and_a_signal_does_not(place: Place) -> None:
    await place.slow_vacuum()
    await (await place.connect()).execute("CREATE TABLE teams (id int)")
    desk = await place.desk()
    first = desk.start(await desk.preview("vacuum", [await place.table()]))
    second = desk.start(await desk.preview("analyze", [await place.table("teams")]))
    await _at_work(place, first)
    assert (first.state, second.state) == ("running", "waiting")
    assert desk.at_work == "2 actions: VACUUM molecules, ANALYZE teams"
    busy = await place.busy()
    cancel = desk.start(await desk.preview("cancel-query", [await place.session(busy)]))
    assert (await cancel.wait()).verdict == "verified"
    assert (first.state, second.state) == ("running", "waiting")
    row = {"pid": first.pid, "backend_start": first.backend_start}
    assert desk.offered(row)[0].reason == (f"Cancel refused: {first.pid} is our own VACUUM molecules. X stops it.")
    assert (await first.wait()).verdict == "verified"
    assert (await second.wait()).verdict == "verified"
    assert desk.at_work is None
    assert place.most_open == 2  # one that works, one that looked and signalled for a moment


async def test_a_running_vacuum_is_stopped(place_all: Place) -> None:
    await place_all.slow_vacuum()
    desk = await place_all.desk()
    running = desk.start(await desk.preview("vacuum", [await place_all.table()]))
    await _at_work(place_all, running)
    outcome = await running.stop()
    assert outcome.verdict == "stopped"
    assert outcome.sentence == "VACUUM molecules stopped. What it cleaned so far stays clean."
    assert running.state == "ended"
    await place_all.until(f"SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = {running.pid})")
    assert desk.log.rows()[0]["verdict"] == "stopped"


async def test_it_is_stopped_even_when_no_connection_is_left(place: Place) -> None:
    await place.slow_vacuum()
    real = place.opener()
    full = False

    async def opener() -> Any:
        if full:
            raise ConnectError("All connections are taken (53300).", "too_many", "53300")
        return await real()

    desk = await place.desk(opener=opener)
    running = desk.start(await desk.preview("vacuum", [await place.table()]))
    await _at_work(place, running)
    full = True
    outcome = await running.stop()
    assert outcome.verdict == "stopped", outcome


async def test_one_that_waits_is_stopped_before_anything_is_sent(place: Place) -> None:
    await place.slow_vacuum()
    desk = await place.desk()
    first = desk.start(await desk.preview("vacuum", [await place.table()]))
    second = desk.start(await desk.preview("analyze", [await place.table()]))
    await _at_work(place, first)
    outcome = await second.stop()
    assert outcome.verdict == "stopped"
    assert outcome.sentence == "ANALYZE molecules was not begun. Nothing was sent."
    assert (await first.wait()).verdict == "verified"


async def test_a_stopped_list_leaves_the_rest_alone(place: Place) -> None:
    await (await place.connect()).execute("CREATE TABLE teams (id int)")
    await place.slow_vacuum()
    desk = await place.desk()
    running = desk.start(await desk.preview("vacuum", [await place.table(), await place.table("teams")]))
    await _at_work(place, running)
    outcome = await running.stop()
    assert outcome.verdict == "stopped"
    assert outcome.details[1] == "VACUUM teams was not begun. Nothing was sent."


async def test_a_lost_connection_is_unknown_and_is_looked_for_afterwards(place: Place) -> None:
    await place.slow_vacuum()
    desk = await place.desk()
    running = desk.start(await desk.preview("vacuum", [await place.table()]))
    await _at_work(place, running)
    next(one for one in place.connections if one.get_server_pid() == running.pid).terminate()
    outcome = await running.wait()
    assert outcome.verdict == "unknown"
    assert outcome.sentence == (
        "Connection lost while VACUUM molecules ran. It may still run; looked for at reconnect."
    )
    (found, at_work), *more = await desk.look_after_lost()
    assert (found.pid, found.backend_start, at_work, more) == (running.pid, running.backend_start, True, [])
    await (await place.connect()).execute(f"SELECT pg_terminate_backend({running.pid}, 5000)")
    (found, at_work), *_ = await desk.look_after_lost()
    assert not at_work
    assert await desk.look_after_lost() == []
    assert desk.log.rows()[0]["verdict"] == "unknown"
    assert "no longer runs" in desk.log.rows()[0]["sentence"]
    assert desk.log.verify() == []


async def test_a_session_ended_by_somebody_else_is_unknown_and_found_to_be_over(place: Place) -> None:
    await place.slow_vacuum()
    desk = await place.desk()
    running = desk.start(await desk.preview("vacuum", [await place.table()]))
    await _at_work(place, running)
    await (await place.connect()).execute(f"SELECT pg_terminate_backend({running.pid})")
    outcome = await running.wait()
    assert outcome.verdict == "unknown"
    ((_, at_work),) = await desk.look_after_lost()
    assert not at_work


async def test_what_is_left_running_goes_on_and_the_next_start_finds_it(place: Place) -> None:
    await place.slow_vacuum()
    desk = await place.desk()
    running = desk.start(await desk.preview("vacuum", [await place.table()]))
    await _at_work(place, running)
    waiting = desk.start(await desk.preview("analyze", [await place.table()]))
    await desk.leave()
    assert (await running.wait()).sentence.startswith("Left running when the console ended")
    assert (await waiting.wait()).verdict == "stopped"
    await place.until("SELECT pg_stat_get_last_vacuum_time('molecules'::regclass) IS NOT NULL")
    await place.until(f"SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = {running.pid})")
    following = await place.desk(log=ActionLog(place.folder, ANNA))
    ((found, at_work),) = await following.look_after_lost()
    assert (found.title, at_work) == ("VACUUM molecules", False)


async def test_a_run_whose_console_was_killed_is_unknown_at_the_next_start(place: Place) -> None:
    await place.slow_vacuum()
    desk = await place.desk()
    running = desk.start(await desk.preview("vacuum", [await place.table()]))
    await _at_work(place, running)
    following = ActionLog(place.folder, ANNA)  # the first process is dead: nobody has its pid
    row = following.rows()[0]
    assert row["verdict"] == "unknown"
    assert row["sentence"] == "No end was recorded: the console ended first. It may have gone on."
    ((found, at_work),) = await (await place.desk(log=following)).look_after_lost()
    assert (found.pid, at_work) == (running.pid, True)
    assert desk.log.rows()[0]["verdict"] is None  # the console that runs it knows better
    await running.wait()


async def test_two_consoles_do_not_maintain_one_table_at_once(place: Place, tmp_path: Path) -> None:
    await place.slow_vacuum()
    desk = await place.desk()
    running = desk.start(await desk.preview("vacuum", [await place.table()]))
    await _at_work(place, running)
    other = await place.desk(log=ActionLog(tmp_path / "other", ANNA))
    outcome = await other.start(
        await other.preview("reindex-concurrently", [await place.index("molecules_pkey")])
    ).wait()
    assert outcome.verdict == "refused"
    assert outcome.sentence.startswith(
        f"REINDEX molecules_pkey refused: postgres from local (pid {running.pid}) since "
    )
    assert outcome.sentence.endswith(" maintains this table. Nothing was sent.")
    await running.stop()
    again = await other.start(await other.preview("analyze", [await place.table()])).wait()
    assert again.verdict == "verified"


async def test_danger_that_ended_while_it_waited_lets_nothing_through(place: Place, clock: Clock) -> None:
    await place.slow_vacuum()
    await (await place.connect()).execute("CREATE TABLE teams (id int)")
    desk = await place.desk(clock=clock)
    first = desk.start(await desk.preview("vacuum", [await place.table()]))
    desk.raise_level(Level.DANGER)
    second = desk.start(await desk.preview("vacuum-full", [await place.table("teams")]), "teams")
    clock.seconds = 601
    await first.stop()
    outcome = await second.wait()
    assert outcome.verdict == "refused"
    assert outcome.sentence == "VACUUM FULL needs level danger, this session is at operate. L raises it."


async def test_without_a_connection_the_run_fails_and_says_why(place: Place) -> None:
    real = place.opener()
    opened = 0

    async def opener() -> Any:
        nonlocal opened
        opened += 1
        if opened > 1:
            raise ConnectError("All 97 ordinary connections are taken (53300).", "too_many", "53300")
        return await real()

    desk = await place.desk(opener=opener)
    outcome = await desk.start(await desk.preview("vacuum", [await place.table()])).wait()
    assert outcome.verdict == "failed"
    assert outcome.sentence == "All 97 ordinary connections are taken (53300). Nothing was sent."


async def test_a_connection_that_leads_elsewhere_is_refused(place: Place, database: str) -> None:
    admin = await place.connect()
    name = f"copy_{await admin.fetchval('SELECT oid FROM pg_database WHERE datname = current_database()')}"
    await admin.execute(f"CREATE DATABASE {name}")
    elsewhere = place.uri.replace(f"/{await admin.fetchval('SELECT current_database()')}", f"/{name}")
    targets = iter([place.opener(), place.opener(uri=elsewhere)])

    async def opener() -> Any:
        return await next(targets)()

    desk = await place.desk(opener=opener)
    outcome = await desk.start(await desk.preview("vacuum", [await place.table()])).wait()
    assert outcome.verdict == "refused"
    assert outcome.sentence == f"The new connection is to {name} as postgres. Nothing was sent."
    for connection in place.connections:
        if connection is not admin:
            connection.terminate()
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def test_a_connection_refused_by_the_driver_becomes_a_sentence(place: Place) -> None:
    async def opener() -> Any:
        raise asyncpg.TooManyConnectionsError("sorry, too many clients already")

    desk = await place.desk(opener=opener)
    with pytest.raises(ConnectError, match="too many clients"):
        await desk.preview("vacuum", [await place.table()])


async def test_the_console_is_told_of_every_step(place: Place) -> None:
    seen: list[str] = []
    desk = await place.desk(Limits(), told=lambda running: seen.append(running.state))
    await desk.start(await desk.preview("vacuum", [await place.table()])).wait()
    assert seen[0] == "running"
    assert seen[-1] == "ended"
    assert len(seen) > 3  # the notices in between


async def test_a_sheet_starts_once_only(place: Place) -> None:
    desk = await place.desk()
    preview = await desk.preview("vacuum", [await place.table()])
    running = desk.start(preview)
    with pytest.raises(RefusedError, match="used already"):
        desk.start(preview)
    await running.wait()
