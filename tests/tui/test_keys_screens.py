"""The keys of SCREENS, those that are not there yet, and that no key of the registry is forgotten."""

from __future__ import annotations

from importlib import import_module

import pytest
from console_fixture import Opens
from presses import COVERED, presses
from test_keys_move import SIZES

from cryotui.model.keys import KEYS

LATER = [entry for entry in KEYS if entry.later]


@presses("help", "?", "h", "f1")
@pytest.mark.parametrize("size", SIZES)
def test_the_help_keys_show_the_keys(lab: str, opened: Opens, size: tuple[int, int]) -> None:
    driven = opened(lab, size=size)
    for key in ("?", "h", "f1"):
        driven.keys(key).wait_for("Keys   one meaning each")
        assert "MOVE" in driven.text
        driven.keys(key).wait_for("VITALS")


@presses("alerts", "!")
def test_alerts_show_causes_and_what_was_said(lab: str, opened: Opens, chain: dict[str, int]) -> None:
    driven = opened(lab)
    driven.wait_for("Lock queue")
    driven.keys("m").wait_for("Marked")
    driven.keys("!").wait_for("Alerts and messages")
    driven.line("Lock queue on molecules")
    driven.line(r"\d\d:\d\d:\d\d.*Marked")


@presses("theme", "T")
def test_a_theme_is_chosen_and_drawn(lab: str, opened: Opens) -> None:
    driven = opened(lab)
    driven.keys("T").wait_for("Theme")
    before = driven._screen.buffer[0][1].bg
    driven.wait_for(r"▸ \(•\) frost")
    driven.until("down", r"▸ \( \) high-contrast")
    driven.keys("enter").wait_for(lambda: driven._screen.buffer[0][1].bg != before and "┌─ Theme" not in driven.text)


def test_keys_that_are_not_there_yet_say_so(lab: str, opened: Opens) -> None:
    driven = opened(lab, pane="tables")
    driven.wait_for("lab.molecules")
    for entry in LATER:
        for key in entry.keys:
            driven.hush().keys(key).wait_for(
                lambda said=f"Not there yet: {entry.meaning[:20]}": said in driven.screen[-2]
            )


def test_every_key_of_the_registry_has_a_test() -> None:
    for name in ("test_keys_move", "test_keys_look", "test_keys_take", "test_keys_act", "test_audit_key"):
        import_module(name)
    missing = {
        (entry.id, key)
        for entry in KEYS
        if not entry.later
        for key in entry.keys
        if key not in COVERED.get(entry.id, set())
    }
    assert not missing
