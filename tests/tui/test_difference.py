"""A terminal that gets the difference shows what one that gets every byte shows."""

from __future__ import annotations

import random
from typing import Any

import pyte
from hypothesis import example, given
from hypothesis import strategies as st

from cryotui.tui.difference import Shown

WIDTH, HEIGHT = 60, 8
INKS = ("1;38;2;10;20;30", "38;2;200;0;0;48;2;1;2;3", "")


class Terminals:
    """Two terminals: one gets everything, the other the difference."""

    def __init__(self) -> None:
        self.screens = [pyte.Screen(WIDTH, HEIGHT) for _ in range(2)]
        self.streams = [pyte.Stream(screen) for screen in self.screens]
        self.shown = Shown()
        self.sent = 0

    def write(self, data: str) -> str:
        reduced = self.shown.reduced(data, WIDTH)
        for stream, text in zip(self.streams, (data, reduced), strict=True):
            stream.feed(text)
        self.sent += len(reduced)
        return reduced

    @property
    def same(self) -> bool:
        first, second = (
            [[seen(screen.buffer[y][x]) for x in range(WIDTH)] for y in range(HEIGHT)] for screen in self.screens
        )
        return first == second


def seen(cell: Any) -> Any:
    """What a person sees of a cell: of a blank its background and what is drawn over it."""
    if cell.data == " " and not (cell.reverse or cell.underscore or cell.strikethrough or cell.blink):
        return " ", cell.bg
    return cell


def line(y: int, text: str, ink: str = INKS[0], x: int = 0) -> str:
    return f"\x1b[{y + 1};{x + 1}H\x1b[{ink}m{text}\x1b[0m"


def whole(texts: list[str]) -> str:
    return "\n".join(line(y, text) for y, text in enumerate(texts))


def row(generator: random.Random, letters: str) -> str:
    """A line of exactly the terminal's width; wide letters take two cells."""
    wide = generator.randint(1, WIDTH // 2) if "漢" in letters else 0
    text = ["漢"] * wide + [generator.choice(letters.replace("漢", "")) for _ in range(WIDTH - 2 * wide)]
    generator.shuffle(text)
    return "".join(text)


def test_every_update_leaves_both_terminals_the_same() -> None:
    generator, terminals = random.Random(5), Terminals()
    terminals.write(whole(["." * WIDTH] * HEIGHT))
    for _ in range(400):
        lines = sorted(generator.sample(range(HEIGHT), generator.randint(1, HEIGHT)))
        updates = []
        for y in lines:
            if generator.random() < 0.5:
                updates.append(
                    line(y, row(generator, generator.choice(["ab ", "01▸─", "a漢"])), generator.choice(INKS[:2]))
                )
            else:
                start = generator.randrange(WIDTH - 10)
                updates.append(line(y, "x" * generator.randint(1, 10), generator.choice(INKS[:2]), start))
        terminals.write("\n".join(updates) + "\x1b[1;1H")
        assert terminals.same


STYLES = (
    "", "1", "4", "7", "9", "1;7", "31", "1;31", "31;42", "90", "107", "38;5;9", "38;5;9;48;5;17", "38;2;1;2;3",
    "1;38;2;1;2;3;48;2;4;5;6", "38;2;9;9;9;48;2;4;5;6", "2;3;38;2;1;2;3", "1;2;38;2;1;2;3", "53;31",
)  # fmt: skip
"""Of terminals with two, sixteen, 256 and all colours; the last is not taken apart."""

parts = st.lists(
    st.tuples(st.text("  ab1▸漢", min_size=1, max_size=12), st.sampled_from(STYLES)), min_size=1, max_size=6
)
pieces = st.dictionaries(
    st.integers(0, HEIGHT - 1), st.tuples(st.integers(0, WIDTH - 1), parts), min_size=1, max_size=HEIGHT - 1
)


@given(st.lists(pieces, max_size=6))
@example([{0: (0, [("a ", "1;31"), (" b", "")])}, {0: (0, [("a  ", "31"), ("b", "31")])}])
@example([{1: (0, [("a b c", "7")])}, {1: (0, [("x b d", "1")])}, {1: (0, [("x b d", "2;3;38;2;1;2;3")])}])
def test_any_update_in_any_style_leaves_both_terminals_the_same(updates: list[dict[int, tuple[int, Any]]]) -> None:
    terminals = Terminals()
    terminals.write(whole(["." * WIDTH] * HEIGHT))
    for update in updates:
        data = []
        for y, (x, texts) in sorted(update.items()):
            drawn, left = [], WIDTH - x
            for text, style in texts:
                text = text[:left] if "漢" not in text else text[: left // 2]
                left -= sum(2 if letter == "漢" else 1 for letter in text)
                drawn.append(f"\x1b[{style}m{text}\x1b[0m" if style else text)
            data.append(f"\x1b[{y + 1};{x + 1}H{''.join(drawn)}")
        terminals.write("\n".join(data) + "\x1b[1;1H")
        assert terminals.same


def test_what_follows_an_update_begins_with_the_terminals_own_style() -> None:
    terminals = Terminals()
    terminals.write(whole(["age 41s".ljust(WIDTH)] * HEIGHT))
    terminals.write(line(3, "age 42s".ljust(WIDTH)))
    terminals.write("\x1b[?1049l\x1b[1;1Hbye")
    assert terminals.same


def test_numbers_of_one_style_cost_its_sequence_once() -> None:
    terminals = Terminals()
    terminals.write(whole([("41s" + " " * 20 + "3.1").ljust(WIDTH)] * HEIGHT))
    update = "\n".join(line(y, ("42s" + " " * 20 + "3.2").ljust(WIDTH)) for y in range(3))
    assert terminals.write(update).count("m") == 0, "the pen is in that style already"
    update = "\n".join(line(y, ("43s" + " " * 20 + "3.3").ljust(WIDTH), INKS[1]) for y in range(3))
    assert terminals.write(update).count("m") == 1
    assert terminals.same


def test_a_blank_that_only_its_letters_colour_would_change_costs_nothing() -> None:
    terminals = Terminals()
    terminals.write(whole([" " * WIDTH] * HEIGHT))
    assert terminals.write(line(2, " " * WIDTH, "38;2;1;1;1")) == ""
    assert terminals.write(line(2, " " * WIDTH, "7")) != ""
    assert terminals.same


def test_one_changed_number_costs_its_characters() -> None:
    terminals = Terminals()
    terminals.write(whole(["age 41s".ljust(WIDTH)] * HEIGHT))
    reduced = terminals.write(line(3, "age 42s".ljust(WIDTH)))
    assert reduced == "\x1b[4;6H2"
    assert terminals.same


def test_an_equal_line_costs_nothing() -> None:
    terminals = Terminals()
    terminals.write(whole(["same".ljust(WIDTH)] * HEIGHT))
    assert terminals.write(line(2, "same".ljust(WIDTH))) == ""


def test_a_repaint_of_the_whole_screen_costs_nothing_until_the_screen_is_forgotten() -> None:
    terminals = Terminals()
    everything = whole(["same".ljust(WIDTH)] * HEIGHT)
    terminals.write(everything)
    assert terminals.write(everything) == ""
    terminals.screens[1].reset()  # garbled
    terminals.shown.forget()
    terminals.write(everything)
    assert terminals.same


def test_modes_of_keys_and_mouse_change_nothing_that_is_known_and_another_screen_does() -> None:
    terminals = Terminals()
    terminals.write(whole(["same".ljust(WIDTH)] * HEIGHT))
    for modes in ("\x1b[?1000h\x1b[?1006h", "\x1b[?2026$p\x1b[?7l", "\x1b[>25u", "\x1b]22;default\x07"):
        assert terminals.write(modes) == modes
        assert terminals.write(line(2, "same".ljust(WIDTH))) == ""
    for another in ("\x1b[?1049h", "\x1b[?1047l", "\x1b[?47h"):
        terminals.write(whole(["same".ljust(WIDTH)] * HEIGHT))
        terminals.write(another)
        assert "same" in terminals.write(line(2, "same".ljust(WIDTH)))


def test_after_another_sequence_nothing_is_taken_for_granted() -> None:
    terminals = Terminals()
    terminals.write(whole(["same".ljust(WIDTH)] * HEIGHT))
    terminals.write("\x1b[2J")
    terminals.write(line(2, "same".ljust(WIDTH)))
    assert terminals.same
    assert terminals.screens[1].display[2].startswith("same")


def test_a_line_with_wide_characters_is_sent_whole() -> None:
    terminals = Terminals()
    text = "漢字" + "." * (WIDTH - 4)
    terminals.write(whole([text] * HEIGHT))
    assert text[:-1] in terminals.write(line(2, text[:-1] + "!"))
    assert terminals.same
