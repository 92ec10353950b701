"""Opening a console: it connects while Textual is imported. Imports no Textual before that.

Importing keeps the processor busy and connecting waits for the network and the server, so both go side by side: the import in
a thread, the connection in the event loop that Textual runs in afterwards.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping

from cryotui.pg.destination import Destination, from_uri
from cryotui.tui.first_frame import FirstFrame


def open_console(target: str, overrides: Mapping[str, object]) -> int:
    """Open the console on a URI, for the demo; ``overrides`` are settings as the configuration file would have them."""
    return open_target(from_uri(target, overrides, os.environ))


def open_target(target: Destination, pane: str | None = None, frame: FirstFrame | None = None) -> int:
    """Open the console on a target and stay until it ends; gives the exit code.

    ``pane`` is the name of the one to begin with, ``frame`` what is on the screen until Textual has it. Raises ConnectError
    or AuthenticationError when the first connection fails.
    """
    return asyncio.run(_open(target, pane, frame))


async def _open(target: Destination, pane: str | None, frame: FirstFrame | None) -> int:
    target.connect_ahead()
    show = await asyncio.to_thread(_show)
    if frame is not None:
        frame.hand_over()
    return await show(target, pane)


def _show() -> Callable[[Destination, str | None], Awaitable[int]]:
    """What shows a console, imported only now."""
    from cryotui.tui.app import show

    return show
