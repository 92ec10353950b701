"""The rows of the Audit pane: one a finding, one a rule that could not check or passed, one for what is gone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cryotui.model import standing, units
from cryotui.model.finding import Finding
from cryotui.model.review import AuditReview, Gone
from cryotui.model.sample import Row

NEW = "new"


def rows(review: AuditReview, now: datetime, wide: bool) -> list[Row]:
    """Findings worst first, then what is new, then by title; what the platform manages after the user's own.

    ``of`` holds every name a finding can be looked for by: the object's, its table's, ``oid`` with the table's number.
    """
    run = review.run
    found = sorted(
        run.findings,
        key=lambda one: (
            one.managed, one.severity.rank, review.standing(one).state != "new", run.rule(one.rule).title, one.object,
        ),
    )  # fmt: skip
    listed: list[Row] = [_finding(review, finding, now, wide) for finding in found]
    for result in run.unchecked:
        assert result.missing is not None, "only rules that could not check are in unchecked"
        listed.append(_rule(review, result.rule, "unchecked", result.missing.sentence, fix=result.missing.remedy))
    for result in run.passed:
        listed.append(_rule(review, result.rule, "passed", f"looked at in {units.duration(result.seconds)}"))
    return [*listed, *(_gone(gone, now, wide) for gone in review.gone)]


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
        "group": rule.group,
        "since": (now - known.since).total_seconds() if known.since and known.state == "still" else None,
        "state": known.state,
        "evidence": evidence,
        "severity": finding.severity.value,
        "managed": finding.managed,
        "fix": finding.fix,
        "undo": finding.undo,
        "fingerprint": finding.fingerprint,
    }


def _until(review: AuditReview, finding: Finding) -> str:
    waiver = review.standing(finding).waiver
    assert waiver is not None, "only what is waived says until when"
    until = f"until {standing.day(waiver.expires)}" if waiver.expires else "for ever"
    return f"{until}, {waiver.owner}: {waiver.reason}"


def _object(finding: Finding, wide: bool) -> str:
    """The object's name; a constraint by its own name, as its table's takes all the room there is."""
    constraint = finding.values.get("constraint")
    schema = finding.values.get("schema")
    name = f"{schema}.{constraint}" if finding.kind == "constraint" and constraint else finding.object
    return name if wide else name.removeprefix("public.")


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


def _gone(gone: Gone, now: datetime, wide: bool) -> dict[str, Any]:
    return {
        "verdict": "gone",
        "key": f"{gone.rule} {gone.fingerprint}",
        "rule": gone.rule,
        "finding": gone.title,
        "object": gone.object if wide else gone.object.removeprefix("public."),
        "of": gone.object,
        "group": None,
        "since": (now - gone.since).total_seconds() if gone.since else None,
        "state": "gone",
        "evidence": f"was: {gone.evidence}",
        "severity": gone.severity.value,
        "managed": False,
        "fix": None,
        "fingerprint": gone.fingerprint,
    }
