"""Limits of rules that are set from outside, by ``rule-id.name``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from cryotui.model.errors import UsageError
from cryotui.model.rule import AuditRule


def limits_of(rule: AuditRule) -> list[str]:
    """The names under which a rule's limits are set."""
    return [f"{rule.id}.{name}" for name, value in rule.parameters.items() if value is not None]


def check_limits(rules: Sequence[AuditRule], names: Iterable[str]) -> None:
    """Raises UsageError for a name that is no limit of these rules, with the limits of its rule or the nearest name."""
    known = [limit for rule in rules for limit in limits_of(rule)]
    for name in names:
        if name not in known:
            raise UsageError(f"{name} is no limit of these rules. {_instead(name, rules, known)}")


def _instead(name: str, rules: Sequence[AuditRule], known: Sequence[str]) -> str:
    rule_id = name.partition(".")[0]
    rule = next((rule for rule in rules if rule.id == rule_id), None)
    if rule is not None:
        own = limits_of(rule)
        return f"{rule_id} has {', '.join(own)}." if own else f"{rule_id} has no limits."
    if near := get_close_matches(rule_id, [rule.id for rule in rules], 1):
        limits = limits_of(next(rule for rule in rules if rule.id == near[0]))
        return f"Is {near[0]} meant? It has {', '.join(limits) if limits else 'no limits'}."
    if near := get_close_matches(name, known, 1):
        return f"Is {near[0]} meant?"
    return "cryotui explain-rule ID names those of a rule."
