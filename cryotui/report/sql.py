"""The fixes of an audit as one SQL script: what it runs as it stands is maintenance, the rest waits in comments.

Each fix is a transaction of its own, so that one that fails undoes no other; what must not run in one stands alone. The
script stops at the first error. A fix that changes definitions, access, rows or the server stands in lines that begin with
``--! ``, and one that works on what an earlier one works on already is left out. What comes from data stands in comments,
of which each line begins with ``--``, or in statements that quote it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Collection

from cryotui.model import standing, units
from cryotui.model.finding import Finding
from cryotui.model.fixplan import Planned, planned
from cryotui.model.fixrisk import REASONS, Risk
from cryotui.model.fixsql import LOCK_SECONDS, outside_transaction, statements, waits_without_end
from cryotui.model.review import AuditReview
from cryotui.model.rule import AuditRule

WIDTH = 110
"""Cells of a line of comment; statements are never wrapped."""

ASIDE = "--! "
"""Before each line of a fix that waits for a decision."""

_HEAD = (
    r"\set ON_ERROR_STOP on",
    r"\encoding UTF8",
    "SET standard_conforming_strings = on;",
    "SET statement_timeout = 0;",
    f"SET lock_timeout = '{LOCK_SECONDS}s';",
)
_LOCKS = (
    f"A fix that does not get its lock within {LOCK_SECONDS} s gives up, and the script ends: nothing of that fix is done. Mend"
    " what stands in its way and run the script again from there. What is done CONCURRENTLY waits without an end for the"
    " transactions that use the table, as it would leave an invalid index when it gave up; reads and writes go on meanwhile."
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


def audit_review(review: AuditReview, only_new: bool = False, live: Collection[Risk] = ()) -> str:
    """A psql script with the fixes of the open findings, worst first; those without SQL are named with what to do.

    ``live`` are the risks whose fixes run too, beside those that are maintenance alone.
    """
    run = review.run
    findings = review.fresh if only_new else review.open
    plan = planned(findings, live, lambda found: run.rule(found.rule).risk)
    parts = (
        ("These run", [one for one in plan if one.earlier is None and one.live]),
        ("These wait for your decision", [one for one in plan if one.earlier is None and not one.live]),
        (
            "Left out: another fix works on the same object. Audit again afterwards",
            [one for one in plan if one.earlier],
        ),
    )
    wordy = [found for found in findings if not found.fix]
    counts = [len(ones) for _, ones in parts] + [len(wordy)]
    lines = [
        *_said(f"Fixes for {run.place}, PostgreSQL {run.server_version}"),
        *_said(
            f"from the audit of {units.clock(run.started_at, seconds=True, date=True)} as {run.role}:"
            f" of {len(findings)} findings"
            " {} run here as it stands, {} wait for your decision, {} are left out, {} have no SQL.".format(*counts)
        ),
        *(() if run.complete else _said(f"The audit is incomplete: {run.reason}")),
        *_said(
            f"What waits begins with {ASIDE.strip()} and says what it changes. To take a fix in, take {ASIDE.strip()} away from"
            " its lines; --live takes in all of a kind. Undo stands below each."
        ),
        *_said(_LOCKS),
        *_HEAD,
    ]
    for title, ones in parts:
        lines += ["", *_said(f"== {title}: {len(ones)}")] if ones else []
        for one in ones:
            lines += ["", *_fix(one, review)]
    lines += ["", *_said(f"== No SQL can be given, each says what to do: {len(wordy)}")] if wordy else []
    for found in wordy:
        lines += ["", *_words(found, review), *_undo(found)]
    return "\n".join(lines) + "\n"


def _words(found: Finding, review: AuditReview) -> list[str]:
    rule = review.run.rule(found.rule)
    lines = _said(f"{found.severity.value}: {rule.title}: {found.object} ({found.evidence})")
    lines += _said(found.detail)
    lines += [line for note in standing.notes(review, found) for line in _said(note)]
    lines += _said(f"{rule.id}, fingerprint {found.fingerprint}")
    return lines + [f"-- look: {part}" for part in (found.look or "").splitlines() if part]


def _fix(one: Planned, review: AuditReview) -> list[str]:
    found = one.finding
    rule, fix, lines = review.run.rule(found.rule), found.fix or "", _words(found, review)
    if one.earlier is not None:
        how = "the same statements stand" if one.same else "what it works on is worked on"
        said = f"{how} above, by {one.earlier.rule} for {one.earlier.object}: audit again after that one."
        return [*lines, *_said(f"left out: {said}")]
    lock = str(found.values.get("lock") or rule.lock or "not known")
    outside = outside_transaction(fix, rule.concurrently)
    lines += _said(f"lock: {lock}{'; not in a transaction block' if outside else ''}")
    parts = statements(fix)
    if not outside:
        script = ["BEGIN;", *parts, "COMMIT;"]
    elif any(map(waits_without_end, parts)):
        # half-way given up it leaves an invalid index, and nobody who reads or writes queues behind it
        script = ["SET lock_timeout = 0;", *parts, f"SET lock_timeout = '{LOCK_SECONDS}s';"]
    else:
        script = list(parts)
    if not one.live:
        lines += _said(f"waits: {_waits(one)}")
        script = [ASIDE + line for part in script for line in part.splitlines()]
    return [*lines, *script, *_undo(found)]


def _waits(one: Planned) -> str:
    if one.after is not None:
        return f"rows break it, see {one.after.rule} for {one.after.object}; it fails until they are mended"
    return f"it {' and '.join(REASONS[risk] for risk in one.risks)} ({', '.join(one.risks)})"


def _undo(found: Finding) -> list[str]:
    return [f"-- undo: {part}" for part in (found.undo or "").splitlines() if part]


def _said(text: str) -> list[str]:
    """As comment, in which nothing can become a statement: every white space of it is a blank first."""
    return [f"-- {line}" for line in textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)]
