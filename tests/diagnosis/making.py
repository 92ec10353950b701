"""Moments made of rows as the probes give them, for what cannot be made happen on a test server in seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from cryotui.diagnosis import more_probes, probes
from cryotui.model.pane import Moment
from cryotui.model.rates import Rates
from cryotui.model.sample import Missing, Sample
from cryotui.model.server import Server
from cryotui.model.settings import Settings
from cryotui.probes import probe

NOW = datetime(2026, 3, 14, 3, 14, 22, tzinfo=UTC)

VITALS: dict[str, Any] = {
    "name": "server", "connections": 12, "masked": 0, "active": 2, "blocked": 0, "oldest_transaction_age": 1.0,
    "oldest_transaction_pid": 7, "oldest_transaction_state": "active", "oldest_xid_age": 212_000_000,
    "oldest_xid_database": "cryoprotect", "oldest_multixact_age": 1_200_000, "wraparound_workers": 0, "in_recovery": False,
    "replay_age": None,
}  # fmt: skip
DATABASE: dict[str, Any] = {
    "database": "cryoprotect", "checksum_failures": 0, "deadlocks": 0, "temp_bytes": 0, "rollbacks": 0, "stats_reset": None,
}  # fmt: skip
ARCHIVER: dict[str, Any] = {
    "name": "archiver", "archives": True, "failing": False, "waiting_segments": 0, "last_archived_age": 30.0,
    "last_archived_wal": "000000070000A2F000000001", "last_failed_wal": None, "last_failed_age": None, "failed": 0,
}  # fmt: skip
CHECKPOINTS: dict[str, Any] = {"name": "checkpoints", "timed": 100, "requested": 0, "stats_reset": None}
SLOT: dict[str, Any] = {
    "slot": "old_reporting", "kind": "pgoutput", "active": False, "retained": 0, "safe": None, "keep_limit": None,
    "wal_status": "reserved", "inactive_age": None,
}  # fmt: skip
STANDBY: dict[str, Any] = {
    "pid": 900, "backend_start": NOW, "app": "standby_db2", "state": "streaming", "sync": "async", "lag": 0.4,
    "behind": 3_000_000, "unsent": 0, "masked": False,
}  # fmt: skip


def session(pid: int, **fields: Any) -> dict[str, Any]:
    """A client's session that is idle, with other fields where given."""
    row: dict[str, Any] = {
        "pid": pid, "backend_start": NOW, "leader_pid": None, "database": "cryoprotect", "user": "lab_app", "app": "lab-api",
        "client": "10.0.3.11", "backend_type": "client backend", "state": "idle", "wait_type": None, "wait_event": None,
        "backend_age": 1000.0, "transaction_age": None, "query_age": 5.0, "state_age": 5.0, "wait_age": None, "xid_age": None,
        "xmin_age": None, "query": "SELECT 1", "blocked_by": None, "lock_mode": None, "lock_type": None, "lock_relation": None,
        "held_mode": None, "held_relation": None, "own": False, "masked": False,
    }  # fmt: skip
    return row | fields


def holder(pid: int | None, **fields: Any) -> dict[str, Any]:
    """Somebody who holds a snapshot, as the probe horizon tells it."""
    row: dict[str, Any] = {
        "kind": "session", "name": str(pid), "pid": pid, "backend_start": NOW, "database": "cryoprotect", "user": "lab_app",
        "app": "lab-import", "backend_type": "client backend", "state": "idle in transaction", "xmin_age": 10,
        "transaction_age": 5.0, "catalogs_only": False,
    }  # fmt: skip
    return row | fields


def due_table(name: str, **fields: Any) -> dict[str, Any]:
    """A table that autovacuum should have cleared, as the probe autovacuum_queue tells it."""
    row: dict[str, Any] = {
        "oid": 16384, "schema": "public", "table": name, "toast_of": None, "reason": "dead rows", "fullness": 2.0,
        "dead_rows": 50_000, "inserted_rows": 0, "xid_age": 10, "threshold": 25_000.0, "autovacuum_enabled": True,
        "workers_busy": 0, "workers_max": 3, "held_by": None, "held_age": None,
    }  # fmt: skip
    return row | fields


def server(**settings: str) -> Server:
    return Server(
        version="18.4", major=18, minor=4, database="cryoprotect", user="cryo_ops", superuser=True, memberships=frozenset(),
        extensions={}, settings={"max_wal_size": "1024", "work_mem": "4096", **settings}, standby=False, started_at=NOW,
        system_identifier="1", timeline=1, host="db1.lab", port=5432, pid=1,
    )  # fmt: skip


def moment(
    history: Mapping[str, Sequence[float | None]] | None = None,
    span: float = 600.0,
    settings: Mapping[str, str] | None = None,
    missing: Mapping[str, Missing] | None = None,
    before: Mapping[str, Sequence[Any]] | None = None,
    **rows: Sequence[Any],
) -> Moment:
    """A moment in which every probe has answered; what is not given is a server in good health."""
    answers: dict[str, Sequence[Any]] = {
        "vitals": [VITALS], "activity": [session(1)], "limits": [LIMIT], "horizon": [], "prepared": [], "archiver": [ARCHIVER],
        "checkpoints": [CHECKPOINTS], "replication": [], "slots": [], "databases": [DATABASE],
        "wal": [{"name": "wal", "wal_bytes": 0, "stats_reset": None}],
    } | dict(rows)  # fmt: skip
    samples = {name: Sample(name, NOW, 100.0, answers.get(name, ())) for name in (*probes(), *more_probes())}
    for name, reason in (missing or {}).items():
        samples[name] = Sample(name, NOW, 100.0, missing=reason)
    rates = {
        name: Rates(
            probe(name), Sample(name, NOW, 98.0, (before or {}).get(name, answers.get(name, ()))), samples[name]
        )
        for name in (*probes(), *more_probes())
    }
    steady: dict[str, Sequence[float | None]] = {
        "transactions": [200.0] * 30, "cache_hit": [0.99] * 30, "blocks_read": [50.0] * 30, "temp_bytes": [0.0] * 30,
        "rolled_back": [0.004] * 30, "deadlocks": [3.0] * 30, "checkpoints_forced": [1.0] * 30, "wal": [3e6] * 30,
        "sessions_begun": [0.5] * 30, "connections": [12.0] * 30,
    }  # fmt: skip
    return Moment(
        server(**(settings or {})), samples, rates, Settings(), NOW, history={**steady, **(history or {})},
        extra={"history_span": span},
    )  # fmt: skip


LIMIT: dict[str, Any] = {
    "kind": "server", "name": "server", "connection_limit": 97, "max_connections": 100, "reserved": 3,
}  # fmt: skip
