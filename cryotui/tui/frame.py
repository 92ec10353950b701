"""The frame around every pane: header, tabs, the line about the row, the keys. Values in, spans out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from cryotui.model import units
from cryotui.model.pane import Mark
from cryotui.model.record import dataclass
from cryotui.model.server import Server
from cryotui.model.tabs import TABS
from cryotui.model.text import cells, cut
from cryotui.tui.drawn import SIGNS, Drawn

Span = tuple[str, str]
GAP = 2
"""Cells between the two halves of the header."""

UNSEEN = "·"
"""The mark of a tab that was not looked at yet: nothing is known of it, so it is not blank like a healthy one."""
MONITORING = ("pg_monitor", "pg_read_all_stats", "pg_signal_backend", "pg_maintain", "pg_read_all_data")


@dataclass(frozen=True)
class Status:
    """What the header tells."""

    name: str
    protected: bool
    server: Server | None
    where: str  # "db1.lab:5432"
    level: str  # "observe", "operate", "DANGER 9m"
    age: tuple[str, str]  # text and role: ("live 2s", "good")
    alerts: Mapping[Mark, int]
    clock: datetime
    cost: float | None
    encrypted: bool | None
    message: str | None = None  # takes the place of role, database and the like until a key is pressed


def header(status: Status, width: int) -> Drawn:
    """Line 1. What leaves first when narrow: own cost, user, host, uptime, database, minor version, clock, role."""
    right = _right(status, with_clock=True)
    wide = width >= 120
    left: list[tuple[int, Span]] = [(0, (" " + status.name, "bold")), (0, ("  ", "text"))]
    if status.protected:
        left += [(0, ("PROTECTED", "guard")), (0, ("  ", "text"))]
    server = status.server
    if status.message:
        left += [(0, span) for span in _unsafe(status)]
        right = _right(status, with_clock=wide)
        room = width - _size(span for _, span in left) - _size(right) - 2 * GAP
        left += [(0, ("  ", "text")), (0, (cut(status.message, max(room, 0)), "watch"))]
    elif server:
        role = "standby" if server.standby else "primary"
        left.append((9, (f" {role}", "watch" if server.standby else "text")))
        left.append((7, (f"   PostgreSQL {server.version}" if wide else f" {server.version}", "text")))
        left.append((6, (("   " if wide else "  ") + server.database, "text")))
        if wide:
            left.append((4, (f" at {status.where}", "text")))
            left.append((3, (f" as {server.user}{_grants(server)}", "text")))
            left.append((5, (f"   up {units.age((status.clock - server.started_at).total_seconds())}", "text")))
        left += [(0, span) for span in _unsafe(status)]
    if wide and status.cost is not None:
        cost = f"own cost {units.percent(status.cost)}   "
        right = [*right[:4], (cost, "quiet"), *right[4:]]
    for drop in (1, 2, 3, 4, 5, 6, 7, 8, 9):
        if _size(span for _, span in left) + _size(right) + GAP <= width:
            break
        if drop == 1:
            right = [span for span in right if not span[0].strip().startswith("own cost")]
        elif drop == 8:
            right = _right(status, with_clock=False)
        else:
            left = [(order, span) for order, span in left if order != drop]
    spans = [span for _, span in left]
    if _size(spans) + _size(right) > width:  # below 60 cells: the name gives way before level, age and alerts
        spans[0] = (cut(spans[0][0], max(3, width - _size(right) - _size(spans[1:]))), "bold")
    gap = max(width - _size(spans) - _size(right), 0)
    return [*spans, (" " * gap, "text"), *right], "panel"


def _unsafe(status: Status) -> list[Span]:
    server = status.server
    open_line = server is not None and status.encrypted is False and not server.host_is_local
    return [("  NOT ENCRYPTED", "bad")] if open_line else []


def _right(status: Status, with_clock: bool) -> list[Span]:
    level_role = "bad" if status.level.startswith("DANGER") else "watch" if status.level == "operate" else "cold"
    spans: list[Span] = [(status.level, level_role), ("  ", "text"), status.age, ("  ", "text")]
    shown = [(mark, count) for mark, count in status.alerts.items() if count]
    if shown:
        for index, (mark, count) in enumerate(shown):
            sign, role = SIGNS[mark]
            spans.append(((" " if index else "") + f"{sign}{count}", role))
    else:
        spans.append(("no alerts", "quiet"))
    spans += [("  ", "text"), (units.clock(status.clock), "text")] if with_clock else []
    return [*spans, (" ", "text")]


def _grants(server: Server) -> str:
    if server.superuser:
        return " (superuser)"
    held = [name for name in MONITORING if name in server.memberships]
    if "pg_monitor" in held and "pg_read_all_stats" in held:
        held.remove("pg_read_all_stats")
    return f" ({', '.join(held)})" if held else ""


def _size(spans: Iterable[Span]) -> int:
    return sum(cells(text) for text, _ in spans)


def tabs(active: str | None, marks: Mapping[str, Mark | None], width: int) -> Drawn:
    """Line 2: digit and four letters, the active one in full; all in full where they fit, digits only below 78."""
    spans: list[Span] = [(" ", "text")]
    in_full = sum(cells(tab.title) + 6 for tab in TABS) <= width
    for tab in TABS:
        here = tab.name == active
        mark = marks.get(tab.name)
        sign, role = SIGNS[mark] if mark in ("bad", "watch", "unknown") else (" ", "text")
        if tab.name not in marks and not here:
            sign, role = UNSEEN, "quiet"
        spans.append((sign, role))
        if in_full:
            label, gap = f"{tab.digit} {tab.title}", "   "
        elif width >= 60:
            # below 78 cells the letters leave: the active tab is never cut off
            short = f"{tab.digit}{tab.short}" if width >= 78 else tab.digit
            label, gap = (f"{tab.digit} {tab.title}" if here else short), " "
        else:
            if not here:
                spans.pop()
                continue
            label, gap = f"{tab.digit} {tab.title}", " "
        spans += [(label, "tab" if here else "quiet"), (gap, "text")]
    return spans, "surface"


def keys(hints: Sequence[tuple[str, str]], width: int, refused: frozenset[str] = frozenset()) -> Drawn:
    """The last line: what matters here, refused keys in parentheses, help at the right end."""
    spans: list[Span] = [(" ", "text")]
    tail: list[Span] = [("?", "accent"), (" help ", "quiet")]
    room = width - _size(tail)
    for key, label in hints:
        shown = f"({key})" if key in refused else key
        part: list[Span] = [(shown, "quiet" if key in refused else "accent"), (f" {label}  ", "quiet")]
        if _size(spans) + _size(part) > room:
            break
        spans += part
    return [*spans, (" " * max(room - _size(spans), 0), "text"), *tail], "surface"


def too_small(width: int, height: int) -> list[Drawn]:
    """What a screen says that is too small for anything else."""
    return [([(f"{width}x{height}: needs 40x10"[:width], "text")], "background")]
