"""Barman: what ``list-backups`` and ``check`` say of one server, as JSON, from version 2.13 on.

Keys that begin with an underscore hold messages and lie beside the server's name. A backup that waits for WAL was copied and
cannot be restored yet. The checks vary with version and configuration; each that failed is shown with its hint.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from cryotui.model.backup import Backup, BackupState, Fault, SourceState
from cryotui.model.settings import BackupSource
from cryotui.pg.backup_sources.answer import NotUnderstood, document, listed
from cryotui.pg.backup_sources.fields import bytes_fact, facts, listing, moment, table, text, whole
from cryotui.pg.tools import Ran, run

SECONDS = 60.0
STATES: Mapping[str, tuple[BackupState, str]] = {
    "DONE": ("whole", "done"),
    "WAITING_FOR_WALS": ("unfinished", "copied, and not restorable before its WAL arrives"),
    "STARTED": ("unfinished", "being made"),
    "SYNCING": ("unfinished", "being copied to a passive node"),
    "EMPTY": ("unfinished", "nothing was copied yet"),
    "FAILED": ("damaged", "failed"),
}
FAULTS_SHOWN = 4


async def look(source: BackupSource, now: datetime) -> SourceState:
    """The server's backups and checks; ``source.command`` starts barman where it is not on PATH."""
    start = [*(source.command or ("barman",)), "-f", "json"]
    backup_list, checked = await asyncio.gather(
        run([*start, "list-backups", source.server or ""], timeout=SECONDS),
        run([*start, "check", source.server or ""], timeout=SECONDS),
    )
    return read(source, backup_list, checked, now)


def read(source: BackupSource, backup_list: Ran, checked: Ran, now: datetime) -> SourceState:
    """The state from what the two commands printed."""
    state = SourceState(source.name, "barman", "barman", now)
    try:
        entries = _of_server(document(backup_list), source.server)
    except NotUnderstood as error:
        return replace(state, unreadable=text(error))
    if not isinstance(entries, list):
        return replace(state, unreadable=f"barman lists nothing of server {text(source.server)}")
    backups = [_backup(table(one)) for one in entries]
    kinds = sorted({backup.kind for backup in backups} - {"backup"})
    faults = _faults(checked, source.server)
    return replace(
        listed(state, backups, kinds),
        faults=tuple(faults),
        running=tuple(f"{backup.name} is {backup.reason}" for backup in backups if backup.reason == "being made"),
        checked="" if faults else "barman's checks pass",
        facts=facts(
            ("server", source.server),
            ("checks", _checks_words(checked, source.server)),
            ("WAL gaps", "not known: check looks at the age and the arrival of WAL, not at every segment"),
        ),
    )


def _of_server(said: Any, server: str | None) -> Any:
    """What stands under the server's name; raises NotUnderstood with barman's own words where it stands not there."""
    answers = table(said)
    found = answers.get(server or "")
    if found is not None:
        return found
    complaints = [text(line) for key in ("_EXCEPTION", "_ERROR") for line in _lines(answers.get(key))]
    raise NotUnderstood(complaints[0] if complaints else f"barman says nothing of server {text(server)}")


def _lines(value: object) -> list[Any]:
    return [value] if isinstance(value, str) else listing(value)


def _backup(one: Mapping[str, Any]) -> Backup:
    status = text(one.get("status")).upper()
    state, reason = STATES.get(status, ("unverified", f"status {status or 'unknown'} is not known here"))
    if one.get("error"):
        reason = f"{reason}: {text(one.get('error'))}"
    more = facts(
        ("label", one.get("backup_name")),
        ("status", status),
        ("WAL kept", bytes_fact(one.get("wal_size_bytes"))),
        ("retention", one.get("retention_status")),
        ("tablespaces", ", ".join(text(table(space).get("name")) for space in listing(one.get("tablespaces")))),
    )
    finished = moment(one.get("end_time_timestamp"))
    kind = text(one.get("backup_type")) or "backup"
    return Backup(text(one.get("backup_id")), kind, state, finished, whole(one.get("size_bytes")), reason, more)


def _checks(checked: Ran, server: str | None) -> Mapping[str, Any]:
    return table(_of_server(document(checked), server))


def _faults(checked: Ran, server: str | None) -> list[Fault]:
    try:
        checks = _checks(checked, server)
    except NotUnderstood as error:
        return [Fault("unknown", f"check: {text(error)}")]
    failed = [(text(name), table(one)) for name, one in checks.items() if table(one).get("status") == "FAILED"]
    found = []
    for name, one in failed[:FAULTS_SHOWN]:
        hint = text(one.get("hint"))
        found.append(Fault("bad", f"{name.replace('_', ' ')} failed" + (f": {hint}" if hint else "")))
    if len(failed) > FAULTS_SHOWN:
        found.append(Fault("bad", f"{len(failed) - FAULTS_SHOWN} more checks failed"))
    return found


def _checks_words(checked: Ran, server: str | None) -> str:
    try:
        checks = _checks(checked, server)
    except NotUnderstood as error:
        return f"not read: {text(error)}"
    passed = sum(1 for one in checks.values() if table(one).get("status") == "OK")
    return f"{passed} of {len(checks)} pass"
