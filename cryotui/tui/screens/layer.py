"""Something that lies over a pane for a while: it draws lines, takes keys, and closes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cryotui.tui.drawn import Drawn

Hint = tuple[str, str]
"""A key and what it does here."""


class Layer:
    """One layer. ``close``, ``redraw`` and ``tell`` are given by the console when the layer is put on the stack."""

    sheet = False  # a box over the list, else the whole body
    typing = False  # printable keys are text here
    close: Callable[[], None]
    redraw: Callable[[], None]
    tell: Callable[[str], None]  # says a sentence to the operator
    double = False  # rules of a protected target

    def draw(self, width: int, height: int) -> list[Drawn]:
        """At most ``height`` lines; for a sheet the inside of the box."""
        raise NotImplementedError

    def title(self) -> tuple[str, str]:
        """The box's title and the note at its right end."""
        return "", ""

    def foot(self) -> str:
        """The line above the keys."""
        return ""

    def hints(self) -> Sequence[Hint]:
        """At most seven keys."""
        return (("Esc", "close"),)

    def key(self, key: str, character: str | None) -> bool:
        """Take a key; False leaves it to the console."""
        return False

    def paste(self, text: str) -> None:
        """Take pasted text; ignored unless the layer has a place for it."""
