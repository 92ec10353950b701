"""The keys of TIME and TAKE, pressed in a real terminal."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
from pathlib import Path

import psycopg
from console_fixture import Opens
from lock_scenes import Scene
from presses import presses
from test_keys_move import by_name


@presses("pause", "p", "Z")
def test_time_stops_and_goes_on(lab: str, opened: Opens, sessions: Scene) -> None:
    driven = opened(lab, pane="activity")
    for key in ("p", "Z"):
        driven.keys(key).wait_for("stopped")
        sessions.session(f"late-{key}")
        driven.quiet(1.0)
        asked = (
            "SELECT query_start FROM pg_stat_activity WHERE application_name LIKE 'cryotui%%' ORDER BY 1 DESC LIMIT 1"
        )
        before = sessions.watcher.execute(asked).fetchone()
        driven.quiet(2.5, 6)
        assert sessions.watcher.execute(asked).fetchone() == before
        driven.keys(key).wait_for(rf"live[\s\S]*late-{key}|late-{key}")


@presses("refresh", "r", "R", "ctrl+r", "ctrl+l")
def test_the_refresh_keys_ask_again_now(lab: str, opened: Opens) -> None:
    driven = opened(lab, "--interval", "60", pane="tables")
    driven.wait_for("lab.molecules")
    with psycopg.connect(lab, autocommit=True) as connection:
        for number, key in enumerate(("r", "R", "ctrl+r", "ctrl+l")):
            connection.execute(f"CREATE TABLE lab.fresh{number} (id int)")
            driven.keys(key).wait_for(rf"All {27 + number}\]")


@presses("interval", "+", "=", "-")
def test_the_interval_gets_longer_and_shorter(lab: str, opened: Opens) -> None:
    driven = opened(lab)
    driven.keys("+").wait_for("live 3s")
    driven.keys("=").wait_for("live 5s")
    driven.keys("-", "-").wait_for("live 2s")
    driven.keys("-").wait_for("live 1s")
    driven.keys("-").wait_for("1 s is the shortest interval")


@presses("mark", "m")
def test_a_mark_resets_nothing_on_the_server(lab: str, opened: Opens) -> None:
    driven = opened(lab, pane="statements")
    driven.wait_for("planted|statements")
    with psycopg.connect(lab, autocommit=True) as connection:
        reset = connection.execute("SELECT stats_reset FROM pg_stat_statements_info").fetchone()
        driven.keys("m").wait_for("the view Mark counts from here. Nothing was reset on the server")
        driven.keys("tab").wait_for(r"\[Mark")
        assert connection.execute("SELECT stats_reset FROM pg_stat_statements_info").fetchone() == reset


@presses("copy", "y")
def test_a_copy_goes_to_the_terminal_and_to_a_file_of_ours(lab: str, opened: Opens, nobodys_home: Path) -> None:
    driven = by_name(opened(lab, pane="tables"))
    driven.until("end", "▸. lab.vials")
    driven.keys("y").wait_for("Copy")
    driven.keys("enter").wait_for("characters sent to the terminal's clipboard")
    sent = re.search(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)", driven.raw)
    assert sent
    assert base64.b64decode(sent[1]) == b"lab.vials"
    clip = nobodys_home / "state" / "cryotui" / "clip.txt"
    assert clip.read_text() == "lab.vials"
    assert clip.stat().st_mode & 0o777 == 0o600


@presses("export", "e")
def test_a_pane_is_exported_as_csv_json_and_markdown(lab: str, opened: Opens, nobodys_home: Path) -> None:
    driven = opened(lab, pane="tables")
    driven.wait_for("lab.molecules")
    for index, _ in enumerate(("csv", "json", "md")):
        driven.hush().keys("e").wait_for("Export")
        driven.keys(*["down"] * index, "enter").wait_for("Written to")
    exports = nobodys_home / "state" / "cryotui" / "exports"
    files = {path.suffix: path for path in exports.iterdir()}
    rows = list(csv.DictReader(io.StringIO(files[".csv"].read_bytes().decode())))
    assert {row["table"] for row in rows} >= {"lab.molecules", "lab.vials"}
    document = json.loads(files[".json"].read_text(encoding="utf-8"))
    assert len(document["rows"]) == len(rows) == 26
    table = [line for line in files[".md"].read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    assert len(table) == 26 + 2
    heads = len(re.findall(r"(?<!\\)\|", table[0]))
    assert all(len(re.findall(r"(?<!\\)\|", line)) == heads for line in table)
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in files.values())


@presses("tag", "space")
@presses("tag-all", "*")
@presses("untag", "U")
def test_rows_are_tagged_one_by_one_all_and_none(lab: str, opened: Opens) -> None:
    driven = by_name(opened(lab, pane="tables"))
    driven.keys("space", "space").wait_for(lambda: driven.text.count("\n◆") == 2)
    driven.keys("*").wait_for("26 rows are tagged")
    driven.keys("a").wait_for("Actions for 26 tagged rows")
    driven.keys("escape").wait_for("◆")
    driven.keys("U").wait_for("No row is tagged")
    assert "◆" not in driven.text
