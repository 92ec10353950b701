"""The summary of the role probes: how many marks, and what each role reaches, table by table."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from cryotui.model.exposure import ANYBODY, Fact, exposures, facts
from cryotui.model.record import dataclass
from cryotui.model.role_matrix import Answer, RoleMatrix, TableRights
from cryotui.model.text import cells
from cryotui.report.pane import SIGNS
from cryotui.report.role_matrix_words import one_line

LINES = 2
"""Lines of names for one fact; the others are counted."""


@dataclass(frozen=True, slots=True)
class Reached:
    """One fact about one role: the tables it is true of, with the commands where these are not all that were asked."""

    role: str
    fact: Fact
    sign: str
    tables: tuple[TableRights, ...]
    names: tuple[str, ...]


def counts(matrix: RoleMatrix) -> str:
    """`` ■ 2 errors   ■ 1 table anybody may write   ▲ 3 to look at   ✓ 3 scenarios passed   ? 4 not checked``."""
    errors, unchecked = matrix.count(Answer.ERROR), matrix.count(Answer.UNCHECKED) + len(matrix.gaps)
    parts = [f"{SIGNS['bad'] if errors else SIGNS['good']} {errors} errors"]
    if matrix.tables:
        marked = [exposures(table) for table in matrix.tables]
        bad = sum(any(one.mark == "bad" for one in marks) for marks in marked)
        empties = sum(any(one.fact is Fact.EMPTIES for one in marks) for marks in marked)
        watch = sum(any(one.mark == "watch" and one.fact is not Fact.EMPTIES for one in marks) for marks in marked)
        parts += [f"{SIGNS['bad']} {_tables(bad)} anybody may write"] if bad else []
        parts += [f"{SIGNS['watch']} {watch:,} to look at"] if watch else []
        parts += [f"{SIGNS['watch']} {empties:,} anybody may empty"] if empties else []
    if results := matrix.scenarios:
        failed = sum(result.passed is False and not result.misnamed for result in results)
        parts += [f"{SIGNS['good']} {sum(result.passed is True for result in results)} scenarios passed"]
        parts += [f"{SIGNS['bad']} {failed} failed"] if failed else []
        parts += [f"{SIGNS['bad']} {len(matrix.misnamed)} with a wrong name"] if matrix.misnamed else []
        unchecked += sum(result.passed is None for result in results)
    return " " + "   ".join([*parts, f"{SIGNS['unknown']} {unchecked} not checked"])


def reached(matrix: RoleMatrix) -> list[Reached]:
    """What each role reaches, the furthest first; a role of which nothing is told reaches nothing."""
    writes = tuple(command for command in matrix.probing.commands if command in ("insert", "update", "delete"))
    found = []
    for role in matrix.roles:
        by_fact: dict[Fact, list[tuple[TableRights, str]]] = {}
        for table in matrix.tables:
            for fact, commands in facts(table, role).items():
                whole = commands == writes or fact in _OF_ONE
                name = table.name if len(matrix.schemas) == 1 else table.label
                words = one_line(name) + ("" if whole else f" ({', '.join(commands)})")
                by_fact.setdefault(fact, []).append((table, words))
        for fact in Fact:
            if fact in by_fact:
                tables = tuple(table for table, _ in by_fact[fact])
                sign = _sign(fact, role, tables)
                found.append(Reached(role, fact, sign, tables, tuple(words for _, words in by_fact[fact])))
    return found


_OF_ONE = frozenset({Fact.EMPTIES, Fact.READS_ALL, Fact.READS, Fact.READS_SOME, Fact.READS_NONE})
"""Facts of a single command, which need not be named."""


def _sign(fact: Fact, role: str, tables: Sequence[TableRights]) -> str:
    """The sign of a fact by the rule of the marks."""
    if fact is Fact.ERROR:
        return SIGNS["bad"]
    if fact is Fact.UNCHECKED:
        return SIGNS["unknown"]
    if fact is Fact.WRITES_ANY:
        marks = {one.mark for table in tables for one in exposures(table) if one.role == role}
        return SIGNS["bad"] if "bad" in marks else SIGNS["watch"] if marks else " "
    return SIGNS["watch"] if role == ANYBODY and fact in (Fact.WROTE, Fact.EMPTIES, Fact.READS_ALL) else " "


def summary_lines(matrix: RoleMatrix, width: int, full: bool) -> list[str]:
    """What each role reaches: a line or two for each fact, its tables counted and named as far as there is room."""
    if not matrix.tables or not matrix.roles:
        return []
    told = reached(matrix)
    past = {cell.role for table in matrix.tables for cell in table.cells if cell.reach == "past"}
    wide = max((cells(one.fact.value) for one in told), default=0)
    digits = len(f"{len(matrix.tables):,}")
    lines = [f" What each role reaches of {_tables(len(matrix.tables))}", ""]
    for role in matrix.roles:
        mine = [one for one in told if one.role == role]
        passes = next((one for one in matrix.access if one.role == role and (one.bypasses or one.superuser)), None)
        traits = ["passes row security"] if passes or role in past else []
        traits += [] if mine else ["reaches nothing"]
        lines.append(f"   {one_line(role)}  {', '.join(traits)}".rstrip())
        for one in mine:
            head = f"   {one.sign} {one.fact.value.ljust(wide)}  {len(one.tables):>{digits},}  "
            every = (
                not full and len(one.tables) == len(matrix.tables) > 3 and not any("(" in name for name in one.names)
            )
            lines += named(["every table"] if every else one.names, width, head, full)
    return [*lines, ""]


def named(names: Sequence[str], width: int, head: str, full: bool) -> list[str]:
    """Names with commas after ``head``, on a few lines; those beyond are counted, or named as well with ``full``."""
    room = max(width - cells(head), 24)
    lines: list[str] = []
    for number in range(len(names) if full else min(len(names), LINES * room // 3), 0, -1):
        more = len(names) - number
        text = ", ".join(names[:number]) + (f", and {more:,} more (--full)" if more else "")
        lines = textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False)
        if full or len(lines) <= LINES:
            break
    return [f"{' ' * cells(head) if at else head}{line}" for at, line in enumerate(lines)]


def _tables(number: int) -> str:
    return f"{number:,} table{'' if number == 1 else 's'}"
