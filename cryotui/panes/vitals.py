"""The vitals of a server: what each says and when it is marked."""

from __future__ import annotations

from collections.abc import Sequence

from cryotui.model import units
from cryotui.model.cause import Cause
from cryotui.model.pane import Mark, Moment, worst
from cryotui.model.sample import Row
from cryotui.model.slot import kept_mark
from cryotui.model.thresholds import judge, limits
from cryotui.panes.overview_backups import newest_backup_vital, proved_restore_vital
from cryotui.panes.vital_grid import Vital
from cryotui.panes.vital_points import growth, points

XID_LIMIT = 2**31
"""Transaction ids are compared modulo 2^32: so many may be in the past."""


def room(vitals: Row) -> int:
    """How many connections ordinary roles may have."""
    return int(vitals["max_connections"] - vitals["superuser_reserved_connections"] - vitals["reserved_connections"])


def left_column(moment: Moment, vitals: Row, wide: bool) -> list[Vital]:
    """What the server does: work a second, its caches, its log, its copies, its size."""
    now = points(moment)
    history = moment.history
    most = room(vitals)
    connections = vitals["connections"]
    used = limits(moment.settings, "connections.used")

    def per_second(label: str, name: str, form: object = units.rate) -> Vital:
        assert callable(form)
        text = form(now[name])
        return Vital(label, text if text == units.UNKNOWN else f"{text}/s", history.get(name, ()), form=form)

    share = connections / most if most > 0 else None
    rows = [
        per_second("transactions", "transactions"),
        Vital(
            "connections", f"{connections}/{most}", history.get("connections", ()), mark=judge(share, used), form=units.count
        ),
        Vital(
            "cache hit", units.hit(now["cache_hit"]), history.get("cache_hit", ()), mark=_by_cause(moment, "cache_hit"),
            form=units.hit,
        ),
        Vital("p95 ≈", units.UNKNOWN, words="not known: i", wide_words="no percentile is kept; i says why"),
        per_second("WAL", "wal", units.size_rate),
        per_second("temp files", "temp_files"),
        Vital(
            "rolled back", units.percent(now["rolled_back"]), history.get("rolled_back", ()),
            mark=_by_cause(moment, "rollbacks"), form=units.percent,
        ),
    ]  # fmt: skip
    if wide:
        rows += [per_second("rows read", "rows_read"), per_second("rows written", "rows_written")]
    return [*rows, _standby(moment, vitals), _slots(moment), _database(moment)]


def right_column(moment: Moment, vitals: Row, wide: bool) -> list[Vital]:
    """What goes on inside: sessions, the oldest transaction and xid, vacuum, checkpoints, archive, backups."""
    history = moment.history
    blocked = vitals["blocked"]
    rows = [
        Vital("active", units.count(vitals["active"]), history.get("active", ()), form=units.count),
        Vital(
            "blocked",
            units.count(blocked),
            history.get("blocked", ()),
            mark=_by_cause(moment, "lock_queue"),
            form=units.count,
        ),
        _oldest_transaction(moment, vitals),
        _oldest(moment, "oldest xid", vitals["oldest_xid_age"], "wraparound xid"),
    ]
    if wide:
        rows.append(_oldest(moment, "multixact", vitals["oldest_multixact_age"], "wraparound multixact"))
    rows += [
        _autovacuum(vitals),
        _checkpoints(moment),
        _deadlocks(moment, vitals),
        _archiver(moment),
        newest_backup_vital(moment),
        proved_restore_vital(),
    ]
    if wide:
        rows.append(Vital("host", units.UNKNOWN, words="not visible by SQL"))
    return rows


def causes(moment: Moment) -> Sequence[Cause]:
    """The causes that were found for this moment."""
    found: Sequence[Cause] = moment.extra.get("causes") or ()
    return found


def _by_cause(moment: Moment, name: str) -> Mark | None:
    """The mark of the causes whose names begin so: a vital carries the mark of the verdict about it."""
    return worst([cause.mark for cause in causes(moment) if cause.name.startswith(name)])


def _standby(moment: Moment, vitals: Row) -> Vital:
    """The standby that is furthest behind; on a standby, how far this one is."""
    if vitals["in_recovery"]:
        age = vitals["replay_age"]
        lag = limits(moment.settings, "replication.replay_lag")
        return Vital(
            "replay behind", units.age(age), moment.history.get("replay_age", ()), mark=judge(age, lag), form=units.age
        )
    if moment.missing("replication"):
        return Vital("standby", units.UNKNOWN, words="not readable", mark="unknown")
    if "replication" not in moment.samples:
        return Vital("standby", units.UNKNOWN)
    rows = [row for row in moment.rows("replication") if row["state"] != "backup"]
    if any(row["masked"] for row in rows):
        return Vital("standby", units.UNKNOWN, words="hidden", mark="unknown")
    if not rows:
        return Vital("standby", "none", words="")
    last = max(rows, key=lambda row: (row["lag"] or 0, row["behind"] or 0))
    others = len(rows) - 1
    mark = judge(last["lag"], limits(moment.settings, "replication.replay_lag"))
    name = str(last["app"] or "")
    label = name if name.startswith("standby") else f"standby {name}".rstrip()
    return Vital(label, units.age(last["lag"]), words=last["state"] + (f" +{others}" if others else ""), mark=mark,
                 wide_words=last["state"] + (f", {others + 1} in all" if others else ""))  # fmt: skip


def _slots(moment: Moment) -> Vital:
    """The most WAL that a slot keeps, of what it may."""
    if moment.missing("slots"):
        return Vital("slots keep", units.UNKNOWN, words="not readable", mark="unknown")
    if "slots" not in moment.samples:
        return Vital("slots keep", units.UNKNOWN)
    rows = [row for row in moment.rows("slots") if row["retained"] is not None]
    if not rows:
        return Vital("slots keep", "0", words="no slots")
    most = max(rows, key=lambda row: row["retained"])
    keep = most["keep_limit"]
    mark = worst([kept_mark(most, moment), _by_cause(moment, "slot_retention")])
    return Vital(
        "slots keep", units.size(most["retained"]), words=f"of {units.size(keep)}" if keep else "no limit", mark=mark
    )


def _database(moment: Moment) -> Vital:
    """The connected database's size, and that of all together."""
    rows = moment.rows("database_size")
    here = next((row["size"] for row in rows if row["connected"]), None)
    known = [row["size"] for row in rows if row["size"] is not None]
    if not rows:
        return Vital("database", units.UNKNOWN)
    size = units.size(sum(known))
    if len(known) == len(rows):
        return Vital("database", units.size(here), words=f"{size} in all")
    part = f"{size} in {len(known)} of {len(rows)}"
    return Vital("database", units.size(here), words=f"≥{size} all", wide_words=part)


def _oldest_transaction(moment: Moment, vitals: Row) -> Vital:
    age = vitals["oldest_transaction_age"]
    if age is None:
        if vitals["masked"]:
            return Vital("oldest trans", units.UNKNOWN, words="hidden", mark="unknown")
        return Vital("oldest trans", "none")
    mark = judge(age, limits(moment.settings, "activity.transaction_age"))
    state = str(vitals["oldest_transaction_state"] or "").replace("idle in transaction", "idle-tx")
    return Vital(
        "oldest trans", units.age(age), words=f"pid {vitals['oldest_transaction_pid']}", mark=mark,
        wide_words=f"pid {vitals['oldest_transaction_pid']}, {state}",
    )  # fmt: skip


def _oldest(moment: Moment, label: str, age: int | None, cause: str) -> Vital:
    share = None if age is None else age / XID_LIMIT
    used = units.percent(share)
    return Vital(
        label, units.count(age), words=f"{used} used", mark=_by_cause(moment, cause), wide_words=f"{used} of 2.1G"
    )


def _autovacuum(vitals: Row) -> Vital:
    workers, freezing = vitals["autovacuum_workers"], vitals["wraparound_workers"]
    if workers is None:
        return Vital("autovacuum", units.UNKNOWN, words="hidden", mark="unknown")
    return Vital(
        "autovacuum", f"{workers} of {vitals['autovacuum_max_workers']}", words=f"{freezing} to freeze",
        mark="info" if freezing else None, wide_words=f"{freezing} to prevent wraparound",
    )  # fmt: skip


def _checkpoints(moment: Moment) -> Vital:
    """How often one came since the statistics were reset, and how many of the last minutes were forced."""
    row = moment.one("checkpoints")
    if row is None:
        return Vital("checkpoints", units.UNKNOWN)
    number = (row["timed"] or 0) + (row["requested"] or 0)
    every = row["stats_age"] / number if number and row["stats_age"] else None
    forced = growth(moment.history.get("checkpoints_forced", ()))
    words = f"{units.count(forced)} forced"
    whole = words if forced is not None else f"{units.count(row['requested'])} ever forced"
    return Vital(
        "checkpoints", f"1 in {units.age(every)}" if every else "none", words=words,
        mark=_by_cause(moment, "checkpoints_forced"), wide_words=f"{whole}, last {units.age(row['last_checkpoint_age'])} ago",
    )  # fmt: skip


def _deadlocks(moment: Moment, vitals: Row) -> Vital:
    """Those of the last minutes, and how many there were since the counters were reset."""
    total, age = vitals["deadlocks"], vitals["stats_age"]
    now = 0 if total == 0 else growth(moment.history.get("deadlocks", ()))
    since = f"in {units.age(age)}" if age is not None else "ever"
    whole = f"none {since}" if total == 0 else f"{units.count(total)} {since}"
    words = since if total == 0 else f"{units.count(total)} in all"
    return Vital("deadlocks", units.count(now), words=words, mark=_by_cause(moment, "deadlocks"), wide_words=whole)


def _archiver(moment: Moment) -> Vital:
    if moment.missing("archiver"):
        return Vital("archiver", units.UNKNOWN, words="unreadable", mark="unknown")
    row = moment.one("archiver")
    if row is None:
        return Vital("archiver", units.UNKNOWN)
    if not row["archives"]:
        return Vital("archiver", "off", words="no archive", wide_words=f"archive_mode is {row['archive_mode']}")
    waiting, age = row["waiting_segments"], row["last_archived_age"]
    mark = worst(
        [
            _by_cause(moment, "archiver_failing"),
            judge(waiting, limits(moment.settings, "backups.waiting")),
        ]
    )
    last = "never" if age is None else f"{units.age(age)} ago"
    good = "none arrived yet" if age is None else f"last good {units.age(age)} ago"
    return Vital("archiver", "fails" if waiting is None and row["failing"] else f"{units.count(waiting)} wait", words=last,
                 mark=mark, wide_words=good)  # fmt: skip
