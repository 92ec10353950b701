"""The words of the role probes, the same in every report and in the console: a cell, a table, a reason, a scenario."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from cryotui.model.role_matrix import Answer, Cell, Count, Proof, ScenarioResult, TableRights
from cryotui.model.secrets import redact
from cryotui.model.text import clean
from cryotui.report.pane import SIGNS

OPEN = "open: there is no row yet, and every row that comes will be readable"

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
    """A cell as the table shows it: ``12 of 48``, ``empty, 0 of 48``, ``open, 0 of 0``, ``denied``, ``ERROR 42P17``."""
    if cell is None:
        return "-"
    if cell.seen is not None:
        if cell.seen == cell.there and cell.seen.at_least:
            return counted(cell.seen)
        rows = f"{counted(cell.seen)} of {counted(cell.there)}"
        if cell.answer is Answer.ALLOWED:
            return rows if cell.seen.rows else f"open, {rows}"
        return f"empty, {rows}"
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
    open_ones = [OPEN] if any(one.seen == Count(0) and one.answer is Answer.ALLOWED for one in shown) else []
    return [*open_ones, *(words for proof, words in LEGEND.items() if proof in used)]


def state(table: TableRights) -> str:
    """``table, row security on``."""
    if table.kind not in ("table", "partitioned table"):
        return table.kind
    return f"{table.kind}, row security {'on' if table.row_security else 'OFF'}{', forced' if table.forced else ''}"


def reasons(table: TableRights, probed: Sequence[str], known: Collection[object] = ()) -> list[tuple[str, str, str]]:
    """Each reason once, with the roles and commands it is of, and its sign; errors first.

    ``probed`` are all roles, ``known`` the signs and reasons that are told elsewhere.
    """
    grouped: dict[tuple[str, str], dict[str, list[str]]] = {}
    for cell in table.cells:
        if cell.reason and (key := reason_of(cell)) not in known:
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
        found.append((reason, who, sign))
    return found


def reason_of(cell: Cell) -> tuple[str, str]:
    """The sign and the reason of a cell; that a grant is missing is one reason, whatever the command."""
    sign = {Answer.ERROR: SIGNS["bad"], Answer.UNCHECKED: SIGNS["unknown"]}.get(cell.answer, " ")
    return sign, "no grant" if cell.reason == f"no {cell.command.upper()} grant" else one_line(cell.reason)


def outcome(result: ScenarioResult) -> str:
    """``passed``, ``failed`` or ``could not check``."""
    return {True: "passed", False: "failed", None: "could not check"}[result.passed]


def scene(result: ScenarioResult) -> str:
    """What was expected of whom, and what was seen, in a sentence; no password or key of its condition is in it."""
    scenario = result.scenario
    table = scenario.table if scenario.schema is None else f"{scenario.schema}.{scenario.table}"
    asked = f"{scenario.role} {scenario.command} on {table}"
    if result.misnamed:
        return one_line(f"{asked} was not tried: {result.saw[:1].lower()}{result.saw[1:]}")
    where = f" where {redact(scenario.where)}" if scenario.where else ""
    return one_line(f"{asked}{where}: expected {scenario.expect}, saw {result.saw}")
