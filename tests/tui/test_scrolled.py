"""A text over the body: nothing of it is lost beyond the edge, and what is looked for is found."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cryotui.model.text import cells
from cryotui.tui.drawn import Drawn, broken
from cryotui.tui.screens.scrolled import Scrolled

SQL = "   SELECT " + ", ".join(f"column_{number}" for number in range(40)) + " FROM lab.molecules"
TEXT: list[Drawn] = [([("   head", "quiet")], "background"), ([(SQL, "text")], "background")] + [
    ([(f"   line {number}{' needle' if number in (20, 30) else ''}", "text")], "background") for number in range(40)
]


def text() -> Scrolled:
    layer = Scrolled("A text", lambda width: TEXT, foot="below")
    layer.close = lambda: None
    return layer


def seen(layer: Scrolled, width: int = 80, height: int = 12) -> list[str]:
    return ["".join(part for part, _ in spans) for spans, _ in layer.draw(width, height)]


def typed(layer: Scrolled, word: str) -> None:
    for character in word:
        assert layer.key(character, character)
        seen(layer)


def test_a_long_line_is_read_whole_until_w_cuts_it() -> None:
    layer = text()
    lines = seen(layer)
    assert all(cells(line) <= 80 for line in lines)
    assert " ".join(SQL.split()) in " ".join(" ".join(lines).split())
    for key in ("w", "v"):
        assert layer.key(key, key) and layer.foot().startswith("Long lines are cut")
        assert seen(layer)[2] == SQL  # the painter cuts it
        assert layer.key(key, key) and layer.foot() == "Long lines are wrapped."


def test_a_copy_holds_the_lines_as_they_are() -> None:
    assert SQL in text().text().splitlines()


def test_n_and_shift_n_go_from_match_to_match_round_the_end() -> None:
    layer = text()
    seen(layer)
    assert layer.key("n", "n") and layer.foot().startswith("/ looks for a word")
    assert layer.key("slash", "/") and layer.typing
    typed(layer, "NEEDLE")
    assert any("line 20 needle" in line for line in seen(layer))
    assert layer.key("enter", None) and not layer.typing and "NEEDLE is in 2 lines" in layer.foot()
    for key, number in (("n", 20), ("n", 30), ("n", 20), ("N", 30), ("N", 20)):
        assert layer.key(key, key)
        assert any(f"line {number} needle" in line for line in seen(layer)), (key, number)
    roles = {role for spans, _ in layer.draw(80, 12) for part, role in spans if "needle" in part}
    assert roles == {"match"}


def test_escape_ends_the_search_and_not_the_text() -> None:
    layer, closed = text(), []
    layer.close = lambda: closed.append(True)
    seen(layer)
    layer.key("slash", "/")
    typed(layer, "qw")  # q and w are letters here
    assert layer.word == "qw" and layer.foot().startswith("/ qw")
    layer.key("escape", None)
    assert not layer.typing and not layer.word and not closed
    layer.key("slash", "/")
    typed(layer, "nowhere at all")
    layer.key("enter", None)
    layer.key("n", "n")
    assert layer.foot() == "nowhere at all is nowhere in this text."
    layer.key("escape", None)
    assert closed


@given(parts=st.lists(st.text(max_size=40), max_size=6), width=st.integers(10, 120))
def test_a_broken_line_keeps_every_word_and_fits(parts: list[str], width: int) -> None:
    lines = broken([(" ".join(part.split()) + " ", "text") for part in parts], width)
    texts = ["".join(part for part, _ in line) for line in lines]
    assert all(cells(line.rstrip()) <= width for line in texts)
    assert "".join("".join(texts).split()) == "".join("".join(parts).split())
