"""A database with every kind of table and policy the role probes meet, on each major."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import psycopg
import pytest

SCENE = (Path(__file__).parent / "scene.sql").read_text()


@pytest.fixture
def scene(database: str) -> str:
    """The URI of the scene on the newest server."""
    return _made(database)


@pytest.fixture
def scene_all(database_all: str) -> str:
    """The URI of the scene on each major."""
    return _made(database_all)


@pytest.fixture
async def connection(scene: str) -> AsyncIterator[asyncpg.Connection]:
    """A superuser's connection to the scene."""
    opened = await asyncpg.connect(scene)
    yield opened
    opened.terminate()


@pytest.fixture
async def connection_all(scene_all: str) -> AsyncIterator[asyncpg.Connection]:
    """A superuser's connection to the scene on each major."""
    opened = await asyncpg.connect(scene_all)
    yield opened
    opened.terminate()


def _made(uri: str) -> str:
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(SCENE)
    return uri
