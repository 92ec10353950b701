"""The sheet that asks before anything is done: it starts on Cancel and believes neither pasted nor queued keys."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from cryotui.model.action import Fact
from cryotui.tui.drawn import SIGNS, Drawn, folded
from cryotui.tui.screens.layer import Hint, Layer

DEAF = 0.3
"""Seconds after opening in which keys are dropped: they were meant for the list."""


class Sheet(Layer):
    """Facts, a word to type where the thing is dangerous, Cancel and one button."""

    sheet = True
    typing = True

    def __init__(
        self,
        head: str,
        note: str,
        facts: Sequence[Fact],
        button: str,
        word: str | None,
        asked_for: str,
        confirm: Callable[[str], None],
        copy: Callable[[], None],
        foot: str = "",
        refused: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``word`` must be typed to go on, None when two buttons are enough; ``asked_for`` says what to type.

        ``refused``: why it cannot be done at all; then there is nothing but Cancel.
        """
        self.head, self.note, self.facts = head, note, list(facts)
        self.button, self.word, self.asked_for = button, word, asked_for
        self.confirm, self.copy, self._foot, self.refused = confirm, copy, foot, refused
        self.typed = ""
        self.focus = "cancel"
        self.offset = 0
        self.clock = clock
        self.opened = clock()
        self.problem = ""
        self._scrollable = 0

    def title(self) -> tuple[str, str]:
        """What is asked, and of which target."""
        return self.head, self.note

    @property
    def ready(self) -> bool:
        """Whether the other button can be pressed."""
        return self.refused is None and (self.word is None or self.typed == self.word)

    def draw(self, width: int, height: int) -> list[Drawn]:
        """The facts (scrolling when there are many), the word, the buttons."""
        facts = self._fact_lines(width - 4)
        tail = self._tail(width)
        room = max(1, height - len(tail) - 1)
        self._scrollable = max(0, len(facts) - room)
        self.offset = max(0, min(self.offset, self._scrollable))
        shown = facts[self.offset : self.offset + room]
        lines: list[Drawn] = [([], "surface"), *shown, *tail]
        return lines

    def _fact_lines(self, width: int) -> list[Drawn]:
        lines: list[Drawn] = []
        for fact in self.facts:
            sign, role = SIGNS[fact.mark] if fact.mark else ("", "text")
            text = f"{sign} {fact.text}" if sign else fact.text
            label = fact.label
            for part in text.split("\n"):
                for piece in folded(part, width - 11):
                    spans = [("  ", "text"), (f"{label:9}", "quiet"), (piece, role if sign else "text")]
                    lines.append((spans, "surface"))
                    label = ""
        return lines

    def _tail(self, width: int) -> list[Drawn]:
        lines: list[Drawn] = [([], "surface")]
        if self.refused:
            lines.append(([("  ■ ", "bad"), (self.refused, "text")], "surface"))
            lines += [([], "surface"), ([("               ", "text"), ("[ Cancel ]", "button")], "surface")]
            return lines
        if self.word is not None:
            cursor = "▏" if self.focus != "button" else ""
            lines.append(
                ([(f"  {self.asked_for}    ", "text"), (self.typed, "accent"), (cursor, "accent"),
                  ("      " + self.word if self.typed != self.word else "", "quiet")], "surface")
            )  # fmt: skip
            lines.append(([], "surface"))
        waits = "" if self.ready else "   waits for the name" if self.word else ""
        cancel = "[ Cancel ]" if self.focus == "cancel" else "( Cancel )"
        button = f"[ {self.button} ]" if self.focus == "button" else f"( {self.button} )"
        lines.append(
            ([("               ", "text"), (cancel, "button" if self.focus == "cancel" else "text"), ("      ", "text"),
              (button, "button" if self.focus == "button" else "text" if self.ready else "quiet"), (waits, "quiet")], "surface")
        )  # fmt: skip
        if self.problem:
            lines.append(([("  " + self.problem, "watch")], "surface"))
        return lines

    def foot(self) -> str:
        """When it was asked."""
        return self._foot

    def hints(self) -> Sequence[Hint]:
        """Buttons."""
        more = (("↑↓", "scroll"),) if self._scrollable else ()
        return (("Tab", "next"), ("Enter", "press"), *more, ("y", "copy SQL"), ("Esc", "cancel"))

    def key(self, key: str, character: str | None) -> bool:
        """Tab goes between the buttons, Enter presses, typing fills the word."""
        if key == "escape":
            self.close()
            return True
        if self.clock() - self.opened < DEAF:
            return True
        if key in ("tab", "shift+tab", "right", "left"):
            self._next()
        elif key == "enter":
            self._press()
        elif key in ("up", "pageup"):
            self.offset -= 1 if key == "up" else 8
        elif key in ("down", "pagedown"):
            self.offset += 1 if key == "down" else 8
        elif self.word is None:
            if character == "y":
                self.copy()
        elif key == "backspace":
            self.typed = self.typed[:-1]
        elif key == "ctrl+u":
            self.typed = ""
        elif character == "y" and not self.typed and not self.word.startswith("y"):
            self.copy()
        elif character and character.isprintable():
            self.typed += character
        return True

    def paste(self, text: str) -> None:
        """Pasted text confirms nothing."""
        self.problem = "Pasted text is not taken here: type it."

    def _next(self) -> None:
        if self.focus == "cancel" and self.ready:
            self.focus = "button"
        elif self.focus == "cancel":
            self.problem = self.refused or "The other button waits for the name."
        else:
            self.focus = "cancel"

    def _press(self) -> None:
        if self.focus == "button" and self.ready:
            self.close()
            self.confirm(self.typed)
        elif self.focus == "cancel":
            self.close()
