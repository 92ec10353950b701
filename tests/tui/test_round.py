"""A round of answers gives way to keys, and to nothing for ever."""

from __future__ import annotations

import asyncio
from typing import Any

from cryotui.tui.round import Rounds


def rounds() -> Rounds:
    console: Any = None  # giving way asks nothing of it
    return Rounds(console)


async def test_work_waits_until_a_key_is_answered() -> None:
    work = rounds()
    work.key_pressed()
    piece = asyncio.create_task(work.keys_first())
    for _ in range(10):
        await asyncio.sleep(0.005)
        assert not piece.done()
    work.key_answered()
    await piece


async def test_a_key_that_is_never_answered_does_not_stop_the_work() -> None:
    work = rounds()
    work.key_pressed()
    await work.keys_first()
    await work.keys_first()
