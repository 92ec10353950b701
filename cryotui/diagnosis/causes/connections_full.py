"""A limit of connections that is nearly reached: of the server, a database or a role, and who holds most of it."""

from __future__ import annotations

from collections import Counter

from cryotui.diagnosis.search import Found, Search, fitted, graded, span
from cryotui.model import units
from cryotui.model.cause import Cause, Next
from cryotui.model.pane import Moment
from cryotui.model.sample import Row
from cryotui.model.thresholds import limits

PACE = 60.0
"""Seconds of history from which a pace is reckoned; below, none is."""


def _find(moment: Moment) -> Found:
    clients = [row for row in moment.rows("activity") if _client(row)]
    found = []
    for limit in moment.rows("limits"):
        cause = _cause(limit, clients, moment)
        if cause:
            found.append(cause)
    return sorted(found, key=lambda cause: -cause.weight)


def _client(row: Row) -> bool:
    if row["masked"]:
        return row["user"] is not None and row["database"] is not None
    return bool(row["backend_type"] == "client backend")


def _cause(limit: Row, clients: list[Row], moment: Moment) -> Cause | None:
    kind, name, most = limit["kind"], limit["name"], limit["connection_limit"]
    field = {"database": "database", "role": "user"}.get(kind)
    held = [row for row in clients if field is None or row[field] == name]
    if most <= 0 or not held:
        return None
    share = len(held) / most
    mark = graded(share, *limits(moment.settings, "connections.used"))
    if mark is None:
        return None
    what = "Connections" if kind == "server" else f"Connections of {kind} {name}"
    pace = _pace(most - len(held), moment) if kind == "server" else ""
    app, number = Counter(str(row["app"] or "hidden") for row in held).most_common(1)[0]
    waiting = sum(1 for row in held if row["app"] == app and row["wait_type"] == "Lock")
    idle = sum(1 for row in held if row["app"] == app and row["state"] == "idle")
    more = f"; {waiting} of them wait for a lock" if waiting else f"; {idle} of them are idle" if idle else ""
    return Cause(
        name=f"connections_full {kind} {name}",
        mark=mark,
        sentence=fitted(f"{what} {len(held)} of {most}{pace}"),
        why=fitted(f"{app} holds {number}{more}"),
        next=(Next("Enter", "by app"),),
        evidence=("connections", "app"),
        weight=1e5 + share,
    )


def _pace(left: int, moment: Moment) -> str:
    """``: full in about 2 min at this pace``, when the series show a steady rise; else nothing."""
    if left <= 0:
        return ": full"
    known = [value for value in moment.history.get("connections", ()) if value is not None]
    seconds = span(moment)
    if len(known) < 10 or seconds < PACE:
        return ""
    half = known[len(known) // 2 :]
    rise = (half[-1] - half[0]) / (seconds / 2)
    if rise <= 0 or half[-1] < max(half) or left / rise > 3600:
        return ""
    return f": full in about {units.age(left / rise)} at this pace"


SEARCH = Search("connections near a limit", ("activity", "limits"), _find)
