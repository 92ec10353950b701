"""The findings of an audit in the order in which reports tell them, and the figures of each group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cryotui.model import units
from cryotui.model.finding import AuditRun, Finding, Severity
from cryotui.model.rule import GROUPS, AuditRule


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
    return f"{said}, about {units.size(run.reads)} read" if run.reads else said


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
