"""What each probe costs: milliseconds on the server by its own count, and in this client, at the size of a database.

``python tests/bench/probes.py URI [--runs 9] [NAME ...]``. The role needs pg_read_all_stats; server times need
pg_stat_statements (with ``track_planning = on`` planning is told too), else they stay ``-``. Without names every probe
that takes no parameters is asked.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import statistics
import time

from cryotui.pg.destination import from_uri
from cryotui.pg.session import Session
from cryotui.probes import names, probe

WARM = 6
"""Askings before the counted ones: the server plans a prepared statement anew for the first five."""

COUNTED = """
SELECT coalesce(sum(calls), 0)::float8 AS calls, coalesce(sum(total_exec_time), 0) AS exec,
       coalesce(sum(total_plan_time), 0) AS plan
FROM pg_stat_statements WHERE toplevel AND right(query, 60) LIKE $1
"""


async def counted(connection: object, name: str) -> tuple[float, float, float] | None:
    """Calls, execution and planning milliseconds of a probe so far; None where the server does not count."""
    try:
        row = await connection.fetchrow(COUNTED, f"%cryotui:{name} */")  # type: ignore[attr-defined]
    except Exception:
        return None
    return row["calls"], row["exec"], row["plan"]


async def measured(session: Session, connection: object, name: str, runs: int) -> list[str]:
    """One line of the table."""
    if probe(name).parameters:
        return [name, "takes parameters", *["-"] * 5]
    for _ in range(WARM):
        sample = await session.sample(probe(name))
    if sample.missing:
        return [name, sample.missing.kind, *["-"] * 5]
    before = await counted(connection, name)
    walls, cpus = [], []
    for _ in range(runs):
        wall, cpu = time.perf_counter(), time.process_time()
        sample = await session.sample(probe(name))
        walls.append((time.perf_counter() - wall) * 1000)
        cpus.append((time.process_time() - cpu) * 1000)
    after = await counted(connection, name)
    line = [name, str(len(sample.rows)), f"{statistics.median(walls):.1f}", f"{statistics.median(cpus):.1f}"]
    if before is None or after is None or after[0] == before[0]:
        return [*line, "-", "-", f"{probe(name).every:g}"]
    calls = after[0] - before[0]
    spent = [(now - then) / calls for now, then in zip(after[1:], before[1:], strict=True)]
    return [*line, *(f"{one:.1f}" for one in spent), f"{probe(name).every:g}"]


async def run(uri: str, chosen: list[str], runs: int) -> None:
    """Ask and print."""
    session = await from_uri(uri, {}, os.environ).open_session()
    connection = await session.another_connection()
    print("| probe | rows | wall ms | client CPU ms | server exec ms | server plan ms | every s |\n" + "|---" * 7 + "|")
    for name in chosen or [name for name in names() if not probe(name).parameters]:
        print("| " + " | ".join(await measured(session, connection, name, runs)) + " |", flush=True)
    await connection.close()
    await session.close()
    print(f"\npeak resident size {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def main() -> None:
    """Read the words."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("uri")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--runs", type=int, default=9)
    words = parser.parse_args()
    asyncio.run(run(words.uri, words.names, words.runs))


if __name__ == "__main__":
    main()
