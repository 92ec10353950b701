"""What is to be thought of a replication slot: how much it keeps of what it may, who reads it, when it is cut off.

One reckoning for the panes that list slots, the Overview and the search for causes. A row is one of the probe ``slots``.
"""

from __future__ import annotations

from cryotui.model.pane import Mark, Moment, worst
from cryotui.model.sample import Row
from cryotui.model.thresholds import judge, limits

UNREAD = 60.0
"""Seconds without a reader from which a slot is taken to have none; one that is polled is inactive in between."""

ABANDONED = 900.0
"""Seconds without a reader after which a slot that keeps more than max_wal_size is watched, at whatever pace WAL comes."""

KEPT = 16 * 2**20
"""A slot that keeps less than one WAL segment is up to date."""


def wal_rate(moment: Moment) -> float | None:
    """Bytes of WAL written a second; None when unknown, and on a standby, which writes none."""
    row, rates = moment.one("wal"), moment.rates.get("wal")
    return rates.per_second(row, "wal_bytes") if row is not None and rates and not moment.server.standby else None


def mean_wal_rate(moment: Moment) -> float | None:
    """The same, as the mean of the last minutes where they are known: what a forecast rests on has to stand still."""
    known = [rate for rate in moment.history.get("wal", ()) if rate is not None]
    return sum(known) / len(known) if known and not moment.server.standby else wal_rate(moment)


def used(row: Row) -> float | None:
    """What the slot keeps as a share of what it may keep; None without a limit."""
    if row["retained"] is None or not row["keep_limit"]:
        return None
    return float(row["retained"] / row["keep_limit"])


def unread(row: Row, moment: Moment) -> bool:
    """Whether nobody reads it for a while; before 17 nobody did in the last half minute."""
    if row["active"] or (row["inactive_age"] is not None and row["inactive_age"] < UNREAD):
        return False
    if row["inactive_age"] is not None:
        return True
    samples = (moment.extra.get("recent") or {}).get("slots", ())
    then = [sample.by(("slot",)).get(row["slot"]) for sample in samples]
    return not any(one is not None and one["active"] for one in then)


def left(row: Row, moment: Moment) -> float | None:
    """Seconds until it is cut off at the mean pace of the last minutes; None without a limit, and while it is read."""
    rate = mean_wal_rate(moment)
    if row["safe"] is None or (row["retained"] or 0) < KEPT or not rate or not unread(row, moment):
        return None
    return float(max(row["safe"], 0) / rate)


def kept_mark(row: Row, moment: Moment) -> Mark | None:
    """The mark of what it keeps: of its limit, and where nobody reads it in bytes and by how long that is so."""
    idle = row["retained"] if unread(row, moment) else None
    if (idle or 0) >= KEPT:
        longest = limits(moment.settings, "replication.slot_inactive")
        if row["wal_status"] == "extended":  # more than max_wal_size; before 17 nobody knows for how long
            longest = (min(longest[0], ABANDONED), longest[1])
            forgotten = judge(ABANDONED if row["inactive_age"] is None else row["inactive_age"], longest)
        else:
            forgotten = judge(row["inactive_age"], longest)
    else:
        forgotten = None
    return worst([
        judge(used(row), limits(moment.settings, "replication.slot_used")),
        judge(idle, limits(moment.settings, "replication.slot_kept")),
        forgotten,
    ])  # fmt: skip


def left_mark(row: Row, moment: Moment) -> Mark | None:
    """The mark of how soon it is cut off."""
    return judge(left(row, moment), limits(moment.settings, "replication.slot_left"))


def status_mark(row: Row) -> Mark | None:
    """The mark of a slot that is cut off or about to be."""
    if row["wal_status"] in ("unreserved", "lost") or row.get("conflicting") or row.get("invalidation"):
        return "bad"
    return None
