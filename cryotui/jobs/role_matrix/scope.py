"""What a run is about: the roles and schemas meant, and what of them is not there, with the nearest name that is."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from cryotui.jobs.role_matrix.catalog import NAMES, Relation, Role, fits
from cryotui.model.record import dataclass
from cryotui.model.role_matrix import API_ROLES, Probing
from cryotui.model.text import clean
from cryotui.pg.verbatim import Connection


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


@dataclass(frozen=True, slots=True)
class Names:
    """The names there are, to tell the nearest to one that is not. ``tables`` are schema and name."""

    roles: tuple[str, ...]
    schemas: tuple[str, ...]
    tables: tuple[tuple[str, str], ...]

    def no_role(self, name: str) -> str:
        """``There is no role anom, anon is the nearest``, without its full stop."""
        return f"There is no role {clean(name)}{_nearest(name, self.roles)}"

    def no_schema(self, name: str) -> str:
        """The same of a schema."""
        return f"There is no schema {clean(name)}{_nearest(name, self.schemas)}"

    def no_table(self, name: str, schemas: Sequence[str]) -> str:
        """The same of a table or view in these schemas; a table of this name elsewhere is the nearest."""
        labels = [f"{schema}.{table}" for schema, table in self.tables]
        elsewhere = next((label for label, (_, table) in zip(labels, self.tables, strict=True) if table == name), None)
        near = f", {clean(elsewhere)} is there" if elsewhere else ""
        for schema in schemas:
            near = near or _nearest(f"{schema}.{name}", labels)
        where = (
            f"{clean(schemas[0])}.{clean(name)}"
            if len(schemas) == 1
            else f"{clean(name)} in {clean(', '.join(schemas))}"
        )
        return f"There is no table or view {where}{near}"


async def names_there(connection: Connection) -> Names:
    """All names of roles, schemas, tables and views but the system's, 10,000 of each at most. Needs no privilege."""
    row = (await connection.fetch(NAMES))[0]
    return Names(tuple(row["roles"]), tuple(row["schemas"]), tuple((one[0], one[1]) for one in row["tables"]))


def _nearest(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, 1, 0.6) or get_close_matches(name.lower(), known, 1, 0.6)
    return f", {clean(near[0])} is the nearest" if near else ""


async def mistaken(
    inside: Connection,
    probing: Probing,
    roles: Sequence[Role],
    known: set[str],
    schemas: Sequence[str],
    found: Sequence[Relation],
) -> str | None:
    """What was asked for by a name or pattern that means nothing here, in sentences; None when all of it is there.

    ``known`` are those of ``schemas`` that are there, ``found`` the tables that fit a pattern.
    """
    there = {role.name for role in roles}
    no_roles = [name for name in probing.roles if name not in there]
    no_schemas = [name for name in probing.schemas if name not in known]
    unlike = [
        pattern
        for pattern in (probing.tables if probing.matrix and not no_schemas else ())
        if not any(fits(relation.schema, relation.name, pattern) for relation in found)
    ]
    if no_roles or no_schemas or unlike:
        names = await names_there(inside)
        said = [*map(names.no_role, no_roles), *map(names.no_schema, no_schemas)]
        for pattern in unlike:
            schema, _, name = pattern.rpartition(".")
            if set(pattern) & set("*?["):
                said.append(f"No table or view in {clean(', '.join(schemas))} is like {clean(pattern)}")
            else:
                said.append(names.no_table(name, [schema] if schema else schemas))
        return " ".join(f"{sentence}." for sentence in said)
    if probing.matrix and not probing.scenarios and not chosen_roles(probing, roles):
        return _no_api()
    return None


def gaps_of(probing: Probing, roles: Sequence[Role], schemas: Sequence[str], known: set[str]) -> tuple[str, ...]:
    """Sentences about what could not be looked at: no role to probe, schemas of the API's settings that are not there."""
    if not probing.matrix:
        return ()
    gaps = [f"There is no schema {clean(name)}." for name in schemas if name not in known]
    if not probing.roles and not {role.name for role in roles} & set(API_ROLES):
        gaps.insert(0, _no_api())
    return tuple(gaps)


def _no_api() -> str:
    return f"None of {', '.join(API_ROLES)} exists: name the roles to probe with --role."
