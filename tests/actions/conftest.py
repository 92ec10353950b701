"""Desks on real servers, and sessions of others for them to act on."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from action_place import Clock, Place


@contextlib.asynccontextmanager
async def _place(uri: str, folder: Path) -> AsyncIterator[Place]:
    place = Place(uri, folder)
    yield place
    for connection in place.connections:
        connection.terminate()
    await asyncio.sleep(0)


SETUP = """
CREATE TABLE molecules (id int PRIMARY KEY, name text);
INSERT INTO molecules SELECT i, 'm' || i FROM generate_series(1, 2000) i;
CREATE INDEX ix_molecules_name ON molecules (name);
DELETE FROM molecules WHERE id % 2 = 0;
"""


@pytest_asyncio.fixture
async def place(database: str, tmp_path: Path) -> AsyncIterator[Place]:
    """A database with one table on the embedded server."""
    async with _place(database, tmp_path / "state" / "cryotui") as place:
        await (await place.connect()).execute(SETUP)
        yield place


@pytest_asyncio.fixture
async def place_all(database_all: str, tmp_path: Path) -> AsyncIterator[Place]:
    """The same on each major."""
    async with _place(database_all, tmp_path / "state" / "cryotui") as place:
        await (await place.connect()).execute(SETUP)
        yield place


@pytest_asyncio.fixture
async def roles(place: Place) -> AsyncIterator[dict[str, str]]:
    """Login roles of this test: plain owns nothing, signaller is in pg_signal_backend, reader in pg_read_all_stats."""
    admin = await place.connect()
    number = await admin.fetchval("SELECT oid FROM pg_database WHERE datname = current_database()")
    names = {name: f"{name}_{number}" for name in ("plain", "signaller", "reader", "other")}
    for name in names.values():
        await admin.execute(f"CREATE ROLE {name} LOGIN")
    await admin.execute(f"GRANT pg_signal_backend TO {names['signaller']}")
    await admin.execute(f"GRANT pg_read_all_stats TO {names['signaller']}, {names['reader']}")
    yield names
    for name in names.values():
        await admin.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{name}'")
        await admin.execute(f"DROP OWNED BY {name}; DROP ROLE {name}")


@pytest.fixture
def clock() -> Clock:
    return Clock()
