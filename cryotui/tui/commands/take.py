"""Taking: copies, exports, tags."""

from __future__ import annotations

from cryotui.tui import taking
from cryotui.tui.commands.binding import command
from cryotui.tui.console import Console


@command("copy")
def _copy(console: Console, key: str) -> None:
    taking.copy(console)


@command("export")
def _export(console: Console, key: str) -> None:
    taking.export(console)


@command("tag")
def _tag(console: Console, key: str) -> None:
    console.board.tag()


@command("tag-all")
def _tag_all(console: Console, key: str) -> None:
    console.say(f"{console.board.tag_all()} rows are tagged.")


@command("untag")
def _untag(console: Console, key: str) -> None:
    console.board.choice.tags.clear()
    console.say("No row is tagged.")
