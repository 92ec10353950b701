"""The fixes of an audit as one SQL script to be read before it is run: lock and transaction beside each, undo below it.

Each fix is a transaction of its own, so that one that fails undoes no other; what must not run in one stands alone. The
script stops at the first error. What comes from data stands in comments, of which each line begins with ``--``, or in
statements that quote it.
"""

from __future__ import annotations

import textwrap

from cryotui.model import standing, units
from cryotui.model.finding import Finding
from cryotui.model.fixsql import LOCK_SECONDS, outside_transaction, statements, waits_without_end
from cryotui.model.review import AuditReview
from cryotui.model.rule import AuditRule

WIDTH = 110
"""Cells of a line of comment; statements are never wrapped."""

_HEAD = (
    "",
    "-- a fix that does not get its lock gives up and the script ends: run it again from there",
    r"\set ON_ERROR_STOP on",
    r"\encoding UTF8",
    "SET standard_conforming_strings = on;",
    "SET statement_timeout = 0;",
    f"SET lock_timeout = '{LOCK_SECONDS}s';",
)


def rule(asked: AuditRule, major: int) -> str | None:
    """The SQL of a rule for psql, limits at their defaults, its roles and schemas those of an API; None before its version."""
    body = asked.sql(major)
    if body is None:
        return None
    supplied = {"api_roles": "ARRAY['anon', 'authenticated']", "api_schemas": "ARRAY['public']"}
    lines = [*_said(f"{asked.id}: {asked.title}, PostgreSQL {major}")]
    lines += ["BEGIN READ ONLY;", "SET LOCAL search_path = pg_catalog, pg_temp;"]
    if not asked.parameters:
        return "\n".join([*lines, f"{body};", "COMMIT;", ""])
    lines += _said(", ".join(f"${number} is {name}" for number, name in enumerate(asked.parameters, 1)))
    values = ", ".join(
        supplied.get(name, "NULL") if value is None else f"{value}" for name, value in asked.parameters.items()
    )
    return "\n".join(
        [*lines, f"PREPARE asked AS\n{body};", f"EXECUTE asked ({values});", "DEALLOCATE asked;", "COMMIT;", ""]
    )


def audit_review(review: AuditReview, only_new: bool = False) -> str:
    """A psql script with the fixes of the open findings, worst first; those without SQL are named with what to do."""
    run = review.run
    findings = review.fresh if only_new else review.open
    fixed = [found for found in findings if found.fix]
    lines = [
        *_said(f"Fixes for {run.target}, database {run.database}, PostgreSQL {run.server_version}"),
        *_said(
            f"from the audit of {units.clock(run.started_at, seconds=True, date=True)} as {run.role}:"
            f" {len(fixed)} of {len(findings)} findings have SQL here."
        ),
        *(() if run.complete else _said(f"The audit is incomplete: {run.reason}")),
        *_said("Read each before you run it. What a fix changes is said above it; undo stands below it."),
        *_HEAD,
    ]
    for found in findings:
        lines += ["", *_fix(found, review)]
    return "\n".join(lines) + "\n"


def _fix(found: Finding, review: AuditReview) -> list[str]:
    rule = review.run.rule(found.rule)
    lines = _said(f"{found.severity.value}: {rule.title}: {found.object} ({found.evidence})")
    lines += _said(found.detail)
    lines += [line for note in standing.notes(review, found) for line in _said(note)]
    lines += _said(f"{rule.id}, fingerprint {found.fingerprint}")
    if not found.fix:
        return [*lines, "-- no SQL can be given: see what is said above", *_undo(found)]
    lock = str(found.values.get("lock") or rule.lock or "not known")
    outside = outside_transaction(found.fix, rule.concurrently)
    lines += _said(f"lock: {lock}{'; not in a transaction block' if outside else ''}")
    parts = statements(found.fix)
    if not outside:
        lines += ["BEGIN;", *parts, "COMMIT;"]
    elif any(map(waits_without_end, parts)):
        # half-way given up it leaves an invalid index, and nobody who reads or writes queues behind it
        lines += ["SET lock_timeout = 0;", *parts, f"SET lock_timeout = '{LOCK_SECONDS}s';"]
    else:
        lines += parts
    return lines + _undo(found)


def _undo(found: Finding) -> list[str]:
    return [f"-- undo: {part}" for part in (found.undo or "").splitlines() if part]


def _said(text: str) -> list[str]:
    """As comment, in which nothing can become a statement: every white space of it is a blank first."""
    return [f"-- {line}" for line in textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)]
