"""The fixes of an audit as one SQL script to be read before it is run: lock and transaction beside each, undo below it.

Each fix is a transaction of its own, so that one that fails undoes no other; what must not run in one stands alone. The
script stops at the first error.
"""

from __future__ import annotations

import re

from cryotui.model import units
from cryotui.model.finding import Finding
from cryotui.model.review import AuditReview
from cryotui.report import standing

LOCK_TIMEOUT = "2s"
"""How long a fix waits for its lock: whoever comes behind it waits as long."""

_OUTSIDE = re.compile(
    r"^\s*(VACUUM|ALTER\s+SYSTEM|ALTER\s+DATABASE\s.*\bSET\s+TABLESPACE|CREATE\s+DATABASE|DROP\s+DATABASE"
    r"|REINDEX\s+(DATABASE|SYSTEM)|(CREATE|DROP|REINDEX|ALTER|REFRESH)\b.*\bCONCURRENTLY)\b",
    re.IGNORECASE | re.MULTILINE,
)
"""Statements that no transaction block takes."""


def audit_review(review: AuditReview, only_new: bool = False) -> str:
    """A psql script with the fixes of the open findings, worst first; those without SQL are named with what to do."""
    run = review.run
    findings = review.fresh if only_new else review.open
    fixed = [found for found in findings if found.fix]
    lines = [
        f"-- Fixes for {_comment(run.target)}, database {_comment(run.database)}, PostgreSQL {_comment(run.server_version)}",
        f"-- from the audit of {units.clock(run.started_at, seconds=True, date=True)} as {_comment(run.role)}:"
        f" {len(fixed)} of {len(findings)} findings have SQL here.",
        "-- Read each before you run it. What a fix changes for the application is said above it; undo stands below it.",
        "",
        r"\set ON_ERROR_STOP on",
        f"SET lock_timeout = '{LOCK_TIMEOUT}';",
    ]
    for found in findings:
        lines += ["", *_fix(found, review)]
    return "\n".join(lines) + "\n"


def _fix(found: Finding, review: AuditReview) -> list[str]:
    rule = review.run.rule(found.rule)
    lines = [
        f"-- {found.severity.value}: {_comment(rule.title)}: {_comment(found.object)} ({_comment(found.evidence)})"
    ]
    lines += [f"-- {_comment(found.detail)}"] if found.detail else []
    lines += [f"-- {_comment(note)}" for note in standing.notes(review, found)]
    lines += [f"-- {rule.id}, fingerprint {found.fingerprint}"]
    if not found.fix:
        return [*lines, "-- no SQL can be given: see what is said above"]
    lock = str(found.values.get("lock") or rule.lock or "not known")
    outside = rule.concurrently or _OUTSIDE.search(found.fix) is not None
    lines.append(f"-- lock: {_comment(lock)}{'; not in a transaction block' if outside else ''}")
    lines += [found.fix] if outside else ["BEGIN;", found.fix, "COMMIT;"]
    lines += [f"-- undo: {part}" for part in (found.undo or "").split("\n") if part]
    return lines


def _comment(text: str) -> str:
    """On one line, so that nothing of it can become a statement."""
    return " ".join(text.split())
