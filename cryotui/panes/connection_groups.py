"""Connections by application, role, database, client or state, and how near each limit is; made of the sessions' rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import Any

from cryotui.model.pane import Moment
from cryotui.model.record import dataclass
from cryotui.model.sample import Row
from cryotui.panes import session_words as words
from cryotui.panes.sessions import active, client, in_transaction, sessions, waiting

NEW = 60.0
"""Seconds over which new sessions are counted: those begun since and still there."""


@dataclass
class Group:
    """Sessions of one application (or role, database, client, state) counted together."""

    name: str
    rows: list[Row] = field(default_factory=list)

    @property
    def masked(self) -> bool:
        """Whether states of some of its sessions are hidden, so that counts of states are unknown."""
        return any(row["masked"] for row in self.rows)

    def count(self, *tests: Any) -> int | None:
        """How many of its sessions fit all tests; None when states are hidden."""
        return None if self.masked else sum(1 for row in self.rows if all(test(row) for test in tests))

    @property
    def begun(self) -> int | None:
        """How many of its sessions began within ``NEW`` seconds."""
        return self.count(lambda row: (row["backend_age"] or 0) < NEW)

    def as_row(self, by: str, nearest: Limit | None, moment: Moment) -> dict[str, Any]:
        """The row of the table: counts, ages, shares."""
        begun = self.begun
        waiters = sessions(moment).graph.waiters
        idle_ages = [row["state_age"] for row in self.rows if in_transaction(row) and row["state_age"] is not None]
        return {
            "by": by,
            "name": self.name,
            "connections": len(self.rows),
            "share": len(self.rows) / nearest.limit if nearest and nearest.limit else None,
            "active": self.count(active),
            "waiting": self.count(waiting),
            "idle": self.count(lambda row: row["state"] == "idle"),
            "idle_in_transaction": self.count(in_transaction),
            "idle_in_transaction_age": max(idle_ages, default=None),
            "blocking": any(in_transaction(row) and row["pid"] in waiters for row in self.rows),
            "oldest": max((row["backend_age"] for row in self.rows if row["backend_age"] is not None), default=None),
            "new": None if begun is None else begun / NEW,
            "own": any(row["own"] for row in self.rows),
            "group": self,
        }


@dataclass(frozen=True)
class Limit:
    """A limit of connections: of the server, a database or a role, and how much of it is used."""

    kind: str
    name: str
    limit: int
    used: int
    about: str

    @property
    def share(self) -> float:
        """Used over limit; a limit of 0 is full."""
        return self.used / self.limit if self.limit else 1.0


def _state(row: Row) -> str:
    return words.state_word(row) if not row.get("own") else row.get("state") or "active"  # type: ignore[return-value]


def name_of(row: Row, by: str) -> str:
    """The group of a session: ``by`` is app, user, database, client or state."""
    if by == "app":
        return (row["app"] or "no name") if not row["masked"] else "hidden"
    if by == "state":
        return _state(row) or "-"
    return row[by] or ("hidden" if row["masked"] else "-")


def groups(moment: Moment, by: str) -> list[Group]:
    """The groups of all client sessions, our own among them: it takes a connection like any other; biggest first."""
    found: dict[str, Group] = {}
    for row in sessions(moment).rows:
        if client(row):
            name = name_of(row, by)
            found.setdefault(name, Group(name)).rows.append(row)
    return sorted(found.values(), key=lambda group: (-len(group.rows), group.name))


def limits(moment: Moment) -> list[Limit]:
    """All limits, nearest first; empty when they were not read."""
    clients = [row for row in sessions(moment).rows if client(row)]
    found: list[Limit] = []
    for row in moment.rows("limits"):
        kind, name, limit = row["kind"], row["name"], row["connection_limit"]
        if kind == "server":
            used, about = len(clients), f"{row['max_connections']} less {row['reserved']} reserved"
        elif kind == "database":
            used, about = sum(1 for one in clients if one["database"] == name), "limit of the database"
        else:
            used, about = sum(1 for one in clients if one["user"] == name), "limit of the role"
        found.append(Limit(kind, name, limit, used, about))
    return sorted(found, key=lambda one: (-one.share, one.kind != "server", one.name))


def reading(group: Group, moment: Moment, nearest: Limit | None) -> str:
    """What the numbers of one group say, with a hint at a pooler only where the sessions themselves are the evidence."""
    total = len(group.rows)
    parts = [f"{group.name}: {total} now"]
    begun = group.begun
    if begun and begun >= 3:
        parts[0] += f", {begun} of them begun in the last minute"
    idle = group.count(lambda row: row["state"] == "idle")
    if idle is None:
        return f"{parts[0]}. What they do is hidden from this role."
    idle_for = sorted(row["state_age"] for row in group.rows if row["state"] == "idle" and row["state_age"] is not None)
    busy = total - idle
    if idle >= 10 and idle >= total / 2 and idle_for:
        parts.append(f"{idle} are idle, half of them for more than {words.age(idle_for[len(idle_for) // 2])}")
        if nearest and nearest.share >= 0.5:
            parts[-1] += f": {max(busy, 1)} work at this moment, so a pooler would do with about that many"
    return ". ".join(parts) + "."


def biggest(found: Sequence[Group]) -> Group | None:
    """The group with most sessions."""
    return found[0] if found else None
