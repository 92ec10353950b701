"""The filter's little language, as the help tells it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryotui.model import units
from cryotui.model.filter import parse, quantity
from cryotui.model.pane import Column, Moment
from cryotui.model.settings import Settings

COLUMNS = (
    Column("app", "app", 10, 10, align="L"),
    Column("age", "age", 6, 6, form=units.age, mark=lambda row, moment: "bad" if (row["age"] or 0) > 300 else None),
    Column("size", "size", 6, 6, form=units.size),
    Column("query", "statement", 20, 20, align="L"),
)
MOMENT = Moment(None, {}, {}, Settings(), datetime(2026, 1, 1, tzinfo=UTC))  # type: ignore[arg-type]
ROWS: list[dict[str, Any]] = [
    {"app": "lab-api", "age": 75.0, "size": 3 * 2**20, "query": "SELECT id, smiles FROM molecules"},
    {"app": "autovacuum", "age": 400.0, "size": None, "query": "autovacuum: VACUUM public.molecules"},
    {"app": "psql", "age": None, "size": 10, "query": "DELETE FROM teams\n WHERE id = 1"},
]


def kept(text: str, tagged: int | None = None) -> list[str]:
    test = parse(text)
    return [row["app"] for i, row in enumerate(ROWS) if test.keeps(row, MOMENT, COLUMNS, i == tagged)]


@pytest.mark.parametrize(
    ("text", "apps"),
    [
        ("", ["lab-api", "autovacuum", "psql"]),
        ("molecules", ["lab-api", "autovacuum"]),
        ("MOLECULES !vacuum", ["lab-api"]),
        ("app:lab-api", ["lab-api"]),
        ("app:lab age>1m", ["lab-api"]),
        ("age>1m", ["lab-api", "autovacuum"]),
        ("age<=75s", ["lab-api"]),
        ("size>1M", ["lab-api"]),
        ("size<1k", ["psql"]),
        ("~^SELECT.*smiles", ["lab-api"]),
        ("!~SELECT", ["autovacuum", "psql"]),
        ('"FROM teams"', ["psql"]),
        ("is:bad", ["autovacuum"]),
        ("is:watch", ["autovacuum"]),
        ("!is:bad molecules", ["lab-api"]),
        ("statement:delete", ["psql"]),
        ("nothing-like-it", []),
    ],
)
def test_a_filter_keeps_what_its_words_say(text: str, apps: list[str]) -> None:
    assert kept(text) == apps


def test_tagged_rows_can_be_kept() -> None:
    assert kept("is:tagged", tagged=2) == ["psql"]


def test_an_unknown_value_is_neither_more_nor_less() -> None:
    assert "psql" not in kept("age>0s") + kept("age<1d")


def test_a_broken_regular_expression_is_told_and_hides_nothing() -> None:
    test = parse("~[")
    assert test.problem and not test


def test_a_unit_means_what_its_column_measures() -> None:
    assert quantity("1m") == 60 and quantity("30%") == 0.3 and quantity("2M") == 2e6
    assert quantity("2M", COLUMNS[2]) == 2 * 2**20
    assert quantity("two") is None


@given(st.text(max_size=40))
def test_nothing_typed_breaks_the_filter(text: str) -> None:
    test = parse(text)
    for row in ROWS:
        test.keeps(row, MOMENT, COLUMNS, False)
