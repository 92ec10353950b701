"""pgBackRest: what ``info --output=json`` says of one stanza, from version 2.30 on.

info is the catalogue: it says nothing of the contents, and ``ok`` with a missing WAL segment. Its exit code is 0 even for an
unknown stanza.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from cryotui.model import units
from cryotui.model.backup import Backup, BackupState, Fault, SourceState
from cryotui.model.settings import BackupSource
from cryotui.pg.backup_sources.answer import NotUnderstood, document, listed
from cryotui.pg.backup_sources.fields import bytes_fact, facts, listing, moment, table, text, whole
from cryotui.pg.tools import Ran, run

SECONDS = 60.0
"""info lists the WAL folders of the repository, which takes its time in object storage."""

OK, NO_STANZA, NO_BACKUP = 0, 1, 2


async def look(source: BackupSource, now: datetime) -> SourceState:
    """The stanza's backups, its WAL and its lock; ``source.command`` starts pgbackrest where it is not on PATH."""
    argv = [*(source.command or ("pgbackrest",)), "--output=json", f"--stanza={source.stanza or ''}", "info"]
    return read(source, await run(argv, timeout=SECONDS), now)


def read(source: BackupSource, ran: Ran, now: datetime) -> SourceState:
    """The state from what pgbackrest printed."""
    state = SourceState(source.name, "pgbackrest", "pgbackrest", now, needs_wal=True)
    try:
        answer = document(ran)
    except NotUnderstood as error:
        return replace(state, unreadable=text(error))
    stanza = next((table(one) for one in listing(answer) if table(one).get("name") == source.stanza), None)
    if stanza is None:
        return replace(state, unreadable=f"pgbackrest says nothing of stanza {text(source.stanza)}")
    status = table(stanza.get("status"))
    code, message = whole(status.get("code")), text(status.get("message")) or "no status"
    if code is None or (code not in (OK, NO_STANZA, NO_BACKUP) and not stanza.get("backup")):
        return replace(state, unreadable=_repository_words(stanza) or message)
    backups = _backups(stanza)
    wal = _wal(stanza)
    return replace(
        listed(state, backups, ("full", "diff", "incr")),
        wal_to=wal[1] if wal else None,
        system_identifiers=tuple(text(table(one).get("system-id")) for one in listing(stanza.get("db"))),
        faults=tuple(_faults(stanza, code, message)),
        running=tuple(_running(table(status.get("lock")))),
        checked="chain whole" + (f", WAL to {wal[1]}" if wal else "") + ", by its catalogue alone",
        facts=facts(
            ("stanza", stanza.get("name")),
            ("status", f"{code}: {message}"),
            ("cipher", stanza.get("cipher")),
            ("WAL", f"{wal[0]} to {wal[1]}" if wal else "none"),
            ("WAL gaps", "not known: info tells the first and the last segment only; pgbackrest verify looks"),
            ("systems", ", ".join(text(table(one).get("system-id")) for one in listing(stanza.get("db")))),
        ),
    )


def _backups(stanza: Mapping[str, Any]) -> list[Backup]:
    """Each with the chain it needs and the WAL it needs."""
    found = [table(one) for one in listing(stanza.get("backup"))]
    labels = {one.get("label") for one in found}
    backups = []
    for one in found:
        state, reason = _state(one, labels, stanza)
        info, needs = table(one.get("info")), listing(one.get("reference"))
        wal, times = table(one.get("archive")), table(one.get("timestamp"))
        begun, finished = moment(times.get("start")), moment(times.get("stop"))
        took = units.age((finished - begun).total_seconds()) if begun and finished else None
        notes = ", ".join(f"{text(key)}={text(value)}" for key, value in table(one.get("annotation")).items())
        error = one.get("error")
        more = facts(
            ("took", took),
            ("needs", ", ".join(map(text, needs))),
            ("WAL", f"{text(wal.get('start'))} to {text(wal.get('stop'))}" if wal else None),
            ("LSN", " to ".join(text(value) for value in table(one.get("lsn")).values())),
            ("stored", bytes_fact(table(info.get("repository")).get("size"))),
            ("added", bytes_fact(table(info.get("repository")).get("delta"))),
            ("page errors", {True: "yes", False: "none"}.get(error, "unknown") if error is not None else "unknown"),
            ("annotation", notes),
            ("made by", table(one.get("backrest")).get("version")),
        )
        kind = text(one.get("type")) or "unknown"
        backups.append(Backup(text(one.get("label")), kind, state, finished, whole(info.get("size")), reason, more))
    return backups


def _state(one: Mapping[str, Any], labels: set[Any], stanza: Mapping[str, Any]) -> tuple[BackupState, str]:
    if one.get("error") is True:
        files = listing(one.get("error-list"))
        which = f" in {text(files[0])}" if files else ""
        return "damaged", f"pages failed their checksum{which} when it was made"
    missing = [label for label in (*listing(one.get("reference")), one.get("prior")) if label and label not in labels]
    if missing:
        return "damaged", f"it needs {text(missing[0])}, which is gone"
    last = text(table(one.get("archive")).get("stop"))
    if last and not _reaches(stanza, last, table(one.get("database")).get("id")):
        return "damaged", f"WAL gap: it needs the WAL up to {last}, the archive does not reach it"
    return "whole", "its chain is whole"


def _reaches(stanza: Mapping[str, Any], segment: str, database: object) -> bool:
    """Whether the archive's newest WAL is not older than this one; names of one length order as WAL does."""
    archives = [table(one) for one in listing(stanza.get("archive"))]
    own = [one for one in archives if table(one.get("database")).get("id") == database] or archives
    return any(text(one.get("max")) >= segment for one in own)


def _wal(stanza: Mapping[str, Any]) -> tuple[str, str] | None:
    """First and last WAL of the newest archive."""
    archives = [table(one) for one in listing(stanza.get("archive")) if table(one).get("max")]
    newest = max(archives, key=lambda one: whole(table(one.get("database")).get("id")) or 0, default=None)
    return (text(newest.get("min")), text(newest.get("max"))) if newest else None


def _repository_words(stanza: Mapping[str, Any]) -> str:
    words = []
    for one in map(table, listing(stanza.get("repo"))):
        status = table(one.get("status"))
        if status.get("code"):
            words.append(f"repository {text(one.get('key'))}: {text(status.get('message'))}")
    return "; ".join(words)


def _faults(stanza: Mapping[str, Any], code: int, message: str) -> list[Fault]:
    if code == NO_STANZA:
        return [Fault("bad", "there is no such stanza")]
    if code in (OK, NO_BACKUP):
        return []
    # 4: repositories differ, 5: of another cluster, others: a repository could not be read
    return [Fault("bad" if code in (3, 5) else "unknown", _repository_words(stanza) or f"status {code}: {message}")]


def _running(lock: Mapping[str, Any]) -> list[str]:
    found = []
    for what, words in (("backup", "a backup, expire or stanza command"), ("restore", "a restore")):
        held = table(lock.get(what))
        if not held.get("held"):
            continue
        size, done = whole(held.get("size")), whole(held.get("size-cplt"))
        if size and done is not None:
            words = f"a {what}, {units.whole_percent(done / size)} of {units.size(size)}"
        found.append(f"{words} runs")
    return found
