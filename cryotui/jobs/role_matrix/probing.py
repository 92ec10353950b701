"""One run of the role probes: tables × roles × commands, then scenarios, each probe for itself and rolled back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from cryotui.jobs.role_matrix.access import access_of
from cryotui.jobs.role_matrix.attempt import GRACE, Attempt, Guise, is_lost
from cryotui.jobs.role_matrix.catalog import KINDS, SCHEMAS, SERVER, Relation, Role, relations, roles_named
from cryotui.jobs.role_matrix.connection import Connection
from cryotui.jobs.role_matrix.judging import judged
from cryotui.jobs.role_matrix.reading import planned_cell, rows_there, select_cell, without_policy
from cryotui.jobs.role_matrix.scope import chosen_roles, gaps_of, schemas_of, wanted_roles
from cryotui.jobs.role_matrix.verdict import said, unchecked, why_allowed
from cryotui.jobs.role_matrix.writing import written_cell
from cryotui.model.errors import ConnectError, CryotuiError
from cryotui.model.role_matrix import (
    API_ROLES,
    LIMIT,
    Answer,
    Cell,
    Command,
    Count,
    Probing,
    Proof,
    RoleAccess,
    RoleMatrix,
    Scenario,
    ScenarioResult,
    TableRights,
)
from cryotui.model.text import clean

OnProgress = Callable[[int, int, str], None]
"""Called with the probes done, all of them, and the table at hand; with an empty name at the end."""

_CATALOG_SECONDS = 20.0
_ALL: tuple[Command, ...] = ("select", "insert", "update", "delete", "truncate")


class _Ended(Exception):
    """The run cannot go on: the connection is lost, or the budget used up."""


@dataclass
class _Run:
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
            return await self._guarded(count)
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
            found = without_policy(relation, role, command)
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


async def probe(
    connection: Connection, probing: Probing, target: str = "", on_progress: OnProgress | None = None
) -> RoleMatrix:
    """Probe what ``probing`` asks for, on an open connection, if need be inside the caller's transaction.

    Nothing is committed and every probe is rolled back. A connection that is lost and a budget that is used up end the
    run early: what was not come to is ``could not check``. Needs the right to SET ROLE to the roles probed; rows past the
    policies are counted only where the connecting role may. Raises ConnectError or CryotuiError when not even the catalog
    can be read.
    """
    started, begun = datetime.now(UTC), time.monotonic()
    with _in_words(connection):
        async with _catalog(connection) as inside:
            facts = (await inside.fetch(SERVER))[0]
            roles = await roles_named(inside, wanted_roles(probing))
            schemas, source = schemas_of(probing, facts)
            known = {row["name"] for row in await inside.fetch(SCHEMAS, schemas)}
            found = await relations(inside, schemas, probing.tables, roles) if probing.matrix else []
            access = await access_of(inside, roles, facts["major"])
            scenes = await _scene(inside, probing, schemas)
    gaps = gaps_of(probing, roles, schemas, known, found)
    run = _Run(connection, probing, facts["standby"], None if probing.budget is None else begun + probing.budget)
    chosen = chosen_roles(probing, roles)
    steps = len(found) * len(chosen) * len(probing.commands) + len(probing.scenarios)
    done = 0
    tables = []
    for relation in found:
        if on_progress:
            on_progress(done, steps, f"{clean(relation.schema)}.{clean(relation.name)}")
        tables.append(await _rights(run, relation, chosen, probing.commands, probing.claims))
        done += len(chosen) * len(probing.commands)
    results = []
    for scenario in probing.scenarios:
        if on_progress:
            on_progress(done, steps, clean(scenario.name))
        results.append(await _scenario(run, scenario, roles, scenes))
        done += 1
    if on_progress:
        on_progress(steps, steps, "")
    return RoleMatrix(
        target=target or facts["database"],
        database=facts["database"],
        server_version=facts["version"].split(" ")[0],
        role=facts["role"],
        started_at=started,
        seconds=time.monotonic() - begun,
        probing=probing,
        roles=tuple(role.name for role in chosen),
        schemas=tuple(schemas),
        schemas_from=source,
        tables=tuple(tables),
        access=_of(access, chosen),
        scenarios=tuple(results),
        gaps=gaps,
        reason=run.reason,
    )


async def matrix_for_table(
    connection: Connection,
    schema: str,
    table: str,
    *,
    roles: Sequence[str] = API_ROLES,
    claims: Mapping[str, object] | None = None,
    commands: Sequence[Command] = _ALL,
    writes: bool = False,
    limit: int = LIMIT,
    seconds: float = 3.0,
) -> TableRights | None:
    """The cells of one table for those of the roles that exist; None when there is no such table or view.

    Goes in: schema and table as they are in the catalog. ``writes`` tries INSERT, UPDATE and DELETE and rolls them back;
    without it they are planned only (``Proof.GRANT``). Raises ConnectError or CryotuiError when not even the catalog can be
    read.
    """
    probing = Probing(commands=tuple(commands), claims=claims or {}, writes=writes, limit=limit, seconds=seconds)
    with _in_words(connection):
        async with _catalog(connection) as inside:
            facts = (await inside.fetch(SERVER))[0]
            known = await roles_named(inside, list(roles))
            found = [one for one in await relations(inside, [schema], [], known) if one.name == table]
    if not found:
        return None
    run = _Run(connection, probing, facts["standby"], None)
    return await _rights(run, found[0], known, probing.commands, probing.claims)


def _catalog(connection: Connection) -> Attempt:
    return Attempt(connection, Guise(None, "pg_catalog", {}), _CATALOG_SECONDS)


@contextmanager
def _in_words(connection: Connection) -> Iterator[None]:
    """What hinders reading the catalog, in a sentence. Raises ConnectError or CryotuiError."""
    try:
        yield
    except Exception as error:
        if is_lost(connection, error):
            raise ConnectError(f"The connection was lost: {said(error)}.", "lost") from None
        if getattr(error, "sqlstate", None) is None:
            raise
        raise CryotuiError(f"The catalog cannot be read: {said(error)}.") from None


async def _rights(
    run: _Run, relation: Relation, roles: Sequence[Role], commands: Sequence[Command], claims: Mapping[str, object]
) -> TableRights:
    cells = [await run.cell(relation, role, command, claims) for role in roles for command in commands]
    kind = KINDS[relation.kind]
    return TableRights(relation.schema, relation.name, kind, relation.row_security, relation.forced, tuple(cells))


def _of(access: Sequence[RoleAccess], roles: Sequence[Role]) -> tuple[RoleAccess, ...]:
    names = {role.name for role in roles}
    return tuple(one for one in access if one.role in names)


async def _scene(inside: Connection, probing: Probing, schemas: Sequence[str]) -> list[Relation]:
    """The tables the scenarios name, wherever they are."""
    if not probing.scenarios:
        return []
    roles = await roles_named(inside, wanted_roles(probing))
    named = [scenario.schema for scenario in probing.scenarios if scenario.schema]
    tables = {scenario.table for scenario in probing.scenarios}
    everywhere = list(dict.fromkeys([*schemas, *named]))
    return [one for one in await relations(inside, everywhere, [], roles) if one.name in tables]


async def _scenario(run: _Run, scenario: Scenario, roles: Sequence[Role], scenes: Sequence[Relation]) -> ScenarioResult:
    begun = time.monotonic()
    role = next((role for role in roles if role.name == scenario.role), None)
    if role is None:
        return ScenarioResult(scenario, None, f"there is no role {clean(scenario.role)}")
    relation = next(
        (one for one in scenes if one.name == scenario.table and scenario.schema in (None, one.schema)), None
    )
    if relation is None:
        return ScenarioResult(scenario, None, "there is no such table or view in the schemas probed")
    if scenario.command == "select":
        wanted = scenario.expect.rows
        limit = max(run.probing.limit, wanted) if isinstance(wanted, int) else run.probing.limit
        cell = await run.counted(relation, role, scenario.claims, limit, scenario.where)
    else:
        cell = await run.cell(relation, role, scenario.command, scenario.claims)
    passed, saw = judged(scenario, cell)
    if passed is None and cell.proof is Proof.GRANT and not run.probing.writes:
        saw += "; --writes tries it"
    return ScenarioResult(scenario, passed, saw, time.monotonic() - begun)
