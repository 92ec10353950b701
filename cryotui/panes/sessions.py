"""What the sessions of one sample say together: the lock graph, the oldest snapshot, counts by what they do.

Worked out once per sample and kept for the newest few, so that a column may ask it for every visible row.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from functools import cached_property

from cryotui.model.lockgraph import LockGraph
from cryotui.model.pane import Moment
from cryotui.model.sample import Row

CLIENT = "client backend"
AUXILIARY = frozenset({
    "archiver", "autovacuum launcher", "background writer", "checkpointer", "io worker", "logger",
    "logical replication launcher", "slotsync worker", "startup", "walreceiver", "walsummarizer", "walwriter",
})  # fmt: skip
"""The server's own processes: they run no statement and cannot be cancelled."""


class Sessions:
    """One answer of the probe ``activity``, looked at as a whole."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows

    @cached_property
    def graph(self) -> LockGraph:
        """Who waits for whom."""
        return LockGraph(self.rows)

    @cached_property
    def by_pid(self) -> dict[int, Row]:
        """Each session's row."""
        return {row["pid"]: row for row in self.rows}

    @cached_property
    def astir(self) -> list[Row]:
        """All but the idle: who runs something, holds a transaction or a snapshot, waits, or does not tell.

        Behind a pool most sessions are idle, and no view nor mark looks for those.
        """
        return [row for row in self.rows if row["state"] != "idle"]

    @cached_property
    def people(self) -> list[Row]:
        """All but the server's own processes."""
        return [row for row in self.rows if not auxiliary(row)]

    @cached_property
    def oldest_xmin(self) -> int | None:
        """The age in transactions of the oldest snapshot or xid that a session holds; None when none holds any."""
        ages = [age for row in self.astir if not row["own"] and (age := horizon_age(row)) is not None]
        return max(ages, default=None)

    @cached_property
    def masked(self) -> int:
        """How many client sessions this role may not look at."""
        return sum(1 for row in self.people if row["masked"])

    @cached_property
    def seen(self) -> int:
        """How many sessions there are: clients, their workers and autovacuum; neither our own nor the server's processes."""
        return sum(1 for row in self.people if not row["own"])

    @property
    def looked_at(self) -> str:
        """``94 sessions looked at``."""
        return "1 session looked at" if self.seen == 1 else f"{self.seen} sessions looked at"


_recent: deque[Sessions] = deque(maxlen=4)


def sessions(moment: Moment) -> Sessions:
    """The sessions of the moment's newest sample."""
    rows = moment.rows("activity")
    for known in _recent:
        if known.rows is rows:
            return known
    made = Sessions(rows)
    _recent.appendleft(made)
    return made


def auxiliary(row: Row) -> bool:
    """Whether the row is a process of the server's own; a masked one without role or database is taken for one."""
    if row.get("masked"):
        return row.get("user") is None or row.get("database") is None
    return row.get("backend_type") in AUXILIARY


def client(row: Row) -> bool:
    """Whether the row is a client's session; a masked one with a role and a database is taken for one."""
    if row.get("masked"):
        return not auxiliary(row)
    return bool(row.get("backend_type") == CLIENT)


def active(row: Row) -> bool:
    """Whether it runs a statement, waiting for something within it or not."""
    return row.get("state") in ("active", "fastpath function call")


def in_transaction(row: Row) -> bool:
    """Whether it is idle in a transaction, an aborted one too."""
    return str(row.get("state") or "").startswith("idle in transaction")


def waiting(row: Row) -> bool:
    """Whether it waits for a lock."""
    return row.get("wait_type") == "Lock" or bool(row.get("blocked_by"))


def horizon_age(row: Row) -> int | None:
    """The age in transactions of the older of its xid and its snapshot: rows dead for less long must stay for it."""
    ages = [age for age in (row.get("xid_age"), row.get("xmin_age")) if age is not None]
    return max(ages, default=None)


def doing_age(row: Row) -> float | None:
    """For how many seconds it has done just what it does: waited, run the statement, been idle."""
    if waiting(row):
        waited: float | None = row.get("wait_age")
        return waited
    age: float | None = row.get("query_age") if active(row) else row.get("state_age")
    return age


def maintenance(row: Row) -> bool:
    """Whether what it runs is long by nature: vacuum, index builds, dumps. Their place to be watched is Progress."""
    if row.get("backend_type") not in (CLIENT, None) or row.get("app") in ("pg_dump", "pg_basebackup", "pg_dumpall"):
        return True
    words = str(row.get("query") or "").lstrip()[:24].upper()
    return words.startswith((
        "VACUUM", "ANALYZE", "CREATE INDEX", "CREATE UNIQUE INDEX", "REINDEX", "CLUSTER", "REFRESH MATERIALIZED",
    ))  # fmt: skip
