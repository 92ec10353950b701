"""Which files are read, and whether one of them can be trusted with what it says.

A configuration may name programs to run, so it is looked at as ssh looks at its own: who owns it and who else can write it.
"""

from __future__ import annotations

import errno
import os
import pwd
import stat
from collections.abc import Mapping
from pathlib import Path

from cryotui.model.errors import ConfigError
from cryotui.model.folders import config_folder, home
from cryotui.model.record import dataclass
from cryotui.model.text import clean
from cryotui.model.units import size

FILE = "config.yaml"
SYSTEM_FOLDER = Path("/etc/cryotui")
LARGEST = 256 * 1024
"""Octets of a configuration or theme file; a hundred targets take a tenth of it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that is looked for. ``required``: it was named by hand, so that its absence is an error."""

    path: Path
    required: bool = False


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file read. ``doubt`` says who else could have written in it, None when nobody; ``private``: others cannot read it."""

    path: Path
    text: str
    doubt: str | None = None
    private: bool = True


def candidates(
    file: str | Path | None, environ: Mapping[str, str], system: Path = SYSTEM_FOLDER
) -> tuple[Candidate, ...]:
    """The files in the order they are read; what stands in a later one wins.

    A file named by ``file`` (the option --config) or CRYOTUI_CONFIG is read alone. Else the system's, then the user's.
    """
    named = str(file) if file is not None else environ.get("CRYOTUI_CONFIG", "")
    if named:
        return (Candidate(expanded(named, environ), required=True),)
    return (Candidate(system / FILE), Candidate(config_folder(environ) / FILE))


def expanded(path: str, environ: Mapping[str, str]) -> Path:
    """The path with ``~/`` replaced by the home folder."""
    if path == "~" or path.startswith("~/"):
        place = home(environ)
        return Path(path) if place is None else place / path[2:]
    return Path(path)


def read(candidate: Candidate) -> TextFile | None:
    """The file's text, None when it is not there and need not be.

    Raises ConfigError with one sentence when it cannot be read or everybody may write in it.
    """
    path = clean(str(candidate.path))
    try:
        descriptor = os.open(candidate.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        if isinstance(error, ValueError):  # a NUL in the name
            raise ConfigError(f"{path}: no file can have that name.") from None
        if _may_be_missing(candidate, error):
            return None
        raise ConfigError(f"{path}: {_reason(error)}") from None
    try:
        status = os.fstat(descriptor)
        if candidate.path == Path(os.devnull):
            return TextFile(candidate.path, "")
        _check(status, path)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            octets = file.read(LARGEST + 1)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}.") from None
    finally:
        os.close(descriptor)
    if len(octets) > LARGEST:
        raise ConfigError(f"{path}: longer than {size(LARGEST)}B, the most.")
    return TextFile(candidate.path, _text(octets, path), _doubt(status), not status.st_mode & 0o077)


def _check(status: os.stat_result, path: str) -> None:
    """Refuse what is no ordinary file of a sensible size, or is everybody's."""
    if stat.S_ISDIR(status.st_mode):
        raise ConfigError(f"{path}: a folder, not a file.")
    if not stat.S_ISREG(status.st_mode):
        raise ConfigError(f"{path}: no ordinary file; a configuration is read from a file only.")
    if status.st_size > LARGEST:
        raise ConfigError(f"{path}: {size(status.st_size)}B long; {size(LARGEST)}B is the most.")
    if status.st_mode & stat.S_IWOTH:
        raise ConfigError(f"{path}: everybody can write in it (mode {_mode(status)}). chmod o-w it first.")


def _may_be_missing(candidate: Candidate, error: OSError) -> bool:
    if candidate.required:
        return False
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return True
    # a folder that is closed to us, as under sudo -u postgres with HOME kept: nobody meant this file for us
    return error.errno == errno.EACCES and not os.access(candidate.path.parent, os.X_OK)


def _reason(error: OSError) -> str:
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return "there is no such file."
    if error.errno == errno.EACCES:
        return f"may not be read by {_name(os.geteuid())}."
    if error.errno == errno.ELOOP:
        return "a symbolic link that leads back to itself."
    if error.errno == errno.ENXIO:
        return "no ordinary file; a configuration is read from a file only."
    return f"cannot be read: {error.strerror}."


def _doubt(status: os.stat_result) -> str | None:
    if status.st_uid not in (0, os.geteuid()):
        return f"this file belongs to {_name(status.st_uid)}"
    if status.st_mode & stat.S_IWGRP:
        return f"its group can write in this file (mode {_mode(status)})"
    return None


def _text(octets: bytes, path: str) -> str:
    if octets.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ConfigError(f"{path}: written in UTF-16; save it as UTF-8.")
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        line, column = before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1
        raise ConfigError(f"{path}:{line}:{column}: not UTF-8; save the file as UTF-8.") from None


def _mode(status: os.stat_result) -> str:
    return f"{stat.S_IMODE(status.st_mode):04o}"


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
