"""The sheet that asks before anything is done: it starts on Cancel and believes neither pasted nor queued keys."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from cryotui.model.action import Fact
from cryotui.model.text import cells
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
        copy: Callable[[], None] | None,
        foot: str = "",
        refused: str | None = None,
        cancelled: str = "Cancelled; nothing was sent.",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``word`` must be typed to go on, None when two buttons are enough; ``asked_for`` says what to type.

        ``copy`` copies the SQL, None where there is none. ``refused``: why it cannot be done at all; then there is nothing
        but Cancel.
        """
        self.head, self.note, self.facts = head, note, list(facts)
        self.button, self.word, self.asked_for = button, word, asked_for
        self.confirm, self.copy, self._foot, self.refused = confirm, copy, foot, refused
        self.cancelled = cancelled
        self.typed = ""
        self.focus = "cancel"  # or field or button; letters go to the field from everywhere
        self.offset = 0
        self.clock = clock
        self.opened = clock()
        self._reached = 0.0
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
        tight = len(tail) + 4 > height
        if tight:  # blank lines leave before facts and buttons
            tail = [line for line in tail if line[0]]
        room = max(1, height - len(tail) - (not tight))
        self._scrollable = max(0, len(facts) - room)
        self.offset = max(0, min(self.offset, self._scrollable))
        shown = facts[self.offset : self.offset + room]
        return [*shown, *tail] if tight else [([], "surface"), *shown, *tail]

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
            lines += [*self._field(width, self.word), ([], "surface")]
        waits = "" if self.ready else "   waits for the name" if self.word else ""
        indent, gap = " " * 15, " " * 6
        buttons = cells(f"[ Cancel ][ {self.button} ]")
        if cells(indent + gap + waits) + buttons > width - 2:
            indent, gap = "  ", "  "
        if cells(indent + gap + waits) + buttons > width - 2:
            waits = ""
        cancel = "[ Cancel ]" if self.focus == "cancel" else "( Cancel )"
        button = f"[ {self.button} ]" if self.focus == "button" else f"( {self.button} )"
        lines.append(
            ([(indent, "text"), (cancel, "button" if self.focus == "cancel" else "text"), (gap, "text"),
              (button, "button" if self.focus == "button" else "text" if self.ready else "quiet"), (waits, "quiet")], "surface")
        )  # fmt: skip
        if self.problem:
            lines.append(([("  " + self.problem, "watch")], "surface"))
        return lines

    def _field(self, width: int, word: str) -> list[Drawn]:
        """What to type and what was typed; narrow, in fewer words, on two lines where one would cut the word."""
        typed = [(self.typed, "accent"), ("▏" if self.focus != "button" else "", "accent")]
        if 2 + cells(self.asked_for) + 4 + cells(self.typed) + 1 + 6 + cells(word) <= width - 2:
            ghost = "      " + word if self.typed != word else ""
            return [([(f"  {self.asked_for}    ", "text"), *typed, (ghost, "quiet")], "surface")]
        label = f"Type {word}"
        if 2 + cells(label) + 4 + max(cells(self.typed), cells(word)) + 1 <= width - 2:
            return [([(f"  {label}    ", "text"), *typed], "surface")]
        pieces: list[Drawn] = [([("  ", "text"), (piece, "text")], "surface") for piece in folded(label, width - 6)]
        return [*pieces, ([("  ", "text"), *typed], "surface")]

    def foot(self) -> str:
        """When it was asked."""
        return self._foot

    def hints(self) -> Sequence[Hint]:
        """Buttons."""
        more = (("↑↓", "scroll"),) if self._scrollable else ()
        copies = (("y", "copy SQL"),) if self.copy is not None else ()
        return (*more, ("Tab", "next"), ("Enter", "press"), ("Esc", "cancel"), *copies)

    def key(self, key: str, character: str | None) -> bool:
        """Tab goes between the buttons, Enter presses, typing fills the word."""
        if key == "escape":
            self._cancel()
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
            if character == "y" and self.copy is not None:
                self.copy()
        elif key == "backspace":
            self._type(self.typed[:-1])
        elif key == "ctrl+u":
            self._type("")
        elif character == "y" and not self.typed and not self.word.startswith("y") and self.copy is not None:
            self.copy()
        elif character and character.isprintable():
            self._type(self.typed + character)
        return True

    def paste(self, text: str) -> None:
        """Pasted text confirms nothing."""
        self.problem = "Pasted text is not taken here: type it."

    def _type(self, text: str) -> None:
        self.typed, self.focus, self.problem = text, "field", ""

    def _cancel(self) -> None:
        self.close()
        self.tell(self.cancelled)

    def _next(self) -> None:
        if self.focus != "button" and self.ready:
            self.focus = "button"
        elif self.focus != "button":
            self.focus = "cancel"
            self.problem = self.refused or "The other button waits for the name."
        else:
            self.focus = "cancel"

    def _press(self) -> None:
        if self.focus == "button":
            if self.ready and self.clock() - self._reached >= DEAF:
                self.close()
                self.confirm(self.typed)
        elif self.focus == "cancel":
            self._cancel()
        elif self.ready:
            self.focus, self.problem = "button", ""
            self._reached = self.clock()  # an Enter typed ahead does not press it
        else:
            self.problem = f"That is not {self.word}: type it whole, or Esc cancels."
