"""What earlier runs knew makes of a run a review: new, still there, gone, waived."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from fnmatch import fnmatchcase

from cryotui.model.finding import AuditRun, Finding, RuleResult
from cryotui.model.fixplan import with_earlier
from cryotui.model.review import NOTHING, AuditReview, Gone, Known, Seen, Standing, State, Waiver

OF_DATABASE = ("database", "statistics")
"""Kinds of objects that can be the database itself; its name is not the same everywhere."""

QUOTE = '"'


def of_run(run: AuditRun, name: str) -> Known:
    """A run as something to compare another with."""
    seen = {
        found.fingerprint: Seen(
            found.fingerprint, found.rule, run.rule(found.rule).title, found.severity, found.kind, found.object,
            found.evidence, None, run.started_at,
        )
        for found in run.counted
    }  # fmt: skip
    looked = {result.rule: run.started_at for result in run.results if saw_all(result)}
    return Known(seen, looked, run.started_at, name, run.database, other=True)


def saw_all(result: RuleResult) -> bool:
    """Whether what the rule did not find is not there."""
    return result.missing is None


def review(
    run: AuditRun,
    known: Known = NOTHING,
    waivers: Sequence[Waiver] = (),
    today: date | None = None,
    left_out: Collection[str] | None = None,
) -> AuditReview:
    """The run beside what was known. A waiver holds until the end of its last day; an expired one is named, and no more.

    What an earlier run found is gone only when its rule has looked at everything now; what is found now is new only when
    its rule had looked at everything before. ``left_out`` are the ids of rules that were not asked, so
    that a waiver which matches nothing of the others is told; None tells none.
    """
    day = today or run.started_at.date()
    before = {_key(seen, known.database): seen for seen in known.findings.values()}
    found_now = {_key(found, run.database if known.database else None) for found in run.counted}
    standings = {
        found.fingerprint: _standing(
            found, before.get(_key(found, run.database if known.database else None)), run, known, waivers, day
        )
        for found in run.counted
    }
    looked = {result.rule for result in run.results if saw_all(result)}
    gone = [
        Gone(s.fingerprint, s.rule, s.title, s.severity, s.kind, s.object, s.evidence, s.since, s.last_seen)
        for key, s in before.items()
        if s.rule in looked and key not in found_now
    ]
    gone.sort(key=lambda one: (one.severity.rank, one.rule, one.object))
    idle = _idle(run, known, waivers, day, left_out) if left_out is not None and run.complete else ()
    return with_earlier(AuditReview(run, standings, tuple(gone), known.before, known.name, known.other, idle))


def _key(found: Finding | Seen, database: str | None) -> str:
    """What makes two findings the same: the fingerprint, and for one about its whole database its rule."""
    if database and found.kind in OF_DATABASE and found.object in (database, f'"{database.replace(QUOTE, QUOTE * 2)}"'):
        return f"{found.rule} {found.kind}"
    return found.fingerprint


def _idle(
    run: AuditRun, known: Known, waivers: Sequence[Waiver], day: date, left_out: Collection[str]
) -> tuple[Waiver, ...]:
    """The waivers that hold here and match nothing, though all that they could be about was looked at."""
    blind = {result.rule for result in run.unchecked} | set(left_out)

    def could_match(waiver: Waiver) -> bool:
        if waiver.fingerprint is not None:
            seen = known.findings.get(waiver.fingerprint)
            return seen is not None and seen.rule in blind
        return any(fnmatchcase(rule, waiver.rule or "*") for rule in blind)

    return tuple(
        waiver
        for waiver in waivers
        if (waiver.expires is None or waiver.expires >= day)
        and (waiver.target is None or fnmatchcase(run.target, waiver.target))
        and not any(fits(waiver, found, run.target) for found in run.counted)
        and not could_match(waiver)
    )


def _standing(
    found: Finding, seen: Seen | None, run: AuditRun, known: Known, waivers: Sequence[Waiver], day: date
) -> Standing:
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
