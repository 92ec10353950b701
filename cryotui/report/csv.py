"""An audit run as CSV: one row a finding, and one for each rule that could not check."""

from __future__ import annotations

from cryotui.model.finding import AuditRun
from cryotui.report.pane import as_csv


def audit_run(run: AuditRun) -> str:
    """Findings worst first, then the rules that could not check with ``could not check`` as their severity."""
    found = [
        {
            "severity": finding.severity.value,
            "rule": finding.rule,
            "title": run.rule(finding.rule).title,
            "group": run.rule(finding.rule).group,
            "object": finding.object,
            "kind": finding.kind,
            "evidence": finding.evidence,
            "detail": finding.detail,
            "fix": finding.fix,
            "undo": finding.undo,
            "managed": finding.managed,
            "fingerprint": finding.fingerprint,
        }
        for finding in run.findings
    ]
    unchecked = [
        {
            "severity": "could not check",
            "rule": result.rule,
            "title": run.rule(result.rule).title,
            "group": run.rule(result.rule).group,
            "object": "",
            "kind": "rule",
            "evidence": result.missing.sentence,
            "detail": "",
            "fix": result.missing.remedy,
            "undo": None,
            "managed": False,
            "fingerprint": "",
        }
        for result in run.unchecked
        if result.missing
    ]
    return as_csv([*found, *unchecked])
