"""The menu of actions and the keys speak of the same row."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from cryotui.tui.asking.action import menu


def test_the_menu_offers_under_a_key_what_the_key_would_do() -> None:
    layers: list[Any] = []
    cause = {"pid": 16702, "acts_on": {"C": {"pid": 12529}}}

    def offers(row: dict[str, Any]) -> list[Any]:
        reason = "Cancel would do nothing: 16702 runs no statement." if row["pid"] == 16702 else None
        level = SimpleNamespace(word="operate")
        return [
            SimpleNamespace(
                action=SimpleNamespace(key=key, title=f"{key} {row['pid']}", level=level, about="", fields=(("pid",),)),
                reason=reason if key == "C" else None,
            )
            for key in "CK"
        ]

    board = SimpleNamespace(row=cause, tagged=list)
    console: Any = SimpleNamespace(board=board, offers=offers, push=layers.append, say=lambda text: None)
    menu(console)
    entries = {title: refused for title, _, refused in layers[0].items if title[0] in "CK"}
    assert entries == {"C  C 12529": None, "K  K 16702": None}
