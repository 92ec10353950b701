"""Connections for the audit's tests: as a library user has them, with the driver's own settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from cryotui.demo.cluster import Cluster


async def _inside(uri: str) -> AsyncIterator[asyncpg.Connection[Any]]:
    opened = await asyncpg.connect(uri)
    transaction = opened.transaction()
    await transaction.start()
    yield opened
    if not opened.is_closed():
        await transaction.rollback()
        await opened.close()


@pytest.fixture
async def connection(pg_all: Cluster) -> AsyncIterator[asyncpg.Connection[Any]]:
    """A superuser's connection inside a transaction that is rolled back at the end, on each major."""
    async for opened in _inside(pg_all.uri()):
        yield opened


@pytest.fixture
async def inside(pg: Cluster) -> AsyncIterator[asyncpg.Connection[Any]]:
    """The same on the newest major only, for what does not depend on it."""
    async for opened in _inside(pg.uri()):
        yield opened


@pytest.fixture
async def own(database: str) -> AsyncIterator[asyncpg.Connection[Any]]:
    """A superuser's connection to a database of its own, outside of any transaction."""
    opened = await asyncpg.connect(database)
    yield opened
    if not opened.is_closed():
        opened.terminate()
