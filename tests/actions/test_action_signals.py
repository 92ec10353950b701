"""Cancelling and terminating: only the session that was meant, only the statement that was meant, effect seen."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import re
import signal
from datetime import timedelta
from typing import Any

import pytest
from action_place import Place

from cryotui.model.action import Level, Limits
from cryotui.model.errors import RefusedError


async def _state(place: Place, pid: int) -> str | None:
    admin = await place.connect()
    state: str | None = await admin.fetchval("SELECT state FROM pg_stat_activity WHERE pid = $1", pid)
    return state


def _facts(preview: Any) -> dict[str, str]:
    return {fact.label: fact.text for fact in preview.facts}


async def test_a_cancelled_query_ends_and_its_session_stays(place_all: Place) -> None:
    busy = await place_all.busy()
    desk = await place_all.desk()
    preview = await desk.preview("cancel-query", [await place_all.session(busy)])
    assert preview.refused is None
    assert preview.word is None
    outcome = await desk.start(preview).wait()
    assert outcome.verdict == "verified", outcome
    assert outcome.sentence.startswith(f"The statement of {busy.get_server_pid()} is cancelled after")
    assert await _state(place_all, busy.get_server_pid()) == "idle"


async def test_a_terminated_session_is_gone_and_says_who_goes_on(place_all: Place) -> None:
    holder = await place_all.connect(app="lab-import")
    await holder.execute("BEGIN; UPDATE molecules SET name = 'x' WHERE id = 1")
    waiter = await place_all.busy("UPDATE molecules SET name = 'y' WHERE id = 1")
    await place_all.waiting(waiter)
    desk = await place_all.desk()
    desk.raise_level(Level.DANGER)
    preview = await desk.preview("terminate-session", [await place_all.session(holder)])
    facts = _facts(preview)
    pid = holder.get_server_pid()
    assert [fact.label for fact in preview.facts] == [
        "does", "session", "state", "last", "holds", "wrote", "frees", "milder",
    ]  # fmt: skip
    assert facts["does"].startswith(f"SELECT pg_terminate_backend({pid})   only if it still began ")
    assert re.search(r"began \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ", facts["does"])
    assert "+00:00" not in facts["does"]
    assert "+00:00' AND" in preview.sql[0]
    assert "lab-import" in facts["session"]
    assert facts["state"].startswith("idle in transaction for ")
    assert "RowExcl molecules" in facts["holds"]
    assert "rolled back" in facts["wrote"]
    assert facts["frees"] == f"1 session: {waiter.get_server_pid()} UPDATE molecules"
    assert facts["milder"] == f"C on {pid} would do nothing: it runs no statement"
    outcome = await desk.start(preview).wait()
    assert outcome.verdict == "verified"
    assert outcome.sentence.startswith(f"{pid} is gone after ")
    assert outcome.sentence.endswith("; 1 session goes on.")
    assert await _state(place_all, pid) is None


async def test_a_pid_used_again_is_not_hit(place: Place) -> None:
    busy = await place.busy()
    row = await place.session(busy)
    row["backend_start"] -= timedelta(seconds=1)
    desk = await place.desk()
    preview = await desk.preview("cancel-query", [row])
    assert preview.refused is not None
    assert "is another session now (began " in preview.refused
    assert preview.refused.endswith("Nothing was sent.")
    with pytest.raises(RefusedError, match="another session now"):
        desk.start(preview)
    assert await _state(place, busy.get_server_pid()) == "active"


async def test_a_session_that_changes_between_sheet_and_enter_is_not_hit(place: Place) -> None:
    busy = await place.busy()
    desk = await place.desk()
    preview = await desk.preview("cancel-query", [await place.session(busy)])
    # the same pid, as another session would have it: what the sheet holds is what the statement asks for
    subject = preview.targets[0]
    earlier = dataclasses.replace(subject, backend_start=subject.backend_start - timedelta(seconds=1))
    assert not await (await place.connect()).fetch(preview.action.sql(earlier))
    assert await _state(place, busy.get_server_pid()) == "active"


async def test_the_next_statement_of_a_session_is_not_cancelled_for_the_last_one(place: Place) -> None:
    busy = await place.busy("SELECT pg_sleep(60)")
    desk = await place.desk()
    preview = await desk.preview("cancel-query", [await place.session(busy)])
    admin = await place.connect()
    pid = busy.get_server_pid()
    await admin.execute(f"SELECT pg_cancel_backend({pid})")
    await place.until(f"SELECT state = 'idle' FROM pg_stat_activity WHERE pid = {pid}")
    following = place.connections[place.connections.index(busy)]
    task = asyncio.ensure_future(following.execute("SELECT pg_sleep(30)"))
    await place.until(f"SELECT state = 'active' FROM pg_stat_activity WHERE pid = {pid}")
    outcome = await desk.start(preview).wait()
    assert outcome.verdict == "refused"
    assert f"{pid} runs another statement now (began " in outcome.sentence
    assert await _state(place, pid) == "active"
    task.cancel()


async def test_a_session_that_ended_meanwhile_is_told_and_nothing_is_sent(place: Place) -> None:
    busy = await place.busy()
    desk = await place.desk()
    preview = await desk.preview("cancel-query", [await place.session(busy)])
    pid = busy.get_server_pid()
    await (await place.connect()).execute(f"SELECT pg_terminate_backend({pid}, 5000)")
    outcome = await desk.start(preview).wait()
    assert outcome.verdict == "refused"
    assert outcome.sentence == f"{pid} is gone. Nothing was sent."


async def test_a_session_without_a_statement_is_not_cancelled(place: Place) -> None:
    idle = await place.connect()
    await idle.execute("SELECT 1")
    row = await place.session(idle)
    pid = row["pid"]
    desk = await place.desk()
    (cancel, *_) = [offer for offer in desk.offered(row) if offer.action.name == "cancel-query"]
    assert cancel.reason == f"Cancel would do nothing: {pid} runs no statement. K ends the session."
    del row["state"]  # a pane that does not show it
    preview = await desk.preview("cancel-query", [row])
    assert preview.refused == cancel.reason


async def test_our_own_sessions_and_processes_of_the_server_are_refused(place: Place) -> None:
    desk = await place.desk()
    desk.raise_level(Level.DANGER)
    own = next(one for one in place.connections if one.get_server_pid() == desk.server.pid)
    row = await place.session(own)
    assert [offer.reason for offer in desk.offered(row)] == [
        f"Cancel refused: {row['pid']} is our own session.",
        f"Terminate refused: {row['pid']} is our own session.",
    ]
    admin = await place.connect()
    checkpointer = dict(
        await admin.fetchrow("SELECT pid, backend_start FROM pg_stat_activity WHERE backend_type = 'checkpointer'")
    )
    preview = await desk.preview("terminate-session", [checkpointer])
    assert preview.refused == (
        f"Terminate refused: {checkpointer['pid']} is the checkpointer, a process of the server."
    )
    prepared = {"pid": 0, "backend_start": None}
    assert "prepared transaction" in str(desk.offered(prepared)[0].reason)


async def test_a_superusers_session_is_refused_to_a_member_of_pg_signal_backend(
    place: Place, roles: dict[str, str]
) -> None:
    busy = await place.busy()
    row = await place.session(busy)
    desk = await place.desk(user=roles["signaller"])
    desk.raise_level(Level.DANGER)
    preview = await desk.preview("terminate-session", [row])
    assert preview.refused == (f"Terminate refused: {row['pid']} is the superuser postgres's; only a superuser may.")
    with pytest.raises(RefusedError):
        desk.start(preview)
    assert await _state(place, row["pid"]) == "active"


async def test_a_member_of_pg_signal_backend_ends_ordinary_sessions(place: Place, roles: dict[str, str]) -> None:
    busy = await place.busy(user=roles["other"])
    desk = await place.desk(user=roles["signaller"])
    desk.raise_level(Level.DANGER)
    preview = await desk.preview("terminate-session", [await place.session(busy)])
    assert preview.refused is None
    assert (await desk.start(preview).wait()).verdict == "verified"


async def test_without_the_right_the_sentence_names_who_may(place: Place, roles: dict[str, str]) -> None:
    busy = await place.busy(user=roles["other"])
    row = await place.session(busy)
    desk = await place.desk(user=roles["reader"])
    preview = await desk.preview("cancel-query", [row])
    other = roles["other"]
    assert preview.refused == (f"Cancel refused: {row['pid']} is {other}'s; its members or pg_signal_backend may.")


async def test_the_missing_right_is_said_before_the_level_that_would_not_help(
    place: Place, roles: dict[str, str]
) -> None:
    busy = await place.busy(user=roles["other"])
    row = await place.session(busy)
    desk = await place.desk(user=roles["reader"])
    await desk.learn_rights()
    (reason,) = [offer.reason for offer in desk.offered(row) if offer.action.name == "terminate-session"]
    assert reason == f"Terminate refused: {row['pid']} is {roles['other']}'s; its members or pg_signal_backend may."
    assert (await desk.preview("terminate-session", [row])).refused == reason


async def test_a_session_whose_beginning_is_hidden_is_refused(place: Place, roles: dict[str, str]) -> None:
    busy = await place.busy()
    row = await place.session(busy)
    del row["user"]
    desk = await place.desk(user=roles["plain"])
    preview = await desk.preview("cancel-query", [row])
    assert preview.refused == (
        f"Cancel refused: when {row['pid']} began is hidden; {roles['plain']} lacks pg_read_all_stats. "
        f"pg_signal_backend is needed as well. GRANT pg_read_all_stats, pg_signal_backend TO {roles['plain']};"
    )
    masked = {**row, "backend_start": None}
    assert desk.offered(masked)[0].reason == preview.refused


async def test_a_session_that_does_not_follow_is_reported_as_still_there(place: Place) -> None:
    # inside a critical section no signal is looked at; a stopped process shows the same from outside
    busy = await place.busy()
    row = await place.session(busy)
    desk = await place.desk()
    desk.raise_level(Level.DANGER)
    preview = await desk.preview("terminate-session", [row])
    os.kill(row["pid"], signal.SIGSTOP)
    try:
        outcome = await desk.start(preview).wait()
    finally:
        os.kill(row["pid"], signal.SIGCONT)
    assert outcome.verdict == "no effect"
    assert outcome.sentence.startswith(f"{row['pid']} is still there after 5 s")


async def test_a_chain_names_the_milder_way(place: Place) -> None:
    holder = await place.connect(app="lab-import")
    await holder.execute("BEGIN; SELECT count(*) FROM molecules")
    ddl = await place.busy("ALTER TABLE molecules ADD COLUMN a int", app="migrate")
    await place.waiting(ddl)
    readers = [await place.busy("SELECT count(*) FROM molecules") for _ in range(3)]
    for reader in readers:
        await place.waiting(reader)
    desk = await place.desk()
    desk.raise_level(Level.DANGER)
    preview = await desk.preview("terminate-session", [await place.session(holder)])
    facts = [(fact.label, fact.text) for fact in preview.facts]
    assert ("frees", f"4 sessions: {ddl.get_server_pid()} ALTER TABLE, then 3 behind it") in facts
    milder = f"C on {ddl.get_server_pid()} ALTER TABLE frees 3 sessions and loses nothing but that statement"
    assert ("milder", milder) in facts
    cancel = await desk.preview("cancel-query", [await place.session(ddl)])
    outcome = await desk.start(cancel).wait()
    assert outcome.sentence.endswith("; 3 sessions go on.")


async def test_several_are_asked_for_once_and_looked_up_each(place: Place) -> None:
    busy = [await place.busy() for _ in range(4)]
    rows = [await place.session(one) for one in busy]
    desk = await place.desk()
    own = dict(rows[0], pid=desk.server.pid)
    preview = await desk.preview("cancel-query", [*rows, own, rows[0]])
    assert preview.question == (
        "Cancel 4 queries of lab-api? All 4 are listed; each is looked up again before it is cancelled."
    )
    assert len(preview.sql) == 4
    assert len(preview.rows) == 5
    assert f"{desk.server.pid} is our own session" in preview.rows[4]
    await (await place.connect()).execute(f"SELECT pg_terminate_backend({rows[2]['pid']}, 5000)")
    running = desk.start(preview)
    outcome = await running.wait()
    assert running.done == running.total == 4
    assert outcome.verdict == "refused"
    assert outcome.sentence.startswith("3 of 4 queries cancelled in ")
    assert len(outcome.details) == 4
    assert f"{rows[2]['pid']} is gone. Nothing was sent." in outcome.details
    for index in (0, 1, 3):
        assert await _state(place, rows[index]["pid"]) == "idle"
    assert len([row for row in desk.log.rows() if row["action"].startswith("Cancel query")]) == 4


async def test_more_rows_than_anybody_reads_are_refused(place: Place) -> None:
    row = await place.session(await place.busy())
    desk = await place.desk()
    preview = await desk.preview("cancel-query", [row] * 51)
    assert preview.refused == "Cancel refused: 51 rows are tagged, 50 are the most at once."


async def test_a_protected_target_wants_the_pid_for_a_session(place: Place) -> None:
    busy = await place.busy()
    row = await place.session(busy)
    desk = await place.desk(Limits(protected=True))
    desk.raise_level(Level.DANGER, "prod")
    preview = await desk.preview("terminate-session", [row])
    assert preview.word == str(row["pid"])
    with pytest.raises(RefusedError, match=f"{row['pid']} was not typed"):
        desk.start(preview, "4711")
    with pytest.raises(RefusedError, match="was not typed"):
        desk.start(preview)  # a screen that forgot to ask
    with pytest.raises(RefusedError, match="no longer valid"):
        desk.start(dataclasses.replace(preview, word=None))  # a sheet the desk did not make
    assert await _state(place, row["pid"]) == "active"
    assert (await desk.start(preview, str(row["pid"])).wait()).good
