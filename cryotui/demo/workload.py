"""The applications of the demo, as a process of their own: ``python -m cryotui.demo.workload URI [--archive DIR]``.

It says ``ready`` when every lasting session is open for the first time, and ends when its standard input ends, which is
when the process that started it ends, in whatever way.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import traceback
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import NoReturn

import asyncpg

from cryotui.demo.connection import connect
from cryotui.demo.roster import Client, clients

ARCHIVE_KEEPS = 64
ARCHIVE_FULL_SECONDS = 25.0
ARCHIVE_FREE_SECONDS = 240.0
ARCHIVE_FIRST_SECONDS = 10.0
ARCHIVE_FULL = "full"  # archive_command fails while a file of this name lies in the archive

# InternalClientError: the driver's own state after a session that ended between two messages.
FAILURES = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


async def keep_talking(uri: str, client: Client, dice: Random, opened: asyncio.Event) -> None:
    """One session for good: connects, takes its turns, comes back when the server ends it."""
    loop = asyncio.get_running_loop()
    start = loop.time() + client.begins
    await asyncio.sleep(client.begins)
    while True:
        with contextlib.suppress(*FAILURES):
            connection = await connect(uri, client.user, client.application)
            opened.set()
            try:
                await take_turns(connection, client, dice)
            finally:
                connection.terminate()
        period = client.every
        await asyncio.sleep(client.back if period is None else period - (loop.time() - start) % period)


async def take_turns(connection: asyncpg.Connection, client: Client, dice: Random) -> None:
    """Turn after turn (one turn, for a client that comes and goes) until the session is gone."""
    while True:
        try:
            await client.turn(connection, dice)
        except asyncpg.PostgresError:
            # Cancelled, timed out, refused or the victim of a deadlock: a session that still lives goes on.
            if connection.is_in_transaction():
                await connection.execute("ROLLBACK")
            await asyncio.sleep(client.back)
        if client.every is not None or connection.is_closed():
            return


async def trouble_the_archive(uri: str, archive: Path) -> None:
    """Let the archive be full for a while every few minutes, and keep only its newest files.

    A segment is ended then, so that the server has something it cannot archive.
    """
    flag = archive / ARCHIVE_FULL
    flag.unlink(missing_ok=True)
    await asyncio.sleep(ARCHIVE_FIRST_SECONDS)
    while True:
        with contextlib.suppress(*FAILURES):  # OSError too: a full disk ends no demo
            flag.touch()
            connection = await connect(uri)
            await connection.execute("SELECT pg_switch_wal()")
            await connection.close()
        await asyncio.sleep(ARCHIVE_FULL_SECONDS)
        flag.unlink(missing_ok=True)
        for _ in range(int(ARCHIVE_FREE_SECONDS // 20)):
            await asyncio.sleep(20)
            with contextlib.suppress(OSError):
                keep_newest(archive)


def keep_newest(archive: Path) -> None:
    """Remove all but the newest write-ahead log files of the archive: a demo must not fill the disk."""
    for path in sorted(path for path in archive.iterdir() if path.name != ARCHIVE_FULL)[:-ARCHIVE_KEEPS]:
        path.unlink(missing_ok=True)


async def until_input_ends() -> None:
    """Return when standard input is at its end, or the process that started us is another one than before."""
    parent = os.getppid()
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()

    def look() -> None:
        if not os.read(0, 1024):
            ended.set()

    loop.add_reader(0, look)
    while os.getppid() == parent:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), 2)
            break
    loop.remove_reader(0)


async def run(uri: str, archive: Path | None) -> NoReturn:
    """All sessions at once; the process ends when standard input does."""
    tasks = []
    lasting = []
    for number, client in enumerate(clients()):
        opened = asyncio.Event()
        tasks.append(asyncio.create_task(keep_talking(uri, client, Random(number), opened)))
        if client.every is None:
            lasting.append(opened)
    if archive is not None:
        tasks.append(asyncio.create_task(trouble_the_archive(uri, archive)))
    tasks.append(asyncio.create_task(announce(lasting)))
    for task in tasks:
        task.add_done_callback(end_if_failed)
    await until_input_ends()
    # Not in order: the server may be gone already, and a session that is cancelled now would wait for its last word.
    os._exit(0)


def end_if_failed(task: asyncio.Task[None]) -> None:
    """A failure that nobody thought of ends the process with its traceback, instead of one application in silence."""
    error = None if task.cancelled() else task.exception()
    if error is not None:
        traceback.print_exception(error)
        os._exit(1)


async def announce(lasting: Sequence[asyncio.Event]) -> None:
    """Say ``ready`` when all of the events have come."""
    for opened in lasting:
        await opened.wait()
    print("ready", flush=True)  # noqa: T201


def main(words: Sequence[str] | None = None) -> NoReturn:
    """The program."""
    parser = argparse.ArgumentParser(prog="cryotui.demo.workload", description="Keeps the sample laboratory busy.")
    parser.add_argument("uri")
    parser.add_argument("--archive", type=Path)
    given = parser.parse_args(words)
    # Ctrl+C and a closed terminal are for the process that started us; it ends us by closing our standard input.
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    asyncio.run(run(given.uri, given.archive))


if __name__ == "__main__":
    main()
