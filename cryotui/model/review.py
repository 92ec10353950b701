"""An audit run beside what was known before it: what is new, still there, gone or waived. Every report is of a review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from typing import Literal

from cryotui.model.finding import AuditRun, Finding, Severity
from cryotui.model.record import dataclass

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
    title: str | None = None
    since: date | None = None
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
    ``other``: all this is of another database, whose name is ``database``, and not of an earlier time.
    """

    findings: Mapping[str, Seen]
    looked: Mapping[str, datetime]
    before: datetime | None = None
    name: str | None = None
    database: str | None = None
    other: bool = False


@dataclass(frozen=True, slots=True)
class KeptRun:
    """A run of the history: its number, of which database (``place``) it was, and what it counted, waived or not."""

    number: int
    place: str
    target: str
    role: str
    server_version: str
    started_at: datetime
    seconds: float
    complete: bool
    rules: int
    bad: int
    watch: int
    info: int


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the kept runs say of a database before anything is run: each rule's last word.

    ``at`` is when the newest run was; ``rules`` is how many have looked at everything or found something; ``findings`` are
    those that wait for somebody, worst first; ``fresh`` are the fingerprints of those that the last run of their rule was the
    first to find, ``before`` the run before the first of these; ``waived`` is how many are accepted for now. ``role`` and
    ``asked`` are those of the newest run: whose rights it had, and what began it (``the console``, ``cryotui audit``).
    """

    at: datetime
    before: datetime | None
    rules: int
    findings: tuple[Seen, ...]
    fresh: frozenset[str]
    waived: int = 0
    role: str | None = None
    asked: str | None = None


NOTHING = Known({}, {})
"""Before the first run."""


@dataclass(frozen=True, slots=True)
class AuditReview:
    """A run, with the standing of each finding by its fingerprint, what is gone, and when the run before was.

    ``compared_with`` says what it was compared with (a file's or a target's name), None for the run before; ``other`` when
    that is another database: new is then what is only here, gone what is only there. ``idle`` are the waivers that hold and
    match nothing. ``least`` leaves milder findings out of what is told. ``earlier`` are, by fingerprint, the
    findings whose fix is not offered since that of another one works on the same object.
    """

    run: AuditRun
    standings: Mapping[str, Standing] = field(default_factory=dict)
    gone: tuple[Gone, ...] = ()
    before: datetime | None = None
    compared_with: str | None = None
    other: bool = False
    idle: tuple[Waiver, ...] = ()
    least: Severity = Severity.INFO
    earlier: Mapping[str, Finding] = field(default_factory=dict)

    @property
    def first(self) -> bool:
        """Whether there was nothing to compare with."""
        return self.before is None and self.compared_with is None

    def standing(self, finding: Finding) -> Standing:
        """What is known of a finding; ``first`` when nothing is."""
        return self.standings.get(finding.fingerprint, _UNKNOWN)

    def tells(self, finding: Finding) -> bool:
        """Whether it is bad enough to be told."""
        return finding.severity.rank <= self.least.rank

    @property
    def milder(self) -> int:
        """How many findings that wait for somebody are left out as they are too mild."""
        return len(self._counted) - len(self.open)

    @property
    def _counted(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.run.counted if self.standing(finding).waiver is None)

    @property
    def open(self) -> tuple[Finding, ...]:
        """The findings that wait for somebody: the user's own business and not waived; worst first."""
        return tuple(found for found in self._counted if self.tells(found))

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
