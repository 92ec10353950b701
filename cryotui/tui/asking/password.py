"""Trying to connect again, with another password where the server refused the one there was."""

from __future__ import annotations

from cryotui.model.errors import ConnectError
from cryotui.tui.console import Console
from cryotui.tui.screens.password import PasswordSheet


def retry(console: Console) -> None:
    """Try now; after a refused password look for another one first, and ask for it when there is none."""
    error = console.feed.link.error
    if error is not None and error.cause == "auth":
        console.spawn(_with_another(console, error))
    else:
        _try(console)


def _try(console: Console) -> None:
    console.feed.refresh()
    console.say("Trying now.")


async def _with_another(console: Console, error: ConnectError) -> None:
    target = console.target
    if target.limits.password_command:
        console.say("Asking password_command.")
    if await target.another_password(refused=error.sqlstate is not None):
        _try(console)
        return

    def confirm(typed: str) -> None:
        target.take_password(typed)
        _try(console)

    if not any(isinstance(layer, PasswordSheet) for layer in console.layers):
        console.push(PasswordSheet(target.spec.display(), str(error), confirm))
