"""The groups of the audit rules with how many rows each has in a view: one line above the list, and what a menu shows."""

from __future__ import annotations

from collections.abc import Sequence

from cryotui.model.finding import Severity
from cryotui.model.pane import Line, Mark, Role, Span
from cryotui.model.record import dataclass
from cryotui.model.rule import GROUPS
from cryotui.model.sample import Row
from cryotui.model.text import cells

SHORT = {"integrity": "integ", "performance": "perf", "security": "secur", "capacity": "capac"}
"""Where the whole words have no room; the filter takes either, as it looks for parts."""

OTHERS = "others"
"""Rules whose group is not known: of kept runs, the operator's own."""

_SIGNS: dict[Severity, tuple[str, Mark]] = {
    Severity.BAD: ("■", "bad"),
    Severity.WATCH: ("▲", "watch"),
    Severity.INFO: ("●", "info"),
}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows a group has in a view, by severity; ``counts`` is empty where the rows are no findings."""

    group: str
    rows: int
    counts: dict[Severity, int]

    @property
    def worst(self) -> Severity | None:
        """The worst severity among them."""
        return next((severity for severity in Severity if self.counts.get(severity)), None)

    @property
    def said(self) -> str:
        """``12 bad, 3 info``."""
        return ", ".join(f"{number} {severity.value}" for severity, number in self.counts.items() if number)


def tallies(rows: Sequence[Row], view: str) -> list[Tally]:
    """One for each group with rows in a view, in the order of the groups; what the platform manages does not count."""
    mine = [row for row in rows if row["verdict"] == view and not row["managed"]]
    found = []
    for group in (*GROUPS, OTHERS):
        of = [row for row in mine if row["group"] == group]
        judged = view == "findings"
        counts = {one: sum(row["severity"] == one.value for row in of) for one in Severity} if judged else {}
        if of:
            found.append(Tally(group, len(of), counts))
    return found


def groups_line(rows: Sequence[Row], view: str, width: int) -> Line | None:
    """``■ integrity 3  ■ security 5``; shorter words where there is no room, at last the first groups; None without rows."""
    found = tallies(rows, view)
    if not found:
        return None
    parts: list[list[Span]] = []
    for short in (False, True):
        parts = []
        for at, one in enumerate(found):
            name, gap = (SHORT.get(one.group, one.group), " ") if short else (one.group, "   ")
            before: Span = (gap if at else "   ", "quiet")
            parts.append([before, *_sign(one.worst), (f"{name} ", "quiet"), (str(one.rows), "text")])
        if _cells(parts) < width:
            break
    while _cells(parts) >= width:
        parts.pop()
    return tuple(span for part in parts for span in part)


def _cells(parts: Sequence[Sequence[Span]]) -> int:
    return sum(cells(text) for part in parts for text, _ in part)


def _sign(worst: Severity | None) -> list[Span]:
    if worst is None:
        return []
    sign, mark = _SIGNS[worst]
    role: Role = "bad" if mark == "bad" else "watch" if mark == "watch" else "info"
    return [(f"{sign} ", role)]
