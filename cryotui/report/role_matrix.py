"""The role probes as text and Markdown: tables × roles × commands, who can be a role, scenarios."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence

from cryotui.model import units
from cryotui.model.role_matrix import Answer, Cell, Count, Proof, RoleAccess, RoleMatrix, ScenarioResult, TableRights
from cryotui.model.text import cells, clean, fit
from cryotui.report.pane import SIGNS

LEGEND = {
    Proof.POLICY: "allowed: a row passed the policies and was rolled back",
    Proof.CATALOG: "allowed without a try: no policy stands in the way of the grant",
    Proof.GRANT: "grant only: the grants let it begin; whether a policy lets a row through was not tried",
    Proof.ROWS: "not these rows: the rows tried were refused; another may pass",
}


def one_line(text: str) -> str:
    """A name or a sentence on one line, every sign in it visible."""
    return clean(text).replace("\n", "\\n").replace("\t", "\\t")


def label(table: TableRights) -> str:
    """Schema and table on one line."""
    return one_line(table.label)


def counted(count: Count | None) -> str:
    """``12``, ``at least 1,000``, ``?`` when it is not known."""
    if count is None:
        return "?"
    return f"at least {count.rows:,}" if count.at_least else f"{count.rows:,}"


def short(cell: Cell | None) -> str:
    """A cell as the table shows it: ``12 of 48``, ``empty, 0 of 48``, ``denied``, ``ERROR 42P17``."""
    if cell is None:
        return "-"
    if cell.seen is not None:
        if cell.seen == cell.there and cell.seen.at_least:
            return counted(cell.seen)
        rows = f"{counted(cell.seen)} of {counted(cell.there)}"
        return rows if cell.answer is Answer.ALLOWED else f"empty, {rows}"
    if cell.answer is Answer.ERROR:
        return f"ERROR {cell.sqlstate}"
    if cell.answer is Answer.UNCHECKED:
        return "? not checked"
    if cell.proof is Proof.GRANT:
        return "grant only"
    return "not these rows" if cell.proof is Proof.ROWS else cell.answer.value


def legend(shown: Sequence[Cell]) -> list[str]:
    """What the words of these cells mean, each once."""
    used = {one.proof for one in shown if one.seen is None and one.answer is Answer.ALLOWED}
    used |= {one.proof for one in shown if one.proof is Proof.ROWS}
    return [words for proof, words in LEGEND.items() if proof in used]


def summary(matrix: RoleMatrix) -> str:
    """`` ■ 2 errors   ✓ 3 scenarios passed   ■ 1 failed   ? 4 not checked``."""
    results = matrix.scenarios
    errors, unchecked = matrix.count(Answer.ERROR), matrix.count(Answer.UNCHECKED) + len(matrix.gaps)
    parts = [f"{SIGNS['bad'] if errors else SIGNS['good']} {errors} errors"]
    if results:
        failed = sum(result.passed is False for result in results)
        parts += [f"{SIGNS['good']} {sum(result.passed is True for result in results)} scenarios passed"]
        parts += [f"{SIGNS['bad']} {failed} failed"] if failed else []
        unchecked += sum(result.passed is None for result in results)
    return " " + "   ".join([*parts, f"{SIGNS['unknown']} {unchecked} not checked"])


def as_text(matrix: RoleMatrix, width: int = 100) -> str:
    """What was probed, the verdicts by table with their reasons, scenarios, and who can work as each role."""
    lines = [*_head(matrix), "", summary(matrix), ""]
    for gap in matrix.gaps:
        lines += _wrapped(one_line(gap), width, f" {SIGNS['unknown']} ", "   ")
    lines += [""] if matrix.gaps else []
    for table in matrix.tables:
        lines += [*_table(table, matrix, width), ""]
    if said := legend([cell for table in matrix.tables for cell in table.cells]):
        lines += [*(f"   {words}" for words in said), ""]
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


def _head(matrix: RoleMatrix) -> list[str]:
    where = matrix.target if matrix.database in matrix.target else f"{matrix.target} ({matrix.database})"
    schemas = ", ".join(map(one_line, matrix.schemas))
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
        lines.append(f" claims {one_line(json.dumps(matrix.probing.claims, ensure_ascii=False))}")
    if not matrix.complete:
        lines.append(f" {SIGNS['unknown']} INCOMPLETE: {one_line(matrix.reason or '')}")
    return lines


def _amounts(matrix: RoleMatrix) -> list[str]:
    amounts = ((len(matrix.scenarios), "scenario"), (len(matrix.tables), "table"), (len(matrix.roles), "role"))
    return [f"{number} {word}{'' if number == 1 else 's'}" for number, word in amounts if number or word == "role"]


def _table(table: TableRights, matrix: RoleMatrix, width: int) -> list[str]:
    commands = matrix.probing.commands
    columns = [["role", *map(one_line, matrix.roles)]]
    for command in commands:
        columns.append([command, *(short(table.cell(role, command)) for role in matrix.roles)])
    wide = [max(map(cells, column)) + 2 for column in columns]
    lines = [f" {label(table)}  {state(table)}"]
    for row in zip(*columns, strict=True):
        lines.append(("   " + "".join(fit(text, size) for text, size in zip(row, wide, strict=True))).rstrip())
    for reason, who, sign in reasons(table, matrix.roles):
        lines += _wrapped(f"{who}: {reason}", width, f"     {sign} ", "       ")
    return lines


def state(table: TableRights) -> str:
    """``table, row security on``."""
    if table.kind not in ("table", "partitioned table"):
        return table.kind
    return f"{table.kind}, row security {'on' if table.row_security else 'OFF'}{', forced' if table.forced else ''}"


def reasons(table: TableRights, probed: Sequence[str]) -> list[tuple[str, str, str]]:
    """Each reason once, with the roles and commands it is of, and its sign; errors first. ``probed`` are all roles."""
    signs = {Answer.ERROR: SIGNS["bad"], Answer.UNCHECKED: SIGNS["unknown"]}
    grouped: dict[tuple[str, str], dict[str, list[str]]] = {}
    for cell in table.cells:
        if cell.reason:
            key = (signs.get(cell.answer, " "), cell.reason)
            grouped.setdefault(key, {}).setdefault(cell.role, []).append(cell.command)
    found = []
    for (sign, reason), roles in sorted(grouped.items(), key=lambda item: item[0][0] != SIGNS["bad"]):
        by_commands: dict[tuple[str, ...], list[str]] = {}
        for role, commands in roles.items():
            by_commands.setdefault(tuple(commands), []).append(one_line(role))
        who = "; ".join(
            f"{'all' if len(names) == len(probed) > 1 else ', '.join(names)} {', '.join(commands)}"
            for commands, names in by_commands.items()
        )
        found.append((one_line(reason), who, sign))
    return found


def _scenario(result: ScenarioResult, width: int) -> list[str]:
    sign = {True: SIGNS["good"], False: SIGNS["bad"], None: SIGNS["unknown"]}[result.passed]
    lines = _wrapped(one_line(result.scenario.name), width, f" {sign} ", "   ")
    if result.passed is not True:
        lines += _wrapped(f"{outcome(result)}: {scene(result)}", width, "     ", "       ")
    return lines


def outcome(result: ScenarioResult) -> str:
    """``passed``, ``failed`` or ``could not check``."""
    return {True: "passed", False: "failed", None: "could not check"}[result.passed]


def scene(result: ScenarioResult) -> str:
    """What was expected of whom, and what was seen, in a sentence."""
    scenario = result.scenario
    table = scenario.table if scenario.schema is None else f"{scenario.schema}.{scenario.table}"
    asked = f"{scenario.role} {scenario.command} on {table}" + (f" where {scenario.where}" if scenario.where else "")
    return one_line(f"{asked}: expected {scenario.expect}, saw {result.saw}")


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


def as_markdown(matrix: RoleMatrix) -> str:
    """A heading, one table of all cells, the reasons, scenarios and members; nothing of the data is markup."""
    commands = matrix.probing.commands
    lines = [
        f"# Roles on {_escaped(matrix.target)}",
        "",
        *(f"{_escaped(line.strip())}  " for line in _head(matrix)),
        "",
    ]
    lines += [f"- could not check: {_escaped(gap)}" for gap in matrix.gaps] + ([""] if matrix.gaps else [])
    lines += _grid(
        ["table", "role", *commands, "why"],
        [
            [label(table), role, *(short(table.cell(role, command)) for command in commands), _why(table, role)]
            for table in matrix.tables
            for role in matrix.roles
        ],
    )
    if matrix.scenarios:
        lines += ["", "## Scenarios", ""]
        rows = [[outcome(result), result.scenario.name, scene(result)] for result in matrix.scenarios]
        lines += _grid(["outcome", "scenario", "expected and seen"], rows)
    lines += ["", "## Who can work as a role now", ""]
    rows = [
        [access.role, "yes" if access.bypasses or access.superuser else "no", ", ".join(access.members) or "none"]
        for access in matrix.access
    ]
    return "\n".join([*lines, *_grid(["role", "passes row security", "may SET ROLE to it"], rows)]) + "\n"


def _why(table: TableRights, role: str) -> str:
    return "; ".join(f"{cell.command}: {cell.reason}" for cell in table.cells if cell.role == role and cell.reason)


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    return lines + [f"| {' | '.join(_escaped(one_line(text)) for text in row)} |" for row in rows]


def _escaped(text: str) -> str:
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>|#~" else sign for sign in text)
