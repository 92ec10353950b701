"""Acting: what changes something on the server; all of it asks first."""

from __future__ import annotations

from cryotui.tui.asking import action, launching, level, running
from cryotui.tui.commands.binding import command
from cryotui.tui.console import Console


@command("actions")
def _actions(console: Console, key: str) -> None:
    action.menu(console)


@command("audit")
def _audit(console: Console, key: str) -> None:
    launching.menu(console)


@command("cancel")
def _cancel(console: Console, key: str) -> None:
    action.by_key(console, "C")


@command("terminate")
def _terminate(console: Console, key: str) -> None:
    action.by_key(console, "K")


@command("vacuum")
def _vacuum(console: Console, key: str) -> None:
    action.by_key(console, "V")


@command("reindex")
def _reindex(console: Console, key: str) -> None:
    action.by_key(console, "I")


@command("stop")
def _stop(console: Console, key: str) -> None:
    running.stop(console)


@command("level")
def _level(console: Console, key: str) -> None:
    level.level(console)
