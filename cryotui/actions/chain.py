"""The records of the action log as a chain: each holds the hash of the one before, so that a later edit shows.

A chain does not show that the same user wrote the whole file anew; for that, send the file off the machine.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Record = dict[str, Any]

FIRST = "0" * 64
"""The hash before the first record."""

PATTERN = "actions-????-??.jsonl"


def sealed(record: Mapping[str, Any], previous: Mapping[str, Any] | None) -> Record:
    """The record with its number, the hash of the record before and its own hash (SHA-256 of its canonical JSON)."""
    number = int(previous["seq"]) + 1 if previous else 1
    full = {**record, "seq": number, "prev_hash": previous["hash"] if previous else FIRST}
    return {**full, "hash": _hash(full)}


def line_of(record: Mapping[str, Any]) -> bytes:
    """One line of the file: ASCII only, so that nothing in it steers a terminal."""
    return _canonical(record) + b"\n"


def files(folder: Path) -> list[Path]:
    """The files of the log, oldest first."""
    return sorted(folder.glob(PATTERN))


def records(data: bytes) -> Iterator[tuple[int, Record | None]]:
    """The lines of a file with their numbers; None for one that cannot be read (cut off, edited, not ours)."""
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            record = None
        readable = (
            isinstance(record, dict) and isinstance(record.get("hash"), str) and isinstance(record.get("seq"), int)
        )
        yield number, record if readable else None


def problems(folder: Path) -> list[str]:
    """What is wrong with the chain over all files, as sentences; empty when every record is as it was written."""
    found: list[str] = []
    before: Record | None = None
    for path in files(folder):
        try:
            data = path.read_bytes()
        except OSError as error:
            found.append(f"{path.name} cannot be read: {error.strerror}.")
            continue
        for number, record in records(data):
            where = f"{path.name}, line {number}"
            if record is None:
                found.append(f"{where}: the record cannot be read; it was cut off or edited.")
                continue
            if record["hash"] != _hash({key: value for key, value in record.items() if key != "hash"}):
                found.append(f"{where}: record {record['seq']} was edited.")
            elif before is None and record["prev_hash"] != FIRST:
                found.append(f"{where}: the records before {record['seq']} are missing.")
            elif before is not None and record["prev_hash"] != before["hash"]:
                found.append(
                    f"{where}: records between {before['seq']} and {record['seq']} are missing or were edited."
                )
            before = record
    return found


def _hash(record: Mapping[str, Any]) -> str:
    return hashlib.sha256(_canonical(record)).hexdigest()


def _canonical(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")
