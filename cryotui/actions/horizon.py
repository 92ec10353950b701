"""What keeps old row versions and old snapshots alive: it decides what VACUUM can remove and how long REINDEX waits."""

from __future__ import annotations

from cryotui.actions.contract import Ask
from cryotui.model import units
from cryotui.model.record import dataclass
from cryotui.model.text import one_line

OLD_SECONDS = 5.0
"""A snapshot younger than this is ordinary work."""

# An idle READ COMMITTED writer has a transaction id and no snapshot; it counts as much. The snapshot of a VACUUM does not.
_OLDEST = """
SELECT who, age, seconds FROM (
  SELECT a.pid || ' ' || coalesce(nullif(a.application_name, ''), a.backend_type, '') AS who,
         greatest(age(a.backend_xid), age(a.backend_xmin)) AS age,
         extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS seconds
  FROM pg_stat_activity a
  WHERE (a.backend_xid IS NOT NULL OR a.backend_xmin IS NOT NULL) AND a.pid <> pg_backend_pid()
    AND NOT EXISTS (SELECT FROM pg_stat_progress_vacuum v WHERE v.pid = a.pid)
    AND (a.datname = current_database() OR a.backend_type = 'walsender')
  UNION ALL
  SELECT 'replication slot ' || s.slot_name, age(s.xmin), NULL FROM pg_replication_slots s WHERE s.xmin IS NOT NULL
  UNION ALL
  SELECT 'prepared transaction ' || p.gid, age(p.transaction), extract(epoch FROM clock_timestamp() - p.prepared)::float8
  FROM pg_prepared_xacts p WHERE p.database = current_database()
) holders ORDER BY age DESC LIMIT 1
"""

_SNAPSHOTS = """
SELECT a.pid, coalesce(nullif(a.application_name, ''), a.backend_type, '') AS app,
       extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS age
FROM pg_stat_activity a
WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.xact_start IS NOT NULL
  AND (a.backend_xmin IS NOT NULL OR a.backend_xid IS NOT NULL)
ORDER BY a.xact_start LIMIT 3
"""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the xmin horizon, as a sentence without its end; ``seconds`` None: how long is not known."""

    text: str
    seconds: float | None


async def oldest(ask: Ask, at_least: float | None = None) -> Holder | None:
    """Who holds the oldest xid or xmin of this database for at least so many seconds; None when nobody does.

    Without ``at_least``: longer than ordinary work (OLD_SECONDS).
    """
    at_least = OLD_SECONDS if at_least is None else at_least
    rows = await ask(_OLDEST)
    if not rows or (rows[0]["seconds"] is not None and rows[0]["seconds"] < at_least):
        return None
    first = rows[0]
    since = f" for {units.age(first['seconds'])}" if first["seconds"] is not None else ""
    return Holder(f"{one_line(first['who'])} holds the xmin horizon{since}", first["seconds"])


async def snapshots(ask: Ask) -> list[str]:
    """The oldest transactions of this database that a concurrent rebuild has to wait for: ``47712 pg_dump 41m``."""
    return [f"{row['pid']} {one_line(row['app'])} {units.age(row['age'])}" for row in await ask(_SNAPSHOTS)]
