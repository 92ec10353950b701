"""A run of some rules taken into the review of more: findings of rules that were not run stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from cryotui.audit.known import fits, saw_all
from cryotui.model.finding import AuditRun
from cryotui.model.fixplan import with_earlier
from cryotui.model.review import AuditReview, Gone, Standing, Waiver
from cryotui.model.rule import GROUPS


def joined(old: AuditReview | None, new: AuditReview, whole: bool = True) -> AuditReview:
    """The newer word of each rule. What was new or gone in ``old`` stays so: it is compared with the same run as before.

    Only ``new`` counts when it is of another database, or is ``whole`` and has all the rules of ``old``.
    """
    if old is None or _place(old.run) != _place(new.run):
        return new
    ran = {rule.id for rule in new.run.rules}
    if whole and ran >= {rule.id for rule in old.run.rules}:
        return new
    run = _run(old.run, new.run, ran)
    found = {finding.fingerprint for finding in run.counted}
    standings = {
        **{mark: standing for mark, standing in old.standings.items() if mark in found},
        **{mark: _kept(old.standings.get(mark), standing) for mark, standing in new.standings.items()},
    }
    lost = (*old.gone, *_closed(old, new, found), *new.gone)
    gone = {one.fingerprint: one for one in lost if one.fingerprint not in found}
    ordered = sorted(gone.values(), key=lambda one: (one.severity.rank, one.rule, one.object))
    return with_earlier(AuditReview(run, standings, tuple(ordered), old.before, old.compared_with, old.other))


def waived_anew(review: AuditReview, waivers: Sequence[Waiver], today: date | None = None) -> AuditReview:
    """The same run with these waivers in place of those it had."""
    standings, day = {}, today or date.today()
    for finding in review.run.counted:
        fitting = [waiver for waiver in waivers if fits(waiver, finding, review.run.target)]
        fitting.sort(key=lambda waiver: waiver.expires or date.max, reverse=True)
        holding = next((waiver for waiver in fitting if waiver.expires is None or waiver.expires >= day), None)
        expired = None if holding else next(iter(fitting), None)
        standings[finding.fingerprint] = replace(review.standing(finding), waiver=holding, expired=expired)
    return with_earlier(replace(review, standings=standings))


def _place(run: AuditRun) -> tuple[str | None, str]:
    return run.system_identifier, run.database


def _kept(before: Standing | None, now: Standing) -> Standing:
    return replace(now, state=before.state, since=before.since) if before is not None else now


def _closed(old: AuditReview, new: AuditReview, found: set[str]) -> list[Gone]:
    """Findings of ``old`` whose rule has looked at everything since and finds them no more."""
    looked = {result.rule for result in new.run.results if saw_all(result)}
    return [
        Gone(
            one.fingerprint, one.rule, old.run.rule(one.rule).title, one.severity, one.kind, one.object, one.evidence,
            old.standing(one).since, old.run.started_at,
        )
        for one in old.run.counted
        if one.rule in looked and one.fingerprint not in found
    ]  # fmt: skip


def _run(old: AuditRun, new: AuditRun, ran: set[str]) -> AuditRun:
    rules = {rule.id: rule for rule in (*old.rules, *new.rules)}
    ordered = sorted(rules.values(), key=lambda rule: (GROUPS.index(rule.group), rule.id))
    results = {result.rule: result for result in (*old.results, *new.results)}
    whole = old.complete and new.complete
    return replace(
        old,
        rules=tuple(ordered),
        results=tuple(results[rule.id] for rule in ordered),
        complete=whole,
        reason=None if whole else new.reason or old.reason,
        role=new.role,
        server_version=new.server_version,
    )
