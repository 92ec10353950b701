"""Rule files: every word is there, what is wrong is told with file and line, a user's broken file is never a pass."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cryotui.audit import rule, rulebook, rules, select
from cryotui.audit.template import FORMS, TemplateError, columns, fill
from cryotui.model.errors import UsageError
from cryotui.model.rule import GROUPS
from cryotui.model.text import cells

GOOD = """-- title: A rule of ours
-- severity: watch
-- group: schema
-- kind: table
-- about: What it finds.
-- why: Why it matters.
-- parameters: rows=10 share=0.5 api_roles
SELECT 1 AS object
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    rulebook._own_folders.clear()
    rulebook.rules.cache_clear()


def test_every_rule_of_ours_says_what_why_how_and_where_to_read_more() -> None:
    for found in rules():
        assert found.about.endswith("."), found.id
        assert found.why.endswith("."), found.id
        assert found.detail, found.id
        assert found.lock, found.id
        assert found.references, found.id
        assert cells(found.title) <= 27, found.id
        assert found.fix or "AS fix" in found.variants[()], found.id
    assert len({found.title for found in rules()}) == len(rules())


def test_rules_are_in_the_order_of_their_groups() -> None:
    order = [(GROUPS.index(found.group), found.id) for found in rules()]
    assert order == sorted(order)


def test_a_selection_is_by_group_by_id_or_everything() -> None:
    assert {found.group for found in select(["integrity"])} == {"integrity"}
    assert [found.id for found in select(ids=["int-invalid-index"])] == ["int-invalid-index"]
    assert select() == rules()
    with pytest.raises(UsageError, match="int-invalid-index"):
        rule("int-invalid-indx")
    with pytest.raises(UsageError, match="integrity"):
        select(["integrty"])


def test_a_users_rule_is_found_beside_ours_and_ours_stay_ours(folder: Path) -> None:
    (folder / "own-rule.sql").write_text(GOOD)
    (folder / "int-invalid-index.sql").write_text(GOOD)
    rulebook.add_folder(folder)
    own = rule("own-rule")
    assert own.parameters == {"rows": 10, "share": 0.5, "api_roles": None}
    assert own.origin == str(folder)
    assert rule("int-invalid-index").origin == "built in"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace("-- why: Why it matters.\n", ""), "no why"),
        (GOOD.replace("severity: watch", "severity: terrible"), "Known are bad, watch, info"),
        (GOOD.replace("-- kind: table", "-- kinds: table"), ":4: kinds is no header word"),
        (GOOD.replace("rows=10", "rows=many"), "no number"),
        (GOOD.replace("api_roles", "roles"), "roles has no value"),
        (GOOD.replace("A rule of ours", "A rule of ours with far too long a title"), "longer than 27"),
        ("-- title: Only a header\n", "no SQL"),
    ],
)
def test_a_users_rule_that_cannot_be_read_says_why_and_never_passes(folder: Path, text: str, said: str) -> None:
    (folder / "own-rule.sql").write_text(text)
    rulebook.add_folder(folder)
    broken = rule("own-rule")
    assert broken.fault is not None
    assert said in broken.fault
    assert "own-rule.sql" in broken.fault
    assert broken.sql(18) is None


def test_a_variant_takes_over_from_its_version_on(folder: Path) -> None:
    (folder / "own-rule.sql").write_text(GOOD)
    (folder / "own-rule@17.sql").write_text("SELECT 17 AS object")
    rulebook.add_folder(folder)
    assert rule("own-rule").sql(16) == "SELECT 1 AS object"
    assert rule("own-rule").sql(18) == "SELECT 17 AS object"


def test_words_are_filled_from_the_row_in_its_form() -> None:
    row = {"rows": 3_300_000, "size": None, "name": "{rows}"}
    assert fill("{rows:count} rows, {size:size}, {name}", row) == "3.30M rows, -, {rows}"
    assert columns("{rows:count} {name}") == ("rows", "name")
    with pytest.raises(TemplateError, match="absent"):
        fill("{absent}", row)
    with pytest.raises(TemplateError, match="pounds"):
        fill("{rows:pounds}", row)
    assert "count" in FORMS
