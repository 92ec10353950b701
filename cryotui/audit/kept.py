"""The kept runs one by one: listed, and one of them as what another run is compared with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from cryotui.audit.history import History
from cryotui.model import units
from cryotui.model.errors import UsageError
from cryotui.model.finding import Severity
from cryotui.model.review import KeptRun, Known, Seen

LAST = "last"
_NUMBER = re.compile(r"#?(\d{1,9})")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?Z?)?")
_RUNS = """
SELECT r.id, r.place, r.target, r.role, r.server_version, r.started_at, r.seconds, r.complete,
       (SELECT count(*) FROM verdict v WHERE v.run = r.id),
       (SELECT count(*) FROM finding f WHERE f.run = r.id AND f.severity = 'bad'),
       (SELECT count(*) FROM finding f WHERE f.run = r.id AND f.severity = 'watch'),
       (SELECT count(*) FROM finding f WHERE f.run = r.id AND f.severity = 'info')
FROM run r ORDER BY r.started_at DESC, r.id DESC
"""
_FINDINGS = "SELECT fingerprint, rule, title, severity, kind, object, evidence, since FROM finding WHERE run = ?"


class KeptRuns(History):
    """The history run by run. Raises HistoryError."""

    def runs(self) -> tuple[KeptRun, ...]:
        """All kept runs of all databases, newest first."""
        if not self.path.exists():
            return ()
        with self._opened() as connection:
            rows = connection.execute(_RUNS).fetchall()
        return tuple(
            KeptRun(
                number,
                of,
                target,
                role,
                version,
                datetime.fromisoformat(at),
                seconds,
                bool(complete),
                rules,
                bad,
                watch,
                info,
            )
            for number, of, target, role, version, at, seconds, complete, rules, bad, watch, info in rows
        )

    def known_by(self, run: KeptRun, here: str) -> Known:
        """What one run found, to compare a run of the place ``here`` with."""
        with self._opened() as connection:
            found = connection.execute(_FINDINGS, (run.number,)).fetchall()
            looked = connection.execute("SELECT rule FROM verdict WHERE run = ? AND saw_all", (run.number,)).fetchall()
        seen = {
            row[0]: Seen(
                row[0], row[1], row[2], Severity(row[3]), row[4], row[5], row[6],
                datetime.fromisoformat(row[7]) if row[7] else None, run.started_at,
            )
            for row in found
        }  # fmt: skip
        other = run.place != here
        return Known(
            seen,
            {rule: run.started_at for (rule,) in looked},
            run.started_at,
            f"{f'{run.target}, ' if other else ''}run {run.number} of {units.clock(run.started_at, date=True)}",
            run.place.partition(" ")[2] if other else None,
            other,
        )


def names_a_run(word: str) -> bool:
    """Whether a word says which kept run: ``last``, a number, a day or a moment in UTC."""
    return word == LAST or _NUMBER.fullmatch(word) is not None or _MOMENT.fullmatch(word) is not None


def find(runs: Sequence[KeptRun], word: str, place: str | None) -> KeptRun | None:
    """The kept run that a word means; a number of any database, else of ``place``, of any while that is None.

    ``last`` is the newest, a day or a moment the newest that began until its end. Raises UsageError when there is none; of
    ``last`` it gives None then.
    """
    if number := _NUMBER.fullmatch(word):
        for run in runs:
            if run.number == int(number[1]):
                return run
        raise UsageError(f"No run {number[1]} is kept. cryotui audit --history lists the runs.")
    until = None if word == LAST else _end(word)
    for run in sorted(runs, key=lambda run: run.started_at, reverse=True):
        if (place is None or run.place == place) and (until is None or run.started_at < until):
            return run
    if word == LAST:
        return None
    raise UsageError(f"No run of this database is kept from {word} or before. cryotui audit --history lists the runs.")


def _end(word: str) -> datetime:
    match = _MOMENT.fullmatch(word)
    assert match is not None, "names_a_run has said so"
    day, minute, second = match.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{minute or '00:00'}{second or ''}").replace(tzinfo=UTC)
    except ValueError:
        raise UsageError(f"{word} is no day and no moment, such as 2027-03-31 or 2027-03-31T07:20.") from None
    return moment + (timedelta(seconds=1) if second else timedelta(minutes=1) if minute else timedelta(days=1))
