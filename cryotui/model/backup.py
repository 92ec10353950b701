"""Backups as they were found at a source: a frozen value, looked at outside the server and judged where it is shown."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from cryotui.model.record import dataclass
from cryotui.model.settings import BackupKind

BackupState = Literal["whole", "damaged", "unfinished", "unverified"]
"""whole: nothing that was looked at speaks against it; damaged: it cannot be restored as it is; unfinished: not complete yet
(being written, or it waits for WAL); unverified: whether it is whole could not be checked."""

Fact = tuple[str, str]
"""A label and its text."""


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup. ``size`` is bytes: of the file for a dump, of the database for a physical backup.

    ``kind`` is the format of a dump or full, diff, incr, delta. ``reason`` says why the state is what it is.
    """

    name: str
    kind: str
    state: BackupState
    finished: datetime | None = None
    size: int | None = None
    reason: str = ""
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """Something at a source that is not one backup's: its mark and a sentence."""

    mark: Literal["bad", "unknown", "watch"]
    words: str


@dataclass(frozen=True, slots=True)
class SourceState:
    """What one look at a backup source found.

    ``backups`` are newest first; ``kept`` counts all of them, None when unknown. ``unreadable`` is the reason why the source
    could not be read; then nothing else is known. ``checked`` says what an ok rests on, in a few words. ``needs_wal`` is
    whether its backups are worth little without archived WAL. ``wal_to`` is the name of the newest WAL segment in its archive,
    where it tells; ``system_identifiers`` are the clusters it has backups of, empty when unknown. ``max_age`` is seconds
    (watch, bad), from the settings.
    """

    name: str
    tool: BackupKind
    kind: str
    looked_at: datetime
    backups: tuple[Backup, ...] = ()
    kept: int | None = None
    unreadable: str | None = None
    faults: tuple[Fault, ...] = ()
    running: tuple[str, ...] = ()
    checked: str = ""
    needs_wal: bool = False
    wal_to: str | None = None
    system_identifiers: tuple[str, ...] = ()
    max_age: tuple[float, float] | None = None
    facts: tuple[Fact, ...] = ()

    @property
    def newest(self) -> Backup | None:
        """The newest backup that is whole, or that may be: nothing speaks against it."""
        return next((backup for backup in self.backups if backup.state in ("whole", "unverified")), None)

    @property
    def newest_full(self) -> Backup | None:
        """The newest such backup that needs no other one."""
        usable = (backup for backup in self.backups if backup.state in ("whole", "unverified"))
        return next((backup for backup in usable if backup.kind not in ("diff", "incr", "incremental", "delta")), None)

    @property
    def damaged(self) -> tuple[Backup, ...]:
        """The backups that cannot be restored as they are, newest first."""
        return tuple(backup for backup in self.backups if backup.state == "damaged")
