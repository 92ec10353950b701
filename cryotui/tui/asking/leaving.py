"""Leaving the console, which asks while an action of ours runs."""

from __future__ import annotations

from cryotui.actions.running import Running
from cryotui.tui.console import Console
from cryotui.tui.screens.chooser import Chooser


def leave(console: Console) -> None:
    """End the console; asks while an action of ours runs."""
    alive = console.connection.runnings
    if not alive:
        console.leave(0)
        return
    titles = ", ".join(running.title for running in alive)
    items = [
        ("Stay", "", None),
        ("Leave, it goes on on the server", f"{titles}; the action log keeps its pid", None),
        ("Stop it and leave", titles, None),
    ]

    def choose(index: int) -> None:
        if index == 1:
            console.leave(0)
        elif index == 2:
            console.spawn(_stop_and_leave(console, alive))

    console.push(Chooser("An action of ours runs", items, choose))


async def _stop_and_leave(console: Console, alive: list[Running]) -> None:
    for running in alive:
        await running.stop()
        await running.wait()
    console.leave(0)
