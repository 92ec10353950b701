"""A table tried as each role, drawn: whole at every width, and offered where it was not tried."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cryotui.model.finding import Finding, Severity
from cryotui.model.pane import Prose, Rule
from cryotui.model.role_matrix import Answer, Cell, Count, Proof, TableRights
from cryotui.model.rule import AuditRule
from cryotui.model.text import cells
from cryotui.panes.audit_roles import Tried, about_access, blocks, relation_of
from cryotui.tui.asking.trying import COMMANDS, told

MANY = Count(1000, at_least=True)
HOSTILE = "evil[/x]\x1b[31m\nrole"


def rights(*roles: str, kind: str = "table") -> TableRights:
    """A table of which every role sees some rows, may insert by its grant, and is an error or unknown elsewhere."""
    made = [
        cell
        for role in roles
        for cell in (
            Cell(role, "select", Answer.EMPTY, Proof.TRIED, "policy own", seen=Count(0), there=MANY),
            Cell(role, "insert", Answer.ALLOWED, Proof.GRANT, "the grant is there"),
            Cell(role, "update", Answer.ERROR, None, "infinite recursion in policy", "42P17"),
            Cell(role, "delete", Answer.UNCHECKED, None, "locked", "55P03"),
            Cell(role, "truncate", Answer.DENIED, Proof.CATALOG, "no TRUNCATE grant"),
        )
    ]
    return TableRights("public", "notes", kind, True, False, tuple(made))


def drawn(tried: Tried, width: int) -> list[str]:
    found = blocks(tried, width)
    assert all(isinstance(block, Prose | Rule) for block in found)
    return ["".join(text for text, _ in line) for block in found if isinstance(block, Prose) for line in block.lines]


TRIED = told(rights("anon", "authenticated", "service_role"), False, datetime(2026, 3, 14, 3, 14, tzinfo=UTC))


def test_a_line_for_each_role_where_there_is_room() -> None:
    lines = drawn(TRIED, 120)
    assert lines[0].split() == ["role", *COMMANDS]
    assert lines[1].strip().startswith("anon  ")
    assert "empty, 0 of 1,000+" in lines[1]
    for words in ("grant only", "ERROR 42P17", "? not checked", "denied"):
        assert words in lines[1]
    text = "\n".join(lines)
    assert "■ all update: infinite recursion in policy" in text
    assert "? all delete: locked" in text
    assert "grant only: the grants let it begin" in text
    assert TRIED.note == "row security on; 03:14Z, rolled back"


@pytest.mark.parametrize("width", [40, 60, 80, 81, 100, 200])
def test_no_verdict_is_cut_off_at_any_width(width: int) -> None:
    lines = drawn(TRIED, width)
    assert max(map(cells, lines)) <= width
    text = "\n".join(lines)
    for words in ("empty, 0 of 1,000+", "grant only", "ERROR 42P17", "? not checked", "denied", "service_role"):
        assert words in text


def test_what_is_exposed_stands_before_the_reasons() -> None:
    cells = (
        Cell("anon", "select", Answer.ALLOWED, Proof.TRIED, "row security is off", None, Count(0), Count(0), "open"),
        Cell("anon", "insert", Answer.ALLOWED, Proof.CATALOG, "row security is off", reach="open"),
        Cell("anon", "truncate", Answer.ALLOWED, Proof.CATALOG, "not tried", reach="open"),
    )
    lines = drawn(told(TableRights("public", "t", "table", False, False, cells), False, datetime.now(UTC)), 120)
    assert "open, 0 of 0" in lines[1]
    assert [line.strip() for line in lines[2:5]] == [
        "■ anon may insert any row",
        "▲ anon reads every row that comes; there is none yet",
        "▲ anon may empty it: TRUNCATE asks no policy",
    ]
    assert any("every row that comes will be readable" in line for line in lines[5:])


def test_a_hostile_role_name_stays_on_its_line() -> None:
    lines = drawn(told(rights(HOSTILE), False, datetime.now(UTC)), 120)
    assert not any("\x1b" in line or "\n" in line for line in lines)


def test_a_view_tells_nothing_of_row_security() -> None:
    assert "row security" not in told(rights("anon", kind="view"), True, datetime.now(UTC)).note


def test_a_table_that_is_gone_and_a_server_without_roles_are_told() -> None:
    at = datetime.now(UTC)
    assert drawn(told(None, False, at), 80) == ["   There is no such table or view any more."]
    assert "None of anon, authenticated, service_role exists here" in drawn(told(rights(), False, at), 80)[0]


def rule(rule_id: str, group: str) -> AuditRule:
    return AuditRule(rule_id, "T", Severity.BAD, group, "table", "A.", "B.", {})  # type: ignore[arg-type]


def test_findings_about_access_to_a_table_or_view_offer_it_and_others_do_not() -> None:
    table = {"schema": "public", "table": "notes", "oid": 1}
    view = {"schema": "public", "view": "v", "oid": 2}
    function = {"schema": "public", "function": "f()", "oid": 3}

    def finding(values: dict[str, object]) -> Finding:
        return Finding("r", Severity.BAD, "public.notes", "table", "e", "d", values=values)

    assert about_access(finding(table), rule("sec-rls", "security"))
    assert about_access(finding(view), rule("sec-view", "security"))
    assert about_access(finding(table), rule("perf-rls-initplan", "performance"))
    assert not about_access(finding(function), rule("sec-definer", "security"))
    assert not about_access(finding(table), rule("int-no-primary-key", "integrity"))
    assert relation_of({**table, "index_oid": 5}) is None
