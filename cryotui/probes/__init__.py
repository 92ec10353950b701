"""Questions to the server: ``NAME.sql`` in this folder, ``NAME@17.sql`` from server 17 on, read when first asked for.

The header's words and the vocabulary of column names are in README.md beside this file. Users add their own by dropping
files of the same form into ``probes/`` of their configuration folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from cryotui.model.errors import ConfigError
from cryotui.model.probe import Probe, Version

FOLDER = Path(__file__).parent
WORDS = (
    "title", "about", "key", "counters", "reset", "units", "needs", "calls", "since", "every", "timeout", "parameters",
    "alone", "anywhere",
)  # fmt: skip
_HEADER = re.compile(r"-- ?([a-z_]+):(?:\s+(.*))?")
_own_folders: list[Path] = []


def add_folder(folder: Path) -> None:
    """Let probes of ``folder`` be found too; a name of ours is not replaced by one of a user's."""
    if folder.is_dir() and folder not in _own_folders:
        _own_folders.append(folder)
        names.cache_clear()
        probe.cache_clear()


@cache
def names() -> tuple[str, ...]:
    """The names of all probes, in alphabetical order."""
    return tuple(sorted({path.stem.partition("@")[0] for path in _files()}))


@cache
def probe(name: str) -> Probe:
    """The probe of that name.

    Raises KeyError when there is none, ConfigError (file and line) when its file has a bad header.
    """
    files = [path for path in _files() if path.stem.partition("@")[0] == name]
    if not files:
        raise KeyError(name)
    folder = files[0].parent  # ours first, so a user's file of the same name changes nothing
    files = [path for path in files if path.parent == folder]
    variants: dict[Version, str] = {}
    header: dict[str, str] = {}
    for path in sorted(files, key=lambda path: version_of(path)):
        words, body = read(path)
        header = {**header, **words}
        variants[version_of(path)] = body
    return _made(name, header, variants, files[0], "built in" if folder == FOLDER else str(folder))


def _files() -> Iterable[Path]:
    for folder in (FOLDER, *_own_folders):
        yield from sorted(folder.glob("*.sql"))


def version_of(path: Path) -> Version:
    """The version after ``@`` in the file's name as a tuple, ``()`` for the base file."""
    version = path.stem.partition("@")[2]
    try:
        return tuple(int(part) for part in version.split(".")) if version else ()
    except ValueError:
        raise ConfigError(f"{path}: {version} after @ is no version, as 17 or 1.11 would be.") from None


def read(path: Path, allowed: tuple[str, ...] = WORDS) -> tuple[dict[str, str], str]:
    """A file's header words and its body. Raises ConfigError naming file and line for an unknown or repeated word."""
    words: dict[str, str] = {}
    body: list[str] = []
    last = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        match = _HEADER.fullmatch(line.rstrip()) if not body else None
        if match:
            last, value = match.groups()
            if last not in allowed:
                raise ConfigError(f"{path}:{number}: {last} is no header word. Known are {', '.join(allowed)}.")
            if last in words:
                raise ConfigError(f"{path}:{number}: {last} stands twice in the header.")
            words[last] = (value or "").strip()
        elif not body and last and re.match(r"--\s{2,}\S", line):
            words[last] += " " + line.lstrip("- ").strip()  # an indented comment line goes on with the word before it
        elif body or line.strip():
            body.append(line)
    if not "".join(body).strip():
        raise ConfigError(f"{path}: there is no SQL under the header.")
    return words, "\n".join(body).strip().rstrip(";")


def _made(name: str, words: dict[str, str], variants: dict[Version, str], path: Path, origin: str) -> Probe:
    for needed in ("title", "key"):
        if not words.get(needed):
            raise ConfigError(f"{path}: the header has no {needed}.")
    try:
        return Probe(
            name=name,
            title=words["title"],
            about=words.get("about", ""),
            key=tuple(words["key"].split()),
            variants=variants,
            counters=tuple(words.get("counters", "").split()),
            reset=words.get("reset") or None,
            units=dict(pair.split("=", 1) for pair in words.get("units", "").split()),
            needs=tuple(words.get("needs", "").split()),
            calls=tuple(words.get("calls", "").split()),
            since=int(words.get("since", "14")),
            every=float(words.get("every", "2")),
            timeout=float(words.get("timeout", "3")),
            parameters=tuple(words.get("parameters", "").split()),
            alone=words.get("alone"),
            anywhere=words.get("anywhere"),
            origin=origin,
        )
    except ValueError as error:
        raise ConfigError(f"{path}: the header cannot be read: {error}.") from None
