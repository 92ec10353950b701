"""An audit, the list of rules and the page of one rule as plain text for a terminal or a mail."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from cryotui.model import standing, units
from cryotui.model.finding import AuditRun, Finding
from cryotui.model.review import AuditReview
from cryotui.model.rule import CERTAINTIES, COSTS, AuditRule
from cryotui.model.sample import Missing
from cryotui.model.text import cells, fit
from cryotui.report import grouped
from cryotui.report.pane import SIGNS

LABEL = 6
"""Cells of ``fix``, ``undo`` and ``lock`` before their text."""

MOST = 20
"""Findings of one rule that are told; five hundred of one kind would bury the others."""

MADE = "made with the fix, from what stands there now; every finding shows its own"
FORM = "a finding has the real names in place of {names}"
OFF = "off, a matter of taste: cryotui audit leaves it out unless it gets --all, or --rule with its id"


def audit_review(review: AuditReview, width: int = 100, only_new: bool = False) -> str:
    """What was looked at, the counts, also by group, then findings by rule, worst first, what is gone and waived, what
    could not be checked, what passed.

    Of one rule the first ``MOST`` findings are told, and how many more there are. SQL is never cut or wrapped, so that
    it can be copied. ``only_new`` leaves out what was there before, and counts what could not be checked and what passed.
    """
    run = review.run
    findings = review.fresh if only_new else review.open
    lines = [*_head(review, width, only_new), "", *_wrapped_counts(summary(review, only_new), width), ""]
    if findings or not only_new:
        lines += [*_groups(run, findings), ""]
    for rule, found in grouped.by_rule(run, findings):
        lines += [*_rule(rule, found, review, width), ""]
    if review.gone:
        lines += _wrapped(f"{standing.lost(review)}:", width, f" {SIGNS['info' if review.other else 'good']} ", "   ")
        for gone in review.gone:
            lines += _wrapped(f"{gone.title}: {gone.object}", width, "   ", "     ")
        lines += [""]
    if only_new:
        lines += [" Left out is what was there before, could not be checked, or passed: without --only-new it is told."]
        return "\n".join(lines).rstrip() + "\n"
    if review.waived:
        lines += [" Waived, not counted:"]
        for waived in review.waived:
            said = "; ".join(standing.notes(review, waived))
            lines += _wrapped(f"{run.rule(waived.rule).title}: {waived.object} ({said})", width, "   ", "     ")
        lines += [""]
    managed = [finding for finding in run.findings if finding.managed]
    if managed:
        lines += [*_managed(managed, width), ""]
    if run.unchecked:
        lines += [f" {SIGNS['unknown']} Could not check, which is not passed:", ""]
        for missing, rules_of, unread in grouped.unchecked(run):
            lines += [*_unchecked(missing, rules_of, unread, width), ""]
    if run.passed:
        lines += [f" {SIGNS['good']} Passed:"]
        for group, rules_of in grouped.passed_by_group(run):
            titles = "; ".join(rule.title for rule in rules_of)
            lines += _wrapped(titles, width, f"   {group:13}", " " * 16)
    return "\n".join(lines).rstrip() + "\n"


def summary(review: AuditReview, only_new: bool = False) -> str:
    """``■ 4 bad   ▲ 10 watch   ● 23 info   ✓ 103 passed   ? 9 not checked   2 new   3 gone``, or ``1 new of 4 bad``."""
    run = review.run
    counts = [f"{SIGNS[word]} {said}" for word, said in grouped.counts(review, only_new)]
    counts += [f"{SIGNS['good']} {len(run.passed)} passed", f"{SIGNS['unknown']} {len(run.unchecked)} not checked"]
    changes = standing.changes(review)[1 if only_new else 0 :]
    counts += [f"{number} {word}" for number, word in (*changes, (len(review.waived), "waived")) if number]
    return " " + "   ".join(counts)


def rules(listed: Sequence[AuditRule]) -> str:
    """One line a rule: severity, id, title, group, cost, and whether it is off by default."""
    wide = max((len(rule.id) for rule in listed), default=0)
    lines = [
        f" {SIGNS['unknown' if rule.fault else rule.severity.value]} {rule.id:{wide}}  {fit(rule.title, 28)}{rule.group:13}"
        + (rule.fault or f"{'off by default; ' if rule.off else ''}{COSTS[rule.cost]}")
        for rule in listed
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def rule_page(rule: AuditRule, width: int = 80) -> str:
    """Everything a rule says about itself."""
    limits = {name: value for name, value in rule.parameters.items() if value is not None}
    facts = [
        ("severity", rule.severity.value),
        ("group", rule.group),
        *([("default", OFF)] if rule.off else []),
        ("what", rule.about),
        ("why", rule.why),
        ("fix", _form(rule)),
        ("undo", rule.undo or (MADE if rule.may_carry("undo") else "none")),
        ("lock", rule.lock or "none named"),
        ("where", "outside a transaction block" if rule.concurrently else "inside a transaction or outside"),
        ("certain", CERTAINTIES[rule.certainty]),
        ("cost", f"{COSTS[rule.cost]}; {units.duration(rule.timeout)} at most"),
        ("needs", rule.needed),
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


def _form(rule: AuditRule) -> str:
    if not rule.form:
        return "none: each finding says what to do"
    return f"{rule.form}\n({FORM})" if "{" in rule.form else rule.form


def _head(review: AuditReview, width: int, only_new: bool) -> list[str]:
    run = review.run
    lines = [
        *_wrapped(f"Audit of {run.place}, PostgreSQL {run.server_version}, as {run.role}", width, " ", "   "),
        f" {units.clock(run.started_at, seconds=True, date=True)}, {grouped.took(run)}",
    ]
    if not run.complete:
        lines += _wrapped(f"{SIGNS['unknown']} INCOMPLETE: {run.reason}", width, " ", "   ")
    return lines + [line for note in grouped.head_notes(review, only_new) for line in _wrapped(note, width, " ", "   ")]


def _wrapped_counts(line: str, width: int) -> list[str]:
    """The counts over as many lines as they need; each stays beside its word."""
    lines = [""]
    for part in line.strip().split("   "):
        longer = f"{lines[-1]}   {part}" if lines[-1] else f" {part}"
        lines = [*lines[:-1], longer] if cells(longer) <= width else [*lines, f" {part}"]
    return lines


def _groups(run: AuditRun, findings: Sequence[Finding]) -> list[str]:
    """A table of the groups; a dot for none, so that what is there is seen. Nothing where one group was asked."""
    figures = grouped.by_group(run, findings)
    if len(figures) < 2:
        return []
    lines = [f"   {'group':13}{'bad':>5}{'watch':>7}{'info':>6}{'passed':>8}{'not checked':>13}"]
    for one in figures:
        numbers = ((one.bad, 5), (one.watch, 7), (one.info, 6), (one.passed, 8), (one.unchecked, 13))
        lines.append(f"   {one.group:13}" + "".join(f"{number or '·':>{wide}}" for number, wide in numbers))
    return lines


def _rule(rule: AuditRule, findings: Sequence[Finding], review: AuditReview, width: int) -> list[str]:
    sign = SIGNS[min(findings, key=lambda found: found.severity.rank).severity.value]
    number = f" ({len(findings)})" if len(findings) > 1 else ""
    lines = _wrapped(f"{sign} {rule.title}{number}   {rule.id}, {CERTAINTIES[rule.certainty]}", width, " ", "   ")
    lines += _wrapped(rule.why, width, "   ", "   ")
    shown = findings[:MOST]
    locks = {str(finding.values.get("lock") or rule.lock or "") for finding in shown if finding.fix}
    if len(locks) == 1 and (lock := locks.pop()):
        where = "; outside a transaction block" if rule.concurrently else ""
        lines += _wrapped(lock + where, width, "   the fix takes: ", "   ")
    wide = min(max(cells(finding.object) for finding in shown), max(width - 37, 20))
    for finding in shown:
        lines += ["", *_finding(finding, review, width, wide)]
    if len(findings) > MOST:
        lines += ["", f"   and {len(findings) - MOST} more of {rule.id}: --format json lists all"]
    return lines


def _finding(finding: Finding, review: AuditReview, width: int, wide: int) -> list[str]:
    """The object with its evidence beside it, below it where it is too long, then what is said of it and its SQL."""
    sign = f"   {SIGNS[finding.severity.value]} "
    if cells(finding.object) <= wide:
        lines = [f"{sign}{fit(finding.object, wide)}  {finding.evidence}".rstrip()]
    else:
        lines = [f"{sign}{finding.object}"] + ([f"     {finding.evidence}"] if finding.evidence else [])
    lines += _wrapped(finding.detail, width, "     ", "     ")
    lines += [line for note in standing.notes(review, finding) for line in _wrapped(note, width, "     ", "     ")]
    told = standing.instead(review, finding)
    if told:
        lines += _wrapped(told, width, f"     {'fix':{LABEL}}", " " * (5 + LABEL))
    offered = () if told else (("fix", finding.fix), ("undo", finding.undo))
    for label, text in (("look", finding.look), *offered):
        parts = [part for part in (text or "").split("\n") if part]
        lines += [f"     {'' if number else label:{LABEL}}{part}" for number, part in enumerate(parts)]
    return lines


def _managed(findings: Sequence[Finding], width: int) -> list[str]:
    keepers = sorted({str(finding.values.get("managed_by")) for finding in findings})
    text = f"{len(findings)} looked after by others ({', '.join(keepers)}), not counted: "
    text += ", ".join(sorted({finding.object for finding in findings})) + "."
    return _wrapped(text, width, f" {SIGNS['info']} ", "   ")


def _unchecked(missing: Missing, rules: Sequence[AuditRule], unread: int, width: int) -> list[str]:
    """One reason, once for all rules that have it."""
    title = f"{rules[0].title}   {rules[0].id}" if len(rules) == 1 else f"{len(rules)} rules"
    lines = [f" {SIGNS['unknown']} {title}", *_wrapped(missing.sentence, width, "   ", "   ")]
    if len(rules) > 1:
        lines += _wrapped(", ".join(rule.id for rule in rules), width, "   rules  ", " " * 10)
    if would := grouped.would_read(missing, unread):
        lines += _wrapped(would, width, "   ", "   ")
    if missing.who:
        lines += _wrapped(missing.who, width, "   who    ", " " * 10)
    parts = [part for part in (missing.remedy or "").split("\n") if part]
    lines += [f"   {'' if number else 'how':7}{part}" for number, part in enumerate(parts)]
    if missing.instead:
        lines += _wrapped(missing.instead, width, "   else   ", " " * 10)
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
