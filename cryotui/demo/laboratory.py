"""The sample laboratory: its database, the settings of its server, and the dumps that lie beside it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

import asyncpg

from cryotui.demo.cluster import Cluster, environment
from cryotui.demo.connection import connect
from cryotui.demo.place import make_private
from cryotui.model.errors import CryotuiError

Progress = Callable[[str, float], None]

DATABASE = "cryoprotect"
SLOTS = ("cdc_lab", "old_reporting")  # the second has no reader
INITDB = ("--wal-segsize=1",)  # small segments: the archiver has something to do, the archive stays small

SETTINGS: Mapping[str, str] = {
    "max_connections": "60",
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track": "all",
    "pg_stat_statements.track_planning": "off",
    "track_io_timing": "on",
    "track_functions": "pl",
    "wal_level": "logical",
    "max_wal_size": "64MB",
    "min_wal_size": "16MB",
    "max_slot_wal_keep_size": "256MB",
    "archive_mode": "on",
    # Relative to the data directory. The workload makes the file "full" now and then.
    "archive_command": 'test ! -e ../archive/full && cp "%p" "../archive/%f"',
    "archive_timeout": "60s",
    "autovacuum_naptime": "15s",
    "logging_collector": "on",
    "log_filename": "postgresql-%H.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "60min",
    "log_checkpoints": "on",
    "log_lock_waits": "on",
    "log_temp_files": "0",
    "log_autovacuum_min_duration": "0",
    "log_line_prefix": "%m [%p] %q%u@%d %a ",
}

# While loading: no write-ahead log for tables filled in the transaction that made their file, nothing in the background.
LOADING: Mapping[str, str] = {
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "archive_mode": "off",
    "autovacuum": "off",
    "full_page_writes": "off",
    "shared_preload_libraries": "",
}

# What is loaded in which order, what the operator reads meanwhile, and at which part of the whole it begins. Files of
# one line are loaded at the same time.
STEPS: tuple[tuple[str, tuple[str, ...], float], ...] = (
    ("roles and tables", ("roles",), 0.10),
    ("accounts", ("platform",), 0.11),
    ("tables", ("tables",), 0.13),
    ("people and projects", ("people",), 0.14),
    ("molecules and experiments", ("molecules", "experiments"), 0.15),
    ("properties and mixtures", ("properties", "mixtures"), 0.30),
    ("keys and indexes", ("indexes",), 0.42),
    ("row security", ("access",), 0.62),
    ("migrations", ("migrations",), 0.63),
)

DUMP_AGE = timedelta(hours=31)
CUT_DUMP_AGE = timedelta(days=5)
CUT_TO = 0.25


def sql(name: str) -> str:
    """The text of one file of the laboratory."""
    return resources.files("cryotui.demo").joinpath("laboratory", f"{name}.sql").read_text(encoding="utf-8")


async def build(cluster: Cluster, progress: Progress) -> None:
    """Make the laboratory in a server that was started with LOADING, and leave it running with its own settings.

    ``progress`` hears what is going on and which part of the whole is done (0 to 1). Raises CryotuiError when pg_dump
    fails, asyncpg's errors when a statement does.
    """
    await _once(cluster.uri(), f"CREATE DATABASE {DATABASE}")
    for words, names, done in STEPS:
        progress(words, done)
        await asyncio.gather(*(_once(cluster.uri(DATABASE), sql(name)) for name in names))
    progress("statistics, troubles and a dump", 0.64)
    await asyncio.gather(make_dumps(cluster), _once(cluster.uri(DATABASE), "VACUUM (ANALYZE)", sql("troubles")))
    with contextlib.suppress(asyncpg.UniqueViolationError):  # what it leaves behind is the invalid index
        statement = "CREATE UNIQUE INDEX CONCURRENTLY ix_experiments_batch ON experiments (batch_number)"
        await _once(cluster.uri(DATABASE), statement)
    progress("server settings", 0.93)
    make_private(cluster.directory / "archive", cluster.account)
    await asyncio.to_thread(cluster.restart)
    for slot in SLOTS:
        await _once(cluster.uri(DATABASE), f"SELECT pg_create_logical_replication_slot('{slot}', 'pgoutput')")


async def make_dumps(cluster: Cluster) -> None:
    """A dump of the database as pg_dump makes it, and one that was cut off. None when there is no pg_dump."""
    program = find_pg_dump(cluster.bin_dir)
    if program is None:
        return
    folder = dumps_of(cluster)
    folder.mkdir(mode=0o700, exist_ok=True)
    whole, cut = (folder / name for name in dump_names())
    process = await asyncio.create_subprocess_exec(
        *(str(program), "--format=custom", "--compress=1", f"--dbname={cluster.uri(DATABASE)}", f"--file={whole}"),
        env=environment(),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, words = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise CryotuiError(f"pg_dump of the sample laboratory failed: {words.decode(errors='replace').strip()}")
    shutil.copyfile(whole, cut)
    os.truncate(cut, int(cut.stat().st_size * CUT_TO))
    age_dumps(folder)


def age_dumps(folder: Path) -> None:
    """Set the files' times so that the newest dump is late and the one that was cut off is days old."""
    dumps = sorted(folder.glob("*.dump"), key=lambda path: path.stat().st_size)
    for path, age in zip(reversed(dumps), (DUMP_AGE, CUT_DUMP_AGE), strict=False):
        moment = (datetime.now(UTC) - age).timestamp()
        os.utime(path, (moment, moment))


def dumps_of(cluster: Cluster) -> Path:
    """The folder of the dumps."""
    return cluster.directory / "dumps"


def dump_names() -> tuple[str, str]:
    """The names of the whole dump and of the one cut short, after the days they claim to be of."""
    now = datetime.now(UTC)
    whole, cut = (f"{DATABASE}-{(now - age):%Y-%m-%d}.dump" for age in (DUMP_AGE, CUT_DUMP_AGE))
    return whole, cut


def find_pg_dump(bin_dir: Path) -> Path | None:
    """pg_dump of the same installation, None when it has none: another version may refuse the server."""
    program = bin_dir / "pg_dump"
    return program if program.exists() else None


async def _once(uri: str, *scripts: str) -> None:
    """Run one or more scripts, each as it stands, in a session of their own."""
    connection = await connect(uri)
    try:
        for script in scripts:
            await connection.execute(script)
    finally:
        await connection.close()
