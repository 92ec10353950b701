"""An audit as JUnit XML, for CI: one test case a rule; a failure holds its findings, a rule that could not check is skipped."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from cryotui.model import standing
from cryotui.model.finding import Finding, RuleResult, Severity
from cryotui.model.review import AuditReview
from cryotui.report.pane import plain

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, escaped or not."""


def audit_review(review: AuditReview, fail_on: Severity | None = Severity.BAD, only_new: bool = False) -> str:
    """A finding at ``fail_on`` or worse fails its rule's case, the others stand in its output; None fails nothing.

    ``only_new`` counts only what was not there before. A cut-off run is an error of its own.
    """
    run = review.run
    suite = ElementTree.Element(
        "testsuite", name=_text(f"cryotui audit {run.place}"), timestamp=str(plain(run.started_at))
    )
    properties = ElementTree.SubElement(suite, "properties")
    facts = {"target": run.place, "database": run.database, "role": run.role, "server_version": run.server_version}
    for name, value in facts.items():
        ElementTree.SubElement(properties, "property", name=name, value=_text(value))
    counted, waived = review.fresh if only_new else review.open, review.waived
    failures = skipped = 0
    for result in run.results:
        found = [finding for finding in counted if finding.rule == result.rule]
        failing = [finding for finding in found if fail_on is not None and finding.severity.rank <= fail_on.rank]
        failures += bool(failing)
        skipped += not failing and result.missing is not None
        passing = [finding for finding in found if fail_on is None or finding.severity.rank > fail_on.rank]
        notes = [
            f"waived: {finding.object} ({standing.waived(waiver)})"
            for finding in waived
            if finding.rule == result.rule and (waiver := review.standing(finding).waiver)
        ]
        _case(suite, result, review, failing, [*_lines(passing, review), *notes])
    errors = 0 if run.complete else 1
    if errors:
        case = ElementTree.SubElement(suite, "testcase", classname="cryotui", name="The run was cut off", time="0")
        ElementTree.SubElement(case, "error", message=_text(run.reason or ""))
    numbers = {"tests": len(run.results) + errors, "failures": failures, "errors": errors, "skipped": skipped}
    for name, number in numbers.items():
        suite.set(name, str(number))
    suite.set("time", f"{run.seconds:.3f}")
    root = ElementTree.Element("testsuites", {name: suite.attrib[name] for name in (*numbers, "time")})
    root.append(suite)
    ElementTree.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _case(
    suite: ElementTree.Element, result: RuleResult, review: AuditReview, failing: list[Finding], more: list[str]
) -> None:
    rule = review.run.rule(result.rule)
    case = ElementTree.SubElement(
        suite,
        "testcase",
        classname=f"cryotui.{rule.group}",
        name=_text(f"{rule.id}: {rule.title}"),
        time=f"{result.seconds:.3f}",
    )
    if failing:
        message = (
            f"{len(failing)} of {rule.title}" if len(failing) > 1 else f"{failing[0].object}: {failing[0].evidence}"
        )
        failure = ElementTree.SubElement(case, "failure", message=_text(message), type=failing[0].severity.value)
        failure.text = _text("\n".join(_lines(failing, review)))
    elif result.missing:
        ElementTree.SubElement(case, "skipped", message=_text(f"Could not check: {result.missing.sentence}"))
    if failing and result.missing:
        more = [*more, f"Could not check everything: {result.missing.sentence}"]
    if more:
        ElementTree.SubElement(case, "system-out").text = _text("\n".join(more))


def _lines(findings: list[Finding], review: AuditReview) -> list[str]:
    lines = []
    for finding in findings:
        lines.append(f"{finding.severity.value} {finding.object}: {finding.evidence}. {finding.detail}".rstrip())
        lines += [f"  {note}" for note in standing.notes(review, finding)]
        fix = standing.instead(review, finding) or finding.fix or ""
        lines += [f"  fix: {part}" for part in fix.split("\n") if part]
    return lines


def _text(text: str) -> str:
    return _FORBIDDEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
