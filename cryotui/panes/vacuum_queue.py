"""The tables that autovacuum will come to, each with how far it is over or under its own threshold."""

from __future__ import annotations

from cryotui.model import units
from cryotui.model.pane import FILL, Block, Column, Mark, Moment, Prose, Rule, Table
from cryotui.model.sample import Row
from cryotui.panes.absent import absent_line
from cryotui.panes.names import bare, label

SHOWN = 20


def _name(row: Row, moment: Moment) -> str:
    return f"{bare(row['toast_of'])} (toast)" if row["toast_of"] else label(row["schema"], row["table"])


def _counted(row: Row, moment: Moment) -> str:
    match row["reason"]:
        case "freeze":
            return f"{units.count(row['xid_age'])} old"
        case "inserted rows":
            return f"{units.count(row['inserted_rows'])} inserted"
        case _:
            return f"{units.count(row['dead_rows'])} dead"


def outlook(row: Row, moment: Moment) -> str:
    """When it will be vacuumed, or why not."""
    if row["reason"] == "freeze":
        return "due, to prevent wraparound; it runs where autovacuum is off too" if row["fullness"] >= 1 else "not yet"
    if not row["autovacuum_enabled"]:
        return "autovacuum is off for it"
    if row["fullness"] >= 1:
        held = f"; what died since {units.age(row['held_age'])} is held by {row['held_by']}" if row["held_by"] else ""
        return "due" + held
    counter = "dead_rows" if row["reason"] == "dead rows" else "inserted_rows"
    rates = moment.rates.get("autovacuum_queue")
    pace = rates.per_second(row, counter) if rates else None
    if not pace:
        return "not yet"
    return f"in about {units.age((row['threshold'] - row[counter]) / pace)} at this pace"


def _mark(row: Row, moment: Moment) -> Mark | None:
    if row["fullness"] < 1:
        return None
    return "watch" if not row["autovacuum_enabled"] or (row["reason"] == "freeze" and row["fullness"] >= 1.2) else None


COLUMNS = (
    Column("table", "table", 18, 34, value=_name, align="L", about="The table; (toast) is where its long values are."),
    Column(
        "fullness", "full", 5, 6, form=units.times, mark=_mark,
        about="How many times the table's own threshold for autovacuum is reached. Its storage parameters count.",
    ),
    Column("reason", "", 14, 16, value=_counted, align="L", about="What is counted against the threshold."),
    Column("outlook", "", FILL, FILL, value=outlook, align="L", about="When it will be vacuumed, as far as it is known."),
)  # fmt: skip


def queue_blocks(moment: Moment, width: int) -> list[Block]:
    """The section: title with the workers at work, then the fullest tables."""
    missing = moment.missing("autovacuum_queue")
    title = "WAITING FOR AUTOVACUUM"
    if missing and missing.kind == "standby":
        return [Rule(title), Prose(((("   autovacuum runs on the primary.", "quiet"),),))]
    if missing:
        return [Rule(title), Prose((absent_line("The queue", missing, width),))]
    if "autovacuum_queue" not in moment.samples:
        return []
    rows = moment.rows("autovacuum_queue")
    if not rows:
        text = "   none: every table of this database is under 80% of its own threshold."
        return [Rule(title), Prose((((text[:width], "quiet"),),))]
    busy, workers = rows[0]["workers_busy"], rows[0]["workers_max"]
    note = f"{workers} workers" if busy is None else f"{busy} of {workers} workers busy"
    if len(rows) > SHOWN:
        note += f", the first {SHOWN} of {len(rows) if len(rows) < 100 else '100 or more'}"
    return [Rule(title, note), Table("queue", COLUMNS, rows[:SHOWN], ("oid",), main=False, heads=False)]
