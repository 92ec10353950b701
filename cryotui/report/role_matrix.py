"""The role probes as text: what each role reaches, tables × roles × commands, scenarios, and who can be a role."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Collection, Mapping, Sequence

from cryotui.model import units
from cryotui.model.exposure import RULE, Fact, exposed_first, exposures, out_of_reach
from cryotui.model.role_matrix import Answer, RoleAccess, RoleMatrix, ScenarioResult, TableRights
from cryotui.model.secrets import redact_data
from cryotui.model.text import cells, fit
from cryotui.report.pane import SIGNS
from cryotui.report.role_matrix_summary import counts, named, summary_lines
from cryotui.report.role_matrix_words import (
    label,
    legend,
    one_line,
    outcome,
    reason_of,
    reasons,
    scene,
    short,
    state,
)


def as_text(matrix: RoleMatrix, width: int = 100, full: bool = False) -> str:
    """The verdicts: what each role reaches, the tables with their reasons, exposed first, scenarios, who can be a role.

    Tables that no role reaches stand on one line, and a reason of several tables is told once, unless ``full``.
    """
    lines = [*head(matrix), "", counts(matrix), ""]
    for gap in matrix.gaps:
        lines += _wrapped(one_line(gap), width, f" {SIGNS['unknown']} ", "   ")
    lines += [""] if matrix.gaps else []
    lines += summary_lines(matrix, width, full)
    shown = [table for table in exposed_first(matrix.tables) if full or not out_of_reach(table)]
    again = {} if full else _told_again(shown)
    known: set[tuple[str, str] | Fact] = set(again)
    if not full and sum(any(one.fact is Fact.EMPTIES for one in exposures(table)) for table in shown) > 1:
        known.add(Fact.EMPTIES)  # the summary tells of which
    for table in shown:
        lines += [*_table(table, matrix, width, known), ""]
    if not full:
        lines += _out_of_reach(matrix, width)
    lines += _legend(shown, again, matrix, width)
    if matrix.scenarios:
        lines += [" Scenarios", ""]
        for result in matrix.scenarios:
            lines += _scenario(result, width)
        lines += [""]
    if matrix.access:
        lines += [" Who can work as a role now", ""]
        for access in matrix.access:
            lines += _access(access, width)
    return "\n".join(lines).rstrip() + "\n"


def _told_again(shown: Sequence[TableRights]) -> dict[tuple[str, str], tuple[int, list[str]]]:
    """The reasons that stand for several tables: for how many, and of which roles. Policies and errors stay at theirs."""
    tables: dict[tuple[str, str], set[str]] = {}
    roles: dict[tuple[str, str], list[str]] = {}
    for table in shown:
        for cell in table.cells:
            if cell.reason and cell.answer is not Answer.ERROR and not cell.reason.startswith(("policy ", "policies ")):
                key = reason_of(cell)
                tables.setdefault(key, set()).add(table.label)
                roles.setdefault(key, []).append(one_line(cell.role))
    return {key: (len(of), list(dict.fromkeys(roles[key]))) for key, of in tables.items() if len(of) > 1}


def _out_of_reach(matrix: RoleMatrix, width: int) -> list[str]:
    """The tables that nobody reaches, or only who passes row security, each group on a line or two."""
    hidden = [table for table in matrix.tables if out_of_reach(table)]
    past = {table.label: [one.role for one in table.cells if one.reach == "past"] for table in hidden}
    groups: dict[tuple[str, ...], list[str]] = {}
    for table in hidden:
        name = table.name if len(matrix.schemas) == 1 else table.label
        groups.setdefault(tuple(dict.fromkeys(past[table.label])), []).append(one_line(name))
    lines: list[str] = []
    for roles, names in sorted(groups.items()):
        who = (
            f"only {', '.join(map(one_line, roles))} gets through, past row security"
            if roles
            else "everything is denied to every role"
        )
        count = f"{len(names):,} table{'' if len(names) == 1 else 's'}"
        lines += [f" {SIGNS['good']} {count}: {who}", *named(names, width, "     ", False), ""]
    return lines


def _legend(
    shown: Sequence[TableRights],
    again: Mapping[tuple[str, str], tuple[int, list[str]]],
    matrix: RoleMatrix,
    width: int,
) -> list[str]:
    """Reasons of several tables, what the words of the cells mean, and the rule of the marks."""
    lines: list[str] = []
    for (sign, reason), (number, roles) in again.items():
        who = "all" if len(roles) == len(matrix.roles) > 1 else ", ".join(roles)
        lines += _wrapped(f"{who}: {reason} ({number:,} tables)", width, f"   {sign} ", "     ")
    lines = [" Reasons that several tables share", "", *lines, ""] if lines else []
    words = legend([cell for table in shown for cell in table.cells])
    if any(exposures(table) for table in shown):
        words += RULE
    said = [line for one in words for line in _wrapped(one, width, "   ", "     ")]
    return [*lines, *said, ""] if said else lines


def head(matrix: RoleMatrix) -> list[str]:
    where = matrix.target if matrix.database in matrix.target else f"{matrix.target} ({matrix.database})"
    schemas = ", ".join(map(one_line, matrix.schemas))
    """Where, when and how far it was asked, a line each."""
    lines = [
        f" Roles on {one_line(where)}, PostgreSQL {matrix.server_version}, as {one_line(matrix.role)}",
        f" {units.clock(matrix.started_at, seconds=True, date=True)}, {', '.join(_amounts(matrix))},"
        f" {units.duration(matrix.seconds)}; schemas {schemas} ({matrix.schemas_from})",
    ]
    lines.append(
        " Writes were tried and rolled back."
        if matrix.probing.writes
        else " Nothing was written: writes are planned as the role, which checks grants; --writes tries them."
    )
    if matrix.probing.claims:
        lines.append(f" claims {one_line(json.dumps(redact_data(matrix.probing.claims), ensure_ascii=False))}")
    if not matrix.complete:
        lines.append(f" {SIGNS['unknown']} INCOMPLETE: {one_line(matrix.reason or '')}")
    return lines


def _amounts(matrix: RoleMatrix) -> list[str]:
    amounts = ((len(matrix.scenarios), "scenario"), (len(matrix.tables), "table"), (len(matrix.roles), "role"))
    return [f"{number} {word}{'' if number == 1 else 's'}" for number, word in amounts if number or word == "role"]


def _table(table: TableRights, matrix: RoleMatrix, width: int, known: Collection[tuple[str, str] | Fact]) -> list[str]:
    commands = matrix.probing.commands
    columns = [["role", *map(one_line, matrix.roles)]]
    for command in commands:
        columns.append([command, *(short(table.cell(role, command)) for role in matrix.roles)])
    wide = [max(map(cells, column)) + 2 for column in columns]
    marked = [one for one in exposures(table) if one.fact not in known]
    wrong = any(cell.answer is Answer.ERROR for cell in table.cells)
    sign = f"{SIGNS['bad' if wrong else marked[0].mark]} " if wrong or marked else ""
    lines = [f" {sign}{label(table)}  {state(table)}"]
    for one in marked:
        lines += _wrapped(one_line(one.what), width, f"     {SIGNS[one.mark]} ", "       ")
    for row in zip(*columns, strict=True):
        lines.append(("   " + "".join(fit(text, size) for text, size in zip(row, wide, strict=True))).rstrip())
    for reason, who, sign in reasons(table, matrix.roles, known):
        lines += _wrapped(f"{who}: {reason}", width, f"     {sign} ", "       ")
    return lines


def _scenario(result: ScenarioResult, width: int) -> list[str]:
    sign = {True: SIGNS["good"], False: SIGNS["bad"], None: SIGNS["unknown"]}[result.passed]
    lines = _wrapped(one_line(result.scenario.name), width, f" {sign} ", "   ")
    if result.passed is not True:
        word = "wrong name" if result.misnamed else outcome(result)
        lines += _wrapped(f"{word}: {scene(result)}", width, "     ", "       ")
    return lines


def _access(access: RoleAccess, width: int) -> list[str]:
    traits = [word for word, true in (("superuser", access.superuser), ("BYPASSRLS", access.bypasses)) if true]
    traits.append("can log in" if access.login else "cannot log in")
    members = ", ".join(map(one_line, access.members)) or "none"
    superusers = ", ".join(map(one_line, access.superusers))
    lines = [f"   {one_line(access.role)}  {', '.join(traits)}"]
    lines += _wrapped(f"may SET ROLE to it: {members}; superusers {superusers}", width, "     ", "       ")
    said = [
        f"{one_line(one.user)} {place(one.application)} from {place(one.client)}, {one.count}"
        for one in access.sessions[:8]
    ]
    more = f"; {len(access.sessions) - 8} more" if len(access.sessions) > 8 else ""
    hidden = "" if access.sessions_visible else "; pg_read_all_stats shows application and client"
    return lines + _wrapped(
        f"sessions of these now: {'; '.join(said) or 'none'}{more}{hidden}", width, "     ", "       "
    )


def place(name: str | None) -> str:
    """An application or client; ``?`` when it is not visible, ``unnamed`` when it has no name."""
    return "?" if name is None else one_line(name) or "unnamed"


def _wrapped(text: str, width: int, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
