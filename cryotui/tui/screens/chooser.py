"""A list to choose one thing from; a refused thing says its reason when it is chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cryotui.model.text import cells, cut
from cryotui.tui.drawn import Drawn, folded
from cryotui.tui.screens.layer import Hint, Layer


class Chooser(Layer):
    """A list to choose one thing from; a refused thing says its reason when it is chosen."""

    sheet = True

    def __init__(
        self,
        head: str,
        items: Sequence[tuple[str, str, str | None]],
        choose: Callable[[int], object],
        note: str = "",
        tell: Callable[[str], None] = lambda sentence: None,
        filtered: bool = False,
    ) -> None:
        """``items`` are label, note and the reason why it is refused (None when it is not)."""
        self.head, self.note = head, note
        self.items, self.choose, self.tell = list(items), choose, tell
        self.position = 0
        self.offset = 0
        self.typing = filtered
        self.typed = ""
        self._page = 10

    def title(self) -> tuple[str, str]:
        """As given."""
        return self.head, self.note

    @property
    def _shown(self) -> list[int]:
        """The items that fit what was typed: those that say it in their label first, then those that say it in the note."""
        words = self.typed.lower().split()
        texts = [(label.lower(), note.lower()) for label, note, _ in self.items]
        fitting = [i for i, (label, note) in enumerate(texts) if all(w in label or w in note for w in words)]
        return sorted(fitting, key=lambda i: not all(word in texts[i][0] for word in words))

    def draw(self, width: int, height: int) -> list[Drawn]:
        """The items that fit what was typed."""
        lines: list[Drawn] = []
        if self.typing:
            lines += [([("  : ", "accent"), (self.typed, "text"), ("▏", "accent")], "surface")]
        shown = self._shown
        whole = self._whole_note(width, shown)
        self._page = max(1, height - len(lines) - len(whole) - 1)
        self.position = max(0, min(self.position, len(shown) - 1))
        if self.position < self.offset or self.position >= self.offset + self._page:
            self.offset = max(0, self.position - self._page + 1)
        for at, index in list(enumerate(shown))[self.offset : self.offset + self._page]:
            label, note, refused = self.items[index]
            label = f"({label})" if refused else label
            room = width - cells(label) - 8
            here = at == self.position
            spans = [
                (" ▸ " if here else "   ", "text"),
                (label, "quiet" if refused else "text"),
                ("  ", "text"),
                (cut(refused or note, max(room, 0)), "quiet"),
            ]
            lines.append((spans, "panel" if here else "surface"))
        if not shown:
            lines.append(([("   Nothing fits.", "text")], "surface"))
        return [*lines, *whole]

    def _whole_note(self, width: int, shown: Sequence[int]) -> list[Drawn]:
        """What is said of the chosen thing, whole, where its line has no room for it."""
        if not shown:
            return []
        label, note, refused = self.items[shown[max(0, min(self.position, len(shown) - 1))]]
        text = refused or note
        if cells(text) + cells(label) + 10 <= width:
            return []
        return [([], "surface"), *(([("   ", "text"), (part, "text")], "surface") for part in folded(text, width - 6))]

    def hints(self) -> Sequence[Hint]:
        """Choosing and closing."""
        return (("↑↓", "choose"), ("Enter", "take it"), ("Esc", "close"))

    def key(self, key: str, character: str | None) -> bool:
        """Move, type, choose, close."""
        if key in ("up", "shift+tab") or (key == "k" and not self.typing):
            self.position -= 1
        elif key in ("down", "tab") or (key == "j" and not self.typing):
            self.position += 1
        elif key == "pageup":
            self.position -= self._page
        elif key == "pagedown":
            self.position += self._page
        elif key in ("home", "end"):
            self.position = 0 if key == "home" else len(self.items) - 1
        elif key == "enter":
            self._take()
        elif key == "escape" or (not self.typing and key in ("q", "backspace")):
            self.close()
        elif self.typing and key == "backspace":
            self.typed = self.typed[:-1]
        elif self.typing and key == "ctrl+u":
            self.typed = ""
        elif self.typing and character and character.isprintable():
            self.typed += character
            self.position = 0
        else:
            return self._by_key(character)
        return True

    def _by_key(self, character: str | None) -> bool:
        """An item whose label begins with ``x  `` is taken by its key."""
        for at, index in enumerate(self._shown):
            if character and self.items[index][0].startswith(character + "  "):
                self.position = at
                self._take()
                return True
        return self.typing

    def _take(self) -> None:
        shown = self._shown
        if not shown:
            return
        index = shown[self.position]
        refused = self.items[index][2]
        if refused:
            self.tell(refused)
            return
        self.close()
        self.choose(index)
