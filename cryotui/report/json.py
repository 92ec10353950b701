"""An audit run and the list of rules as JSON: one object each, with a schema version that grows when a key changes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from cryotui import __version__
from cryotui.model.finding import AuditRun, Finding, RuleResult
from cryotui.model.rule import AuditRule
from cryotui.report.pane import plain

SCHEMA_VERSION = 1


def audit_run(run: AuditRun) -> str:
    """``schema_version``, ``run``, ``target``, ``server``, ``role``, ``findings``, ``passed``, ``could_not_check``."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "run": {
            "started_at": plain(run.started_at),
            "seconds": round(run.seconds, 3),
            "complete": run.complete,
            "reason": run.reason,
            "rules": len(run.rules),
            "cryotui": __version__,
        },
        "target": run.target,
        "server": {"version": run.server_version, "database": run.database},
        "role": run.role,
        "findings": [_finding(finding, run.rule(finding.rule)) for finding in run.findings],
        "passed": [_named(result, run) for result in run.passed],
        "could_not_check": [_not_checked(result, run) for result in run.unchecked],
    }
    return _dumped(document)


def rules(listed: Sequence[AuditRule]) -> str:
    """``schema_version`` and ``rules``, each with all its words."""
    return _dumped({"schema_version": SCHEMA_VERSION, "rules": [rule_words(rule) for rule in listed]})


def rule_words(rule: AuditRule) -> dict[str, Any]:
    """A rule's words as JSON has them."""
    return {
        "id": rule.id,
        "title": rule.title,
        "group": rule.group,
        "severity": rule.severity.value,
        "kind": rule.kind,
        "about": rule.about,
        "why": rule.why,
        "fix": rule.fix,
        "undo": rule.undo,
        "lock": rule.lock,
        "concurrently": rule.concurrently,
        "references": list(rule.references),
        "since": rule.since,
        "needs": list(rule.needs),
        "cost": rule.cost,
        "certainty": rule.certainty,
        "timeout": rule.timeout,
        "limits": {name: value for name, value in rule.parameters.items() if value is not None},
        "origin": rule.origin,
        "fault": rule.fault,
    }


def _finding(finding: Finding, rule: AuditRule) -> dict[str, Any]:
    return {
        "fingerprint": finding.fingerprint,
        "rule": finding.rule,
        "title": rule.title,
        "group": rule.group,
        "severity": finding.severity.value,
        "object": finding.object,
        "kind": finding.kind,
        "evidence": finding.evidence,
        "detail": finding.detail,
        "why": rule.why,
        "fix": finding.fix,
        "undo": finding.undo,
        "lock": finding.values.get("lock") or rule.lock,
        "concurrently": rule.concurrently,
        "certainty": rule.certainty,
        "references": list(rule.references),
        "managed": finding.managed,
        "values": {name: plain(value) for name, value in finding.values.items()},
    }


def _named(result: RuleResult, run: AuditRun) -> dict[str, Any]:
    rule = run.rule(result.rule)
    return {"rule": rule.id, "title": rule.title, "group": rule.group, "seconds": round(result.seconds, 3)}


def _not_checked(result: RuleResult, run: AuditRun) -> dict[str, Any]:
    missing = result.missing
    assert missing is not None, "only rules that could not check come here"
    return {
        **_named(result, run),
        "severity": run.rule(result.rule).severity.value,
        "kind": missing.kind,
        "reason": missing.sentence,
        "who": missing.who,
        "remedy": missing.remedy,
        "instead": missing.instead,
        "findings": sum(1 for finding in result.findings if not finding.managed),
    }


def _dumped(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
