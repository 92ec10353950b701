"""The password file ~/.pgpass, read by libpq's rules.

A line is ``host:port:database:user:password``. ``*`` alone matches anything, a backslash takes ``:`` and ``\\`` for
themselves, blanks count, ``#`` in the first column opens a comment, the first line that fits wins. A file that its
group or the world may use is ignored. Source: PostgreSQL documentation, libpq, "The Password File".
"""

from __future__ import annotations

import stat
from pathlib import Path

from cryotui.model.record import dataclass
from cryotui.model.secrets import Secret
from cryotui.model.text import clean

SOCKET_DIRECTORIES = ("/run/postgresql", "/var/run/postgresql", "/tmp", "/private/tmp")  # noqa: S108
"""Where a server listens by default: Debian and Red Hat, then a build from source, then macOS."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """What the file said: the password, or None, and why the file was not used if it was not."""

    password: Secret | None = None
    notice: str | None = None


def look_up(path: Path, *, host: str, port: int, database: str, user: str) -> Lookup:
    """The password for one host. ``host`` is the name, address or socket directory that was asked for; "" is local.

    A missing or unreadable file is no password and no notice, as in libpq; a file others may use, or something that is
    no plain file, is a notice.
    """
    try:
        notice = unusable(path)
        if notice is not None:
            return Lookup(notice=notice)
        content = path.read_bytes()
    except OSError:
        return Lookup()
    hosts: tuple[str, ...] = (host,)
    if host == "":
        hosts = ("localhost",)
    elif host in SOCKET_DIRECTORIES:  # libpq does so for the one directory it was built with
        hosts = ("localhost", host)
    for raw in content.split(b"\n"):
        line = raw.rstrip(b"\r").decode("utf-8", "surrogateescape")
        if line.startswith("#"):
            continue
        password = _match(line, (hosts, (str(port),), (database,), (user,)))
        if password is not None:
            return Lookup(Secret(password))
    return Lookup()


def unusable(path: Path) -> str | None:
    """Why an existing password file is ignored, as a sentence; None when it is used. Raises OSError when missing."""
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        return clean(f"{path} is not used: it is not a plain file.")
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        return clean(f"{path} is not used: others may open it. chmod 600 {path} mends that.")
    return None


def _match(line: str, wanted: tuple[tuple[str, ...], ...]) -> str | None:
    rest: str | None = line
    for values in wanted:
        assert rest is not None
        rest = next((after for value in values if (after := _after(rest, value)) is not None), None)
        if rest is None:
            return None
    assert rest is not None
    return _unescape(rest)


def _after(line: str, value: str) -> str | None:
    """What follows the first field if that field matches the value, else None."""
    if line.startswith("*:"):
        return line[2:]
    at = 0
    for character in value:
        if line[at : at + 1] == "\\":
            at += 1
        if line[at : at + 1] != character:
            return None
        at += 1
    return line[at + 1 :] if line[at : at + 1] == ":" else None


def _unescape(text: str) -> str:
    """The password field: up to an unescaped colon, one backslash taken off each escaped character."""
    password: list[str] = []
    at = 0
    while at < len(text) and text[at] != ":":
        if text[at] == "\\" and at + 1 < len(text):
            at += 1
        password.append(text[at])
        at += 1
    return "".join(password)
