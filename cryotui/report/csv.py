"""An audit as CSV: one row a finding, and one for each rule that could not check."""

from __future__ import annotations

from cryotui.model import standing
from cryotui.model.review import AuditReview
from cryotui.report.pane import as_csv, plain

COLUMNS = (
    "severity", "rule", "title", "group", "object", "kind", "evidence", "detail", "fix", "undo", "managed", "fingerprint",
    "state", "since", "waived",
)  # fmt: skip
"""In their order; they stand at the head even where nothing was found."""


def audit_review(review: AuditReview, only_new: bool = False) -> str:
    """Findings worst first, then the rules that could not check with ``could not check`` as their severity.

    A cell that a spreadsheet would take for a formula (it begins with = + - @, tab or return) has an apostrophe before it.
    """
    run, fresh = review.run, {found.fingerprint for found in review.fresh}
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
            "state": review.standing(finding).state,
            "since": plain(review.standing(finding).since),
            "waived": standing.waived(waiver) if (waiver := review.standing(finding).waiver) else None,
        }
        for finding in run.findings
        if review.tells(finding) and (not only_new or finding.fingerprint in fresh)
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
            "state": None,
            "since": None,
            "waived": None,
        }
        for result in run.unchecked
        if result.missing
    ]
    return as_csv([*found, *unchecked]) or ",".join(COLUMNS) + "\n"
