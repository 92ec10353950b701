"""``cryotui audit`` that does not get to its end: by a signal, a dropped role, a budget. Nothing found is lost."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from cryotui.cli import main

BARE = "CREATE TABLE bare (a int)"
SLOW = """\
-- title: A slow rule of ours
-- severity: info
-- group: schema
-- kind: table
-- about: A.
-- why: B.
-- timeout: 60
SELECT 'x' AS object FROM pg_catalog.pg_sleep(60)
"""


@pytest.fixture
def slow(nobodys_home: Path) -> str:
    """A rule of the user that waits for a minute; it runs after those about integrity."""
    folder = nobodys_home / "config" / "cryotui" / "rules"
    folder.mkdir(parents=True)
    (folder / "own-slow.sql").write_text(SLOW)
    return "own-slow"


def started(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "cryotui", "audit", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def until_asked(database: str, text: str = "") -> None:
    """Until somebody in this database asks a question with this text, or is there at all when none is given."""
    deadline = time.monotonic() + 30
    with psycopg.connect(database, autocommit=True) as connection:
        while time.monotonic() < deadline:
            row = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
                " AND pid <> pg_backend_pid() AND (%s = '' OR (query LIKE %s AND state = 'active'))",
                (text, f"%{text}%"),
            ).fetchone()
            if row:
                return
            time.sleep(0.02)
    raise AssertionError(f"nobody asks {text}")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_run_with_an_incomplete_report_of_what_was_found(
    database: str, slow: str, number: signal.Signals, tmp_path: Path
) -> None:
    with psycopg.connect(database) as connection:
        connection.execute(BARE)
    report = tmp_path / "report.json"
    words = ["--rule", "int-no-primary-key", "--rule", slow, "--json", "--output", str(report)]
    running = started(*words, database)
    until_asked(database, "cryotui:own-slow")
    running.send_signal(number)
    _, err = running.communicate(timeout=30)
    assert running.returncode == 128 + number
    assert "Traceback" not in err and "never retrieved" not in err
    document = json.loads(report.read_text())
    assert document["run"]["complete"] is False
    assert [found["object"] for found in document["findings"]] == ["public.bare"]
    assert [one["rule"] for one in document["could_not_check"]] == [slow]
    with psycopg.connect(database) as connection:  # nothing goes on asking
        assert connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%cryotui:own-slow%' AND state = 'active'"
            " AND pid <> pg_backend_pid()"
        ).fetchone() == (0,)


def test_a_signal_before_any_rule_has_looked_ends_without_a_report(database: str, slow: str, tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    running = started("--rule", slow, "--output", str(report), database)
    until_asked(database, "cryotui:own-slow")
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert (running.returncode, out) == (130, "")
    assert err == "cryotui: Stopped before any rule had looked: there is no report.\n"
    assert not report.exists()


def test_no_moment_of_a_run_answers_a_signal_with_a_traceback(database: str) -> None:
    for step in range(12):
        running = started("--fail-on", "never", database)
        until_asked(database)
        time.sleep(step * 0.07)
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=30)
        # the last is for an interpreter that is on its way out, with the report written
        assert running.returncode in (130, 0, -signal.SIGINT)
        assert "Traceback" not in err and "never retrieved" not in err


@pytest.fixture
def vanishing(database_all: str) -> Iterator[str]:
    with psycopg.connect(database_all, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS vanishing")
        connection.execute("CREATE ROLE vanishing LOGIN")
        yield "vanishing"
        connection.execute("DROP ROLE IF EXISTS vanishing")


def test_a_role_that_is_dropped_meanwhile_cuts_the_run_off_and_is_told_once(
    database_all: str, slow: str, vanishing: str, nobodys_home: Path
) -> None:
    file = nobodys_home / "config" / "cryotui" / "rules" / f"{slow}.sql"
    file.write_text(SLOW.replace("pg_sleep(60)", "pg_sleep(2)"))
    running = started("schema", "config", "-U", vanishing, database_all)
    until_asked(database_all, "cryotui:own-slow")
    with psycopg.connect(database_all, autocommit=True) as connection:
        connection.execute("DROP ROLE vanishing")
    out, err = running.communicate(timeout=60)
    assert running.returncode in (7, 8)
    assert err == ""
    assert "INCOMPLETE: The role vanishing is gone since" in out
    assert out.count("Not looked at. The role vanishing is gone") == 1
    assert "invalid role OID" not in out


def test_a_run_that_is_cut_off_is_told_by_the_exit_code_beside_findings_too(
    database: str, slow: str, nobodys_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with psycopg.connect(database) as connection:
        connection.execute(BARE)
    file = nobodys_home / "config" / "cryotui" / "rules" / f"{slow}.sql"
    file.write_text(SLOW.replace("FROM pg_catalog.pg_sleep(60)", "WHERE length(pg_catalog.pg_sleep(1)::text) > 1"))
    words = ["audit", "--rule", "int-no-primary-key", "--rule", slow, "--rule", "cap-xid-wraparound", "--budget", "0.5"]
    assert main([*words, "--fail-on", "watch", database]) == 8
    assert main([*words, "--fail-on", "never", database]) == 7
    assert "INCOMPLETE" in capsys.readouterr().out


def test_one_reason_of_many_rules_is_written_once(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    for form, most in (("text", 1), ("markdown", 1), ("html", 1)):
        main(["audit", "--budget", "0", "--format", form, database])
        out = " ".join(capsys.readouterr().out.split())
        assert out.count("Not looked at. The time of the run, 0 s, was used up.") == most
        assert "int-invalid-index" in out and "cap-xid-wraparound" in out
    main(["audit", "--budget", "0", "--json", database])
    missing = json.loads(capsys.readouterr().out)["could_not_check"]
    assert len({one["rule"] for one in missing}) == len(missing) > 100
