"""Opening a console: it connects, asks and draws its first live picture before Textual is there. Imports none of it before.

Importing keeps the processor busy, connecting and asking wait for the network and the server. So the session is opened while
the console's own modules are imported, and Textual is imported in a thread, behind a console that is already at work in the
event loop that Textual runs in afterwards.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from cryotui.model.errors import CryotuiError
from cryotui.model.tabs import TABS, tab
from cryotui.pg.destination import Destination, from_uri
from cryotui.tui.ending import LastResort, signals_as_before
from cryotui.tui.first_frame import FirstFrame, size

if TYPE_CHECKING:
    from cryotui.tui.console import Console
    from cryotui.tui.first_picture import FirstPicture
    from cryotui.tui.look import Look

    Show = Callable[[Console, Look, FirstPicture], Awaitable[int]]

PICTURE_FIRST = 0.25
"""Seconds: for so long the import of Textual lets the first picture go before it; a slow server's comes behind it."""

SOON = 0.05
"""Seconds after which a stop that came too early is tried again."""

CLOSING = 2.0
"""Seconds that closing the connections may take at the end."""


def open_console(target: str, overrides: Mapping[str, object]) -> int:
    """Open the console on a URI, for the demo; ``overrides`` are settings as the configuration file would have them."""
    frame = FirstFrame()
    try:
        return open_target(from_uri(target, overrides, os.environ), frame)
    finally:
        frame.withdraw()


def open_target(target: Destination, frame: FirstFrame, pane: str | None = None) -> int:
    """Open the console on a target and stay until it ends; gives the exit code.

    ``pane`` is the name of the one to begin with, ``frame`` what is on the screen until the console draws. Raises
    ConnectError or AuthenticationError when the first connection fails.
    """
    frame.draw(target.name, "connecting", target.protected)
    with signals_as_before():
        return asyncio.run(_open(target, frame, pane))


class _Signalled(Exception):
    """A signal orders the end."""


async def _open(target: Destination, frame: FirstFrame, pane: str | None) -> int:
    loop = asyncio.get_running_loop()
    failed: asyncio.Future[None] = loop.create_future()
    failed.add_done_callback(lambda done: done.cancelled() or done.exception())

    def fail(error: Exception) -> None:
        if not failed.done():
            failed.set_exception(error)

    last_resort = LastResort()

    def signalled(number: int, _: object) -> None:
        last_resort.within_patience(128 + number)
        with contextlib.suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(fail, _Signalled(128 + number))

    def later(number: int, _: object) -> None:
        loop.call_soon_threadsafe(loop.call_later, SOON, os.kill, os.getpid(), number)

    # until Textual has handlers of its own, which also give the terminal back before a stop
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signalled)
    if signal.getsignal(signal.SIGTSTP) == signal.SIG_DFL:
        signal.signal(signal.SIGTSTP, later)
    target.connect_ahead(tab(pane).first if pane else TABS[0].first)
    begin = await asyncio.to_thread(_beginning)
    console, look, picture = begin(target, pane)
    console.give_up = console.beside.crash = fail
    try:
        console.start()
        drawn = asyncio.ensure_future(picture.drawn.wait())
        await asyncio.wait((failed, drawn), timeout=PICTURE_FIRST, return_when=asyncio.FIRST_COMPLETED)
        drawn.cancel()
        imported = asyncio.ensure_future(asyncio.to_thread(_show, look))
        await asyncio.wait((failed, imported), return_when=asyncio.FIRST_COMPLETED)
        if failed.done():
            failed.result()
        show = await imported
        frame.hand_over()
        return await show(console, look, picture)
    except _Signalled as order:
        return int(order.args[0])
    except CryotuiError:
        raise
    except Exception as error:
        from cryotui.tui import crash

        picture.end()
        frame.withdraw()
        sys.stderr.write(crash.sentence(error, target) + "\n")
        return 1
    finally:
        picture.end()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSING):
                await console.end()


def _beginning() -> Callable[[Destination, str | None], tuple[Console, Look, FirstPicture]]:
    """What makes a console and its first picture, imported only now."""
    from cryotui.tui.console import Console
    from cryotui.tui.first_picture import FirstPicture
    from cryotui.tui.look import Look
    from cryotui.watch.feed import Feed

    def begin(target: Destination, pane: str | None) -> tuple[Console, Look, FirstPicture]:
        console = Console(target, Feed(target.open_session, target.settings.poll_seconds), pane)
        console.resize(*size())
        look = Look(target, os.environ, sys.__stderr__.encoding if sys.__stderr__ else "")
        return console, look, FirstPicture(console, look)

    return begin


def _show(look: Look) -> Show:
    """What shows a console in Textual, imported only now, and all themes."""
    from cryotui.tui.app import show

    assert look.palettes
    return show
