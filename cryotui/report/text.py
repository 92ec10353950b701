"""An audit, the list of rules and the page of one rule as plain text for a terminal or a mail."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from cryotui.model import units
from cryotui.model.finding import AuditRun, Finding, RuleResult, Severity
from cryotui.model.review import AuditReview
from cryotui.model.rule import CERTAINTIES, COSTS, AuditRule
from cryotui.model.text import cells, fit
from cryotui.report import standing
from cryotui.report.pane import SIGNS

LABEL = 6
"""Cells of ``fix``, ``undo`` and ``lock`` before their text."""


def audit_review(review: AuditReview, width: int = 100, only_new: bool = False) -> str:
    """What was looked at, the counts, then findings by rule, worst first, what is gone and waived, what could not be
    checked, what passed.

    SQL is never cut or wrapped, so that it can be copied. ``only_new`` leaves out what was there before.
    """
    run = review.run
    findings = review.fresh if only_new else review.open
    lines = [*_head(run), "", summary(review), ""]
    for rule in _rules_with_findings(run, findings):
        lines += [*_rule(rule, [found for found in findings if found.rule == rule.id], review, width), ""]
    if only_new and len(findings) < len(review.open):
        lines += [f" {len(review.open) - len(findings)} more were there before and are left out.", ""]
    if review.gone:
        lines += [f" {SIGNS['good']} Gone, compared with {standing.compared(review)}:"]
        lines += [f"   {gone.title}: {gone.object}" for gone in review.gone]
        lines += [""]
    if review.waived:
        lines += [" Waived, not counted:"]
        for found in review.waived:
            said = "; ".join(standing.notes(review, found))
            lines += _wrapped(f"{run.rule(found.rule).title}: {found.object} ({said})", width, "   ", "     ")
        lines += [""]
    managed = [finding for finding in run.findings if finding.managed]
    if managed:
        lines += [*_managed(managed, width), ""]
    if run.unchecked:
        lines += ["Could not check", ""]
        for result in run.unchecked:
            lines += [*_unchecked(result, run, width), ""]
    if run.passed:
        titles = ", ".join(run.rule(result.rule).title for result in run.passed)
        lines += [*_wrapped(f"{SIGNS['good']} Passed: {titles}.", width, " ", "   "), ""]
    return "\n".join(lines).rstrip() + "\n"


def summary(review: AuditReview) -> str:
    """``■ 4 bad   ▲ 10 watch   ● 23 info   ✓ 103 passed   ? 9 not checked   2 new   3 gone``."""
    run = review.run
    counts = [f"{SIGNS[severity.value]} {review.count(severity)} {severity.value}" for severity in Severity]
    counts += [f"{SIGNS['good']} {len(run.passed)} passed", f"{SIGNS['unknown']} {len(run.unchecked)} not checked"]
    new = sum(1 for found in review.open if review.standing(found).state == "new")
    counts += [
        f"{number} {word}"
        for number, word in ((new, "new"), (len(review.gone), "gone"), (len(review.waived), "waived"))
        if number
    ]
    return " " + "   ".join(counts)


def rules(listed: Sequence[AuditRule]) -> str:
    """One line a rule: severity, id, title, group, cost."""
    wide = max((len(rule.id) for rule in listed), default=0)
    lines = [
        f" {SIGNS[rule.severity.value]} {rule.id:{wide}}  {fit(rule.title, 28)}{rule.group:13}{rule.fault or COSTS[rule.cost]}"
        for rule in listed
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def rule_page(rule: AuditRule, width: int = 80) -> str:
    """Everything a rule says about itself."""
    limits = {name: value for name, value in rule.parameters.items() if value is not None}
    facts = [
        ("severity", rule.severity.value),
        ("group", rule.group),
        ("what", rule.about),
        ("why", rule.why),
        ("fix", rule.fix or "made for each object from its real names"),
        ("undo", rule.undo or "made for each object, where there is one"),
        ("lock", rule.lock or "none named"),
        ("where", "outside a transaction block" if rule.concurrently else "inside a transaction or outside"),
        ("certain", CERTAINTIES[rule.certainty]),
        ("cost", f"{rule.cost}, {COSTS[rule.cost]}; {units.duration(rule.timeout)} at most"),
        ("needs", ", ".join(rule.needs) or "nothing"),
        ("since", f"PostgreSQL {rule.since}"),
        ("limits", ", ".join(f"{rule.id}.{name}={value}" for name, value in limits.items()) or "none"),
        ("from", rule.origin),
        *(("see", reference) for reference in rule.references),
    ]
    lines = [f" {SIGNS[rule.severity.value]} {rule.id}   {rule.title}", ""]
    for label, text in facts:
        for number, part in enumerate(text.split("\n")):
            lines += _wrapped(part, width, f"   {'' if number else label:10}", " " * 13)
    return "\n".join(lines) + "\n"


def _head(run: AuditRun) -> list[str]:
    where = run.target if run.database in run.target else f"{run.target} ({run.database})"
    lines = [
        f" Audit of {where}, PostgreSQL {run.server_version}, as {run.role}",
        f" {units.clock(run.started_at, seconds=True, date=True)}, {len(run.rules)} rules in {units.duration(run.seconds)}",
    ]
    if not run.complete:
        lines.append(f" {SIGNS['unknown']} INCOMPLETE: {run.reason}")
    return lines


def _rules_with_findings(run: AuditRun, findings: Sequence[Finding]) -> list[AuditRule]:
    worst: dict[str, int] = {}
    for finding in findings:
        worst[finding.rule] = min(worst.get(finding.rule, 9), finding.severity.rank)
    return [rule for rank in range(3) for rule in run.rules if worst.get(rule.id) == rank]


def _rule(rule: AuditRule, findings: Sequence[Finding], review: AuditReview, width: int) -> list[str]:
    sign = SIGNS[min(findings, key=lambda found: found.severity.rank).severity.value]
    lines = [f" {sign} {rule.title}   {rule.id}, {CERTAINTIES[rule.certainty]}"]
    lines += _wrapped(rule.why, width, "   ", "   ")
    locks = {str(finding.values.get("lock") or rule.lock or "") for finding in findings if finding.fix}
    if len(locks) == 1 and (lock := locks.pop()):
        where = "; outside a transaction block" if rule.concurrently else ""
        lines += _wrapped(lock + where, width, "   the fix takes: ", "   ")
    wide = min(max(cells(finding.object) for finding in findings), max(width - 36, 20))
    for finding in findings:
        lines.append("")
        lines.append(f"   {SIGNS[finding.severity.value]} {finding.object:{wide}}  {finding.evidence}".rstrip())
        lines += _wrapped(finding.detail, width, "     ", "     ")
        lines += [line for note in standing.notes(review, finding) for line in _wrapped(note, width, "     ", "     ")]
        for label, text in (("fix", finding.fix), ("undo", finding.undo)):
            lines += [
                f"     {label if not number else '':{LABEL}}{part}"
                for number, part in enumerate((text or "").split("\n"))
                if part
            ]
    return lines


def _managed(findings: Sequence[Finding], width: int) -> list[str]:
    keepers = sorted({str(finding.values.get("managed_by")) for finding in findings})
    text = f"{len(findings)} looked after by others ({', '.join(keepers)}), not counted: "
    text += ", ".join(sorted({finding.object for finding in findings})) + "."
    return _wrapped(text, width, f" {SIGNS['info']} ", "   ")


def _unchecked(result: RuleResult, run: AuditRun, width: int) -> list[str]:
    rule, missing = run.rule(result.rule), result.missing
    assert missing is not None, "only rules that could not check come here"
    lines = [f" {SIGNS['unknown']} {rule.title}   {rule.id}", *_wrapped(missing.sentence, width, "   ", "   ")]
    if missing.who:
        lines.append(f"   who    {missing.who}")
    lines += [
        f"   {'how' if not number else '':7}{part}"
        for number, part in enumerate((missing.remedy or "").split("\n"))
        if part
    ]
    if missing.instead:
        lines.append(f"   else   {missing.instead}")
    return lines


def _wrapped(text: str, width: int, first: str, later: str) -> list[str]:
    return textwrap.wrap(
        text,
        max(width, 40),
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    )
