"""Long text over the whole body: a title, lines that scroll, and what is copied."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cryotui.model.keys import find as find_key
from cryotui.model.pane import Block, Moment, Prose, Rule, Table
from cryotui.model.text import cells, cut
from cryotui.report.pane import table_lines
from cryotui.tui.drawn import Drawn, broken, matched, rule_spans
from cryotui.tui.screens.layer import Hint, Layer

SHOWN_BELOW = 6
"""Lines below a text that is scrolled to that should be seen with it."""


class Scrolled(Layer):
    """Long text with a title line; it scrolls, wraps what is too long, and finds words."""

    def __init__(self, head: str, lines: Callable[[int], Sequence[Drawn]], foot: str = "", note: str = "") -> None:
        """``lines`` gives the text for a width; what is longer all the same is wrapped until ``w`` cuts it."""
        self.head, self.note, self.lines, self._foot = head, note, lines, foot
        self.step: Callable[[int], None] | None = None  # n and N, while no word is looked for
        self.more: tuple[Hint, ...] = ()  # further keys that mean something here
        self.offset = 0
        self.wraps = True
        self.word = ""  # what is looked for
        self._said = ""
        self._found: list[int] = []  # the lines that hold the word
        self._at = -1  # the one of them that n or N went to
        self._typed = False  # another letter was typed: go to where the word is first
        self._height, self._total = 1, 0
        self._shows = ""  # a text that has just come to stand there: its line is scrolled to

    def show(self, text: str) -> None:
        """Scroll to the first line that holds a text, and some below it, where they are not seen already."""
        self._shows = text

    def draw(self, width: int, height: int) -> list[Drawn]:
        """The title and as many lines as there is room for."""
        lines = list(self.lines(width))
        if self.wraps:
            lines = [(part, surface) for spans, surface in lines for part in broken(spans, width)]
        self._height, self._total = height - 1, len(lines)
        self._find(lines)
        self._scroll_to_shown(lines)
        self.offset = max(0, min(self.offset, self._total - self._height))
        note = self.note
        if self._total > self._height:
            note = f"{self.offset + 1}-{min(self.offset + self._height, self._total)} of {self._total}"
            note = f"{self.note}   lines {note}" if self.step else note
        head = cut(self.head, width - cells(note) - 2)
        gap = width - cells(head) - cells(note) - 2
        title: list[tuple[str, str]] = [(" ", "text"), (head, "bold"), (" " * gap, "text"), (note, "quiet")]
        shown = lines[self.offset : self.offset + self._height]
        if self.word:
            shown = [(list(matched(spans, [self.word])), surface) for spans, surface in shown]
        return [(title, "background"), *shown]

    def _scroll_to_shown(self, lines: Sequence[Drawn]) -> None:
        text, self._shows = self._shows, ""
        at = next(
            (at for at, (spans, _) in enumerate(lines) if text and text in "".join(part for part, _ in spans)), None
        )
        if at is not None and not self.offset <= at < self.offset + self._height - SHOWN_BELOW:
            self.offset = at - 1

    def foot(self) -> str:
        """What is looked for, what the last key did, or what was given."""
        if self.typing:
            return f"/ {self.word}▏  in {self._lines_found}" if self.word else "/ ▏"
        return self._said or self._foot

    def hints(self) -> Sequence[Hint]:
        """Scrolling, finding and leaving."""
        if self.typing:
            return (("Enter", "keep it"), ("Esc", "clear"))
        find: tuple[Hint, ...] = (("/", "find"), ("w", "wrap"), ("y", "copy"), ("Backspace", "back"))
        if self.step:
            return (("n", "next"), ("N", "previous"), *self.more, *find)
        return (("↑↓ PgDn", "scroll"), find[0], ("n", "next"), *find[1:])

    def key(self, key: str, character: str | None) -> bool:
        """Scroll, find, wrap; leave with Backspace, Esc, q."""
        self._said = ""
        if self.typing:
            return self._type(key, character)
        page = self._height
        moves = {"up": -1, "k": -1, "down": 1, "j": 1, "pageup": -page, "pagedown": page, "space": page}
        if key in moves:
            self.offset += moves[key]
        elif key in ("home", "g"):
            self.offset = 0
        elif key in ("end", "G", "upper_g"):
            self.offset = self._total
        elif key in ("backspace", "escape", "q", "question_mark", "f1", "h") or key == "i":
            self.close()
        else:
            return self._look(key, character)
        return True

    def _look(self, key: str, character: str | None) -> bool:
        entry = find_key(key, character)
        match entry.id if entry else None:
            case "filter":
                self.typing, self.word = True, ""
            case "next-marked":
                step = -1 if character == "N" else 1
                if self.step and not self.word:
                    self.step(step)
                else:
                    self._to_match(step)
            case "wrap":
                self.wraps = not self.wraps
                self._said = "Long lines are wrapped." if self.wraps else "Long lines are cut; w wraps them."
            case _:
                return False
        return True

    def _type(self, key: str, character: str | None) -> bool:
        if key == "enter":
            self.typing = False
            if self.word:
                self._said = f"{self.word} is in {self._lines_found}. n and N go from one to the next."
        elif key == "escape":
            self.typing, self.word = False, ""
        elif key == "backspace":
            self.word = self.word[:-1]
        elif key == "ctrl+u":
            self.word = ""
        elif character and character.isprintable():
            self.word += character
        self._typed, self._at = True, -1
        return True

    def _find(self, lines: Sequence[Drawn]) -> None:
        word = self.word.casefold()
        texts = ("".join(text for text, _ in spans).casefold() for spans, _ in lines)
        self._found = [at for at, text in enumerate(texts) if word in text] if word else []
        if self._typed and self._found and not self.offset <= self._found[0] < self.offset + self._height:
            self.offset = self._found[0]
        self._typed = False

    def _to_match(self, step: int) -> None:
        """Scroll to the next line that holds the word, or the one before, round the end."""
        if not self.word:
            self._said = "/ looks for a word in this text; then n and N go from one place to the next."
        elif not self._found:
            self._said = f"{self.word} is nowhere in this text."
        else:
            after = [at for at in self._found if (at > self._at if step > 0 else at < self._at)]
            self._at = (after or self._found)[0 if step > 0 else -1]
            self.offset = max(0, self._at - self._height // 3)
            self._said = f"{self.word}: {self._found.index(self._at) + 1} of {self._lines_found}"

    @property
    def _lines_found(self) -> str:
        return "1 line" if len(self._found) == 1 else f"{len(self._found)} lines"

    def text(self, width: int = 200) -> str:
        """The whole text, for copying."""
        return "\n".join("".join(text for text, _ in spans).rstrip() for spans, _ in self.lines(width))


def block_lines(blocks: Sequence[Block], moment: Moment, width: int, double: bool) -> list[Drawn]:
    """Blocks of a pane as lines for a scrolled text."""
    lines: list[Drawn] = []
    for block in blocks:
        if isinstance(block, Rule):
            lines.append((rule_spans(block.title, block.note, width, double), "background"))
        elif isinstance(block, Prose):
            lines += [(list(line), "background") for line in block.lines]
        elif isinstance(block, Table):
            texts = table_lines(block, moment, width)
            lines += [
                ([(text, "quiet" if index == 0 and block.heads else "text")], "background")
                for index, text in enumerate(texts)
            ]
    return lines
