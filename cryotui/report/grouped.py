"""The findings of an audit in the order in which reports tell them, and the figures of each group."""

from __future__ import annotations

from collections.abc import Sequence

from cryotui.model import standing, units
from cryotui.model.finding import AuditRun, Finding, Severity
from cryotui.model.record import dataclass
from cryotui.model.review import AuditReview
from cryotui.model.rule import GROUPS, AuditRule
from cryotui.model.sample import Missing


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """One group of rules: how many findings of each severity, how many rules passed and could not check."""

    group: str
    bad: int
    watch: int
    info: int
    passed: int
    unchecked: int

    @property
    def findings(self) -> int:
        """All of them."""
        return self.bad + self.watch + self.info


def took(run: AuditRun) -> str:
    """``23 rules in 6.2s``, and how much was read to look at rows, as the rules reckoned it."""
    said = f"{len(run.rules)} rules in {units.duration(run.seconds)}"
    if run.reads:
        said += f", about {units.size(run.reads)} read"
    return f"{said}, about {units.size(run.unread)} left unread by --read-budget" if run.unread else said


def counts(review: AuditReview, only_new: bool = False) -> list[tuple[str, str]]:
    """Findings by severity, each as its word and the text: ``4 bad``, with ``only_new`` ``1 new of 4 bad``."""
    new = {severity: sum(1 for one in review.fresh if one.severity is severity) for severity in Severity}
    return [
        (
            one.value,
            f"{new[one]} new of {review.count(one)} {one.value}" if only_new else f"{review.count(one)} {one.value}",
        )
        for one in Severity
        if one.rank <= review.least.rank
    ]


def head_notes(review: AuditReview, only_new: bool) -> list[str]:
    """What must be known before the figures are read: that nothing was before, and waivers on every rule."""
    first = ["First run: everything is new."] if only_new and review.first else []
    least = f"Only what is {review.least.value} or worse is told: {review.milder} milder findings are left out."
    return [*first, *([least] if review.least is not Severity.INFO else []), *standing.sweeping(review)]


def unchecked(run: AuditRun) -> list[tuple[Missing, list[AuditRule], int]]:
    """Each reason why rules could not check, with these rules, and bytes they would read; in the order of the rules."""
    reasons: dict[Missing, tuple[list[AuditRule], list[int]]] = {}
    for result in run.unchecked:
        assert result.missing is not None, "only rules that could not check come here"
        rules, unread = reasons.setdefault(result.missing, ([], []))
        rules.append(run.rule(result.rule))
        unread.append(result.unread)
    return [(missing, rules, sum(unread)) for missing, (rules, unread) in reasons.items()]


def would_read(missing: Missing, unread: int) -> str | None:
    """What all questions left out by the budget would have read, as a sentence; None where the reason says it."""
    size = units.size(unread)
    return f"All of it would read about {size}." if unread and size not in missing.sentence else None


def by_rule(run: AuditRun, findings: Sequence[Finding]) -> list[tuple[AuditRule, list[Finding]]]:
    """Each rule that has findings with its own, in their order; the rules with the worst finding first."""
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.rule, []).append(finding)
    rules = [(rule, found[rule.id]) for rule in run.rules if rule.id in found]
    return sorted(rules, key=lambda pair: min(finding.severity.rank for finding in pair[1]))


def by_group(run: AuditRun, findings: Sequence[Finding]) -> list[GroupFigures]:
    """The figures of each group that was looked at, in the order of the groups; of ``findings`` only."""
    group_of = {rule.id: rule.group for rule in run.rules}
    counts = dict.fromkeys(((group, word) for group in GROUPS for word in (*Severity, "passed", "unchecked")), 0)
    for finding in findings:
        counts[group_of[finding.rule], finding.severity] += 1
    for result in run.passed:
        counts[group_of[result.rule], "passed"] += 1
    for result in run.unchecked:
        counts[group_of[result.rule], "unchecked"] += 1
    return [
        GroupFigures(
            group,
            bad=counts[group, Severity.BAD],
            watch=counts[group, Severity.WATCH],
            info=counts[group, Severity.INFO],
            passed=counts[group, "passed"],
            unchecked=counts[group, "unchecked"],
        )
        for group in GROUPS
        if group in group_of.values()
    ]


def passed_by_group(run: AuditRun) -> list[tuple[str, list[AuditRule]]]:
    """Each group with the rules of it that saw everything and found nothing; groups without one are left out."""
    passed = {result.rule for result in run.passed}
    groups = [(group, [rule for rule in run.rules if rule.group == group and rule.id in passed]) for group in GROUPS]
    return [(group, rules) for group, rules in groups if rules]
