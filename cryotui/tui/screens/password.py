"""The sheet that asks for a password: nothing typed is drawn, kept or copied."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cryotui.tui.drawn import Drawn, folded
from cryotui.tui.screens.layer import Hint, Layer


class PasswordSheet(Layer):
    """One field; ``confirm`` gets what was typed."""

    sheet = True
    typing = True

    def __init__(self, whose: str, why: str, confirm: Callable[[str], object]) -> None:
        """``whose`` names the role and the server, ``why`` says what the server answered."""
        self.whose, self.why, self.confirm = whose, why, confirm
        self._typed = ""

    def title(self) -> tuple[str, str]:
        """What is asked for."""
        return "Password", self.whose

    def draw(self, width: int, height: int) -> list[Drawn]:
        """Why it is asked, and a star for each character."""
        lines: list[Drawn] = [([], "surface")]
        lines += [([("  ", "text"), (part, "text")], "surface") for part in folded(self.why, width - 4)]
        field = [("  Password  ", "quiet"), ("*" * min(len(self._typed), width - 16), "accent"), ("▏", "accent")]
        return [*lines, ([], "surface"), (field, "surface"), ([], "surface")]

    def foot(self) -> str:
        """Where it goes."""
        return "It is sent to the server and kept in memory until the console ends."

    def hints(self) -> Sequence[Hint]:
        """Sending and closing."""
        return (("Enter", "try it"), ("Ctrl+U", "clear"), ("Esc", "close"))

    def key(self, key: str, character: str | None) -> bool:
        """Type, send, close."""
        if key == "escape":
            self.close()
        elif key == "enter":
            typed, self._typed = self._typed, ""
            self.close()
            self.confirm(typed)
        elif key == "backspace":
            self._typed = self._typed[:-1]
        elif key == "ctrl+u":
            self._typed = ""
        elif character and character.isprintable():
            self._typed += character
        return True

    def paste(self, text: str) -> None:
        """A password may come out of a store: the first pasted line is taken, Enter is not."""
        self._typed += text.splitlines()[0] if text else ""
