"""What an audit is compared with when that is not its last run: a report, a kept run, another target."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from cryotui.audit import kept
from cryotui.audit.history import place
from cryotui.audit.known import of_run
from cryotui.model.errors import UsageError
from cryotui.model.finding import AuditRun
from cryotui.model.review import Known
from cryotui.model.settings import Settings
from cryotui.pg.destination import Destination, find
from cryotui.report import json


class Before:
    """From the words ``--baseline`` and ``--compare``; what is wrong with them is told before a server is asked.

    ``target`` is another target to audit first. A target of the configuration comes before a kept run of that name. Raises
    UsageError, HistoryError.
    """

    def __init__(self, args: argparse.Namespace, settings: Settings) -> None:
        if args.baseline and args.compare:
            raise UsageError("--baseline and --compare both say what was before: give one of them.")
        self.target: Destination | None = None
        self._report = _baseline(args.baseline) if args.baseline else None
        self._word: str | None = None
        self._kept = kept.KeptRuns(settings.state_folder)
        if args.compare and args.compare not in settings.targets and kept.names_a_run(args.compare):
            self._word = args.compare
            kept.find(self._kept.runs(), args.compare, None)
        elif args.compare:
            self.target = find(args.compare, settings, environ=os.environ)

    def known(self, run: AuditRun, other: AuditRun | None) -> Known | None:
        """What the run is compared with, ``other`` being the one of ``target``; None for its last run."""
        if other is not None:
            return of_run(other, other.place if other.target == run.target else other.target)
        if self._word is not None:
            here = place(run)
            found = kept.find(self._kept.runs(), self._word, here)
            return self._kept.known_by(found, here) if found else None
        return self._report


def _baseline(name: str) -> Known:
    try:
        written = Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{name} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}.") from None
    return json.known(written, name)
