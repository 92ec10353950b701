"""An audit run and the list of rules as JSON: one object each, with a schema version that grows when a key changes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cryotui import __version__
from cryotui.model.errors import UsageError
from cryotui.model.finding import AuditRun, Finding, RuleResult, Severity
from cryotui.model.review import AuditReview, Gone, Known, Seen, Waiver
from cryotui.model.rule import COSTS, AuditRule
from cryotui.report.pane import plain

SCHEMA_VERSION = 1


def audit_review(review: AuditReview, only_new: bool = False) -> str:
    """``schema_version``, ``run``, ``target``, ``server``, ``role``, ``findings``, ``gone``, ``passed``, ``could_not_check``.

    ``only_new`` leaves the findings out that were there before.
    """
    run = review.run
    fresh = {found.fingerprint for found in review.fresh}
    listed = [found for found in run.findings if review.tells(found) and (not only_new or found.fingerprint in fresh)]
    document = {
        "schema_version": SCHEMA_VERSION,
        "run": {
            "started_at": plain(run.started_at),
            "seconds": round(run.seconds, 3),
            "reads": run.reads,
            "unread": run.unread,
            "complete": run.complete,
            "reason": run.reason,
            "rules": len(run.rules),
            "cryotui": __version__,
        },
        "target": run.place,
        "server": {
            "name": run.target,
            "address": run.where or None,
            "version": run.server_version,
            "database": run.database,
        },
        "role": run.role,
        "compared_with": {"name": review.compared_with, "at": plain(review.before), "other": review.other},
        "findings": [_finding(finding, review) for finding in listed],
        "gone": [_gone(gone) for gone in review.gone],
        "passed": [_named(result, run) for result in run.passed],
        "could_not_check": [_not_checked(result, run) for result in run.unchecked],
        "idle_waivers": [
            {
                "fingerprint": one.fingerprint,
                "rule": one.rule,
                "object": one.object,
                "target": one.target,
                **_words(one),
            }
            for one in review.idle
        ],
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
        "default": "off" if rule.off else "on",
        "kind": rule.kind,
        "about": rule.about,
        "why": rule.why,
        "fix": rule.form,
        "undo": rule.undo,
        "can_undo": rule.may_carry("undo"),
        "lock": rule.lock,
        "concurrently": rule.concurrently,
        "references": list(rule.references),
        "since": rule.since,
        "needs": list(rule.needs),
        "needs_words": rule.needed,
        "cost": rule.cost,
        "cost_words": COSTS[rule.cost],
        "certainty": rule.certainty,
        "timeout": rule.timeout,
        "limits": {name: value for name, value in rule.parameters.items() if value is not None},
        "origin": rule.origin,
        "fault": rule.fault,
    }


def known(text: str, name: str) -> Known:
    """An earlier report as something to compare a run with. Raises UsageError when it is no report of ours."""
    try:
        document = json.loads(text)
        if document["schema_version"] != SCHEMA_VERSION:
            raise UsageError(
                f"{name} has schema version {document['schema_version']}; this cryotui reads {SCHEMA_VERSION}."
            )
        at = datetime.fromisoformat(document["run"]["started_at"])
        seen = {
            found["fingerprint"]: Seen(
                found["fingerprint"], found["rule"], found["title"], Severity(found["severity"]), found["kind"],
                found["object"], found["evidence"], datetime.fromisoformat(found["since"]) if found.get("since") else None, at,
            )
            for found in document["findings"]
            if not found["managed"]
        }  # fmt: skip
        blind = {missing["rule"] for missing in document["could_not_check"]}
        looked = {found["rule"] for found in document["findings"]} | {passed["rule"] for passed in document["passed"]}
        database = document["server"]["database"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UsageError(f"{name} is not a JSON report of cryotui audit.") from None
    return Known(seen, dict.fromkeys(looked - blind, at), at, name, database)


def _finding(finding: Finding, review: AuditReview) -> dict[str, Any]:
    rule, standing = review.run.rule(finding.rule), review.standing(finding)
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
        "look": finding.look,
        "earlier_fix": earlier.fingerprint if (earlier := review.earlier.get(finding.fingerprint)) else None,
        "lock": finding.values.get("lock") or rule.lock,
        "concurrently": rule.concurrently,
        "certainty": rule.certainty,
        "references": list(rule.references),
        "managed": finding.managed,
        "state": standing.state,
        "since": plain(standing.since),
        "waived": _waiver(standing.waiver),
        "waiver_expired": _waiver(standing.expired),
        "values": {name: plain(value) for name, value in finding.values.items()},
    }


def _waiver(waiver: Waiver | None) -> dict[str, Any] | None:
    return None if waiver is None else _words(waiver)


def _words(waiver: Waiver) -> dict[str, Any]:
    return {"reason": waiver.reason, "owner": waiver.owner, "expires": plain(waiver.expires), "source": waiver.source}


def _gone(gone: Gone) -> dict[str, Any]:
    return {
        "fingerprint": gone.fingerprint,
        "rule": gone.rule,
        "title": gone.title,
        "severity": gone.severity.value,
        "object": gone.object,
        "kind": gone.kind,
        "evidence": gone.evidence,
        "since": plain(gone.since),
        "last_seen": plain(gone.last_seen),
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
        "unread": result.unread,
        "who": missing.who,
        "remedy": missing.remedy,
        "instead": missing.instead,
        "findings": sum(1 for finding in result.findings if not finding.managed),
    }


def _dumped(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
