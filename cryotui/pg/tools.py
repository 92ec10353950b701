"""Programs that are run beside the server: by argument list, without a shell, with an end in time and in output."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import Sequence
from pathlib import Path

from cryotui.model.record import dataclass
from cryotui.model.text import decode, one_line

SECONDS = 30.0
MOST_OUTPUT = 32 * 2**20
MOST_ERRORS = 64 * 2**10
PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
"""Where the packages of PostgreSQL put the client programs of each major."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a program said. ``code`` is its exit code, None when it did not end by itself; ``failure`` says then why.

    ``out`` is its output as bytes, ``err`` what it said on stderr, safe to show.
    """

    program: str
    code: int | None
    out: bytes = b""
    err: str = ""
    failure: str | None = None

    @property
    def complaint(self) -> str:
        """The failure, or the last line of stderr, or the exit code: on one line."""
        lines = [line for line in self.err.splitlines() if line.strip()]
        said = one_line(lines[-1]) if lines else ""
        return self.failure or said or f"{self.program} ended with exit code {self.code}"


class _TooMuch(Exception):
    """The program said more than it may."""


async def run(argv: Sequence[str], *, timeout: float = SECONDS, limit: int = MOST_OUTPUT) -> Ran:
    """Run a program to its end and give what it said; never raises for what the program does.

    It gets no terminal and no input, so that it cannot ask anything, and speaks English. After ``timeout`` seconds or
    ``limit`` bytes of output it and its children are killed.
    """
    name = Path(argv[0]).name
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
            env={**os.environ, "LC_ALL": "C"},
        )
    except FileNotFoundError:
        return Ran(name, None, failure=f"{name} is not here")
    except (OSError, ValueError) as error:
        return Ran(name, None, failure=f"{name} cannot be started: {getattr(error, 'strerror', None) or error}")
    out, err = bytearray(), bytearray()
    failure = None
    try:
        async with asyncio.timeout(timeout):
            await asyncio.gather(_collect(process.stdout, out, limit), _keep(process.stderr, err))
            await process.wait()
    except TimeoutError:
        failure = f"{name} took longer than {timeout:g} s"
    except _TooMuch:
        failure = f"{name} said more than {limit // 2**20} MB"
    finally:
        await _end(process)
    return Ran(name, None if failure else process.returncode, bytes(out), decode(bytes(err)), failure)


async def _collect(stream: asyncio.StreamReader | None, into: bytearray, limit: int) -> None:
    while stream is not None and (piece := await stream.read(65536)):
        into += piece
        if len(into) > limit:
            raise _TooMuch


async def _keep(stream: asyncio.StreamReader | None, into: bytearray) -> None:
    """The last of what comes; a program that complains without end is not stopped for that."""
    while stream is not None and (piece := await stream.read(65536)):
        into += piece
        del into[:-MOST_ERRORS]


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill what still runs of the program's own process group, and leave no zombie."""
    if process.returncode is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            process.kill()
        await process.wait()
    transport = getattr(process, "_transport", None)
    if transport is not None:  # a grandchild that left the group would keep the pipes open
        transport.close()


def find_client_program(name: str) -> str | None:
    """The newest client program of that name (pg_restore ...): a newer one reads what an older one wrote. None when there is
    none, neither in the folders of the packages nor on PATH."""
    found: list[tuple[int, str]] = []
    for pattern in PLACES:
        root, _, rest = pattern.lstrip("/").partition("/")
        for folder in Path("/", root).glob(rest):
            if os.access(folder / name, os.X_OK):
                digits = "".join(filter(str.isdigit, folder.parent.name))
                found.append((int(digits or 0), str(folder / name)))
    return max(found)[1] if found else shutil.which(name)
