"""Fixtures of the driven console: planted databases and consoles that end with the test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from console_fixture import Opens
from driven import Driven
from lock_scenes import Scene, queue_behind_ddl, scene
from planted import plant


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
        return driven

    yield start
    for driven in consoles:
        driven.close()
