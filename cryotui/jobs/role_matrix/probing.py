"""One run of the role probes: tables × roles × commands, then scenarios, each probe for itself and rolled back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from cryotui.jobs.role_matrix.access import access_of
from cryotui.jobs.role_matrix.attempt import Attempt, Guise, is_lost
from cryotui.jobs.role_matrix.catalog import KINDS, SCHEMAS, SERVER, Relation, Role, relations, roles_named
from cryotui.jobs.role_matrix.run import Run
from cryotui.jobs.role_matrix.scenes import result_of, scene_of
from cryotui.jobs.role_matrix.scope import chosen_roles, gaps_of, mistaken, schemas_of, wanted_roles
from cryotui.jobs.role_matrix.verdict import said
from cryotui.model.errors import ConnectError, CryotuiError, UsageError
from cryotui.model.role_matrix import API_ROLES, ASKED, LIMIT, Command, Probing, RoleAccess, RoleMatrix, TableRights
from cryotui.model.text import clean
from cryotui.pg.verbatim import Connection

OnProgress = Callable[[int, int, str], None]
"""Called with the probes done, all of them, and the table at hand; with an empty name at the end."""

_CATALOG_SECONDS = 20.0


async def probe(
    connection: Connection, probing: Probing, target: str = "", on_progress: OnProgress | None = None
) -> RoleMatrix:
    """Probe what ``probing`` asks for, on an open connection, if need be inside the caller's transaction.

    Nothing is committed and every probe is rolled back. A connection that is lost and a budget that is used up end the
    run early: what was not come to is ``could not check``. Needs the right to SET ROLE to the roles probed; rows past the
    policies are counted only where the connecting role may. Raises UsageError when a role, schema or pattern asked for means
    nothing here, before anything is tried; ConnectError or CryotuiError when not even the catalog can be read.
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
            scene = await scene_of(inside, probing, roles, schemas)
            wrong = await mistaken(inside, probing, roles, known, schemas, found)
    if wrong:
        raise UsageError(wrong)
    run = Run(connection, probing, facts["standby"], None if probing.budget is None else begun + probing.budget)
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
        results.append(await result_of(run, scenario, scene))
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
        gaps=gaps_of(probing, roles, schemas, known),
        reason=run.reason,
    )


async def matrix_for_table(
    connection: Connection,
    schema: str,
    table: str,
    *,
    roles: Sequence[str] = API_ROLES,
    claims: Mapping[str, object] | None = None,
    commands: Sequence[Command] = ASKED,
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
    run = Run(connection, probing, facts["standby"], None)
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
    run: Run, relation: Relation, roles: Sequence[Role], commands: Sequence[Command], claims: Mapping[str, object]
) -> TableRights:
    cells = [await run.cell(relation, role, command, claims) for role in roles for command in commands]
    kind = KINDS[relation.kind]
    return TableRights(relation.schema, relation.name, kind, relation.row_security, relation.forced, tuple(cells))


def _of(access: Sequence[RoleAccess], roles: Sequence[Role]) -> tuple[RoleAccess, ...]:
    names = {role.name for role in roles}
    return tuple(one for one in access if one.role in names)
