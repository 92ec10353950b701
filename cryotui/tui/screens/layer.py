"""Something that lies over a pane for a while: it draws lines, takes keys, and closes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cryotui.model.text import cells, cut
from cryotui.tui.board import Drawn, rule_spans

Hint = tuple[str, str]
"""A key and what it does here."""


class Layer:
    """One layer. ``close`` is given by the console when the layer is put on the stack."""

    sheet = False  # a box over the list, else the whole body
    typing = False  # printable keys are text here
    close: Callable[[], None]
    redraw: Callable[[], None]
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


def box(title: str, note: str, lines: Sequence[Drawn], width: int, height: int, double: bool) -> list[Drawn]:
    """The lines in a box of ``width`` cells and ``height`` lines, double on a protected target."""
    horizontal, vertical = ("═", "║") if double else ("─", "│")
    corners = "╔╗╚╝" if double else "┌┐└┘"
    edge = "guard-line" if double else "rule"
    note = f" {note} " if note else ""
    title = cut(f" {title} ", width - cells(note) - 4)
    fill = width - 4 - cells(title) - cells(note)
    top: list[tuple[str, str]] = [
        (corners[0] + horizontal, edge),
        (title, "bold"),
        (horizontal * fill, edge),
    ]
    if note.strip().startswith("PROTECTED"):
        top += [(" PROTECTED ", "guard"), (note.replace(" PROTECTED ", "", 1), "bold")]
    else:
        top.append((note, "quiet"))
    top.append((horizontal + corners[1], edge))
    drawn: list[Drawn] = [(top, "surface")]
    for spans, _ in list(lines)[: height - 2] + [([], "surface")] * max(0, height - 2 - len(lines)):
        used, inside = 0, []
        for text, role in spans:
            text = cut(text, width - 2 - used)
            used += cells(text)
            inside.append((text, role))
        inside.append((" " * (width - 2 - used), "text"))
        drawn.append(([(vertical, edge), *inside, (vertical, edge)], "surface"))
    drawn.append(([(corners[2] + horizontal * (width - 2) + corners[3], edge)], "surface"))
    return drawn


class Scrolled(Layer):
    """Long text with a title line; scrolls and finds."""

    def __init__(self, head: str, lines: Callable[[int], Sequence[Drawn]], foot: str = "", note: str = "") -> None:
        self.head, self.note, self.lines, self._foot = head, note, lines, foot
        self.offset = 0
        self._height, self._total = 1, 0

    def draw(self, width: int, height: int) -> list[Drawn]:
        """The title and as many lines as there is room for."""
        lines = list(self.lines(width))
        self._height, self._total = height - 1, len(lines)
        self.offset = max(0, min(self.offset, self._total - self._height))
        note = self.note
        if self._total > self._height:
            note = f"{self.offset + 1}-{min(self.offset + self._height, self._total)} of {self._total}"
        head = cut(self.head, width - cells(note) - 2)
        gap = width - cells(head) - cells(note) - 2
        title: list[tuple[str, str]] = [(" ", "text"), (head, "bold"), (" " * gap, "text"), (note, "quiet")]
        return [(title, "background"), *lines[self.offset : self.offset + self._height]]

    def foot(self) -> str:
        """What was given."""
        return self._foot

    def hints(self) -> Sequence[Hint]:
        """Scrolling and leaving."""
        return (("↑↓ PgDn", "scroll"), ("y", "copy"), ("Backspace", "back"))

    def key(self, key: str, character: str | None) -> bool:
        """Scroll; leave with Backspace, Esc, q."""
        moves = {
            "up": -1,
            "k": -1,
            "down": 1,
            "j": 1,
            "pageup": -self._height,
            "pagedown": self._height,
            "space": self._height,
        }
        if key in moves:
            self.offset += moves[key]
        elif key in ("home", "g"):
            self.offset = 0
        elif key in ("end", "G", "upper_g"):
            self.offset = self._total
        elif key in ("backspace", "escape", "q", "question_mark", "f1", "h") or key == "i":
            self.close()
        else:
            return False
        return True

    def text(self, width: int = 200) -> str:
        """The whole text, for copying."""
        return "\n".join("".join(text for text, _ in spans).rstrip() for spans, _ in self.lines(width))


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


def block_lines(blocks: Sequence[object], moment: object, width: int, double: bool) -> list[Drawn]:
    """Blocks of a pane as lines for a scrolled text."""
    from cryotui.model.pane import Prose, Rule, Table
    from cryotui.report.pane import table_lines

    lines: list[Drawn] = []
    for block in blocks:
        if isinstance(block, Rule):
            lines.append((rule_spans(block.title, block.note, width, double), "background"))
        elif isinstance(block, Prose):
            lines += [(list(line), "background") for line in block.lines]
        elif isinstance(block, Table):
            texts = table_lines(block, moment, width)  # type: ignore[arg-type]
            lines += [
                ([(text, "quiet" if index == 0 and block.heads else "text")], "background")
                for index, text in enumerate(texts)
            ]
    return lines


def folded(text: str, width: int) -> list[str]:
    """The text broken at blanks into pieces of at most ``width`` cells; further ones are indented."""
    if cells(text) <= width:
        return [text]
    pieces, line = [], ""
    for word in text.split(" "):
        while cells(word) > width - 2:
            if line:
                pieces.append(line)
                line = ""
            pieces.append(word[: width - 2])
            word = word[width - 2 :]
        candidate = f"{line} {word}" if line else word
        if cells(candidate) > width - (2 if pieces else 0):
            pieces.append(line)
            line = word
        else:
            line = candidate
    if line or not pieces:
        pieces.append(line)
    return [pieces[0], *("  " + piece for piece in pieces[1:])]
