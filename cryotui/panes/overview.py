"""Overview: what is wrong now, and the vitals."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from cryotui.model import units
from cryotui.model.cause import Cause, Diagnosis
from cryotui.model.layout import WIDE
from cryotui.model.pane import Block, Line, Mark, Moment, Pane, Prose, Rule, Span, worst
from cryotui.model.sample import Row
from cryotui.model.tabs import TABS, tab
from cryotui.model.text import cells, cut
from cryotui.panes.absent import absent_blocks
from cryotui.panes.cause_lines import cause_row, narrow_lines, wide_lines
from cryotui.panes.overview_rows import cause_table, vital_table
from cryotui.panes.overview_side import BESIDE, BODY, beside, side_lines, waiting_lines
from cryotui.panes.session_detail import session_detail
from cryotui.panes.vital_grid import SIGNS, grid
from cryotui.panes.vitals import causes, left_column, right_column

TROUBLE: tuple[Mark, ...] = ("bad", "watch")
"""Marks of other tabs that the line of no cause tells: what is only not checked there says nothing about now."""

SHOWN = 3
"""Causes that are spelled out; further ones are counted."""


def blocks(moment: Moment, width: int) -> list[Block]:
    """The verdicts, then the grid of vitals."""
    missing = moment.missing("vitals")
    if missing:
        return [*_wrong_now(moment, width), *absent_blocks("Vitals", missing, width)]
    vitals = moment.one("vitals")
    if vitals is None:
        return [Prose(((("   The first answers are on their way.", "quiet"),),))]
    if not moment.tree:
        return [cause_table(moment), vital_table(moment, vitals)]
    wide, double = width >= WIDE, bool(moment.extra.get("protected"))
    body_width = BODY if width >= BESIDE else width
    room = body_width - 1 if width >= BESIDE else body_width  # a blank stands before the line between body and side
    lines = grid(left_column(moment, vitals, wide), right_column(moment, vitals, wide), room)
    reach = _reach(moment)
    note = (f"now, and {reach}" if reach else "now") + (" with least and most" if wide and reach else "")
    body: list[Block] = [*_wrong_now(moment, body_width), Rule("VITALS", note), Prose(tuple(lines))]
    if wide:
        body += [
            Rule("WAITING", "sessions by what they wait for" + (f", {reach}" if reach else "")),
            Prose(tuple(waiting_lines(moment, body_width))),
        ]
    return beside(body, side_lines(moment, width - BODY - 1, double), width, double) if width >= BESIDE else body


def _reach(moment: Moment) -> str:
    """``the last 10 min``: how far the series reach back; empty before there is one."""
    seconds = float(moment.extra.get("history_span") or 0.0)
    if seconds < 90:
        return f"the last {seconds:.0f} s" if seconds >= 1 else ""
    return f"the last {seconds / 60:.0f} min"


def _diagnosis(moment: Moment) -> Diagnosis | None:
    found: Diagnosis | None = moment.extra.get("diagnosis")
    return found


def _wrong_now(moment: Moment, width: int) -> list[Block]:
    diagnosis = _diagnosis(moment)
    found = causes(moment)
    if moment.extra.get("lost"):
        return [_unknown_now(width), *_wrong_before(found, width)]
    if diagnosis is None:
        return []
    looked, dark = diagnosis.looked_for, len(diagnosis.not_checked)
    if not found:
        return [_nothing(moment, looked, dark, width)]
    many = "1 cause" if len(found) == 1 else f"{len(found)} causes"
    shown: list[Block] = [Rule("WRONG NOW", f"{many} of {looked} looked for")]
    wide = width >= WIDE
    for index, cause in enumerate(found[:SHOWN]):
        lines = wide_lines(cause, moment, width) if wide else narrow_lines(cause, moment, width, index == 0)
        shown.append(Prose(tuple(lines), key=("cause", cause.name), row=cause_row(cause), mark=cause.mark))
    more = len(found) - SHOWN
    if more > 0:
        row = {"name": f"and {more} more", "causes": found[SHOWN:]}
        shown.append(Prose(((("   ", "text"), (f"and {more} more, Enter", "quiet")),), key=("cause", "more"), row=row))
    if wide:
        shown.append(Prose(tuple(_looked_for(diagnosis, len(found), width))))
    return shown


def _unknown_now(width: int) -> Prose:
    """The one line of a server that cannot be asked: old answers say nothing about now."""
    text = cut("What is wrong now is not known: all below is old.", width - 4)
    line: Line = ((" ", "text"), ("■", "bad"), (f" {text}", "bold"))
    return Prose((line,), key=("cause", "lost"), row={"name": "no connection"}, mark="bad")


def _wrong_before(found: Sequence[Cause], width: int) -> list[Block]:
    """What was wrong at the last answer, without steps: nothing can be done to it now."""
    if not found:
        return []
    lines: list[Line] = []
    for cause in found[:SHOWN]:
        sign, role = SIGNS[cause.mark]
        lines.append(((" ", "text"), (sign, role), (" ", "text"), (cut(cause.sentence, width - 4), "text")))
    more = len(found) - SHOWN
    if more > 0:
        lines.append((("   ", "text"), (f"and {more} more", "quiet")))
    return [Rule("WRONG BEFORE", "at the last answer"), Prose(tuple(lines))]


def _elsewhere(moment: Moment) -> list[str]:
    """The other tabs that are marked now, as ``2 Activity``; no cause follows from what marks them."""
    marks = moment.extra.get("marks") or {}
    marked = [one for one in TABS if one.name != PANE.name and marks.get(one.name) in TROUBLE]
    return [f"{one.digit} {one.title}" for one in marked]


def _nothing(moment: Moment, looked: int, dark: int, width: int) -> Prose:
    """The one line of a healthy server; it is no good news while some could not be checked. Narrow, it takes more."""
    marked = _elsewhere(moment)
    sign: Span = ("✓", "good")
    verdict, rest = "Nothing wrong.", f"{looked} causes looked for, all could be checked."
    if dark >= looked or (dark and any(name not in moment.samples for name in PANE.probes)):
        wait = f"{looked} causes" if dark >= looked else f"{dark} of {looked} causes"
        sign, verdict, rest = ("?", "watch"), "Not looked yet:", f"{wait} wait for their answers."
    elif dark:
        why = "Enter tells why" if moment.server.reads_all_stats else "pg_read_all_stats (grant) shows more"
        sign, verdict = ("?", "watch"), f"Nothing found by {looked - dark} of {looked} causes;"
        rest = f"{dark} could not be looked at: {why}"
    if marked and dark < looked:
        where = f"marks on {', '.join(marked)}."
        if dark:
            rest = f"{rest}; {where}"
        else:
            sign, verdict, rest = ("▲", "watch"), "No cause of trouble now;", where
    head: Line = ((" ", "text"), sign, (f" {verdict}", "bold"))
    mark: Mark | None = "unknown" if dark else None
    lines: tuple[Line, ...] = ((*head, (f" {rest}", "text")),)
    if width < 3 + cells(verdict) + 1 + cells(rest):
        lines = (head, *(((f"   {part}", "text"),) for part in textwrap.wrap(rest, max(width - 4, 10))))
    return Prose(lines, key=("cause", "none"), row={"name": "nothing wrong"}, mark=mark)


def _looked_for(diagnosis: Diagnosis, found: int, width: int) -> list[Line]:
    dark = len(diagnosis.not_checked)
    rest = max(diagnosis.looked_for - dark - found, 0)
    lines: list[Line] = [((f"   Looked for and not found: {rest}.", "quiet"),)]
    if dark:
        text = f"Could not check {dark}: {'; '.join(diagnosis.not_checked)}"
        lines.append(((" ? ", "watch"), (cut(text, width - 4), "quiet")))
    return lines


def _line(row: Row, moment: Moment) -> str:
    """The line under the body: up since, checked when, and what this console costs the server."""
    return _footnote(moment)


def _footnote(moment: Moment) -> str:
    vitals = moment.one("vitals")
    if vitals is None:
        return ""
    parts = [f"up {units.age(vitals['uptime'])}"]
    sample = moment.samples.get("vitals")
    if sample is not None:
        parts.append(f"checked {units.clock(sample.taken_at, seconds=True).removesuffix('Z')}")
    cost = moment.extra.get("cost")
    if cost is not None:
        parts.append(f"this console takes {units.busy(cost)}/s of server time")
    return "   ".join(parts)


def _detail(row: Row, moment: Moment, width: int) -> Sequence[Block]:
    """Of a verdict about a session that session; of the others what had no room, and what could not be checked."""
    if row.get("pid") is not None:
        return session_detail(row, moment, width)
    diagnosis = _diagnosis(moment)
    found: list[Block] = []
    for cause in row.get("causes") or ():
        found.append(Prose(tuple(wide_lines(cause, moment, width)), key=("cause", cause.name)))
    if diagnosis is not None:
        lines: list[Line] = [((" ? ", "watch"), (cut(reason, width - 4), "text")) for reason in diagnosis.not_checked]
        note = f"{len(diagnosis.not_checked)} of {diagnosis.looked_for}"
        found += [Rule("COULD NOT CHECK", note), Prose(tuple(lines) or ((("   nothing was left out", "quiet"),),))]
    return found


def _worst(moment: Moment) -> Mark | None:
    marks: list[Mark | None] = [cause.mark for cause in causes(moment)]
    if moment.extra.get("lost"):
        marks.append("bad")
    if moment.missing("vitals"):
        marks.append("unknown")
    return worst(marks)


PANE = Pane(
    tab=tab("overview"),
    about="What is wrong now with the next step out of it, and the vitals of the last minutes. "
    "transactions: commits and rollbacks a second. connections: sessions of clients, of those that ordinary roles may have. "
    "cache hit: part of the blocks found in shared buffers, the others came from the operating system. p95 has a dash: "
    "pg_stat_statements keeps count, mean and deviation of each statement, and no percentile follows from these. WAL: bytes of "
    "the write-ahead log a second. temp files: files a second that sorts and hashes larger than work_mem write. rolled back: "
    "part of the transactions that ended so. slots keep: the most WAL that a replication slot keeps. database: size of this "
    "one, then of all. active, blocked: sessions that run a statement, that wait for another one's lock. oldest trans: age of "
    "the transaction that is open longest. oldest xid: transactions since the oldest frozen row, of the 2.1 billion at which "
    "the server stops writing. autovacuum: workers at work. checkpoints: how often one came since the reset; forced ones came "
    "before their time, mostly because max_wal_size was reached. deadlocks: those of the last minutes. archiver: WAL segments "
    "that wait to be archived. The newest "
    "backup is that of the configured sources as 7 Backups tells it, unknown while one of them cannot be read; they are "
    "looked at anew every 15 minutes and on r. A restore counts as proved when it was made and compared.",
    probes=(
        "vitals", "activity", "wal", "limits", "horizon", "prepared", "archiver", "checkpoints", "replication", "slots",
        "databases", "database_size",
    ),
    blocks=blocks,
    line=_line,
    detail=_detail,
    detail_probes={"session_text": ("pid", "backend_start"), "session_locks": ("pid",)},
    worst=_worst,
    footnote=_footnote,
)  # fmt: skip
