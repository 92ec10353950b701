"""One record into the log's file, or the reason why not: 0600, appended, synced, no symbolic link, one writer at a time."""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from cryotui.actions import chain
from cryotui.actions.chain import Record
from cryotui.model.errors import CryotuiError

LOCK_SECONDS = 2.0
"""How long another console's record is waited for."""

_BLOCK = 65536


class LogError(CryotuiError):
    """The action log cannot be written; the sentence says why."""


def append(folder: Path, record: Mapping[str, Any], now: datetime) -> Record:
    """Seal the record onto the chain and write it to the month's file; gives the sealed record.

    The folder is made 0700, the file 0600; the record is on disk when this returns. Raises LogError.
    """
    with _opened(folder, now) as descriptor:
        size = os.fstat(descriptor).st_size
        previous, whole = _last(descriptor, size)
        if previous is None:
            previous = _last_of_older(folder)
        full = chain.sealed(record, previous)
        line = (b"" if whole else b"\n") + chain.line_of(full)
        try:
            written = os.write(descriptor, line)
            if written != len(line):
                raise OSError(28, "No space left on device")
            os.fsync(descriptor)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, size)  # half a record must not stand before the next one
            raise
        return full


def check(folder: Path, now: datetime) -> None:
    """Whether a record could be written now. Raises LogError."""
    with _opened(folder, now):
        pass


def _file(folder: Path, now: datetime) -> Path:
    month = folder / f"actions-{now:%Y-%m}.jsonl"
    existing = chain.files(folder)
    # a clock that was set back must not continue an older file: the chain would fork
    return max(month, existing[-1]) if existing else month


@contextlib.contextmanager
def _opened(folder: Path, now: datetime) -> Iterator[int]:
    descriptor = -1
    try:
        _prepare(folder)
        path = _file(folder, now)
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            raise LogError(f"The action log cannot be written: {path} is no ordinary file.")
        if about.st_uid != os.geteuid():
            raise LogError(f"The action log cannot be written: {path} belongs to another user.")
        if stat.S_IMODE(about.st_mode) != 0o600:
            os.fchmod(descriptor, 0o600)
        if about.st_size == 0:
            _sync_folder(folder)
        _lock(descriptor, path)
        yield descriptor
    except OSError as error:
        raise LogError(f"The action log cannot be written: {folder}: {error.strerror or error}.") from None
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def _prepare(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    about = folder.stat()
    if about.st_uid == os.geteuid() and stat.S_IMODE(about.st_mode) & 0o077:
        folder.chmod(0o700)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lock(descriptor: int, path: Path) -> None:
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise LogError(f"The action log cannot be written: {path} is locked by another process.") from None
            time.sleep(0.01)


def _last(descriptor: int, size: int) -> tuple[Record | None, bool]:
    """The last readable record of the file and whether the file ends with a whole line."""
    start, data = size, b""
    while start > 0:
        start = max(0, start - _BLOCK)
        data = os.pread(descriptor, size - start, start)
        lines = data if start == 0 else data.partition(b"\n")[2]  # the first line of a piece may be cut
        readable = [record for _, record in chain.records(lines) if record is not None]
        if readable:
            return readable[-1], data.endswith(b"\n")
    return None, not data or data.endswith(b"\n")


def _last_of_older(folder: Path) -> Record | None:
    for path in reversed(chain.files(folder)):
        readable = [record for _, record in chain.records(path.read_bytes()) if record is not None]
        if readable:
            return readable[-1]
    return None
