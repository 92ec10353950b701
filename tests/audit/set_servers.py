"""Servers for rules about settings: badly set, well set, and as initdb leaves them."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import psycopg
from examples import examples, together
from psycopg import sql
from servers import new_cluster

from cryotui.demo.cluster import SUPERUSER, Cluster

AS_SHIPPED = {
    "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "max_wal_size": "1GB", "wal_level": "replica",
    "shared_preload_libraries": "", "autovacuum_naptime": "1min", "max_connections": "100",
    "max_prepared_transactions": "0", "max_wal_senders": "10", "track_io_timing": "off",
}  # fmt: skip
"""What initdb leaves, against the settings of the throw-away servers."""

PEER = "local all all peer map=tests\nlocal replication all peer map=tests"
"""Who may log in to a well set server: whoever runs the tests, as superuser, and the kernel vouches for it."""

_numbers = count(1)
_servers: dict[tuple[str, int], Cluster] = {}


def stop() -> None:
    """Stop all that were started, side by side."""
    with ThreadPoolExecutor() as workers:
        list(workers.map(Cluster.stop, _servers.values()))
    _servers.clear()


def server_set(word: str, major: int) -> Cluster:
    """A server with the settings that the examples' lines of that word want together; as initdb leaves it for ""."""
    if (word, major) in _servers:
        return _servers[word, major]
    wanted = together(word, major) if word else {}
    server = new_cluster(major, AS_SHIPPED)
    server.start()
    _servers[word, major] = server
    extra = [line for one in examples() for line in one.hba] if word == "badly" else []
    with psycopg.connect(server.uri(), autocommit=True) as connection:
        if extra:
            with (server.data / "pg_hba.conf").open("a") as file:
                file.writelines(f"{line}\n" for line in extra)
        if word == "well":
            (server.data / "pg_hba.conf").write_text(f"{PEER}\n")
            (server.data / "pg_ident.conf").write_text(f"tests {getpass.getuser()} {SUPERUSER}\n")
        for name, value in wanted.items():
            # a list (shared_preload_libraries) is several literals, everything else is one
            values = [part.strip() for part in value.split(",")] if name.endswith("_libraries") else [value]
            literals = sql.SQL(", ").join(sql.Literal(part) for part in values)
            parts = sql.SQL(".").join(sql.Identifier(part) for part in name.split("."))
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(parts, literals))
    if word:
        server.restart()
    return server


def fresh(server: Cluster) -> Iterator[str]:
    """The URI of an empty database of its own, dropped at the end."""
    name = f"set{next(_numbers)}"
    with psycopg.connect(server.uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield server.uri(name)
    with psycopg.connect(server.uri(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
