"""Whether VACUUM and ANALYZE had an effect: the server's own time stamps and file numbers, not its word."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

from cryotui.actions import horizon
from cryotui.actions.contract import Ask
from cryotui.actions.maintenance import Effect, Ended, skipped_sentence
from cryotui.actions.relations import Relation, exact_size
from cryotui.actions.wording import clock, counted, size, took
from cryotui.model import units
from cryotui.model.action import Fact
from cryotui.model.sample import Row, forward_clock

LATE_SECONDS = 5.0
"""Statistics of 14 travel to a collector and may come this late; from 15 on they are there at once."""

# VACUUM (VERBOSE) of 15 and later, and of 14
_REMOVED = re.compile(r"tuples: (\d+) removed|found (\d+) removable")
_STAYING = re.compile(r"(\d+) (?:are dead but not yet removable|dead row versions cannot be removed yet)")

_MEASURE = """
SELECT pg_stat_get_last_vacuum_time(c.oid) AS last_vacuum, pg_stat_get_last_analyze_time(c.oid) AS last_analyze,
       pg_stat_get_dead_tuples(c.oid) AS dead_rows,
       CASE WHEN c.relfrozenxid <> '0'::xid THEN age(c.relfrozenxid) END AS xid_age,
       pg_relation_filenode(c.oid) AS filenode, current_setting('track_counts') = 'on' AS counted,
       pg_has_role(c.relowner, 'USAGE') AS owns
FROM pg_class c WHERE c.oid = $1
"""


async def vacuumed(ended: Ended, subject: Relation) -> Effect:
    """last_vacuum has moved past the moment the statement was sent."""
    return await _stamped(ended, subject, ("last_vacuum",), _dead_rows)


async def vacuumed_and_analyzed(ended: Ended, subject: Relation) -> Effect:
    """last_vacuum and last_analyze have both moved."""
    return await _stamped(ended, subject, ("last_vacuum", "last_analyze"), _dead_rows)


async def frozen(ended: Ended, subject: Relation) -> Effect:
    """last_vacuum has moved; the age of the oldest unfrozen transaction is told before and after."""
    return await _stamped(ended, subject, ("last_vacuum",), _xid_age)


async def analyzed(ended: Ended, subject: Relation) -> Effect:
    """last_analyze has moved."""
    return await _stamped(ended, subject, ("last_analyze",), lambda subject, now: "statistics are new")


async def rewritten(ended: Ended, subject: Relation) -> Effect:
    """The relation lies in another file; last_vacuum does not count VACUUM FULL."""
    now = await _measured(ended.session.ask, subject.oid)
    if now is None:
        return _gone(ended)
    warnings = ended.warnings
    if now["filenode"] == subject.filenode:
        return Effect("no effect", skipped_sentence(ended.heading, warnings, now["owns"]), warnings)
    after = await exact_size(ended.session.ask, subject.oid)
    sentence = f"{ended.heading} done in {took(ended.seconds)}: {size(subject.size)}, now {size(after)}."
    return Effect("verified", sentence, warnings)


async def _stamped(
    ended: Ended, subject: Relation, stamps: tuple[str, ...], told: Callable[[Relation, Row], str]
) -> Effect:
    deadline = forward_clock() + LATE_SECONDS
    warnings = ended.warnings
    while True:
        now = await _measured(ended.session.ask, subject.oid)
        if now is None:
            return _gone(ended)
        if all(now[stamp] is not None and now[stamp] >= ended.began for stamp in stamps):
            kept = await _kept(ended, subject, now) if told is _dead_rows else None
            if kept is not None:
                more = " The statistics are new." if "last_analyze" in stamps else ""
                return Effect("no effect", kept + more, warnings)
            return Effect("verified", f"{ended.heading} done in {took(ended.seconds)}: {told(subject, now)}.", warnings)
        if not now["counted"]:
            sentence = f"{ended.heading} ended; its effect cannot be seen, because track_counts is off."
            return Effect("unknown", sentence, warnings)
        if forward_clock() > deadline:
            return Effect("no effect", skipped_sentence(ended.heading, warnings, now["owns"]), warnings)
        await asyncio.sleep(0.2)


async def _kept(ended: Ended, subject: Relation, now: Row) -> str | None:
    """Why VACUUM could remove no dead row although there were some, as a sentence; None when it did what it is for."""
    dead = now["dead_rows"]
    if not subject.dead_rows or dead is None or dead < subject.dead_rows or _said(ended, _REMOVED):
        return None  # new dead rows that came while it removed old ones are no fault of it
    holder = await horizon.oldest(ended.session.ask, ended.seconds)
    if holder is None and not _said(ended, _STAYING):
        return None
    why = holder.text if holder is not None else "a transaction that was open then still could see them"
    stay = "stays" if dead == 1 else "stay"
    return f"{ended.heading} ran, but {counted(dead, ('dead row', 'dead rows'))} {stay}: {why}."


def _said(ended: Ended, number: re.Pattern[str]) -> int:
    """The sum of a number in what VACUUM said; 0 too where the server speaks another language."""
    found = [match for notice in ended.notices for match in number.finditer(notice.text)]
    return sum(int(group) for match in found for group in match.groups() if group)


def _gone(ended: Ended) -> Effect:
    return Effect("unknown", f"{ended.heading} ended, and the relation is gone: somebody dropped it meanwhile.")


async def _measured(ask: Ask, oid: int) -> Row | None:
    rows = await ask(_MEASURE, oid)
    return rows[0] if rows else None


def _dead_rows(subject: Relation, now: Row) -> str:
    return f"dead rows {units.count(subject.dead_rows)}, now {units.count(now['dead_rows'])}"


def _xid_age(subject: Relation, now: Row) -> str:
    return f"xid age {units.count(subject.xid_age)}, now {units.count(now['xid_age'])}"


def expects_vacuum(subject: Relation) -> tuple[Fact, ...]:
    """What VACUUM should move."""
    return (
        Fact("last_vacuum", f"moves from {clock(subject.last_vacuum)}"),
        Fact("dead rows", f"fall from {units.count(subject.dead_rows)}"),
    )


def expects_both(subject: Relation) -> tuple[Fact, ...]:
    """What VACUUM ANALYZE should move."""
    return (*expects_vacuum(subject), *expects_analyze(subject))


def expects_freeze(subject: Relation) -> tuple[Fact, ...]:
    """What VACUUM FREEZE should move."""
    return (*expects_vacuum(subject)[:1], Fact("xid age", f"falls from {units.count(subject.xid_age)}"))


def expects_analyze(subject: Relation) -> tuple[Fact, ...]:
    """What ANALYZE should move."""
    return (Fact("last_analyze", f"moves from {clock(subject.last_analyze)}"),)


def expects_rewrite(subject: Relation) -> tuple[Fact, ...]:
    """What VACUUM FULL should change."""
    return (Fact("file", f"changes from {subject.filenode}"), Fact("size", f"falls from {size(subject.size)}"))
