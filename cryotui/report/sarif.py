"""An audit as SARIF 2.1.0, for code scanning: results with fingerprints that outlive a re-created object.

Level: bad is an error, watch a warning, info a note. What a waiver covers is suppressed with its justification; what is gone is
``absent``; what could not be checked is a notification of the run, never a result, so that nothing reads it as a pass.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from cryotui import __version__
from cryotui.model import standing
from cryotui.model.finding import Finding, Severity
from cryotui.model.review import AuditReview, Gone
from cryotui.model.rule import CERTAINTIES, AuditRule
from cryotui.report.pane import plain

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {Severity.BAD: "error", Severity.WATCH: "warning", Severity.INFO: "note"}
SECURITY = {Severity.BAD: "8.0", Severity.WATCH: "5.5", Severity.INFO: "2.0"}
"""``security-severity`` of rules about security, in the bands of GitHub's code scanning: high, medium, low."""

FINGERPRINT = "cryotuiFinding/v1"
STATES = {"new": "new", "still": "unchanged"}

_LINK = re.compile(r"\[(?=[^\]]*\]\()")
"""What begins a link in a plain text message (SARIF 2.1.0, 3.11.6)."""


def audit_review(review: AuditReview, only_new: bool = False) -> str:
    """One SARIF log with one run; ``only_new`` leaves out what was there before and what is gone."""
    run = review.run
    places = {rule.id: number for number, rule in enumerate(run.rules)}
    fresh = {found.fingerprint for found in review.fresh}
    results = [
        _result(found, places[found.rule], review)
        for found in run.findings
        if review.tells(found) and (not only_new or found.fingerprint in fresh)
    ]
    if not only_new:
        results += [_absent(gone, places[gone.rule], review) for gone in review.gone if gone.rule in places]
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver(run.rules)},
                "automationDetails": {"id": f"cryotui/{quote(run.target, safe='')}/"},
                "invocations": [_invocation(review)],
                "results": results,
                "columnKind": "unicodeCodePoints",
                "properties": {
                    "target": run.place,
                    "database": run.database,
                    "role": run.role,
                    "serverVersion": run.server_version,
                    "passed": [result.rule for result in run.passed],
                    "couldNotCheck": [result.rule for result in run.unchecked],
                },
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=1) + "\n"


def _driver(rules: tuple[AuditRule, ...]) -> dict[str, Any]:
    return {
        "name": "cryotui",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(rule) for rule in rules],
    }


def _rule(rule: AuditRule) -> dict[str, Any]:
    properties: dict[str, Any] = {"tags": ["postgresql", rule.group], "precision": "high"}
    if rule.certainty == "estimated":
        properties["precision"] = "medium"
    if rule.group == "security":
        properties["security-severity"] = SECURITY[rule.severity]
    links = [reference for reference in rule.references if reference.startswith("https://")]
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.about},
        "help": {"text": f"{rule.about} {rule.why}", "markdown": f"{_plain(rule.about)}\n\n{_plain(rule.why)}"},
        **({"helpUri": links[0]} if links else {}),
        "defaultConfiguration": {"enabled": not rule.off, "level": LEVELS[rule.severity]},
        "properties": properties,
    }


def _invocation(review: AuditReview) -> dict[str, Any]:
    run = review.run
    notes = [
        {
            "level": "warning",
            "message": _message(f"Could not check: {result.missing.sentence}"),
            "associatedRule": {"id": result.rule},
            "properties": {"kind": result.missing.kind, "remedy": result.missing.remedy},
        }
        for result in run.unchecked
        if result.missing
    ]
    if not run.complete:
        notes.append({"level": "error", "message": _message(f"The run was cut off: {run.reason}")})
    return {
        "executionSuccessful": run.complete,
        "startTimeUtc": plain(run.started_at),
        "endTimeUtc": plain(run.started_at + timedelta(seconds=run.seconds)),
        "toolExecutionNotifications": notes,
    }


def _result(found: Finding, index: int, review: AuditReview) -> dict[str, Any]:
    rule, known = review.run.rule(found.rule), review.standing(found)
    said = ". ".join(part.rstrip(".") for part in (rule.title, found.evidence, found.detail) if part)
    result: dict[str, Any] = {
        "ruleId": found.rule,
        "ruleIndex": index,
        # a result that is nobody's fault here has no level
        **({"kind": "informational", "level": "none"} if found.managed else {"level": LEVELS[found.severity]}),
        "message": _message(f"{found.object}: {said}."),
        "locations": [_location(found.object, found.kind, review)],
        "partialFingerprints": {FINGERPRINT: found.fingerprint},
        "properties": {
            "evidence": found.evidence,
            "certainty": CERTAINTIES[rule.certainty],
            "fix": found.fix,
            "undo": found.undo,
            "look": found.look,
            "lock": found.values.get("lock") or rule.lock,
            "since": plain(known.since),
        },
    }
    if state := STATES.get(known.state):
        result["baselineState"] = state
    if known.waiver:
        result["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": standing.waived(known.waiver)}
        ]
    return result


def _absent(gone: Gone, index: int, review: AuditReview) -> dict[str, Any]:
    return {
        "ruleId": gone.rule,
        "ruleIndex": index,
        "level": LEVELS[gone.severity],
        "message": _message(f"{gone.object}: {gone.title}. Gone."),
        "locations": [_location(gone.object, gone.kind, review)],
        "partialFingerprints": {FINGERPRINT: gone.fingerprint},
        "baselineState": "absent",
    }


def _location(name: str, kind: str, review: AuditReview) -> dict[str, Any]:
    """The object; and a path made of it, because viewers of code show nothing that has no file."""
    path = "/".join(quote(part, safe="") for part in ("postgresql", review.run.database or "database", kind, name))
    return {
        "physicalLocation": {"artifactLocation": {"uri": path}, "region": {"startLine": 1}},
        "logicalLocations": [{"fullyQualifiedName": name, "kind": kind}],
    }


def _message(text: str) -> dict[str, str]:
    """Data makes no link, which plain text messages may hold too."""
    return {"text": _LINK.sub(r"\\[", text)}


def _plain(text: str) -> str:
    """Words of a rule file; an operator's own may hold anything."""
    return text.replace("<", "&lt;")
