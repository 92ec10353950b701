"""WAL that does not reach the archive: no recovery to a moment after the last good segment, and pg_wal fills."""

from __future__ import annotations

from cryotui.diagnosis.search import Found, Search, fitted
from cryotui.model import units
from cryotui.model.cause import Cause, Next
from cryotui.model.pane import Mark, Moment
from cryotui.model.thresholds import limits


def _find(moment: Moment) -> Found:
    row = moment.one("archiver")
    if row is None or not row["archives"]:
        return []
    waiting = row["waiting_segments"]
    many, most = limits(moment.settings, "backups.waiting")
    _, too_long = limits(moment.settings, "backups.failing")
    mark: Mark | None = None
    if row["failing"]:
        since = row["last_archived_age"]
        mark = "bad" if since is None or since >= too_long or (waiting or 0) >= most else "watch"
    elif waiting is not None and waiting >= many:
        mark = "bad" if waiting >= most else "watch"
    if mark is None:
        return []
    last = (
        "none ever arrived"
        if row["last_archived_age"] is None
        else f"last good {units.age(row['last_archived_age'])} ago"
    )
    wait = "" if waiting is None else ": ≈1 WAL segment waits" if waiting == 1 else f": ≈{waiting} WAL segments wait"
    if row["failing"]:
        sentence = f"Archiver fails on {row['last_failed_wal']}{wait}"
        times = "once" if row["failed"] == 1 else f"{row['failed']} times"
        why = f"{last}; failed {times}; the log says why"
    else:
        sentence, why = f"Archiver is behind{wait}", f"{last}; it does not fail, WAL comes faster than it goes"
    return [
        Cause(
            name="archiver_failing",
            mark=mark,
            sentence=fitted(sentence),
            why=fitted(why),
            next=(Next("Enter", "backups"),),
            evidence=("backups", ""),
            weight=2e5 + (waiting or 0),
        )
    ]


SEARCH = Search("archiver", ("archiver",), _find)
