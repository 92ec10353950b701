"""A run under way: each cell tried for itself and rolled back, until all is told or the run cannot go on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import field, replace

from cryotui.jobs.role_matrix.attempt import GRACE, is_lost
from cryotui.jobs.role_matrix.catalog import KINDS, Relation, Role
from cryotui.jobs.role_matrix.reading import planned_cell, rows_there, select_cell
from cryotui.jobs.role_matrix.verdict import by_catalog, said, unchecked, why_allowed
from cryotui.jobs.role_matrix.writing import written_cell
from cryotui.model.record import dataclass
from cryotui.model.role_matrix import Answer, Cell, Command, Count, Probing, Proof
from cryotui.model.text import clean
from cryotui.pg.verbatim import Connection


class _Ended(Exception):
    """The run cannot go on: the connection is lost, or the budget used up."""


@dataclass
class Run:
    """A run under way: what it has come to know, and why it ended when it did."""

    connection: Connection
    probing: Probing
    standby: bool
    deadline: float | None
    reason: str | None = None
    _there: dict[int, Count | None] = field(default_factory=dict)
    _gone: dict[str, str] = field(default_factory=dict)
    _locked: dict[int, str] = field(default_factory=dict)

    async def cell(self, relation: Relation, role: Role, command: Command, claims: Mapping[str, object]) -> Cell:
        """One cell; a run that has ended gives ``could not check`` for all that is left."""
        if self.reason:
            return unchecked(role.name, command, f"not come to: {self.reason}")
        if role.name in self._gone:
            return unchecked(role.name, command, self._gone[role.name])
        if relation.oid in self._locked:  # each further probe would wait as long again
            return unchecked(role.name, command, self._locked[relation.oid], "55P03")
        try:
            found = await self._guarded(lambda: self._cell(relation, role, command, claims))
        except _Ended:
            return unchecked(role.name, command, f"not come to: {self.reason}")
        found = _reaching(found, relation, role)
        if found.answer is Answer.UNCHECKED and found.sqlstate in ("22023", "42704"):
            self._gone[role.name] = found.reason
        if found.answer is Answer.UNCHECKED and found.sqlstate == "55P03" and not self.probing.writes:
            self._locked[relation.oid] = found.reason  # the table's own lock: reading waits for no row
        return found

    async def counted(
        self, relation: Relation, role: Role, claims: Mapping[str, object], limit: int, where: str | None
    ) -> Cell:
        """What a role sees of a table under a condition, for a scenario."""
        if self.reason:
            return unchecked(role.name, "select", f"not come to: {self.reason}")

        async def count() -> Cell:
            there = None if where else await rows_there(self.connection, relation, limit, self.probing.seconds)
            return await select_cell(
                self.connection, relation, role, claims,
                limit=limit, seconds=self.probing.seconds, there=there, where=where,
            )  # fmt: skip

        try:
            return _reaching(await self._guarded(count), relation, role)
        except _Ended:
            return unchecked(role.name, "select", f"not come to: {self.reason}")

    async def _cell(self, relation: Relation, role: Role, command: Command, claims: Mapping[str, object]) -> Cell:
        seconds = self.probing.seconds
        if command == "select":
            if relation.oid not in self._there:
                self._there[relation.oid] = await rows_there(self.connection, relation, self.probing.limit, seconds)
            return await select_cell(
                self.connection, relation, role, claims,
                limit=self.probing.limit, seconds=seconds, there=self._there[relation.oid],
            )  # fmt: skip
        if lack := relation.lacks(role, command):
            return Cell(role.name, command, Answer.DENIED, Proof.CATALOG, lack)
        if command == "truncate" and relation.kind in ("v", "m"):
            return Cell(role.name, command, Answer.DENIED, Proof.CATALOG, f"a {KINDS[relation.kind]} takes no TRUNCATE")
        if command == "truncate":
            reason = "not tried: its lock would stop everybody; row security does not reach it"
            return Cell(role.name, command, Answer.ALLOWED, Proof.CATALOG, reason)
        if self.standby:
            found = by_catalog(relation, role, command)
            return found or unchecked(role.name, command, "a standby takes no writes: ask the primary")
        planned = await planned_cell(self.connection, relation, role, command, claims, seconds)
        if planned.answer is not Answer.ALLOWED or not self.probing.writes:
            return planned
        if relation.kind not in ("r", "p"):
            return replace(planned, reason=f"{planned.reason}; a {KINDS[relation.kind]} is not written through")
        effect = relation.effect(command)
        if effect and not self.probing.run_triggers:
            return unchecked(role.name, command, f"{clean(effect)}; the grant is there")
        written = await written_cell(self.connection, relation, role, command, claims, seconds)
        why = f"no row to try it with; {why_allowed(relation, role, command)}"
        return written or replace(planned, reason=why)

    async def _guarded(self, probe: Callable[[], Awaitable[Cell]]) -> Cell:
        if self.deadline is not None and time.monotonic() > self.deadline:
            self.reason = f"the budget of {self.probing.budget:g} s is used up"
            raise _Ended
        try:
            # a probe sends few statements; one that outlives the server's limit many times has no server any more
            async with asyncio.timeout(8 * (self.probing.seconds + GRACE)):
                return await probe()
        except Exception as error:
            if not is_lost(self.connection, error):
                raise
            self.reason = f"the connection was lost: {said(error)}"
            raise _Ended from None


def _reaching(cell: Cell, relation: Relation, role: Role) -> Cell:
    """The cell with how far row security lets the role go, where the role has the grant."""
    known = cell.answer in (Answer.ALLOWED, Answer.EMPTY)
    return replace(cell, reach=relation.reach(role, cell.command)) if known else cell
