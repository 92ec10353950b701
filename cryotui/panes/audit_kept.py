"""What kept runs found, as rows of the Audit pane: until a rule has run here, its last word of before is shown.

The history holds verdicts, never details or fixes, so the page of such a row says so and its rule is run again.
"""

from __future__ import annotations

import textwrap
from datetime import datetime
from typing import Any

from cryotui.model import standing, units
from cryotui.model.finding import Severity
from cryotui.model.pane import Block, Line, Mark, Moment, Prose, Rule
from cryotui.model.review import AuditReview, Remembered, Seen
from cryotui.model.sample import Row
from cryotui.model.text import cut
from cryotui.panes.audit_groups import OTHERS

_GROUPS = {
    "int": "integrity",
    "perf": "performance",
    "sec": "security",
    "bak": "backup",
    "sch": "schema",
    "cfg": "config",
    "cap": "capacity",
}
"""The history knows a rule by its id, which begins with its group."""

HOLDS = "A kept run holds what was found, not its details and not its fix."


def kept_findings(moment: Moment) -> tuple[Seen, ...]:
    """The findings of kept runs whose rules have not run in this console; worst first."""
    kept: Remembered | None = moment.extra.get("audit_kept")
    review: AuditReview | None = moment.extra.get("audit")
    if kept is None:
        return ()
    ran = {rule.id for rule in review.run.rules} if review is not None else set()
    return tuple(one for one in kept.findings if one.rule not in ran)


def kept_rows(moment: Moment, wide: bool) -> list[Row]:
    """One row for each of them."""
    kept: Remembered | None = moment.extra.get("audit_kept")
    found = kept_findings(moment)
    return [_row(one, one.fingerprint in kept.fresh, moment.now, wide) for one in found] if kept is not None else []


def _row(seen: Seen, fresh: bool, now: datetime, wide: bool) -> dict[str, Any]:
    return {
        "verdict": "findings",
        "key": f"{seen.rule} {seen.fingerprint}",
        "rule": seen.rule,
        "finding": seen.title,
        "object": seen.object if wide else seen.object.removeprefix("public."),
        "of": seen.object,
        "full_name": seen.object,
        "group": _GROUPS.get(seen.rule.partition("-")[0], OTHERS),
        "since": (now - seen.since).total_seconds() if seen.since else None,
        "first_seen": seen.since,
        "state": "new" if fresh else "still",
        "evidence": seen.evidence,
        "severity": seen.severity.value,
        "managed": False,
        "remembered": True,
        "fix": None,
        "fingerprint": seen.fingerprint,
    }


def kept_count(moment: Moment, severity: Severity) -> int:
    """How many of them have this severity."""
    return sum(one.severity is severity for one in kept_findings(moment))


def kept_said(moment: Moment) -> str:
    """``kept, 03:02Z, by cryotui audit as cryo_ops``: when the newest kept run was, and whose it was."""
    kept: Remembered | None = moment.extra.get("audit_kept")
    if kept is None:
        return ""
    by = f", by {kept.asked}" if kept.asked else ""
    role = f" as {kept.role}" if kept.role else ""
    return f"kept, {when(kept.at, moment.now)}{by}{role}"


def kept_line(moment: Moment, width: int) -> Line | None:
    """What the quiet rows are and what runs them again; None when there are none."""
    kept: Remembered | None = moment.extra.get("audit_kept")
    if kept is None or (moment.extra.get("audit") is not None and not kept_findings(moment)):
        return None
    said = "Findings of kept runs, without details and fixes. r runs all again, Enter one."
    if moment.extra.get("audit") is not None:
        said = f"Quiet rows are of kept runs, {when(kept.at, moment.now)}. r runs all rules again, Enter one."
    return (("   " + cut(said, width - 4), "quiet"),)


def kept_detail(seen: Seen, moment: Moment, width: int) -> list[Block]:
    """What the history knows of a finding; its rule is being run again meanwhile."""
    marks: dict[str, Mark] = {"bad": "bad", "watch": "watch", "info": "info"}
    since = f"found since {when(seen.since, moment.now)}, " if seen.since else ""
    running = moment.extra.get("audit_progress")
    again = "Its rule runs again now." if running else "r runs all rules again; a offers this one alone."
    return [
        Prose(
            (
                ((f"   {seen.rule}   {cut(seen.object, max(width - len(seen.rule) - 8, 8))}", "bold"),),
                ((f"   {seen.severity.value}, {kept_said(moment)}", "quiet"),),
            ),
            mark=marks[seen.severity.value],
        ),
        Rule("WHAT IT SAID", seen.evidence),
        _text(f"{seen.title}: {seen.evidence}", width),
        _text(f"{HOLDS} {again}", width),
        Rule("HISTORY"),
        _text(f"{since}last seen {when(seen.last_seen, moment.now)}", width),
        Prose((((f"   cryotui explain-rule {seen.rule}", "quiet"),),)),
    ]


def when(at: datetime, now: datetime) -> str:
    """The clock of the last day; before that its day and clock."""
    clock = units.clock(at)
    return clock if abs((now - at).total_seconds()) < 86400 else f"{standing.day(at)} {clock}"


def _text(text: str, width: int) -> Prose:
    return Prose(tuple((("   " + part, "text"),) for part in textwrap.wrap(text, max(width - 4, 20))))
