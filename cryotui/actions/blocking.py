"""Who waits for whom, and who goes on when a session or its statement ends."""

from __future__ import annotations

from collections.abc import Mapping

from cryotui.actions.contract import Ask
from cryotui.actions.wording import counted
from cryotui.model.record import dataclass
from cryotui.model.text import one_line

SESSIONS = ("session", "sessions")

# pg_blocking_pids takes every partition of the lock table for a moment: only for sessions that wait for a lock.
_WAITING = """
SELECT w.pid, pg_blocking_pids(w.pid) AS blocked_by, left(a.query, 60) AS query, a.state
FROM (SELECT DISTINCT pid FROM pg_locks WHERE NOT granted) w LEFT JOIN pg_stat_activity a ON a.pid = w.pid
"""


@dataclass(frozen=True, slots=True)
class Waiter:
    """A session that waits for a lock. ``blocked_by`` holds pids, 0 for a prepared transaction."""

    pid: int
    blocked_by: frozenset[int]
    query: str | None

    @property
    def text(self) -> str:
        """Its pid and the first words of its statement."""
        words = " ".join(one_line(self.query or "").split(" ")[:2])
        return f"{self.pid} {words}".rstrip()


async def waiting(ask: Ask) -> dict[int, Waiter]:
    """All sessions of the server that wait for a lock, by pid."""
    rows = await ask(_WAITING)
    return {row["pid"]: Waiter(row["pid"], frozenset(row["blocked_by"] or ()), row["query"]) for row in rows}


def freed(pid: int, waiters: Mapping[int, Waiter]) -> frozenset[int]:
    """The sessions that can go on, one after the other, once ``pid`` holds and wants nothing any more.

    A session counts when everything it waits for is ``pid`` or is itself freed; one that also waits for somebody else
    does not. Cycles end.
    """
    free: set[int] = set()
    while True:
        more = {
            waiter.pid
            for waiter in waiters.values()
            if waiter.pid != pid and waiter.pid not in free and waiter.blocked_by and waiter.blocked_by <= free | {pid}
        }
        if not more:
            return frozenset(free)
        free |= more


def half_freed(pid: int, waiters: Mapping[int, Waiter]) -> frozenset[int]:
    """The sessions that wait for ``pid`` or for one it frees, and for somebody else as well."""
    free = freed(pid, waiters)
    around = free | {pid}
    return frozenset(
        waiter.pid for waiter in waiters.values() if waiter.pid not in around and waiter.blocked_by & around
    )


def frees_text(pid: int, waiters: Mapping[int, Waiter]) -> str:
    """The line of a sheet: ``23 sessions: 48390 ALTER TABLE, then 20 behind it; 48207; 48255``.

    The numbers add up: three branches are named with those who wait for them alone, all others are counted.
    """
    free = freed(pid, waiters)
    half = half_freed(pid, waiters)
    if not free and not half:
        return "nobody: no session waits for it"
    first = [waiters[one] for one in sorted(free) if waiters[one].blocked_by == {pid}]
    behind = {waiter.pid: len(freed(waiter.pid, waiters) & free) for waiter in first}
    first.sort(key=lambda waiter: -behind[waiter.pid])
    parts = [waiter.text + (f", then {behind[waiter.pid]} behind it" if behind[waiter.pid] else "") for waiter in first]
    others = len(free) - sum(1 + behind[waiter.pid] for waiter in first[:3])
    more = f"; and {others} {'other' if others == 1 else 'others'}" if others else ""
    text = f"{counted(len(free), SESSIONS)}: {'; '.join(parts[:3])}{more}" if free else "nobody at once"
    return text + (f"; {len(half)} more also {'waits' if len(half) == 1 else 'wait'} for others" if half else "")


def mildest(pid: int, waiters: Mapping[int, Waiter]) -> tuple[Waiter, int] | None:
    """The waiting session in the tree of ``pid`` whose own statement holds up the most others, and how many."""
    tree = freed(pid, waiters) | half_freed(pid, waiters)
    candidates = [(waiters[one], len(freed(one, waiters))) for one in sorted(tree)]
    best = max(candidates, key=lambda found: found[1], default=None)
    return best if best is not None and best[1] > 0 else None
