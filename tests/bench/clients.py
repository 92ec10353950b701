"""Sessions for a monitor to look at: asleep in statements, waiting for row locks, idle in transaction, idle."""

from __future__ import annotations

import argparse
import asyncio
import random
from typing import Any

import asyncpg

STATEMENTS = (
    "SELECT pg_sleep({seconds}) /* report {number} */",
    "SELECT o.id, o.total, pg_sleep({seconds}) FROM (VALUES ({number}, 1.0)) AS o(id, total) WHERE o.id > 0"
    " AND o.total IS NOT NULL ORDER BY o.total DESC LIMIT 50",
    "INSERT INTO bench_log (n, note) SELECT {number}, 'shipment moved to another depot' WHERE pg_sleep({seconds}) IS NULL",
    "WITH recent AS (SELECT {number} AS customer_id, now() AS seen) SELECT customer_id, date_trunc('hour', seen), count(*)"
    " FROM recent, pg_sleep({seconds}) GROUP BY 1, 2",
)


async def sleep_for_ever(connection: asyncpg.Connection[Any], chance: random.Random) -> None:
    """One statement of 0.3 to 6 s after another."""
    while True:
        text = chance.choice(STATEMENTS)
        await connection.execute(
            text.format(seconds=round(chance.uniform(0.3, 6), 2), number=chance.randrange(1, 10**6))
        )


async def hold(uri: str, count: int, active: int) -> None:
    """Hold ``count`` sessions, ``active`` of them busy: one in five waits for a lock, one in ten is idle in transaction."""
    chance, work = random.Random(3), []
    connections = [
        await asyncpg.connect(uri, statement_cache_size=0, server_settings={"application_name": f"client-{number % 7}"})
        for number in range(count)
    ]
    if active:
        await connections[0].execute(
            "CREATE TABLE IF NOT EXISTS bench_lock (id int PRIMARY KEY, n int);"
            "CREATE TABLE IF NOT EXISTS bench_log (n int, note text);"
            "INSERT INTO bench_lock SELECT x, 0 FROM generate_series(1, 10) AS x ON CONFLICT DO NOTHING"
        )
        await connections[0].execute("BEGIN; UPDATE bench_lock SET n = n + 1")
    for number, connection in enumerate(connections[1:active], 1):
        if number % 5 == 0:
            lock = f"UPDATE bench_lock SET n = n + {number} WHERE id = {1 + number % 10}"
            work.append(asyncio.ensure_future(connection.execute(lock)))
        elif number % 10 == 1:
            await connection.execute("BEGIN; SELECT count(*) FROM pg_class")
        else:
            work.append(asyncio.ensure_future(sleep_for_ever(connection, chance)))
    print("ready", flush=True)
    await asyncio.gather(*work)
    await asyncio.Event().wait()


def main() -> None:
    """Read the words."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("uri")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--active", type=int, default=50)
    words = parser.parse_args()
    asyncio.run(hold(words.uri, words.count, words.active))


if __name__ == "__main__":
    main()
