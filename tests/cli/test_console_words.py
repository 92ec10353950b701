"""Words of the console that are refused before it opens."""

from __future__ import annotations

import pytest

from cryotui.cli import main


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("tabels", "tabels is no pane. Is tables meant?"), ("nosuch", "nosuch is no pane. There are")],
)
def test_a_pane_that_is_not_there_is_a_usage_error(
    name: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--pane", name]) == 2
    assert sentence in capsys.readouterr().err
