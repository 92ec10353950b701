"""What a target may, how it starts, and in which theme it is drawn."""

from __future__ import annotations

import pytest

from cryotui.model.action import Level
from cryotui.model.settings import Settings, Target


@pytest.mark.parametrize(
    ("target", "first", "highest"),
    [
        (Target("lab"), Level.OPERATE, Level.DANGER),
        (Target("prod", protected=True), Level.OBSERVE, Level.DANGER),
        (Target("prod", protected=True, max_level=Level.OPERATE), Level.OBSERVE, Level.OPERATE),
        (Target("lab", read_only=True), Level.OBSERVE, Level.OBSERVE),
        (Target("lab", max_level=Level.OBSERVE), Level.OBSERVE, Level.OBSERVE),
    ],
)
def test_a_target_starts_low_and_never_goes_above_its_limit(target, first, highest):
    assert (target.first_level, target.highest_level) == (first, highest)


@pytest.mark.parametrize(
    ("target", "asked"),
    [
        (Target("prod"), True),
        (Target("db1", conninfo="postgresql://db.prod.lab/x"), True),
        (Target("live-eu"), True),
        (Target("lab"), False),
        (Target("products"), False),
        (Target("delivery", host="olive.lab"), False),
        (Target("prod", protected=True), False),
        (Target("prod", production=False), False),
        (Target("lab", production=True), True),
    ],
)
def test_production_is_guessed_from_whole_words_and_asked_about_once_only(target, asked):
    assert target.looks_like_production is asked


@pytest.mark.parametrize(
    ("settings", "target", "theme"),
    [
        (Settings(), None, "frost"),
        (Settings(), Target("lab"), "frost"),
        (Settings(), Target("prod", protected=True), "protected"),
        (Settings(theme="glacier"), Target("prod", protected=True), "glacier"),
        (Settings(theme="glacier", protected_theme="sixteen"), Target("prod", protected=True), "sixteen"),
        (Settings(theme="glacier"), Target("lab", theme="mine"), "mine"),
    ],
)
def test_production_has_its_own_theme_unless_another_was_chosen(settings, target, theme):
    assert settings.theme_for(target) == theme


def test_the_pieces_of_a_target_are_keywords_of_libpq():
    target = Target("x", host="a", port=5433, database="d", user="u", sslmode="require", service="s")
    assert target.parameters == {
        "service": "s", "host": "a", "port": "5433", "dbname": "d", "user": "u", "sslmode": "require",
    }  # fmt: skip
    assert Target("x").parameters == {}


def test_a_slow_link_is_asked_every_five_seconds_at_most():
    assert Settings(slow=True).poll_seconds == 5.0
    assert Settings(slow=True, interval=30).poll_seconds == 30.0
    assert Settings(interval=1).poll_seconds == 1.0
