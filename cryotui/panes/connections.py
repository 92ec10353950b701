"""Connections: who takes how many of what there is room for."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cryotui.model import units
from cryotui.model.layout import WIDE
from cryotui.model.pane import FILL, Block, Column, Line, Mark, Moment, Pane, Prose, Role, Rule, Table, View, worst
from cryotui.model.sample import Row
from cryotui.model.tabs import tab
from cryotui.model.text import cells, cut, fit, one_line
from cryotui.panes.absent import absent_blocks, absent_line
from cryotui.panes.connection_groups import Limit, groups, limits, reading
from cryotui.panes.session_columns import COLUMNS as SESSION_COLUMNS
from cryotui.panes.sessions import sessions
from cryotui.panes.thresholds import judge, limit

# Defaults of chapter 4 of the screens: shares of the nearest limit, seconds, sessions a second.
USED = (0.8, 0.95)
IDLE_IN_TRANSACTION_AGE = (60.0, float("inf"))
NEW = (5.0, float("inf"))

SHOWN_LIMITS = 3
SIGNS: dict[Mark, str] = {"bad": "■", "watch": "▲", "unknown": "?", "info": "●", "good": "✓"}


def _name(row: Row, moment: Moment) -> str:
    name = one_line(str(row["name"]))
    return f"{name} (this)" if row.get("own") and row.get("by") == "app" else name


def _connections_mark(row: Row, moment: Moment) -> Mark | None:
    return judge(row.get("share"), limit(moment, "connections.used", *USED))


def _idle_mark(row: Row, moment: Moment) -> Mark | None:
    if row.get("blocking"):
        return "bad"
    limits = limit(moment, "connections.idle_in_transaction_age", *IDLE_IN_TRANSACTION_AGE)
    return judge(row.get("idle_in_transaction_age"), limits)


def _new_mark(row: Row, moment: Moment) -> Mark | None:
    return judge(row.get("new"), limit(moment, "connections.new", *NEW))


def _bar(width: int) -> Any:
    return lambda share: units.bar(share, width)


COLUMNS = (
    Column("name", "app", 16, 30, _name, align="L", ascending=True, about="What the sessions are grouped by."),
    Column(
        "connections", "conns", 6, 6, form=units.count, mark=_connections_mark,
        about="Sessions of clients, this console's own among them: it takes a connection like any other. Marked from 80% of "
        "the nearest limit on.",
    ),
    Column(
        "share", "share", 15, 30, form=_bar(15), align="L", leaves=1,
        about="Its part of the limit that is nearest to being reached, of the server, a database or a role.",
    ),
    Column("active", "active", 6, 6, form=units.count, about="Run a statement. Unknown where states are hidden."),
    Column("waiting", "wait", 4, 4, form=units.count, about="Wait for a lock; a part of active."),
    Column("idle", "idle", 4, 4, form=units.count, about="Wait for their client, outside a transaction."),
    Column(
        "idle_in_transaction", "idle-tx", 7, 7, form=units.count, mark=_idle_mark,
        about="Wait for their client with a transaction open. Bad while one of them holds up others.",
    ),
    Column("oldest", "oldest", 6, 6, form=units.age, leaves=2, about="For how long the oldest of them is connected."),
    Column(
        "new", "per s", 5, 5, form=units.rate, leaves=3, mark=_new_mark,
        about="New sessions a second: those begun in the last minute and still there. Who came and went within it is not seen.",
    ),
)  # fmt: skip
_WIDE_COLUMNS = tuple(replace(column, form=_bar(30)) if column.name == "share" else column for column in COLUMNS)
_NARROW_COLUMNS = (replace(COLUMNS[0], narrow=FILL), COLUMNS[1], COLUMNS[3], COLUMNS[6])

LIMIT_COLUMNS = (
    Column("name", "limit of", 16, 30, align="L", ascending=True, about="The server, a database or a role."),
    Column("kind", "kind", 8, 10, align="L", leaves=1, about="What is limited."),
    Column(
        "used", "used", 6, 6, form=units.count, mark=_connections_mark, about="Sessions that count against the limit."
    ),
    Column("limit", "limit", 6, 6, form=units.count, about="How many there may be."),
    Column("share", "share", 15, 30, form=_bar(15), align="L", leaves=2, about="Used of the limit."),
    Column("about", "", 20, 40, align="L", about="Where the limit comes from."),
)
_WIDE_LIMIT_COLUMNS = tuple(
    replace(column, form=_bar(30)) if column.name == "share" else column for column in LIMIT_COLUMNS
)
_NARROW_LIMIT_COLUMNS = (replace(LIMIT_COLUMNS[0], narrow=FILL), LIMIT_COLUMNS[2], LIMIT_COLUMNS[3])


def _count_of(by: str) -> Any:
    return lambda moment: len(groups(moment, by)) if moment.rows("activity") else None


VIEWS = (
    View("app", "App", sort="connections", count=_count_of("app"), about="By application_name."),
    View("user", "User", sort="connections", count=_count_of("user"), about="By role."),
    View("database", "Database", sort="connections", count=_count_of("database"), about="By database."),
    View("client", "Client", sort="connections", count=_count_of("client"), about="By the client's address."),
    View("state", "State", sort="connections", count=_count_of("state"), about="By what they do."),
    View(
        "limits", "Limits", sort="share", count=lambda moment: len(moment.rows("limits")), about="Every limit there is."
    ),
)


def blocks(moment: Moment, width: int) -> list[Block]:
    """The limits, the groups of the view, and what the biggest group's numbers say."""
    missing = moment.missing("activity")
    if missing:
        return absent_blocks("Connections", missing, width)
    all_limits = limits(moment)
    view = PANE.view(moment.view)
    by = view.name if view else "app"
    wide = width >= WIDE
    if by == "limits":
        rows: list[Row] = [
            {
                "name": one.name,
                "kind": one.kind,
                "used": one.used,
                "limit": one.limit,
                "share": one.share,
                "about": one.about,
            }
            for one in all_limits
        ]
        columns = _WIDE_LIMIT_COLUMNS if wide else LIMIT_COLUMNS if width >= 60 else _NARROW_LIMIT_COLUMNS
        return [Table("limits", columns, rows, ("kind", "name"), empty="No limit was read.")]
    nearest = all_limits[0] if all_limits else None
    found = groups(moment, by)
    columns = _WIDE_COLUMNS if wide else COLUMNS if width >= 60 else _NARROW_COLUMNS
    columns = (replace(columns[0], title=by), *columns[1:])
    above: list[Block] = [Prose(tuple(_limit_lines(all_limits, moment, width))), Prose(((("", "text"),),))]
    missing_limits = moment.missing("limits")
    if missing_limits:
        above = [Prose((absent_line("Limits", missing_limits, width),))]
    table = Table(
        "groups",
        columns,
        [group.as_row(by, nearest, moment) for group in found],
        ("by", "name"),
        empty="No client is connected.",
    )
    below: list[Block] = []
    if found and not (len(found) == 1 and len(found[0].rows) == 1):
        text = reading(found[0], moment, nearest)
        lines: list[Line] = [(("", "text"),)]
        lines += [(("   " + part, "quiet"),) for part in textwrap.wrap(text, min(width, 120) - 4)]
        below = [Prose(tuple(lines))]
    return [*above, table, *below]


def _limit_lines(all_limits: Sequence[Limit], moment: Moment, width: int) -> list[Line]:
    """A line for each of the nearest limits: name, used of limit, a bar, where the limit comes from."""
    shown = all_limits[:SHOWN_LIMITS]
    if shown and all(one.kind != "server" for one in shown):
        shown = [*shown[:-1], next(one for one in all_limits if one.kind == "server")]
    names = min(max((cells(one.name) for one in shown), default=0), 20)
    numbers = [f"{one.used} of {one.limit}" for one in shown]
    middle = max(map(cells, numbers), default=0)
    ends = max((cells(one.about) for one in shown), default=0) if width >= 60 else 0
    room = max(min(width - 1 - names - 1 - middle - 2 - 1 - ends - 1, 80), 8)
    lines: list[Line] = []
    for one, number in zip(shown, numbers, strict=True):
        mark = judge(one.share, limit(moment, "connections.used", *USED))
        role: Role = mark if mark in ("bad", "watch") else "text"
        lines.append(
            (
                (SIGNS[mark] if mark else " ", role),
                (fit(one.name, names) + " " + fit(number, middle) + "  ", role),
                (units.bar(one.share, room), role),
                (" " + one.about if ends else "", "quiet"),
            )
        )
    return lines


def line(row: Row, moment: Moment) -> str:
    """The sentence about the row under the cursor: its part of a limit, and from where its sessions come."""
    if "used" in row.keys():  # noqa: SIM118  a row of the view Limits
        left = max(int(row["limit"]) - int(row["used"]), 0)
        return f"{row['name']}: {row['used']} of {row['limit']}, {left} left; {row['about']}"
    group = row["group"]
    by = row["by"]
    other = "client" if by != "client" else "app"
    parts = Counter(one[other] or ("hidden" if one["masked"] else "no name") for one in group.rows).most_common(2)
    held = ", ".join(f"{name} holds {number}" for name, number in parts)
    kind = {"user": "role", "database": "database"}.get(by)
    own = next((one for one in limits(moment) if (one.kind, one.name) == (kind, group.name)), None)
    of = f" of limit {own.limit}" if own else ""
    return f"{group.name} {len(group.rows)}{of}; {held}"


def detail(row: Row, moment: Moment, width: int) -> Sequence[Block]:
    """From where the sessions of one group come, and the sessions themselves."""
    if "group" not in row.keys():  # noqa: SIM118
        return ()
    group = row["group"]
    lines: list[Line] = []
    for other in ("user", "database", "client", "app"):
        if other != row["by"]:
            parts = Counter(
                str(one[other] or ("hidden" if one["masked"] else "no name")) for one in group.rows
            ).most_common(6)
            text = "   ".join(f"{one_line(name)} {number}" for name, number in parts)
            lines.append(((fit(f"   {other}", 14), "quiet"), (cut(text, width - 15), "text")))
    oldest_first = sorted(group.rows, key=lambda one: -(one["backend_age"] or 0))
    said = textwrap.wrap(reading(group, moment, next(iter(limits(moment)), None)), width - 4)
    return [
        Prose(tuple((("   " + part, "text"),) for part in said)),
        Rule("FROM WHERE", f"{len(group.rows)} sessions"),
        Prose(tuple(lines)),
        Rule("SESSIONS", "oldest first"),
        Table("sessions", SESSION_COLUMNS, oldest_first, ("pid", "backend_start"), main=False),
    ]


def _worst(moment: Moment) -> Mark | None:
    if moment.missing("activity"):
        return "unknown"
    all_limits = limits(moment)
    nearest = all_limits[0] if all_limits else None
    marks: list[Mark | None] = [judge(nearest.share, limit(moment, "connections.used", *USED)) if nearest else None]
    for group in groups(moment, "app"):
        row = group.as_row("app", nearest, moment)
        marks += [_idle_mark(row, moment), _new_mark(row, moment)]
    return worst(marks)


def _footnote(moment: Moment) -> str:
    masked = sessions(moment).masked
    return f"What {masked} sessions do is hidden: {moment.server.user} lacks pg_read_all_stats." if masked else ""


PANE = Pane(
    tab=tab("connections"),
    about="Connections by application, role, database, client and state, against the limits there are.",
    probes=("activity", "limits"),
    blocks=blocks,
    views=VIEWS,
    sort="connections",
    line=line,
    detail=detail,
    worst=_worst,
    footnote=_footnote,
)
