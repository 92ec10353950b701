"""``cryotui keys`` puts the keys on paper."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from cryotui.cli import main
from cryotui.model.keys import keys_table_markdown, keys_text


def test_the_keys_are_printed_for_a_width(capsys):
    assert main(["keys", "--width", "120"]) == 0
    assert capsys.readouterr().out == keys_text(120)


def test_the_keys_are_printed_as_a_table(capsys):
    assert main(["keys", "--markdown"]) == 0
    assert capsys.readouterr().out == keys_table_markdown()


def test_paper_that_takes_ascii_only_gets_ascii_in_the_same_columns():
    environ = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": str(Path(__file__).parents[2])}
    run = subprocess.run(
        [sys.executable, "-m", "cryotui", "keys", "--width", "80"], env=environ, capture_output=True, check=True
    )
    lines = run.stdout.decode("ascii").splitlines()
    assert [len(line) for line in lines] == [len(line) for line in keys_text(80).splitlines()]
