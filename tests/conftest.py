"""Fixtures of all tests: real servers, shared by a run, and homes that are nobody's."""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import psycopg
import pytest
from psycopg import sql
from servers import MAJORS, new_cluster

from cryotui import probes
from cryotui.demo.cluster import Cluster

_numbers = itertools.count(1)

# CI repeats itself: what only some seeds find is looked for on a desk, where somebody can think about it
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
hypothesis.settings.register_profile("desk", deadline=None)  # a busy machine is no fault of what is tested
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "desk")
_clusters: dict[int | None, Cluster] = {}

# nohup and a script's background begin with these ignored, and so would every program that a test starts and then signals
for _number, _usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, _usual)


@pytest.fixture(autouse=True)
def nobodys_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test reads the developer's home, service file, passfile or PG* variables."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name in list(os.environ):
        if name.startswith(("PG", "CRYOTUI_", "XDG_")) and name != "CRYOTUI_TEST_SERVERS":
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    return home


def _running(major: int | None) -> Cluster:
    if major not in _clusters:
        cluster = new_cluster(major)
        cluster.start()
        _clusters[major] = cluster
    return _clusters[major]


@pytest.fixture(autouse=True)
def _usual_umask() -> Iterator[None]:
    """The program makes its files private for the whole process; servers of other tests must read theirs."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture(autouse=True)
def _no_probes_of_a_user() -> Iterator[None]:
    """A folder of probes that a test adds is known to the whole process; the next test must not meet it."""
    before = list(probes._own_folders)
    yield
    if probes._own_folders != before:
        probes._own_folders[:] = before
        probes.names.cache_clear()
        probes.probe.cache_clear()


@pytest.fixture(scope="session", autouse=True)
def _stop_clusters() -> Iterator[None]:
    yield
    for cluster in _clusters.values():
        cluster.stop()
    _clusters.clear()


@pytest.fixture(scope="session")
def pg() -> Cluster:
    """The newest embedded server, with all client programs; superuser postgres, no password, unix socket."""
    return _running(None)


@pytest.fixture(scope="session", params=MAJORS)
def pg_all(request: pytest.FixtureRequest) -> Cluster:
    """A server of each major from 14 to 18."""
    return _running(request.param)


@pytest.fixture(autouse=True)
def _roles_of_one_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """Roles are the whole server's: those a test makes go with it, so that the next one does not meet them."""
    clusters = [request.getfixturevalue(name) for name in ("pg", "pg_all") if name in request.fixturenames]
    before = [_roles(cluster) for cluster in clusters]
    yield
    for cluster, known in zip(clusters, before, strict=True):
        _roles(cluster, known)


def _roles(cluster: Cluster, known: set[str] | None = None) -> set[str]:
    """The roles of a server; those that are not ``known`` are dropped."""
    with psycopg.connect(cluster.uri(), autocommit=True) as connection:
        found = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles WHERE oid >= 16384")}
        for name in found - (found if known is None else known):
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))
    return found


def _fresh(cluster: Cluster) -> Iterator[str]:
    name = f"t{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(cluster.uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield cluster.uri(name)
    with psycopg.connect(cluster.uri(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def database(pg: Cluster) -> Iterator[str]:
    """The URI of an empty database of its own on the embedded server."""
    yield from _fresh(pg)


@pytest.fixture
def database_all(pg_all: Cluster) -> Iterator[str]:
    """The URI of an empty database of its own on each major."""
    yield from _fresh(pg_all)
