"""The lines around a pane: what a narrow terminal keeps of them, and what a message does not hide."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cryotui.model.pane import View
from cryotui.model.text import cells
from cryotui.tui import frame, viewsline

SENTENCE = "The server was restarted at 03:12:44. Rates start again."
VIEWS = tuple(View(name.lower(), name) for name in ("Rate", "Mark", "Reset", "Waiting", "Blocking", "Idle"))


def text(drawn: frame.Drawn) -> str:
    return "".join(part for part, _ in drawn[0])


def told(width: int) -> str:
    status = frame.Status(
        name="prod", protected=True, server=None, where="db1:5432", level="DANGER 9m", age=("live 2s", "good"),
        alerts={"bad": 1, "watch": 2}, clock=datetime(2026, 1, 2, 3, 14, tzinfo=UTC), cost=0.1, encrypted=None,
        message=SENTENCE,
    )  # fmt: skip
    return text(frame.header(status, width))


@pytest.mark.parametrize("width", [50, 80, 119, 120, 200])
def test_a_message_in_the_header_hides_no_name_protection_level_age_or_alert(width: int) -> None:
    line = told(width)
    assert cells(line) == width
    for kept in ("prod", "PROTECTED", "DANGER 9m", "live 2s", "■1 ▲2"):
        assert kept in line
    assert SENTENCE in line or "…" in line


def test_where_there_is_room_the_message_is_whole() -> None:
    assert SENTENCE in told(130)


@pytest.mark.parametrize("active", [view.name for view in VIEWS])
@pytest.mark.parametrize("width", [20, 30, 40, 47, 60])
def test_the_active_view_is_seen_and_a_sign_stands_for_those_there_is_no_room_for(active: str, width: int) -> None:
    line = text(viewsline.draw(VIEWS, active, {"rate": 12}, "", width))
    assert cells(line.rstrip()) <= width
    assert f"[{active.title()}" in line
    left_out = [view.title for view in VIEWS if view.title not in line]
    assert bool(left_out) == ("…" in line)


@pytest.mark.parametrize("width", range(20, 90, 3))
def test_the_note_at_the_right_end_is_left_out_before_it_says_nothing(width: int) -> None:
    note = "sizes of 03:12 and of yesterday"
    line = text(viewsline.draw(VIEWS[:2], "rate", {}, note, width))
    seen = line.partition("Mark")[2].strip()
    assert cells(line) < width
    assert seen == note or not seen or (seen.endswith("…") and cells(seen) >= viewsline.LEAST - 1)


@pytest.mark.parametrize("width", [20, 40, 80])
def test_a_click_opens_the_view_that_is_written_there(width: int) -> None:
    for active in ("rate", "waiting", "idle"):
        line = text(viewsline.draw(VIEWS, active, {}, "", width))
        for view in VIEWS:
            at = line.find(view.title)
            expected = view.name if at >= 0 else None
            assert at < 0 or viewsline.view_at(VIEWS, active, {}, at, width) == expected
        assert viewsline.view_at(VIEWS, active, {}, 0, width) is None
