"""A run becomes a review: it is kept, compared with what was known before, and what is waived is told apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from cryotui.audit.history import History, HistoryError
from cryotui.audit.known import review
from cryotui.model.finding import AuditRun
from cryotui.model.review import NOTHING, AuditReview, Known, Waiver


def reviewed(
    run: AuditRun, state_folder: Path, waivers: Sequence[Waiver] = (), against: Known | None = None
) -> tuple[AuditReview, str | None]:
    """Keep the run and compare it, with ``against`` in place of the history when that is given.

    The second is why it could not be kept or its past not be read, None when it could: no finding depends on it.
    """
    history, problem, known = History(state_folder), None, NOTHING
    try:
        known = history.known(run)
        history.keep(run, known)
    except HistoryError as error:
        problem = str(error)
    return review(run, against or known, waivers, date.today()), problem
