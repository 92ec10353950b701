"""An example against its rule: what the rule says of it, and whether that is what the example expects."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from examples import Example

from cryotui.audit import audit, rule
from cryotui.model.backup import SourceState
from cryotui.model.finding import Finding
from cryotui.model.fixsql import statements


async def found_in(connection: asyncpg.Connection[Any], example: Example) -> tuple[Finding, ...]:
    """What the rule finds; it must have been able to check, but for a major of which the example says it cannot."""
    sources = [SourceState(name, "dumps", "pg_dump", datetime.now(UTC)) for name in example.sources]
    run = await audit(connection, [rule(example.rule)], limits=example.limits, backup_sources=sources)
    missing = run.results[0].missing
    if missing is not None and missing.kind == example.lacks:
        pytest.skip(missing.sentence)
    assert missing is None, missing
    return run.findings


async def objects_in(connection: asyncpg.Connection[Any], example: Example) -> set[str]:
    """The objects alone."""
    return {finding.object for finding in await found_in(connection, example)}


def as_expected(found: tuple[Finding, ...], example: Example) -> None:
    """Fails unless the objects and severities are those the example names, and the evidence where it names one."""
    evidence = {(finding.severity.value, finding.object): finding.evidence for finding in found}
    assert set(evidence) == {(severity, name) for severity, name, _ in example.expected}
    for severity, name, text in example.expected:
        assert text in (None, evidence[severity, name])


def has_its_form(finding: Finding) -> bool:
    """Whether each statement of the fix looks like one of those that the rule's page shows."""
    form = rule(finding.rule).form or ""
    shown = [re.compile(re.sub(r"\\\{[^{}]*\\\}", ".+", re.escape(line)), re.DOTALL) for line in form.splitlines()]
    return all(any(one.fullmatch(part) for one in shown) for part in statements(finding.fix or ""))
