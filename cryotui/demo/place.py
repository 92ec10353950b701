"""Directories of a running server: made, locked while their owner lives, swept when it died without cleaning up.

The lock is an flock on the file ``lock``: the kernel drops it with the last process that holds it, so a directory whose
lock can be had belongs to nobody any more. No pid is written down, none can be mistaken.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from pathlib import Path

from cryotui.demo.account import Account
from cryotui.demo.supervisor import end_leftover, remove
from cryotui.model.errors import CryotuiError, UsageError

PREFIX = "cryotui-pg-"
LONGEST_SOCKET = 103  # sun_path holds 108 bytes on Linux and 104 on macOS, the closing NUL included
SOCKET_TAIL = len(f"/{PREFIX}12345678/s/.s.PGSQL.65535")


def temporary_root(account: Account | None) -> Path:
    """The directory for run directories: TMPDIR or /tmp, whichever the account enters and leaves room for a socket."""
    for root in dict.fromkeys((tempfile.gettempdir(), "/tmp", "/var/tmp")):  # noqa: S108
        place = Path(root).resolve()
        if len(os.fsencode(place)) + SOCKET_TAIL > LONGEST_SOCKET or not os.access(place, os.W_OK | os.X_OK):
            continue
        if account is None or account.closed_parent(place) is None:
            return place
    whom = f" that {account.name} may enter" if account else ""
    raise UsageError(f"No temporary directory{whom} with a path short enough for a socket. Set TMPDIR to one.")


def make_run_directory(account: Account | None) -> tuple[Path, int]:
    """A new locked directory, and the descriptor that holds its lock. Sweeps what dead owners left first."""
    root = temporary_root(account)
    sweep(root)
    directory = Path(tempfile.mkdtemp(prefix=PREFIX, dir=root))
    admit(directory, account)
    return directory, lock(directory)


def admit(directory: Path, account: Account | None) -> None:
    """Let the account pass through a directory of ours, and nobody else."""
    if account is None:
        directory.chmod(0o700)
    else:
        os.chown(directory, os.geteuid(), account.gid)
        directory.chmod(0o710)


def make_reachable(directory: Path, account: Account | None) -> None:
    """A directory that the account may enter; made when missing, with its parents, and then open to nobody else.

    Raises UsageError when one of the parents is closed to the account, OSError when it cannot be made.
    """
    directory = directory.resolve()
    closed = account.closed_parent(directory.parent) if account else None
    if account and closed:
        raise UsageError(
            f"The server runs as {account.name}, who may not enter {closed}. Take a directory elsewhere, or start it as "
            f"the owner of that one instead of root."
        )
    for place in reversed([place for place in (directory, *directory.parents) if not place.exists()]):
        place.mkdir()
        admit(place, account)
    admit(directory, account)


def make_private(directory: Path, account: Account | None) -> Path:
    """A directory for the server alone (0700); made when missing."""
    directory.mkdir(mode=0o700, exist_ok=True)
    if account is not None:
        os.chown(directory, account.uid, account.gid)
    return directory


def lock(directory: Path) -> int:
    """Take the lock of a directory; the descriptor that holds it. Raises CryotuiError when another process has it."""
    path = directory / "lock"
    # Locked before it gets its name: a sweeper never sees it free while its owner is on the way.
    draft, name = tempfile.mkstemp(prefix="lock-", dir=directory)
    fcntl.flock(draft, fcntl.LOCK_EX)
    held: int | None = draft
    try:
        os.link(name, path)
    except FileExistsError:
        os.close(draft)
        held = _open_locked(path)
    finally:
        Path(name).unlink()
    if held is None:
        raise CryotuiError(f"Another demo uses {directory}. Stop it, or take another directory.")
    return held


def sweep(root: Path) -> list[Path]:
    """Remove the run directories of dead owners of the same user, and end a server that still runs in one."""
    swept = []
    for directory in root.glob(f"{PREFIX}*"):
        if directory.is_symlink() or directory.lstat().st_uid != os.geteuid():
            continue
        held = _open_locked(directory / "lock")
        if held is None:
            continue
        end_leftover(directory / "data")
        remove([str(directory)])
        os.close(held)
        swept.append(directory)
    return swept


def _open_locked(path: Path) -> int | None:
    """A descriptor with the lock on an existing file, None when there is no file or another has the lock."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor
