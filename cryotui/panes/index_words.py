"""What is to be said of one index or one foreign key: the sentence under the list, and the facts of the panel."""

from __future__ import annotations

import re

from cryotui.model import units
from cryotui.model.pane import Moment
from cryotui.model.sample import Row
from cryotui.panes.factsheet import Fact
from cryotui.panes.index_columns import (
    last_scan,
    last_scan_words,
    name,
    rows_per_scan,
    scan_rate,
    scans,
    table_name,
)
from cryotui.panes.indexset import index_set, remark, unused
from cryotui.panes.names import bare, label
from cryotui.panes.tableset import managed, share_words

_REINDEXED = re.compile(r"_cc(?:new|old)\d*$")


def _window(moment: Moment) -> str:
    """How long the statistics count, in words for ``in``."""
    return units.age(index_set(moment).stats_age) if index_set(moment).stats_age is not None else "an unknown time"


def sentence(row: Row, moment: Moment) -> str:
    """The line about the row under the cursor: an index, or a foreign key in the view of those."""
    if row.get("constraint_oid") is not None:
        return _key_sentence(row)
    index, size = name(row, moment), units.size(row["size"])
    if managed(row):
        who = f"extension {bare(row['extension'])}" if row["extension"] else "the platform"
        return f"{index} is looked after by {who}"
    found = remark(row, moment)
    twin = index_set(moment).twin(row)
    match found.kind:
        case "building":
            return f"{index} is being built by {row['build_pid']}; 8 Progress shows how far"
        case "invalid":
            return f"{index} {_invalid(row, moment)}"
        case "unused":
            return f"{index} not scanned in {_window(moment)}; it costs {size} and time of every write"
        case "same" if twin is not None:
            return f"{index} is the same as {bare(twin['twin_index'])}; dropping it frees {size}"
        case "prefix" if twin is not None:
            return f"{index} is the beginning of {bare(twin['twin_index'])}; dropping it frees {size}"
        case "bloat":
            return f"{index} {share_words(index_set(moment).bloat(row))} bloat; a rebuild saves {_saved(row, moment)}"
    served = index_set(moment).serves(row)
    if served:
        more = f" and {len(served) - 1} more" if len(served) > 1 else ""
        return f"{index} serves {bare(served[0]['constraint'])} of {table_name(row, moment)}{more}"
    rate = units.rate(scan_rate(row, moment))
    return f"{index} of {table_name(row, moment)}: {rate} scans a second, {units.count(scans(row, moment))} in all"


def _invalid(row: Row, moment: Moment) -> str:
    if row["building"] is None:
        told = "a standby cannot tell" if moment.server.standby else "this role cannot tell (pg_read_all_stats)"
        return f"is not valid, or is being built: {told}"
    if row["partitioned"]:
        return "is not valid: partitions lack an index of their own attached to it"
    if _REINDEXED.search(row["index"]):
        return "left by a failed REINDEX CONCURRENTLY; a drops it"
    kept = "; writes keep it up" if row["ready"] else ""
    return f"left by a failed CREATE INDEX CONCURRENTLY{kept}"


def _key_sentence(row: Row) -> str:
    table, referenced = label(row["schema"], row["table"]), label(row["referenced_schema"], row["referenced_table"])
    return f"no index on {table} ({row['columns']}): deletes in {referenced} read it all"


def _saved(row: Row, moment: Moment) -> str:
    found = index_set(moment).bloat_row(row)
    return units.size(found["wasted"]) if found is not None else units.UNKNOWN


def index_facts(row: Row, moment: Moment) -> list[Fact]:
    """Use, size, bloat of an index."""
    last = last_scan(row, moment)
    when = f", last {last_scan_words(last)}" if last is not None else ""
    use = f"{units.rate(scan_rate(row, moment))} scans a second, {units.count(scans(row, moment))} in {_window(moment)}{when}"
    return [
        ("use", f"{use}; {units.count(rows_per_scan(row, moment))} entries a scan"),
        ("size", f"{units.size(row['size'])}, {units.count(row['entries'])} entries, when last vacuumed or built"),
        ("bloat", bloat_words(row, moment)),
        ("columns", index_set(moment).columns(row) or units.UNKNOWN),
    ]  # fmt: skip


def bloat_words(row: Row, moment: Moment) -> str:
    """Bloat with its method and the age of what it rests on, or why there is no number."""
    found = index_set(moment)
    share, known = found.bloat(row), found.bloat_row(row)
    if share is not None and known is not None:
        text = f"{share_words(share)}, {units.size(known['wasted'])}"
        if share.measured:
            return f"{text}, measured at {units.clock(known['measured_at'])} by pgstattuple"
        return f"{text} by statistics {units.age(known['statistics_age'])} old"
    if known is None:
        return "not estimated: under 1 MB" if row["size"] is not None else "not known"
    reasons = {
        "invalid": "it is not valid",
        "expression": "the width of an expression is not known",
        "partial": "how many rows it covers is not known",
        "duplicates": "its keys repeat, and how far equal keys were merged is not known",
        "grant": "this role cannot read the table, so its statistics are hidden",
        "never": "a column has no statistics; ANALYZE makes them",
        "stale": "too many rows changed since the last ANALYZE",
    }
    why = str(known["why"])
    return f"not estimated: {reasons.get(why, f'{why} indexes keep their pages in another way')}"


def standing(row: Row, moment: Moment) -> list[Fact]:
    """What to do next, what rests on the index, what it is."""
    found = index_set(moment)
    twin = found.twin(row)
    facts = [("next", next_step(row, moment)), ("table", table_name(row, moment))]
    for_what = [word for word, is_so in (
        ("primary key", row["primary"]), ("exclusion constraint", row["exclusion"]),
        ("unique", row["unique"] and not row["primary"]), ("replica identity", row["replica_identity"]),
    ) if is_so]  # fmt: skip
    if row["constraint"]:
        for_what.append(f"constraint {bare(row['constraint'])}")
    for_what += [f"foreign key {bare(key['constraint'])}" for key in found.serves(row)]
    if row["attached"]:
        for_what.append("part of an index of the partitioned table")
    facts.append(("for", ", ".join(for_what) or "queries only"))
    if twin is not None:
        words = "the same keys as" if twin["twin"] == "same" else "its keys are the first ones of"
        facts.append(("twin", f"{words} {bare(twin['twin_index'])}"))
    kind = f"{row['access_method']}{', partial' if row['partial'] else ''}"
    facts.append(("kind", f"{kind}, of {bare(row['owner'])}" if row["owner"] else kind))
    return facts


def next_step(row: Row, moment: Moment) -> str:
    """What to do about this index, the mildest that helps."""
    if managed(row):
        return "nothing: it is looked after by the platform"
    match remark(row, moment).kind:
        case "building":
            return "wait; 8 Progress shows how far it is"
        case "invalid" if row["building"] is None:
            return "ask the primary" if moment.server.standby else "ask again with pg_read_all_stats"
        case "invalid" if row["partitioned"]:
            return "build the missing partitions' indexes and attach them"
        case "invalid":
            return "a drops it; (I) rebuilds it and blocks nobody"
        case "unused":
            return "check standbys and monthly jobs, keep its definition, then drop it"
        case "same" | "prefix":
            return "keep its definition, then DROP INDEX CONCURRENTLY"
        case "bloat":
            return f"(I) REINDEX CONCURRENTLY; needs {units.size(row['size'])} meanwhile, blocks nobody"
    return "nothing: it is needed, though not scanned" if unused_but_needed(row, moment) else "nothing is due"


def unused_but_needed(row: Row, moment: Moment) -> bool:
    """Not scanned, and still not to be dropped."""
    return scans(row, moment) == 0 and not unused(row, moment) and index_set(moment).needed(row)


def key_facts(row: Row, moment: Moment) -> list[Fact]:
    """What a foreign key without an index costs and what mends it."""
    table = label(row["schema"], row["table"])
    columns = str(row["columns"])
    return [
        ("next", f"CREATE INDEX CONCURRENTLY on {table} ({columns})"),
        ("key", f"{bare(row['constraint'])}: {table} ({columns}) references "
                f"{label(row['referenced_schema'], row['referenced_table'])} ({row['referenced_columns']})"),
        ("cost", f"each delete reads the whole table: {units.count(row['rows'])} rows, {units.size(row['heap_size'])}"),
        ("deletes", f"{units.count(row['referenced_deleted'])} rows deleted there in {_window(moment)}, "
                    f"{units.count(row['referenced_updated'])} updated"),
        ("on delete", f"{row['on_delete']}" + ("" if row["valid"] else "; the key is not validated")),
    ]  # fmt: skip
