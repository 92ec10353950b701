"""Table locks: which modes conflict, and who holds or waits for one that conflicts with an action's own.

Source of the conflicts: PostgreSQL documentation, "Explicit Locking", table of conflicting lock modes.
"""

from __future__ import annotations

import re

from cryotui.actions.contract import Ask
from cryotui.model import units
from cryotui.model.action import Fact
from cryotui.model.record import dataclass
from cryotui.model.text import one_line

SHARE_UPDATE_EXCLUSIVE = "ShareUpdateExclusiveLock"
ACCESS_EXCLUSIVE = "AccessExclusiveLock"

_MODES = (
    "AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock", "ShareLock",
    "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock",
)  # fmt: skip
_CONFLICTS = {  # PostgreSQL's documentation, table 13.2
    "AccessShareLock": frozenset(_MODES[7:]),
    "RowShareLock": frozenset(_MODES[6:]),
    "RowExclusiveLock": frozenset(_MODES[4:]),
    SHARE_UPDATE_EXCLUSIVE: frozenset(_MODES[3:]),
    "ShareLock": frozenset((*_MODES[2:4], *_MODES[5:])),
    "ShareRowExclusiveLock": frozenset(_MODES[2:]),
    "ExclusiveLock": frozenset(_MODES[1:]),
    ACCESS_EXCLUSIVE: frozenset(_MODES),
}
_NAMED = re.compile(
    r"\b(ACCESS SHARE|ROW SHARE|ROW EXCLUSIVE|SHARE UPDATE EXCLUSIVE|SHARE ROW EXCLUSIVE|SHARE|ACCESS EXCLUSIVE|EXCLUSIVE)\b"
)
_SHORT = dict(
    zip(_MODES, ("AccShr", "RowShr", "RowExcl", "ShrUpdExcl", "Share", "ShrRowExcl", "Excl", "AccExcl"), strict=True)
)

_HOLDERS = """
SELECT l.pid, l.mode, l.granted, coalesce(nullif(a.application_name, ''), a.backend_type, a.usename::text) AS app,
       extract(epoch FROM clock_timestamp() - coalesce(l.waitstart, a.xact_start, a.query_start))::float8 AS age
FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND l.relation = $1 AND l.pid IS DISTINCT FROM pg_backend_pid()
ORDER BY l.granted DESC, age DESC NULLS LAST
"""

_HELD_BY = """
SELECT l.mode, coalesce(c.relname::text, 'relation ' || l.relation) AS name
FROM pg_locks l LEFT JOIN pg_class c
  ON c.oid = l.relation AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
WHERE l.pid = $1 AND l.granted AND l.locktype = 'relation' AND coalesce(c.relkind, 'r') IN ('r', 'p', 'm', 'v', 'f')
  AND coalesce(c.oid, 99999) >= 16384
"""  # the catalogs (oid under 16384) are read by everybody and tell nothing


@dataclass(frozen=True, slots=True)
class Holder:
    """A session with a lock on the relation, held or waited for, that conflicts with the action's."""

    pid: int | None
    app: str
    mode: str
    granted: bool
    age: float | None

    @property
    def text(self) -> str:
        """As sheets list it: ``47712 pg_dump AccShr 41m``."""
        who = "a prepared transaction" if not self.pid else f"{self.pid} {one_line(self.app)}"
        return f"{who} {_SHORT.get(self.mode, self.mode)} {units.age(self.age)}"


def strongest(text: str) -> str | None:
    """The strongest mode that a text names by its SQL name (``ACCESS EXCLUSIVE``), None when it names none."""
    named = [name.title().replace(" ", "") + "Lock" for name in _NAMED.findall(text)]
    return max(named, key=_MODES.index, default=None)


async def conflicting(ask: Ask, oid: int, mode: str) -> list[Holder]:
    """Who holds or waits for a lock on the relation that conflicts with ``mode``; holders first, oldest first."""
    rows = await ask(_HOLDERS, oid)
    return [
        Holder(row["pid"], row["app"] or "-", row["mode"], row["granted"], row["age"])
        for row in rows
        if row["mode"] in _CONFLICTS[mode]
    ]


def in_use(holders: list[Holder]) -> Fact:
    """The line of the sheet about them."""
    if not holders:
        return Fact("in use", "nobody holds or waits for a lock that conflicts")
    held = [holder.text for holder in holders if holder.granted]
    waited = [holder.text for holder in holders if not holder.granted]
    parts = []
    if held:
        parts.append(f"{len(held)} hold{'s' if len(held) == 1 else ''} it now: {'; '.join(held[:3])}")
    if waited:
        parts.append(f"{len(waited)} wait{'s' if len(waited) == 1 else ''} for it: {'; '.join(waited[:3])}")
    return Fact("in use", ", ".join(parts), "watch")


async def held_by(ask: Ask, pid: int) -> list[str]:
    """The table locks a session holds, strongest first: ``RowExcl molecules``."""
    rows = sorted(await ask(_HELD_BY, pid), key=lambda row: (-_MODES.index(row["mode"]), row["name"]))
    strongest: dict[str, str] = {}
    for row in rows:
        strongest.setdefault(row["name"], f"{_SHORT[row['mode']]} {one_line(row['name'])}")
    return list(strongest.values())
