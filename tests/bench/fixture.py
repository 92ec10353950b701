"""Fill an empty database for the benchmarks: tables, indexes, statements, dead rows, foreign keys, and the role ``mon``.

``python tests/bench/fixture.py URI [--tables 5000] [--indexes 10000] [--statements 5000]`` as a superuser, on a server
with ``shared_preload_libraries = pg_stat_statements``, ``pg_stat_statements.max = 10000`` and
``max_locks_per_transaction = 1024``. Only on a throw-away server: the statistics of statements are reset.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time
from typing import Any

import asyncpg

COLUMNS = ("a", "b", "c", "d", "e", "f", "g", "h", "note", "stamp")
SCHEMAS = 10
BATCH = 100


def table(number: int, more: int) -> str:
    """One table with ``more`` indexes beside its primary key; one in four has dead rows, one in three a foreign key."""
    name = f"app{number % SCHEMAS}.orders_{number:05d}"
    rows = 20_000 if number % 500 == 1 else 2_000 if number % 50 == 1 else 40
    statements = [
        f"CREATE TABLE {name} (id int PRIMARY KEY, a int, b int, c int, d int, e bigint, f numeric, g text, h text,"
        " note text, stamp timestamptz DEFAULT now()) WITH (autovacuum_enabled = off)"
    ]
    for index in range(more):
        first, second = COLUMNS[index % 10], COLUMNS[(index * 3 + 1) % 10]
        statements.append(f"CREATE INDEX orders_{number:05d}_{index}_idx ON {name} ({first}, {second})")
    statements.append(
        f"INSERT INTO {name} SELECT x, x, x % 7, x % 11, x % 100, x, x * 1.5, 'g' || x % 5, md5(x::text), repeat('n', 20)"
        f" FROM generate_series(1, {rows}) AS x"
    )
    if number % 4 == 0:
        statements.append(f"UPDATE {name} SET c = c + 1 WHERE id % 2 = 0; DELETE FROM {name} WHERE id % 5 = 0")
    if number % 3 == 2:
        before = number - 1
        parent = f"app{before % SCHEMAS}.orders_{before:05d}"
        statements.append(
            f"ALTER TABLE {name} ADD FOREIGN KEY (a) REFERENCES {parent} (id) ON DELETE CASCADE NOT VALID"
        )
    return "; ".join(statements)


def statement(number: int, tables: int, chance: random.Random) -> str:
    """The statement of that number, unlike all others: some columns of one table, with a tail of conditions."""
    which, mask = number % tables, 1 + (number // tables) % 1023
    columns = ", ".join(column for bit, column in enumerate(COLUMNS) if mask >> bit & 1)
    tail = " ".join(
        f"AND {chance.choice(COLUMNS[:6])} <> {chance.randrange(999)}"
        for _ in range(chance.choice((0, 1, 2, 4, 8, 16, 40)))
    )
    return f"SELECT {columns} FROM app{which % SCHEMAS}.orders_{which:05d} WHERE id = {chance.randrange(1, 40)} {tail}"


async def fill(connection: asyncpg.Connection[Any], tables: int, indexes: int, statements: int) -> None:
    """Make everything; what was made before is dropped."""
    await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements; SET synchronous_commit = off")
    for schema in range(SCHEMAS):
        await connection.execute(f"DROP SCHEMA IF EXISTS app{schema} CASCADE; CREATE SCHEMA app{schema}")
    if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = 'mon'"):
        await connection.execute("CREATE ROLE mon LOGIN IN ROLE pg_monitor")
    more = max(0, indexes - tables)
    for first in range(0, tables, BATCH):
        numbers = range(first, min(first + BATCH, tables))
        parts = [table(number, more * (number + 1) // tables - more * number // tables) for number in numbers]
        await connection.execute("BEGIN; " + "; ".join(parts) + "; COMMIT")
    await connection.execute("ANALYZE")
    await connection.execute("SELECT pg_stat_statements_reset()")
    chance = random.Random(7)
    for number in range(statements):
        for _ in range(21 if number % 97 == 0 else 1):
            await connection.execute(statement(number, tables, chance))
    await connection.execute("CHECKPOINT")


async def run(uri: str, tables: int, indexes: int, statements: int) -> None:
    """Connect, fill, tell how long it took."""
    started = time.monotonic()
    connection = await asyncpg.connect(uri, statement_cache_size=0)
    await fill(connection, tables, indexes, statements)
    await connection.close()
    print(f"{tables} tables, {indexes} indexes, {statements} statements in {time.monotonic() - started:.0f} s")


def main() -> None:
    """Read the words."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("uri")
    parser.add_argument("--tables", type=int, default=5000)
    parser.add_argument("--indexes", type=int, default=10000)
    parser.add_argument("--statements", type=int, default=5000)
    words = parser.parse_args()
    asyncio.run(run(words.uri, words.tables, words.indexes, words.statements))


if __name__ == "__main__":
    main()
