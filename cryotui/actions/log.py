"""The action log: who did what to which object, when, with which statement, and what became of it.

JSON Lines, one file a month in the state folder. Each run has records of the phases requested, started (with the backend's
pid) and one end: finished, failed, stopped, unknown or refused. Every record can be read alone.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from cryotui import __version__
from cryotui.actions import chain, logfile
from cryotui.actions.chain import Record
from cryotui.actions.contract import Past
from cryotui.actions.logfile import LogError
from cryotui.actions.operator import Operator
from cryotui.model.action import Outcome
from cryotui.model.record import dataclass
from cryotui.model.sample import forward_clock
from cryotui.model.secrets import redact
from cryotui.model.server import Server
from cryotui.model.text import clean

__all__ = ["ActionLog", "Entry", "LogError", "Phase", "Unfinished"]

Phase = Literal["requested", "started", "finished", "failed", "stopped", "unknown", "refused"]

_PHASES: Mapping[str, Phase] = {
    "verified": "finished", "no effect": "finished", "failed": "failed", "stopped": "stopped", "refused": "refused",
    "unknown": "unknown",
}  # fmt: skip

MOST_NOTICES = 100
NO_END = "No end was recorded: the console ended first. It may have gone on."


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What the records of one run have in common. ``object`` is oid and name, or pid and backend_start, as plain values."""

    action: str
    title: str
    level: str
    object: Mapping[str, Any]
    name: str
    sql: str = ""
    confirmed: str = ""
    size: int | None = None
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A run without a recorded end: its backend may still be at work."""

    id: str
    title: str
    pid: int
    backend_start: datetime
    since: datetime
    who: str
    record: Record


class ActionLog:
    """The log in one state folder, written for one target by one operator."""

    def __init__(self, folder: Path, operator: Operator, now: Callable[[], datetime] | None = None) -> None:
        self.folder = folder
        self.operator = operator
        self.session = uuid.uuid4().hex[:12]
        self._now = now or (lambda: datetime.now(UTC))
        self._target: dict[str, Any] = {}
        self._last_problem: str | None = None
        self._read: dict[Path, tuple[tuple[int, int], list[Record]]] = {}

    def aim(self, server: Server, target: str) -> None:
        """Say which target the following records are about."""
        self._target = {
            "target": target, "server_host": server.host, "port": server.port, "database": server.database,
            "role": server.user, "system_identifier": server.system_identifier, "timeline": server.timeline,
            "standby": server.standby, "pooled": server.pooled,
        }  # fmt: skip

    @property
    def last_problem(self) -> str | None:
        """Why the last attempt to write failed; None when it went well. Asks nothing of the disk."""
        return self._last_problem

    def problem(self) -> str | None:
        """Why nothing could be written now, None when it could."""
        try:
            logfile.check(self.folder, self._now())
        except LogError as error:
            self._last_problem = str(error)
        else:
            self._last_problem = None
        return self._last_problem

    def write(self, phase: Phase, entry: Entry, **more: Any) -> None:
        """Append one record and sync it to the disk. Raises LogError."""
        operator = asdict(self.operator)
        operator["process"] = operator.pop("pid")
        record = {
            "v": 1, "time": self._now().isoformat(), "monotonic": round(forward_clock(), 3), "version": __version__,
            "session": self.session, "phase": phase, "operator": self.operator.name, **operator, **self._target,
            **asdict(entry), **more,
        }  # fmt: skip
        record["sql"] = redact(entry.sql)
        record = {key: value for key, value in record.items() if value is not None}
        try:
            logfile.append(self.folder, record, self._now())
        except LogError as error:
            self._last_problem = str(error)
            raise
        self._last_problem = None

    def end(self, entry: Entry, outcome: Outcome, **more: Any) -> None:
        """Append the record of how a run ended. Raises LogError."""
        notices = [redact(notice)[:2000] for notice in outcome.notices[:MOST_NOTICES]]
        self.write(
            _PHASES[outcome.verdict],
            entry,
            verdict=outcome.verdict,
            sentence=redact(outcome.sentence),
            sqlstate=outcome.sqlstate,
            seconds=round(outcome.seconds, 3),
            notices=notices,
            details=[redact(detail) for detail in outcome.details],
            **more,
        )

    def rows(self, limit: int = 200, server: Server | None = None) -> list[dict[str, Any]]:
        """The newest runs, newest first: time, who, action, object, took, verdict, sentence, target, address, sql, id.

        With a server only those of its cluster.
        ``verdict`` is None while a run goes on, here or in another live console; "unknown" when its console is gone.
        """
        rows = []
        for record in self._newest():
            if server is None or _same_cluster(record, server):
                rows.append(self._row(record))
            if len(rows) >= limit:
                break
        return rows

    def unfinished(self, server: Server) -> list[Unfinished]:
        """Runs on this cluster that have no recorded end, or an end nobody has looked up yet; newest first."""
        found = []
        for record in self._newest():
            if not (_same_cluster(record, server) and record.get("backend_start") and self._open(record)):
                continue
            found.append(
                Unfinished(
                    record["id"],
                    clean(record["title"]),
                    record["backend_pid"],
                    datetime.fromisoformat(record["backend_start"]),
                    datetime.fromisoformat(record["time"]),
                    clean(record["operator"]),
                    record,
                )
            )
        return found

    def close(self, run: Unfinished, sentence: str) -> None:
        """Record what was found out later about a run without an end. Raises LogError."""
        names = Entry.__dataclass_fields__
        entry = Entry(**{name: run.record[name] for name in names if name in run.record})
        backend = {"backend_pid": run.pid, "backend_start": run.backend_start.isoformat()}
        self.write("unknown", entry, verdict="unknown", sentence=sentence, looked_up=True, **backend)

    def past(self, action: str, oid: int, server: Server) -> Past | None:
        """The last time this action had its effect on this object of this cluster, None when it is not recorded."""
        for record in self._newest():
            if (
                record.get("action") == action
                and record.get("verdict") == "verified"
                and record.get("object", {}).get("oid") == oid
                and record.get("database") == server.database
                and _same_cluster(record, server)
            ):
                return Past(record["seconds"], record.get("size"), datetime.fromisoformat(record["time"]))
        return None

    def verify(self) -> list[str]:
        """What is wrong with the chain of records; empty when all is as it was written."""
        return chain.problems(self.folder)

    def _newest(self) -> Iterator[Record]:
        """The last record of each run, newest first; unreadable files and lines are passed over (``verify`` names them)."""
        seen: set[str] = set()
        for path in reversed(chain.files(self.folder)):
            for record in self._records(path):
                if record["id"] not in seen:
                    seen.add(record["id"])
                    yield record

    def _records(self, path: Path) -> list[Record]:
        """The readable records of a file, newest first; read again only when the file has changed."""
        try:
            about = path.stat()
            state = (about.st_size, about.st_mtime_ns)
            if path not in self._read or self._read[path][0] != state:
                found = [one for _, one in chain.records(path.read_bytes()) if one is not None and _complete(one)]
                self._read[path] = (state, found[::-1])
        except OSError:
            return []
        return self._read[path][1]

    def _open(self, record: Record) -> bool:
        if record["phase"] == "unknown":
            return not record.get("looked_up")
        return record["phase"] == "started" and not self._alive(record)

    def _alive(self, record: Record) -> bool:
        if record.get("session") == self.session:
            return True
        if record.get("host") != self.operator.host:
            return False
        try:
            os.kill(int(record["process"]), 0)
        except (ProcessLookupError, KeyError, ValueError, OverflowError):
            return False
        except PermissionError:
            return True
        return int(record["process"]) != self.operator.pid

    def _row(self, record: Record) -> dict[str, Any]:
        verdict, sentence = record.get("verdict"), record.get("sentence", "")
        if record["phase"] in ("requested", "started"):
            alive = self._alive(record)
            verdict, sentence = (None, "under way") if alive else ("unknown", NO_END)
        return {
            "time": datetime.fromisoformat(record["time"]),
            "who": clean(record["operator"]),
            "action": clean(record["title"]),
            "object": clean(record["name"]),
            "took": record.get("seconds"),
            "verdict": verdict,
            "sentence": clean(sentence),
            "target": clean(record.get("target", "")),
            "address": _address(record),
            "level": record["level"],
            "sql": clean(record["sql"]),
            "notices": tuple(clean(notice) for notice in record.get("notices", ())),
            "id": record["id"],
        }


def _same_cluster(record: Record, server: Server) -> bool:
    """By the system identifier; where one of both does not know it, by host and port."""
    known = record.get("system_identifier")
    if known is not None and server.system_identifier is not None:
        return bool(known == server.system_identifier)
    return (record.get("server_host"), record.get("port")) == (server.host, server.port)


def _address(record: Record) -> str:
    """``db.example.org:5432``, as far as it was recorded."""
    parts = (record.get("server_host"), record.get("port"))
    return clean(":".join(str(part) for part in parts if part is not None))


def _complete(record: Record) -> bool:
    needed = ("id", "time", "phase", "operator", "title", "name", "level", "sql", "action")
    if not all(isinstance(record.get(name), str) for name in needed):
        return False
    try:
        datetime.fromisoformat(record["time"])
        datetime.fromisoformat(record.get("backend_start") or record["time"])
    except (ValueError, TypeError):
        return False
    return True
