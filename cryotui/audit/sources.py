"""The configured backup sources as the rules get them: one JSON array for the parameter ``backup_sources``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from cryotui.model.backup import SourceState
from cryotui.model.rule import AuditRule
from cryotui.model.settings import Settings
from cryotui.model.text import clean, one_line
from cryotui.watch.outside import backup_sources

PARAMETER = "backup_sources"

RAW = ("UTF8", "SQL_ASCII")
"""Server encodings that take every text as it is."""


def asked_for(rules: Sequence[AuditRule]) -> bool:
    """Whether one of the rules asks what the sources hold."""
    return any(PARAMETER in rule.parameters for rule in rules)


async def looked_at(settings: Settings, target: str) -> tuple[SourceState, ...]:
    """What the sources of this target hold, looked at now; empty when none is configured.

    The threshold ``backups.newest``, where it is set, is that of a source without limits of its own, as in the console.
    """
    limits = settings.thresholds.get("backups.newest")
    states = await backup_sources(settings, target)
    return tuple(replace(state, max_age=state.max_age or limits) for state in states)


def as_json(states: Sequence[SourceState], now: datetime, cluster: str | None, encoding: str) -> str | None:
    """An object for each source, None when there is none; the README of the rules names their fields.

    Ages are seconds until ``now``. ``cluster`` is the system identifier of the server, ``encoding`` its name for the
    encoding of the database: signs it may lack become escapes.
    """
    if not states:
        return None
    listed = [_source(state, now, cluster) for state in states]
    if encoding not in RAW:
        listed = [{key: _ascii(value) for key, value in one.items()} for one in listed]
    return json.dumps(listed, ensure_ascii=False)


def _source(state: SourceState, now: datetime, cluster: str | None) -> dict[str, object]:
    newest = state.newest
    finished = newest.finished if newest else None
    first = state.backups[0] if state.backups else None
    return {
        "name": _line(state.name),
        "dark": _dark(state, cluster),
        "backup": _line(newest.name) if newest else None,
        "unverified": _line(newest.reason) or "not verified" if newest and newest.state == "unverified" else None,
        "age": max((now - finished).total_seconds(), 0.0) if finished else None,
        "finished": f"{finished:%Y-%m-%d %H:%M %Z}" if finished else None,
        "why_none": _line(first.reason) or first.state if first and not newest else None,
        "watch": state.max_age[0] if state.max_age else None,
        "bad": state.max_age[1] if state.max_age else None,
    }


def _dark(state: SourceState, cluster: str | None) -> str | None:
    """Why nothing can be said of its backups; None when something can."""
    if state.unreadable:
        return _line(state.unreadable)
    if cluster and state.system_identifiers and cluster not in state.system_identifiers:
        return "its backups are of another cluster"
    unknown = next((fault for fault in state.faults if fault.mark == "unknown"), None)
    return _line(unknown.words) if unknown and state.newest is None else None


def _line(text: str) -> str:
    return one_line(clean(text))


def _ascii(value: object) -> object:
    return value.encode("ascii", "backslashreplace").decode("ascii") if isinstance(value, str) else value
