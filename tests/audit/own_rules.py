"""Rules made for a test, as a user's file would make them."""

from __future__ import annotations

from cryotui.model.finding import Severity
from cryotui.model.rule import AuditRule


def own_rule(sql: str, *, rule_id: str = "own-rule", timeout: float = 5.0, **words: object) -> AuditRule:
    """A rule with this SQL; the other words are those of a small table rule."""
    made: dict[str, object] = {
        "title": "A rule of a test",
        "severity": Severity.WATCH,
        "group": "schema",
        "kind": "table",
        "about": "Something.",
        "why": "For a test.",
        "detail": "Found.",
        "timeout": timeout,
    }
    return AuditRule(id=rule_id, variants={(): sql}, **{**made, **words})  # type: ignore[arg-type]
