"""What a review knows of a finding beyond the run itself, in words: since when, new or not, waived by whom and how long."""

from __future__ import annotations

from datetime import date, datetime

from cryotui.model.finding import Finding
from cryotui.model.review import AuditReview, Waiver


def day(moment: datetime | date) -> str:
    """``7 Mar 2026``."""
    return f"{moment.day} {moment:%b %Y}"


def since(review: AuditReview, finding: Finding) -> str:
    """``new since the run of 7 Mar 2026``, ``since 1 Mar 2026``; empty when nothing was known before."""
    standing = review.standing(finding)
    if standing.state == "new":
        return f"new, not in {compared(review)}"
    if standing.state == "still":
        return f"since {day(standing.since)}" if standing.since else f"also in {compared(review)}"
    return ""


def compared(review: AuditReview) -> str:
    """What the run was compared with, as the end of a sentence."""
    if review.compared_with:
        return review.compared_with
    return f"the run of {day(review.before)}" if review.before else "any run before"


def waived(waiver: Waiver) -> str:
    """``waived by dba until 31 Jan 2027: the yearly report uses them``."""
    until = f" until {day(waiver.expires)}" if waiver.expires else ""
    return f"waived by {waiver.owner}{until}: {waiver.reason}"


def expired(waiver: Waiver) -> str:
    """``was waived by dba until 31 Jan 2026: ...``."""
    return f"was {waived(waiver)}"


def notes(review: AuditReview, finding: Finding) -> list[str]:
    """Everything of these that is known of a finding."""
    standing = review.standing(finding)
    said = [since(review, finding)]
    if standing.waiver:
        said.append(waived(standing.waiver))
    if standing.expired:
        said.append(expired(standing.expired))
    return [note for note in said if note]
