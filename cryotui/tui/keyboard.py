"""Keys: one meaning for each. The filter while it is typed, then the topmost layer, then the registry."""

from __future__ import annotations

from cryotui.model import keys as registry
from cryotui.model.text import clean
from cryotui.tui import commands
from cryotui.tui.console import Console

WITHOUT_SERVER = ("quit", "help", "refresh", "theme", "pane", "alerts", "close")
"""What can be done before the first answer."""

OF_THE_LIST = ("row", "page", "ends", "tag", "sort", "filter", "next-part")
"""What means the list, and nothing while a text lies over it."""

KEPT_FILTERS = 50


def press(console: Console, key: str, character: str | None) -> None:
    """A key was pressed; ``character`` is what it prints."""
    console.banner = None
    console.messages.answering = True
    try:
        _press(console, key, character)
    finally:
        console.messages.answering = False


def _press(console: Console, key: str, character: str | None) -> None:
    if console.filter_typed is not None:
        _filter(console, key, character)
    elif not console.layers or not _layer(console, key, character):
        _command(console, key, character)


def paste(console: Console, text: str) -> None:
    """Text was pasted: text for a filter, and nothing elsewhere; it never presses keys."""
    if console.filter_typed is not None:
        before = "" if console.filter_selected else console.filter_typed
        console.filter_typed = before + (clean(text.splitlines()[0]) if text else "")
        console.filter_selected = False
        console.board.set_filter(console.filter_typed)
        console.refresh_board()
    elif console.layers:
        console.layers[-1].paste(text)
    else:
        console.say("Pasted text is taken in a filter only; / opens it.")


def _layer(console: Console, key: str, character: str | None) -> bool:
    """Whether the topmost layer took the key; where text is typed no printable key goes further."""
    layer = console.layers[-1]
    return layer.key(key, character) or (layer.typing and character is not None)


def _command(console: Console, key: str, character: str | None) -> None:
    entry = registry.find(key, character)
    if entry is None:
        shown = clean(character or key)
        console.say(f"{shown} has no meaning. ? lists the keys.", keep=False)
    elif any(layer.sheet for layer in console.layers) and entry.id not in ("quit", "help", "close"):
        console.say("A sheet is open: Esc closes it.", keep=False)
    elif console.server is None and entry.id not in WITHOUT_SERVER:
        console.say("Nothing is there yet: the connection is being made.")
    elif console.layers and entry.id in OF_THE_LIST:
        console.say("Backspace goes back to the list.")
    else:
        commands.run(console, entry.id, character or key)


def _filter(console: Console, key: str, character: str | None) -> None:
    text = console.filter_typed or ""
    selected, console.filter_selected = console.filter_selected, False
    if key == "enter" and console.board.choice.filter.problem:
        return  # the line goes on saying what is wrong with it
    if key == "enter":
        if text:
            console.filters = [text, *[old for old in console.filters if old != text]][:KEPT_FILTERS]
        console.filter_typed = None
    elif key == "escape":
        console.filter_typed = None
        console.board.set_filter("")
    elif key in ("up", "down"):
        known = console.filters
        at = known.index(text) if text in known else -1
        at = at + 1 if key == "up" else at - 1
        console.filter_typed = known[at] if 0 <= at < len(known) else "" if at < 0 else text
    elif key == "backspace":
        console.filter_typed = "" if selected else text[:-1]
    elif key == "ctrl+u":
        console.filter_typed = ""
    elif character:
        console.filter_typed = character if selected else text + character
    if console.filter_typed is not None:
        console.board.set_filter(console.filter_typed)
    console.refresh_board()
