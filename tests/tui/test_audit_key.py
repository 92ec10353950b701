"""The key A: all rules, a group, what a row is about, from every pane; Overview tells what is new since the run before."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from console_fixture import Opens
from presses import presses
from test_audit_in_console import make, unfiltered

from cryotui.panes import ORDER


@presses("audit", "A")
@pytest.mark.parametrize("pane", ORDER)
def test_the_key_runs_a_group_from_every_pane(database: str, opened: Opens, pane: str) -> None:
    driven = opened(database, pane=pane)
    driven.keys("A").wait_for(r"5  Run the audit: schema")
    driven.keys("5").wait_for("rules have run|rule has run")
    driven.wait_for(r"0 Audit")
    assert "[Findings" in driven.screen[2]


def test_the_key_runs_all_rules_and_x_ends_them(database: str, opened: Opens) -> None:
    driven = opened(database, pane="indexes")
    driven.keys("A").wait_for("a  Run the audit")
    driven.keys("a").wait_for(r"1[0-9][0-9] rules have run")


def test_while_an_audit_runs_another_is_not_begun(database: str, opened: Opens, nobodys_home: Path) -> None:
    rules = nobodys_home / "config" / "cryotui" / "rules"
    rules.mkdir(parents=True)
    (rules / "zz-slow.sql").write_text(
        "-- title: Slow of our own\n-- severity: info\n-- group: schema\n-- kind: server\n-- about: A.\n-- why: B.\n"
        "-- timeout: 60\nSELECT 'x' AS object, 'y' AS evidence FROM pg_sleep(50)\n"
    )
    driven = opened(database)
    driven.keys("A").wait_for("5  Run the audit: schema")
    driven.keys("5").wait_for("Slow of our own")
    driven.keys("A").wait_for("a  Run the audit")
    driven.keys("a").wait_for("The audit runs already; X stops it")
    driven.keys("X").wait_for("The run was cut off")


@pytest.mark.parametrize(
    ("pane", "filtered", "word", "found"),
    [
        ("tables", "samples", "table", r"audited\.samples"),
        ("indexes", "samples_pkey", "index", r"No row fits of:audited\.samples_pkey"),
        ("activity", "app:patient", "session", "Idle in transaction"),
        ("connections", "patient", "application", "Idle in transaction"),
    ],
)
def test_the_rules_about_the_row_under_the_cursor_run(
    database: str, opened: Opens, nobodys_home: Path, pane: str, filtered: str, word: str, found: str
) -> None:
    make(database, "samples", "others")
    rules = nobodys_home / "config" / "cryotui" / "rules"
    rules.mkdir(parents=True)
    (rules / "zz-idle.sql").write_text(
        "-- title: Idle in transaction, ours\n-- severity: watch\n-- group: performance\n-- kind: session\n-- about: A.\n"
        "-- why: B.\nSELECT format('%I in %I', usename, datname) || application_name AS object, pid, backend_start,"
        " usename::text AS \"user\", application_name AS app, 'idle' AS evidence FROM pg_stat_activity"
        " WHERE state = 'idle in transaction'\n"
    )
    with (
        psycopg.connect(database, application_name="patient") as idle,
        psycopg.connect(database, application_name="patient two") as other,
    ):
        idle.execute("SELECT 1")
        other.execute("SELECT 1")
        driven = opened(database, pane=pane)
        driven.wait_for("samples" if pane in ("tables", "indexes") else "patient")
        driven.keys("/", filtered, "enter").wait_for(r"[12] of [0-9]+ shown")
        driven.keys("A").wait_for(rf"▸ A  Audit this {word}")
        driven.keys("A").wait_for(r"rules about .*: (nothing found|\d findings?)\. Esc shows the rest")
        driven.wait_for(found)
        assert not any("audited.others" in line or "patient two" in line for line in driven.rows())


def test_the_rules_about_a_statement_run_and_its_findings_alone_are_shown(
    database: str, opened: Opens, nobodys_home: Path
) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION pg_stat_statements")
        connection.execute("SELECT pg_stat_statements_reset()")  # the pane shows the fifty with the most time
        connection.execute("SELECT count(*) FROM generate_series(1, 3000000) AS patiently_counted")
    rules = nobodys_home / "config" / "cryotui" / "rules"
    rules.mkdir(parents=True)
    (rules / "zz-said.sql").write_text(
        "-- title: Said, ours\n-- severity: info\n-- group: performance\n-- kind: statement\n-- about: A.\n-- why: B.\n"
        "SELECT 'statement ' || queryid AS object, queryid AS query_id, 'said' AS evidence, query"
        " FROM public.pg_stat_statements\n"
    )
    driven = opened(database, pane="statements")
    driven.until("tab", r"\[Reset|\[All|\[Since reset")
    driven.keys("/", "patiently", "enter").wait_for(r"1 of [0-9]+ shown")
    driven.keys("A").wait_for("▸ A  Audit this statement")
    driven.keys("A").wait_for(r"rules about .*: 1 finding\. Esc shows the rest")
    driven.wait_for(r"1 of [0-9]+ shown")
    assert "Said, ours" in driven.text


def test_a_row_about_which_no_rule_can_say_anything_offers_the_rest(database: str, opened: Opens) -> None:
    driven = opened(database, pane="backups")
    driven.keys("A").wait_for("▸ a  Run the audit")
    assert "Audit this" not in driven.text


def aged(folder: Path, days: int) -> None:
    """The runs of the history, as if they had been made so many days before."""

    def moved(text: str) -> str:
        return (datetime.fromisoformat(text) - timedelta(days=days)).astimezone(UTC).isoformat(timespec="microseconds")

    with sqlite3.connect(folder / "audits.sqlite") as kept:
        for number, at in kept.execute("SELECT id, started_at FROM run").fetchall():
            kept.execute("UPDATE run SET started_at = ? WHERE id = ?", (moved(at), number))
        for mark, since in kept.execute("SELECT fingerprint, since FROM finding").fetchall():
            kept.execute("UPDATE finding SET since = ? WHERE fingerprint = ?", (moved(since), mark))
    kept.close()


def test_overview_tells_what_is_new_since_the_run_before_also_in_the_next_console(
    database: str, opened: Opens, nobodys_home: Path
) -> None:
    driven = opened(database, size=(200, 50))
    driven.wait_for("AUDIT ─+ never run from here")
    driven.wait_for("no run of this database is kept; A runs one")
    driven.keys("A").wait_for("3  Run the audit: security")
    driven.keys("3").wait_for("rules have run")
    driven.keys("1").wait_for("no run before it: what is new is not known")
    driven.keys("q").ended()
    aged(nobodys_home / "state" / "cryotui", 3)
    before = datetime.now(UTC) - timedelta(days=3)
    day = f"{before.day} {before:%b %Y}"
    make(database, "samples", "others")
    driven = opened(database, size=(200, 50))
    driven.wait_for(rf"AUDIT ─+ {day}, kept, \d+ rules")
    driven.keys("A").wait_for("3  Run the audit: security")
    driven.keys("3").wait_for("rules have run")
    driven.keys("1").wait_for(rf"2 new since the run of {day}:")
    driven.wait_for(r"Policies, row security off  audited\.samples")
    counts = re.search(r"■ \d+ bad  ▲ \d+ watch", driven.text)
    driven.keys("q").ended()
    driven = opened(database, size=(200, 50))
    driven.wait_for(rf"2 new since the run of {day}:")
    driven.wait_for(r"Policies, row security off  audited\.samples")
    assert counts is not None and counts[0] in driven.text


def test_a_part_that_was_run_does_not_hide_what_the_kept_runs_know(database: str, opened: Opens) -> None:
    make(database, "samples")
    driven = opened(database, size=(200, 50))
    driven.keys("A").wait_for("3  Run the audit: security")
    driven.keys("3").wait_for("rules have run")
    driven.keys("q").ended()
    driven = opened(database, size=(200, 50))
    driven.wait_for("AUDIT ─+ .*kept")
    counts = re.search(r"■ \d+ bad  ▲ \d+ watch", driven.text)
    driven.keys("A").wait_for("5  Run the audit: schema")
    driven.keys("5").wait_for("rules have run")
    driven.keys("1").wait_for("AUDIT ─+ .*kept")
    assert counts is not None and counts[0] in driven.text


def test_a_history_that_cannot_be_read_is_told_and_the_console_goes_on(
    database: str, opened: Opens, nobodys_home: Path
) -> None:
    folder = nobodys_home / "state" / "cryotui"
    folder.mkdir(parents=True)
    (folder / "audits.sqlite").write_text("no database, " * 400)
    driven = opened(database, size=(200, 50))
    driven.wait_for("What earlier audits found is not known")
    driven.keys("A").wait_for("5  Run the audit: schema")
    driven.keys("5").wait_for("This run is not kept|rules have run")
    unfiltered(driven)
