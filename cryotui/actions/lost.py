"""Runs that lost their console or their connection: is their backend still at work?"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from cryotui.actions.contract import Ask
from cryotui.actions.log import ActionLog, LogError, Unfinished
from cryotui.actions.wording import clock

_STILL_THERE = "SELECT state FROM pg_stat_activity WHERE pid = $1 AND backend_start = $2"


async def look_up(ask: Ask, log: ActionLog, runs: Sequence[Unfinished]) -> list[tuple[Unfinished, bool]]:
    """Each run with whether it is still at work; one that is not is recorded as looked up and not found again."""
    answers = []
    for run in runs:
        at_work = any(row["state"] != "idle" for row in await ask(_STILL_THERE, run.pid, run.backend_start))
        answers.append((run, at_work))
        if not at_work:
            begun = clock(run.since)
            sentence = f"{run.title} no longer runs (begun {begun}); how it ended is not known. Look at the object."
            with contextlib.suppress(LogError):
                log.close(run, sentence)
    return answers
