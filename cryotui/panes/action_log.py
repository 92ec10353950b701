"""The log of what was done from this program, newest first; the rows come from the action log under ``log``."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cryotui.model import units
from cryotui.model.layout import WIDE
from cryotui.model.pane import FILL, Block, Column, Line, Mark, Moment, Prose, Role, Rule, Table
from cryotui.model.sample import Row
from cryotui.model.text import cut, fit, one_line

VERDICT_MARKS: Mapping[str | None, Mark] = {
    "verified": "good", "failed": "bad", "no effect": "bad", "unknown": "unknown", "stopped": "watch", "refused": "watch",
}  # fmt: skip
SIGNS: Mapping[Mark, tuple[str, Role]] = {
    "good": ("✓", "good"), "bad": ("■", "bad"), "unknown": ("?", "watch"), "watch": ("▲", "watch"),
}  # fmt: skip
ENDED_SHOWN = 5


def entries(moment: Moment) -> Sequence[Row]:
    """The recorded actions, newest first."""
    rows: Sequence[Row] = moment.extra.get("log") or ()
    return rows


def title(row: Row) -> str:
    """The action with what it was done to."""
    action, thing = one_line(row["action"]), one_line(row["object"])
    return action if thing in action else f"{action} {thing}"


def _clock(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%H:%M")


def _day_and_clock(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def _outcome_mark(row: Row, moment: Moment) -> Mark | None:
    return VERDICT_MARKS.get(row["verdict"])


COLUMNS = (
    Column("time", "time", 5, 16, form=_clock, align="L", about="When it ended, or began while it still runs, in UTC."),
    Column("who", "who", 0, 20, align="L", leaves=1, ascending=True, about="The operator and the host of the console."),
    Column("action", "action", 30, 50, lambda row, moment: title(row), align="L", ascending=True, about="What was done."),
    Column("took", "took", 6, 6, form=units.duration, leaves=2, about="How long it took."),
    Column(
        "sentence", "outcome", FILL, FILL, align="L", mark=_outcome_mark, ascending=True,
        about="The effect as it was looked up afterwards, or why there is none.",
    ),
)  # fmt: skip
_WIDE_COLUMNS = (replace(COLUMNS[0], form=_day_and_clock), *COLUMNS[1:])


def log_table(moment: Moment, width: int) -> Table:
    """The whole log as the main table of a view."""
    columns = _WIDE_COLUMNS if width >= WIDE else COLUMNS
    return Table("log", columns, entries(moment), ("id",), empty="No action was recorded here yet.")


def ended_blocks(moment: Moment, width: int) -> list[Block]:
    """The section of what ended in the last hour; nothing when nothing did."""
    since = moment.now - timedelta(hours=1)
    rows = [row for row in entries(moment) if row["verdict"] is not None and row["time"] >= since]
    if not rows:
        return []
    note = "" if len(rows) <= ENDED_SHOWN else f"the newest {ENDED_SHOWN} of {len(rows)}; all in Log"
    return [
        Rule("ENDED IN THE LAST HOUR", note),
        *(Prose((_ended(row, width),), key=("log", row["id"]), row=row) for row in rows[:ENDED_SHOWN]),
    ]


def _ended(row: Row, width: int) -> Line:
    sign, role = SIGNS.get(VERDICT_MARKS.get(row["verdict"], "unknown"), ("?", "watch"))
    wide = 28 if width < WIDE else 50
    text = f"{_clock(row['time'])}  {fit('ours ' + title(row), wide)} {fit(units.duration(row['took']), 7, 'R')}  "
    return (
        (" ", "text"),
        (sign, role),
        (" " + text, "text"),
        (cut(one_line(row["sentence"]), max(width - 3 - len(text), 8)), "quiet"),
    )


def log_line(row: Row) -> str:
    """One line about a recorded action; most sentences begin with its title."""
    named, sentence = title(row), one_line(row["sentence"])
    if row["action"].startswith("Level ") and sentence.startswith(one_line(row["action"])):
        return f"{one_line(row['object'])}: {sentence}"
    return sentence if sentence.startswith(named) else f"{named}: {sentence}"


def log_detail(row: Row, width: int) -> list[Block]:
    """Everything recorded about one action."""
    facts: list[tuple[str, Any]] = [
        ("what", title(row)), ("when", row["time"]), ("who", row["who"]),
        ("target", f"{row.get('target', '')} {row.get('address', '')}"),
        ("outcome", row["sentence"]), ("took", units.duration(row["took"])),
    ]  # fmt: skip
    lines: list[Line] = []
    for name, value in facts:
        for index, part in enumerate(_wrapped(units.text(value), width - 14)):
            lines.append(((f"   {'' if index else name:10}", "quiet"), (part, "text")))
    notices: list[Line] = [
        (((" " * (5 if index else 3)) + part, "text"),)
        for notice in row.get("notices") or ()
        for index, part in enumerate(_wrapped(notice, width - 6))
    ]
    found: list[Block] = [
        Prose(tuple(lines)),
        Rule("SQL"),
        Prose((((f"   {cut(one_line(row['sql']), width - 4)}", "text"),),)),
    ]
    return [*found, Rule("NOTICES"), Prose(tuple(notices))] if notices else found


def _wrapped(text: str, width: int) -> list[str]:
    """The text on one line, broken at blanks; a failure's last words say what it left."""
    return textwrap.wrap(one_line(text), max(width, 16), break_on_hyphens=False) or [""]
