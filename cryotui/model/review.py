"""An audit run beside what was known before it: what is new, still there, gone or waived. Every report is of a review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from cryotui.model.finding import AuditRun, Finding, Severity

State = Literal["first", "new", "still"]
"""``first``: nothing was known before to compare with; ``new``: not there in the last run that looked; ``still``: there."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """Findings that somebody has accepted for a time, and why.

    ``fingerprint`` names one finding; without it ``rule`` and ``object`` are shell patterns (``*`` and ``?``) that must both
    fit, ``target`` another that limits it to targets of that name. ``expires`` is the last day on which it holds, or None.
    ``source`` says where it stands (file and entry).
    """

    reason: str
    owner: str
    expires: date | None = None
    fingerprint: str | None = None
    rule: str | None = None
    object: str | None = None
    target: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one finding: its state, since when it was there, the waiver that holds, the one that has expired."""

    state: State = "first"
    since: datetime | None = None
    waiver: Waiver | None = None
    expired: Waiver | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """A finding of an earlier run that its rule, having looked again, does not find any more."""

    fingerprint: str
    rule: str
    title: str
    severity: Severity
    kind: str
    object: str
    evidence: str
    since: datetime | None
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """A finding as an earlier run has kept it; ``since`` when it was first seen without a run between that missed it."""

    fingerprint: str
    rule: str
    title: str
    severity: Severity
    kind: str
    object: str
    evidence: str
    since: datetime | None
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """What is known before a run: findings by fingerprint, and by rule when it last looked at everything.

    A rule that is not in ``looked`` has never looked at everything, so nothing can be said about what it finds now.
    """

    findings: Mapping[str, Seen]
    looked: Mapping[str, datetime]
    before: datetime | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the kept runs say of a database before anything is run: each rule's last word.

    ``at`` is when the newest run was; ``rules`` is how many have looked at everything or found something; ``findings`` are
    those that wait for somebody, worst first; ``fresh`` are the fingerprints of those that the last run of their rule was the
    first to find, ``before`` the run before the first of these; ``waived`` is how many are accepted for now.
    """

    at: datetime
    before: datetime | None
    rules: int
    findings: tuple[Seen, ...]
    fresh: frozenset[str]
    waived: int = 0


NOTHING = Known({}, {})
"""Before the first run."""


@dataclass(frozen=True, slots=True)
class AuditReview:
    """A run, with the standing of each finding by its fingerprint, what is gone, and when the run before was.

    ``compared_with`` says what it was compared with (``the run of 7 Mar``, a file's name), None when with nothing.
    """

    run: AuditRun
    standings: Mapping[str, Standing] = field(default_factory=dict)
    gone: tuple[Gone, ...] = ()
    before: datetime | None = None
    compared_with: str | None = None

    def standing(self, finding: Finding) -> Standing:
        """What is known of a finding; ``first`` when nothing is."""
        return self.standings.get(finding.fingerprint, _UNKNOWN)

    @property
    def open(self) -> tuple[Finding, ...]:
        """The findings that wait for somebody: the user's own business and not waived; worst first."""
        return tuple(finding for finding in self.run.counted if self.standing(finding).waiver is None)

    @property
    def waived(self) -> tuple[Finding, ...]:
        """The findings that are accepted for now; worst first."""
        return tuple(finding for finding in self.run.counted if self.standing(finding).waiver is not None)

    @property
    def fresh(self) -> tuple[Finding, ...]:
        """The open findings that were not there before; all of them when there was no before."""
        return tuple(finding for finding in self.open if self.standing(finding).state != "still")

    def count(self, severity: Severity) -> int:
        """How many open findings have this severity."""
        return sum(1 for finding in self.open if finding.severity is severity)


_UNKNOWN = Standing()
