"""WAL-G: what ``backup-list --detail --json`` says; the credentials of its storage are in its environment.

``time`` is when the object was stored and wrong after a copy, so ``finish_time`` counts where it is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from cryotui.model.backup import Backup, BackupState, SourceState
from cryotui.model.settings import BackupSource
from cryotui.model.units import size
from cryotui.pg.backup_sources.answer import NotUnderstood, document, listed
from cryotui.pg.backup_sources.fields import bytes_fact, facts, moment, table, text, whole
from cryotui.pg.tools import Ran, run

SECONDS = 60.0
NONE = "No backups found"


async def look(source: BackupSource, now: datetime) -> SourceState:
    """The backups in the storage; ``source.command`` starts wal-g where it is not on PATH."""
    argv = [*(source.command or ("wal-g",)), "backup-list", "--detail", "--json"]
    return read(source, await run(argv, timeout=SECONDS), now)


def read(source: BackupSource, ran: Ran, now: datetime) -> SourceState:
    """The state from what wal-g printed."""
    state = SourceState(source.name, "walg", "wal-g", now, needs_wal=True)
    if ran.code == 0 and NONE in ran.err and not ran.out.strip():
        return replace(state, kept=0)
    try:
        answer = document(ran)
    except NotUnderstood as error:
        return replace(state, unreadable=text(error))
    if answer is None:
        return replace(state, kept=0)
    if not isinstance(answer, list):
        return replace(state, unreadable="the answer of wal-g is no list of backups")
    entries = [table(one) for one in answer]
    begun_at = {text(one.get("backup_name")).removeprefix("base_").partition("_D_")[0] for one in entries}
    return replace(
        listed(state, (_backup(one, begun_at) for one in entries), ("full", "delta")),
        checked="by its catalogue alone",
        facts=facts(
            ("stored", size(total) if (total := _stored(answer)) else None),
            ("WAL gaps", "not known: the list of backups tells nothing of WAL; wal-g wal-verify looks"),
        ),
    )


def _backup(one: Mapping[str, Any], begun_at: set[str]) -> Backup:
    name = text(one.get("backup_name"))
    finished = moment(one.get("finish_time"))
    more = facts(
        ("begun", one.get("start_time")),
        ("time is of", None if finished else "the stored object, which a copy changes"),
        ("from", one.get("hostname")),
        ("folder", one.get("data_dir")),
        ("version", one.get("pg_version")),
        ("WAL from", one.get("wal_file_name")),
        ("stored", bytes_fact(one.get("compressed_size"))),
        ("kept for good", "yes" if one.get("is_permanent") else None),
        ("storage", one.get("storage_name")),
        ("system", one.get("system_identifier")),
    )
    base = base_of(name)
    state: BackupState = "whole" if base is None or base in begun_at else "damaged"
    reason = "listed" if state == "whole" else f"it needs the backup that began at {base}, which is gone"
    stored_at = finished or moment(one.get("time"))
    size_there = whole(one.get("uncompressed_size"))
    return Backup(name, "delta" if base else "full", state, stored_at, size_there, reason, more)


def base_of(name: str) -> str | None:
    """The WAL segment at which the backup began that this one adds to; None for a full one."""
    _, delta, base = name.partition("_D_")
    return base if delta else None


def _stored(answer: list[Any]) -> int | None:
    sizes = [whole(table(one).get("compressed_size")) for one in answer]
    return sum(filter(None, sizes)) or None
