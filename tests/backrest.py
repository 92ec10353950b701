"""A real pgBackRest stanza for tests: a server, a repository beside it, and the program run as the server's account."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from servers import absent

from cryotui.demo.cluster import Cluster
from cryotui.model.settings import BackupSource

BIN = Path("/usr/lib/postgresql/15/bin")


@dataclass
class Repository:
    """A server whose WAL goes to a pgBackRest repository beside it."""

    cluster: Cluster
    place: Path
    config: Path

    def source(self, stanza: str = "demo") -> BackupSource:
        """It as a configuration file would name it."""
        return BackupSource("repo", "pgbackrest", stanza=stanza, command=("pgbackrest", f"--config={self.config}"))

    def run(self, *words: str) -> str:
        """What pgbackrest prints, run as the server's account; it has to end with 0."""
        account = self.cluster.account
        who: dict[str, Any] = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
        argv = ["pgbackrest", f"--config={self.config}", "--stanza=demo", *words]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=120, check=False, cwd="/", **who)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@contextmanager
def stanza() -> Iterator[Repository]:
    """A server of its own with the stanza demo, gone at the end; skips, or fails in CI, where pgBackRest is missing."""
    if not shutil.which("pgbackrest") or not BIN.exists():
        absent("pgbackrest")
    cluster = Cluster(BIN, settings={"archive_mode": "on", "archive_command": "/bin/false", "wal_level": "replica"})
    with cluster:
        place = cluster.directory / "backrest"
        config = place / "pgbackrest.conf"
        for name in ("repo", "log", "lock", "spool"):
            (place / name).mkdir(parents=True)
        config.write_text(
            f"[global]\nrepo1-path={place}/repo\nrepo1-retention-full=2\nlog-path={place}/log\nlock-path={place}/lock\n"
            f"spool-path={place}/spool\nstart-fast=y\nlog-level-console=warn\nlog-level-file=off\n"
            f"[demo]\npg1-path={cluster.data}\npg1-socket-path={cluster.socket_directory}\npg1-port={cluster.port}\npg1-user=postgres\n"
        )
        if cluster.account:
            for folder, _, files in os.walk(place):
                for name in (".", *files):
                    os.chown(Path(folder, name), cluster.account.uid, cluster.account.gid)
        made = Repository(cluster, place, config)
        made.run("stanza-create")
        with psycopg.connect(cluster.uri(), autocommit=True) as connection:
            push = f"pgbackrest --config={config} --stanza=demo archive-push %p"
            connection.execute(f"ALTER SYSTEM SET archive_command = '{push}'")
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("CREATE TABLE samples AS SELECT n FROM generate_series(1, 1000) n")
        yield made
