"""What a wide Overview shows besides verdicts and vitals: by what sessions wait, chain, connections, what runs, log, audit."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from cryotui.model import units
from cryotui.model.layout import Placed, row_marks, row_spans
from cryotui.model.pane import Block, Line, Moment, Prose, Role, Rule, Span, worst
from cryotui.model.sample import Row
from cryotui.model.text import cells, cut, fit, one_line
from cryotui.panes import action_log
from cryotui.panes import session_words as words
from cryotui.panes.connection_groups import groups, limits
from cryotui.panes.locktree import chain_rows
from cryotui.panes.overview_audit import audit_lines, audit_note
from cryotui.panes.session_columns import COLUMNS
from cryotui.panes.sessions import active, client, in_transaction, maintenance, sessions
from cryotui.panes.vital_grid import SIGNS, bucketed
from cryotui.panes.vital_points import WAITS, waiting_points

BESIDE = 190
"""From this width on the side stands beside the body."""

BODY = 122
"""Cells of the body then; the side takes the rest."""

_CHAIN = tuple(
    Placed(column, width)
    for name, width in (("pid", 13), ("app", 11), ("doing", 20), ("age", 6))
    for column in COLUMNS
    if column.name == name
)


def waiting_lines(moment: Moment, width: int) -> list[Line]:
    """A line for each kind of wait: how many sessions now, and the last minutes."""
    points = waiting_points(moment)
    room = width - 28 - 1
    lines: list[Line] = []
    for label, name in WAITS:
        series = moment.history.get(name, ())
        value = units.count(points[name])
        role: Role = "quiet" if value in ("0", units.UNKNOWN) else "text"
        known = [one for one in series if one is not None]
        flat = not known or max(known) == min(known)
        spark = units.sparkline(bucketed(series, room), room)
        head = fit(label, 22 - cells(value))
        lines.append((("   " + head + " ", "text"), (value, role), ("  " + spark, "quiet" if flat else "text")))
    return lines


def beside(body: Sequence[Block], side: Sequence[Line], width: int, double: bool) -> list[Block]:
    """The body's blocks with the side's lines at their right; rules are drawn here, as wide as the body."""
    lines = list(side)
    found: list[Block] = []
    for block in body:
        if isinstance(block, Rule):
            block = Prose((rule(block.title, block.note, BODY - 1, double),))
        if not isinstance(block, Prose):
            found.append(block)
            continue
        taken, lines = lines[: len(block.lines)], lines[len(block.lines) :]
        joined = tuple(_joined(left or (), right or (), width) for left, right in zip_longest(block.lines, taken))
        found.append(Prose(joined, block.key, block.row, block.mark))
    if lines:
        found.append(Prose(tuple(_joined((), line, width) for line in lines)))
    return found


def _joined(left: Line, right: Line, width: int) -> Line:
    used = sum(cells(text) for text, _ in left)
    spans: list[Span] = []
    room = BODY
    for text, role in left:
        part = cut(text, room, "")
        spans.append((part, role))
        room -= cells(part)
    spans.append((" " * max(BODY - used, 0) + "│", "rule"))
    return (*spans, *right)


def rule(title: str, note: str, width: int, double: bool) -> Line:
    """A section's title on a rule of its own width: double on a protected target, single elsewhere."""
    line = "═" if double else "─"
    title, note = f" {title} ", f" {note} " if note else ""
    fill = max(width - cells(title) - cells(note) - 1, 0)
    return (title, "primary"), (line * fill, "rule"), (note, "quiet"), (line, "rule")


def side_lines(moment: Moment, width: int, double: bool) -> list[Line]:
    """The lines of the side: sections that have something to say, one under the other."""
    sections: list[tuple[str, str, list[Line]]] = [
        ("CHAIN", f"{len(sessions(moment).graph.chained)} sessions", _chain(moment, width)),
        ("CONNECTIONS", _room(moment), _connections(moment, width)),
        ("RUNNING", "maintenance and dumps", _running(moment, width)),
        ("LATEST", "actions from this host", _latest(moment, width)),
        ("AUDIT", audit_note(moment), audit_lines(moment, width)),
    ]
    lines: list[Line] = []
    for title, note, content in sections:
        if content:
            lines += [((" ", "text"), *rule(title, note, width - 1, double)), *content]
    return lines


def _chain(moment: Moment, width: int) -> list[Line]:
    """The chains as the tree has them, each many alike as one line, nine lines at most."""
    graph = sessions(moment).graph
    if not graph.chained:
        return []
    rows = chain_rows(graph, moment.unfolded, 1, moment.rows("prepared"))
    columns = [place.column for place in _CHAIN]
    lines: list[Line] = []
    for row in rows[:9]:
        marks = row_marks(columns, row, moment)
        mark = worst(list(marks.values()))
        sign, role = SIGNS[mark] if mark else (" ", "text")
        text = "" if row.get("more") else words.statement(row, moment)
        lines.append((
            ("  ", "text"), (sign, role), (" ", "text"), *row_spans(_CHAIN, row, moment, marks),
            ("  " + cut(text, max(width - 60, 4)), "quiet"),
        ))  # fmt: skip
    if len(rows) > 9:
        lines.append(((f"    and {len(rows) - 9} lines more", "quiet"),))
    return lines


def _room(moment: Moment) -> str:
    server = next((one for one in limits(moment) if one.kind == "server"), None)
    return f"{server.used} of {server.limit}, {server.about}" if server else ""


def _connections(moment: Moment, width: int) -> list[Line]:
    """The biggest applications with a bar of the server's limit and what their sessions do."""
    server = next((one for one in limits(moment) if one.kind == "server"), None)
    lines: list[Line] = []
    for group in groups(moment, "app")[:4]:
        share = len(group.rows) / server.limit if server and server.limit else None
        counts = [
            (group.count(active), "active"),
            (group.count(lambda row: row["state"] == "idle"), "idle"),
            (group.count(in_transaction), "idle-tx"),
        ]
        does = "  ".join(f"{number} {word}" for number, word in counts if number)
        lines.append(
            (
                (f"   {fit(one_line(group.name), 12)}{len(group.rows):>5}  ", "text"),
                (units.bar(share, 24), "text"),
                ("  " + cut(does, width - 46), "quiet"),
            )
        )
    return lines


def _running(moment: Moment, width: int) -> list[Line]:
    """Maintenance and dumps that run now, longest first."""
    rows = [row for row in sessions(moment).rows if _long_by_nature(row)]
    rows.sort(key=lambda row: -(row["query_age"] or 0))
    return [
        (
            (f"   {fit(words.app_word(row) or '-', 12)}{fit(units.age(row['query_age']), 7, 'R')}  ", "text"),
            (cut(words.statement(row, moment), width - 25), "quiet"),
        )
        for row in rows[:4]
    ]


def _long_by_nature(row: Row) -> bool:
    kind = row["backend_type"]
    return (client(row) or kind == "autovacuum worker") and active(row) and maintenance(row) and not row["own"]


def _latest(moment: Moment, width: int) -> list[Line]:
    """The newest actions of the log with how they ended."""
    lines: list[Line] = []
    for row in list(action_log.entries(moment))[:5]:
        mark = action_log.VERDICT_MARKS.get(row["verdict"])
        sign, role = SIGNS[mark] if mark else (" ", "text")
        text = f"{units.clock(row['time'])}  {cut(row['who'], 12)}  {action_log.log_line(row)}"
        lines.append(((f"  {sign} ", role), (cut(text, width - 5), "text")))
    return lines
