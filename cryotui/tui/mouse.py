"""The mouse: a row gets the cursor, a head sorts, a tab and a view open, the wheel moves the list."""

from __future__ import annotations

from cryotui.tui import commands, frame
from cryotui.tui.console import Console


def click(console: Console, part: str | None, x: int, y: int) -> None:
    """A click on a cell of ``header``, ``tabs``, ``body`` or ``bottom``; a sheet takes none."""
    if any(layer.sheet for layer in console.layers):
        return
    if part == "tabs":
        _tab(console, x)
    elif part == "body" and not console.layers:
        board = console.board
        if y == 0 and board.has_views_line:
            view = board.view_at(x)
            if view:
                console.open_view(view)
        elif y == board.heads_line and board.layout.sticky:
            column = board.head_at(x)
            if column:
                board.sort_by(column)
        else:
            board.click(y)


def wheel(console: Console, by: int) -> None:
    """The wheel was turned by so many lines."""
    if console.layers:
        for _ in range(abs(by)):
            console.layers[-1].key("down" if by > 0 else "up", None)
    elif console.server is not None:
        console.board.move(by)


def _tab(console: Console, x: int) -> None:
    at = 0
    for text, _ in frame.tabs(console.pane.name, console.marks, console.width)[0]:
        if at <= x < at + len(text) and text[:1].isdigit():
            commands.run(console, "pane", text[0])
        at += len(text)
