"""Rule files: every word is there, what is wrong is told with file and line, a user's broken file is never a pass."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cryotui.audit import faults, rule, rules, run, select
from cryotui.audit.template import FORMS, TemplateError, columns, fill
from cryotui.model.errors import UsageError
from cryotui.model.rule import GROUPS
from cryotui.model.settings import Settings
from cryotui.model.text import cells
from cryotui.pg.destination import find
from cryotui.report import json
from cryotui.report.text import rule_page

GOOD = """-- title: A rule of ours
-- severity: watch
-- group: schema
-- kind: table
-- about: What it finds.
-- why: Why it matters.
-- parameters: rows=10 share=0.5 api_roles
SELECT 1 AS object
"""


def test_every_rule_of_ours_says_what_why_how_and_where_to_read_more() -> None:
    for found in rules():
        assert found.about.endswith("."), found.id
        assert found.why.endswith("."), found.id
        assert found.detail, found.id
        assert found.references, found.id
        assert cells(found.title) <= 27, found.id
        # what the fix takes is said where there is one; a rule without one says in the detail what to do
        assert found.lock or not found.may_carry("fix"), found.id
    assert len({found.title for found in rules()}) == len(rules())


def test_a_rule_says_whether_its_findings_come_with_sql() -> None:
    header, by_row, none = rule("perf-dead-tuples"), rule("perf-unused-index"), rule("cap-connections")
    assert [found.may_carry("fix") for found in (header, by_row, none)] == [True, True, False]
    assert [found.may_carry("undo") for found in (header, by_row, none)] == [False, True, False]
    assert "none: each finding says what to do" in rule_page(none)


def test_rules_are_in_the_order_of_their_groups() -> None:
    order = [(GROUPS.index(found.group), found.id) for found in rules()]
    assert order == sorted(order)


def test_a_selection_is_by_group_by_id_or_everything() -> None:
    assert {found.group for found in select(["integrity"])} == {"integrity"}
    assert [found.id for found in select(ids=["int-invalid-index"])] == ["int-invalid-index"]
    assert select(off=True) == rules()
    with pytest.raises(UsageError, match="int-invalid-index"):
        rule("int-invalid-indx")
    with pytest.raises(UsageError, match="integrity"):
        select(["integrty"])


def test_a_rule_that_is_off_by_default_runs_when_it_is_named_or_all_are_asked_for(tmp_path: Path) -> None:
    (tmp_path / "own-taste.sql").write_text("-- default: off\n" + GOOD)
    assert rule("own-taste", tmp_path).off
    assert "own-taste" not in {found.id for found in select(own=tmp_path)}
    assert "own-taste" not in {found.id for found in select(["schema"], ["int-invalid-index"], tmp_path)}
    assert "own-taste" in {found.id for found in select(["capacity"], ["own-taste"], tmp_path)}
    assert [found.id for found in select(ids=["own-taste"], own=tmp_path)] == ["own-taste"]
    assert "own-taste" in {found.id for found in select(["schema"], own=tmp_path, off=True)}
    assert [found.id for found in select(ids=["int-invalid-index"], own=tmp_path, off=True)] == ["int-invalid-index"]
    assert "--all" in rule_page(rule("own-taste", tmp_path))


def test_a_users_rule_is_found_beside_ours_and_ours_stay_ours(tmp_path: Path) -> None:
    (tmp_path / "own-rule.sql").write_text(GOOD)
    (tmp_path / "int-invalid-index.sql").write_text(GOOD)
    own = rule("own-rule", tmp_path)
    assert own.parameters == {"rows": 10, "share": 0.5, "api_roles": None}
    assert own.origin == str(tmp_path / "own-rule.sql")
    assert rule("int-invalid-index", tmp_path).origin == "built in"
    assert {found.id for found in select(own=tmp_path)} == {found.id for found in select()} | {
        "own-rule",
        "own/int-invalid-index",
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace("-- why: Why it matters.\n", ""), "no why"),
        (GOOD.replace("severity: watch", "severity: terrible"), "Known are bad, watch, info"),
        (GOOD.replace("-- kind: table", "-- kinds: table"), ":4: kinds is no header word"),
        (GOOD.replace("rows=10", "rows=many"), "no number"),
        (GOOD.replace("api_roles", "roles"), "roles has no value"),
        ("-- default: maybe\n" + GOOD, "maybe is no default. Known are on, off"),
        (GOOD.replace("A rule of ours", "A rule of ours with far too long a title"), "longer than 27"),
        ("-- title: Only a header\n", "no SQL"),
    ],
)
def test_a_users_rule_that_cannot_be_read_says_why_and_never_passes(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "own-rule.sql").write_text(text)
    broken = rule("own-rule", tmp_path)
    assert broken.fault is not None
    assert said in broken.fault
    assert "own-rule.sql" in broken.fault
    assert broken.sql(18) is None


def test_a_users_rule_with_the_id_of_ours_replaces_nothing_and_is_told_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "int-invalid-index.sql").write_text(GOOD)
    assert rule("int-invalid-index", tmp_path).origin == "built in"
    (told,) = faults(tmp_path)
    assert told.startswith(f"{tmp_path / 'int-invalid-index.sql'} is not used: int-invalid-index is a rule of cryotui")
    asked = select(ids=["int-invalid-index"], own=tmp_path)
    assert [one.id for one in asked] == ["int-invalid-index", "own/int-invalid-index"]
    assert asked[1].sql(18) is None


def test_a_rule_file_that_is_not_utf_8_is_told_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "own-rule.sql").write_bytes(b"-- title: \xff\n")
    assert faults(tmp_path) == (f"{tmp_path / 'own-rule.sql'} is not UTF-8.",)


def test_a_variant_takes_over_from_its_version_on(tmp_path: Path) -> None:
    (tmp_path / "own-rule.sql").write_text(GOOD)
    (tmp_path / "own-rule@17.sql").write_text("SELECT 17 AS object")
    own = rule("own-rule", tmp_path)
    assert own.sql(16) == "SELECT 1 AS object"
    assert own.sql(18) == "SELECT 17 AS object"


def test_a_rule_takes_shared_sql_in_where_it_names_it_and_an_unknown_name_is_told(tmp_path: Path) -> None:
    header = GOOD.replace("SELECT 1 AS object\n", "")
    (tmp_path / "own-rule.sql").write_text(
        f"{header}WITH\n-- with: tables,\nmine AS (SELECT 1)\nSELECT t.object FROM tables AS t"
    )
    (tmp_path / "own-other.sql").write_text(f"{header}WITH\n-- with: tabels\nSELECT 1 AS object")
    sql = rule("own-rule", tmp_path).sql(18)
    assert sql is not None
    assert "tables AS MATERIALIZED (" in sql and "),\nmine AS" in sql
    assert "tabels is no shared piece" in (rule("own-other", tmp_path).fault or "")


def test_every_rule_that_can_give_a_fix_shows_its_form_on_its_page_and_in_json() -> None:
    for found in rules():
        assert (found.form is not None) == found.may_carry("fix"), found.id
        words = json.rule_words(found)
        assert words["fix"] == found.form and words["can_undo"] == found.may_carry("undo")
        page = rule_page(found, 120)
        assert not found.form or found.form.split("\n")[0][:60] in page
        assert not re.search(r"\bK[0-4]\b", page), "a code that only the authors of rules know"


def test_a_folder_of_rules_that_is_not_there_adds_none(tmp_path: Path) -> None:
    assert rules(tmp_path / "rules") == rules()


async def test_a_run_of_all_rules_runs_those_of_the_operators_folder_too(database: str, tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "own-rule.sql").write_text(GOOD.replace("-- parameters: rows=10 share=0.5 api_roles\n", ""))
    done = await run(find(database, Settings(config_folder=tmp_path), environ={}))
    assert [finding.object for finding in done.findings if finding.rule == "own-rule"] == ["1"]
    assert len(done.results) == len(select()) + 1


def test_words_are_filled_from_the_row_in_its_form() -> None:
    row = {"rows": 3_300_000, "size": None, "name": "{rows}"}
    assert fill("{rows:count} rows, {size:size}, {name}", row) == "3.30M rows, -, {rows}"
    assert columns("{rows:count} {name}") == ("rows", "name")
    with pytest.raises(TemplateError, match="absent"):
        fill("{absent}", row)
    with pytest.raises(TemplateError, match="pounds"):
        fill("{rows:pounds}", row)
    assert "count" in FORMS
