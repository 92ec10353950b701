"""Scenarios on a real server: what was expected against what was seen, and no pass without proof."""

from __future__ import annotations

from typing import Any, Literal

import asyncpg
import pytest

from cryotui.jobs.role_matrix import probe
from cryotui.model.role_matrix import Answer, Expectation, Probing, Scenario

DENIED, EMPTY, ERROR = (Expectation(answer) for answer in (Answer.DENIED, Answer.EMPTY, Answer.ERROR))
ALLOWED = Expectation(Answer.ALLOWED)


def rows(number: int | Literal["some", "all"]) -> Expectation:
    """``rows: N``, ``rows: some``, ``rows: all``."""
    return Expectation(Answer.ALLOWED, number)


def scenario(table: str, expect: Expectation, **changes: Any) -> Scenario:
    """One scenario of app_user as ann."""
    given = {"name": "n", "role": "app_user", "schema": "app", "claims": {"sub": "ann"}, **changes}
    return Scenario(table=table, expect=expect, **given)


@pytest.mark.parametrize(
    ("one", "passed", "saw"),
    [
        (scenario("notes", rows(2)), True, "2 of 3 rows (policy own)"),
        (scenario("notes", rows(3)), False, "2 of 3 rows"),
        (scenario("notes", rows("some")), True, "2"),
        (scenario("notes", rows("all")), False, "2 of 3"),
        (scenario("notes", rows("all"), role="app_service"), True, "3 of 3"),
        (scenario("notes", rows(0), claims={"sub": "eve"}), True, "0 of 3"),
        (scenario("notes", EMPTY, claims={}), True, "0 of 3"),
        (scenario("notes", EMPTY), False, "2 of 3"),
        (scenario("notes", rows(1), where="body = 'a' -- the first"), True, "1 rows"),
        (scenario("notes", ERROR, where="no_such_column"), True, "42703"),
        (scenario("notes", rows(1), where="true); DELETE FROM app.notes; --"), False, "error"),
        (scenario("open_to_all", DENIED, role="app_guest"), True, "no SELECT grant"),
        (scenario("open_to_all", rows(30), schema=None), True, "30 of 30"),
        (scenario("open_to_all", DENIED), False, "30"),
        (scenario("recursive", ERROR), True, "42P17"),
        (scenario("recursive", rows("some")), False, "42P17"),
        (scenario("past_policies", rows("all")), None, "cannot be counted"),
        (scenario("notes", DENIED, role="app_guest", command="insert"), True, "no policy lets it"),
        (scenario("notes", ALLOWED, command="insert"), None, "--writes tries it"),
        (scenario("open_to_all", ALLOWED, command="insert"), True, "row security is off"),
        (scenario("bare", EMPTY), False, "every row that comes will be readable"),
        (scenario("bare", rows(0)), False, "every row that comes will be readable"),
        (scenario("bare", ALLOWED), True, "row security is off"),
        (scenario("bare", rows("all")), True, "0 of 0"),
        (scenario("bare", rows("some")), False, "0 of 0"),
        (scenario("bare_policed", EMPTY), None, "no policy was put to the proof"),
        (scenario("bare_policed", rows(0)), None, "no policy was put to the proof"),
        (scenario("bare_policed", rows("all")), None, "no policy was put to the proof"),
        (scenario("bare_policed", EMPTY, role="app_guest"), True, "no policy lets it"),
        (scenario("bare_policed", DENIED), False, "0 of 0"),
    ],
)
async def test_a_scenario_is_judged_by_what_was_seen(
    connection: asyncpg.Connection, one: Scenario, passed: bool | None, saw: str
) -> None:
    await connection.execute(
        "CREATE TABLE app.bare (id int); CREATE TABLE app.bare_policed (id int); GRANT ALL ON app.bare TO app_user;"
        "ALTER TABLE app.bare_policed ENABLE ROW LEVEL SECURITY; GRANT SELECT ON app.bare_policed TO app_user, app_guest;"
        "CREATE POLICY p ON app.bare_policed TO app_user USING (id > 1)"
    )
    result = (await run(connection, one)).scenarios[0]
    assert (result.passed, saw in result.saw) == (passed, True), result.saw
    assert await connection.fetchval("SELECT count(*) FROM app.notes") == 3


@pytest.mark.parametrize(
    ("one", "saw"),
    [
        (scenario("nowhere", DENIED), "There is no table or view app.nowhere, app.notes is the nearest"),
        (scenario("teem", DENIED, schema=None), "There is no table or view app.teem, app.teams is the nearest"),
        (scenario("notes", DENIED, schema="apq"), "There is no schema apq, app is the nearest"),
        (scenario("notes", DENIED, schema="public"), "There is no table or view public.notes, app.notes is there"),
        (scenario("notes", DENIED, role="app_gues"), "There is no role app_gues, app_guest is the nearest"),
        (scenario("notes", DENIED, role="x"), "There is no role x"),
    ],
)
async def test_a_scenario_that_names_what_is_not_there_has_failed(
    connection: asyncpg.Connection, one: Scenario, saw: str
) -> None:
    matrix = await run(connection, one)
    result = matrix.scenarios[0]
    assert (result.passed, result.misnamed, result.saw) == (False, True, saw)
    assert matrix.misnamed == (result,)


async def test_with_writes_a_grant_is_put_to_the_policies(connection: asyncpg.Connection) -> None:
    for command in ("insert", "update", "delete"):
        assert (await run(connection, scenario("notes", ALLOWED, command=command), True)).scenarios[0].passed is True
    nobody = scenario("notes", EMPTY, command="delete", claims={"sub": "eve"})
    assert (await run(connection, nobody, True)).scenarios[0].passed is True


async def test_a_condition_that_lifts_its_limits_still_changes_nothing(connection: asyncpg.Connection) -> None:
    await connection.execute(
        "CREATE FUNCTION app.rob() RETURNS boolean LANGUAGE plpgsql AS 'BEGIN DELETE FROM app.notes; RETURN true; END'"
    )
    sly = "set_config('role', 'none', true) IS NOT NULL AND app.rob()"
    result = (await run(connection, scenario("notes", rows("some"), where=sly))).scenarios[0]
    assert result.passed is False and "25006" in result.saw
    assert await connection.fetchval("SELECT count(*) FROM app.notes") == 3


async def run(connection: asyncpg.Connection, one: Scenario, writes: bool = False) -> Any:
    """Only the scenario."""
    return await probe(connection, Probing(schemas=("app",), scenarios=(one,), matrix=False, writes=writes))
