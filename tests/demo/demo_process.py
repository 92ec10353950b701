"""A demo as a process of its own, started and watched as an operator's script would."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

import cryotui
from cryotui.demo.account import Account

READY_SECONDS = 150.0
GONE_SECONDS = 20.0
PACKAGES = os.pathsep.join(
    [str(Path(cryotui.__file__).parent.parent), *(place for place in sys.path if "site-packages" in place)]
)


def wait_until(true: Callable[[], object], seconds: float, what: str) -> None:
    """Poll until the condition holds."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.05)


def alive(process: psutil.Process) -> bool:
    """Whether a process still runs; one that only waits to be collected does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def python_for(account: Account) -> str | None:
    """A Python like ours that the account can run with our packages, None when there is none."""
    if any(account.closed_parent(Path(place)) for place in PACKAGES.split(os.pathsep)):
        return None
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    for name in (sys.executable, shutil.which(f"python{own}", path="/usr/bin:/usr/local/bin")):
        if name and account.closed_parent(Path(name).resolve()) is None:
            return name
    return None


class Program:
    """A Python program of ours, as us or as another account, with its output in files."""

    def __init__(self, room: Path, words: list[str], account: Account | None = None) -> None:
        python = (account and python_for(account)) or sys.executable
        self.out = room / "out"
        self.err = room / "err"
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen(
                [python, *words],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                cwd="/",
                env={**os.environ, "PYTHONPATH": PACKAGES, "PYTHONDONTWRITEBYTECODE": "1"},
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
                # Whatever pytest was started under: an ignored SIGHUP would be inherited.
                preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
            )
        self.family: list[psutil.Process] = []

    def first_line(self, seconds: float = READY_SECONDS) -> str:
        """The first line on standard output, as soon as it is there; takes note of all processes then."""

        def ready() -> bool:
            assert self.process.poll() is None, self.err.read_text()
            return "\n" in self.out.read_text()

        wait_until(ready, seconds, "a first line on standard output")
        self.note_family()
        return self.out.read_text().splitlines()[0]

    def note_family(self) -> None:
        """Remember the processes below it, to see later that they are gone."""
        self.family = psutil.Process(self.process.pid).children(recursive=True)

    def end(self, number: signal.Signals) -> int:
        """Send a signal and wait for the end; the exit code, minus the number of a signal that killed it."""
        self.process.send_signal(number)
        return self.process.wait(60)

    def left(self) -> list[psutil.Process]:
        """Processes that still run."""
        return [process for process in self.family if alive(process)]

    def leaves_nothing(self, *directories: Path) -> None:
        """All its processes and these directories are gone."""
        wait_until(lambda: not self.left(), GONE_SECONDS, f"the end of {self.left()}")
        wait_until(lambda: not any(map(os.path.lexists, directories)), GONE_SECONDS, f"the end of {directories}")


class Demo(Program):
    """``cryotui demo --serve``."""

    def __init__(self, room: Path, *words: str, account: Account | None = None) -> None:
        super().__init__(room, ["-m", "cryotui", "demo", "--serve", *words], account)

    @property
    def uri(self) -> str:
        """Its address, as soon as it serves."""
        return self.first_line()

    @property
    def run_directory(self) -> Path:
        """The directory that must be gone in the end."""
        found = re.search(r"host=(.*)/s&", self.uri)
        assert found
        return Path(found[1])


def serving(room: Path, *words: str, account: Account | None = None) -> Iterator[Demo]:
    """A demo for a fixture: killed at the end should it still run."""
    demo = Demo(room, *words, account=account)
    try:
        yield demo
    finally:
        if demo.process.poll() is None:
            demo.end(signal.SIGTERM)
