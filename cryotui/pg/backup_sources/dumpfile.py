"""The structure of a file of pg_dump, read with a bound: its format, its table of contents, and whether it reaches its end.

The archive formats are those of pg_dump 9 to 18 (archive versions 1.10 to 1.16). The contents are not decompressed: a file
whose structure is whole can still hold a damaged byte, which only reading it back shows.
"""

from __future__ import annotations

import os
import tarfile
import time
from collections.abc import Callable, Set
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from cryotui.model.backup import BackupState, Fact
from cryotui.model.record import dataclass
from cryotui.model.text import decode

MOST_LARGE_OBJECTS = 200_000
"""Lines of a list of large objects that are looked at."""

MAGIC = b"PGDMP"
MOST_TOC = 256 * 2**20
WALK_SECONDS = 5.0
OFFSET_SET, NO_DATA = 2, 3
DATA, BLOBS = 1, 3
FORMATS = {1: "custom", 3: "tar", 5: "directory"}
COMPRESSIONS = {0: "none", 1: "gzip", 2: "lz4", 3: "zstd"}
ENDINGS = (b"PostgreSQL database dump complete", b"PostgreSQL database cluster dump complete")
TAIL = 4096


class CutShort(Exception):
    """The file ends before its structure does."""


class Broken(Exception):
    """The structure says something that cannot be."""


@dataclass(frozen=True, slots=True)
class Structure:
    """What the structure tells: format, state, why, and facts of the header. ``archive``: pg_restore can read it."""

    kind: str
    state: BackupState
    reason: str = ""
    facts: tuple[Fact, ...] = ()
    archive: bool = True


@dataclass(slots=True)
class _Entry:
    dump_id: int
    offset: int | None = None
    has_data: bool = False
    file: str | None = None


class _Toc:
    """Header and table of contents, read from where the file stands; raises CutShort or Broken."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._read = 0
        self.entries: list[_Entry] = []
        self.facts: list[Fact] = []
        if self._bytes(5) != MAGIC:
            raise Broken("it does not begin as an archive of pg_dump")
        major, minor, _ = self._bytes(3)
        self.version = (major, minor)
        if not (1, 10) <= self.version <= (1, 16):
            raise NotImplementedError(f"archive version {major}.{minor} is not known here")
        self.int_size, self.offset_size, format_code = self._bytes(3)
        if not 1 <= self.int_size <= 8 or not 1 <= self.offset_size <= 8 or format_code not in FORMATS:
            raise Broken("its header makes no sense")
        self.kind = FORMATS[format_code]
        self._header()
        self._contents()

    def _bytes(self, count: int) -> bytes:
        self._read += count
        if self._read > MOST_TOC:
            raise NotImplementedError("its table of contents is larger than is read here")
        found = self._file.read(count)
        if len(found) < count:
            raise CutShort("it ends inside its table of contents")
        return found

    def integer(self) -> int:
        raw = self._bytes(1 + self.int_size)
        value = int.from_bytes(raw[1:], "little")
        return -value if raw[0] else value

    def _text(self) -> str | None:
        length = self.integer()
        return None if length < 0 else decode(self._bytes(length))

    def _header(self) -> None:
        if self.version >= (1, 15):
            compression = COMPRESSIONS.get(self._bytes(1)[0], "unknown")
        else:
            compression = "none" if self.integer() == 0 else "gzip"
        second, minute, hour, day, month, year, _ = (self.integer() for _ in range(7))
        begun = f"{year + 1900}-{month + 1:02}-{day:02} {hour:02}:{minute:02}:{second:02} where it was made"
        database, server, program = self._text(), self._text(), self._text()
        self.facts += [("database", database or "-"), ("begun", begun), ("server", server or "-")]
        self.facts += [("pg_dump", program or "-"), ("compression", compression)]

    def _contents(self) -> None:
        count = self.integer()
        if count < 0:
            raise Broken("its table of contents has a negative length")
        for _ in range(count):
            self.entries.append(self._entry())
        self.facts.append(("entries", f"{count:,}"))

    def _entry(self) -> _Entry:
        entry = _Entry(self.integer())
        self.integer()  # whether it had a dumper
        what = [self._text() for _ in range(4)][-1]  # catalogue's oid, own oid, tag, description
        if self.version >= (1, 11):
            self.integer()  # section
        texts = 5 + (self.version >= (1, 14))  # definition, drop, copy, schema, tablespace; table access method
        for _ in range(texts):
            self._text()
        if self.version >= (1, 16):
            self.integer()  # relkind
        for _ in range(2):  # owner, with oids
            self._text()
        while self._text() is not None:  # what it depends on
            pass
        if self.kind == "custom":
            state = self._bytes(1)[0]
            position = int.from_bytes(self._bytes(self.offset_size), "little")
            entry.has_data = state != NO_DATA
            entry.offset = position if state == OFFSET_SET else None
        else:
            file = self._text() or None
            entry.file = None if self.kind == "tar" and what == "BLOBS" else file  # a tar names large objects otherwise
        return entry


def examine(path: Path) -> Structure:
    """The structure of a dump: a file, or a folder in pg_dump's directory format. Raises OSError where it cannot be read."""
    if path.is_dir():
        return _judged("directory", lambda: _directory(path))
    with path.open("rb") as file:
        head = file.read(1024)
        if head.startswith(MAGIC):
            return _judged("custom", lambda: _custom(path))
        if head[257:262] == b"ustar":
            return _judged("tar", lambda: _tar(path))
        if head.startswith(b"\x1f\x8b"):
            return Structure("plain, gzip", "unverified", "compressed and not read", archive=False)
        if b"PostgreSQL database" in head and head.lstrip().startswith(b"--"):
            return _plain(file)
    if not head:
        return Structure("empty", "damaged", "empty", archive=False)
    return Structure("unknown", "unverified", "no format of pg_dump", archive=False)


def _judged(kind: str, read: Callable[[], Structure]) -> Structure:
    try:
        return read()
    except CutShort as short:
        return Structure(kind, "damaged", f"cut short: {short}")
    except tarfile.ReadError as short:
        return Structure(kind, "damaged", f"cut short: {short}")
    except (Broken, tarfile.TarError) as broken:
        return Structure(kind, "damaged", f"damaged: {broken}")
    except NotImplementedError as unknown:
        return Structure(kind, "unverified", str(unknown))


def _custom(path: Path) -> Structure:
    size = path.stat().st_size
    with path.open("rb") as file:
        toc = _Toc(file)
        begin = file.tell()
    with_data = [entry for entry in toc.entries if entry.has_data]
    placed = [entry.offset for entry in with_data if entry.offset is not None]
    facts = tuple(toc.facts)
    if placed and max(placed) >= size:
        missing = sum(1 for offset in placed if offset >= size)
        raise CutShort(f"the data of {missing} of {len(with_data)} entries is missing")
    complete = len(placed) == len(with_data)
    # with every place known only the last block can be short; a dump that was piped has no places and is walked from its start
    start = max(placed) if placed and complete else begin
    with path.open("rb", buffering=0) as raw:
        walk = _Walk(raw.fileno(), toc, size)
        seen = walk.blocks(start) if with_data else set()
    if seen is None:
        return Structure("custom", "unverified", "too long to be walked to its end", facts)
    if not complete and {entry.dump_id for entry in with_data} - seen:
        raise CutShort("pg_dump did not end: data of its table of contents is missing")
    return Structure("custom", "whole", "its structure reaches its end", facts)


class _Walk:
    """From data block to data block by their lengths, without reading the data."""

    def __init__(self, descriptor: int, toc: _Toc, size: int) -> None:
        self._descriptor, self._int_size, self._size = descriptor, toc.int_size, size
        self._known = {entry.dump_id for entry in toc.entries}
        self._position = 0

    def blocks(self, start: int) -> set[int] | None:
        """The numbers of the blocks from here to the end; None when that takes too long."""
        self._position, seen, deadline = start, set[int](), time.monotonic() + WALK_SECONDS
        while self._position < self._size:
            kind = self._bytes(1)[0]
            number = self._integer()
            if kind not in (DATA, BLOBS) or number not in self._known:
                raise Broken("a data block has no known beginning")
            seen.add(number)
            if kind == BLOBS:
                while self._integer():  # the large object's oid, 0 after the last
                    if not self._chunks(deadline):
                        return None
            elif not self._chunks(deadline):
                return None
        return seen

    def _chunks(self, deadline: float) -> bool:
        steps = 0
        while length := self._integer():
            if length < 0:
                raise Broken("a data block has a negative length")
            self._position += length
            steps += 1
            if steps % 1000 == 0 and time.monotonic() > deadline:
                return False
        return True

    def _bytes(self, count: int) -> bytes:
        found = os.pread(self._descriptor, count, self._position)
        if len(found) < count:
            raise CutShort("its last data block has no end")
        self._position += count
        return found

    def _integer(self) -> int:
        raw = self._bytes(1 + self._int_size)
        value = int.from_bytes(raw[1:], "little")
        return -value if raw[0] else value


def _directory(path: Path) -> Structure:
    try:
        with (path / "toc.dat").open("rb") as file:
            toc = _Toc(file)
    except FileNotFoundError:
        return Structure("directory", "damaged", "no toc.dat: pg_dump writes it last, so it did not end")
    there = {file.name.removesuffix(ending) for file in path.iterdir() for ending in ("", ".gz", ".lz4", ".zst")}
    return _with_files("directory", toc, there, _large_objects(path))


def _large_objects(path: Path) -> set[str]:
    """The data files of large objects, which a folder dump lists in files of their own: a line is an oid and a name."""
    named: set[str] = set()
    for listing in path.glob("blobs*.toc"):
        with listing.open(encoding="utf-8", errors="replace") as lines:
            named |= {words[1] for line in islice(lines, MOST_LARGE_OBJECTS) if len(words := line.split()) == 2}
    return named


def _tar(path: Path) -> Structure:
    size = path.stat().st_size
    with tarfile.open(path, "r:") as archive:
        names = set(archive.getnames())
        first = archive.extractfile("toc.dat") if "toc.dat" in names else None
        if first is None:
            return Structure("tar", "unverified", "a tar without toc.dat is no dump of pg_dump", archive=False)
        with first:
            toc = _Toc(first)  # type: ignore[arg-type]
        end = archive.offset
    if end + 512 > size:  # the end is two blocks of zeros, the first of which was read
        raise CutShort("the end of the tar is missing")
    return _with_files("tar", toc, names)


def _with_files(kind: str, toc: _Toc, there: set[str], more: Set[str] = frozenset()) -> Structure:
    wanted = {entry.file for entry in toc.entries if entry.file} | more
    missing = sorted(wanted - there)
    if missing:
        raise CutShort(f"{len(missing)} of {len(wanted)} data files are missing, such as {missing[0]}")
    return Structure(kind, "whole", "its data files are all there", tuple(toc.facts))


def _plain(file: BinaryIO) -> Structure:
    end = file.seek(0, os.SEEK_END)
    file.seek(max(end - TAIL, 0))
    tail = file.read(TAIL)
    if any(ending in tail for ending in ENDINGS):
        return Structure("plain", "whole", "it ends as pg_dump ends it", archive=False)
    return Structure("plain", "damaged", "cut short: the line that pg_dump writes last is missing", archive=False)
