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
    assert len(cells) == 15 and document["schema_version"] == 1
    assert cells["anon", "select"]["rows_seen"] == 1, "claims are there one by one as well"
    assert cells["authenticated", "delete"]["proof"] == "policy proven"
    assert cells["anon", "truncate"]["answer"] == "allowed", "GRANT ALL holds TRUNCATE, which asks no policy"
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


def test_what_could_not_be_checked_ends_with_7_when_strict(
    api: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(
        SCENARIOS + "  - {name: adds, role: authenticated, table: notes, command: insert, expect: allowed}\n"
    )
    assert main(["rls", api, "--scenarios", str(file)]) == 0
    assert main(["rls", api, "--scenarios", str(file), "--strict"]) == 7
    assert main(["rls", api, "--budget", "0"]) == 7
    assert "INCOMPLETE" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--table", "public.zzz*"], "No table or view in public is like public.zzz*."),
        (["--table", "note"], "There is no table or view public.note, public.notes is the nearest."),
        (["--role", "anom"], "There is no role anom, anon is the nearest."),
        (["--schema", "pubic"], "There is no schema pubic, public is the nearest."),
    ],
)
def test_a_name_that_is_not_there_ends_with_2_and_the_nearest(
    api: str, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rls", api, *words]) == 2
    assert capsys.readouterr() == ("", f"cryotui: {said}\n")


def test_a_scenario_that_names_what_is_not_there_is_an_error_and_never_green(
    api: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = "  - {name: typo, role: anon, table: public.nots, expect: denied}\n"
    file.write_text(SCENARIOS + wrong + "  - {name: ghost, role: ghost, table: notes, expect: denied}\n")
    assert main(["rls", api, "--scenarios", str(file), "--format", "junit"]) == 2
    out, err = capsys.readouterr()
    suites = ElementTree.fromstring(out)
    assert (suites.get("tests"), suites.get("errors"), suites.get("skipped")) == ("4", "2", "0")
    assert (
        "scenarios.yaml:4" in err
        and "public.notes is the nearest" in err
        and "There is no role ghost".lower() in err.lower()
    )
    assert main(["rls", api, "--scenarios", str(file), "--json"]) == 2
    found = {one["name"]: one for one in json.loads(capsys.readouterr().out)["scenarios"]}
    assert (found["typo"]["outcome"], found["typo"]["misnamed"]) == ("failed", True)
    assert (found["visitors see none"]["outcome"], found["visitors see none"]["misnamed"]) == ("passed", False)
    file.write_text(SCENARIOS.replace("rows: 1", "rows: 2") + wrong)
    assert main(["rls", api, "--scenarios", str(file)]) == 1, "what failed weighs more"
    assert "wrong name: anon select on public.nots was not tried" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("form", ["text", "json", "junit", "csv", "markdown"])
def test_no_format_prints_a_secret_of_a_server_s_error_a_claim_or_a_condition(
    api: str, form: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with psycopg.connect(api, autocommit=True) as connection:
        connection.execute(
            "CREATE FUNCTION boom() RETURNS bool LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'boom secret=hunter22 of %', current_user; END $$;"
            "CREATE TABLE guarded (id int); INSERT INTO guarded VALUES (1); GRANT SELECT ON guarded TO anon;"
            "ALTER TABLE guarded ENABLE ROW LEVEL SECURITY; CREATE POLICY b ON guarded USING (boom())"
        )
    claims = '{"sub": "ann", "access_token": "hunter22", "uri": "postgresql://a:hunter22@b/c"}'
    file.write_text(
        SCENARIOS + "  - {name: w, role: anon, table: guarded, where: \"'token=hunter22' > ''\", expect: denied}\n"
    )
    words = ["--claims", claims, "--scenarios", str(file), "--all", "--format", form]
    assert main(["rls", api, *words]) == 1
    out, err = capsys.readouterr()
    assert "hunter22" not in out + err
    assert "boom secret=" in out.replace("\\", "")


def test_what_is_exposed_comes_first_with_a_summary_on_top(api: str, capsys: pytest.CaptureFixture[str]) -> None:
    with psycopg.connect(api, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE zz_open (id int); INSERT INTO zz_open SELECT generate_series(1, 5);"
            "GRANT ALL ON zz_open TO anon; CREATE TABLE yy_read (id int); GRANT SELECT ON yy_read TO anon;"
            + "".join(f"CREATE TABLE closed_{n} (id int);" for n in range(30))
        )
    assert main(["rls", api]) == 0
    out = capsys.readouterr().out
    head, summary, rest = (
        out.split("What each role reaches")[0],
        *out.split("What each role reaches")[1].split("\n ■ ", 1),
    )
    assert "■ 1 table anybody may write" in head
    assert "▲ 2 to look at   ▲ 2 anybody may empty" in head
    lines = [" ".join(line.split()) for line in summary.splitlines()]
    assert "■ may write any row 1 zz_open" in lines
    assert "▲ reads all rows 2 yy_read, zz_open" in lines
    assert "▲ may empty it (TRUNCATE) 2 notes, zz_open" in lines
    assert rest.startswith("public.zz_open  table, row security OFF\n     ■ anon may insert, update, delete any row")
    assert rest.index("public.zz_open") < rest.index("public.notes") and rest.index("public.yy_read") > 0
    assert "open, 0 of 0" in rest
    assert "30 tables: everything is denied to every role" in rest and "closed_10," in rest
    assert rest.count("public.closed_") == 0 and " more (--full)" in rest
    assert rest.count("no grant") == 1, "a reason of several tables stands once"
    assert main(["rls", api, "--full"]) == 0
    full = capsys.readouterr().out
    assert all(f"public.closed_{n}  table" in full for n in range(30))


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


def test_names_of_all_tables_are_in_json(api: str, capsys: pytest.CaptureFixture[str]) -> None:
    with psycopg.connect(api, autocommit=True) as connection:
        for n in range(40):
            connection.execute(f"CREATE TABLE open_{n:02} (id int); GRANT SELECT ON open_{n:02} TO anon".encode())
    assert main(["rls", api, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    reads = next(one for one in document["reached"] if (one["role"], one["fact"]) == ("anon", "reads all rows"))
    assert len(reads["tables"]) == 40
    marked = [table["name"] for table in document["tables"] if table["exposures"]]
    assert len(marked) == 41 and document["tables"][1]["exposures"][0]["mark"] == "watch"
