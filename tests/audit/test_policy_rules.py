"""Policies that make statements fail: what the rules say from the catalogs is what the server does."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest
from examples import FOLDER, example

from cryotui.audit import audit, rule


@pytest.mark.parametrize(
    ("rule_id", "sqlstate"), [("sec-rls-recursion-function", "54001"), ("sec-rls-unreadable-table", "42501")]
)
async def test_a_table_whose_policy_is_found_fails_when_it_is_read_and_a_good_one_does_not(
    connection: asyncpg.Connection[Any], rule_id: str, sqlstate: str
) -> None:
    await connection.execute(example(FOLDER / f"{rule_id}.sql").sql)
    await connection.execute("GRANT USAGE ON SCHEMA lab TO one")
    await connection.execute(FILL)
    if rule_id == "sec-rls-recursion-function":
        await connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA lab TO one, weak")
    run = await audit(connection, [rule(rule_id)])
    failing = {one.values["oid"] for one in run.findings}
    readable = await connection.fetch(
        "SELECT DISTINCT polrelid::bigint AS oid, polrelid::regclass::text AS name FROM pg_policy"
        " WHERE has_table_privilege('one', polrelid, 'SELECT')"
    )
    said = {row["oid"]: await _said(connection, row["name"]) for row in readable}
    assert {oid for oid, state in said.items() if state == sqlstate} == failing & set(said) != set()
    assert {state for oid, state in said.items() if oid not in failing} == {None}


FILL = """
DO $$
DECLARE one record;
BEGIN
    FOR one IN SELECT DISTINCT p.polrelid::regclass AS name, a.attname FROM pg_policy AS p
               JOIN pg_attribute AS a ON a.attrelid = p.polrelid AND a.attnum = 1 LOOP
        EXECUTE format('INSERT INTO %s (%I) VALUES (1)', one.name, one.attname);
    END LOOP;
END $$
"""


async def _said(connection: asyncpg.Connection[Any], table: str) -> str | None:
    """The SQLSTATE with which reading the table fails for the role, None when it does not."""
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL ROLE one")
            await connection.fetch(f"SELECT count(*) FROM {table}")
    except asyncpg.PostgresError as error:
        return str(error.sqlstate)
    await connection.execute("RESET ROLE")
    return None
