"""The rule of the marks: what of a role's reach is bad, what is to be looked at, and what is never marked."""

from __future__ import annotations

from typing import Any

import pytest

from cryotui.model.exposure import Exposure, Fact, exposed_first, exposures, facts, out_of_reach
from cryotui.model.role_matrix import Answer, Cell, Count, Proof, TableRights

ALLOWED, EMPTY, DENIED = Answer.ALLOWED, Answer.EMPTY, Answer.DENIED


def table(*cells: Cell, name: str = "t") -> TableRights:
    """A table with these cells."""
    return TableRights("public", name, "table", False, False, cells)


def cell(role: str = "anon", command: Any = "select", answer: Answer = ALLOWED, **changes: Any) -> Cell:
    """One cell, open when not said otherwise."""
    return Cell(role, command, answer, **{"proof": Proof.CATALOG, "reach": "open", **changes})


@pytest.mark.parametrize(
    ("one", "mark"),
    [
        (cell(command="insert"), "bad"),
        (cell(command="delete"), "bad"),
        (cell(command="update", reach="past"), "bad"),
        (cell(command="truncate"), "watch"),
        (cell(seen=Count(3), there=Count(3)), "watch"),
        (cell(seen=Count(0), there=Count(0)), "watch"),
        (cell(seen=Count(3), there=Count(3), reach="policies"), "watch"),
        (cell(command="insert", proof=Proof.POLICY, reach="policies"), "watch"),
        (cell("authenticated", "insert"), "watch"),
        (cell(seen=Count(2), there=Count(3), reach="policies"), None),
        (cell(seen=Count(9, True), there=Count(9, True), reach="policies"), None),
        (cell(seen=Count(2), there=None, reach=None), None),
        (cell(command="insert", proof=Proof.GRANT, reach="policies"), None),
        (cell(command="insert", proof=Proof.GRANT, reach=None), None),
        (cell("authenticated"), None),
        (cell("authenticated", "truncate"), None),
        (cell("service_role", "insert", reach="past"), None),
        (cell(command="insert", answer=DENIED, reach=None), None),
        (cell(answer=EMPTY, reach="policies", seen=Count(0), there=Count(3)), None),
    ],
)
def test_each_fact_is_marked_by_the_rule_and_by_nothing_else(one: Cell, mark: str | None) -> None:
    assert [found.mark for found in exposures(table(one))] == ([mark] if mark else [])


def test_commands_of_one_role_are_told_together_and_bad_comes_first() -> None:
    found = exposures(table(cell(), cell(command="insert"), cell(command="delete"), cell("authenticated", "delete")))
    assert found == (
        Exposure("bad", Fact.WRITES_ANY, "anon", "anon may insert, delete any row"),
        Exposure("watch", Fact.READS_ALL, "anon", "anon reads every row"),
        Exposure("watch", Fact.WRITES_ANY, "authenticated", "authenticated may delete any row"),
    )


def test_facts_keep_what_could_not_be_checked_apart_from_nothing() -> None:
    unknown = cell(answer=Answer.UNCHECKED, reach=None)
    assert facts(table(unknown), "anon") == {Fact.UNCHECKED: ("select",)}
    assert not out_of_reach(table(unknown))
    assert facts(table(cell(answer=DENIED, reach=None)), "anon") == {}
    assert out_of_reach(table(cell(answer=DENIED, reach=None), cell("service_role", reach="past")))
    assert not out_of_reach(table(cell(answer=DENIED, proof=Proof.ROWS, command="insert", reach=None)))
    assert not out_of_reach(table(cell(answer=EMPTY, reach="policies")))
    assert out_of_reach(table(cell(answer=EMPTY, reach="none")))


def test_the_worst_table_comes_first_and_what_is_out_of_reach_last() -> None:
    tables = [
        table(cell(answer=DENIED, reach=None), name="closed"),
        table(cell(seen=Count(1), there=Count(2), reach="policies"), name="some"),
        table(cell(command="truncate"), name="emptied"),
        table(cell(), name="read"),
        table(cell(answer=Answer.ERROR, reach=None), name="error"),
        table(cell(command="insert"), name="written"),
    ]
    assert [one.name for one in exposed_first(tables)] == ["written", "error", "read", "some", "emptied", "closed"]
