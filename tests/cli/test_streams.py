"""What a verb does when its output is closed, cut off or full."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ENVIRON = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
VERBS = (("keys", "--markdown"), ("log",), ("config",))


def run(words: tuple[str, ...], shell: str) -> tuple[int, str]:
    """The exit code and what is said of a verb with the redirections of a shell line."""
    command = [shell, "sh", sys.executable, "-m", "cryotui", *words]
    ran = subprocess.run(
        ["/bin/bash", "-c", *command], env=ENVIRON, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=60
    )
    return ran.returncode, ran.stderr.decode()


@pytest.mark.parametrize("words", VERBS, ids=" ".join)
def test_a_reader_that_has_gone_ends_it_quietly(nobodys_home: Path, words: tuple[str, ...]) -> None:
    # the first word comes when the reader has gone: no race between the two
    code, said = run(words, 'exec 3> >(:); wait $!; "$@" >&3')
    assert (code, said) == (141, "")


@pytest.mark.parametrize("words", VERBS, ids=" ".join)
@pytest.mark.parametrize("closed", [">&-", "<&-", ">&- 2>&-"])
def test_closed_streams_change_neither_the_verdict_nor_say_anything(
    nobodys_home: Path, words: tuple[str, ...], closed: str
) -> None:
    code, said = run(words, f'"$@" {closed}' + (" >/dev/null" if ">" not in closed else ""))
    assert (code, said) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("words", VERBS, ids=" ".join)
def test_a_full_disk_is_a_sentence_and_exit_code_1(nobodys_home: Path, words: tuple[str, ...]) -> None:
    code, said = run(words, '"$@" >/dev/full')
    assert code == 1
    assert said.splitlines() == [
        "cryotui: The output is not whole: No space left on device. Make room there, or write it somewhere else."
    ]
