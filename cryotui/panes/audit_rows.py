"""The rows of the Audit pane: one a finding, one a rule that could not check or passed, one for what is gone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cryotui.model import standing, units
from cryotui.model.finding import Finding, Severity
from cryotui.model.review import AuditReview, Gone
from cryotui.model.sample import Row
from cryotui.model.text import cells, cut
from cryotui.panes.audit_groups import OTHERS

NEW = "new"

NARROW = 21
"""Cells of the object's column where there is little room."""

LEAST = 8
"""Cells that are left of a table's name before its constraint's is cut."""


def rows(review: AuditReview, now: datetime, wide: bool) -> list[Row]:
    """Findings worst first, then what is new, then by title; what the platform manages after the user's own.

    ``of`` holds every name a finding can be looked for by: the object's, its table's, ``oid`` with the table's number.
    """
    run = review.run
    listed = in_order([_finding(review, finding, now, wide) for finding in run.findings])
    for result in run.unchecked:
        assert result.missing is not None, "only rules that could not check are in unchecked"
        listed.append(_rule(review, result.rule, "unchecked", result.missing.sentence, fix=result.missing.remedy))
    for result in run.passed:
        listed.append(_rule(review, result.rule, "passed", f"looked at in {units.duration(result.seconds)}"))
    groups = {rule.id: rule.group for rule in run.rules}
    return [*listed, *(_gone(gone, groups.get(gone.rule, OTHERS), now, wide) for gone in review.gone)]


def in_order(listed: Sequence[Row]) -> list[Row]:
    """Findings worst first, then what is new, then by title; what the platform manages after the user's own, others last."""
    findings = [row for row in listed if row["verdict"] in ("findings", "waived")]
    found = sorted(
        findings,
        key=lambda row: (
            row["managed"], Severity(row["severity"]).rank, row["state"] != "new", row["finding"], row["object"],
        ),
    )  # fmt: skip
    return [*found, *(row for row in listed if row["verdict"] not in ("findings", "waived"))]


def _finding(review: AuditReview, finding: Finding, now: datetime, wide: bool) -> dict[str, Any]:
    known, values = review.standing(finding), finding.values
    rule = review.run.rule(finding.rule)
    names = [finding.object, f"{values.get('schema')}.{values.get('table')}", f"oid{values.get('oid')}."]
    evidence = finding.evidence if known.waiver is None else _until(review, finding)
    return {
        **values,
        "verdict": "findings" if known.waiver is None else "waived",
        "key": f"{finding.rule} {finding.fingerprint}",
        "rule": finding.rule,
        "finding": rule.title,
        "object": _object(finding, wide),
        "of": " ".join(names),
        "full_name": finding.object,
        "group": rule.group,
        "since": (now - known.since).total_seconds() if known.since and known.state == "still" else None,
        "first_seen": known.since,
        "state": known.state,
        "evidence": evidence,
        "severity": finding.severity.value,
        "managed": finding.managed,
        "remembered": False,
        "fix": None if finding.fingerprint in review.earlier else finding.fix,
        "undo": finding.undo,
        "look": finding.look,
        "fingerprint": finding.fingerprint,
    }


def _until(review: AuditReview, finding: Finding) -> str:
    waiver = review.standing(finding).waiver
    assert waiver is not None, "only what is waived says until when"
    until = f"until {standing.day(waiver.expires)}" if waiver.expires else "for ever"
    return f"{until}, {waiver.owner}: {waiver.reason}"


def _object(finding: Finding, wide: bool) -> str:
    """The object's name; where it has no room, its table's alone is cut, and left out where the constraint's begins with it."""
    name = finding.object if wide else finding.object.removeprefix("public.")
    own, table = str(finding.values.get("constraint") or ""), str(finding.values.get("table") or "")
    if wide or cells(name) <= NARROW or not own or not name.endswith(f" {own}"):
        return name
    if table and own.startswith(f"{table}_"):
        return own
    before = name.removesuffix(own).rstrip()
    return f"{cut(before, max(NARROW - cells(own) - 1, LEAST))} {own}"


def _rule(review: AuditReview, rule_id: str, verdict: str, evidence: str, fix: str | None = None) -> dict[str, Any]:
    rule = review.run.rule(rule_id)
    return {
        "verdict": verdict,
        "key": f"{rule_id} {verdict}",
        "rule": rule_id,
        "finding": rule.title,
        "object": None,
        "of": "",
        "group": rule.group,
        "since": None,
        "state": "",
        "evidence": evidence,
        "severity": rule.severity.value,
        "managed": False,
        "fix": fix,
    }


def _gone(gone: Gone, group: str, now: datetime, wide: bool) -> dict[str, Any]:
    return {
        "verdict": "gone",
        "key": f"{gone.rule} {gone.fingerprint}",
        "rule": gone.rule,
        "finding": gone.title,
        "object": gone.object if wide else gone.object.removeprefix("public."),
        "of": gone.object,
        "group": group,
        "since": (now - gone.since).total_seconds() if gone.since else None,
        "state": "gone",
        "evidence": f"was: {gone.evidence}",
        "severity": gone.severity.value,
        "managed": False,
        "fix": None,
        "fingerprint": gone.fingerprint,
    }
