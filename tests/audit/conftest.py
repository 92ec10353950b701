"""Connections for the audit's tests, to a database that stays empty or to one of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from functools import cache
from typing import Any

import asyncpg
import psycopg
import pytest
import set_servers
from dial import Connect, dialing
from servers import MAJORS

from cryotui.demo.cluster import Cluster


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Opens connections that are closed at the end of the test."""
    async with dialing() as connect:
        yield connect


@pytest.fixture
async def connection(connect: Connect, pg_all: Cluster) -> AsyncIterator[asyncpg.Connection[Any]]:
    """A superuser's connection inside a transaction that is rolled back at the end, on each major."""
    async for opened in _inside(connect, pg_all):
        yield opened


@pytest.fixture
async def inside(connect: Connect, pg: Cluster) -> AsyncIterator[asyncpg.Connection[Any]]:
    """The same on the newest major only, for what does not depend on it."""
    async for opened in _inside(connect, pg):
        yield opened


@pytest.fixture
async def own(connect: Connect, database: str) -> asyncpg.Connection[Any]:
    """A superuser's connection to a database of its own, outside of any transaction."""
    return await connect(database)


async def _inside(connect: Connect, cluster: Cluster) -> AsyncIterator[asyncpg.Connection[Any]]:
    opened = await connect(_untouched(cluster))
    transaction = opened.transaction()
    await transaction.start()
    yield opened
    if not opened.is_closed():
        await transaction.rollback()
        await opened.close()


@cache
def _untouched(cluster: Cluster) -> str:
    """The URI of a database of that server in which nothing is ever committed."""
    with psycopg.connect(cluster.uri(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE audited")
    return cluster.uri("audited")


@pytest.fixture(scope="session", autouse=True)
def _stop_set_servers() -> Iterator[None]:
    yield
    set_servers.stop()


@pytest.fixture(scope="session", params=MAJORS)
def major(request: pytest.FixtureRequest) -> int:
    """Each major."""
    return int(request.param)


@pytest.fixture
def badly_set(major: int) -> Iterator[str]:
    """An empty database on the server that has everything wrong the examples of rules about settings name."""
    yield from set_servers.fresh(set_servers.server_set("badly", major))


@pytest.fixture
def well_set(major: int) -> Iterator[str]:
    """An empty database on the server that has everything right."""
    yield from set_servers.fresh(set_servers.server_set("well", major))


@pytest.fixture
def pristine(major: int) -> Iterator[str]:
    """An empty database on a server as initdb leaves it."""
    yield from set_servers.fresh(set_servers.server_set("", major))


@pytest.fixture
def beside(major: int) -> Iterator[str]:
    """Another one on the same server."""
    yield from set_servers.fresh(set_servers.server_set("", major))
