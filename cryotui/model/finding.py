"""What an audit says: three verdicts, never two. A rule that could not run never counts as passed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from cryotui.model.record import dataclass
from cryotui.model.sample import Missing

if TYPE_CHECKING:
    from cryotui.model.rule import AuditRule


class Severity(StrEnum):
    """How much a finding matters; the signs are those of the screens."""

    BAD = "bad"
    WATCH = "watch"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return ("bad", "watch", "info").index(self.value)


@dataclass(frozen=True, slots=True)
class Finding:
    """One bad object found by one rule.

    ``object`` is the qualified name as PostgreSQL quotes it (with signature or column list where needed); it is what the
    fingerprint holds, so that a re-created object keeps its history. ``evidence`` is at most 30 cells, the fact or number
    that proves it. ``values`` are the row's own columns. ``fix`` is SQL with real names, ``undo`` takes it back,
    ``look`` shows the rows it is about.
    """

    rule: str
    severity: Severity
    object: str
    kind: str
    evidence: str
    detail: str
    fix: str | None = None
    undo: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    managed: bool = False
    look: str | None = None

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits from rule, kind and object: the same finding tomorrow and on another server."""
        return hashlib.sha256("\0".join((self.rule, self.kind, self.object)).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What one rule said: findings, or passed (no findings, nothing missing), or could not check (``missing``).

    Both findings and ``missing``: some objects were found bad, others could not be looked at. ``reads`` is how many bytes of
    tables and indexes its questions about rows were reckoned to read, ``unread`` how many those that the budget for reading
    left out would have read.
    """

    rule: str
    findings: tuple[Finding, ...] = ()
    missing: Missing | None = None
    seconds: float = 0.0
    reads: int = 0
    unread: int = 0

    @property
    def passed(self) -> bool:
        """Whether the rule saw everything and found nothing; what the platform manages is not the user's fault."""
        return self.missing is None and all(finding.managed for finding in self.findings)


@dataclass(frozen=True, slots=True)
class AuditRun:
    """One run of a selection of rules. ``complete`` is False when it was cut off: the rest was not looked at.

    ``target`` is the name the server goes by, ``where`` its host and port or the folder of its socket, without a secret;
    ``role`` is the role the rules ran as; ``results`` are in the order of ``rules``. ``system_identifier`` is the cluster's,
    None where the role may not ask for it.
    """

    started_at: datetime
    seconds: float
    target: str
    role: str
    server_version: str
    results: tuple[RuleResult, ...]
    complete: bool = True
    reason: str | None = None
    rules: tuple[AuditRule, ...] = ()
    database: str = ""
    system_identifier: str | None = None
    where: str = ""

    @property
    def place(self) -> str:
        """Which server and database: ``cryo on db1:5432``, ``cryo at /run/postgresql:5432``, ``prod (cryo on db1:5432)``."""
        inside = self.database
        if self.where:
            inside += f" {'at' if self.where.startswith('/') else 'on'} {self.where}"
        if self.target == self.database:
            return inside
        return self.target if not self.where and self.database in self.target else f"{self.target} ({inside})"

    def rule(self, rule_id: str) -> AuditRule:
        """The rule of that id. Raises KeyError when it was not in this run."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, worst first, then by rule and object."""
        found = [finding for result in self.results for finding in result.findings]
        return tuple(sorted(found, key=lambda f: (f.severity.rank, f.rule, f.object)))

    @property
    def counted(self) -> tuple[Finding, ...]:
        """The findings that are the user's own business: without what the platform or an extension manages."""
        return tuple(finding for finding in self.findings if not finding.managed)

    @property
    def unchecked(self) -> tuple[RuleResult, ...]:
        """The rules that could not look at everything, in their order."""
        return tuple(result for result in self.results if result.missing is not None)

    @property
    def passed(self) -> tuple[RuleResult, ...]:
        """The rules that saw everything and found nothing, in their order."""
        return tuple(result for result in self.results if result.passed)

    @property
    def reads(self) -> int:
        """Bytes of tables and indexes that the rules about rows read, as they reckoned it."""
        return sum(result.reads for result in self.results)

    @property
    def unread(self) -> int:
        """Bytes that the questions left out by the budget for reading would have read."""
        return sum(result.unread for result in self.results)

    def count(self, severity: Severity) -> int:
        """How many counted findings have this severity."""
        return sum(1 for finding in self.counted if finding.severity is severity)
