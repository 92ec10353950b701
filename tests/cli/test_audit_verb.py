"""``cryotui audit`` and ``cryotui explain-rule`` on a real server: what is printed where, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest

from cryotui.audit import rules
from cryotui.cli import main

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
    assert seen == {rule.id for rule in rules()}
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
    ],
)
def test_the_exit_code_is_the_verdict(
    troubled: str, words: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", *words, troubled]) == code
    assert capsys.readouterr().out


def test_a_target_can_have_the_name_of_a_group(troubled: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "integrity", "--target", troubled]) == 1
    assert "Could not check" not in capsys.readouterr().out


def test_the_report_is_written_to_a_file_and_the_summary_to_stderr(
    troubled: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "audit.md"
    assert main(["audit", "--format", "markdown", "--output", str(report), troubled]) == 1
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
    assert main([*words, "--limit", "cap-xid-wraparound.wach=0"]) == 2
    assert "cap-xid-wraparound.watch" in capsys.readouterr().err


def test_the_rules_are_listed_without_a_server(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "--list"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(rules())
    assert main(["audit", "--list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["rules"]
    assert [entry["id"] for entry in listed] == [rule.id for rule in rules()]
    assert main(["audit", "capacity", "--list", "--json"]) == 0
    assert {entry["group"] for entry in json.loads(capsys.readouterr().out)["rules"]} == {"capacity"}


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
    assert [entry["rule"] for entry in document["findings"]] == ["own-good"]
    assert [entry["rule"] for entry in document["could_not_check"]] == ["own-broken"]
    assert "no why" in document["could_not_check"][0]["reason"]


@pytest.mark.parametrize("form", [[], ["--json"], ["--markdown"]])
def test_the_page_of_every_rule_is_printed(form: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    for rule in rules():
        assert main(["explain-rule", rule.id, *form]) == 0
        assert rule.id in capsys.readouterr().out
    assert main(["explain-rule", "no-such-rule"]) == 2
