"""Everything of one statement: its text over lines, and its numbers over the interval, since the mark, since the reset."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from cryotui.model import units
from cryotui.model.pane import Block, Line, Moment, Prose, Rule
from cryotui.model.sample import Row
from cryotui.model.sqlformat import broken
from cryotui.model.text import cut, fit
from cryotui.panes.statement_columns import milliseconds, per_call
from cryotui.panes.statement_counters import Counters, counters
from cryotui.panes.workload import CUT, broken_bytes, grown, marked, seconds_of, shown, stats_age, texts

VIEWS = ("rate", "mark", "reset")


def detail(row: Row, moment: Moment, width: int) -> Sequence[Block]:
    """The blocks of a statement's detail."""
    return [*_statement(row, moment, width), *_numbers(row, moment, width), *_facts(row, moment, width)]


@lru_cache(8)
def _lines(query: str, width: int) -> tuple[Line, ...]:
    return tuple((("   ", "text"), *line) for line in broken(query, width - 3))


def _statement(row: Row, moment: Moment, width: int) -> list[Block]:
    known = texts(moment).get(row["query_id"])
    if known is None:
        return [Rule("STATEMENT"), Prose(((("   " + (row["query"] or "The text was not read yet."), "quiet"),),))]
    length = known["length"]
    whole = f"{length:,} characters, " + ("whole" if length <= CUT else f"the first {CUT:,} of them")
    return [Rule("STATEMENT", whole), Prose(_lines(shown(known["query"], moment), width))]


def _numbers(row: Row, moment: Moment, width: int) -> list[Block]:
    mark = marked(moment).get("statements")
    reset = stats_age(moment)
    heads = ("now", "since mark", "since reset" if reset is None else f"since {units.age(reset)}")
    wide = min(14, max((width - 24) // 3, 6))
    lines: list[Line] = [(("   " + " " * 18 + "".join(fit(head, wide, "R") for head in heads), "quiet"),)]
    found = {view: counters(moment, row, view) for view in VIEWS}
    for label, values in (*_from_base(row, moment), *_from_numbers(found, moment)):
        if any(value not in (units.UNKNOWN, "0", "0ms") for value in values):
            spans: list[tuple[str, str]] = [("   " + fit(label, 18), "quiet")]
            spans += [(fit(value, wide, "R"), "quiet" if value == units.UNKNOWN else "text") for value in values]
            lines.append(tuple(spans))  # type: ignore[arg-type]  # the roles are those of Span
    note = f"mark set by you at {units.clock(mark.taken_at)}" if mark else "no mark; m sets one"
    return [Rule("NUMBERS", note), Prose(tuple(lines))]


def _from_base(row: Row, moment: Moment) -> list[tuple[str, list[str]]]:
    """Time, calls and mean, which are known of every statement."""
    columns: list[tuple[str, str, str]] = []
    for view in VIEWS:
        one, seconds = grown(moment, row, view), seconds_of(moment, view)
        columns.append((
            units.busy(one.time / 1000 / seconds if one and seconds else None),
            units.rate(one.calls / seconds if one and seconds else None),
            milliseconds(one.time / one.calls if one and one.calls else None),
        ))  # fmt: skip
    return [(label, [column[index] for column in columns]) for index, label in enumerate(("time/s", "calls/s", "mean"))]


def _from_numbers(found: dict[str, Counters], moment: Moment) -> list[tuple[str, list[str]]]:
    block = moment.server.number("block_size") or 8192.0

    def size(name: str) -> Callable[[Counters], str]:
        def form(one: Counters) -> str:
            rate = one.per_second(name)
            return units.size_rate(None if rate is None else rate * block)

        return form

    def a_call(name: str) -> Callable[[Counters], str]:
        return lambda one: milliseconds(one.ratio(name, "calls"))

    forms: tuple[tuple[str, Callable[[Counters], str]], ...] = (
        ("rows a call", lambda one: per_call(one.ratio("rows", "calls"))),
        ("hit", lambda one: units.hit(one.ratio("blocks_hit", "blocks_hit", "blocks_read"))),
        ("read a second", size("blocks_read")),
        ("dirtied a second", size("blocks_dirtied")),
        ("written a second", size("blocks_written")),
        ("temp a second", size("temp_blocks_written")),
        ("WAL a second", lambda one: units.size_rate(one.per_second("wal_bytes"))),
        ("reading a call", a_call("read_time")),
        ("writing a call", a_call("write_time")),
        ("temp I/O a call", a_call("temp_time")),
        ("planning a call", a_call("plan_time")),
        ("JIT a call", a_call("jit_time")),
        ("workers a call", lambda one: per_call(one.ratio("workers_launched", "calls"))),
    )
    return [(label, [form(found[view]) for view in VIEWS]) for label, form in forms]


def _facts(row: Row, moment: Moment, width: int) -> list[Block]:
    numbers = found.row if (found := counters(moment, row, "reset")) else None
    lines: list[Line] = []

    def add(label: str, text: str) -> None:
        lines.append((("   " + fit(label, 18), "quiet"), (cut(text, max(width - 21, 8)), "text")))

    add("who", f"{row['user'] or '-'} in {row['database'] or '-'}")
    add("query id", units.text(row["query_id"]))
    encoding = broken_bytes(texts(moment).get(row["query_id"]))
    if encoding:
        add("encoding", f"{encoding}; bytes that are no UTF-8 stand as \\x and two digits")
    if row["toplevel"] is False:
        add("where", "inside a function or procedure; its time is in the outer statement's too")
    if numbers is not None:
        add("a call took", f"least {milliseconds(numbers['min_time'])}, most {milliseconds(numbers['max_time'])}, "
                           f"standard deviation {milliseconds(numbers['stddev_time'])}")  # fmt: skip
        add(
            "counted",
            f"{numbers['calls']:,} calls, {numbers['rows']:,} rows, {units.age(numbers['total_time'] / 1000)}",
        )
        if numbers["stats_reset"] is not None:
            add("counts since", units.clock(numbers["stats_reset"], seconds=True, date=True))
        if moment.server.setting("track_io_timing") == "off":
            add("not measured", "reading and writing time: track_io_timing is off")
    return [Rule("FACTS"), Prose(tuple(lines))]
