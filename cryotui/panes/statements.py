"""Statements: what the server spends its time on, live from pg_stat_statements; since the last sample, a mark, the reset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from cryotui.model import units
from cryotui.model.pane import Block, Mark, Moment, Pane, Prose, Table, View, worst
from cryotui.model.sample import Missing, Row, row_key
from cryotui.model.tabs import tab
from cryotui.model.text import cut
from cryotui.panes.absent import absent_blocks
from cryotui.panes.statement_columns import BASELINE_CALLS, COLUMNS, milliseconds
from cryotui.panes.statement_counters import Counters, counters
from cryotui.panes.statement_detail import detail
from cryotui.panes.workload import (
    KEY,
    Grown,
    Top,
    Workload,
    broken_bytes,
    is_driver,
    is_own,
    marked,
    newest,
    query_ids,
    rates_of,
    seconds_of,
    shown,
    stats_age,
    texts,
    top,
    workload,
)

ASK_AGAIN = 60.0
"""Seconds after which texts that were refused are asked for again: the text that does not convert may have gone."""


def _view(moment: Moment) -> str:
    return moment.view or "rate"


def _top(moment: Moment) -> list[Top]:
    """By the column the console sorts by, where it is known of every statement, else by time."""
    chosen = moment.extra.get("sort")
    name = chosen[0] if isinstance(chosen, tuple) else chosen
    return top(moment, _view(moment), {"call_rate": "calls", "mean_time": "mean"}.get(str(name), "time"))


def _rows(moment: Moment) -> list[dict[str, Any]]:
    view, tops, known = _view(moment), _top(moment), texts(moment)
    work, block = workload(moment, view), moment.server.number("block_size") or 8192.0

    def made() -> list[dict[str, Any]]:
        return [_row(moment, view, work, row, grown, known, block) for row, grown in tops]

    numbers, rates = moment.samples.get("statement_numbers"), rates_of(moment, "statement_numbers", view)
    rows: list[dict[str, Any]] = newest.get("rows " + view, (work, tops, numbers, rates, known, len(known)), made)
    return rows


def _row(
    moment: Moment, view: str, work: Workload, row: Row, grown: Grown | None, known: Mapping[int, Row], block: float
) -> dict[str, Any]:
    numbers = counters(moment, row, view)
    text = known.get(row["query_id"])
    seconds = work.seconds
    return {
        **{name: row[name] for name in (*KEY, "calls", "total_time")},
        "user": numbers.row["user"] if numbers.row else row["user"],
        "database": numbers.row["database"] if numbers.row else row["database"],
        "query": shown(text["query"], moment) if text else _no_text(row, moment),
        "masked": row["query_id"] is None,
        "share": grown.time / work.time if grown and work.time else None,
        "time_rate": grown.time / 1000 / seconds if grown and seconds else None,
        "call_rate": grown.calls / seconds if grown and seconds else None,
        "mean_time": grown.time / grown.calls if grown and grown.calls else None,
        "mean_before": _mean_before(row, grown) if view == "rate" else None,
        "rows_per_call": numbers.ratio("rows", "calls"),
        "hit_share": numbers.ratio("blocks_hit", "blocks_hit", "blocks_read"),
        "read_rate": _bytes(numbers, "blocks_read", block),
        "temp_rate": _bytes(numbers, "temp_blocks_written", block),
        "wal_rate": numbers.per_second("wal_bytes"),
    }


def _no_text(row: Row, moment: Moment) -> str | None:
    """What stands for a statement without text: hidden from this role, not readable here, or not read yet."""
    if row["query_id"] is None:
        return f"(texts of {row['user']} in {row['database'] or '-'} are hidden)"
    return "(not readable here)" if moment.missing("statement_texts") else None


def _mean_before(row: Row, grown: Grown | None) -> float | None:
    calls = row["calls"] - grown.calls if grown else 0
    if not grown or calls < BASELINE_CALLS:
        return None
    return float((row["total_time"] - grown.time) / calls)


def _bytes(numbers: Counters, name: str, block: float) -> float | None:
    rate = numbers.per_second(name)
    return None if rate is None else rate * block


def blocks(moment: Moment, width: int) -> Sequence[Block]:
    """The pane's body."""
    missing = moment.missing("statements")
    if missing:
        return _absent(moment, missing, width)
    found: list[Block] = [Table("statements", COLUMNS, _rows(moment), KEY, empty=cut(_empty(moment), width - 3))]
    refused = moment.missing("statement_texts")
    if refused:  # above the list, where it is seen: below it would stand under fifty rows
        said = (f" ? {refused.sentence}", *((f"   {refused.instead}.",) if refused.instead else ()))
        found.insert(0, Prose(tuple(((cut(text, width), "quiet"),) for text in said)))
    if not moment.server.reads_all_stats:
        found.append(_hidden(moment, width))
    return found


def _empty(moment: Moment) -> str:
    if "statements" not in moment.samples:
        return "No answer yet; it comes with the first sample."
    info = moment.one("statements_info")
    if info and info["track"] == "none":
        return "pg_stat_statements keeps nothing: pg_stat_statements.track is none."
    if _view(moment) == "mark" and "statements" not in marked(moment):
        return "No mark is set. m sets it; numbers count from there, nothing is reset on the server."
    return "pg_stat_statements is readable and keeps no statement: it was just reset."


def _absent(moment: Moment, missing: Missing, width: int) -> list[Block]:
    instead = "2 Activity samples what runs now, with its text"
    found = absent_blocks("Statements", replace(missing, instead=missing.instead or instead), width)
    if not moment.server.reads_all_stats:
        found.append(_hidden(moment, width, even_then=True))
    return found


def _hidden(moment: Moment, width: int, even_then: bool = False) -> Prose:
    """Why texts of others are missing, and what mends it."""
    user = moment.server.user
    role = user if user.isidentifier() and user.islower() and user.isascii() else '"' + user.replace('"', '""') + '"'
    lines = (
        ((("", "text"),)),
        (
            (
                (" ? Texts of other users " + ("would be hidden even then." if even_then else "are hidden."))[:width],
                "bold",
            ),
        ),
        (("   What is missing   ", "quiet"), (f"{user} has neither pg_read_all_stats nor pg_monitor", "text")),
        (("   How               ", "quiet"), (f"GRANT pg_monitor TO {role};", "primary")),
    )
    return Prose(lines, key=("absent", "texts"), mark="unknown")  # type: ignore[arg-type]


# lines


def _interval(moment: Moment) -> str:
    """What the numbers are taken over, in words."""
    match _view(moment):
        case "mark":
            mark = marked(moment).get("statements")
            return f"since {units.clock(mark.taken_at)}" if mark else "no mark; m sets it"
        case "reset":
            age = stats_age(moment)
            return "since the reset" if age is None else f"since the reset, {units.age(age)}"
        case _:
            seconds = seconds_of(moment, "rate")
            return "first sample" if seconds is None else f"{max(seconds, 1):.0f}s"


def _evicted(moment: Moment) -> float | None:
    """Entries thrown out in the interval: what they did is in no number."""
    info = moment.one("statements_info")
    if info is None or info["evicted"] is None:
        return None
    if _view(moment) == "reset":
        return float(info["evicted"])
    rates = rates_of(moment, "statements_info", _view(moment))
    return rates.delta(info, "evicted") if rates else None


def note(moment: Moment) -> str:
    """The right end of the line of views: interval, how many of how many, evictions."""
    if "statements" not in moment.samples or moment.missing("statements"):
        return ""
    work, evicted = workload(moment, _view(moment)), _evicted(moment)
    gap = f", {units.count(evicted)} evicted" if evicted else ""
    if not moment.server.reads_all_stats:
        return f"{_interval(moment)}, statements of others are hidden{gap}"
    return f"{_interval(moment)}, top {len(_top(moment))} of {work.count:,}{gap}"


def totals(moment: Moment) -> str:
    """One line about all statements together."""
    if "statements" not in moment.samples or moment.missing("statements"):
        return ""
    work = workload(moment, _view(moment))
    if not work.seconds:
        return f"{work.count:,} statements; rates come with the second sample"
    when = "now" if _view(moment) == "rate" else _interval(moment)
    evicted = _evicted(moment)
    lost = units.count(evicted) + (", their work is in no number" if evicted else "")
    rate = units.busy(work.time / 1000 / work.seconds)
    spaced = rate[:-2] + " ms" if rate.endswith("ms") else rate[:-1] + " s" if rate.endswith("s") else rate
    return f"{when} {spaced} of work a second, {units.rate(work.calls / work.seconds)} calls/s   evicted {lost}"


def line(row: Row, moment: Moment) -> str:
    """The line about the row under the cursor; about all statements while the cursor is at the top."""
    first = next(iter(_top(moment)), None)
    if row["masked"] or (first and row_key(first[0], KEY) == row_key(row, KEY)):
        return totals(moment)
    found = counters(moment, row, "reset").row
    who = f"{row['user'] or '-'} in {row['database'] or '-'}"
    if found is None:
        return f"{who}   query {row['query_id']}"
    query = row["query"] or ""
    if is_own(query):
        return f"{who}: asked by a cryotui of that role"
    if is_driver(query):
        return f"{who}: the driver asyncpg asks it when a program connects, cryotui or another"
    encoding = broken_bytes(texts(moment).get(row["query_id"]))
    if encoding:
        return f"{who}, in {encoding}: bytes of its text that are no UTF-8 stand as \\x.."
    nested = "   inside a function" if row["toplevel"] is False else ""
    return (
        f"{who}{nested}   of {units.count(found['calls'])} calls: least {milliseconds(found['min_time'])}, "
        f"mean {milliseconds(found['mean_time'])}, most {milliseconds(found['max_time'])}"
    )


def _named(row: Row) -> str | None:
    return None if row["query_id"] is None else f"query {row['query_id']}"


def follow_up(moment: Moment) -> dict[str, tuple[object, ...]]:
    """What to ask after an answer of ``statements``: the numbers of the top, and the texts that are not known yet.

    Nothing when both are known for the newest answer. The texts are kept by the console under ``texts`` (by query id).
    """
    base = moment.samples.get("statements")
    if base is None or base.missing:
        return {}
    ids = query_ids(row for row, _ in _top(moment))
    questions: dict[str, tuple[object, ...]] = {}
    numbers = moment.samples.get("statement_numbers")
    if ids and (numbers is None or numbers.at < base.at):
        questions["statement_numbers"] = (ids,)
        known = texts(moment)
        unknown = [query_id for query_id in ids if query_id not in known]
        asked, refused = moment.samples.get("statement_texts"), moment.missing("statement_texts")
        again = (
            refused is None or refused.kind in ("timeout", "locked") or asked is None or base.at - asked.at > ASK_AGAIN
        )
        if unknown and again:
            questions["statement_texts"] = (unknown,)
    return questions


def worst_mark(moment: Moment) -> Mark | None:
    """The worst mark of the rows shown; could not check when the question has no answer."""
    if moment.missing("statements"):
        return "unknown"
    rows = _rows(moment)
    return worst([column.mark(row, moment) for row in rows for column in COLUMNS if column.mark])


PANE = Pane(
    tab=tab("statements"),
    about="What the server spends its time on, from pg_stat_statements: every statement it keeps counts, the 50 with the most "
    "time are shown with all numbers. A call is counted when it ends. Rate is what the last interval did, Mark counts from "
    "the moment m was pressed (nothing is reset on the server), Reset from the server's own reset. Unknown is - until a "
    "second sample. Questions of cryotui under this role are left out, those of one under another role are quiet.",
    probes=("statements", "statements_info"),
    blocks=blocks,
    views=(
        View("rate", "Rate", counted=False, about="What the last interval did."),
        View("mark", "Mark", counted=False, about="Since the mark that m sets."),
        View("reset", "Reset", counted=False, about="Since the statistics were reset.", once=True),
    ),
    sort="time_rate",
    line=line,
    detail=detail,
    named=_named,
    worst=worst_mark,
    note=note,
    footnote=totals,
    keys=("m mark", "x explain"),
    follow_up=follow_up,
    marked={"statement_numbers": (None,)},
)
