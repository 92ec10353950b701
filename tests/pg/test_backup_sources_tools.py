"""Programs are run without a shell, with an end in time and in output, and what they say is safe to show."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from cryotui.pg.tools import run


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


async def test_what_a_program_says_comes_back_with_its_exit_code() -> None:
    ran = await run(python("import sys; print('out'); print('a\\x1b[31m', file=sys.stderr); sys.exit(7)"))
    assert (ran.code, ran.out, ran.failure) == (7, b"out\n", None)
    assert "\x1b" not in ran.err and ran.complaint == "a\\x1b[31m"


async def test_arguments_are_no_shell_words(tmp_path: Path) -> None:
    ran = await run([*python("import sys; print(sys.argv[1])"), f"$(touch {tmp_path / 'made'}); *"])
    assert b"$(touch" in ran.out and not (tmp_path / "made").exists()


async def test_a_program_and_its_children_are_killed_at_the_end_of_their_time(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    begin = "import subprocess, time; child = subprocess.Popen(['sleep', '300'])"
    code = f"{begin}; open({str(pids)!r}, 'w').write(str(child.pid)); time.sleep(300)"
    ran = await run(python(code), timeout=6)
    assert ran.code is None and "took longer than 6 s" in (ran.failure or "")
    child, deadline = int(pids.read_text()), time.monotonic() + 60
    while alive(child):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_a_program_that_never_stops_talking_is_stopped() -> None:
    ran = await run(python("while True: print('x' * 1000)"), limit=2**20)
    assert ran.failure and "more than 1 MB" in ran.failure


async def test_a_program_cannot_ask_anything() -> None:
    ran = await run(python("import os; print(open('/dev/tty'))"))
    assert ran.code != 0
    assert (await run(python("print(repr(input()))"))).code != 0


async def test_a_program_that_is_not_there_or_may_not_run_is_told(tmp_path: Path) -> None:
    assert (await run(["no-such-program"])).failure == "no-such-program is not here"
    target = tmp_path / "plain"
    target.write_text("no program")
    target.chmod(0o644)
    assert "cannot be started" in ((await run([str(target)])).failure or "")
