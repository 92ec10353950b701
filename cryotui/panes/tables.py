"""Tables: size, dead rows against autovacuum's threshold, bloat, last maintenance, activity; what to vacuum and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cryotui.model import units
from cryotui.model.pane import Block, Mark, Moment, Pane, Table, View, worst
from cryotui.model.sample import Row
from cryotui.model.tabs import tab
from cryotui.panes.absent import absent_blocks
from cryotui.panes.names import identifier
from cryotui.panes.table_columns import BLOAT, COLUMNS, MARKS
from cryotui.panes.table_detail import detail
from cryotui.panes.table_words import sentence
from cryotui.panes.tableset import DUE, PROBES, managed, table_set
from cryotui.panes.thresholds import limit

KEY = ("oid",)
NEEDED = {"vacuum": ("table_activity", "table_limits"), "bloat": ("bloat",)}
"""What a view looks at besides the list; without its answer the view knows nothing."""
DETAIL_PROBES = (
    "table_detail", "table_columns", "table_indexes", "table_constraints", "table_policies", "table_triggers",
)  # fmt: skip


def overdue(row: Row, moment: Moment) -> bool:
    """Autovacuum should have come by now, for dead rows, inserted rows or freezing; or something vacuums it now."""
    found = table_set(moment)
    return (
        found.activity(row)["vacuum_pid"] is not None
        or (found.due(row) or 0) >= limit(moment, *DUE)[0]
        or (found.insert_due(row) or 0) >= 1
        or (found.freeze_due(row) or 0) >= 1
    )


def bloated(row: Row, moment: Moment) -> bool:
    """A rewrite would save more than the share that is marked, whatever the size."""
    share = table_set(moment).bloat(row)
    return share is not None and share >= limit(moment, *BLOAT)[0]


def neglected(row: Row, moment: Moment) -> bool:
    """Neither vacuumed nor analyzed, ever."""
    return (
        row["last_analyze_age"] is None
        and row["last_autoanalyze_age"] is None
        and row["last_autovacuum_age"] is None
        and row["last_vacuum_age"] is None
        and not moment.server.standby
    )


def _counted(name: str, keep: Callable[[Row, Moment], bool] | None) -> Callable[[Moment], int | None]:
    """How many rows a view has; unknown while what it looks at has no answer."""

    def count(moment: Moment) -> int | None:
        if any(probe not in moment.samples or moment.missing(probe) for probe in ("tables", *NEEDED.get(name, ()))):
            return None
        found = table_set(moment)
        if keep is None:
            return len(found.rows)
        rows = found.rows if name == "never" else found.suspect
        return found.once(name, lambda: sum(1 for row in rows if keep(row, moment)))

    return count


def blocks(moment: Moment, width: int) -> Sequence[Block]:
    """The pane's body."""
    missing = moment.missing("tables")
    if missing:
        return absent_blocks("Tables", missing, width)
    return [Table("tables", COLUMNS, table_set(moment).rows, KEY, empty=_empty(moment))]


def _empty(moment: Moment) -> str:
    if "tables" not in moment.samples:
        return "No answer yet; it comes with the first sample."
    count = len(table_set(moment).rows)
    tables = "1 table" if count == 1 else f"{count:,} tables"
    match moment.view:
        case "vacuum":
            return _unanswered(moment, "vacuum") or f"No table is overdue for vacuum. {tables} looked at."
        case "bloat":
            return _no_bloat(moment, count)
        case "never":
            if moment.server.standby:
                return "A standby does not know when tables were looked after."
            every = "The 1 table was" if count == 1 else f"All {tables} were"
            return f"{every} vacuumed or analyzed."
        case _:
            return f"There are no tables in {moment.server.database} outside the system catalogs."


def _unanswered(moment: Moment, view: str) -> str:
    """Why the view knows nothing; empty when it does."""
    for probe in NEEDED[view]:
        if probe not in moment.samples:
            return "No answer yet; it comes with the first sample."
        refused = moment.missing(probe)
        if refused:
            return f"{'What is overdue' if view == 'vacuum' else 'Bloat'} is not known: {refused.sentence}"
    return ""


def _no_bloat(moment: Moment, count: int) -> str:
    unanswered = _unanswered(moment, "bloat")
    if unanswered:
        return unanswered
    share = f"{limit(moment, *BLOAT)[0]:.0%}"
    unread = sum(1 for row in moment.rows("bloat") if row["why"] == "grant")
    if unread:
        return f"{unread:,} tables cannot be read: GRANT pg_read_all_data TO {identifier(moment.server.user)};"
    return f"No table is bloated by {share}; {len(moment.rows('bloat')):,} of {count:,} are large enough."


def note(moment: Moment) -> str:
    """What the sizes are of."""
    sizes = moment.samples.get("table_sizes")
    if sizes is None or sizes.missing:
        return ""
    return f"sizes of {units.clock(sizes.taken_at)}"


def footnote(moment: Moment) -> str:
    """What the words under ``by`` mean."""
    return (
        "by stats: estimate from statistics, exact: measured, grant: pg_stats not readable for this role, small: under 1 MB, "
        "never: no statistics, stale: changed since, locked: not read"
    )


def worst_mark(moment: Moment) -> Mark | None:
    """The worst mark of all rows; could not check when the list has no answer."""
    if moment.missing("tables") or moment.missing("table_activity"):
        return "unknown"
    if "tables" not in moment.samples:
        return None
    found = table_set(moment)

    def reckon() -> Mark | None:
        seen: set[Mark | None] = set()
        for row in found.suspect:
            if not managed(row):
                seen |= {judge(row, moment) for judge in MARKS}
            if "bad" in seen:
                break
        return worst(list(seen))

    return found.once("worst", reckon)


PANE = Pane(
    tab=tab("tables"),
    about="Every table with its size, its dead rows against the number at which autovacuum comes to this very table, its "
    "bloat, its last vacuum and analyze, and what is done to it now. Vacuum shows what autovacuum is late for, Bloat what a "
    "rewrite would save, Never what was never looked after. The live list calls no size function: locked tables show as well.",
    probes=PROBES,
    blocks=blocks,
    views=(
        View("all", "All", count=_counted("all", None)),
        View(
            "vacuum", "Vacuum", overdue, "due", count=_counted("vacuum", overdue),
            about="Past autovacuum's threshold of dead or inserted rows, past the age of freezing, or vacuumed right now.",
        ),
        View(
            "bloat", "Bloat", bloated, "wasted", count=_counted("bloat", bloated),
            about="A rewrite would save at least 30% of the heap, by estimate or measured.",
        ),
        View(
            "never", "Never", neglected, "size", count=_counted("never", neglected),
            about="Neither vacuumed nor analyzed since the statistics began.",
        ),
    ),
    sort="due",
    line=sentence,
    detail=detail,
    detail_probes=dict.fromkeys(DETAIL_PROBES, ("oid",)),
    worst=worst_mark,
    note=note,
    footnote=footnote,
    keys=("V vacuum",),
)  # fmt: skip
