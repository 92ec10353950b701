"""The role probes as Markdown, for a merge request or a page of notes; every name in full."""

from __future__ import annotations

from collections.abc import Sequence

from cryotui.model.exposure import RULE, exposed_first, exposures
from cryotui.model.role_matrix import Answer, RoleMatrix, TableRights
from cryotui.report.pane import SIGNS
from cryotui.report.role_matrix import head
from cryotui.report.role_matrix_summary import reached
from cryotui.report.role_matrix_words import label, one_line, outcome, scene, short


def as_markdown(matrix: RoleMatrix) -> str:
    """A heading, one table of all cells, the reasons, scenarios and members; nothing of the data is markup."""
    commands = matrix.probing.commands
    lines = [
        f"# Roles on {_escaped(matrix.target)}",
        "",
        *(f"{_escaped(line.strip())}  " for line in head(matrix)),
        "",
    ]
    lines += [f"- could not check: {_escaped(gap)}" for gap in matrix.gaps] + ([""] if matrix.gaps else [])
    if told := reached(matrix):
        lines += ["## What each role reaches", ""]
        rows = [[one.sign, one.role, one.fact.value, str(len(one.tables)), ", ".join(one.names)] for one in told]
        lines += [*_grid(["", "role", "reaches", "tables", "which"], rows), ""]
        lines += [*(f"- {_escaped(rule)}" for rule in RULE), ""] if any(one.sign.strip() for one in told) else []
    lines += ["## Table by table, exposed first", ""]
    lines += _grid(
        ["table", "", "role", *commands, "why"],
        [
            [
                label(table),
                _sign(table, role),
                role,
                *(short(table.cell(role, command)) for command in commands),
                _why(table, role),
            ]
            for table in exposed_first(matrix.tables)
            for role in matrix.roles
        ],
    )
    if matrix.scenarios:
        lines += ["", "## Scenarios", ""]
        rows = [
            ["wrong name" if result.misnamed else outcome(result), result.scenario.name, scene(result)]
            for result in matrix.scenarios
        ]
        lines += _grid(["outcome", "scenario", "expected and seen"], rows)
    lines += ["", "## Who can work as a role now", ""]
    rows = [
        [access.role, "yes" if access.bypasses or access.superuser else "no", ", ".join(access.members) or "none"]
        for access in matrix.access
    ]
    return "\n".join([*lines, *_grid(["role", "passes row security", "may SET ROLE to it"], rows)]) + "\n"


def _sign(table: TableRights, role: str) -> str:
    if any(cell.answer is Answer.ERROR for cell in table.cells if cell.role == role):
        return SIGNS["bad"]
    return next((SIGNS[one.mark] for one in exposures(table) if one.role == role), "")


def _why(table: TableRights, role: str) -> str:
    return "; ".join(f"{cell.command}: {cell.reason}" for cell in table.cells if cell.role == role and cell.reason)


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    return lines + [f"| {' | '.join(_escaped(one_line(text)) for text in row)} |" for row in rows]


def _escaped(text: str) -> str:
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>|#~" else sign for sign in text)
