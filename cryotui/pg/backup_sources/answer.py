"""What a backup tool answers: JSON with an exit code that may say anything, and a list of backups in any order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from cryotui.model.backup import Backup, SourceState
from cryotui.pg.tools import Ran


class NotUnderstood(Exception):
    """The tool gave no usable answer; the sentence says why."""


def document(ran: Ran) -> Any:
    """The JSON that a tool printed, whatever its exit code: barman ends with 1 when a check failed and still answers.

    Raises NotUnderstood with the tool's own complaint when there is none.
    """
    if ran.failure:
        raise NotUnderstood(ran.failure)
    try:
        return json.loads(ran.out)
    except (ValueError, RecursionError):
        pass
    if ran.code == 0 and ran.out.strip():
        raise NotUnderstood(f"the answer of {ran.program} is no JSON")
    raise NotUnderstood(ran.complaint)


def listed(state: SourceState, backups: Iterable[Backup], kinds: Sequence[str]) -> SourceState:
    """The state with these backups, newest first, and with those of the kinds that occur in the words for its own kind."""
    ordered = sorted(backups, key=lambda one: (one.finished is not None, one.finished, one.name), reverse=True)
    there = [kind for kind in kinds if any(backup.kind == kind for backup in ordered)]
    words = " ".join([state.kind, " + ".join(there)]).strip()
    return replace(state, kind=words, backups=tuple(ordered), kept=len(ordered))
