"""What earlier runs knew makes of a run a review: new, still there, gone, waived."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fnmatch import fnmatchcase

from cryotui.model.finding import AuditRun, Finding, RuleResult
from cryotui.model.review import NOTHING, AuditReview, Gone, Known, Seen, Standing, State, Waiver


def of_run(run: AuditRun, name: str) -> Known:
    """A run as something to compare another with."""
    seen = {
        found.fingerprint: Seen(
            found.fingerprint, found.rule, run.rule(found.rule).title, found.severity, found.kind, found.object,
            found.evidence, None, run.started_at,
        )
        for found in run.counted
    }  # fmt: skip
    return Known(seen, {result.rule: run.started_at for result in run.results if saw_all(result)}, run.started_at, name)


def saw_all(result: RuleResult) -> bool:
    """Whether what the rule did not find is not there."""
    return result.missing is None


def review(
    run: AuditRun, known: Known = NOTHING, waivers: Sequence[Waiver] = (), today: date | None = None
) -> AuditReview:
    """The run beside what was known. A waiver holds until the end of its last day; an expired one is named, and no more.

    What an earlier run found is gone only when its rule has looked at everything now; what is found now is new only when
    its rule had looked at everything before.
    """
    day = today or run.started_at.date()
    standings = {found.fingerprint: _standing(found, run, known, waivers, day) for found in run.counted}
    looked = {result.rule for result in run.results if saw_all(result)}
    gone = [
        Gone(s.fingerprint, s.rule, s.title, s.severity, s.kind, s.object, s.evidence, s.since, s.last_seen)
        for s in known.findings.values()
        if s.rule in looked and s.fingerprint not in standings
    ]
    gone.sort(key=lambda one: (one.severity.rank, one.rule, one.object))
    return AuditReview(run, standings, tuple(gone), known.before, known.name)


def _standing(found: Finding, run: AuditRun, known: Known, waivers: Sequence[Waiver], day: date) -> Standing:
    seen = known.findings.get(found.fingerprint)
    state: State = "still" if seen else "new" if found.rule in known.looked else "first"
    since = seen.since if seen else run.started_at if known.name is None else None
    fitting = [waiver for waiver in waivers if fits(waiver, found, run.target)]
    holding = [waiver for waiver in fitting if waiver.expires is None or waiver.expires >= day]
    return Standing(state, since, _longest(holding), None if holding else _longest(fitting))


def fits(waiver: Waiver, found: Finding | Seen, target: str) -> bool:
    """Whether a waiver is about this finding of this target; its day is not looked at."""
    if waiver.target is not None and not fnmatchcase(target, waiver.target):
        return False
    if waiver.fingerprint is not None:
        return waiver.fingerprint == found.fingerprint
    return fnmatchcase(found.rule, waiver.rule or "*") and fnmatchcase(found.object, waiver.object or "*")


def _longest(waivers: Iterable[Waiver]) -> Waiver | None:
    return max(waivers, key=lambda waiver: waiver.expires or date.max, default=None)
