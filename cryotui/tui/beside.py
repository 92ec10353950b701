"""What runs beside the screen: tasks whose errors become messages, and that end with the console."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from cryotui.model.errors import CryotuiError


class Beside:
    """``say`` tells the operator; ``note_fault`` keeps an error of our own in a file and gives a sentence about it."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.note_fault: Callable[[Exception], str] = lambda error: ""
        self.crash: Callable[[Exception], None] = lambda error: None
        self._say = say
        self._tasks: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run something; an operator's error becomes a message."""
        return self._keep(self._guarded(work))

    def spawn_vital(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run what the console cannot do without: a fault in it is a crash, because nothing on screen would be true."""
        self._keep(self._vital(work))

    def _keep(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _guarded(self, work: Coroutine[Any, Any, Any]) -> Any:
        try:
            return await work
        except CryotuiError as error:
            self._say(str(error))
        except Exception as error:
            self._say(f"A fault of cryotui's own: {type(error).__name__}. {self.note_fault(error)}")
        return None

    async def _vital(self, work: Coroutine[Any, Any, Any]) -> None:
        try:
            await work
        except Exception as error:
            self.crash(error)

    async def end(self, others: Iterable[asyncio.Task[Any]]) -> None:
        """Cancel everything, and those given, and wait for it."""
        tasks = [*others, *self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
