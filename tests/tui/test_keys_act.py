"""The keys of ACT: what they ask, what they do on the server, and what never happens by accident."""

from __future__ import annotations

from typing import Any

import psycopg
from console_fixture import Opens
from driven import Driven
from lock_scenes import Scene, wait_until
from presses import presses

FOREVER = "SELECT pg_sleep(600)"


def one(uri: str, statement: str) -> Any:
    """The one value a statement gives."""
    with psycopg.connect(uri, autocommit=True) as connection:
        row = connection.execute(statement.encode()).fetchone()
        assert row is not None
        return row[0]


def state_of(uri: str, pid: int) -> str | None:
    """What the session does; None when it is gone."""
    with psycopg.connect(uri, autocommit=True) as connection:
        row = connection.execute("SELECT state FROM pg_stat_activity WHERE pid = %s", (pid,)).fetchone()
        return row[0] if row else None


def on_the_victim(driven: Driven) -> Driven:
    """The list of all sessions with the cursor on the victim."""
    driven.until("tab", r"\[All")
    driven.keys("/", "app:victim", "enter").wait_for("[12] of [0-9]+ shown")
    return driven


def armed(driven: Driven) -> Driven:
    """Level danger."""
    driven.keys("L").wait_for(r"▸ \(•\)")
    driven.until("down", r"▸ \( \) danger")
    driven.keys("enter").wait_for("DANGER")
    return driven


def on_molecules(driven: Driven) -> Driven:
    """The Tables pane with the cursor on lab.molecules alone."""
    driven.wait_for("lab.molecules")
    driven.keys("/", "lab.molecules", "enter").wait_for("1 of 2[67] shown")
    return driven


def vacuumed(uri: str) -> Any:
    """When lab.molecules was vacuumed by hand last."""
    return one(uri, "SELECT last_vacuum FROM pg_stat_user_tables WHERE relid = 'lab.molecules'::regclass")


@presses("actions", "a")
def test_a_lists_every_action_and_why_one_is_refused(lab: str, opened: Opens) -> None:
    driven = on_molecules(opened(lab, pane="tables"))
    driven.keys("a").wait_for("Actions")
    driven.line(r"V  VACUUM ANALYZE")
    driven.line(r"\(V  VACUUM FULL\).*needs level danger")
    driven.until("down", r"▸ \(V  VACUUM FULL\)")
    driven.keys("enter").wait_for(lambda: "needs level danger" in driven.screen[-2])


@presses("cancel", "C")
def test_cancel_ends_the_query_and_leaves_the_session(lab: str, opened: Opens, sessions: Scene) -> None:
    pid = sessions.running("victim", FOREVER)
    driven = on_the_victim(opened(lab, pane="activity"))
    driven.keys("C").wait_for(r"\[ Cancel \]")
    assert state_of(lab, pid) == "active"
    driven.until("tab", r"\[ Cancel the query")
    driven.keys("enter").wait_for(lambda: state_of(lab, pid) not in ("active", None))
    driven.wait_for(lambda: str(pid) in driven.screen[-2])


@presses("terminate", "K", "f9")
def test_terminate_needs_danger_and_ends_the_session(lab: str, opened: Opens, sessions: Scene) -> None:
    pids = [sessions.running("victim", FOREVER), sessions.running("victim2", FOREVER)]
    driven = opened(lab, pane="activity")
    on_the_victim(driven)
    driven.wait_for(str(pids[0]))
    driven.keys("K").wait_for("needs level danger")
    armed(driven)
    for key, app, pid in zip(("K", "f9"), ("app:victim ~victim(?!2)", "app:victim2"), pids, strict=True):
        driven.keys("/", "ctrl+u", app, "enter").wait_for(rf"▸. {pid}")
        driven.keys(key).wait_for(r"\[ Cancel \]")
        driven.until("tab", r"\[ Terminate")
        assert state_of(lab, pid) == "active"
        driven.keys("enter").wait_for(lambda pid=pid: state_of(lab, pid) is None)


@presses("vacuum", "V")
def test_vacuum_is_chosen_and_moves_last_vacuum_of_that_table(lab: str, opened: Opens) -> None:
    driven = on_molecules(opened(lab, pane="tables"))
    assert vacuumed(lab) is None
    driven.keys("V").wait_for("V: which")
    driven.keys("down").wait_for("▸ VACUUM  ")
    driven.keys("enter").wait_for(r"\[ Cancel \]")
    driven.line("VACUUM.*lab.*molecules")
    driven.until("tab", r"\[ VACUUM")
    driven.keys("enter").wait_for(lambda: vacuumed(lab) is not None)
    driven.until("end", "OUTCOME")
    others = (
        "SELECT count(*) FROM pg_stat_user_tables WHERE last_vacuum IS NOT NULL AND relid <> 'lab.molecules'::regclass"
    )
    assert one(lab, others) == 0


def test_vacuum_full_waits_for_the_tables_name(lab: str, opened: Opens) -> None:
    driven = armed(on_molecules(opened(lab, pane="tables")))
    before = one(lab, "SELECT relfilenode FROM pg_class WHERE oid = 'lab.molecules'::regclass")
    driven.keys("V").wait_for("V: which")
    driven.until("down", "▸ VACUUM FULL")
    driven.keys("enter").wait_for("waits for the name")
    driven.until("tab", "The other button waits for the name")
    word = driven.line("Type ").split("Type ")[1].split(" to go on")[0]
    driven.paste(word).wait_for("Pasted text is not taken here")
    assert one(lab, "SELECT relfilenode FROM pg_class WHERE oid = 'lab.molecules'::regclass") == before
    driven.until(f"ctrl+u {word}", rf"{word}▏")
    driven.until("tab", r"\[ VACUUM FULL")
    driven.keys("enter").wait_for(
        lambda: one(lab, "SELECT relfilenode FROM pg_class WHERE oid = 'lab.molecules'::regclass") != before
    )


@presses("reindex", "I")
def test_reindex_builds_the_index_under_the_cursor_anew(lab: str, opened: Opens) -> None:
    file = "SELECT relfilenode FROM pg_class WHERE oid = 'lab.molecules_name_again'::regclass"
    before = one(lab, file)
    driven = opened(lab, pane="indexes")
    driven.wait_for("molecules_name")
    driven.keys("/", "name_again", "enter").wait_for("1 of 28 shown")
    driven.keys("I").wait_for(r"\[ Cancel \]")
    driven.until("tab", r"\[ REINDEX")
    driven.keys("enter").wait_for(lambda: one(lab, file) != before)
    driven.until("end", "OUTCOME")


def test_a_reindex_that_waits_names_whom_it_waits_for_on_its_page_and_in_progress(
    lab: str, opened: Opens, sessions: Scene
) -> None:
    holder = sessions.session("night-import", "LOCK TABLE lab.molecules IN SHARE MODE")
    driven = opened(lab, pane="indexes")
    driven.wait_for("molecules_name")
    driven.keys("/", "name_again", "enter").wait_for("1 of 29 shown")
    driven.keys("I").wait_for(r"\[ Cancel \]")
    driven.until("tab", r"\[ REINDEX")
    driven.keys("enter").wait_for("WAITS FOR")
    driven.line("WAITS FOR.*lab.molecules ShareUpdateExclusive")
    driven.wait_for(rf"{holder.info.backend_pid} night-import, idle in transaction .*: LOCK TABLE lab")
    driven.keys("8").wait_for(rf"waits for {holder.info.backend_pid} night-import")
    holder.rollback()
    driven.wait_for(lambda: "waits for" not in "\n".join(driven.screen))


@presses("stop", "X")
def test_x_stops_a_running_action_of_ours_and_q_asks_while_it_runs(lab: str, opened: Opens) -> None:
    one(lab, "SELECT set_config('x.x', 'x', false)")
    with psycopg.connect(lab, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f"ALTER DATABASE {name} SET vacuum_cost_delay = '100ms'")  # type: ignore[call-overload]
        connection.execute(f"ALTER DATABASE {name} SET vacuum_cost_limit = 1")  # type: ignore[call-overload]
    driven = on_molecules(opened(lab, pane="tables"))
    driven.keys("V").wait_for("V: which")
    driven.keys("down").wait_for("▸ VACUUM  ")
    driven.keys("enter").wait_for(r"\[ Cancel \]")
    driven.until("tab", r"\[ VACUUM")
    driven.keys("enter").wait_for("SERVER SAYS")
    wait_until(lambda: one(lab, "SELECT count(*) FROM pg_stat_progress_vacuum") == 1, "VACUUM runs")
    driven.keys("q").wait_for("1 of 26 shown")
    driven.keys("q").wait_for("An action of ours runs")
    driven.keys("enter").wait_for("1 of 26 shown")
    driven.keys("X").wait_for("Stop which")
    driven.keys("enter").wait_for("told to stop|stopped|cancel")
    wait_until(lambda: one(lab, "SELECT count(*) FROM pg_stat_progress_vacuum") == 0, "VACUUM is stopped")
    assert vacuumed(lab) is None
    driven.hush().keys("X").wait_for("No action of ours runs|Stop which")


@presses("level", "L")
def test_the_level_goes_up_and_down(lab: str, opened: Opens) -> None:
    driven = armed(opened(lab))
    driven.keys("L").wait_for("Level: now danger")
    driven.until("up", r"▸ \( \) observe")
    driven.keys("enter").wait_for("Level is observe now")
    driven.wait_for(lambda: "observe" in driven.screen[0])


def test_keys_typed_ahead_or_pasted_terminate_nobody(lab: str, opened: Opens, sessions: Scene) -> None:
    pid = sessions.running("victim", FOREVER)
    driven = armed(on_the_victim(opened(lab, pane="activity")))
    driven.send("Ky\r").wait_for(r"Terminate|\[ Cancel \]|clipboard")
    driven.quiet(0.7, 5)
    assert state_of(lab, pid) == "active"
    driven.until("escape", "1 of [0-9]+ shown")
    driven.paste(f"K{pid}\r\t\r").wait_for("Pasted text is taken in a filter only")
    driven.send(f"K{pid}\t\r")
    driven.quiet(0.7, 5)
    assert state_of(lab, pid) == "active"


def test_a_sheet_starts_on_cancel_and_enter_at_once_does_nothing(lab: str, opened: Opens, sessions: Scene) -> None:
    pid = sessions.running("victim", FOREVER)
    driven = on_the_victim(opened(lab, pane="activity"))
    driven.keys("C").wait_for(r"\[ Cancel \]")
    driven.keys("enter", "enter").quiet(0.7, 5)
    assert state_of(lab, pid) == "active"
    driven.until("escape", "1 of [0-9]+ shown")
    driven.keys("C").wait_for(r"\[ Cancel \]      \( Cancel the query")
    driven.until("enter", "1 of [0-9]+ shown")
    assert state_of(lab, pid) == "active"


def test_what_our_role_may_not_do_is_known_before_the_first_sheet(
    lab: str, opened: Opens, chain: dict[str, int]
) -> None:
    driven = opened(lab.replace("postgres@", "planted_stranger@", 1), pane="activity")
    driven.until("tab", r"\[All")
    driven.keys("/", "user:postgres", "enter").wait_for(r"^ .*\(C\) cancel")
