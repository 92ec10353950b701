"""Applying fixes of the audit: each row gets the way to run its rule again, and the review learns what the rule said."""

from __future__ import annotations

from collections.abc import Sequence

from cryotui.model.finding import AuditRun
from cryotui.model.sample import Row
from cryotui.tui.asking import audit, trying
from cryotui.tui.console import Console


class Proof:
    """Runs one rule again and remembers what it said last."""

    def __init__(self, console: Console, rule_id: str) -> None:
        self.console, self.rule_id = console, rule_id
        self.last: AuditRun | None = None

    async def __call__(self) -> AuditRun:
        """The rule's word now. Raises ConnectError."""
        from cryotui.audit import run as audit_run

        self.last = await audit_run(audit.here(self.console), audit.one_rule(self.console, self.rule_id))
        return self.last


def with_proof(console: Console, rows: Sequence[Row]) -> list[Row]:
    """The rows, those of findings with the way to run their rule again."""
    return [
        {**{name: row[name] for name in row.keys()}, "prove": Proof(console, str(row["rule"]))}  # noqa: SIM118
        if row.get("fingerprint") and row.get("rule")
        else row
        for row in rows
    ]


async def settle(console: Console, rows: Sequence[Row], keep: bool) -> None:
    """Show what the rules of these rows said last; ``keep`` where a fix was applied in between."""
    if keep:  # who may do what was tried before it
        for row in rows:
            console.moments.extra.get("tried", {}).pop(trying.relation(row), None)
    said = {row["prove"].rule_id: row["prove"].last for row in rows if isinstance(row.get("prove"), Proof)}
    for run in said.values():
        if run is not None:
            await audit.take_in(console, run, keep)
