"""Connection service files: ~/.pg_service.conf and the system-wide pg_service.conf, read as libpq reads them.

A service is a section ``[name]`` of ``keyword=value`` lines. Blanks around a line are cut, blanks around the = are not;
``#`` opens a comment at the start of a line only; ``%`` is an ordinary character.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from cryotui.model.errors import UsageError
from cryotui.model.text import clean
from cryotui.pg.connstring import unknown_keyword
from cryotui.pg.keywords import KEYWORDS

# libpq has its directory built in: Debian's, Red Hat's and the one of a build from source
_SYSTEM_DIRECTORIES = (Path("/etc/postgresql-common"), Path("/etc/sysconfig/pgsql"), Path("/usr/local/pgsql/etc"))
_LONGEST_LINE = 1022  # octets with the line's end, from libpq's buffer of 1024
_BLANKS = " \t\n\v\f\r"


def service_parameters(service: str, *, environ: Mapping[str, str], home: Path | None) -> dict[str, str]:
    """The parameters of a service by keyword, from the first file that defines it.

    Order: the file of PGSERVICEFILE, else ~/.pg_service.conf; then pg_service.conf in PGSYSCONFDIR or, without it, in
    the usual system directories. Raises UsageError when no file defines the service or a file cannot be used: a
    misspelt service never falls back to a local server.
    """
    if not service:
        raise UsageError("The name of the service is empty; leave service and PGSERVICE out to do without one.")
    looked_at: list[str] = []
    for path, required in _files(environ, home):
        if not required and not os.access(path, os.F_OK):
            continue
        looked_at.append(str(path))
        found = _read(path, service)
        if found is not None:
            return found
    where = " or ".join(looked_at) if looked_at else "any file: there is no ~/.pg_service.conf"
    raise UsageError(clean(f"Service {service} is not defined in {where}."))


def service_names(*, environ: Mapping[str, str], home: Path | None) -> tuple[str, ...]:
    """The names of all services that can be used, in the order of the files. A file that cannot be read has none."""
    names: list[str] = []
    for path, _ in _files(environ, home):
        try:
            lines = path.read_bytes().split(b"\n")
        except OSError:
            continue
        for raw in lines:
            line = raw.decode("utf-8", "surrogateescape").strip(_BLANKS)
            if line.startswith("[") and "]" in line:
                names.append(line[1 : line.index("]")])
    return tuple(dict.fromkeys(names))


def _files(environ: Mapping[str, str], home: Path | None) -> list[tuple[Path, bool]]:
    """The files to look at, in order; True where a missing file is an error."""
    files: list[tuple[Path, bool]] = []
    if environ.get("PGSERVICEFILE"):
        files.append((Path(environ["PGSERVICEFILE"]), True))
    elif home is not None:
        files.append((home / ".pg_service.conf", False))
    system = environ.get("PGSYSCONFDIR")
    directories = (Path(system),) if system else _SYSTEM_DIRECTORIES
    return files + [(directory / "pg_service.conf", False) for directory in directories]


def _read(path: Path, service: str) -> dict[str, str] | None:
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise UsageError(clean(f"The service file {path} cannot be read: {error.strerror}.")) from None
    found: dict[str, str] | None = None
    for number, raw in enumerate(lines, 1):
        where = f"Line {number} of {path}"
        if len(raw) + (number < len(lines)) > _LONGEST_LINE:
            raise UsageError(clean(f"{where} is too long; libpq reads {_LONGEST_LINE - 1} octets."))
        line = raw.decode("utf-8", "surrogateescape").strip(_BLANKS)
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            if found is not None:
                return found
            if line[1:].startswith(f"{service}]"):
                found = {}
        elif found is not None:
            _take(found, line, where)
    return found


def _take(found: dict[str, str], line: str, where: str) -> None:
    keyword, equals, value = line.partition("=")
    if not equals:
        raise UsageError(clean(f"{where} has no =."))
    if keyword == "service":
        raise UsageError(clean(f"{where} names another service; a service cannot be built on one."))
    if keyword not in KEYWORDS:
        raise UsageError(clean(unknown_keyword(where, keyword)))
    found.setdefault(keyword, value)
