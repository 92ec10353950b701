"""The thresholds that the configuration may set: what each judges, its unit, and where watch and bad begin.

The names are ``pane.column``. The panes hold the same defaults beside their columns; whoever judges the same number elsewhere
(the Overview, the search for causes) asks ``limits``. Sources: the columns of the screens, and for backups the limits that
monitoring plugins and backup tools of the field use.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from cryotui.model.pane import Mark
from cryotui.model.quantities import Unit
from cryotui.model.record import dataclass
from cryotui.model.settings import Settings

NEVER = math.inf
MB, GB = 1024.0**2, 1024.0**3
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


@dataclass(frozen=True, slots=True)
class Threshold:
    """What a threshold judges and its defaults. ``falling``: worse the lower it is, so bad lies below watch."""

    unit: Unit
    watch: float
    bad: float
    about: str
    falling: bool = False


THRESHOLDS: Mapping[str, Threshold] = {
    "activity.age": Threshold("seconds", MINUTE, 5 * MINUTE, "a session waits or is idle in a transaction for"),
    "activity.wait_age": Threshold("seconds", 10, MINUTE, "a session waits for its lock since"),
    "activity.query_age": Threshold("seconds", MINUTE, 5 * MINUTE, "an active statement runs for"),
    "activity.transaction_age": Threshold("seconds", 5 * MINUTE, 30 * MINUTE, "a transaction is open for"),
    "activity.blocks": Threshold("count", 1, 5, "sessions that one session blocks"),
    "activity.xmin_age": Threshold("count", 1e6, NEVER, "transactions that the oldest snapshot is behind"),
    "statements.share": Threshold("share", 0.4, NEVER, "part of all time that one statement takes"),
    "statements.slower": Threshold("count", 3, NEVER, "the mean time of a statement over its baseline"),
    "statements.hit": Threshold("share", 0.9, -NEVER, "shared blocks of a statement found in the cache", falling=True),
    "statements.temp_bytes": Threshold("bytes", 50 * MB, NEVER, "temporary bytes of a statement a second"),
    "tables.dead_share": Threshold("share", 0.15, 0.4, "dead rows of all rows of a table, from 10k rows on"),
    "tables.due": Threshold("count", 1, 3, "dead rows over the table's autovacuum threshold"),
    "tables.bloat": Threshold("share", 0.3, 0.6, "part of a table that a rewrite saves, from 100 MB on"),
    "tables.seq_scans": Threshold("count", 1, NEVER, "sequential scans a second of a table of 100k rows"),
    "tables.xid": Threshold("share", 0.8, NEVER, "age of a table's oldest xid against autovacuum_freeze_max_age"),
    "indexes.last_scan": Threshold("seconds", 7 * DAY, NEVER, "an index was not scanned for"),
    "indexes.bloat": Threshold("share", 0.35, 0.7, "part of an index that a rebuild saves, from 100 MB on"),
    "connections.used": Threshold("share", 0.8, 0.95, "connections of the nearest limit"),
    "connections.idle_in_transaction_age": Threshold("seconds", MINUTE, NEVER, "idle in a transaction for"),
    "connections.new": Threshold("count", 5, NEVER, "new connections a second"),
    "backups.newest": Threshold("seconds", 26 * HOUR, 36 * HOUR, "age of the newest whole backup"),
    "backups.full": Threshold("seconds", 7.5 * DAY, 14 * DAY, "age of the newest full backup"),
    "backups.proved": Threshold("seconds", 30 * DAY, 90 * DAY, "age of the last proved restore"),
    "backups.shrunk": Threshold("share", 0.3, 0.6, "the newest backup is smaller than usual by"),
    "backups.waiting": Threshold("count", 4, 10, "WAL files that wait for the archiver"),
    "backups.failing": Threshold("seconds", 2 * MINUTE, 5 * MINUTE, "the archiver fails for"),
    "backups.exposed": Threshold("seconds", 10 * MINUTE, 25 * MINUTE, "work that no archive holds yet"),
    "replication.replay_lag": Threshold("seconds", 30, 5 * MINUTE, "a standby replays behind by"),
    "replication.behind": Threshold("bytes", 256 * MB, 4 * GB, "WAL a standby has not replayed"),
    "replication.slot_used": Threshold("share", 0.5, 0.8, "WAL a slot keeps of its limit"),
    "replication.slot_inactive": Threshold("seconds", HOUR, NEVER, "a slot is not used for"),
    "replication.slot_left": Threshold(
        "seconds", 15 * MINUTE, 5 * MINUTE, "at this pace an unread slot is cut off in", falling=True
    ),
    "replication.slot_kept": Threshold("bytes", GB, 16 * GB, "WAL a slot keeps that nobody reads"),
}
"""All thresholds by name.

``slot_left`` is our choice: a quarter of an hour to find the reader, then to act. ``slot_kept`` is one, and sixteen times the
default of max_wal_size.
"""


def limits(settings: Settings, name: str) -> tuple[float, float]:
    """Where watch and bad begin: as the configuration says, else the default. Raises KeyError for an unknown name."""
    threshold = THRESHOLDS[name]
    return settings.thresholds.get(name, (threshold.watch, threshold.bad))


def judge(value: float | int | None, limits: tuple[float, float]) -> Mark | None:
    """The mark of a value that is worse the higher it is; an unknown value has none (its dash says so).

    Where the limits fall (watch above bad) a value is worse the lower it is, as for a cache hit share.
    """
    if value is None:
        return None
    watch, bad = limits
    if watch > bad:
        return "bad" if value <= bad else "watch" if value <= watch else None
    return "bad" if value >= bad else "watch" if value >= watch else None
