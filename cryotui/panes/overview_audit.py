"""What a wide Overview says of the audit: what waits for somebody, and what of it is new since the run before.

Drawn from the run of this console (``extra["audit"]``), else from the kept ones: ``extra["audit_kept"]``, a Remembered, None
when there is none, left out while it is not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from cryotui.model import standing, units
from cryotui.model.finding import Severity
from cryotui.model.pane import Line, Mark, Moment, Span
from cryotui.model.record import dataclass
from cryotui.model.text import cells, cut, fit, one_line
from cryotui.panes.vital_grid import SIGNS

if TYPE_CHECKING:
    from cryotui.model.review import AuditReview, Remembered

SHOWN = 3
"""New findings that are named; more are counted."""

TITLE = 27
"""Cells of a rule's title at most."""

_MARKS: dict[Severity, Mark] = {Severity.BAD: "bad", Severity.WATCH: "watch", Severity.INFO: "info"}


@dataclass(frozen=True, slots=True)
class New:
    """A finding that the run before did not have."""

    severity: Severity
    title: str
    object: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What both kinds of runs can say. ``new`` is None where no run before is known; ``unchecked`` where it was not kept."""

    at: datetime
    rules: str
    counts: dict[Severity, int]
    unchecked: int | None
    new: Sequence[New] | None
    since: str


def audit_note(moment: Moment) -> str:
    """When it was and how many rules; while one runs, how far it is."""
    running = moment.extra.get("audit_progress")
    if running:
        return f"runs: {running[0]} of {running[1]} rules"
    found = _summary(moment)
    return f"{_when(found.at, moment.now)}, {found.rules}" if found else "never run from here"


def audit_lines(moment: Moment, width: int) -> list[Line]:
    """Counts, then what is new since the run before, worst first; nothing while the kept runs are not known."""
    found = _summary(moment)
    if found is None and "audit_kept" not in moment.extra:
        return []
    if found is None:
        return [_quiet("no run of this database is kept; A runs one", width)]
    counts: list[Span] = [("  ", "text")]
    for severity, mark in _MARKS.items():
        sign, role = SIGNS[mark]
        number = found.counts[severity]
        counts += [
            (f"{sign} ", role if number else "quiet"),
            (f"{number} {severity.value}  ", "text" if number else "quiet"),
        ]
    if found.unchecked:
        sign, role = SIGNS["unknown"]
        counts += [(f"{sign} ", role), (f"{found.unchecked} not checked", "text")]
    return [tuple(counts), *_new_lines(found, width)]


def _new_lines(found: Summary, width: int) -> list[Line]:
    if found.new is None:
        return [_quiet("no run before it: what is new is not known", width)]
    if not found.new:
        return [_quiet(f"nothing new since {found.since}", width)]
    lines: list[Line] = [_quiet(f"{len(found.new)} new since {found.since}:", width)]
    wide = max(cells(one.title) for one in found.new[:SHOWN])
    for one in found.new[:SHOWN]:
        sign, role = SIGNS[_MARKS[one.severity]]
        text = f"{fit(one.title, min(wide, TITLE))}  {one_line(one.object)}"
        lines.append((("  ", "text"), (f"{sign} ", role), (cut(text, max(width - 5, 4)), "text")))
    more = len(found.new) - SHOWN
    return [*lines, *([_quiet(f"and {more} more; 0 lists them", width)] if more > 0 else [])]


def _summary(moment: Moment) -> Summary | None:
    """The run of this console, unless the kept ones know of more rules: then it was of some only."""
    review: AuditReview | None = moment.extra.get("audit")
    kept: Remembered | None = moment.extra.get("audit_kept")
    if review is not None and (kept is None or len(review.run.rules) >= kept.rules):
        return _of_review(review, moment.now)
    return _of_kept(kept, moment.now) if kept is not None else None


def _of_review(review: AuditReview, now: datetime) -> Summary:
    run = review.run
    new = [
        New(one.severity, run.rule(one.rule).title, one.object)
        for one in review.open
        if review.standing(one).state == "new"
    ]
    return Summary(
        at=run.started_at,
        rules=f"{len(run.rules)} {'rule' if len(run.rules) == 1 else 'rules'}" + ("" if run.complete else ", cut off"),
        counts={severity: review.count(severity) for severity in Severity},
        unchecked=len(run.unchecked),
        new=new if review.before or review.compared_with else None,
        since=review.compared_with or (f"the run of {_when(review.before, now)}" if review.before else ""),
    )


def _of_kept(kept: Remembered, now: datetime) -> Summary:
    return Summary(
        at=kept.at,
        rules=f"kept, {kept.rules} {'rule' if kept.rules == 1 else 'rules'}",
        counts={severity: sum(one.severity is severity for one in kept.findings) for severity in Severity},
        unchecked=None,
        new=[New(one.severity, one.title, one.object) for one in kept.findings if one.fingerprint in kept.fresh]
        if kept.before
        else None,
        since=f"the run of {_when(kept.before, now)}" if kept.before else "",
    )


def _when(at: datetime, now: datetime) -> str:
    """The clock of a run of the last day; before that its day."""
    return units.clock(at) if (now - at).total_seconds() < 86400 else standing.day(at)


def _quiet(text: str, width: int) -> Line:
    return (("   " + cut(text, max(width - 4, 4)), "quiet"),)
