"""What Enter opens in Audit: a finding with its evidence, reason and fix; a rule that could not check; one that passed."""

from __future__ import annotations

import textwrap
from dataclasses import replace

from cryotui.model import units
from cryotui.model.finding import Finding, RuleResult
from cryotui.model.pane import Block, Line, Mark, Prose, Role, Rule
from cryotui.model.rule import CERTAINTIES, AuditRule
from cryotui.model.sqlformat import broken
from cryotui.panes.absent import absent_blocks

INDENT = "   "
LABEL = 6
"""Cells of ``undo`` and ``what`` before their text."""


def finding_detail(finding: Finding, rule: AuditRule, width: int) -> list[Block]:
    """Rule and object, what, evidence, why, fix with the lock it takes, references; the SQL is whole."""
    marks: dict[str, Mark] = {"bad": "bad", "watch": "watch", "info": "info"}
    judged = f"{finding.severity.value}, {CERTAINTIES[rule.certainty]}"
    keeper = f"; {finding.values['managed_by']} is looked after by others, not counted" if finding.managed else ""
    blocks: list[Block] = [
        _head(f"{rule.id}   {finding.object}", judged + keeper, marks[finding.severity.value], width)
    ]
    blocks += [Rule("WHAT"), _text(rule.about, width)]
    blocks += [Rule("EVIDENCE", finding.evidence), _text(finding.detail or finding.evidence, width)]
    blocks += [Rule("WHY IT MATTERS"), _text(rule.why, width)]
    if finding.fix:
        lock = str(finding.values.get("lock") or rule.lock or "")
        blocks.append(Rule("FIX", "outside a transaction block" if rule.concurrently else ""))
        lines = _statement(finding.fix, width, "")
        if lock:
            lines += _labelled("lock", lock, width)
        if finding.undo:
            lines += _statement(finding.undo, width, "undo")
        blocks.append(Prose(tuple(lines)))
    return [*blocks, *_references(rule, width)]


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
