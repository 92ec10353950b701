"""``cryotui show`` on a real server: what is printed, what is refused, and what stays secret."""

from __future__ import annotations

import io
import json
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from cryotui.cli import main
from cryotui.model.errors import ConfigError
from cryotui.pg.destination import from_uri

CANARY = "s3cretpw"
URI = f"postgresql://bob:{CANARY}@localhost:1/x"


@pytest.mark.parametrize(
    "words",
    [
        ["audit", "nosuch", URI],
        ["audit", "--target", URI],
        ["audit", "--target", URI, URI],
        ["audit", "--fail-on", URI],
        ["show", URI],
        ["show", "overview", "extra", URI],
        ["show", "overview", URI],
        ["explain-rule", URI],
        ["log", URI],
        ["--config", "F", "show", "overview", URI],
        [URI, "show", "overview"],
        [f"password={CANARY}", "show", "overview"],
        [URI, "--nosuch"],
        [f"postgresql://bob@localhost/x?password={CANARY}&nosuch=1"],
        [f"postgresql://bob:a@b/c?{CANARY}=1@localhost/x"],
    ],
)
def test_a_password_in_the_words_is_repeated_by_no_complaint(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) in (2, 3)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("cryotui: ")
    assert CANARY not in err


@pytest.mark.parametrize("form", [[], ["--json"], ["--csv"], ["--markdown"]])
def test_the_audit_pane_is_no_clean_bill_without_a_run(
    database: str, form: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", "audit", *form, database]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "cryotui audit runs the rules." in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--config", "F", "config", "check"], "The verb comes first: cryotui config ... --config F"),
        (["-h", "X", "show", "y"], "The verb comes first: cryotui show ... -h X"),
        (["--config", "F", "config"], "The verb comes first: cryotui config ... --config F"),
        (["shwo"], "Is show meant?"),
        (["shwo", "overview", "lab"], "Is show meant?"),
        (["logs"], "Is log meant?"),
        (["lab"], "The console needs a terminal."),
        (["lab", "--nosuch"], "nrecognized arguments: --nosuch"),
    ],
)
def test_a_late_or_mistyped_verb_is_named(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert said in capsys.readouterr().err


def test_a_service_that_is_nearly_a_verb_is_a_target(nobodys_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (nobodys_home / ".pg_service.conf").write_text("[logs]\nhost=db1\n")
    assert main(["logs"]) == 2
    assert "The console needs a terminal." in capsys.readouterr().err


def test_an_unknown_parameter_of_a_uri_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "overview", "postgresql://localhost/x?pool_mode_=1"]) == 2
    assert "Query parameter 1 (pool_mode_) is not a parameter libpq knows." in capsys.readouterr().err


def test_an_interval_gives_the_rates_of_the_numbers_too(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION pg_stat_statements")
        connection.execute("SELECT pg_stat_statements_reset()")
    ended, counted = threading.Event(), threading.Event()

    def work() -> None:
        with psycopg.connect(database, autocommit=True) as connection:
            while not ended.wait(0.02):
                connection.execute("SELECT count(*) FROM pg_class")
                counted.set()

    load = threading.Thread(target=work)
    load.start()
    busy, deadline = None, time.monotonic() + 60
    try:
        assert counted.wait(20)
        while busy is None or busy["rows_per_call"] is None:  # the load may have got no time within that second
            assert time.monotonic() < deadline
            assert main(["show", "statements", "--interval", "1", "--json", database]) == 0
            rows = json.loads(capsys.readouterr().out)["rows"]
            busy = next((row for row in rows if row["query"] and "count(*) FROM pg_class" in row["query"]), None)
    finally:
        ended.set()
        load.join()
    assert busy["rows_per_call"] == 1
    assert busy["hit_share"] is not None
    assert busy["temp_rate"] == 0
    assert busy["wal_rate"] is not None


def test_an_output_that_is_not_utf8_gets_ascii_signs(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for form in ([], ["--markdown"]):
        out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
        monkeypatch.setattr(sys, "stdout", out)
        assert main(["show", "overview", *form, database]) == 0
        out.seek(0)
        text = out.read()
        assert text and "\\u" not in text


@pytest.fixture
def unread(database: str) -> Iterator[str]:
    """A database with a slot that nobody reads."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("SELECT pg_create_logical_replication_slot('unread', 'test_decoding')")
        yield database
        connection.execute("SELECT pg_drop_replication_slot('unread')")


def test_the_state_of_a_slot_is_a_boolean_for_programs_and_words_for_people(
    unread: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", "replication", "--json", unread]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    slot = next(row for row in rows if row.get("slot") == "unread")
    assert slot["active"] is False
    assert slot["inactive_seconds"] >= 0
    assert main(["show", "replication", "--width", "100", unread]) == 0
    assert "no, " in capsys.readouterr().out


def test_settings_of_the_demo_can_be_tables_and_lists(nobodys_home: Path, tmp_path: Path) -> None:
    own = nobodys_home / "config" / "cryotui" / "config.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("backups:\n  dumps:\n    kind: walg\n    targets: [prod]\n")
    source = {"kind": "dumps", "path": str(tmp_path), "command": ["/opt/pg/bin/pg_restore", "-v"]}
    (read,) = from_uri("postgresql://localhost/x", {"backups": {"dumps": source}}, {}).settings.backups
    assert (read.name, read.kind, read.path) == ("dumps", "dumps", tmp_path)
    assert read.command == ("/opt/pg/bin/pg_restore", "-v")
    assert read.targets == ()


def test_a_mistake_in_the_settings_of_the_demo_is_told() -> None:
    with pytest.raises(ConfigError, match=r"^command line: pth is no key"):
        from_uri("postgresql://localhost/x", {"backups": {"dumps": {"kind": "dumps", "pth": "/x"}}}, {})
