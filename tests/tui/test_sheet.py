"""The sheet that asks: what Enter and typing do in it, what it says when it is left, and that it fits a small screen."""

from __future__ import annotations

from cryotui.model.action import Fact
from cryotui.model.text import cells
from cryotui.tui.screens.sheet import DEAF, Sheet

FACTS = [Fact("now", "observe"), Fact("to", "danger"), Fact("who", "admin at db1:5432"), Fact("kept", "in the log")]


class Asked:
    """A sheet that asks for a word, what it said, and what was confirmed."""

    def __init__(self, word: str | None = "prod", label: str = "Type the name of this target to go on") -> None:
        self.now = 0.0
        self.said: list[str] = []
        self.confirmed: list[str] = []
        self.open = True
        self.sheet = Sheet(
            "Level", "PROTECTED prod", FACTS, "Arm danger", word, label,
            confirm=self.confirmed.append, copy=lambda: None, cancelled="Cancelled. Level stays observe.",
            clock=lambda: self.now,
        )  # fmt: skip
        self.sheet.tell = self.said.append
        self.sheet.close = self._close
        self.now += DEAF

    def _close(self) -> None:
        self.open = False

    def press(self, *keys: str) -> None:
        for key in keys:
            self.sheet.key(key, key if len(key) == 1 else None)

    def seen(self, width: int = 78, height: int = 18) -> list[str]:
        return ["".join(text for text, _ in spans) for spans, _ in self.sheet.draw(width, height)]


def test_enter_behind_the_right_word_goes_to_the_button_and_a_second_one_presses_it() -> None:
    asked = Asked()
    asked.press(*"prod", "enter")
    assert asked.open and not asked.confirmed
    assert any("[ Arm danger ]" in line for line in asked.seen())
    asked.press("enter")
    assert asked.open, "an Enter typed ahead presses nothing"
    asked.now += DEAF
    asked.press("enter")
    assert not asked.open and asked.confirmed == ["prod"] and not asked.said


def test_enter_behind_a_wrong_word_keeps_the_sheet_and_says_so() -> None:
    asked = Asked()
    asked.press(*"prox", "enter")
    assert asked.open and any("That is not prod" in line for line in asked.seen())
    asked.press("backspace", "d", "enter")
    assert any("[ Arm danger ]" in line for line in asked.seen())
    asked.press("backspace")
    assert not any("[ Arm danger ]" in line for line in asked.seen())


def test_a_sheet_starts_on_cancel_and_says_that_it_was_cancelled() -> None:
    for key in ("enter", "escape"):
        for word in ("prod", None):
            asked = Asked(word)
            asked.press(key)
            assert not asked.open and not asked.confirmed
            assert asked.said == ["Cancelled. Level stays observe."]


def test_on_a_small_screen_the_word_and_both_buttons_are_whole() -> None:
    for word in ("prod", "a-rather-long-name-of-a-target"):
        asked = Asked(word)
        lines = asked.seen(38, 4)
        assert len(lines) <= 5 and all(cells(line) <= 36 for line in lines)
        assert word in "".join(lines)
        assert "[ Cancel ]" in lines[-1] and "( Arm danger )" in lines[-1]
        assert asked.sheet.hints()[0] == ("↑↓", "scroll")
