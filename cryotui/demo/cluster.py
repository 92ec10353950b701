"""A private, throw-away PostgreSQL server: unix socket only, gone with the process that started it.

For the demo and for tests. Any bin folder will do that holds initdb and postgres, majors 14 to 18.
"""

from __future__ import annotations

import json
import os
import secrets
import select
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from cryotui.demo import supervisor
from cryotui.demo.account import server_account
from cryotui.demo.installation import reachable
from cryotui.demo.place import lock, make_private, make_reachable, make_run_directory
from cryotui.model.errors import CryotuiError

SUPERUSER = "postgres"
START_SECONDS = 2 * supervisor.START_SECONDS
STOP_SECONDS = supervisor.FAST_SECONDS + 2 * supervisor.IMMEDIATE_SECONDS + 10

# What is thrown away needs no safety against a power cut, and nobody connects from outside.
THROW_AWAY: Mapping[str, str] = {
    "listen_addresses": "",
    "fsync": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
INITDB = ("--username=" + SUPERUSER, "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")


class Cluster:
    """One server. ``start`` and ``stop`` block; use them from a thread in asynchronous code.

    ``directory`` is the place for the data (made when missing); without it the data lives in a directory below the
    temporary one. ``settings`` go to postgresql.conf of a new data directory, so that ALTER SYSTEM still overrides them;
    ``initdb`` are more arguments for it. ``keep`` leaves the data in place at the end.

    Root is possible: the server then runs as an ordinary account, from a copy of the installation where that account
    cannot reach the given one, and root connects over the socket as everybody else does.

    A supervising process stops the server and removes its directories when this process ends, however it ends.
    """

    def __init__(
        self,
        bin_dir: Path,
        directory: Path | None = None,
        settings: Mapping[str, str] | None = None,
        keep: bool = False,
        *,
        initdb: Sequence[str] = (),
    ) -> None:
        self.bin_dir = bin_dir
        self.port = 20000 + secrets.randbelow(40000)
        self.pid: int | None = None
        self.keep = keep
        self.account = server_account()
        self._given = directory
        self._settings = dict(THROW_AWAY) | dict(settings or {})
        self._initdb = tuple(initdb)
        self._run_directory: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def directory(self) -> Path:
        """Where ``data`` lies."""
        return self._given.resolve() if self._given is not None else self._run

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.directory / "data"

    @property
    def log(self) -> Path:
        """What the server says while no logging collector runs."""
        return self._run / "server.log"

    @property
    def socket_directory(self) -> Path:
        """The directory of the socket (0700), what a client calls its host."""
        return self._run / "s"

    @property
    def conninfo(self) -> str:
        """Keywords and values for a superuser in database postgres."""
        return f"host={self.socket_directory} port={self.port} user={SUPERUSER} dbname=postgres"

    def uri(self, database: str = "postgres", user: str = SUPERUSER) -> str:
        """A connection URI; there are no passwords."""
        return (
            f"postgresql://{quote(user, safe='')}@/{quote(database, safe='')}"
            f"?host={quote(str(self.socket_directory))}&port={self.port}"
        )

    def start(self, options: Mapping[str, str] | None = None) -> None:
        """Make the data directory when there is none, start the server, wait until it takes connections.

        ``options`` are settings for this start only; they win over ALTER SYSTEM. Raises CryotuiError when the server
        does not start, UsageError when its account cannot reach ``directory``.
        """
        if self._process is not None:
            raise CryotuiError("This server has been started already.")
        account = self.account
        self._run_directory, held = make_run_directory(account)
        locks = [held]
        try:
            bin_dir = reachable(self.bin_dir, account, self._run / "programs")
            make_private(self.socket_directory, account)
            if self._given is not None:
                make_reachable(self.directory, account)
                locks.append(lock(self.directory))
            make_private(self.data, account)
            job = supervisor.Job(
                initdb=[str(bin_dir / "initdb"), f"--pgdata={self.data}", *INITDB, *self._initdb],
                server=[str(bin_dir / "postgres"), "-D", str(self.data), *self._always()],
                options=as_options(options or {}),
                data=str(self.data),
                log=str(self.log),
                lines=[f"{name} = {quoted(value)}" for name, value in self._settings.items()],
                environment=environment(),
                uid=account.uid if account else None,
                gid=account.gid if account else None,
                remove=[str(self._run)] if self.keep or self._given is None else [str(self._run), str(self.data)],
                orderly=self.keep,
            )
            self._process = self._supervise(job, locks)
        except BaseException:
            supervisor.remove([str(self._run)])
            raise
        finally:
            for descriptor in locks:
                os.close(descriptor)
        self.pid = self._answer()

    def restart(self, options: Mapping[str, str] | None = None) -> None:
        """Stop the server in order and start it again; ``options`` as for `start`, in place of those given there."""
        if self._process is None or self._process.stdin is None:
            raise CryotuiError("This server does not run.")
        order = {"restart": as_options(options or {})}
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        self.pid = self._answer()

    def runs(self) -> bool:
        """Whether the server and its supervising process live; a server that ended is noticed within a second."""
        if self._process is None or self.pid is None or self._process.poll() is not None:
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def stop(self) -> None:
        """Stop the server and remove its directories; harmless when it does not run."""
        process, self._process, self.pid = self._process, None, None
        if process is None:
            return
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
        supervisor.end_leftover(self.data)
        supervisor.remove([str(self._run)])

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def _run(self) -> Path:
        if self._run_directory is None:
            raise CryotuiError("This server has not been started.")
        return self._run_directory

    def _always(self) -> list[str]:
        return as_options({"port": str(self.port), "unix_socket_directories": str(self.socket_directory)})

    def _supervise(self, job: supervisor.Job, locks: Sequence[int]) -> subprocess.Popen[bytes]:
        with (self._run / "supervisor.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", supervisor.__file__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd="/",
                start_new_session=True,  # Ctrl+C in the terminal is for the console, which then stops us
                pass_fds=tuple(locks),
            )
        assert process.stdin is not None
        fields = {name: getattr(job, name) for name in supervisor.Job.__dataclass_fields__}
        process.stdin.write(json.dumps(fields).encode() + b"\n")
        process.stdin.flush()
        return process

    def _answer(self) -> int:
        """The supervisor's answer to the newest order: the server's process id. Stops everything when it failed."""
        assert self._process is not None
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        received = b""
        deadline = time.monotonic() + START_SECONDS
        try:
            while not received.endswith(b"\n"):
                left = deadline - time.monotonic()
                if left <= 0 or not select.select([descriptor], [], [], left)[0]:
                    raise CryotuiError(f"The server did not start within {START_SECONDS:.0f} s.")
                data = os.read(descriptor, 65536)
                if not data:
                    words = (self._run / "supervisor.log").read_text(errors="replace").strip()
                    raise CryotuiError(f"The supervisor of the server ended: {words or 'without a word'}")
                received += data
            answer = json.loads(received)
            if "error" in answer:
                raise CryotuiError(f"The server does not start: {answer['error']}")
        except BaseException:
            self.stop()
            raise
        return int(answer["pid"])


def as_options(settings: Mapping[str, str]) -> list[str]:
    """Settings as arguments of the postgres program."""
    return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]


def quoted(value: str) -> str:
    """A value for postgresql.conf."""
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def environment() -> dict[str, str]:
    """Our environment without what would lead the server elsewhere (PG*, LC_*, LANG)."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C"}
