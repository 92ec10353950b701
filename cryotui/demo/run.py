"""`cryotui demo`: server, laboratory and applications together, from the first step to the last trace removed."""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

import asyncpg

import cryotui
from cryotui.demo import kept, laboratory
from cryotui.demo.cluster import Cluster
from cryotui.demo.installation import find_embedded, version
from cryotui.model.errors import CryotuiError
from cryotui.model.record import dataclass
from cryotui.model.text import clean, one_line

READY_SECONDS = 60.0
END_SECONDS = 10.0
ENDS_THE_DEMO = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class DemoServer:
    """A demo that runs.

    ``uri`` is for a superuser in the laboratory's database. ``dumps`` is the folder of its dumps;
    ``config_overrides`` is what a configuration file says about them, ``{"backups": {"dumps": {…}}}``, and ``config``
    such a file.
    """

    uri: str
    dumps: Path
    config_overrides: Mapping[str, object]
    config: Path


def run_demo(
    *,
    serve: bool,
    keep: Path | None,
    progress: laboratory.Progress,
    open_console: Callable[[DemoServer], int] | None,
) -> int:
    """Run the demo until the console closes or, with ``serve``, a signal ends it; the exit code.

    ``progress`` hears a few words and the part that is done, from 0 to 1. With ``serve`` the connection URI is printed
    alone on standard output when data and applications are ready. ``keep`` is a directory for the data, which then
    stays. Exit codes of signals: 130, 143, 129; 1 when server or applications ended by themselves. Why a served demo ends
    stands on standard error. A SIGHUP that is ignored from the start on, as under nohup, stays ignored. Everything is
    removed before this returns, and by the supervising processes when it cannot. Raises UsageError for a missing wheel or
    an unusable ``keep``, CryotuiError when the server or the applications do not start.
    """
    if open_console is None and not serve:
        raise CryotuiError("There is neither a console to open nor an address to serve.")
    with signals_exit() as quiet:
        try:
            return _run(serve, keep, progress, open_console)
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
            if serve and code > 128:
                _tell(f"The demo ends: {signal.Signals(code - 128).name} came.")
            return code
        finally:
            quiet()


def _run(
    serve: bool, keep: Path | None, progress: laboratory.Progress, open_console: Callable[[DemoServer], int] | None
) -> int:
    bin_dir = find_embedded()
    complete = keep is not None and kept.claim(keep, version(bin_dir))
    progress("server", 0.0)
    cluster = Cluster(bin_dir, keep, laboratory.SETTINGS, keep=keep is not None, initdb=laboratory.INITDB)
    try:
        cluster.start(None if complete else laboratory.LOADING)
        if complete:
            laboratory.age_dumps(laboratory.dumps_of(cluster))
        else:
            _build(cluster, progress)
            if keep is not None:
                kept.mark(keep, version(bin_dir), complete=True)
        progress("applications", 0.96)
        with applications(cluster) as workload:
            progress("ready", 1.0)
            server = describe(cluster)
            if serve or open_console is None:
                print(server.uri, flush=True)  # noqa: T201
                _tell(
                    f"Ctrl+C ends the demo. A console in another terminal: cryotui --config {server.config} '{server.uri}'"
                )
                return _wait(cluster, workload)
            return open_console(server)
    finally:
        ignore_signals()
        cluster.stop()


def _build(cluster: Cluster, progress: laboratory.Progress) -> None:
    try:
        asyncio.run(laboratory.build(cluster, progress))
    except (asyncpg.PostgresError, OSError) as error:
        raise CryotuiError(f"The sample laboratory could not be made: {error}") from error


def describe(cluster: Cluster) -> DemoServer:
    """What a console or a script needs to know about a running demo; writes the configuration file."""
    dumps = laboratory.dumps_of(cluster)
    source: dict[str, object] = {"kind": "dumps", "path": str(dumps)}
    if (restore := cluster.bin_dir / "pg_restore").exists():  # one on PATH may be too old for these dumps
        source["command"] = [str(restore)]
    overrides = {"backups": {"dumps": source}}
    config = cluster.directory / kept.CONFIG
    config.write_text(json.dumps(overrides, indent=2) + "\n")  # every JSON text is a YAML text
    return DemoServer(cluster.uri(laboratory.DATABASE), dumps, overrides, config)


@contextmanager
def applications(cluster: Cluster) -> Iterator[subprocess.Popen[bytes]]:
    """The workload, from the moment on that all its sessions are open. Raises CryotuiError when they do not open."""
    packages = str(Path(cryotui.__file__).parent.parent)
    search = os.pathsep.join(place for place in (packages, os.environ.get("PYTHONPATH")) if place)
    archive = cluster.directory / "archive"
    command = [
        sys.executable,
        "-m",
        "cryotui.demo.workload",
        cluster.uri(laboratory.DATABASE),
        "--archive",
        str(archive),
    ]
    log = cluster.log.with_name("workload.log")
    with log.open("wb") as errors:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd="/",
            env=os.environ | {"PYTHONPATH": search},
            start_new_session=True,
        )
    try:
        assert process.stdout is not None
        if not select.select([process.stdout], [], [], READY_SECONDS)[0] or not process.stdout.readline():
            words = log.read_text(errors="replace").strip().splitlines()
            raise CryotuiError(
                f"The applications of the demo did not start: {words[-1] if words else 'no reason given'}"
            )
        yield process
    finally:
        ignore_signals()
        try:
            process.communicate(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _wait(cluster: Cluster, workload: subprocess.Popen[bytes]) -> int:
    """Stay until a signal comes (as SystemExit), or a part of the demo is gone: then its last words are told, and 1."""
    while cluster.runs() and workload.poll() is None:
        time.sleep(0.5)
    if workload.returncode is None:
        what, how, logs = "server", "", [*cluster.data.glob("log/*.log"), cluster.log]
    else:
        what, logs = "applications", [cluster.log.with_name("workload.log")]
        how = f" with status {workload.returncode}"
    _tell(f"The demo ends: its {what} ended{how}: {_last_words(logs)}")
    return 1


def _last_words(logs: Sequence[Path]) -> str:
    """The last line of the log that was written last."""
    written = [path for path in logs if path.exists() and path.stat().st_size]
    if not written:
        return "without a word"
    newest = max(written, key=lambda path: path.stat().st_mtime)
    with newest.open("rb") as file:
        file.seek(max(newest.stat().st_size - 4096, 0))
        lines = file.read().decode(errors="replace").strip().splitlines()
    return clean(one_line(lines[-1])) if lines else "without a word"


def _tell(sentence: str) -> None:
    print(f"cryotui: {sentence}", file=sys.stderr, flush=True)  # noqa: T201


@contextmanager
def signals_exit() -> Iterator[Callable[[], None]]:
    """Turn SIGINT, SIGTERM and SIGHUP into SystemExit(128 + number) while inside.

    SystemExit, because an event loop passes it on where it would swallow another exception of a signal handler. Whoever
    started us under nohup wants us to outlive the terminal: a SIGHUP that is ignored already stays so.
    """

    def leave(number: int, frame: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    heeded = [number for number in ENDS_THE_DEMO if not (number is signal.SIGHUP and ignored)]
    before = {number: signal.signal(number, leave) for number in heeded}
    try:
        yield ignore_signals
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def ignore_signals() -> None:
    """From here on the demo cleans up and is not to be disturbed; a handler, as SIG_IGN would be inherited."""
    for number in ENDS_THE_DEMO:
        signal.signal(number, lambda *_: None)
