"""Fixtures of the driven console: planted databases and consoles that end with the test."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from console_fixture import Opens
from driven import Driven
from lock_scenes import Scene, queue_behind_ddl, scene
from planted import plant
from servers import new_cluster

from cryotui.demo.cluster import Cluster


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark of tests that take longer than ten seconds; ``-m "not slow"`` leaves them out."""
    config.addinivalue_line("markers", "slow: takes longer than ten seconds")


@pytest.fixture
def lab(database: str) -> str:
    """The URI of a planted database of its own."""
    plant(database)
    return database


@pytest.fixture
def sessions(lab: str) -> Iterator[Scene]:
    """Sessions on the planted database; they end with the test."""
    with scene(lab) as made:
        yield made


@pytest.fixture
def chain(sessions: Scene) -> dict[str, int]:
    """Pids by application of a lock chain of nine on the planted database."""
    return queue_behind_ddl(sessions)


LISTENS = b"\x1b[?2004h"
"""Textual has the terminal."""


@pytest.fixture
def opened() -> Iterator[Opens]:
    """Opens consoles that are live; they end with the test."""
    consoles: list[Driven] = []

    def start(
        *words: str, pane: str = "", size: tuple[int, int] = (80, 24), environ: dict[str, str | None] | None = None
    ) -> Driven:
        driven = Driven(*words, *(("--pane", pane) if pane else ()), size=size, environ=environ)
        consoles.append(driven)
        driven.wait_for(r" live \d+s")
        driven.wait_for(lambda: LISTENS in driven.raw)  # the first picture is there before Textual is
        driven.quiet(0.2)
        return driven

    yield start
    for driven in consoles:
        driven.close()


@pytest.fixture(scope="session")
def _guarded() -> Iterator[Cluster]:
    """A server that asks for passwords."""
    with new_cluster() as cluster:
        with psycopg.connect(cluster.uri(), autocommit=True) as connection:
            connection.execute("CREATE ROLE known LOGIN SUPERUSER PASSWORD 'right-one'")
        (cluster.data / "pg_hba.conf").write_text("local all postgres trust\nlocal all all scram-sha-256\n")
        with psycopg.connect(cluster.uri(), autocommit=True) as connection:
            connection.execute("SELECT pg_reload_conf()")
        yield cluster


@pytest.fixture
def with_password(_guarded: Cluster) -> str:
    """The URI of a server that asks for a password (right-one), with PASSWORD in its place."""
    return _guarded.uri(user="known").replace("known@", "known:PASSWORD@")
