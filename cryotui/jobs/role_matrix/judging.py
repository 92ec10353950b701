"""Scenarios judged: what was expected of a role on a table against what was seen."""

from __future__ import annotations

from cryotui.model.role_matrix import Answer, Cell, Count, Expectation, Proof, Reach, Scenario
from cryotui.model.text import clean

_DOUBT = {
    Proof.GRANT: "the grant is there, and no row was put to the policies",
    Proof.ROWS: "the rows tried were refused, and another may pass",
}


def judged(scenario: Scenario, cell: Cell) -> tuple[bool | None, str]:
    """Passed, failed, or None for could not check; and what was seen."""
    saw = described(cell)
    if cell.answer is Answer.UNCHECKED:
        return None, saw
    expected = scenario.expect
    if scenario.where is None and cell.seen == cell.there == Count(0) and cell.reach is not None:
        return _of_no_row(expected, cell.reach), saw
    if expected.rows is not None and expected.answer is Answer.ALLOWED:
        return _rows(expected.rows, cell, saw)
    if cell.proof in _DOUBT:
        return None, f"{saw}: {_DOUBT[cell.proof]}"
    return cell.answer is expected.answer, saw


def described(cell: Cell) -> str:
    """A cell in words: ``12 of 48 rows``, ``denied: no SELECT grant``."""
    if cell.seen is not None:
        there = f" of {counted(cell.there)}" if cell.there is not None else ""
        return f"{counted(cell.seen)}{there} rows ({cell.reason})"
    state = f" {cell.sqlstate}" if cell.answer is Answer.ERROR and cell.sqlstate else ""
    return f"{cell.answer.value}{state}" + (f": {clean(cell.reason)}" if cell.reason else "")


def counted(count: Count) -> str:
    """``12`` or ``at least 1,000``."""
    return f"at least {count.rows:,}" if count.at_least else f"{count.rows:,}"


def _of_no_row(expected: Expectation, reach: Reach) -> bool | None:
    """The verdict on an empty table: that nothing is seen of it proves nothing of the rows to come."""
    readable = {"open": True, "past": True, "policies": None, "none": False}[reach]
    if expected.rows == "some" or expected.answer not in (Answer.ALLOWED, Answer.EMPTY):
        return False
    if expected.answer is Answer.EMPTY or expected.rows == 0:
        return None if readable is None else not readable
    return False if isinstance(expected.rows, int) else readable


def _rows(wanted: int | str, cell: Cell, saw: str) -> tuple[bool | None, str]:
    if cell.seen is None:  # not counted: by the catalog, or only planned
        return (wanted == 0 if cell.answer is Answer.EMPTY else None if cell.answer is Answer.ALLOWED else False), saw
    if wanted == "some":
        return cell.seen.rows > 0, saw
    if wanted == "all":
        if cell.there is None:
            return None, f"{saw}: how many are there cannot be counted by the connecting role"
        if cell.seen.at_least and cell.there.at_least:
            return None, f"{saw}: --limit counts no further"
        return cell.seen == cell.there, saw
    return not cell.seen.at_least and cell.seen.rows == wanted, saw
