"""Audit runs kept in one SQLite file of the state folder: verdicts by rule and findings, never a row's values.

A run that cannot be kept is no failed run: whoever audits says the reason and goes on. The same database is known by its
cluster's system identifier and its name, so that an alias, an address or a failover do not begin its history anew.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cryotui.audit.known import saw_all
from cryotui.model.errors import CryotuiError
from cryotui.model.finding import AuditRun, Severity
from cryotui.model.folders import AUDITS
from cryotui.model.review import NOTHING, Known, Remembered, Seen

if TYPE_CHECKING:
    import sqlite3

RUNS_KEPT = 400
"""Runs kept of one database: a year of daily ones."""

WAIT = 5.0
"""Seconds another console's or job's write is waited for."""

VERSION = 1
_TABLES = """
CREATE TABLE run (id INTEGER PRIMARY KEY, place TEXT NOT NULL, target TEXT NOT NULL, role TEXT NOT NULL,
                  server_version TEXT NOT NULL, started_at TEXT NOT NULL, seconds REAL NOT NULL, complete INTEGER NOT NULL,
                  asked TEXT);
CREATE INDEX run_of_place ON run (place, started_at);
CREATE TABLE verdict (run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, rule TEXT NOT NULL,
                      saw_all INTEGER NOT NULL, PRIMARY KEY (run, rule)) WITHOUT ROWID;
CREATE TABLE finding (run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, fingerprint TEXT NOT NULL, rule TEXT NOT NULL,
                      title TEXT NOT NULL, severity TEXT NOT NULL, kind TEXT NOT NULL, object TEXT NOT NULL,
                      evidence TEXT NOT NULL, since TEXT, PRIMARY KEY (run, fingerprint)) WITHOUT ROWID;
"""
_LOOKED = """
SELECT v.rule, max(r.started_at) FROM verdict v JOIN run r ON r.id = v.run
WHERE r.place = ? AND v.saw_all GROUP BY v.rule
"""
_LAST = """
SELECT f.fingerprint, f.rule, f.title, f.severity, f.kind, f.object, f.evidence, f.since, r.started_at
FROM finding f
JOIN run r ON r.id = f.run
JOIN (SELECT v.rule, max(v.run) AS run FROM verdict v JOIN run r ON r.id = v.run WHERE r.place = ? GROUP BY v.rule) AS last
  ON last.rule = f.rule AND last.run = f.run
"""
_NEWEST = "SELECT started_at, role, asked FROM run WHERE place = ? ORDER BY started_at DESC LIMIT 1"
_BEFORE = "SELECT max(started_at) FROM run WHERE place = ? AND started_at < ?"
_NEWER = """
SELECT f.fingerprint FROM finding f JOIN run r ON r.id = f.run
WHERE r.place = ?1 AND f.since = r.started_at
  AND EXISTS (SELECT 1 FROM verdict v JOIN run b ON b.id = v.run
              WHERE b.place = ?1 AND v.rule = f.rule AND v.saw_all AND b.started_at < r.started_at)
"""
_RULES = "SELECT count(DISTINCT v.rule) FROM verdict v JOIN run r ON r.id = v.run WHERE r.place = ?"


class HistoryError(CryotuiError):
    """The history cannot be read or written; the sentence says why. No finding is lost by it, only its past."""


def place(run: AuditRun) -> str:
    """Which database a run was of."""
    return place_of(run.system_identifier, run.target, run.database)


def place_of(system_identifier: str | None, target: str, database: str) -> str:
    """The name a database has in the history."""
    return f"{system_identifier or target} {database}"


class History:
    """The history in a state folder. Every method opens the file, and closes it. Raises HistoryError."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / AUDITS

    def known(self, run: AuditRun) -> Known:
        """What was known of the run's database before it; nothing when there is no history yet."""
        if not self.path.exists():
            return NOTHING
        with self._opened() as connection:
            looked = {rule: _moment(at) for rule, at in connection.execute(_LOOKED, (place(run),))}
            seen = _last_seen(connection, place(run))
            before = connection.execute("SELECT max(started_at) FROM run WHERE place = ?", (place(run),)).fetchone()[0]
        return Known(seen, looked, _moment(before) if before else None)

    def remembered(self, of: str) -> Remembered | None:
        """What the kept runs of a place say, waived or not; None when there is none."""
        if not self.path.exists():
            return None
        with self._opened() as connection:
            newest, role, asked = connection.execute(_NEWEST, (of,)).fetchone() or (None, None, None)
            if newest is None:
                return None
            seen = _last_seen(connection, of)
            compared = {mark for (mark,) in connection.execute(_NEWER, (of,)) if mark in seen}
            fresh = frozenset(mark for mark in compared if seen[mark].since == seen[mark].last_seen)
            first_new = min((seen[mark].last_seen for mark in fresh), default=_moment(newest))
            before = connection.execute(_BEFORE, (of, _text(first_new))).fetchone()[0]
            rules = connection.execute(_RULES, (of,)).fetchone()[0]
        ordered = sorted(seen.values(), key=lambda one: (one.severity.rank, one.rule, one.object))
        return Remembered(
            _moment(newest), _moment(before) if before else None, rules, tuple(ordered), fresh, 0, role, asked
        )

    def keep(self, run: AuditRun, known: Known, asked: str | None = None) -> None:
        """Add a run; ``known`` is what was known before it, ``asked`` what began it.

        A finding that a rule could not look for again stays known.
        """
        with self._opened() as connection, connection:
            cursor = connection.execute(
                "INSERT INTO run (place, target, role, server_version, started_at, seconds, complete, asked)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    place(run),
                    run.target,
                    run.role,
                    run.server_version,
                    _text(run.started_at),
                    run.seconds,
                    run.complete,
                    asked,
                ),
            )
            number = cursor.lastrowid
            looked = [result for result in run.results if saw_all(result) or result.findings]
            connection.executemany(
                "INSERT INTO verdict (run, rule, saw_all) VALUES (?, ?, ?)",
                [(number, result.rule, saw_all(result)) for result in looked],
            )
            rows = {}
            for found in run.counted:
                before = known.findings.get(found.fingerprint)
                since = before.since if before else run.started_at
                rows[found.fingerprint] = (
                    number, found.fingerprint, found.rule, run.rule(found.rule).title, found.severity.value, found.kind,
                    found.object, found.evidence, _text(since) if since else None,
                )  # fmt: skip
            partly = {result.rule for result in looked if not saw_all(result)}
            for seen in known.findings.values():
                if seen.rule in partly and seen.fingerprint not in rows:
                    rows[seen.fingerprint] = (
                        number, seen.fingerprint, seen.rule, seen.title, seen.severity.value, seen.kind, seen.object,
                        seen.evidence, _text(seen.since) if seen.since else None,
                    )  # fmt: skip
            connection.executemany("INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", list(rows.values()))
            connection.execute(
                "DELETE FROM run WHERE place = ?1 AND id NOT IN"
                " (SELECT id FROM run WHERE place = ?1 ORDER BY started_at DESC LIMIT ?2)",
                (place(run), RUNS_KEPT),
            )

    @contextlib.contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        import sqlite3  # two megabytes that a console whose database was never audited does without

        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # made private before SQLite writes anything into it
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600))
            connection = sqlite3.connect(self.path, timeout=WAIT)
        except (OSError, sqlite3.Error) as error:
            raise HistoryError(f"{self.path} cannot be opened: {_reason(error)}.") from None
        try:
            connection.execute("PRAGMA foreign_keys = on")
            with connection:
                self._prepare(connection)
            yield connection
        except sqlite3.Error as error:
            raise HistoryError(f"{self.path} cannot be used: {_reason(error)}.") from None
        finally:
            connection.close()

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise HistoryError(f"{self.path} was written by a newer cryotui.")
        if version == 0:
            for statement in _TABLES.split(";\n"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")
        elif "asked" not in {column[1] for column in connection.execute("PRAGMA table_info(run)")}:
            connection.execute("ALTER TABLE run ADD COLUMN asked TEXT")


def _last_seen(connection: sqlite3.Connection, of: str) -> dict[str, Seen]:
    """The findings of each rule's last run, by fingerprint."""
    return {
        row[0]: Seen(
            row[0], row[1], row[2], Severity(row[3]), row[4], row[5], row[6], _moment(row[7]) if row[7] else None,
            _moment(row[8]),
        )
        for row in connection.execute(_LAST, (of,))
    }  # fmt: skip


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _text(moment: datetime) -> str:
    """In UTC and with all its digits, so that the order of the texts is that of the moments."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _reason(error: Exception) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)
