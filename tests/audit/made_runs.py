"""Audit runs made by hand, for what follows from runs rather than from servers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryotui.model.finding import AuditRun, Finding, RuleResult, Severity
from cryotui.model.rule import AuditRule
from cryotui.model.sample import Missing

FIRST_DAY = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
GRANT = Missing("privilege", "A grant is missing.")


def made(day: int, found: dict[str, list[str]], unchecked: tuple[str, ...] = (), **words: object) -> AuditRun:
    """A run of that day: the objects found by each rule; a rule in ``unchecked`` could not look at everything."""
    ids = list(dict.fromkeys([*found, *unchecked]))
    results = tuple(
        RuleResult(
            one,
            tuple(Finding(one, Severity.BAD, name, "table", "seen", "Seen.") for name in found.get(one, [])),
            GRANT if one in unchecked else None,
        )
        for one in ids
    )
    rules = tuple(
        AuditRule(one, f"Rule {one}", Severity.BAD, "schema", "table", "A.", "B.", {(): "SELECT 1"}) for one in ids
    )
    fields: dict[str, object] = {"target": "prod", "database": "lab", "system_identifier": "7", **words}
    return AuditRun(FIRST_DAY + timedelta(days=day), 1.0, role="cryo_ops", server_version="17.6", results=results,
                    rules=rules, **fields)  # type: ignore[arg-type]  # fmt: skip
