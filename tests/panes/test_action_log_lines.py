"""One line about a recorded action says everything once."""

from __future__ import annotations

import pytest

from cryotui.panes.action_log import log_line


@pytest.mark.parametrize(
    ("action", "thing", "sentence", "line"),
    [
        ("Level danger", "lab", "Level danger from now on.", "lab: Level danger from now on."),
        ("VACUUM molecules", "molecules", "VACUUM molecules done in 1 s.", "VACUUM molecules done in 1 s."),
        ("Cancel query 17", "17", "17 is idle after 12 ms.", "Cancel query 17: 17 is idle after 12 ms."),
    ],
)
def test_the_title_is_not_said_twice(action: str, thing: str, sentence: str, line: str) -> None:
    assert log_line({"action": action, "object": thing, "sentence": sentence}) == line
