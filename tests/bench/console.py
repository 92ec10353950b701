"""The console measured from outside, pane by pane, beside pg_activity where it is installed: the ratios are what counts.

``python tests/bench/console.py URI [--panes overview,tables] [--rounds 1] [--clients 300 --active 50 --admin URI]``

URI is the monitor's, of a role that nothing else uses; its cost to the server is read from pg_stat_statements by the same
role. ``--admin`` is a superuser's URI: under it the sessions to look at are opened.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlsplit

import asyncpg
from terminal import Run, median, play, worst

BASE = "pg_activity"
DOWN, UP = b"\x1b[B", b"\x1b[A"
SECONDS = 16.0
KEYS = [(5 + 0.47 * number, UP if number % 2 else DOWN) for number in range(16)]
"""At all phases of a refresh of 1 s; every one of them moves the cursor."""

COST = """
SELECT coalesce(sum(total_exec_time + total_plan_time), 0)::float8
FROM pg_stat_statements WHERE toplevel AND userid = current_user::regrole AND query !~ 'bench:cost' /* bench:cost */
"""
MARKERS = {
    "overview": r"VITALS|Nothing wrong",
    "activity": r"\bpid\b.*\buser\b",
    "statements": r"calls/s",
    "tables": r"\d[km]? +\d.*orders_|orders_\d",
    "indexes": r"orders_\d",
    BASE: r"Query",
}
FIGURES = (
    "first byte s", "settled s", "CPU s/min", "MB", "bytes/s", "key ms", "key p95 ms", "keys painted", "server ms/s",
)  # fmt: skip


def pg_activity(uri: str) -> list[str]:
    """Its command line for the URI, polling every second."""
    parts = urlsplit(uri)
    asked = parse_qs(parts.query)
    host = asked.get("host", [parts.hostname or ""])[0]
    port = asked.get("port", [str(parts.port or 5432)])[0]
    return [BASE, "-h", host, "-p", port, "-U", parts.username or "", "-d", parts.path.lstrip("/"), "--refresh", "1"]


async def spent(uri: str) -> float | None:
    """Milliseconds the server worked for the role so far."""
    try:
        connection = await asyncpg.connect(uri)
        try:
            return float(await connection.fetchval(COST))
        finally:
            await connection.close()
    except (asyncpg.PostgresError, OSError):
        return None


def figures(name: str, command: list[str], uri: str) -> list[float | None]:
    """One program: a run that is left alone, then one with keys pressed at all phases of its refresh."""
    alone: Run = play(command, SECONDS, spent=lambda: asyncio.run(spent(uri)))
    pressed = play(command, KEYS[-1][0] + 1.5, KEYS)
    answers = pressed.answers()
    painted = sum(one is not None for one in answers) / len(answers) if answers else None
    server = alone.spent / alone.counted if alone.spent is not None and alone.counted else None
    return [
        alone.first_byte, alone.settled(MARKERS[name]), alone.cpu_per_minute if alone.counted else None, alone.resident_mb,
        alone.bytes_per_second if alone.counted else None, median(answers), worst(answers), painted, server,
    ]  # fmt: skip


def written(value: float | None, base: float | None, is_base: bool) -> str:
    """A figure with its ratio."""
    if value is None:
        return "-"
    shown = f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
    return shown if is_base or not base else f"{shown} ({value / base:.2f}x)"


def measure(words: argparse.Namespace) -> None:
    """Run everything in turns and print the table."""
    beside = Path(sys.executable).parent / "cryotui"
    cryotui = str(beside) if beside.exists() else "cryotui"
    commands = {BASE: pg_activity(words.uri)} if shutil.which(BASE) else {}
    for pane in words.panes.split(","):
        commands[pane] = [cryotui, "--interval", "1", "--pane", pane, words.uri]
    runs: dict[str, list[list[float | None]]] = {name: [] for name in commands}
    for number in range(words.rounds):
        for name in list(commands) if number % 2 == 0 else list(commands)[::-1]:
            runs[name].append(figures(name, commands[name], words.uri))
    found = {name: [median(list(column)) for column in zip(*lines, strict=True)] for name, lines in runs.items()}
    base = found.get(BASE, [None] * len(FIGURES))
    print("| program | " + " | ".join(FIGURES) + " |\n|---" + "|---" * len(FIGURES) + "|")
    for name, line in found.items():
        print(f"| {name} | " + " | ".join(written(*pair, name == BASE) for pair in zip(line, base, strict=True)) + " |")


def main() -> None:
    """Read the words, hold the sessions, measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("uri")
    parser.add_argument("--panes", default="overview,activity,statements,tables,indexes")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--admin", help="a superuser's URI")
    parser.add_argument("--clients", type=int, default=0)
    parser.add_argument("--active", type=int, default=0)
    words = parser.parse_args()
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with TemporaryDirectory() as state:  # as somebody meets it who has no audits, exports or action log yet
        os.environ["XDG_STATE_HOME"] = state
        hold_and_measure(words)


def hold_and_measure(words: argparse.Namespace) -> None:
    """Hold the sessions if any were asked for, measure meanwhile."""
    if not (words.admin and words.clients):
        measure(words)
        return
    script = str(Path(__file__).with_name("clients.py"))
    call = [sys.executable, script, words.admin, "--count", str(words.clients), "--active", str(words.active)]
    with subprocess.Popen(call, stdout=subprocess.PIPE) as clients:
        try:
            assert clients.stdout is not None
            clients.stdout.readline()
            measure(words)
        finally:
            clients.terminate()


if __name__ == "__main__":
    main()
