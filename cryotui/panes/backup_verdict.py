"""What is to be thought of a backup source: one row with a mark and a sentence; and of all sources together.

A source that could not be read is UNKNOWN and outranks ok. Thresholds: those that monitoring plugins of the field use.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from cryotui.model import units
from cryotui.model.backup import Backup, SourceState
from cryotui.model.pane import MARK_ORDER, Mark, Moment, worst
from cryotui.model.text import one_line
from cryotui.panes.thresholds import judge, limit

NEWEST = (26 * 3600.0, 36 * 3600.0)
"""Seconds; a daily backup with two hours to spare, and pgmonitor's 36 hours."""

FULL = (7.5 * 86400.0, 14 * 86400.0)
"""Seconds; pgmonitor's 7.5 days."""

PROVED = (30 * 86400.0, 90 * 86400.0)
"""Seconds since a restore was made and compared."""

SHRUNK = (0.3, 0.6)
"""Part by which the newest is smaller than the median of the seven of its kind before it."""

SEGMENT = re.compile(r"[0-9A-F]{24}(?=$|\.[0-9A-F]{8}\.backup$)")
"""The name of a WAL segment, also in that of a backup label."""

ARRIVES = timedelta(seconds=60)
"""A segment that was archived so long before the look is in the list of the archive."""

COMPARED = 7
DAMAGED_SHOWN = 5
"""Damaged backups of one source that get a row."""

Opinion = tuple[Mark, str]


def sources(moment: Moment) -> Sequence[SourceState] | None:
    """What was found at the sources; None while they were not looked at yet."""
    found: Sequence[SourceState] | None = moment.extra.get("backup_sources")
    return found if found is not None or moment.settings.backups else ()


def age_of(backup: Backup | None, moment: Moment) -> float | None:
    """Seconds since the backup was finished; None when there is none or it does not say."""
    if backup is None or backup.finished is None:
        return None
    return max((moment.now - backup.finished).total_seconds(), 0.0)


def age_limits(state: SourceState, moment: Moment) -> tuple[float, float]:
    """The limits of the newest one's age: the source's own, else the threshold."""
    return state.max_age or limit(moment, "backups.newest", *NEWEST)


def proved_mark(age: float | None, moment: Moment) -> Mark | None:
    """The mark of the age of the last proved restore; an unknown one has none."""
    return judge(age, limit(moment, "backups.proved", *PROVED))


def opinions(state: SourceState, moment: Moment) -> list[Opinion]:
    """Everything that speaks against a source, worst first; empty is ok."""
    if state.unreadable:
        return [("unknown", f"UNKNOWN: {state.unreadable}")]
    found: list[Opinion] = [
        (fault.mark, f"UNKNOWN: {fault.words}" if fault.mark == "unknown" else fault.words) for fault in state.faults
    ]
    if short := short_archive(state, moment):
        found.append(("bad", short))
    newest = state.newest
    if not state.backups:
        found.append(("bad", "no backup"))
    elif newest is None:
        first = state.backups[0]
        found.append(("bad", f"no backup is whole; the newest: {first.reason or first.state}"))
    else:
        found += _of_newest(state, newest, moment)
    return sorted(found, key=lambda opinion: MARK_ORDER.index(opinion[0]))


def short_archive(state: SourceState, moment: Moment) -> str | None:
    """That the archive ends before the segment that the server last archived; None when it reaches it, or is not known.

    A backup tool that drops WAL tells the server that it was archived. Only what was archived before the source was looked at
    counts, and only an archive of this very cluster. Segments that lack inside the archive are not seen by this.
    """
    sample, row = moment.samples.get("archiver"), moment.one("archiver")
    if sample is None or row is None or state.wal_to is None or row["last_archived_age"] is None:
        return None
    if state.system_identifiers and str(moment.server.system_identifier) not in state.system_identifiers:
        return None
    segment = SEGMENT.match(row["last_archived_wal"] or "")
    archived_at = sample.taken_at - timedelta(seconds=row["last_archived_age"])
    if segment is None or archived_at > state.looked_at - ARRIVES or segment[0] <= state.wal_to:
        return None
    return f"WAL gap: archived to {segment[0]} says the server, the archive ends at {state.wal_to}"


def _of_newest(state: SourceState, newest: Backup, moment: Moment) -> list[Opinion]:
    found: list[Opinion] = []
    if newest.state == "unverified":
        found.append(("unknown", f"UNKNOWN: {newest.reason}"))
    limits = age_limits(state, moment)
    age = age_of(newest, moment)
    if age is None:
        found.append(("unknown", "UNKNOWN: the newest does not say when it was finished"))
    elif mark := judge(age, limits):
        found.append((mark, f"late: watch {units.age(limits[0])}, bad {units.age(limits[1])}"))
    if state.tool != "dumps":
        full_limits = limit(moment, "backups.full", *FULL)
        full = age_of(state.newest_full, moment)
        if mark := judge(full, full_limits):
            found.append((mark, f"newest full {units.age(full)}: watch {units.age(full_limits[0])}"))
        elif state.newest_full is None:
            found.append(("bad", "no full backup is whole"))
    part = shrunk(state)
    if part is not None and (mark := judge(part, limit(moment, "backups.shrunk", *SHRUNK))):
        found.append((mark, f"{units.percent(part)} smaller than usual"))
    return found


def shrunk(state: SourceState) -> float | None:
    """The part by which the newest is smaller than those of its kind before it; None without any before it."""
    newest = state.newest
    if newest is None or newest.size is None:
        return None
    whole = [backup for backup in state.backups if backup.state == "whole" and backup.kind == newest.kind]
    sizes = [backup.size for backup in whole if backup is not newest and backup.size][:COMPARED]
    from statistics import median  # brings fractions and random, which no first picture without backups waits for

    return 1 - newest.size / median(sizes) if sizes else None


def rows(moment: Moment) -> list[dict[str, Any]]:
    """The rows of the main table: each source, and each damaged backup; worst first."""
    found: list[dict[str, Any]] = []
    for state in sources(moment) or ():
        found += [_source_row(state, moment), *_damaged_rows(state, moment)]
    return sorted(found, key=lambda row: MARK_ORDER.index(row["mark"]) if row["mark"] else len(MARK_ORDER))


def _source_row(state: SourceState, moment: Moment) -> dict[str, Any]:
    newest, speaking = state.newest, opinions(state, moment)
    ok = "ok" + (f", {state.checked}" if state.checked else "")
    return {
        "source": one_line(state.name),
        "item": None,
        "kind": state.kind,
        "newest": age_of(newest, moment),
        "size": newest.size if newest else None,
        "kept": state.kept,
        "proved": None,
        "mark": worst([mark for mark, _ in speaking]),
        "verdict": one_line("; ".join(words for _, words in speaking) or ok),
        "backup": newest.name if newest else None,
        "finished": newest.finished if newest else None,
        "looked_at": state.looked_at,
        "state": state,
    }


def _damaged_rows(state: SourceState, moment: Moment) -> list[dict[str, Any]]:
    """A damaged dump that a newer whole one replaced is a thing to watch; damage that a backup tool kept is bad."""
    newest = state.newest
    replaced = {backup.name for backup in state.backups[state.backups.index(newest) :]} if newest else set()
    found: list[dict[str, Any]] = []
    for backup in state.damaged[:DAMAGED_SHOWN]:
        what, _, why = backup.reason.partition(": ")
        mark: Mark = "watch" if state.tool == "dumps" and backup.name in replaced else "bad"
        found.append({
            "source": one_line(state.name), "item": backup.name, "kind": f"one {backup.kind}",
            "newest": age_of(backup, moment), "size": backup.size, "kept": None, "proved": None, "mark": mark,
            "verdict": one_line(f"{what}: {backup.name}" + (f", {why}" if why else "")),
            "backup": backup.name, "finished": backup.finished, "looked_at": state.looked_at, "state": state,
        })  # fmt: skip
    return found


def overall(moment: Moment) -> tuple[Mark | None, str]:
    """The verdict over all sources, and a sentence for the rule above them."""
    states = sources(moment)
    if states is None:
        return None, "they are being looked at"
    if not states:
        return "unknown", "verdict UNKNOWN: no source is configured"
    marks = {state.name: worst([mark for mark, _ in opinions(state, moment)]) for state in states}
    dark = sum(1 for state in states if state.unreadable)
    mark = worst([*marks.values(), *(row["mark"] for row in rows(moment))])
    dark_words = "one source is dark" if dark == 1 else f"{dark} sources are dark"
    if dark and mark != "bad":
        return mark, f"verdict UNKNOWN: {dark_words}"
    late = sum(1 for found in marks.values() if found)
    words = {"bad": "bad", "unknown": "UNKNOWN", "watch": "watch", None: "ok"}.get(mark, "ok")
    of = f": {late} of {len(states)} sources" if late and len(states) > 1 else ""
    return mark, f"verdict {words}{of}" + (f", {dark_words}" if dark else "")
