"""A run becomes a review: it is kept, compared with what was known before, and what is waived is told apart."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from cryotui.audit.history import History, HistoryError
from cryotui.audit.known import fits, review
from cryotui.model.finding import AuditRun
from cryotui.model.review import NOTHING, AuditReview, Known, Remembered, Waiver


def reviewed(
    run: AuditRun,
    state_folder: Path,
    waivers: Sequence[Waiver] = (),
    against: Known | None = None,
    asked: str = "cryotui audit",
    left_out: Collection[str] | None = None,
) -> tuple[AuditReview, str | None]:
    """Keep the run and compare it, with ``against`` in place of the history when that is given; ``asked`` began it.

    ``left_out`` are the ids of rules that were not asked, None when waivers that match nothing are not to be told.

    The second is why it could not be kept or its past not be read, None when it could: no finding depends on it.
    """
    history, problem, known = History(state_folder), None, NOTHING
    try:
        known = history.known(run)
        history.keep(run, known, asked)
    except HistoryError as error:
        problem = str(error)
    return review(run, against or known, waivers, date.today(), left_out), problem


def remembered(place: str, target: str, state_folder: Path, waivers: Sequence[Waiver] = ()) -> Remembered | None:
    """What the kept runs say of a database, without what is waived today; None when none is kept. Raises HistoryError."""
    found = History(state_folder).remembered(place)
    if found is None:
        return None
    holding = [waiver for waiver in waivers if waiver.expires is None or waiver.expires >= date.today()]
    waiting = tuple(one for one in found.findings if not any(fits(waiver, one, target) for waiver in holding))
    fresh = found.fresh & {one.fingerprint for one in waiting}
    return replace(found, findings=waiting, fresh=fresh, waived=len(found.findings) - len(waiting))
