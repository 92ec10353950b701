"""Progress: everything that reports how far it is, our own actions among it, what autovacuum comes to next, and the log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from cryotui.model import units
from cryotui.model.layout import WIDE
from cryotui.model.pane import Block, Column, Line, Mark, Moment, Pane, Prose, Rule, Table, View, worst
from cryotui.model.sample import Row
from cryotui.model.sqlformat import broken
from cryotui.model.tabs import tab
from cryotui.model.text import cut, fit, one_line
from cryotui.panes.absent import absent_blocks
from cryotui.panes.action_log import ended_blocks, entries, log_detail, log_line, log_table
from cryotui.panes.blockers import wait_of
from cryotui.panes.overlaid import Overlaid
from cryotui.panes.pace import KEY, pace
from cryotui.panes.progress_words import amount, on, second_line, share, waits, what
from cryotui.panes.vacuum_queue import outlook, queue_blocks
from cryotui.panes.workload import shown

FIELDS = (
    "pid", "backend_start", "database", "user", "app", "backend_type", "command", "autovacuum", "wraparound", "oid", "schema",
    "table", "index_oid", "index", "toast_of", "phase", "step", "steps", "done", "total", "estimated", "unit", "bytes_done",
    "index_rounds", "delay_time", "query_age", "wait_type", "wait_event", "query", "waits_for", "waits_for_app",
    "waits_for_age", "will_wait_for", "will_wait_app", "will_wait_age", "masked",
)  # fmt: skip
"""The columns of the probe, for rows of our own actions that no view of the server shows."""


def _rows(moment: Moment) -> list[Row]:
    """The server's rows, ours marked; before them those actions of ours that the server says nothing about."""
    running = {one.pid: one for one in _running(moment)}
    rows: list[Row] = []
    for row in moment.rows("progress"):
        own = running.get(row["pid"])
        if own is not None and own.backend_start in (None, row["backend_start"]):
            del running[own.pid]
            rows.append(Overlaid(row, ours=True, title=own.title, started_at=own.started_at, state=own.state))
        else:
            rows.append(row)
    return [*(_untold(one) for one in running.values()), *rows]


def _running(moment: Moment) -> list[Any]:
    return [one for one in moment.extra.get("running") or () if one.state != "ended"]


def _untold(one: Any) -> Row:
    """A row for an action of ours that reports no progress: it waits, or its command has none."""
    fields: dict[str, Any] = dict.fromkeys(FIELDS)
    fields |= {"pid": one.pid, "backend_start": one.backend_start, "oid": one.id, "masked": False}
    fields |= {"phase": "reports no progress" if one.state == "running" else one.state, "query": one.sql}
    return {
        **fields,
        "ours": True,
        "untold": True,
        "title": one.title,
        "started_at": one.started_at,
        "state": one.state,
    }


# columns


def _done(row: Row, moment: Moment) -> float | None:
    return share(row)


def _percent(row: Row, moment: Moment) -> str:
    text = units.whole_percent(share(row))
    return "≈" + text if row["estimated"] and text != units.UNKNOWN else text


def _bar(width: int) -> Callable[[Row, Moment], str]:
    return lambda row, moment: units.bar(share(row), width)


def _rate(row: Row, moment: Moment) -> str:
    found = pace(row, moment)
    if found.bytes is not None or row["unit"] == "bytes":
        text = units.size_rate(found.bytes if found.bytes is not None else found.per_second)
    elif row["unit"] == "rows":
        text = units.rate(found.per_second)
    else:
        return units.UNKNOWN
    return text if text == units.UNKNOWN or len(text) > 4 else text + "/s"


def _left(row: Row, moment: Moment) -> float | None:
    return pace(row, moment).left


def _waits_mark(row: Row, moment: Moment) -> Mark | None:
    return "watch" if waits(row, moment) else None


COLUMNS = (
    Column("pid", "pid", 6, 8, align="L", ascending=True, about="The session that does it."),
    Column(
        "command", "what", 17, 26, lambda row, moment: what(row), align="L", ascending=True,
        about="The command; ours was begun here.",
    ),
    Column("table", "on", 17, 34, lambda row, moment: on(row), align="L", ascending=True, about="What it works on."),
    Column(
        "share", "done", 4, 5, _percent, form=str, estimate=True,
        about="Done of the work of the present step, not of the whole command: the server does not tell how large later steps "
        "are. ≈ where the total is the table's row estimate.",
    ),
    Column("share_bar", "", 16, 30, _bar(16), form=str, align="L", leaves=1, about="Done, drawn."),
    Column("rate", "rate", 6, 8, _rate, form=str, leaves=2, about="Bytes or rows a second over the last 30 s of this step."),
    Column(
        "left", "left", 5, 6, _left, form=units.age, leaves=3, mark=_waits_mark,
        about="What is left of the present step, reckoned from the last 30 s. - where the step does not tell its size.",
    ),
)  # fmt: skip
_WIDE_COLUMNS = tuple(replace(column, value=_bar(30)) if column.name == "share_bar" else column for column in COLUMNS)


# body


def blocks(moment: Moment, width: int) -> Sequence[Block]:
    """The pane's body."""
    if moment.view == "log":
        return [log_table(moment, width)]
    missing = moment.missing("progress")
    if missing:
        return [*absent_blocks("Progress", missing, width), *ended_blocks(moment, width)]
    empty = "Nothing runs that reports progress: vacuum, index build, COPY, base backup."
    table = Table(
        "running",
        _WIDE_COLUMNS if width >= WIDE else COLUMNS,
        _rows(moment),
        KEY,
        below=lambda row, moment: (("   " + cut(second_line(row, moment), max(width - 3, 8)), "quiet"),),
        empty=cut(
            empty if "progress" in moment.samples else "No answer yet; it comes with the first sample.", width - 3
        ),
    )
    return [table, *_hidden(moment, width), *_apart(queue_blocks(moment, width)), *_apart(ended_blocks(moment, width))]


def _apart(found: list[Block]) -> list[Block]:
    """A section with an empty line before it."""
    return [Prose(((("", "text"),),)), *found] if found else []


def _masked(moment: Moment) -> int:
    return sum(1 for row in moment.rows("progress") if row["masked"])


def _hidden(moment: Moment, width: int) -> list[Block]:
    masked = _masked(moment)
    if not masked:
        return []
    text = f" ? How far {masked} of them are is hidden: {moment.server.user} lacks pg_read_all_stats."
    return [Prose((((cut(text, width), "quiet"),),))]


def _ours(row: Row) -> bool:
    return bool(row.get("ours"))


def _note(moment: Moment) -> str:
    if moment.view == "log":
        return "newest first"
    rows = _rows(moment)
    others = sum(1 for row in rows if not _ours(row))
    return f"{others} not ours" if rows else ""


def _footnote(moment: Moment) -> str:
    if moment.view == "log":
        return "Every action of this program, with what became of it."
    return "left is reckoned from the last 30 s; - where the step does not tell its size"


def _line(row: Row, moment: Moment) -> str:
    if row.get("verdict") is not None or "sentence" in row.keys():  # noqa: SIM118
        return log_line(row)
    if row.get("fullness") is not None:
        return f"{row['table']}: {units.times(row['fullness'])} of its threshold for {row['reason']}; {outlook(row, moment)}"
    who = f"{row['user'] or '-'} ({one_line(row['app'] or row['backend_type'] or '-')})" if not _ours(row) else "ours"
    since = f", since {units.age(row['query_age'])}" if row["query_age"] is not None else ""
    return f"{what(row)} by {who}{since}; {_footnote(moment)}"


def _detail(row: Row, moment: Moment, width: int) -> Sequence[Block]:
    if "sentence" in row.keys():  # noqa: SIM118
        return log_detail(row, width)
    if row.get("fullness") is not None:
        return ()
    row = next((now for now in _rows(moment) if all(now[name] == row[name] for name in KEY)), row)
    found, wait = pace(row, moment), wait_of(row["pid"], moment)
    facts = (
        ("what", what(row)), ("on", on(row)), ("index", row["index"]), ("phase", second_line(row, moment)),
        ("done", amount(row)), ("rate", _rate(row, moment)), ("left", units.age(found.left)), ("user", row["user"]),
        ("app", row["app"]), ("database", row["database"]), ("running for", units.age(row["query_age"])),
        ("slept", units.age(row["delay_time"] / 1000) + " by its cost limit" if row["delay_time"] else None),
        ("waits", " ".join(filter(None, (row["wait_type"], row["wait_event"])))),
        ("wants", wait and f"{wait.lock}, waits {units.age(wait.age)}"),
        *(("waits for", one.words) for one in (wait.blockers if wait else ())),
        *(("behind it", one.words) for one in (wait.behind if wait else ())),
    )  # fmt: skip
    lines: list[Line] = [
        (("   " + fit(name, 13), "quiet"), (cut(one_line(str(value)), max(width - 17, 8)), "text"))
        for name, value in facts
        if value and value != units.UNKNOWN
    ]
    blocks_found: list[Block] = [Prose(tuple(lines))]
    if row["query"]:
        text = tuple((("   ", "text"), *part) for part in broken(shown(row["query"], moment), width - 3))
        blocks_found += [Rule("STATEMENT"), Prose(text)]
    return blocks_found


def _worst(moment: Moment) -> Mark | None:
    if moment.missing("progress"):
        return "unknown"
    return worst([_waits_mark(row, moment) for row in _rows(moment)])


PANE = Pane(
    tab=tab("progress"),
    about="Everything that reports its progress: vacuum, analyze, index builds, rewrites, base backups, COPY, and our own "
    "actions. Below it the tables autovacuum comes to next, and what ended here. The view Log is every action of this program.",
    probes=("progress", "autovacuum_queue", "activity"),
    blocks=blocks,
    views=(
        View("running", "Running", count=lambda moment: len(_rows(moment)), about="What runs now."),
        View("log", "Log", count=lambda moment: len(entries(moment)), about="Every action of this program."),
    ),
    line=_line,
    detail=_detail,
    worst=_worst,
    note=_note,
    footnote=_footnote,
    keys=("X stop ours",),
)
