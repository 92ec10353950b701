"""What the role probes say of a role and a table, in a few facts, and which of them are marked: pure functions.

The rule of the marks, which is not a guess about what is meant: a scenario says what is meant.

- bad: anon inserts, updates or deletes, and no row security is in the way: anybody with the address writes any row.
- watch: anon reads every row, or passed a policy with a write that was tried, or may TRUNCATE, which row security does not
  reach; another role that does not pass row security writes any row.

A role that passes row security (BYPASSRLS, superuser, owner) is never marked: that is what it is for.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Literal

from cryotui.model.record import dataclass
from cryotui.model.role_matrix import Answer, Cell, Command, Proof, TableRights

ANYBODY = "anon"
"""The role of whoever has the address of the API and no account."""

RULE = (
    "■ anon may write any row, or a try is an ERROR",
    "▲ anon reads every row, wrote one past a policy or may TRUNCATE; or another role may write any row",
)
"""The rule in the words of a report."""

_WRITES = ("insert", "update", "delete")


class Fact(Enum):
    """What a role reaches of a table, the furthest first."""

    WRITES_ANY = "may write any row"
    WROTE = "wrote a row past a policy"
    EMPTIES = "may empty it (TRUNCATE)"
    READS_ALL = "reads all rows"
    READS = "reads rows, of how many is not known"
    READS_SOME = "reads some rows"
    READS_NONE = "reads no row now"
    PLANNED = "may write what policies let, not tried"
    ERROR = "meets an error"
    UNCHECKED = "could not be checked"


@dataclass(frozen=True, slots=True)
class Exposure:
    """One marked fact: ``what`` is a sentence without a full stop, with the role in it."""

    mark: Literal["bad", "watch"]
    fact: Fact
    role: str
    what: str


def fact_of(cell: Cell) -> Fact | None:
    """The fact of one cell; None when nothing is reached."""
    if cell.answer is Answer.ERROR:
        return Fact.ERROR
    if cell.answer is Answer.UNCHECKED:
        return Fact.UNCHECKED
    if cell.command == "select":
        return _read(cell)
    if cell.proof is Proof.ROWS or (cell.answer is Answer.EMPTY and cell.reach == "policies"):
        return Fact.PLANNED
    if cell.answer is not Answer.ALLOWED:
        return None
    if cell.command == "truncate":
        return Fact.EMPTIES
    if cell.reach in ("open", "past"):
        return Fact.WRITES_ANY
    return Fact.WROTE if cell.proof is Proof.POLICY else Fact.PLANNED


def _read(cell: Cell) -> Fact | None:
    if cell.answer is Answer.EMPTY:
        return None if cell.reach == "none" else Fact.READS_NONE
    if cell.answer is not Answer.ALLOWED:
        return None
    if cell.reach in ("open", "past"):
        return Fact.READS_ALL
    if cell.seen is None or cell.there is None or (cell.seen.at_least and cell.there.at_least):
        return Fact.READS
    return Fact.READS_ALL if cell.seen == cell.there else Fact.READS_SOME


def facts(table: TableRights, role: str) -> dict[Fact, tuple[Command, ...]]:
    """The facts of a role and a table, each with its commands; empty when the role reaches nothing of it."""
    found: dict[Fact, tuple[Command, ...]] = {}
    for cell in table.cells:
        if cell.role == role and (fact := fact_of(cell)) is not None:
            found[fact] = (*found.get(fact, ()), cell.command)
    return {fact: found[fact] for fact in Fact if fact in found}


def exposures(table: TableRights) -> tuple[Exposure, ...]:
    """The marked facts of a table by the rule above, bad first."""
    found: list[Exposure] = []
    for role in dict.fromkeys(cell.role for cell in table.cells):
        mine = facts(table, role)
        commands = mine.get(Fact.WRITES_ANY, ())
        past = any(cell.reach == "past" for cell in table.cells if cell.role == role)
        if commands and (role == ANYBODY or not past):
            mark: Literal["bad", "watch"] = "bad" if role == ANYBODY else "watch"
            found.append(Exposure(mark, Fact.WRITES_ANY, role, f"{role} may {', '.join(commands)} any row"))
        if role != ANYBODY:
            continue
        if Fact.WROTE in mine:
            found.append(
                Exposure(
                    "watch", Fact.WROTE, role, f"{role}: {', '.join(mine[Fact.WROTE])} of a row passed the policies"
                )
            )
        if Fact.READS_ALL in mine:
            found.append(Exposure("watch", Fact.READS_ALL, role, f"{role} {_all_rows(table.cell(role, 'select'))}"))
        if Fact.EMPTIES in mine:
            found.append(Exposure("watch", Fact.EMPTIES, role, f"{role} may empty it: TRUNCATE asks no policy"))
    return tuple(sorted(found, key=lambda one: one.mark != "bad"))


def _all_rows(cell: Cell | None) -> str:
    seen = cell.seen if cell is not None else None
    if seen is None:
        return "reads every row"
    if not seen.rows:
        return "reads every row that comes; there is none yet"
    return f"reads every row, {'at least ' if seen.at_least else ''}{seen.rows:,}"


def out_of_reach(table: TableRights) -> bool:
    """Whether no role reaches anything of it, but for those that pass row security."""
    return all(fact_of(cell) is None or cell.reach == "past" for cell in table.cells)


def exposed_first(tables: Sequence[TableRights]) -> list[TableRights]:
    """The tables, those with the worst marks first, those out of reach last, else in their order.

    The right to TRUNCATE alone puts none before others: where it comes with the default privileges all tables have it.
    """

    def rank(table: TableRights) -> int:
        marks = {one.mark for one in exposures(table) if one.fact is not Fact.EMPTIES}
        if "bad" in marks or any(cell.answer is Answer.ERROR for cell in table.cells):
            return 0 if "bad" in marks else 1
        return 2 if marks else 4 if out_of_reach(table) else 3

    return sorted(tables, key=rank)
