"""Whom the server runs as. PostgreSQL refuses root, so root needs an ordinary account that is there already."""

from __future__ import annotations

import os
import pwd
import stat
from collections.abc import Iterator
from pathlib import Path

from cryotui.model.errors import UsageError
from cryotui.model.record import dataclass

PREFERRED = ("postgres", "nobody", "daemon")


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the system that is not root."""

    name: str
    uid: int
    gid: int

    def may(self, status: os.stat_result, wanted: int) -> bool:
        """Whether the permission bits give this account what ``wanted`` (a sum of R_OK, W_OK, X_OK) asks for."""
        if status.st_uid == self.uid:
            bits = status.st_mode >> 6
        elif status.st_gid == self.gid:
            bits = status.st_mode >> 3
        else:
            bits = status.st_mode
        return bits & wanted == wanted

    def closed_parent(self, path: Path) -> Path | None:
        """The outermost of the path's directories (itself included when it is one) that this account may not enter."""
        path = path.resolve()
        for place in (*reversed(path.parents), path):
            if place.is_dir() and not self.may(place.stat(), os.X_OK):
                return place
        return None

    def may_read_tree(self, root: Path) -> bool:
        """Whether this account reaches the directory and reads every file in it."""
        return self.closed_parent(root) is None and all(self._may_use(path) for path in _tree(root.resolve()))

    def _may_use(self, path: Path) -> bool:
        status = path.stat()
        return self.may(status, os.R_OK | os.X_OK if stat.S_ISDIR(status.st_mode) else os.R_OK)


def _tree(root: Path) -> Iterator[Path]:
    yield root
    for directory, directories, files in os.walk(root):
        yield from (path for name in (*directories, *files) if (path := Path(directory, name)).exists())


def server_account() -> Account | None:
    """The account for a server started by us: None when we are an ordinary user (the server is then ours).

    Raises UsageError when we are root and the system has no other account.
    """
    if os.geteuid() != 0:
        return None
    accounts = {entry.pw_name: entry for entry in pwd.getpwall() if entry.pw_uid != 0}
    for name in (*PREFERRED, *accounts):
        if entry := accounts.get(name):
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise UsageError("PostgreSQL does not run as root, and this system has no other account. Start it as another user.")
