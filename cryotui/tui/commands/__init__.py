"""What the keys do: one function for each id of the key registry, in one module for each of its groups."""

from __future__ import annotations

from cryotui.model import keys as registry
from cryotui.tui.commands import act, look, move, screens, take, time
from cryotui.tui.commands.binding import COMMANDS
from cryotui.tui.console import Console

__all__ = ["COMMANDS", "act", "look", "move", "run", "screens", "take", "time"]


def run(console: Console, identity: str, key: str = "") -> None:
    """Run a command by its id; what belongs to later work says so."""
    entry = registry.by_id(identity)
    function = COMMANDS.get(identity)
    if function is None:
        # the verdict first: the line may be narrower than the sentence
        console.say(f"Not there yet: {entry.meaning} ({entry.shown}).")
        return
    console.banner = None
    function(console, key)
    console.redraw()
