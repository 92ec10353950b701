"""What a run is about: the roles and schemas meant, and what of them is not there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cryotui.jobs.role_matrix.catalog import Relation, Role, fits
from cryotui.model.role_matrix import API_ROLES, Probing
from cryotui.model.text import clean


def wanted_roles(probing: Probing) -> list[str]:
    """The roles to look for: those asked for or the API's, and those of the scenarios."""
    scenes = [scenario.role for scenario in probing.scenarios]
    return list(dict.fromkeys([*(probing.roles or API_ROLES), *scenes]))


def chosen_roles(probing: Probing, roles: Sequence[Role]) -> list[Role]:
    """The roles of the table of all; without one, those of the scenarios."""
    scenes = {scenario.role for scenario in probing.scenarios}
    wanted = set(probing.roles or API_ROLES) if probing.matrix else scenes
    return [role for role in roles if role.name in wanted]


def schemas_of(probing: Probing, facts: Any) -> tuple[list[str], str]:
    """The schemas to probe, and where they are known from. ``facts`` is the row of catalog.SERVER."""
    if probing.schemas:
        return list(probing.schemas), "as asked"
    found = facts["schemas_set"] or facts["schemas_session"]
    if found:
        return list(dict.fromkeys(found)), "the API's settings in the database"
    return ["public"], "a guess: no setting in the database names the API's"


def gaps_of(
    probing: Probing, roles: Sequence[Role], schemas: Sequence[str], known: set[str], found: Sequence[Relation]
) -> tuple[str, ...]:
    """Sentences about roles, schemas and patterns that mean nothing here; ``known`` are the schemas that are there."""
    there = {role.name for role in roles}
    gaps = [f"There is no role {clean(name)}." for name in probing.roles if name not in there]
    if not probing.matrix:
        return tuple(gaps)
    if not probing.roles and not there & set(API_ROLES):
        gaps.append(f"None of {', '.join(API_ROLES)} exists: name the roles to probe with --role.")
    gaps += [f"There is no schema {clean(name)}." for name in schemas if name not in known]
    for pattern in probing.tables:
        if not any(fits(relation.schema, relation.name, pattern) for relation in found):
            gaps.append(f"No table or view in {clean(', '.join(schemas))} is like {clean(pattern)}.")
    return tuple(gaps)
