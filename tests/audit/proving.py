"""An example against its rule: what the rule says of it, and whether that is what the example expects."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest
from examples import Example

from cryotui.audit import audit, rule
from cryotui.model.finding import Finding


async def found_in(connection: asyncpg.Connection[Any], example: Example) -> tuple[Finding, ...]:
    """What the rule finds; it must have been able to check, but for a major of which the example says it cannot."""
    run = await audit(connection, [rule(example.rule)], limits=example.limits)
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
