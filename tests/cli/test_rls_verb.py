"""``cryotui rls`` on a real server: what is printed where, how it ends, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import psycopg
import pytest
from hostile_names import HOSTILE, quoted

from cryotui.cli import main

SCENE = """
CREATE ROLE anon; CREATE ROLE authenticated; CREATE ROLE service_role BYPASSRLS;
GRANT USAGE ON SCHEMA public TO anon, authenticated, service_role;
CREATE TABLE notes (id int PRIMARY KEY, owner text);
INSERT INTO notes VALUES (1, 'ann'), (2, 'bob');
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes TO authenticated
    USING (owner = current_setting('request.jwt.claims', true)::jsonb ->> 'sub');
CREATE POLICY legacy ON notes FOR SELECT TO anon USING (owner = current_setting('request.jwt.claim.sub', true));
GRANT ALL ON notes TO anon, authenticated, service_role;
"""
SCENARIOS = """\
scenarios:
  - {name: ann sees hers, role: authenticated, claims: {sub: ann}, table: notes, expect: {rows: 1}}
  - {name: visitors see none, role: anon, table: public.notes, expect: empty}
"""


@pytest.fixture
def api(database: str) -> str:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(SCENE)
    return database


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "scenarios.yaml"
    path.write_text(SCENARIOS)
    return path


def test_the_table_of_all_goes_to_stdout(api: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rls", api, "--claims", '{"sub": "ann"}']) == 0
    out, err = capsys.readouterr()
    assert "public.notes  table, row security on" in out
    assert "1 of 2" in out and "2 of 2" in out and "grant only" in out
    assert "Who can work as a role now" in out
    assert err == ""


def test_json_has_a_cell_for_every_role_and_command(api: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rls", "--json", "--writes", "--claims", '{"sub": "ann"}', api]) == 0
    document = json.loads(capsys.readouterr().out)
    cells = {(one["role"], one["command"]): one for one in document["tables"][0]["cells"]}
    assert len(cells) == 12 and document["schema_version"] == 1
    assert cells["anon", "select"]["rows_seen"] == 1, "claims are there one by one as well"
    assert cells["authenticated", "delete"]["proof"] == "policy proven"
    assert [one["role"] for one in document["members"]] == ["anon", "authenticated", "service_role"]


def test_scenarios_that_hold_end_with_0_and_one_that_does_not_with_1(
    api: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rls", api, "--scenarios", str(file)]) == 0
    assert "2 scenarios passed" in capsys.readouterr().out
    file.write_text(SCENARIOS.replace("rows: 1", "rows: 2"))
    assert main(["rls", api, "--scenarios", str(file)]) == 1
    out = capsys.readouterr().out
    assert "expected rows: 2, saw 1 of 2 rows (policy own)" in " ".join(out.split())


def test_junit_has_one_case_a_scenario(api: str, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more = "  - {name: ann adds, role: authenticated, table: notes, command: insert, expect: allowed}\n"
    file.write_text(SCENARIOS.replace("rows: 1", "rows: 2") + more)
    assert main(["rls", api, "--scenarios", str(file), "--format", "junit"]) == 1
    suites = ElementTree.fromstring(capsys.readouterr().out)
    assert (suites.get("tests"), suites.get("failures"), suites.get("skipped")) == ("3", "1", "1")
    assert [case.get("name") for case in suites.iter("testcase")] == ["ann sees hers", "visitors see none", "ann adds"]


def test_what_could_not_be_checked_ends_with_7_when_strict(api: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rls", api, "--role", "nobody"]) == 0
    assert main(["rls", api, "--role", "nobody", "--strict"]) == 7
    assert "There is no role nobody." in capsys.readouterr().out
    assert main(["rls", api, "--budget", "0"]) == 7
    assert "INCOMPLETE" in capsys.readouterr().out


def test_an_error_of_a_policy_ends_with_1(api: str, capsys: pytest.CaptureFixture[str]) -> None:
    with psycopg.connect(api, autocommit=True) as connection:
        connection.execute("CREATE POLICY loops ON notes TO anon USING (EXISTS (SELECT FROM notes n))")
    assert main(["rls", api, "--role", "anon", "--commands", "select"]) == 1
    assert "ERROR 42P17" in capsys.readouterr().out


def test_writes_are_refused_where_they_must_not_be(
    api: str, nobodys_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = nobodys_home / "config" / "cryotui"
    folder.mkdir(parents=True)
    text = "targets:\n  prod:\n    conninfo: '{0}'\n    protected: true\n  kept:\n    conninfo: '{0}'\n    read_only: true\n"
    (folder / "config.yaml").write_text(text.format(api))
    assert main(["rls", "kept", "--writes"]) == 6
    assert main(["rls", "kept", "--writes", "--writes-on-protected", "kept"]) == 6
    assert main(["rls", "prod", "--writes"]) == 6
    assert main(["rls", "prod", "--writes", "--writes-on-protected", "kept"]) == 6
    out, err = capsys.readouterr()
    assert out == "" and "--writes-on-protected prod" in err
    assert main(["rls", "prod", "--writes", "--writes-on-protected", "prod", "--commands", "delete"]) == 0
    assert main(["rls", "kept", "--commands", "select,insert"]) == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--claims", "[1]"], "one JSON object"),
        (["--claims", "{"], "not JSON"),
        (["--claims", '{"a": NaN}'], "not JSON"),
        (["--claims", '{"a": "\\u0000"}'], "NUL"),
        (["--commands", "merge"], "merge is no command"),
        (["--limit", "0"], "--limit"),
        (["--run-triggers"], "--writes"),
        (["--scenarios", "/nowhere/x.yaml"], "x.yaml"),
    ],
)
def test_wrong_words_end_with_2_and_a_sentence(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rls", "host=/nowhere", *words]) == 2
    out, err = capsys.readouterr()
    assert out == "" and said in err


@pytest.mark.parametrize("form", ["text", "json", "junit", "csv", "markdown"])
def test_hostile_names_steer_no_terminal_and_break_no_format(
    api: str, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with psycopg.connect(api, autocommit=True) as connection:
        for name in HOSTILE:
            connection.execute(f"CREATE TABLE {quoted(name)} (id int); GRANT SELECT ON {quoted(name)} TO anon".encode())
            connection.execute(f"ALTER TABLE {quoted(name)} ENABLE ROW LEVEL SECURITY".encode())
            connection.execute(f"CREATE POLICY {quoted(name)} ON {quoted(name)} USING (true)".encode())
    report = tmp_path / "report"
    assert main(["rls", api, "--format", form, "--output", str(report), "--commands", "select"]) == 0
    text = report.read_text(encoding="utf-8")
    assert "\x1b" not in text and "\u202e" not in text
    assert text.count("UPPER") >= 1
    if form == "json":
        assert {one["name"] for one in json.loads(text)["tables"]} >= {'with "quotes"', "line\nbreak"}
    if form == "junit":
        assert len(list(ElementTree.fromstring(text).iter("testcase"))) == len(HOSTILE) + 1
    out, err = capsys.readouterr()
    assert out == "" and str(report) in err
