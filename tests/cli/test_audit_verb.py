"""``cryotui audit`` and ``cryotui explain-rule`` on a real server: what is printed where, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest

from cryotui.audit import rules, select
from cryotui.cli import main
from cryotui.demo.cluster import Cluster

BAD = """
CREATE TABLE parents (id int PRIMARY KEY);
CREATE TABLE children (id int PRIMARY KEY, parent_id int);
INSERT INTO children VALUES (1, 7);
ALTER TABLE children ADD FOREIGN KEY (parent_id) REFERENCES parents NOT VALID;
"""


@pytest.fixture
def troubled(database: str) -> str:
    with psycopg.connect(database) as connection:
        connection.execute(BAD)
    return database


def test_the_report_goes_to_stdout_and_bad_findings_end_with_1(
    troubled: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", troubled]) == 1
    out, err = capsys.readouterr()
    assert "public.children.parent_id" in out
    assert "1 lack a parent" in out
    assert err == ""


def test_json_is_the_whole_of_stdout(troubled: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "--format", "json", "--fail-on", "never", troubled]) == 0
    document = json.loads(capsys.readouterr().out)
    seen = {entry["rule"] for key in ("findings", "passed", "could_not_check") for entry in document[key]}
    assert seen == {rule.id for rule in select()}
    assert "int-fk-orphan-rows" in {entry["rule"] for entry in document["findings"]}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["performance"], 0),
        (["performance", "--fail-on", "watch"], 1),
        (["capacity", "--fail-on", "info"], 0),
        (["security"], 0),
        (["security", "--strict"], 7),
        (["integrity", "--strict"], 1),
        (["--rule", "int-invalid-index"], 0),
        (["--rule", "int-fk-orphan-rows", "capacity"], 1),
        (["--budget", "0", "--fail-on", "never"], 7),
        (["integrity", "--strict", "--fail-on", "never"], 7),
    ],
)
def test_the_exit_code_is_the_verdict(
    troubled: str, words: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", *words, troubled]) == code
    assert capsys.readouterr().out


def test_a_target_can_have_the_name_of_a_group(troubled: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "integrity", "--target", troubled]) == 1
    assert "public.children.parent_id" in capsys.readouterr().out


def test_the_report_is_written_to_a_file_and_the_summary_to_stderr(
    troubled: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "audit.md"
    words = ["--rule", "int-fk-orphan-rows", "--format", "markdown", "--output", str(report)]
    assert main(["audit", *words, troubled]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "1 bad" in err
    assert report.read_text().startswith("# Audit of ")
    assert [path.name for path in tmp_path.iterdir()] == ["audit.md"]


def test_a_file_that_cannot_be_written_is_told_before_the_server_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", "--output", str(tmp_path), "host=/nowhere"]) == 2
    assert main(["audit", "--output", str(tmp_path / "no" / "x.md"), "host=/nowhere"]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_no_server_no_report(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["audit", f"postgresql://postgres@/x?host={tmp_path}"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("cryotui: ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["securty"], "Is security meant?"),
        (["--rule", "int-invalid-indx"], "Is int-invalid-index meant?"),
        (["--limit", "rows"], "RULE.NAME=NUMBER"),
        (["a=1", "b=2"], "One target at a time"),
    ],
)
def test_wrong_words_end_with_2_and_a_sentence(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err


def test_a_limit_reaches_its_rule(troubled: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["audit", "--rule", "cap-xid-wraparound", "--fail-on", "watch", troubled]
    assert main(words) == 0
    assert main([*words, "--limit", "cap-xid-wraparound.watch=0"]) == 1
    capsys.readouterr()
    for wrong, said in (
        ("cap-xid-wraparound.wach", "cap-xid-wraparound has cap-xid-wraparound.watch, cap-xid-wraparound.bad.\n"),
        ("foo", "cryotui explain-rule ID names those of a rule.\n"),
    ):
        assert main([*words, "--limit", f"{wrong}=0"]) == 2
        assert capsys.readouterr().err == f"cryotui: {wrong} is no limit of these rules. {said}"
    assert main(["audit", "--limit", "int-invalid-index.rows=1", "host=/nowhere"]) == 2
    assert "int-invalid-index has no limits" in capsys.readouterr().err
    assert main(["audit", "--limit", "cap-xid-wrapround.watch=1", "host=/nowhere"]) == 2
    assert "Is cap-xid-wraparound meant?" in capsys.readouterr().err


def test_the_rules_are_listed_without_a_server(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "--list"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(rules())
    assert main(["audit", "--list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["rules"]
    assert [entry["id"] for entry in listed] == [rule.id for rule in rules()]
    assert main(["audit", "capacity", "--list", "--json"]) == 0
    assert {entry["group"] for entry in json.loads(capsys.readouterr().out)["rules"]} == {"capacity"}


def test_a_rule_that_is_off_by_default_is_listed_as_such_and_runs_only_when_asked_for(
    troubled: str, nobodys_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = nobodys_home / "config" / "cryotui" / "rules"
    folder.mkdir(parents=True)
    (folder / "own-taste.sql").write_text(
        "-- title: Ours\n-- severity: info\n-- group: schema\n-- kind: table\n-- about: A.\n-- why: B.\n-- default: off\n"
        "SELECT 'public.children' AS object, 'ours' AS evidence WHERE false"
    )
    assert main(["audit", "schema", "--list"]) == 0
    assert [line for line in capsys.readouterr().out.splitlines() if "own-taste" in line and "off by default" in line]
    for words, passed in ((["schema"], False), (["schema", "--all"], True), (["--rule", "own-taste"], True)):
        main(["audit", *words, "--json", troubled])
        document = json.loads(capsys.readouterr().out)
        assert ("own-taste" in {entry["rule"] for entry in document["passed"]}) is passed


def test_a_users_rules_run_beside_ours_and_a_broken_one_could_not_check(
    troubled: str, nobodys_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = nobodys_home / "config" / "cryotui" / "rules"
    folder.mkdir(parents=True)
    header = "-- title: Ours\n-- severity: bad\n-- group: schema\n-- kind: table\n-- about: A.\n-- why: B.\n"
    (folder / "own-good.sql").write_text(header + "SELECT 'public.children' AS object, 'ours' AS evidence")
    (folder / "own-broken.sql").write_text(header.replace("-- why: B.\n", "") + "SELECT 1")
    assert main(["audit", "schema", "config", "--json", troubled]) == 1
    document = json.loads(capsys.readouterr().out)
    assert [entry["rule"] for entry in document["findings"] if entry["rule"].startswith("own-")] == ["own-good"]
    (broken,) = (entry for entry in document["could_not_check"] if entry["rule"].startswith("own-"))
    assert broken["rule"] == "own-broken" and "no why" in broken["reason"]


def test_a_rule_file_of_no_use_is_told_in_every_way_and_never_ends_with_0_when_it_was_asked_for(
    troubled: str, nobodys_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = nobodys_home / "config" / "cryotui" / "rules"
    folder.mkdir(parents=True)
    header = "-- title: Ours\n-- severity: bad\n-- group: schema\n-- kind: table\n-- about: A.\n-- why: B.\n"
    (folder / "own-writes.sql").write_text(header + "DELETE FROM public.children RETURNING 'x' AS object")
    assert main(["audit", "--rule", "own-writes", troubled]) == 7
    assert main(["audit", "--rule", "own-writes", "--rule", "int-fk-orphan-rows", troubled]) == 1
    assert main(["config", "check"]) == 0
    (folder / "int-invalid-index.sql").write_text(header + "SELECT 'x' AS object")
    (folder / "own-bytes.sql").write_bytes(b"-- title: \xff")
    capsys.readouterr()
    told = ("int-invalid-index.sql is not used: int-invalid-index is a rule of cryotui", "own-bytes.sql is not UTF-8")
    for words, code in (
        (["config", "check"], 2),
        (["audit", "--list"], 7),
        (["audit", "--rule", "int-invalid-index", troubled], 7),
        (["audit", "--rule", "own-bytes", troubled], 7),
        (["audit", "--fail-on", "never", troubled], 7),
        (["audit", "capacity", troubled], 0),
    ):
        assert main(words) == code, words
        out, err = capsys.readouterr()
        assert all(sentence in out + err for sentence in told), words
        assert str(folder) in out + err


def test_waivers_with_a_mistake_are_told_by_config_check(
    nobodys_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = nobodys_home / "config" / "cryotui" / "waivers.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("waivers:\n  - {rule: x, reason: y, owner: z}\n")
    assert main(["config", "check"]) == 2
    assert f"{file}:2:5: this waiver has no expires" in capsys.readouterr().out


@pytest.mark.parametrize("form", [[], ["--json"], ["--markdown"]])
def test_the_page_of_every_rule_is_printed(form: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    for rule in rules():
        assert main(["explain-rule", rule.id, *form]) == 0
        assert rule.id in capsys.readouterr().out
    assert main(["explain-rule", "no-such-rule"]) == 2


def test_the_sql_of_every_rule_is_printed_whole_and_runs_as_it_is(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        for rule in rules():
            assert main(["explain-rule", rule.id, "--sql", "18"]) == 0
            script = capsys.readouterr().out
            assert "-- with:" not in script
            if not any(need.startswith("extension:") for need in rule.needs):
                connection.execute(script.encode())
    assert main(["explain-rule", "bak-none-evident", "--sql", "9"]) == 2
    assert "its first is 14" in capsys.readouterr().err


OWN = ["audit", "--rule", "int-fk-orphan-rows", "--rule", "int-no-primary-key"]


def ids(capsys: pytest.CaptureFixture[str], key: str = "findings") -> list[tuple[str, str]]:
    return [(one["rule"], one["object"]) for one in json.loads(capsys.readouterr().out)[key]]


def test_only_what_is_new_since_the_last_run_is_counted_when_asked(
    troubled: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [*OWN, "--only-new", "--fail-on", "watch", "--json", troubled]
    assert main(words) == 1  # nothing was before
    assert ids(capsys) == [("int-fk-orphan-rows", "public.children.parent_id")]
    assert main(words) == 0
    assert ids(capsys) == []
    with psycopg.connect(troubled) as connection:
        connection.execute("CREATE TABLE bare (a int); DELETE FROM children")
    assert main(words) == 1
    found = json.loads(capsys.readouterr().out)
    assert [one["object"] for one in found["findings"]] == ["public.bare"]
    assert [one["object"] for one in found["gone"]] == ["public.children.parent_id"]


def test_a_report_in_json_is_a_baseline_anywhere(
    troubled: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    baseline = tmp_path / "baseline.json"
    assert main([*OWN, "--json", "--output", str(baseline), troubled]) == 1
    with psycopg.connect(troubled) as connection:
        connection.execute("CREATE TABLE bare (a int)")
    capsys.readouterr()
    assert main([*OWN, "--baseline", str(baseline), "--fail-on", "watch", "--json", troubled]) == 1
    assert ids(capsys) == [("int-no-primary-key", "public.bare")]
    baseline.write_text('{"schema_version": 1}')
    assert main([*OWN, "--baseline", str(baseline), troubled]) == 2
    assert "is not a JSON report of cryotui audit" in capsys.readouterr().err
    baseline.write_text('{"schema_version": 9}')
    assert main([*OWN, "--baseline", str(baseline), troubled]) == 2
    assert "schema version 9" in capsys.readouterr().err


def test_two_databases_are_compared(troubled: str, pg: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*OWN, "--compare", pg.uri("template1"), "--json", "--fail-on", "never", troubled]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [(one["object"], one["state"]) for one in document["findings"]] == [("public.children.parent_id", "new")]
    assert document["compared_with"]["name"] == "template1"
    assert main([*OWN, "--compare", troubled, "--json", "--fail-on", "never", pg.uri("template1")]) == 0
    assert ids(capsys, "gone") == [("int-fk-orphan-rows", "public.children.parent_id")]


def test_a_waived_finding_fails_nothing_and_is_told_until_its_day(
    troubled: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "waivers.yaml"
    entry = "waivers:\n  - rule: int-fk-*\n    reason: old rows\n    owner: dba\n    expires: "
    file.write_text(entry + "2999-01-01\n")
    assert main([*OWN, "--waivers", str(file), troubled]) == 0
    assert "waived by dba until 1 Jan 2999: old rows" in capsys.readouterr().out
    file.write_text(entry + "2020-01-01\n")
    assert main([*OWN, "--waivers", str(file), troubled]) == 1
    assert "was waived by dba until 1 Jan 2020: old rows" in capsys.readouterr().out
    file.write_text(entry + "never\n")
    assert main([*OWN, "--waivers", str(file), troubled]) == 0
    assert "waived by dba for ever: old rows" in " ".join(capsys.readouterr().out.split())
    file.write_text(entry + "soon\n")
    assert main([*OWN, "--waivers", str(file), troubled]) == 2
    assert "expires wants a day" in capsys.readouterr().err


def test_a_state_folder_that_cannot_be_written_loses_no_finding(
    troubled: str, nobodys_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (nobodys_home / "state").write_text("in the way")
    assert main([*OWN, troubled]) == 1
    out, err = capsys.readouterr()
    assert "public.children.parent_id" in out and "This run is not kept" in err


def test_milder_findings_are_left_out_on_demand_and_counted_by_the_exit_code(
    troubled: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with psycopg.connect(troubled, autocommit=True) as connection:
        connection.execute("CREATE TABLE no_key (v int)")
    words = ["audit", "--rule", "int-no-primary-key", "--severity", "bad", "--fail-on", "watch"]
    assert main([*words, "--json", troubled]) == 1
    assert json.loads(capsys.readouterr().out)["findings"] == []
    assert main([*words, troubled]) == 1
    out = capsys.readouterr().out
    assert "Only what is bad or worse is told" in out
    assert "no_key" not in out


def test_the_script_of_fixes_runs_what_it_is_told_to_run(troubled: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["audit", "--rule", "int-fk-orphan-rows", "--fail-on", "never", "--format", "sql"]
    assert main([*words, troubled]) == 0
    waiting = capsys.readouterr().out
    assert main([*words, "--live", "data", troubled]) == 0
    live = capsys.readouterr().out
    assert [line for line in waiting.splitlines() if "public.children" in line and not line.startswith("--")] == []
    assert [line for line in live.splitlines() if "public.children" in line and not line.startswith("--")]
    assert main([*words, "--live", "everything", troubled]) == 2
    assert "The kinds: definition, access, data, cluster" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--list"], ["--history"]])
def test_a_file_that_cannot_be_written_is_told_before_anything_else(
    words: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["audit", *words, "--output", str(tmp_path / "nowhere" / "x")]) == 2
    assert "is no folder we may write to" in capsys.readouterr().err
