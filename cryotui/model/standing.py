"""What a review knows of a finding beyond the run itself, in words: since when, new or not, waived by whom and how long."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from cryotui.model import units

if TYPE_CHECKING:
    from cryotui.model.finding import Finding
    from cryotui.model.review import AuditReview, Waiver


def day(moment: datetime | date) -> str:
    """``7 Mar 2026``."""
    return f"{moment.day} {moment:%b %Y}"


def when(moment: datetime, review: AuditReview) -> str:
    """``7 Mar 2026``; on the day of the run, when there may be many, ``7 Mar 2026, 03:14Z``."""
    moment, run = moment.astimezone(UTC), review.run.started_at.astimezone(UTC)
    return f"{day(moment)}, {units.clock(moment)}" if moment.date() == run.date() else day(moment)


def since(review: AuditReview, finding: Finding) -> str:
    """``new, not in the run of 7 Mar 2026``, ``since 1 Mar 2026``, ``only in prod``; empty when nothing was known before."""
    standing = review.standing(finding)
    if standing.state == "new":
        return only_here(review) if review.other else f"new, not in {compared(review)}"
    if standing.state == "still":
        return f"since {when(standing.since, review)}" if standing.since else f"also in {compared(review)}"
    return ""


def compared(review: AuditReview) -> str:
    """What the run was compared with, as the end of a sentence."""
    if review.compared_with:
        return review.compared_with
    return f"the run of {when(review.before, review)}" if review.before else "any run before"


def only_here(review: AuditReview) -> str:
    """What makes a finding new beside another database: ``only in prod, not in staging``."""
    return f"only in {here(review)}, not in {compared(review)}"


def here(review: AuditReview) -> str:
    """The name of what was audited; its place where the other one goes by the same."""
    run = review.run
    return run.place if review.compared_with and review.compared_with.startswith(run.target) else run.target


def lost(review: AuditReview) -> str:
    """The head of what was found before, or in the other database, and now is not."""
    if review.other:
        return f"Only in {compared(review)}, not in {here(review)}"
    return f"Gone, compared with {compared(review)}"


def changes(review: AuditReview) -> list[tuple[int, str]]:
    """How many are new and gone, or only here and only there, with the words for it."""
    new = sum(1 for found in review.open if review.standing(found).state == "new")
    if review.other:
        return [(new, f"only in {here(review)}"), (len(review.gone), f"only in {compared(review)}")]
    return [(new, "new"), (len(review.gone), "gone")]


def waived(waiver: Waiver) -> str:
    """``waived by dba until 31 Jan 2027: the yearly report uses them``."""
    return f"waived by {waiver.owner} {until(waiver)}: {waiver.reason}"


def until(waiver: Waiver) -> str:
    """``until 31 Jan 2027``, ``for ever``."""
    return f"until {day(waiver.expires)}" if waiver.expires else "for ever"


def sweeping(review: AuditReview) -> list[str]:
    """What waivers on every rule hide: ``83 waived by 1 waiver on every rule, of dba until 31 Jan 2027: ...``."""
    hidden: dict[Waiver, int] = {}
    for finding in review.waived:
        waiver = review.standing(finding).waiver
        if waiver is not None and waiver.fingerprint is None and not (waiver.rule or "").strip("*"):
            hidden[waiver] = hidden.get(waiver, 0) + 1
    return [
        f"{number} waived by 1 waiver on every rule, of {waiver.owner} {until(waiver)}: {waiver.reason}"
        for waiver, number in hidden.items()
    ]


def idle(waiver: Waiver) -> str:
    """``waivers.yaml:8:5: this waiver matches nothing: rule perf-*, object public.t; of dba until 31 Jan 2027``."""
    words = (("fingerprint", waiver.fingerprint), ("rule", waiver.rule), ("object", waiver.object))
    names = ", ".join(f"{word} {value}" for word, value in words if value is not None)
    return f"{waiver.source}: this waiver matches nothing: {names}; of {waiver.owner} {until(waiver)}"


def expired(waiver: Waiver) -> str:
    """``was waived by dba until 31 Jan 2026: ...``."""
    return f"was {waived(waiver)}"


def instead(review: AuditReview, finding: Finding) -> str | None:
    """Why a fix is not offered: that of another finding works on the same object."""
    other = review.earlier.get(finding.fingerprint)
    return (
        f"none now: {other.rule} for {other.object} works on the same object; audit again after that fix"
        if other
        else None
    )


def notes(review: AuditReview, finding: Finding) -> list[str]:
    """Everything of these that is known of a finding."""
    standing = review.standing(finding)
    said = [since(review, finding)]
    if standing.waiver:
        said.append(waived(standing.waiver))
    if standing.expired:
        said.append(expired(standing.expired))
    return [note for note in said if note]
