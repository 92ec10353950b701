"""Keeps one PostgreSQL server alive exactly as long as the process that asked for it.

A program of its own (standard library only, started by path), because it has to outlive its parent by the moment that
cleaning up takes: however the parent ends, SIGKILL included, the kernel closes the parent's end of our standard input,
and that end of file is the order to stop the server and remove its directories. Should this program itself be killed,
the kernel signals the server (PR_SET_PDEATHSIG, Linux).

Standard input: one JSON job (the fields of `Job`), then one JSON order a line: ``{"restart": [options]}``.
Standard output: one JSON answer to the job and to each order: ``{"pid": 4711}`` or ``{"error": "text"}``.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
START_SECONDS = 60.0
FAST_SECONDS = 30.0
IMMEDIATE_SECONDS = 10.0


class Ended(Exception):
    """The parent is gone or wants the end."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to run.

    ``initdb`` and ``server`` are argument lists, ``options`` more of the latter for the first start. ``data`` is the data
    directory; ``lines`` go to postgresql.conf of a new one. ``uid`` and ``gid`` are the server's account, None to stay
    who we are. ``remove`` are the directories that go at the end; ``orderly`` asks for a fast shutdown instead of an
    immediate one, for data that will be used again.
    """

    initdb: list[str]
    server: list[str]
    options: list[str]
    data: str
    log: str
    lines: list[str]
    environment: dict[str, str]
    uid: int | None
    gid: int | None
    remove: list[str]
    orderly: bool


@dataclass(slots=True)
class Orders:
    """The lines of standard input, and the knowledge that its other end still lives."""

    parent: int = field(default_factory=os.getppid)
    pending: bytes = b""

    def wait(self, seconds: float) -> str | None:
        """One line, or None when none came in time; raises Ended when the parent is gone."""
        line, newline, rest = self.pending.partition(b"\n")
        if newline:
            self.pending = rest
            return line.decode()
        # A child that the parent forked without exec may hold the pipe open: the parent's pid tells.
        if os.getppid() != self.parent:
            raise Ended
        if select.select([0], [], [], seconds)[0]:
            data = os.read(0, 65536)
            if not data:
                raise Ended
            self.pending += data
            return self.wait(0)
        return None


class Server:
    """The server process of one job."""

    def __init__(self, job: Job, orders: Orders) -> None:
        self.job = job
        self.orders = orders
        self.process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Make the data directory unless it is there already."""
        data = Path(self.job.data)
        if (data / "PG_VERSION").exists():
            end_leftover(data)
            return
        process = self._run(self.job.initdb)
        while process.poll() is None:
            try:
                self.orders.wait(0.02)
            except Ended:
                process.kill()
                process.wait()
                raise
        if process.returncode:
            raise RuntimeError(f"initdb failed with status {process.returncode}: {self._last_words()}")
        with os.fdopen(os.open(data / "postgresql.conf", os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW), "w") as conf:
            conf.writelines(f"{line}\n" for line in self.job.lines)

    def start(self, options: list[str]) -> int:
        """Start the server and wait until it takes connections; its process id."""
        self.process = self._run([*self.job.server, *options])
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"postgres ended with status {self.process.returncode}: {self._last_words()}")
            if self._is_ready():
                return self.process.pid
            self.orders.wait(0.02)
        raise RuntimeError(f"postgres took no connections within {START_SECONDS:.0f} s: {self._last_words()}")

    def stop(self, orderly: bool) -> None:
        """Stop the server: fast when orderly, else immediate; by force when it does not follow."""
        process = self.process
        if process is None:
            return
        steps = [(signal.SIGINT, FAST_SECONDS)] if orderly else []
        for number, seconds in [*steps, (signal.SIGQUIT, IMMEDIATE_SECONDS), (signal.SIGKILL, IMMEDIATE_SECONDS)]:
            if process.poll() is None:
                process.send_signal(number)
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                continue
            return

    def reap(self) -> None:
        """Take note of a server that ended by itself, so that its process id is free and tells that it is gone."""
        if self.process is not None:
            self.process.poll()

    def _run(self, command: list[str]) -> subprocess.Popen[bytes]:
        log = os.open(self.job.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o640)
        try:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=self.job.environment,
                user=self.job.uid,
                group=self.job.gid,
                extra_groups=None if self.job.uid is None else [],
                umask=0o077,
                preexec_fn=ends_with_us(signal.SIGINT if self.job.orderly else signal.SIGQUIT),
            )
        finally:
            os.close(log)

    def _is_ready(self) -> bool:
        """The eighth line of postmaster.pid is the server's own word, the one that pg_ctl waits for."""
        assert self.process is not None
        lines = postmaster_lines(Path(self.job.data))
        return len(lines) >= 8 and lines[0] == str(self.process.pid) and lines[7].strip() == "ready"

    def _last_words(self) -> str:
        lines = Path(self.job.log).read_text(errors="replace").splitlines()
        return " / ".join(line.strip() for line in lines[-4:]) or "it left no log"


def ends_with_us(number: signal.Signals) -> Callable[[], None]:
    """What a child does before exec so that the kernel sends it this signal when we die. Linux only, else nothing."""
    if sys.platform != "linux":
        return lambda: None
    libc = ctypes.CDLL(None)
    us = os.getpid()

    def before_exec() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(number))
        if os.getppid() != us:  # we died before the line above
            os._exit(1)

    return before_exec


def postmaster_lines(data: Path) -> list[str]:
    """The lines of postmaster.pid, none when there is no such file."""
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def end_leftover(data: Path) -> None:
    """End a server that still runs on a data directory whose owner is dead, and remove its pid file.

    The caller holds the directory's lock. A pid that the system has given to another program meanwhile is left alone
    (told by its command line; where there is no /proc, nothing is signalled).
    """
    lines = postmaster_lines(data)
    if not lines:
        return
    command = Path("/proc", lines[0], "cmdline")
    for number in (signal.SIGQUIT, signal.SIGKILL):
        for attempt in range(100):
            try:
                alive = str(data).encode() in command.read_bytes().split(b"\0")
            except OSError:
                alive = False
            if not alive:
                break
            if attempt == 0:
                os.kill(int(lines[0]), number)
            time.sleep(0.05)
    (data / "postmaster.pid").unlink(missing_ok=True)


def remove(directories: list[str]) -> None:
    """Remove directories; a backend that outlived a killed postmaster may still write for a moment, so try again."""
    for directory in directories:
        for _ in range(50):
            shutil.rmtree(directory, ignore_errors=True)
            if not os.path.lexists(directory):
                break
            time.sleep(0.1)


def answers(server: Server, orders: Orders) -> Iterator[dict[str, object]]:
    """Do the job and every later order; one answer each; raises Ended at the end of the parent."""
    server.prepare()
    yield {"pid": server.start(server.job.options)}
    while True:
        line = orders.wait(1.0)
        server.reap()
        if line:
            server.stop(orderly=True)
            yield {"pid": server.start(json.loads(line)["restart"])}


def main() -> int:
    orders = Orders()
    line = None
    while line is None:
        line = orders.wait(1.0)
    job = Job(**json.loads(line))
    server = Server(job, orders)
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        for answer in answers(server, orders):
            print(json.dumps(answer), flush=True)  # noqa: T201
    except (Ended, BrokenPipeError):
        return 0
    except (RuntimeError, OSError) as error:
        print(json.dumps({"error": str(error)}), flush=True)  # noqa: T201
        return 1
    finally:
        signal.signal(signal.SIGTERM, lambda *_: None)
        server.stop(job.orderly)
        remove(job.remove)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Ended:
        sys.exit(0)
