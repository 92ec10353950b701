"""What Enter opens in Audit: a finding with its evidence, reason, fix and history; a rule without one; what is gone."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from datetime import datetime

from cryotui.model import standing, units
from cryotui.model.finding import Finding, RuleResult
from cryotui.model.fixsql import outside_transaction
from cryotui.model.pane import Block, Line, Mark, Moment, Prose, Role, Rule
from cryotui.model.review import AuditReview, Gone
from cryotui.model.role_matrix import LIMIT
from cryotui.model.rule import CERTAINTIES, AuditRule
from cryotui.model.sqlformat import broken
from cryotui.model.text import cells, cut, one_line
from cryotui.panes.absent import absent_blocks
from cryotui.panes.audit_evidence import row_blocks
from cryotui.panes.audit_roles import about_access, tried_blocks

INDENT = "   "
LABEL = 6
"""Cells of ``undo`` and ``what`` before their text."""

VALUE_LABEL = 20
"""Most cells of a value's name."""

PREVIEWED = 5
"""Most lines of a fix in the panel."""

SENTENCE = 15
"""A text of so many signs is not said a second time."""

_UNSAID = frozenset(("lock", "managed_by"))
"""Values that stand elsewhere on the page."""


def finding_detail(finding: Finding, review: AuditReview, moment: Moment, width: int) -> list[Block]:
    """Rule and object, what, evidence (as each role too), why, fix with its lock, history, references; the SQL is whole."""
    rule = review.run.rule(finding.rule)
    marks: dict[str, Mark] = {"bad": "bad", "watch": "watch", "info": "info"}
    since = standing.since(review, finding)
    judged = ", ".join(part for part in (finding.severity.value, since, CERTAINTIES[rule.certainty]) if part)
    keeper = f"; {finding.values['managed_by']} is looked after by others, not counted" if finding.managed else ""
    blocks: list[Block] = [
        _head(f"{rule.id}   {finding.object}", judged + keeper, marks[finding.severity.value], width)
    ]
    blocks += [Rule("WHAT"), _text(rule.about, width)]
    blocks += [Rule("EVIDENCE", finding.evidence), _text(finding.detail or finding.evidence, width)]
    blocks += _values(finding, width)
    blocks += row_blocks(finding, moment, width)
    if about_access(finding, rule):
        blocks += tried_blocks(finding, moment, LIMIT, width)
    blocks += [Rule("WHY IT MATTERS"), _text(rule.why, width)]
    told = standing.instead(review, finding)
    if told:
        blocks += [Rule("FIX"), _text(told, width)]
    elif finding.fix:
        blocks += _fix(finding, rule, width)
    blocks += [Rule("HISTORY"), *_history(finding, review, moment.now, width)]
    return [*blocks, *_references(rule, width)]


def finding_preview(finding: Finding, review: AuditReview, width: int) -> list[Block]:
    """The same in a few lines: what it is, its fix before anything else, then the evidence and what it means."""
    rule = review.run.rule(finding.rule)
    marks: dict[str, Mark] = {"bad": "bad", "watch": "watch", "info": "info"}
    since = standing.since(review, finding)
    judged = ", ".join(part for part in (finding.severity.value, since, finding.evidence) if part)
    blocks: list[Block] = [
        _head(cut(f"{rule.id}   {finding.object}", width - 5), judged, marks[finding.severity.value], width)
    ]
    if told := standing.instead(review, finding):
        blocks.append(_text(f"fix {told}", width))
    elif finding.fix:
        lines = _statement(finding.fix, width, "fix")
        more: list[Line] = [((f"{INDENT}      and {len(lines) - PREVIEWED + 1} lines more", "quiet"),)]
        blocks.append(Prose(tuple(lines if len(lines) <= PREVIEWED else [*lines[: PREVIEWED - 1], *more])))
    else:
        blocks.append(Prose((((INDENT + "fix   it has no SQL; Enter shows what to do", "quiet"),),)))
    return [*blocks, _text(finding.detail or finding.evidence, width), _text(rule.about, width)]


def _fix(finding: Finding, rule: AuditRule, width: int) -> list[Block]:
    lock = str(finding.values.get("lock") or rule.lock or "")
    outside = outside_transaction(finding.fix or "", rule.concurrently)
    lines = _statement(finding.fix or "", width, "")
    if lock:
        lines += _labelled("lock", lock, width)
    if finding.undo:
        lines += _statement(finding.undo, width, "undo")
    return [
        Rule("FIX", "outside a transaction block" if outside else "a applies it after a preview"),
        Prose(tuple(lines)),
    ]


def _values(finding: Finding, width: int) -> list[Block]:
    """The row's own columns as label and value; numbers of the catalog tell a reader nothing."""
    shown = {
        name: units.text(value) if not isinstance(value, list | tuple) else ", ".join(map(units.text, value))
        for name, value in finding.values.items()
        if value not in (None, "", [], ())
        and name not in _UNSAID
        and not name.endswith("oid")
        and not (isinstance(value, str) and len(value) >= SENTENCE and value in finding.detail)
    }
    wide = min(max(map(cells, shown), default=0), VALUE_LABEL)
    lines: list[Line] = []
    for name, text in shown.items():
        for number, part in enumerate(_wrapped(one_line(text), width - wide - 2)):
            label = cut(name, wide) if not number else ""
            lines.append(((INDENT + label.ljust(wide) + "  ", "quiet"), (part, "text")))
    return [Prose(tuple(lines))] if lines else []


def _history(finding: Finding, review: AuditReview, now: datetime, width: int) -> list[Block]:
    known = review.standing(finding)
    said = [standing.since(review, finding) or "first seen in this run; nothing is known of before"]
    if known.state == "still" and known.since:
        said[0] += f", {units.age((now - known.since).total_seconds())} ago"
    if review.before:
        said.append(f"the run before was on {standing.day(review.before)}")
    if known.waiver:
        said += [standing.waived(known.waiver), f"the waiver stands in {known.waiver.source}; a ends it"]
    if known.expired:
        said.append(f"{standing.expired(known.expired)}; it has expired, so the finding counts again")
    return [_text(sentence, width) for sentence in said]


def gone_detail(gone: Gone, review: AuditReview, width: int) -> list[Block]:
    """What was found, since when, and when it was last seen."""
    since = f"found since {standing.day(gone.since)}, " if gone.since else ""
    blocks: list[Block] = [
        _head(f"{gone.rule}   {gone.object}", "gone: its rule has looked and finds it no more", "good", width)
    ]
    blocks += [Rule("WHAT IT WAS", gone.evidence), _text(f"{gone.severity.value}: {gone.title}", width)]
    blocks += [Rule("HISTORY"), _text(f"{since}last seen on {standing.day(gone.last_seen)}", width)]
    known = next((rule for rule in review.run.rules if rule.id == gone.rule), None)
    return [*blocks, *(_references(known, width) if known else ())]


def unchecked_detail(result: RuleResult, rule: AuditRule, width: int) -> list[Block]:
    """Why the rule could not look at everything, who can mend it and how; then what the rule looks for."""
    assert result.missing is not None, "only a rule that could not check has this page"
    sentence = f"{rule.title} could not be checked: {result.missing.sentence}"
    blocks = absent_blocks(rule.title, replace(result.missing, sentence=sentence), width)
    blocks += [Rule("WHAT"), _text(rule.about, width), Rule("WHY IT MATTERS"), _text(rule.why, width)]
    return [*blocks, *_references(rule, width)]


def passed_detail(result: RuleResult, rule: AuditRule, width: int) -> list[Block]:
    """What the rule looked for and did not find."""
    blocks: list[Block] = [
        _head(f"{rule.id}   passed", f"looked at in {units.duration(result.seconds)}", "good", width)
    ]
    blocks += [Rule("WHAT"), _text(rule.about, width), Rule("WHY IT MATTERS"), _text(rule.why, width)]
    return [*blocks, *_references(rule, width)]


def _head(title: str, judged: str, mark: Mark, width: int) -> Prose:
    lines = [_line(part, "bold") for part in _wrapped(title, width)]
    return Prose((*lines, *(_line(part, "quiet") for part in _wrapped(judged, width))), mark=mark)


def _references(rule: AuditRule, width: int) -> list[Block]:
    lines = [_line(part) for reference in rule.references for part in _wrapped(reference, width)]
    return [Rule("REFERENCES"), Prose((*lines, _line(f"cryotui explain-rule {rule.id}", "quiet")))]


def _text(text: str, width: int) -> Prose:
    return Prose(tuple(_line(part) for part in _wrapped(text, width)))


def _line(text: str, role: Role = "text") -> Line:
    return ((INDENT + text, role),)


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, max(width - len(INDENT) - 1, 20), break_on_hyphens=False) or [""]


def _labelled(label: str, text: str, width: int) -> list[Line]:
    parts = _wrapped(text, width - LABEL)
    return [
        ((INDENT + (label if not number else "").ljust(LABEL), "quiet"), (part, "text"))
        for number, part in enumerate(parts)
    ]


def _statement(sql: str, width: int, label: str) -> list[Line]:
    """SQL over lines, each of its statements on a line of its own."""
    indent = INDENT + " " * (LABEL if label else 0)
    lines: list[Line] = []
    for statement in sql.split("\n"):
        lines += [((indent, "text"), *line) for line in broken(statement, max(width - len(indent) - 1, 20))]
    if label and lines:
        lines[0] = ((INDENT + label.ljust(LABEL), "quiet"), *lines[0][1:])
    return lines
