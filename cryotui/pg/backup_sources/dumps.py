"""Files of pg_dump in a folder: each by age, size and structure; the newest one read back as well.

pg_restore -l reads only the table of contents, which lies in front, and is content with a file cut in half. So the structure
is followed to its end here, and the newest whole file is decompressed to nowhere by ``pg_restore -f /dev/null``.
"""

from __future__ import annotations

import asyncio
import time
import zlib
from collections import OrderedDict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from cryotui.model.backup import Backup, BackupState, Fault, SourceState
from cryotui.model.record import dataclass
from cryotui.model.settings import BackupSource
from cryotui.model.text import clean, one_line
from cryotui.model.units import size as size_words
from cryotui.pg.backup_sources.dumpfile import ENDINGS, TAIL, Structure, examine
from cryotui.pg.tools import find_client_program, run

EXAMINED = 50
"""Newest files whose structure is followed; further ones are counted."""

READ_BACK_SIZE = 4 * 2**30
READ_BACK_SECONDS = 60.0
GROWING = timedelta(minutes=2)
"""A file that is not whole and was written to so lately may still be growing."""

NOT_THE_FILES_FAULT = (
    "unsupported version",
    "not supported",
    "Permission denied",
    "does not support",
    "could not open",
)
"""Complaints of pg_restore that say something about pg_restore."""

Identity = tuple[str, int, int]
T = TypeVar("T")
_MOST_KEPT = 500
_structures: OrderedDict[Identity, Structure] = OrderedDict()
_read_back: OrderedDict[Identity, tuple[BackupState, str]] = OrderedDict()


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    name: str
    modified: datetime
    modified_ns: int
    size: int

    @property
    def identity(self) -> Identity:
        """A file that was changed is another file."""
        return (str(self.path), self.modified_ns, self.size)


async def look(source: BackupSource, now: datetime) -> SourceState:
    """The files of ``source.path`` that fit ``source.pattern``; ``source.command`` may name the pg_restore to use."""
    state = SourceState(source.name, "dumps", "pg_dump", now)
    if source.path is None:
        return replace(state, unreadable="no path is configured")
    try:
        files = await asyncio.to_thread(_files, source.path, source.pattern)
    except (OSError, ValueError, NotImplementedError) as error:
        return replace(state, unreadable=_reason(error))
    backups = await asyncio.to_thread(_examined, files[:EXAMINED], now)
    place = next((number for number, backup in enumerate(backups) if backup.state in ("whole", "unverified")), None)
    if place is not None:
        backups[place] = await _with_contents(files[place], backups[place], source)
        if backups[place].state == "damaged":  # the next one is the newest that may be whole
            following = next((n for n in range(place + 1, len(backups)) if backups[n].state == "whole"), None)
            if following is not None:
                backups[following] = await _with_contents(files[following], backups[following], source)
    newest = backups[0] if backups else None
    faults = () if newest is None or newest.state != "damaged" else (Fault("bad", f"newest is {newest.reason}"),)
    kinds = list(dict.fromkeys(backup.kind for backup in backups))
    facts = [("folder", clean(str(source.path))), ("pattern", clean(source.pattern)), ("files", f"{len(files):,}")]
    if len(files) > EXAMINED:
        facts.append(("examined", f"the newest {EXAMINED}"))
    return replace(
        state,
        kind=" ".join(["pg_dump", *kinds[:1]]) + (" …" if len(kinds) > 1 else ""),
        backups=tuple(backups),
        kept=len(files),
        faults=faults,
        running=tuple(f"{backup.name} grows" for backup in backups if backup.state == "unfinished"),
        checked=next((backup.reason for backup in backups if backup.state == "whole"), ""),
        facts=tuple(facts),
    )


def _reason(error: Exception) -> str:
    match error:
        case FileNotFoundError():
            return "the folder is not there"
        case NotADirectoryError():
            return "the path is no folder"
        case PermissionError():
            return "the folder may not be read"
        case OSError():
            return f"the folder cannot be read: {error.strerror or error}"
        case _:
            return f"the pattern cannot be used: {clean(one_line(str(error)))}"


def _files(folder: Path, pattern: str) -> list[_File]:
    """The files that fit, newest first; raises OSError where the folder cannot be read, which a pattern would hide."""
    next(folder.iterdir(), None)
    found: list[_File] = []
    for path in folder.glob(pattern):
        try:
            status = path.stat()
            if path.is_dir():
                pieces = [piece.stat() for piece in path.iterdir()]
                size = sum(piece.st_size for piece in pieces)
                modified_ns = max((piece.st_mtime_ns for piece in pieces), default=status.st_mtime_ns)
            else:
                size, modified_ns = status.st_size, status.st_mtime_ns
        except FileNotFoundError:
            continue  # removed meanwhile, as retention does, or a link to nowhere
        except OSError:
            size, modified_ns = 0, 0
        modified = datetime.fromtimestamp(modified_ns / 1e9, UTC)
        found.append(_File(path, clean(str(path.relative_to(folder))), modified, modified_ns, size))
    return sorted(found, key=lambda file: (file.modified_ns, file.name), reverse=True)


def _examined(files: list[_File], now: datetime) -> list[Backup]:
    found: list[Backup] = []
    for file in files:
        structure = _structures.get(file.identity)
        if structure is None:
            try:
                structure = _kept(_structures, file.identity, examine(file.path))
            except OSError as error:
                words = f"cannot be read: {error.strerror or error}"
                structure = Structure("unknown", "unverified", words, archive=False)
        state, reason = structure.state, structure.reason
        if state == "damaged" and now - file.modified < GROWING:
            state, reason = "unfinished", "it is not whole and was written to just now"
        facts = (*structure.facts, ("path", clean(str(file.path))))
        found.append(Backup(file.name, structure.kind, state, file.modified, file.size, reason, facts))
    return found


async def _with_contents(file: _File, backup: Backup, source: BackupSource) -> Backup:
    """The backup after its contents were read as well, within bounds; unverified where that was not possible."""
    structure = _structures.get(file.identity)
    if structure is None or structure.kind == "plain" or structure.kind == "unknown":
        return backup
    known = _read_back.get(file.identity)
    if known is None:
        if structure.archive and structure.state == "whole":
            known = await _restored_to_nowhere(file, source)
        elif structure.kind == "plain, gzip":
            known = _kept(_read_back, file.identity, await asyncio.to_thread(_unpacked, file))
        else:
            return backup
    return replace(backup, state=known[0], reason=known[1])


async def _restored_to_nowhere(file: _File, source: BackupSource) -> tuple[BackupState, str]:
    program = source.command or tuple(filter(None, [find_client_program("pg_restore")]))
    if not program:
        return "unverified", "not verified: pg_restore is not here"
    if file.size > READ_BACK_SIZE:
        return "unverified", f"not read back: over {size_words(READ_BACK_SIZE)}; its structure reaches its end"
    begun = time.monotonic()
    ran = await run([*program, "--file=/dev/null", str(file.path.absolute())], timeout=READ_BACK_SECONDS, limit=2**20)
    if ran.failure:
        failed = f"not verified: {ran.failure}"
        took_long = time.monotonic() - begun >= READ_BACK_SECONDS  # it would again
        return _kept(_read_back, file.identity, ("unverified", failed)) if took_long else ("unverified", failed)
    if ran.code == 0:
        return _kept(_read_back, file.identity, ("whole", "read back whole"))
    complaint = ran.complaint.removeprefix("pg_restore: ").removeprefix("error: ")
    if any(words in ran.err for words in NOT_THE_FILES_FAULT):
        return "unverified", f"not verified: {complaint}"
    return _kept(_read_back, file.identity, ("damaged", f"damaged: {complaint}"))


def _unpacked(file: _File) -> tuple[BackupState, str]:
    """Decompress a plain dump and look at its end."""
    if file.size > READ_BACK_SIZE:
        return "unverified", f"not read back: over {size_words(READ_BACK_SIZE)}"
    deadline, tail = time.monotonic() + READ_BACK_SECONDS, b""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        with file.path.open("rb") as packed:
            while piece := packed.read(2**18):
                while piece:
                    tail = (tail + unpacker.decompress(piece))[-TAIL:]
                    piece = unpacker.unused_data
                    if unpacker.eof and piece:
                        unpacker = zlib.decompressobj(wbits=31)  # a file of several members
                    elif not unpacker.eof:
                        break
                if time.monotonic() > deadline:
                    return "unverified", f"not read back within {READ_BACK_SECONDS:g} s"
    except zlib.error as error:
        return "damaged", f"damaged: {error}"
    except OSError as error:
        return "unverified", f"cannot be read: {error.strerror or error}"
    if not unpacker.eof:
        return "damaged", "cut short: the compressed file has no end"
    if not any(ending in tail for ending in ENDINGS):
        return "damaged", "cut short: the line that pg_dump writes last is missing"
    return "whole", "read back whole"


def _kept(store: OrderedDict[Identity, T], key: Identity, value: T) -> T:
    store[key] = value
    if len(store) > _MOST_KEPT:
        store.popitem(last=False)
    return value
