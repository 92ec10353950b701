"""The cursor: it follows its row by key, never its line; and how far the body is scrolled so that it is seen."""

from __future__ import annotations

from collections.abc import Callable

from cryotui.model.sample import Row
from cryotui.tui.choice import Choice
from cryotui.tui.layout import Layout, Place, Stretch


class Cursor:
    """``position`` counts the rows of the layout that can carry it; ``offset`` is the first line that is seen."""

    def __init__(self, choice: Choice) -> None:
        """``choice`` remembers which row it is on."""
        self.choice = choice
        self.layout = Layout()
        self.position = 0
        self.offset = 0

    @property
    def place(self) -> Place | None:
        """Where it is; None when there is no row for it."""
        return self.layout.at(self.position)

    @property
    def row(self) -> Row | None:
        """The row it is on."""
        here = self.place
        return here[0].row(here[1]) if here else None

    def find(self, layout: Layout) -> None:
        """Go to the row it was on in a new layout; when that row is gone, stay on its line."""
        self.layout = layout
        self.position = max(0, min(self.position, layout.count - 1))
        wanted = self.choice.cursor if self.choice.touched else None
        if not self.choice.touched:
            self.position = 0
        if wanted is not None and layout.count:
            here = self.place
            if here is None or here[0].identity(here[1]) != wanted:
                found = (at for at, (stretch, index) in enumerate(layout.places()) if stretch.identity(index) == wanted)
                self.position = next(found, self.position)
        self._off_divider(1)
        self._remember()

    def _off_divider(self, step: int) -> None:
        """A divider is no row: go on in the direction of the move, or back where there is nothing further on."""
        for by in (step, -step):
            row = self.row
            if row is not None and row.get("ruled"):
                self.position = max(0, min(self.position + by, self.layout.count - 1))

    def _remember(self) -> None:
        here = self.place
        self.choice.cursor = here[0].identity(here[1]) if here else None

    def reset(self) -> None:
        """To the top, as if it had never been moved."""
        self.choice.cursor, self.choice.touched, self.position, self.offset = None, False, 0, 0

    def put(self, position: int) -> None:
        """Put it on a row by hand; from now on it follows that row."""
        step = 1 if position >= self.position else -1
        self.position = max(0, min(position, self.layout.count - 1))
        self._off_divider(step)
        self.choice.touched = True
        self._remember()

    def put_on_next(self, step: int, wanted: Callable[[Stretch, int], bool]) -> bool:
        """Put it on the next row (the one before with ``step`` -1) that is wanted, round the end; False when none is."""
        places = list(self.layout.places())
        for distance in range(1, len(places)):
            position = (self.position + step * distance) % len(places)
            if wanted(*places[position]):
                self.put(position)
                return True
        return False

    def scroll(self, by: int, room: int) -> None:
        """Scroll by lines without moving; ``room`` is how many lines are seen."""
        self.offset = max(0, min(self.offset + by, max(0, self.layout.total - room)))

    def show(self, room: int) -> None:
        """Scroll until it is seen, whole."""
        here = self.place
        line = here[0].start + here[1] * here[0].per_row if here else 0
        if self.position == 0 and self.layout.count:
            self.offset = min(self.offset, max(0, line - room + 1)) if line >= room else 0
        if line < self.offset:
            self.offset = line
        tail = here[0].per_row if here else 1
        if line + tail > self.offset + room:
            self.offset = line + tail - room
        self.scroll(0, room)
