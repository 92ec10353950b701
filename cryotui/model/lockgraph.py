"""Who waits for whom: the graph behind the lock tree, what ending a session frees, and the causes of a queue.

Made of rows of the probe ``activity`` by pid. ``blocked_by`` comes from ``pg_blocking_pids``: it names who holds a
conflicting lock and who waits for one ahead in the queue. Pid 0 stands for prepared transactions, which have no session. A
graph may hold a cycle: a deadlock is there until the server finds it, after deadlock_timeout.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from functools import cached_property

from cryotui.model.sample import Row

PREPARED = 0
"""The pid that pg_blocking_pids gives for a lock held by a prepared transaction."""


class LockGraph:
    """Waiters and blockers among the rows of one sample. Every question is answered once and without recursion."""

    def __init__(self, rows: Sequence[Row]) -> None:
        """``rows`` need pid, blocked_by, wait_age, transaction_age; further fields are not looked at."""
        self.rows: Mapping[int, Row] = {row["pid"]: row for row in rows if row["pid"] is not None}
        self.blockers: dict[int, tuple[int, ...]] = {}
        self.waiters: dict[int, list[int]] = {}
        for pid, row in self.rows.items():
            named = row["blocked_by"] or ()
            known = [other for other in named if other != pid and (other in self.rows or other == PREPARED)]
            if named:
                self.blockers[pid] = tuple(dict.fromkeys(known))
            for other in self.blockers.get(pid, ()):
                self.waiters.setdefault(other, []).append(pid)

    def waits(self, pid: int) -> bool:
        """Whether the session waits for another one's lock."""
        return pid in self.blockers

    @cached_property
    def parents(self) -> dict[int, int]:
        """For each waiter the one session it stands under: the oldest of its blockers, one that runs before one that waits."""
        return {pid: min(pids, key=self._seniority) for pid, pids in self.blockers.items() if pids}

    def _seniority(self, pid: int) -> tuple[bool, float, int]:
        row = self.rows.get(pid)
        age = None if row is None else row["wait_age"] if self.waits(pid) else row["transaction_age"]
        return (self.waits(pid), -float(age or 0), pid)

    @cached_property
    def children(self) -> dict[int, list[int]]:
        """For each session those that stand under it, longest waiting first."""
        found: dict[int, list[int]] = {}
        for pid, parent in self.parents.items():
            found.setdefault(parent, []).append(pid)
        for pids in found.values():
            pids.sort(key=self._patience)
        return found

    def _patience(self, pid: int) -> tuple[float, int]:
        return (-float(self.rows[pid]["wait_age"] or 0), pid)

    @cached_property
    def roots(self) -> list[int]:
        """Where the chains begin, the one that holds up most first.

        Blockers that wait for nobody, waiters whose blocker is gone, and of a cycle its longest waiting session.
        """
        found = [pid for pid in self.waiters if not self.waits(pid)]
        found += [pid for pid, pids in self.blockers.items() if not pids]
        reached = set(found)
        for root in found:
            reached |= self.below(root)
        for pid in sorted((pid for pid in self.blockers if pid not in reached), key=self._patience):
            if pid not in reached:
                found.append(pid)
                reached |= {pid} | self.below(pid)
        return sorted(found, key=lambda pid: (-self.blocks(pid), self._seniority(pid)))

    def below(self, pid: int) -> set[int]:
        """All sessions that stand under this one in the tree, without itself."""
        return self._spread(pid, self.children)

    def behind(self, pid: int) -> set[int]:
        """All sessions that wait for this one, directly or through others."""
        return self._spread(pid, self.waiters)

    @staticmethod
    def _spread(pid: int, onward: Mapping[int, Sequence[int]]) -> set[int]:
        found: set[int] = set()
        open_ones = deque(onward.get(pid, ()))
        while open_ones:
            other = open_ones.popleft()
            if other not in found and other != pid:
                found.add(other)
                open_ones.extend(onward.get(other, ()))
        return found

    def frees(self, pid: int) -> set[int]:
        """The sessions that go on when this one ends and those it frees end too: all whose every blocker is among them."""
        if pid not in self.waiters:
            return set()
        gone = {pid}
        left = {waiter: len(pids) for waiter, pids in self.blockers.items()}
        ended = deque([pid])
        while ended:
            for waiter in self.waiters.get(ended.popleft(), ()):
                left[waiter] -= 1
                if left[waiter] == 0 and waiter not in gone:
                    gone.add(waiter)
                    ended.append(waiter)
        return gone - {pid}

    def blocks(self, pid: int) -> int:
        """How many sessions it holds up: those its end frees, at least those that stand under it.

        A session that waits for nobody and shares its lock with another frees none alone and holds up all the same.
        """
        if pid not in self.waiters:
            return 0
        held_up = len(self.behind(pid)) if not self.waits(pid) else 0
        return max(len(self.frees(pid)), len(self.below(pid)), held_up)

    @cached_property
    def chained(self) -> set[int]:
        """Every session in a chain: blockers and waiters; a prepared transaction is none."""
        return (set(self.blockers) | set(self.waiters)) - {PREPARED}
