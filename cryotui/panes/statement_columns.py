"""The columns of Statements: what each number is, how it reads, and when it is marked."""

from __future__ import annotations

from collections.abc import Callable

from cryotui.model import units
from cryotui.model.pane import FILL, Column, Mark, Moment
from cryotui.model.sample import Row
from cryotui.panes.thresholds import judge, limit
from cryotui.panes.workload import is_driver, is_own, workload

NEVER = float("inf")

SHARE = (0.4, NEVER)
"""Watch when one statement takes this part of all time ..."""

SHARE_FROM = 0.5
"""... of more than so many seconds of work a second: on a quiet server one statement always has the largest part."""

SLOWER = (3.0, NEVER)
"""Watch when a statement takes this many times its own mean before the interval, and ..."""

SLOWER_FROM = 5.0
"""... more than so many milliseconds, and ..."""

BASELINE_CALLS = 20
"""... was called so often before that the mean before says something."""

HIT = (0.9, -NEVER)
"""Watch under this share of blocks found in shared buffers, while the statement reads at least ..."""

HIT_FROM = 10 * 2**20
"""... so many bytes a second."""

TEMP = (50 * 2.0**20, NEVER)
"""Watch from so many bytes a second of temporary files on."""


def _share_mark(row: Row, moment: Moment) -> Mark | None:
    work = workload(moment, moment.view or "rate")
    if not work.seconds or work.time / 1000 / work.seconds <= SHARE_FROM or row["masked"]:
        return None
    return judge(row["share"], limit(moment, "statements.share", *SHARE))


def _mean_mark(row: Row, moment: Moment) -> Mark | None:
    mean, before = row["mean_time"], row["mean_before"]
    if mean is None or not before or mean <= SLOWER_FROM:
        return None
    return judge(mean / before, limit(moment, "statements.slower", *SLOWER))


def _hit_mark(row: Row, moment: Moment) -> Mark | None:
    if row["read_rate"] is None or row["read_rate"] < HIT_FROM:
        return None
    return judge(row["hit_share"], limit(moment, "statements.hit", *HIT))


def _temp_mark(row: Row, moment: Moment) -> Mark | None:
    return judge(row["temp_rate"], limit(moment, "statements.temp_bytes", *TEMP))


def milliseconds(value: float | None) -> str:
    """A time kept in milliseconds, as every time of pg_stat_statements; under a tenth of one in ``us``, as settings are."""
    if value is not None and 0 < value < 0.0995:
        return f"{value * 1000:.0f}us" if value >= 0.001 else "<1us"
    return units.duration(None if value is None else value / 1000)


def per_call(value: float | None) -> str:
    """A count a call, with one decimal below ten."""
    if value is None or value >= 9.95:
        return units.count(value)
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def _bar(row: Row, moment: Moment) -> str:
    share = row["share"]
    return units.bar(share, 10) if share is not None and share >= 0.01 else ""


def _statement(row: Row, moment: Moment) -> str | None:
    query: str | None = row["query"]
    return query[:1000] if query else query  # a line shows less; a text may have 100,000


def _none(name: str) -> Callable[[Row, Moment], bool]:
    """Nothing done is drawn quiet; its unit (``0ms``, ``0%``) hides that it is a zero."""
    return lambda row, moment: row[name] == 0


def _nobodys_query(row: Row, moment: Moment) -> bool:
    """Hidden texts, what a console under another role asks, and the driver's own: not the application's work."""
    query = row["query"] or ""
    return bool(row["masked"]) or is_own(query) or is_driver(query)


COLUMNS = (
    Column(
        "share", "share", 5, 5, form=units.percent, mark=_share_mark, quiet=_none("share"),
        about="Part of the execution time of all statements in the interval. Source: pg_stat_statements, total_exec_time.",
    ),
    Column("share_bar", "", 0, 10, value=_bar, form=str, align="L", leaves=1, about="The share, drawn; blank under 1%."),
    Column(
        "time_rate", "time/s", 7, 7, form=units.busy, quiet=_none("time_rate"),
        about="Execution time a second. More than 1 s a second is more than one session at work all the time. Planning is "
        "not in it. Source: pg_stat_statements, total_exec_time; counted when a statement ends.",
    ),
    Column("call_rate", "calls/s", 7, 7, form=units.rate, leaves=8, about="Calls that ended, a second."),
    Column(
        "mean_time", "mean", 6, 6, form=milliseconds, leaves=9, mark=_mean_mark,
        about="Mean execution time of the calls in the interval, in milliseconds. Watch when it is three times the mean of "
        "all calls before, over 5 ms.",
    ),
    Column("rows_per_call", "row/c", 5, 5, form=per_call, leaves=4, about="Rows returned or changed a call."),
    Column(
        "hit_share", "hit", 5, 5, form=units.hit, leaves=10, mark=_hit_mark,
        about="Part of the blocks that were found in shared buffers. The rest came from the operating system: from its "
        "cache or from disk, this number does not tell which.",
    ),
    Column("read_rate", "read/s", 0, 6, form=units.size_rate, leaves=3, about="Bytes not found in shared buffers, a second."),
    Column(
        "temp_rate", "temp/s", 0, 6, form=units.size_rate, leaves=3, mark=_temp_mark,
        about="Bytes written to temporary files a second: sorts and hashes larger than work_mem.",
    ),
    Column("wal_rate", "WAL/s", 0, 6, form=units.size_rate, leaves=3, about="Bytes of WAL written a second."),
    Column("user", "user", 0, 9, align="L", leaves=2, ascending=True, about="The role that ran it."),
    Column(
        "query", "statement", FILL, FILL, value=_statement, align="L", ascending=True, quiet=_nobodys_query,
        about="The text with its constants replaced by $1, $2 ..., as pg_stat_statements keeps it. - until it was read.",
    ),
)  # fmt: skip
