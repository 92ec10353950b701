"""The archiver as one row: what waits, what fails, what would be lost now; and what runs that makes a backup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cryotui.model import units
from cryotui.model.pane import FILL, Column, Line, Mark, Moment, Table, worst
from cryotui.model.sample import Row
from cryotui.model.text import cut, fit, one_line
from cryotui.panes.backup_verdict import sources
from cryotui.panes.thresholds import judge, limit

WAITING = (4.0, 10.0)
"""WAL files that wait: dbWatch counts files so."""

FAILING = (120.0, 300.0)
"""Seconds the archiver fails for: pgmonitor's 300."""

EXPOSED = (600.0, 1500.0)
"""Seconds of work that no archive holds: twice and five times a recovery point objective of 5 minutes."""

NEW_SERVER = 600.0
"""Seconds after the start of the counters in which "never archived" is no alarm yet."""

HEADER = 40
"""Bytes of the long header of a segment's first page: written by a switch of WAL alone."""


def archiver_row(moment: Moment) -> dict[str, Any] | None:
    """Everything known of the archiver, with ``mark`` and ``verdict``; None while it was not asked."""
    row = moment.one("archiver")
    if row is None:
        return None
    ready, rates = moment.one("archive_status"), moment.rates.get("archiver")
    waiting = ready["waiting"] if ready else row["waiting_segments"]
    ready_age = ready["ready_age"] if ready else None
    found: dict[str, Any] = {
        name: row[name]
        for name in ("name", "archive_mode", "archives", "archived", "failed", "failing", "last_archived_wal",
                     "last_archived_age", "last_failed_wal", "last_failed_age", "command_set", "exposed")
    }  # fmt: skip
    found |= {
        "failed_new": rates.delta(row, "failed") if rates else None,
        "waiting": waiting,
        "estimated": ready is None,
        "waiting_bytes": ready["waiting_bytes"] if ready else _bytes(waiting, row["segment_size"]),
        "ready_age": ready_age,
        "exposed_age": _exposed_age(row, ready_age),
        "failing_age": _failing_age(row, ready_age),
        "stats_age": row["stats_age"],
    }
    return found | _verdict(found, moment)


def _bytes(waiting: int | None, segment: int) -> int | None:
    return None if waiting is None else waiting * segment


def _exposed_age(row: Row, ready_age: float | None) -> float | None:
    """Seconds of work that no archive holds: 0 when nothing was written since the newest archived segment."""
    if not row["archives"] or row["exposed"] is None:
        return None
    if row["exposed"] <= HEADER:
        return 0.0
    return ready_age if ready_age is not None else row["last_archived_age"]


def _failing_age(row: Row, ready_age: float | None) -> float | None:
    """Seconds the archiver fails for: since the oldest file waits, at most since the last success."""
    if not row["failing"]:
        return None
    known = [age for age in (ready_age, row["last_archived_age"]) if age is not None]
    return min(known) if known else row["stats_age"]


def _verdict(row: Row, moment: Moment) -> dict[str, Any]:
    if not row["archives"]:
        return _idle(row, moment)
    missing = moment.missing("archive_status")
    marks: list[Mark | None] = [
        judge(row["waiting"], limit(moment, "backups.waiting", *WAITING)),
        judge(row["failing_age"], limit(moment, "backups.failing", *FAILING)),
        judge(row["exposed_age"], limit(moment, "backups.exposed", *EXPOSED)),
        "watch" if row["failing"] else None,
        "unknown" if missing and row["waiting"] is None else None,
    ]
    parts = [_fails(row), _waits(row)]
    if not row["command_set"]:
        marks.append("bad")
        parts.insert(0, "archive_command is empty: WAL piles up and no failure is counted")
    if row["last_archived_age"] is None:
        marks.append("watch" if (row["stats_age"] or 0) < NEW_SERVER else "bad")
        since = "" if row["stats_age"] is None else f" since counting began {units.age(row['stats_age'])} ago"
        parts.append(f"nothing archived{since}")
    else:
        parts.append(f"last good {units.age(row['last_archived_age'])} ago")
    return {"mark": worst(marks), "verdict": "; ".join(part for part in parts if part)}


def _idle(row: Row, moment: Moment) -> dict[str, Any]:
    if row["archive_mode"] == "on":
        return {"mark": None, "verdict": "idle: a standby archives only with archive_mode always"}
    needing = [one_line(state.name) for state in sources(moment) or () if state.needs_wal]
    if needing:
        return {"mark": "bad", "verdict": f"archive_mode is off, and {needing[0]} needs the WAL"}
    return {"mark": None, "verdict": "archive_mode is off: no point in time, only whole backups"}


def _fails(row: Row) -> str:
    """For how long, and how often since the last look; empty when it works."""
    if not row["failing"]:
        return ""
    new = row["failed_new"]
    return f"fails for {units.age(row['failing_age'])}" + (f", {new:.0f} more just now" if new else "")


def _waits(row: Row) -> str:
    waiting = row["waiting"]
    if waiting is None:
        return "what waits is unknown"
    if not waiting:
        return "nothing waits"
    many = f"{'≈' if row['estimated'] else ''}{units.count(waiting)} {'file waits' if waiting == 1 else 'files wait'}"
    return f"{many}, {units.size(row['waiting_bytes'])}"


def below(row: Row, moment: Moment) -> Line | None:
    """The second line: what would be lost now, and the last failure."""
    if not row["archives"]:
        return None
    parts = [exposure(row)]
    if row["last_failed_age"] is not None:
        parts.append(
            f"last failure {units.age(row['last_failed_age'])} ago on {one_line(row['last_failed_wal'] or '-')}"
        )
    elif row["estimated"]:
        parts.append("pg_monitor shows what waits exactly")
    return (("   " + fit("exposed", 14) + "; ".join(parts), "quiet"),)


def exposure(row: Row) -> str:
    """What would be lost if the server were lost now, in seconds and bytes."""
    if row["exposed"] is None:
        return "unknown until a segment was archived"
    if row["exposed_age"] == 0:
        return "nothing: all WAL is in the archive"
    age = units.age(row["exposed_age"])
    return f"{units.size(row['exposed'])} of WAL is in no archive, for {age}"


def _mark(row: Row, moment: Moment) -> Mark | None:
    mark: Mark | None = row["mark"]
    return mark


_DATA = (
    "archive_mode", "archived", "failed", "failed_new", "failing", "last_archived_wal", "last_archived_age",
    "last_failed_wal", "last_failed_age", "waiting", "estimated", "waiting_bytes", "ready_age", "exposed", "exposed_age",
)  # fmt: skip

ARCHIVER_COLUMNS = (
    Column("name", "name", 13, 13, align="L", about="The archiver."),
    Column(
        "verdict", "verdict", FILL, FILL, align="L", mark=_mark,
        about="Files marked ready and not archived (pg_ls_archive_statusdir, else reckoned), the last success, failures. "
        "failed_count only ever grows: a failure later than the last success counts, not the number.",
    ),
    *(Column(name, name, 0, 0) for name in _DATA),
)  # fmt: skip


def archiver_table(moment: Moment, width: int) -> Table | None:
    """The archiver's row with its second line."""
    row = archiver_row(moment)
    if row is None:
        return None

    def second(row: Row, moment: Moment) -> Line | None:
        line = below(row, moment)
        return tuple((cut(text, width), role) for text, role in line) if line else None

    return Table("archiver", ARCHIVER_COLUMNS, [row], ("name",), main=False, below=second, heads=False)


def making(moment: Moment) -> Sequence[Row]:
    """The commands that make a backup now: base backups, and COPY of pg_dump."""
    return [
        row
        for row in moment.rows("progress")
        if row["command"] == "BASE_BACKUP" or (row["command"] == "COPY TO" and (row["app"] or "").startswith("pg_dump"))
    ]


def _what(row: Row, moment: Moment) -> str:
    return "base backup" if row["command"] == "BASE_BACKUP" else "pg_dump"


def _share(row: Row, moment: Moment) -> float | None:
    return min(row["done"] / row["total"], 1.0) if row["total"] and row["done"] is not None else None


def _step(row: Row, moment: Moment) -> str:
    if row["command"] != "BASE_BACKUP":
        return f"{row['schema']}.{row['table']}" if row["table"] else "a query"
    return row["phase"] or units.UNKNOWN


RUNNING_COLUMNS = (
    Column("what", "what", 11, 11, _what, align="L"),
    Column("pid", "pid", 7, 8),
    Column("user", "user", 12, 20, align="L", leaves=1),
    Column("query_age", "since", 6, 7, form=units.age),
    Column("bar", "", 16, 30, lambda row, moment: units.bar(_share(row, moment), 16), form=str, align="L", leaves=2),
    Column("share", "done", 5, 5, _share, form=units.whole_percent,
           about="Of this step; of a table the part of its estimated rows. What pg_dump does in all is not visible by SQL."),
    Column("step", "step", FILL, FILL, _step, align="L", about="The table that pg_dump reads now, or the phase."),
)  # fmt: skip


def running_table(moment: Moment) -> Table:
    """What makes a backup now."""
    return Table("running", RUNNING_COLUMNS, making(moment), ("pid",), main=False)
