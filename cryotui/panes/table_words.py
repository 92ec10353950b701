"""What is to be said of one table: the one sentence under the list, the facts of the panel, and what to do next."""

from __future__ import annotations

from cryotui.model import units
from cryotui.model.pane import Moment
from cryotui.model.sample import Row
from cryotui.panes.agewords import Done
from cryotui.panes.factsheet import Fact
from cryotui.panes.names import bare
from cryotui.panes.table_columns import (
    bloat_mark,
    hit_share,
    hot_share,
    idx_scan_rate,
    name,
    per_second,
    seq_mark,
    seq_scan_rate,
    xid_mark,
)
from cryotui.panes.tableset import LARGE, TableSet, managed, share_words, size_words, table_set

HELD = 60.0
"""Seconds from which a snapshot that holds back vacuum is worth naming."""


def holder(moment: Moment) -> tuple[str, float] | None:
    """Who keeps VACUUM of this database from removing rows, and for how many seconds; None when nobody does for long.

    Sessions and prepared transactions of other databases do not: their snapshots count for shared catalogs only. Nor is a
    slot named, which may hold back the catalogs only, nor a standby, whose oldest snapshot has no known age.
    """
    for row in moment.rows("horizon"):
        age = row["transaction_age"]
        if row["kind"] not in ("session", "prepared transaction") or not row["xmin_age"] or age is None:
            continue
        if row["database"] == moment.server.database and age >= HELD:
            who = str(row["pid"]) if row["kind"] == "session" else f"prepared transaction {bare(str(row['name']))}"
            return who, age
    return None


def held_by(row: Row, moment: Moment) -> tuple[str, float] | None:
    """The holder, where a vacuum of this table ended since it holds and the dead rows are still too many."""
    found = table_set(moment)
    held, done = holder(moment), found.vacuum(row)
    if held is None or done is None or (found.due(row) or 0) < 1 or done >= held[1]:
        return None
    return held


def _ago(done: Done | None) -> str:
    if done is None:
        return "not known"
    if done.who == "now":
        return "runs now"
    if done.never:
        return "never"
    return f"{units.age(done)} ago by {'autovacuum' if done.who == 'auto' else 'hand'}"


def sentence(row: Row, moment: Moment) -> str:
    """The line about the row under the cursor: the worst that is known of it, then what holds anyway."""
    found, table = table_set(moment), name(row, moment)
    due, threshold = found.due(row), found.limits(row).get("vacuum_threshold")
    dead, vacuum_pid = units.count(found.dead_rows(row)), found.activity(row)["vacuum_pid"]
    vacuum, analyze = found.vacuum(row), found.analyze(row)
    if managed(row):
        who = f"extension {bare(row['extension'])}" if row["extension"] else "the platform"
        return f"{table} is looked after by {who}"
    if vacuum_pid is not None:
        return f"{table} is vacuumed now by {vacuum_pid}; 8 Progress shows how far"
    if row["kind"] == "partitioned":
        return f"{table} is partitioned: rows and sizes are those of its partitions; analyzed {_ago(analyze)}"
    if due is not None and due >= 1:
        return f"{table} {dead} dead, threshold {units.count(threshold)}; {_late(row, moment)}"
    never = vacuum is not None and vacuum.never and analyze is not None and analyze.never
    if never and (found.rows_known(row) or 0) >= LARGE:
        return f"{table} was never vacuumed nor analyzed: the planner guesses"
    if xid_mark(row, moment):
        return f"{table} has transactions {_freeze(row, found)}"
    if bloat_mark(row, moment):
        return f"{table} {share_words(found.bloat(row))} bloat: a rewrite would save {size_words(found.wasted(row))}"
    if (found.insert_due(row) or 0) >= 1:
        limit = units.count(found.limits(row).get("insert_threshold"))
        return f"{table} {units.count(found.activity(row)['inserted_rows'])} inserted since its last vacuum, threshold {limit}"
    if seq_mark(row, moment):
        return f"{table} is read as a whole {units.rate(seq_scan_rate(row, moment))} times a second"
    if threshold is None or found.dead_rows(row) is None:
        return f"{table} {units.count(found.live(row))} rows, {size_words(found.size(row))}"
    return f"{table} {dead} dead, autovacuum comes at {units.count(threshold)}; vacuum {_ago(vacuum)}"


def _late(row: Row, moment: Moment) -> str:
    """Why autovacuum is late: who holds it, that it is off, or that it is busy."""
    held = held_by(row, moment)
    if held:
        return f"vacuum removes none while {held[0]} holds xmin"
    if table_set(moment).limits(row).get("autovacuum_enabled") is False:
        return "autovacuum is off for it"
    return "autovacuum comes when a worker is free"


def _freeze(row: Row, found: TableSet) -> str:
    limits = found.limits(row)
    return (
        f"{units.count(limits.get('xid_age'))} old, {units.whole_percent(found.freeze_due(row))} of the age they are "
        f"frozen at ({units.count(limits.get('freeze_max_age'))})"
    )


def next_step(row: Row, moment: Moment) -> str:
    """What to do about this table, the mildest that helps."""
    found = table_set(moment)
    if managed(row):
        return "nothing: it is looked after by the platform"
    if found.activity(row)["vacuum_pid"] is not None:
        return "wait; 8 Progress shows how far it is"
    late = (found.due(row) or 0) >= 1
    held = held_by(row, moment)
    if held:
        return f"end {held[0]} first, then (V) VACUUM"
    if late and found.limits(row).get("autovacuum_enabled") is False:
        return "(V) VACUUM, and switch autovacuum on for it again"
    if late or (found.insert_due(row) or 0) >= 1:
        return "(V) VACUUM; reads and writes go on"
    analyze = found.analyze(row)
    if analyze is not None and analyze.never and (found.rows_known(row) or 0) >= LARGE:
        return "(V) VACUUM ANALYZE: the planner has no statistics"
    if xid_mark(row, moment):
        return "(V) VACUUM FREEZE; reads and writes go on"
    if bloat_mark(row, moment):
        share = found.bloat(row)
        if share is not None and not share.measured:
            return f"a measures it exactly (reads up to {units.size(found.heap_size(row))}), then a rewrite"
        return "(V) VACUUM FULL, which blocks everybody meanwhile"
    return "nothing is due"


def maintenance(row: Row, moment: Moment) -> list[Fact]:
    """Rows, vacuum, analyze, bloat, freezing."""
    found = table_set(moment)
    limits, activity = found.limits(row), found.activity(row)
    threshold, analyze_at = limits.get("vacuum_threshold"), limits.get("analyze_threshold")
    dead = f"{units.count(activity['dead_rows'])} beside {units.count(found.live(row))} live"
    if limits.get("autovacuum_enabled") is False and row["kind"] not in ("partitioned", "temporary"):
        dead += f"; autovacuum is off for it, else it came at {units.count(threshold)}"
    elif threshold is not None:
        dead += f"; autovacuum starts at {units.count(threshold)}"
    vacuum = _ago(found.vacuum(row))
    held = held_by(row, moment)
    if held:
        vacuum += f"; {held[0]} holds xmin for {units.age(held[1])}"
    insert_at = limits.get("insert_threshold")
    if insert_at is not None and activity["inserted_rows"] is not None:
        vacuum += f"; {units.count(activity['inserted_rows'])} inserted since of {units.count(insert_at)}"
    analyze = _ago(found.analyze(row))
    if activity["modified_rows"] is not None:
        analyze += f"; {units.count(activity['modified_rows'])} changed since"
        analyze += f" of {units.count(analyze_at)}" if analyze_at is not None else ""
    facts = [("dead", dead), ("vacuum", vacuum), ("analyze", analyze), ("bloat", bloat_words(row, moment))]
    if limits.get("xid_age") is not None:
        facts.append(("freeze", _freeze(row, found)))
    return facts


def bloat_words(row: Row, moment: Moment) -> str:
    """Bloat with its method and the age of what it rests on, or why there is no number."""
    found = table_set(moment)
    share, known = found.bloat(row), found.bloat_row(row)
    if share is not None and known is not None:
        saved = f"{share_words(share)}, {size_words(found.wasted(row)).lstrip('≈')}"
        if share.measured:
            return f"{saved}, measured at {units.clock(known['measured_at'])} by pgstattuple"
        return f"{saved} by statistics {units.age(known['statistics_age'])} old; a measures it exactly"
    match found.bloat_by(row):
        case "grant":
            return "not estimated: this role cannot read it"
        case "never":
            return "not estimated: no statistics, ANALYZE first"
        case "locked":
            return "not estimated: its pages cannot be counted behind a lock"
        case "stale":
            return "not estimated: much changed since ANALYZE"
        case "small":
            return "not estimated: under 1 MB"
        case _:
            return "not known"


def storage(row: Row, moment: Moment) -> list[Fact]:
    """What to do next, sizes, activity, what it is."""
    found = table_set(moment)
    inner = found.inner(row)
    count = f" in {inner['indexes']}" if inner is not None else ""
    of = "now" if found.exact_size(row) else "when last vacuumed"
    of += ", as it is locked" if found.locked(row) else ""
    size = (
        f"{size_words(found.size(row))}: heap {units.size(found.heap_size(row))}, toast {units.size(found.toast_size(row))}, "
        f"indexes {units.size(found.index_size(row))}{count}, {of}"
    )
    if row["kind"] == "partitioned":
        size = "that of its partitions"
    writes = ", ".join(
        f"{units.rate(per_second(counter)(row, moment))} {counter}" for counter in ("inserted", "updated", "deleted")
    )
    hot = hot_share(row, moment)
    reads = (
        f"{units.rate(seq_scan_rate(row, moment))} sequential, {units.rate(idx_scan_rate(row, moment))} index scans a second; "
        f"{units.hit(hit_share(row, moment))} found"
    )
    what = str({"matview": "materialized view", "partitioned": "partitioned table"}.get(row["kind"], row["kind"]))
    what += f" of {bare(row['owner'])}" if row["owner"] else ""
    if row["extension"]:
        what += f", part of extension {bare(row['extension'])}"
    return [
        ("next", next_step(row, moment)),
        ("size", size),
        (
            "writes",
            f"{writes} a second" + (f", {units.whole_percent(hot)} hot" if hot is not None else ""),
        ),
        ("reads", reads),
        ("kind", what),
    ]
