"""Indexes: size, use, bloat and one remark each; what is invalid, unused or there twice; foreign keys without an index."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cryotui.model import units
from cryotui.model.pane import Block, Mark, Moment, Pane, Table, View, worst
from cryotui.model.sample import Row
from cryotui.model.tabs import tab
from cryotui.panes.absent import absent_blocks
from cryotui.panes.index_columns import COLUMNS, FOREIGN_KEY_COLUMNS, last_scan_mark
from cryotui.panes.index_detail import detail
from cryotui.panes.index_words import sentence
from cryotui.panes.indexset import BLOAT, PROBES, index_set, remark, unused
from cryotui.panes.names import identifier
from cryotui.panes.thresholds import limit

KEY = ("index_oid",)


def double(row: Row, moment: Moment) -> bool:
    """Another index can stand in for it."""
    return bool(row["valid"]) and index_set(moment).twin(row) is not None


def invalid(row: Row, moment: Moment) -> bool:
    """No query uses it."""
    return not row["valid"]


def bloated(row: Row, moment: Moment) -> bool:
    """A rebuild would save more than the share that is marked, whatever the size."""
    share = index_set(moment).bloat(row)
    return share is not None and share >= limit(moment, *BLOAT)[0]


def keys_without_index(moment: Moment) -> list[Row]:
    """The foreign keys that no index serves."""
    return [row for row in moment.rows("foreign_keys") if not row["index_oids"]]


def _counted(probe: str, count: Callable[[Moment], int]) -> Callable[[Moment], int | None]:
    """A view's count; unknown while its probe has no answer."""

    def counted(moment: Moment) -> int | None:
        if probe not in moment.samples or moment.missing(probe) or "indexes" not in moment.samples:
            return None
        return count(moment)

    return counted


def _count(keep: Callable[[Row, Moment], bool]) -> Callable[[Moment], int]:
    def count(moment: Moment) -> int:
        found = index_set(moment)
        return found.once(keep.__name__, lambda: sum(1 for row in found.rows if keep(row, moment)))

    return count


def _count_unused(moment: Moment) -> int:
    return sum(1 for row in index_set(moment).spare if unused(row, moment))


def blocks(moment: Moment, width: int) -> Sequence[Block]:
    """The pane's body: the indexes, or in the view FK-none the foreign keys."""
    if moment.view == "fk-none":
        missing = moment.missing("foreign_keys")
        if missing:
            return absent_blocks("Foreign keys", missing, width)
        rows = keys_without_index(moment)
        return [Table("foreign_keys", FOREIGN_KEY_COLUMNS, rows, ("constraint_oid",), empty=_no_keys(moment))]
    missing = moment.missing("indexes")
    if missing:
        return absent_blocks("Indexes", missing, width)
    return [Table("indexes", COLUMNS, index_set(moment).rows, KEY, empty=_empty(moment))]


def _no_keys(moment: Moment) -> str:
    if "foreign_keys" not in moment.samples:
        return "No answer yet; it comes with the first sample."
    return f"Every foreign key has an index. {len(moment.rows('foreign_keys')):,} looked at."


def _empty(moment: Moment) -> str:
    if "indexes" not in moment.samples:
        return "No answer yet; it comes with the first sample."
    count = len(index_set(moment).rows)
    indexes = "1 index" if count == 1 else f"{count:,} indexes"
    match moment.view:
        case "unused":
            age = index_set(moment).stats_age
            return f"In {units.age(age)} no index from 1 MB on went unused; {count:,} looked at."
        case "double":
            return f"No index is superfluous; {indexes} looked at."
        case "invalid":
            return f"No index is invalid; {indexes} looked at."
        case "bloat":
            return _no_bloat(moment, count)
        case _:
            return f"There are no indexes in {moment.server.database} outside the system catalogs."


def _no_bloat(moment: Moment, count: int) -> str:
    if "index_bloat" not in moment.samples:
        return "No estimate yet; it comes with the first sample."
    refused = moment.missing("index_bloat")
    if refused:
        return f"Bloat is not known: {refused.sentence}"
    rows = moment.rows("index_bloat")
    hidden = sum(1 for row in rows if row["why"] == "grant")
    share = f"{limit(moment, *BLOAT)[0]:.0%}"
    if hidden:
        return f"{hidden:,} cannot be estimated: GRANT pg_read_all_data TO {identifier(moment.server.user)};"
    known = sum(1 for row in rows if row["why"] is None)
    return f"No index is bloated by {share}; {known:,} of {count:,} were estimated."


def note(moment: Moment) -> str:
    """Since when the statistics count."""
    age = index_set(moment).stats_age
    return "" if age is None else f"stats {units.age(age)}"


def footnote(moment: Moment) -> str:
    """What the counts are good for."""
    return (
        "scans count on this server only: a standby may use what is unused here; sizes as of the last vacuum or analyze"
    )


def worst_mark(moment: Moment) -> Mark | None:
    """The worst mark of all rows; could not check when the list has no answer."""
    if moment.missing("indexes"):
        return "unknown"
    found = index_set(moment)
    fixed = found.once("worst", lambda: worst([found.fixed(row, moment).mark for row in found.suspect]))
    if fixed == "bad":
        return fixed
    used: list[Mark | None] = [
        mark for row in found.spare for mark in (remark(row, moment).mark, last_scan_mark(row, moment))
    ]
    return worst([fixed, *used])


PANE = Pane(
    tab=tab("indexes"),
    about="Every index with its size, its use, its bloat and one remark, the worst there is to say: INVALID, unused, same as "
    "another, prefix of a wider one, bloated; else what it is for. FK-none lists foreign keys that no index serves. Use counts "
    "since the statistics began, on this server only.",
    probes=PROBES,
    blocks=blocks,
    views=(
        View("all", "All", count=_counted("indexes", lambda moment: len(index_set(moment).rows))),
        View(
            "unused", "Unused", unused, count=_counted("index_scans", _count_unused),
            about="Not scanned since the statistics began, from 1 MB on, and neither a constraint nor a foreign key needs it.",
        ),
        View(
            "double", "Double", double, count=_counted("index_twins", _count(double)),
            about="Same keys as another index, or the first keys of a wider one.",
        ),
        View(
            "invalid", "Invalid", invalid, count=_counted("indexes", _count(invalid)),
            about="Left by a failed build, or being built now: no query uses them.",
        ),
        View(
            "bloat", "Bloat", bloated, "bloat", count=_counted("index_bloat", _count(bloated)),
            about="A rebuild would save at least 35%, by estimate or measured.",
        ),
        View(
            "fk-none", "FK-none", sort="heap_size", count=_counted("foreign_keys", lambda m: len(keys_without_index(m))),
            about="Foreign keys whose columns no index of the referencing table begins with.",
        ),
    ),
    sort="size",
    line=sentence,
    detail=detail,
    detail_probes={"index_definition": ("index_oid",)},
    worst=worst_mark,
    note=note,
    footnote=footnote,
    keys=("I reindex",),
)  # fmt: skip
