"""Replication and WAL: who receives from here, what slots keep, what is written, received and subscribed to."""

from __future__ import annotations

from collections.abc import Sequence

from cryotui.model import units
from cryotui.model.pane import Block, Column, Line, Mark, Moment, Pane, Prose, Rule, Table, worst
from cryotui.model.sample import Row
from cryotui.model.tabs import tab
from cryotui.model.text import cut, fit, one_line
from cryotui.panes.absent import absent_blocks, absent_line
from cryotui.panes.receiving import (
    receiver_blocks,
    receiver_line,
    receiver_mark,
    subscription_blocks,
    subscriptions_mark,
)
from cryotui.panes.slots import reckoning, slot_line, slot_mark, slots_table
from cryotui.panes.thresholds import judge, limit
from cryotui.panes.wal import archiver_mark, wal_blocks

LAG = (30.0, 300.0)
"""Seconds a standby's replay is behind."""

BEHIND = (256 * 2.0**20, 4 * 2.0**30)
"""Bytes of WAL a standby has not replayed."""

KEY = ("pid", "backend_start")


def _state_mark(row: Row, moment: Moment) -> Mark | None:
    return "watch" if row["state"] not in (None, "streaming", "backup") else None


def _lag_mark(row: Row, moment: Moment) -> Mark | None:
    return judge(row["lag"], limit(moment, "replication.replay_lag", *LAG))


def _behind_mark(row: Row, moment: Moment) -> Mark | None:
    return judge(row["behind"], limit(moment, "replication.behind", *BEHIND))


def _lag(seconds: float | None) -> str:
    return "0" if seconds == 0 else units.age(seconds)


def _app(row: Row, moment: Moment) -> str:
    return row["app"] or ("(hidden)" if row["masked"] else units.UNKNOWN)


_LAG_NOTE = "0 where all WAL there is has arrived; - where the receiver does not report, as base backups do not."

COLUMNS = (
    Column("app", "app", 14, 24, _app, align="L", ascending=True, about="application_name of the receiver."),
    Column("client", "client", 12, 16, align="L", leaves=1, ascending=True, about="Its address."),
    Column(
        "state", "state", 10, 12, align="L", leaves=3, ascending=True, mark=_state_mark,
        about="streaming: it keeps up; catchup: it was behind and reads old WAL; startup, backup, stopping.",
    ),
    Column("sync", "sync", 5, 9, align="L", leaves=2, ascending=True, about="Whether commits wait for it."),
    Column("write_lag", "write", 6, 8, form=_lag, leaves=4, about=f"Until WAL was written there. {_LAG_NOTE}"),
    Column("flush_lag", "flush", 6, 8, form=_lag, leaves=4, about=f"Until WAL was safe on its disk. {_LAG_NOTE}"),
    Column(
        "lag", "replay", 6, 8, form=_lag, leaves=4, mark=_lag_mark,
        about=f"Until a transaction was visible there. {_LAG_NOTE}",
    ),
    Column(
        "behind", "behind", 7, 8, form=units.size, mark=_behind_mark, about="WAL written here and not replayed there.",
    ),
)  # fmt: skip


def blocks(moment: Moment, width: int) -> Sequence[Block]:
    """The pane's body: sections one below the other."""
    found: list[Block] = []
    if moment.server.standby:
        found += receiver_blocks(moment, width)
    return [
        *found,
        *_standbys(moment, width),
        *_slots(moment, width),
        *wal_blocks(moment, width),
        *subscription_blocks(moment, width),
    ]


def none(text: str, width: int) -> Prose:
    """A true none: what was looked at and that it could be read."""
    return Prose((((cut("   " + text, width), "quiet"),),))


def _standbys(moment: Moment, width: int) -> list[Block]:
    missing = moment.missing("replication")
    if missing:
        return absent_blocks("Standbys", missing, width)
    rows = moment.rows("replication")
    timeline = moment.server.timeline
    where = "sent from here" + (f", timeline {timeline}" if timeline is not None else "")
    empty = "none: pg_stat_replication is readable, nobody receives WAL from here."
    if "replication" not in moment.samples:
        empty = "No answer yet; it comes with the first sample."
    found: list[Block] = [
        Rule("STANDBYS", where if rows else ""),
        Table("standbys", COLUMNS, rows, KEY, empty=cut(empty, width - 3)),
    ]
    masked = sum(1 for row in rows if row["masked"])
    if masked:
        text = f" ? State and lag of {masked} are hidden: {moment.server.user} lacks pg_read_all_stats."
        found.append(Prose((((cut(text, width), "quiet"),),)))
    return found


def _slots(moment: Moment, width: int) -> list[Block]:
    missing = moment.missing("slots")
    if missing:
        return [Rule("SLOTS"), Prose((absent_line("Slots", missing, width),))]
    if "slots" not in moment.samples:
        return []
    rows = moment.rows("slots")
    if not rows:
        return [Rule("SLOTS"), none("none: pg_replication_slots is readable, this is a real none.", width)]
    keep = rows[0]["keep_limit"]
    note = f"kept WAL of max_slot_wal_keep_size {units.size(keep)}" if keep else "max_slot_wal_keep_size sets no limit"
    line = reckoning(moment)
    return [Rule("SLOTS", note), slots_table(moment, width), *([Prose((_cut(line, width),))] if line else [])]


def _cut(line: Line, width: int) -> Line:
    return tuple((cut(text, width), role) for text, role in line)


def _standby_line(row: Row, moment: Moment) -> str:
    if row["masked"]:
        return f"pid {row['pid']}: its state is hidden, {moment.server.user} lacks pg_read_all_stats"
    parts = [f"{one_line(row['app'] or str(row['pid']))} replay {_lag(row['lag'])}"]
    if row["slot"]:
        parts.append(f"slot {row['slot']}")
    if row["xmin_age"] is None:
        parts.append("it holds no dead rows here")
    else:
        parts.append(f"hot_standby_feedback holds dead rows of the last {units.count(row['xmin_age'])} transactions")
    if row["reply_age"] is not None and row["reply_age"] > 60:
        parts.append(f"last reply {units.age(row['reply_age'])} ago")
    return "; ".join(parts)


def _line(row: Row, moment: Moment) -> str:
    names = set(row.keys())  # a driver's keys() can be gone through once only
    if "wal_status" in names:
        return slot_line(row)
    if "pause_state" in names:
        return receiver_line(row)
    if "tables_syncing" in names:
        return one_line(f"subscription {row['subscription']}: {row['kind'] or 'no worker runs'}")
    return _standby_line(row, moment)


def _detail(row: Row, moment: Moment, width: int) -> Sequence[Block]:
    times = ("lag", "write_lag", "flush_lag")
    lines: list[Line] = []
    for name in row.keys():  # noqa: SIM118  a driver's row is no mapping
        value = row[name]
        if value is None:
            continue
        if (name.endswith("_age") and name not in ("xmin_age", "catalog_xmin_age")) or name in times:
            text = _lag(value)
        elif name in ("behind", "unsent", "retained", "unconfirmed", "safe", "keep_limit"):
            text = f"{units.size(value)} ({value:,} bytes)"
        else:
            text = units.text(value)
        lines.append((("   " + fit(name, 18), "quiet"), (cut(one_line(text), max(width - 22, 8)), "text")))
    return [Prose(tuple(lines))]


def _worst(moment: Moment) -> Mark | None:
    marks: list[Mark | None] = [slot_mark(row, moment) for row in moment.rows("slots")]
    for row in moment.rows("replication"):
        marks += [_state_mark(row, moment), _lag_mark(row, moment), _behind_mark(row, moment)]
    if moment.missing("replication") or moment.missing("slots"):
        marks.append("unknown")
    return worst([*marks, receiver_mark(moment), subscriptions_mark(moment), archiver_mark(moment)])


def _footnote(moment: Moment) -> str:
    rows = moment.rows("slots")
    return slot_line(rows[0]) if rows else "Nobody receives WAL from here and no slot keeps any."


PANE = Pane(
    tab=tab("replication"),
    about="Who receives WAL from here and how far behind, which WAL slots keep and how long they can, what is written, and on "
    "a standby or subscriber what is received. A true none is told apart from what cannot be read.",
    probes=(
        "replication",
        "slots",
        "wal",
        "checkpoints",
        "archiver",
        "receiver",
        "subscriptions",
        "wal_directory",
    ),
    blocks=blocks,
    sort="behind",
    line=_line,
    detail=_detail,
    worst=_worst,
    footnote=_footnote,
)
