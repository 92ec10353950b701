"""Fill an empty database as an audit meets it: tables with keys, indexes, foreign keys, policies, functions and views.

``python tests/bench/audit_fixture.py URI [--tables 5000]`` as a superuser, on a throw-away server with
``max_locks_per_transaction = 1024``. For each table three indexes, two policies and one foreign key; for every tenth a
function and a view; the roles of an API with grants.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from typing import Any

import asyncpg

SCHEMAS = 10
BATCH = 100
ROLES = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'anon') THEN CREATE ROLE anon NOLOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'authenticated') THEN CREATE ROLE authenticated NOLOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'service_role') THEN CREATE ROLE service_role NOLOGIN BYPASSRLS; END IF;
END $$;
CREATE SCHEMA IF NOT EXISTS auth;
CREATE OR REPLACE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE
    AS $$ SELECT nullif(current_setting('request.jwt.claim.sub', true), '')::uuid $$;
"""


def schema(number: int) -> str:
    """The schema of the table of that number; the first is public."""
    return "public" if number % SCHEMAS == 0 else f"app{number % SCHEMAS}"


def table(number: int) -> str:
    """One table with what stands around it."""
    name = f"{schema(number)}.things_{number:05d}"
    statements = [
        f"CREATE TABLE {name} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, owner_id uuid, parent_id bigint,"
        " kind int NOT NULL DEFAULT 0, label text, email text, amount numeric, made timestamptz DEFAULT now())",
        f"CREATE INDEX things_{number:05d}_owner ON {name} (owner_id)",
        f"CREATE INDEX things_{number:05d}_kind ON {name} (kind, made)",
        f"INSERT INTO {name} (owner_id, parent_id, kind, label) SELECT gen_random_uuid(), NULL, x % 5, 'label ' || x"
        " FROM generate_series(1, 20) AS x",
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
        f"CREATE POLICY own_rows ON {name} FOR SELECT TO authenticated USING (owner_id = auth.uid())",
        f"CREATE POLICY own_writes ON {name} FOR UPDATE TO authenticated USING (owner_id = (SELECT auth.uid()))"
        " WITH CHECK (owner_id = (SELECT auth.uid()) AND kind > 0)",
        f"GRANT SELECT, UPDATE ON {name} TO anon, authenticated",
    ]
    if number:
        parent = f"{schema(number - 1)}.things_{number - 1:05d}"
        statements.append(f"ALTER TABLE {name} ADD FOREIGN KEY (parent_id) REFERENCES {parent} (id)")
    if number % 10 == 0:
        statements.append(
            f"CREATE FUNCTION {schema(number)}.count_{number:05d}() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER"
            f" AS $$ BEGIN RETURN (SELECT count(*) FROM {name}); END $$"
        )
        statements.append(
            f"CREATE VIEW {schema(number)}.seen_{number:05d} AS SELECT id, label FROM {name} WHERE kind > 1"
        )
    return "; ".join(statements)


async def fill(connection: asyncpg.Connection[Any], tables: int) -> None:
    """Make everything; what was made before is dropped."""
    await connection.execute("SET synchronous_commit = off")
    await connection.execute(ROLES)
    for number in range(1, SCHEMAS):
        name = schema(number)
        await connection.execute(f"CREATE SCHEMA {name}; GRANT USAGE ON SCHEMA {name} TO anon, authenticated")
    for first in range(0, tables, BATCH):
        parts = [table(number) for number in range(first, min(first + BATCH, tables))]
        await connection.execute("BEGIN; " + "; ".join(parts) + "; COMMIT")
    await connection.execute("ANALYZE")
    await connection.execute("CHECKPOINT")


async def run(uri: str, tables: int) -> None:
    """Connect, fill, tell how long it took."""
    started = time.monotonic()
    connection = await asyncpg.connect(uri, statement_cache_size=0)
    await fill(connection, tables)
    await connection.close()
    print(f"{tables} tables in {time.monotonic() - started:.0f} s")


def main() -> None:
    """Read the words."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("uri")
    parser.add_argument("--tables", type=int, default=5000)
    words = parser.parse_args()
    asyncio.run(run(words.uri, words.tables))


if __name__ == "__main__":
    main()
