"""What ``cryotui audit`` compares a run with, and which words it has for it: kept runs, another database, what is new."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from cryotui.cli import main
from cryotui.demo.cluster import Cluster

OWN = ["audit", "--rule", "int-no-primary-key", "--rule", "int-invalid-index"]
OF_DATABASE = """\
-- title: Ours
-- severity: watch
-- group: schema
-- kind: database
-- about: A.
-- why: B.
SELECT pg_catalog.quote_ident(pg_catalog.current_database()) AS object
"""


def table(database: str, name: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute(f"CREATE TABLE {name} (a int)")


def test_only_new_counts_new_of_all_and_prints_nothing_else(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    table(database, "old")
    assert main([*OWN, "--only-new", "--fail-on", "watch", database]) == 1
    assert "First run: everything is new." in capsys.readouterr().out
    assert main([*OWN, "--only-new", "--fail-on", "watch", database]) == 0
    out = capsys.readouterr().out
    assert "0 new of 0 bad" in out and "0 new of 1 watch" in out and "1 passed" in out
    assert "Passed:" not in out and "First run" not in out and "public.old" not in out
    table(database, "fresh")
    assert main([*OWN, "--only-new", "--fail-on", "watch", database]) == 1
    out = capsys.readouterr().out
    assert "1 new of 2 watch" in out and "public.fresh" in out and "public.old" not in out
    for form in ("markdown", "html"):
        main([*OWN, "--only-new", "--format", form, database])
        out = capsys.readouterr().out
        assert "0 new of 2 watch" in out and "Passed" not in out


def test_a_run_of_the_same_day_is_named_with_its_time(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = datetime.now(UTC)
    main([*OWN, database])
    table(database, "fresh")
    main([*OWN, database])
    after = datetime.now(UTC)
    out = " ".join(capsys.readouterr().out.split())
    if before.date() == after.date():
        minutes = {f"{moment:%H:%MZ}" for moment in (before, after)}
        assert any(f"not in the run of {before.day} {before:%b %Y}, {minute}" in out for minute in minutes)


def test_a_kept_run_is_compared_by_its_number_its_moment_or_as_the_last(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main([*OWN, database])
    table(database, "first")
    main([*OWN, database])
    table(database, "second")
    capsys.readouterr()
    assert main(["audit", "--history", "--json"]) == 0
    newer, older = json.loads(capsys.readouterr().out)["runs"]
    assert (newer["watch"], older["watch"], newer["rules"]) == (1, 0, 2)
    for word, new in (
        ("last", {"public.second"}),  # which is kept as well, and so the last one then
        (str(older["number"]), {"public.first", "public.second"}),
        (f"#{older['number']}", {"public.first", "public.second"}),
    ):
        main([*OWN, "--compare", word, "--json", database])
        document = json.loads(capsys.readouterr().out)
        assert {one["object"] for one in document["findings"] if one["state"] == "new"} == new
    main([*OWN, "--compare", f"{datetime.now(UTC):%Y-%m-%d}", "--json", database])
    assert json.loads(capsys.readouterr().out)["compared_with"]["name"].startswith("run ")
    assert main([*OWN, "--compare", "999999", database]) == 2
    assert main([*OWN, "--compare", "2001-01-01", database]) == 2
    assert main([*OWN, "--compare", "2001-99-01", database]) == 2
    err = capsys.readouterr().err
    assert "No run 999999 is kept" in err and "No run of this database is kept from 2001-01-01" in err


def test_the_kept_runs_are_listed_without_a_server(
    database: str, pg: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", "--history"]) == 0
    assert "No run is kept" in capsys.readouterr().out
    main([*OWN, database])
    main([*OWN, "--budget", "0", pg.uri("template1")])
    capsys.readouterr()
    assert main(["audit", "--history"]) == 0
    head, newest, oldest = capsys.readouterr().out.splitlines()
    assert head.split()[:3] == ["run", "began", "target"]
    assert "template1" in newest and "incomplete" in newest and "incomplete" not in oldest
    assert main(["audit", "--history", "postgresql://nobody@/template1?host=/nowhere"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_beside_another_database_words_say_where_something_is(
    database: str, pg: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    table(database, "bare")
    here = psycopg.conninfo.conninfo_to_dict(database)["dbname"]
    main([*OWN, "--compare", pg.uri("template1"), database])
    out = capsys.readouterr().out
    assert f"1 only in {here}" in out and f"only in {here}, not in template1" in out
    assert "1 new" not in out and "Gone" not in out
    main([*OWN, "--compare", database, pg.uri("template1")])
    out = capsys.readouterr().out
    assert f"Only in {here}, not in template1:" in out and f"1 only in {here}" in out and "Gone" not in out


def test_a_finding_about_the_whole_database_is_the_same_in_a_database_of_another_name(
    database: str, pg: Cluster, nobodys_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = nobodys_home / "config" / "cryotui" / "rules"
    folder.mkdir(parents=True)
    (folder / "own-database.sql").write_text(OF_DATABASE)
    words = ["audit", "--rule", "own-database", "--json", database]
    main([*words, "--compare", pg.uri("template1")])
    document = json.loads(capsys.readouterr().out)
    assert [one["state"] for one in document["findings"]] == ["still"]
    assert document["gone"] == [] and document["compared_with"]["other"] is True
    baseline = tmp_path / "there.json"
    main(["audit", "--rule", "own-database", "--json", "--output", str(baseline), pg.uri("template1")])
    assert main([*words, "--baseline", str(baseline), "--fail-on", "watch"]) == 0
    assert json.loads(capsys.readouterr().out)["findings"] == []


def test_every_report_says_which_server_it_is_of(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    parts = psycopg.conninfo.conninfo_to_dict(database)
    where = f"{parts['dbname']} {'at' if str(parts['host']).startswith('/') else 'on'} {parts['host']}:{parts['port']}"
    for form in ("text", "markdown", "html", "json", "junit", "sarif"):
        main([*OWN, "--format", form, database])
        out = " ".join(capsys.readouterr().out.replace("\\_", "_").split())
        assert where in out, form


def test_a_waiver_on_every_rule_stands_in_the_head_and_one_that_matches_nothing_is_told(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table(database, "bare")
    file = tmp_path / "waivers.yaml"
    file.write_text(
        'waivers:\n  - {rule: "*", reason: all of it, owner: anna, expires: never}\n'
        '  - {rule: "sch-no-*", object: "public.lost", reason: x, owner: eve, expires: 2999-01-01}\n'
        "  - {rule: x, target: elsewhere, reason: x, owner: eve, expires: 2999-01-01}\n"
        "  - {rule: int-overlapping-fk, reason: a rule that is off, owner: eve, expires: 2999-01-01}\n"
    )
    main(["audit", "--waivers", str(file), database])
    out, err = capsys.readouterr()
    assert "waived by 1 waiver on every rule, of anna for ever: all of it" in "\n".join(out.splitlines()[:5])
    assert err == (
        f"cryotui: {file}:3:5: this waiver matches nothing: rule sch-no-*, object public.lost; of eve until 1 Jan 2999.\n"
    )
    main(["audit", "--waivers", str(file), "--json", database])
    assert [one["rule"] for one in json.loads(capsys.readouterr().out)["idle_waivers"]] == ["sch-no-*"]
    main([*OWN, "--waivers", str(file), database])  # a run of some rules says nothing about the others
    assert "matches nothing" not in capsys.readouterr().err
