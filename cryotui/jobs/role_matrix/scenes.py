"""Scenarios on their tables: each tried as its role and judged; one that names what is not there has failed."""

from __future__ import annotations

import time
from collections.abc import Sequence

from cryotui.jobs.role_matrix.catalog import SCHEMAS, Relation, Role, relations
from cryotui.jobs.role_matrix.judging import judged
from cryotui.jobs.role_matrix.run import Run
from cryotui.jobs.role_matrix.scope import Names, names_there
from cryotui.model.record import dataclass
from cryotui.model.role_matrix import Probing, Proof, Scenario, ScenarioResult
from cryotui.pg.verbatim import Connection


@dataclass(frozen=True, slots=True)
class Scene:
    """What the scenarios are about, as far as it is there. ``names`` is None when all of it is."""

    roles: Sequence[Role]
    schemas: Sequence[str]
    known: frozenset[str]
    relations: Sequence[Relation]
    names: Names | None = None

    def role(self, scenario: Scenario) -> Role | None:
        """The scenario's role."""
        return next((role for role in self.roles if role.name == scenario.role), None)

    def relation(self, scenario: Scenario) -> Relation | None:
        """The scenario's table: in the schema it names, else in the first that is probed and has it."""
        fitting = (one for one in self.relations if one.name == scenario.table)
        return next((one for one in fitting if scenario.schema in (None, one.schema)), None)

    def misnamed(self, scenario: Scenario) -> str | None:
        """What the scenario names that is not there, with the nearest that is."""
        if self.names is None:
            return None
        if self.role(scenario) is None:
            return self.names.no_role(scenario.role)
        if scenario.schema is not None and scenario.schema not in self.known:
            return self.names.no_schema(scenario.schema)
        if self.relation(scenario) is None:
            return self.names.no_table(scenario.table, [scenario.schema] if scenario.schema else self.schemas)
        return None


async def scene_of(inside: Connection, probing: Probing, roles: Sequence[Role], schemas: Sequence[str]) -> Scene:
    """The tables the scenarios name, wherever they are."""
    if not probing.scenarios:
        return Scene(roles, schemas, frozenset(), ())
    named = [scenario.schema for scenario in probing.scenarios if scenario.schema]
    tables = {scenario.table for scenario in probing.scenarios}
    everywhere = list(dict.fromkeys([*schemas, *named]))
    known = frozenset(row["name"] for row in await inside.fetch(SCHEMAS, everywhere))
    found = [one for one in await relations(inside, everywhere, [], roles) if one.name in tables]
    scene = Scene(roles, schemas, known, found)
    if all(scene.role(one) and scene.relation(one) for one in probing.scenarios):
        return scene
    return Scene(roles, schemas, known, found, await names_there(inside))


async def result_of(run: Run, scenario: Scenario, scene: Scene) -> ScenarioResult:
    """One scenario tried and judged."""
    begun = time.monotonic()
    role, relation = scene.role(scenario), scene.relation(scenario)
    if role is None or relation is None:
        return ScenarioResult(scenario, False, scene.misnamed(scenario) or "", misnamed=True)
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
