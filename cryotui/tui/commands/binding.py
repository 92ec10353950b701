"""How a function becomes what a key does: ``(console, key) -> None`` under an id of the key registry.

A command that has nothing to work on says so in one line; none is silent.
"""

from __future__ import annotations

from collections.abc import Callable

from cryotui.tui.console import Console

Command = Callable[[Console, str], None]

COMMANDS: dict[str, Command] = {}


def command(identity: str) -> Callable[[Command], Command]:
    """Bind a function to an id of the key registry."""

    def bind(function: Command) -> Command:
        COMMANDS[identity] = function
        return function

    return bind
