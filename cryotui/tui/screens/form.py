"""A sheet with some fields to fill in, Cancel and one button."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from cryotui.model.record import dataclass
from cryotui.model.text import cells, clean
from cryotui.tui.drawn import Drawn, folded
from cryotui.tui.screens.layer import Hint, Layer

LABEL = 10
"""Cells of a field's label."""


@dataclass(frozen=True, slots=True)
class Field:
    """One line to fill in: its name, what is shown before it, what stands in it at first, what it wants."""

    name: str
    label: str
    given: str
    about: str


class Form(Layer):
    """Fields one below the other; ``check`` says what is wrong with them, ``confirm`` gets them."""

    sheet = True
    typing = True

    def __init__(
        self,
        head: str,
        note: str,
        about: str,
        fields: Sequence[Field],
        button: str,
        check: Callable[[Mapping[str, str]], str | None],
        confirm: Callable[[Mapping[str, str]], object],
        foot: str = "",
        cancelled: str = "Cancelled; nothing was written.",
    ) -> None:
        """``check`` gives None when all is well; it is asked when no field is empty."""
        self.head, self.note, self.about, self.fields, self.button = head, note, about, tuple(fields), button
        self.check, self.confirm, self._foot, self.cancelled = check, confirm, foot, cancelled
        self.typed = {field.name: field.given for field in fields}
        self.focus = 0  # a field, then Cancel, then the button
        self.problem = ""

    def title(self) -> tuple[str, str]:
        """What it is about, and of which target."""
        return self.head, self.note

    @property
    def _wrong(self) -> str | None:
        empty = next((field for field in self.fields if not self.typed[field.name].strip()), None)
        return f"{empty.label} is empty." if empty else self.check(self.typed)

    def draw(self, width: int, height: int) -> list[Drawn]:
        """The fields, what the one at hand wants, the buttons."""
        lines: list[Drawn] = [([], "surface")]
        lines += [([("  ", "text"), (part, "text")], "surface") for part in folded(self.about, width - 4)]
        lines.append(([], "surface"))
        room = width - LABEL - 5
        for number, field in enumerate(self.fields):
            here = number == self.focus
            text = _end(self.typed[field.name], room - 1)
            spans = [(f"  {field.label:{LABEL}}", "quiet"), (text, "accent" if here else "text")]
            lines.append((spans + ([("▏", "accent")] if here else []), "panel" if here else "surface"))
            if here:
                about = [
                    ([(" " * (LABEL + 2), "text"), (part, "quiet")], "surface") for part in folded(field.about, room)
                ]
                lines += about
        cancel, button = (self.focus == len(self.fields) + at for at in (0, 1))
        wrong = self._wrong
        lines.append(([], "surface"))
        lines.append(
            (
                [
                    (" " * 15, "text"),
                    ("[ Cancel ]" if cancel else "( Cancel )", "button" if cancel else "text"),
                    (" " * 6, "text"),
                    (
                        f"[ {self.button} ]" if button else f"( {self.button} )",
                        "button" if button else "quiet" if wrong else "text",
                    ),
                ],
                "surface",
            )
        )
        if self.problem:
            lines += [([("  ", "text"), (part, "watch")], "surface") for part in folded(self.problem, width - 4)]
        return lines[:height]

    def foot(self) -> str:
        """Where it goes."""
        return self._foot

    def hints(self) -> Sequence[Hint]:
        """Fields and buttons."""
        return (("Tab", "next"), ("Enter", "next, press"), ("Ctrl+U", "empty the field"), ("Esc", "cancel"))

    def key(self, key: str, character: str | None) -> bool:
        """Type, go on with Tab or Enter, press."""
        stops = len(self.fields) + 2
        self.problem = ""
        if key == "escape":
            self._cancel()
        elif key in ("tab", "down"):
            self.focus = (self.focus + 1) % stops
        elif key in ("shift+tab", "up"):
            self.focus = (self.focus - 1) % stops
        elif key == "enter":
            self._enter()
        elif self.focus < len(self.fields):
            self._type(key, character)
        elif key in ("left", "right"):
            self.focus = 2 * len(self.fields) + 1 - self.focus
        return True

    def paste(self, text: str) -> None:
        """The first pasted line goes into the field."""
        if self.focus < len(self.fields) and text:
            self.typed[self.fields[self.focus].name] += clean(text.splitlines()[0])

    def _type(self, key: str, character: str | None) -> None:
        name = self.fields[self.focus].name
        if key == "backspace":
            self.typed[name] = self.typed[name][:-1]
        elif key == "ctrl+u":
            self.typed[name] = ""
        elif character and character.isprintable():
            self.typed[name] += character

    def _cancel(self) -> None:
        self.close()
        self.tell(self.cancelled)

    def _enter(self) -> None:
        if self.focus < len(self.fields):
            self.focus += 1 if self.focus + 1 < len(self.fields) else 2  # from the last field to the button
        elif self.focus == len(self.fields):
            self._cancel()
        else:
            self.problem = self._wrong or ""
            if not self.problem:
                self.close()
                self.confirm(dict(self.typed))


def _end(text: str, room: int) -> str:
    """The end of what was typed, where the cursor is."""
    while cells(text) > room:
        text = text[1:]
    return text
