"""An audit run as Markdown: for issues, pull requests and the record of a quarterly audit. Data is never markup."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cryotui.model import standing, units
from cryotui.model.finding import AuditRun, Finding
from cryotui.model.review import AuditReview
from cryotui.model.rule import CERTAINTIES, COSTS, AuditRule
from cryotui.report import grouped
from cryotui.report.pane import SIGNS

BLANK = r"\_\_\_\_\_\_\_\_"
"""A line to fill in by hand."""

_MARKUP = re.compile(r"([\\`*_\[\]<>#|~&!])")


def audit_review(review: AuditReview, only_new: bool = False, signed_off_by: str | None = None) -> str:
    """Head, counts, a table of findings, each with its fix, what is gone and waived, what could not be checked, what passed.

    ``only_new`` leaves out what was there before and the lists of what is no finding; ``signed_off_by`` is named at the end,
    else there is a line to fill in.
    """
    run, findings = review.run, review.fresh if only_new else review.open
    lines = [
        f"# Audit of {escaped(run.place)}",
        "",
        f"- database {escaped(run.database)}, PostgreSQL {escaped(run.server_version)}, as role {escaped(run.role)}",
        f"- {units.clock(run.started_at, seconds=True, date=True)}, {grouped.took(run)}",
        f"- {_counts(review, only_new)}",
        *([] if review.first else [f"- {escaped(_compared(review))}"]),
        *(f"- {escaped(note)}" for note in grouped.head_notes(review, only_new)),
    ]
    if not run.complete:
        lines.append(f"- **incomplete**: {escaped(run.reason or '')}")
    lines += _groups(run, findings)
    lines += ["", "## Findings", ""]
    lines += _table(findings, review) if findings else ["None."]
    for rule, found in grouped.by_rule(run, findings):
        lines += _rule(rule, found, review)
    if review.gone:
        lines += ["", f"## {escaped(standing.lost(review))}", ""]
        lines += [f"- {escaped(gone.title)}: {escaped(gone.object)}" for gone in review.gone]
    return "\n".join([*lines, *([] if only_new else _no_findings(review)), *_sign_off(signed_off_by)]) + "\n"


def _no_findings(review: AuditReview) -> list[str]:
    """What is waived, looked after by others, could not be checked, and passed."""
    run, lines = review.run, []
    if review.waived:
        lines += ["", "## Waived", ""]
        for waived in review.waived:
            said = escaped("; ".join(standing.notes(review, waived)))
            lines.append(f"- {escaped(run.rule(waived.rule).title)}: {escaped(waived.object)} ({said})")
    managed = [finding for finding in run.findings if finding.managed]
    if managed:
        lines += ["", "## Looked after by the platform or an extension, not counted", ""]
        lines += [f"- {escaped(one.object)}: {escaped(run.rule(one.rule).title)}" for one in managed]
    lines += ["", "## Could not check", ""]
    lines += _unchecked(run) or ["Nothing: every rule saw everything it needs."]
    lines += ["", "## Passed", ""]
    lines += [
        f"- {group}: {'; '.join(escaped(rule.title) for rule in rules)}"
        for group, rules in grouped.passed_by_group(run)
    ] or ["None."]
    return lines


def _sign_off(name: str | None) -> list[str]:
    by = f"- findings and remediation reviewed by: {escaped(name) if name else BLANK}"
    return ["", "## Sign-off", "", by, f"- on: {BLANK}"]


def rule_page(rule: AuditRule) -> str:
    """The page of one rule."""
    lines = [f"# {escaped(rule.title)} (`{rule.id}`)", "", escaped(rule.about), "", escaped(rule.why), ""]
    lines += [f"- severity {rule.severity.value}, group {rule.group}, {CERTAINTIES[rule.certainty]}"]
    lines += ["- off by default: a run leaves it out unless it is named"] if rule.off else []
    lines += [f"- cost: {COSTS[rule.cost]}", f"- needs {escaped(rule.needed)}"]
    lines += [f"- lock of the fix: {escaped(rule.lock)}"] if rule.lock else []
    lines += _sql(rule.form, "fix") + _sql(rule.undo, "undo")
    lines += ["", *(f"- {escaped(reference)}" for reference in rule.references)] if rule.references else []
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """Text on one line in which nothing is markup."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def _counts(review: AuditReview, only_new: bool) -> str:
    run = review.run
    counts = [said for _, said in grouped.counts(review, only_new)]
    return ", ".join([*counts, f"{len(run.passed)} rules passed", f"{len(run.unchecked)} could not check"])


def _compared(review: AuditReview) -> str:
    changes = ", ".join(f"{number} {word}" for number, word in standing.changes(review))
    return f"compared with {standing.compared(review)}: {changes}"


def _table(findings: Sequence[Finding], review: AuditReview) -> list[str]:
    rows = ["| severity | finding | object | evidence | known |", "|---|---|---|---|---|"]
    for finding in findings:
        severity = f"{SIGNS[finding.severity.value]} {finding.severity.value}"
        title, known = review.run.rule(finding.rule).title, standing.since(review, finding)
        cells = (severity, title, finding.object, finding.evidence, known)
        rows.append("| " + " | ".join(map(escaped, cells)) + " |")
    return rows


def _groups(run: AuditRun, findings: Sequence[Finding]) -> list[str]:
    figures = grouped.by_group(run, findings)
    if len(figures) < 2:
        return []
    lines = ["", "| group | bad | watch | info | passed | not checked |", "|---|--:|--:|--:|--:|--:|"]
    return lines + [
        f"| {one.group} | {one.bad} | {one.watch} | {one.info} | {one.passed} | {one.unchecked} |" for one in figures
    ]


def _rule(rule: AuditRule, findings: Sequence[Finding], review: AuditReview) -> list[str]:
    lines = ["", f"### {escaped(rule.title)} (`{rule.id}`)", "", escaped(rule.about), "", f"Why: {escaped(rule.why)}"]
    for finding in findings:
        lines += ["", f"#### {escaped(finding.object)}", ""]
        lines += [
            f"{SIGNS[finding.severity.value]} {finding.severity.value}: {escaped(finding.evidence)}. {escaped(finding.detail)}"
        ]
        lock = str(finding.values.get("lock") or rule.lock or "")
        told = standing.instead(review, finding)
        if finding.fix and lock and not told:
            lines += [
                "",
                f"The fix takes: {escaped(lock)}{'; outside a transaction block' if rule.concurrently else ''}.",
            ]
        lines += _sql(finding.look, "look at the rows")
        lines += ["", f"Fix: {escaped(told)}."] if told else _sql(finding.fix, "fix") + _sql(finding.undo, "undo")
        lines += [line for note in standing.notes(review, finding) for line in ("", f"{escaped(note)}.")]
        lines += ["", f"Fingerprint `{finding.fingerprint}`"]
    return lines


def _sql(statement: str | None, label: str) -> list[str]:
    """A fenced block; the fence is longer than any run of backticks in the statement."""
    if not statement:
        return []
    longest = max((len(run) for run in re.findall(r"`+", statement)), default=0)
    fence = "`" * max(3, longest + 1)
    return ["", f"{label.capitalize()}:", "", f"{fence}sql", statement, fence]


def _unchecked(run: AuditRun) -> list[str]:
    lines: list[str] = []
    for missing, rules, unread in grouped.unchecked(run):
        title = f"{escaped(rules[0].title)} (`{rules[0].id}`)" if len(rules) == 1 else f"{len(rules)} rules"
        lines += [f"### {title}", "", escaped(missing.sentence)]
        lines += ["", f"Rules: {', '.join(f'`{rule.id}`' for rule in rules)}"] if len(rules) > 1 else []
        lines += ["", escaped(would)] if (would := grouped.would_read(missing, unread)) else []
        lines += ["", f"Who can mend it: {escaped(missing.who)}"] if missing.who else []
        lines += _sql(missing.remedy, "how")
        lines += ["", f"Instead: {escaped(missing.instead)}"] if missing.instead else []
        lines.append("")
    return lines[:-1]
