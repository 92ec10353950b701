"""A statement that runs far longer than a client waits; maintenance and dumps, long by nature, are left out."""

from __future__ import annotations

from cryotui.diagnosis.search import Found, NotChecked, Search, app_of, fitted, graded, verb
from cryotui.model import units
from cryotui.model.cause import Cause, Next
from cryotui.model.pane import Moment
from cryotui.model.sample import Row
from cryotui.model.secrets import redact
from cryotui.model.sqlformat import without_literals
from cryotui.model.text import one_line

WATCH, BAD = 900.0, 7200.0
"""Seconds. A column marks from one minute on; a verdict is said where hardly any client still waits for the answer."""

MAINTENANCE = (
    "VACUUM",
    "ANALYZE",
    "CREATE INDEX",
    "CREATE UNIQUE",
    "REINDEX",
    "CLUSTER",
    "REFRESH",
    "COPY",
    "START_REPLICATION",
)


def _find(moment: Moment) -> Found:
    rows = moment.rows("activity")
    if any(row["masked"] and row["database"] is not None for row in rows):
        return NotChecked(f"statements are hidden from {moment.server.user}")
    old = sorted((row for row in rows if _long(row)), key=lambda row: -row["query_age"])
    if not old:
        return []
    first = old[0]
    mark = graded(first["query_age"], WATCH, BAD)
    assert mark is not None
    text = one_line(str(first["query"]))
    others = f"; {len(old) - 1} more like it" if len(old) > 1 else ""
    return [
        Cause(
            name=f"long_statement {first['pid']}",
            mark=mark,
            sentence=fitted(
                f"{verb(first)} of pid {first['pid']} ({app_of(first)}) runs for {units.age(first['query_age'])}{others}"
            ),
            why=fitted(redact(without_literals(text) if moment.settings.redact else text)),
            next=(Next("C", f"cancel {first['pid']}", first), Next("Enter", "active")),
            row=first,
            evidence=("activity", "active"),
            weight=float(first["query_age"]),
            culprit=first["pid"],
            yields=True,
        )
    ]


def _long(row: Row) -> bool:
    if row["backend_type"] != "client backend" or row["state"] != "active" or row["wait_type"] == "Lock" or row["own"]:
        return False
    text = str(row["query"] or "").lstrip().upper()
    return (row["query_age"] or 0) >= WATCH and not text.startswith(MAINTENANCE)


SEARCH = Search("long statements", ("activity",), _find)
