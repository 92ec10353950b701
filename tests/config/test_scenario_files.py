"""The file of scenarios: every mistake has its line, and nothing is half read."""

from __future__ import annotations

from pathlib import Path

import pytest

from cryotui.config import scenarios
from cryotui.model.errors import ConfigError
from cryotui.model.role_matrix import Answer, Expectation

GOOD = """\
scenarios:
  - name: a member sees the rows of the team
    role: authenticated
    claims: {sub: 7c9e6679, team_id: 3, admin: false, zip: "0123", app_metadata: {roles: [editor]}}
    table: public.experiments
    where: batch_number = 'B-1'
    expect:
      rows: 12
  - name: visitors add nothing
    role: anon
    table: '"odd.schema"."a ""b"'
    command: insert
    expect: denied
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "scenarios.yaml"


def test_a_file_is_read_with_every_word(file: Path) -> None:
    file.write_text(GOOD)
    first, second = scenarios.load([file])
    assert (first.schema, first.table, first.command) == ("public", "experiments", "select")
    assert first.claims == {
        "sub": "7c9e6679",
        "team_id": 3,
        "admin": False,
        "zip": "0123",
        "app_metadata": {"roles": ["editor"]},
    }
    assert first.expect == Expectation(Answer.ALLOWED, 12)
    assert (second.schema, second.table, second.expect.answer) == ("odd.schema", 'a "b', Answer.DENIED)
    assert second.source.endswith(":9:5")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("", "scenarios: with a list"),
        ("scenarios: []\n", "scenarios: with a list"),
        ("scenario:\n  - name: x\n", "scenarios is the nearest"),
        ("scenarios:\n  - all\n", "is a table"),
        (GOOD.replace("role: anon", "rol: anon"), r":10:5: rol .*role"),
        (GOOD.replace("    role: anon\n", ""), "no role"),
        (GOOD.replace("expect: denied", "expect: refused"), "possible: denied"),
        (GOOD.replace("rows: 12", "rows: many"), "a number, some or all"),
        (GOOD.replace("rows: 12", "rows: all"), "counts the whole table"),
        (GOOD.replace("expect: denied", "expect: {rows: 3}"), "rows are counted for select"),
        (GOOD.replace("command: insert", "command: upsert"), "command is upsert"),
        (GOOD.replace("command: insert", "command: insert\n    where: true"), "belongs to select"),
        (GOOD.replace("public.experiments", "a.b.c"), "SCHEMA.TABLE"),
        (GOOD.replace("visitors add nothing", "a member sees the rows of the team"), "is there already"),
        (GOOD.replace("claims: {sub: 7c9e6679", "claims: [sub"), "scenarios.yaml"),
        (GOOD.replace("role: anon", "role: anon\n    role: x"), "given twice"),
    ],
)
def test_a_mistake_refuses_the_whole_file_and_says_where(file: Path, wrong: str, said: str) -> None:
    file.write_text(wrong)
    with pytest.raises(ConfigError, match=said):
        scenarios.load([file])


def test_a_file_that_is_not_there_is_an_error(file: Path) -> None:
    with pytest.raises(ConfigError, match=r"scenarios\.yaml"):
        scenarios.load([file])
