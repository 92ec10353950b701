"""What this server receives: a standby's WAL, a subscriber's changes."""

from __future__ import annotations

from cryotui.model import units
from cryotui.model.pane import FILL, Block, Column, Line, Mark, Moment, Prose, Rule, Table, worst
from cryotui.model.sample import Row
from cryotui.model.text import cut, fit, one_line
from cryotui.panes.absent import absent_line
from cryotui.panes.thresholds import judge, limit

LAG = (30.0, 300.0)
"""Seconds the replay of a standby is behind, as for those that receive from here."""

SILENT = 60.0
"""Seconds without a message (wal_receiver_timeout is 60 s) after which the sender counts as gone."""


def receiver_mark(moment: Moment) -> Mark | None:
    """The mark of what this standby receives; None on a primary."""
    row = moment.one("receiver")
    if not moment.server.standby or row is None:
        return None
    lag = judge(row["lag"], limit(moment, "replication.replay_lag", *LAG))
    paused: Mark | None = "watch" if row["pause_state"] not in (None, "not paused") else None
    silent: Mark | None = "watch" if row["message_age"] is not None and row["message_age"] > SILENT else None
    return worst([lag, paused, silent])


def receiver_blocks(moment: Moment, width: int) -> list[Block]:
    """The section of a standby: from whom it receives, how far it replayed, whether replay is paused."""
    missing = moment.missing("receiver")
    if missing:
        return [Rule("RECEIVED"), Prose((absent_line("What is received", missing, width),))]
    row = moment.one("receiver")
    if row is None:
        return []
    facts = [("from", _sender(row)), ("replay", _replay(row))]
    if row["pause_state"] not in (None, "not paused"):
        facts.append(("paused", f"replay is {row['pause_state']}: SELECT pg_wal_replay_resume(); goes on"))
    mark = receiver_mark(moment)
    sign = {"bad": "■", "watch": "▲"}.get(mark or "", " ")
    lines: list[Line] = []
    for index, (label, text) in enumerate(facts):
        lines.append((
            (f" {sign if index == 0 else ' '} ", mark if mark in ("bad", "watch") else "text"),
            (fit(label, 9), "quiet"), (cut(text, max(width - 13, 8)), "text"),
        ))  # fmt: skip
    timeline = f"timeline {row['timeline']}" if row["timeline"] else ""
    return [Rule("RECEIVED", timeline), Prose(tuple(lines), key="receiver", row=row, mark=mark)]


def receiver_line(row: Row) -> str:
    """One line about what this standby receives."""
    return f"from {_sender(row)}; replay: {_replay(row)}"


def _sender(row: Row) -> str:
    if row["masked"]:
        return "a sender that is hidden: pg_read_all_stats is needed to see it"
    if row["state"] is None:
        return "no sender: WAL comes from the archive or not at all"
    slot = f", slot {row['slot']}" if row["slot"] else ""
    message = f", last message {units.age(row['message_age'])} ago" if row["message_age"] is not None else ""
    return f"{one_line(row['host'] or '-')}:{row['port'] or '-'}, {row['state']}{slot}{message}"


def _replay(row: Row) -> str:
    if row["replayed_lsn"] is None:
        return "unknown: nothing was replayed yet"
    parts = []
    if row["lag"]:
        parts.append(f"{units.age(row['lag'])} behind")
    if row["not_replayed"]:
        parts.append(f"{units.size(row['not_replayed'])} received and not replayed")
    if not parts:
        parts.append("all that was received is replayed" if row["lag"] == 0 else "how far behind is not known")
    return ", ".join([*parts, f"at {row['replayed_lsn']}"])


# subscriptions


def _state(row: Row, moment: Moment) -> str:
    if not row["subscription_enabled"]:
        return "disabled"
    return row["kind"] or "no worker"


def _state_mark(row: Row, moment: Moment) -> Mark | None:
    return "watch" if row["subscription_enabled"] and row["pid"] is None else None


def _errors(row: Row, moment: Moment) -> int | None:
    if row["apply_errors"] is None:
        return None
    return int(row["apply_errors"] + (row["sync_errors"] or 0))


def _errors_mark(row: Row, moment: Moment) -> Mark | None:
    rates = moment.rates.get("subscriptions")
    grown = [rates.delta(row, name) for name in ("apply_errors", "sync_errors")] if rates else []
    return "bad" if any(grown) else None


COLUMNS = (
    Column("subscription", "subscription", 24, 34, align="L", ascending=True, about="Its name."),
    Column(
        "state", "state", 21, 21, _state, align="L", ascending=True, mark=_state_mark, about="What its worker does."
    ),
    Column("lag", "lag", 6, 8, form=units.age, leaves=3, about="Age of the last position reported to the publisher."),
    Column(
        "tables_syncing", "to copy", 7, 8, form=units.count, leaves=2, about="Tables whose first copy is not finished."
    ),
    Column(
        "errors",
        "errors",
        6,
        8,
        _errors,
        form=units.count,
        mark=_errors_mark,
        about="Counted since the reset, from 15 on.",
    ),
    Column("table", "", FILL, FILL, align="L", leaves=1, about="The table that is copied now."),
)


def subscriptions_mark(moment: Moment) -> Mark | None:
    """The worst mark of the subscriptions of this database."""
    rows = moment.rows("subscriptions")
    return worst([mark(row, moment) for row in rows for mark in (_state_mark, _errors_mark)])


def subscription_blocks(moment: Moment, width: int) -> list[Block]:
    """The section of logical subscriptions."""
    missing = moment.missing("subscriptions")
    if missing:
        return [Rule("SUBSCRIPTIONS"), Prose((absent_line("Subscriptions", missing, width),))]
    if "subscriptions" not in moment.samples:
        return []
    rows = moment.rows("subscriptions")
    if not rows:
        text = "   none on this database. pg_subscription is readable: this is a real none."
        return [Rule("SUBSCRIPTIONS"), Prose((((cut(text, width), "quiet"),),))]
    return [Rule("SUBSCRIPTIONS"), Table("subscriptions", COLUMNS, rows, ("subscription", "pid"), main=False)]
