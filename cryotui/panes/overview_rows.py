"""The Overview as plain rows, for JSON, CSV and reading aloud: the verdicts, and every vital with its unit."""

from __future__ import annotations

from typing import Any

from cryotui.model import units
from cryotui.model.pane import FILL, Column, Moment, Table
from cryotui.model.sample import Row
from cryotui.panes.overview_backups import newest_backup
from cryotui.panes.vital_points import points
from cryotui.panes.vitals import causes, room

CAUSE_COLUMNS = (
    Column("name", "cause", 24, 30, align="L", about="Identifies the cause from one moment to the next."),
    Column(
        "severity", "severity", 8, 8, align="L", mark=lambda row, moment: row["severity"], about="bad, watch or info.",
    ),
    Column("sentence", "what", 40, 60, align="L", about="The thing, the number and the culprit."),
    Column("why", "why", FILL, FILL, align="L", about="The evidence."),
)  # fmt: skip
VITAL_COLUMNS = (
    Column("name", "vital", 24, 30, align="L", ascending=True, about="What is measured."),
    Column("value", "value", 16, 20, form=units.text, about="Its value; a dash for unknown."),
    Column("unit", "unit", 20, 24, align="L", about="What it is measured in."),
)
_PER_SECOND = {
    "transactions": "transactions/s", "wal": "bytes/s", "temp_files": "files/s", "temp_bytes": "bytes/s",
    "rows_read": "rows/s", "rows_written": "rows/s", "blocks_read": "blocks/s", "sessions_begun": "sessions/s",
}  # fmt: skip
_SHARES = ("cache_hit", "rolled_back")
_NUMBERS = {
    "connections": "sessions", "active": "sessions", "idle": "sessions", "idle_in_transaction": "sessions",
    "blocked": "sessions", "masked": "sessions", "oldest_transaction_age": "seconds", "oldest_transaction_pid": "pid",
    "oldest_xid_age": "transactions", "oldest_multixact_age": "multixacts", "autovacuum_workers": "workers",
    "wraparound_workers": "workers", "deadlocks": "since the reset", "replay_age": "seconds", "uptime": "seconds",
}  # fmt: skip


def cause_table(moment: Moment) -> Table:
    """The verdicts, worst first."""
    rows: list[Row] = [
        {"name": cause.name, "severity": cause.mark, "sentence": cause.sentence, "why": cause.why}
        for cause in causes(moment)
    ]
    return Table("causes", CAUSE_COLUMNS, rows, ("name",), main=False, empty="No cause was found.")


def vital_table(moment: Moment, vitals: Row) -> Table:
    """Every vital as a number with its unit; rates need two answers and are unknown after one."""
    found: list[tuple[str, Any, str]] = []
    now = points(moment)
    found += [(name, now[name], unit) for name, unit in _PER_SECOND.items()]
    found += [(name, now[name], "share") for name in _SHARES]
    found += [(name, vitals[name], unit) for name, unit in _NUMBERS.items()]
    found.append(("connection_limit", room(vitals), "sessions"))
    sizes = [row for row in moment.rows("database_size") if row["connected"]]
    found.append(("database_size", sizes[0]["size"] if sizes else None, "bytes"))
    backup = newest_backup(moment)
    found.append(("newest_backup_age", backup[1] if backup else None, "seconds"))
    found.append(("newest_backup_source", backup[0].name if backup else None, "source"))
    found.append(("proved_restore_age", None, "seconds"))
    rows: list[Row] = [{"name": name, "value": value, "unit": unit} for name, value, unit in found]
    return Table("vitals", VITAL_COLUMNS, rows, ("name",))
