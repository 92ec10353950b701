"""The whole screen as lines: header, tabs, body with what lies over it, the line about the row, the keys."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cryotui.model.keys import find as find_key
from cryotui.model.pane import Mark
from cryotui.model.text import cells, cut, one_line
from cryotui.tui import frame, linkwords
from cryotui.tui.drawn import Drawn
from cryotui.tui.screens.box import laid_over

if TYPE_CHECKING:
    from cryotui.tui.console import Console

COMMON_KEYS = (
    ("s", "sort"),
    ("/", "filter"),
    ("L", "level"),
    ("p", "pause"),
    ("y", "copy"),
    ("e", "export"),
    (":", "command"),
    ("A", "audit"),
)

BLANK: Drawn = ([], "background")


def draw(console: Console) -> tuple[Drawn, Drawn, list[Drawn], list[Drawn]]:
    """Header, tabs, body lines, and the two lines at the bottom."""
    width = console.width
    if width < 40 or console.height < 10:
        return frame.too_small(width, console.height)[0], BLANK, [BLANK] * console.body_height, [BLANK, BLANK]
    body = _body(console)
    return _header(console), frame.tabs(console.pane.name, console.marks, width), body, [_line(console), _keys(console)]


def _header(console: Console) -> Drawn:
    connection, server, session = console.connection, console.server, console.feed.session
    alerts: dict[Mark, int] = {"bad": 0, "watch": 0}
    for cause in console.moments.extra.get("causes", ()):
        if cause.mark in alerts:
            alerts[cause.mark] += 1
    alerts["bad"] += linkwords.alert(console.feed.link) is not None
    status = frame.Status(
        name=console.target.name,
        protected=console.target.protected,
        server=server,
        where=f"{server.host}:{server.port}" if server else str(console.target.spec.hosts[0]),
        level=connection.level_word,
        age=linkwords.age(console.feed),
        alerts=alerts,
        clock=session.now() if session else datetime.now(UTC),
        cost=console.feed.cost,
        encrypted=server.encrypted if server else None,
        message=console.banner,
    )
    return frame.header(status, console.width)


def _body(console: Console) -> list[Drawn]:
    width, height = console.width, console.body_height
    lost = linkwords.lost(console.feed.link, width)
    top = next((layer for layer in reversed(console.layers) if not layer.sheet), None)
    if top is not None:
        lines = [*lost, *top.draw(width, height - len(lost))]
    elif console.server is None:
        connecting: Drawn = [(f"   Connecting to {console.target.spec.display()}.", "text")], "background"
        lines = lost or [BLANK, connecting]
    else:
        lines = [*lost, *console.board.draw()]
    lines = lines[:height] + [BLANK] * (height - len(lines))
    sheet = console.layers[-1] if console.layers and console.layers[-1].sheet else None
    return laid_over(lines, sheet, width, height, console.target.protected) if sheet else lines


def _line(console: Console) -> Drawn:
    """The line above the keys: what is typed, said, done, or known of the row."""
    board, width = console.board, console.width
    typed = console.filter_typed
    if typed is not None:
        right = board.choice.filter.problem or "{} of {}".format(*board.shown)
        right_role = "watch" if board.choice.filter.problem else "quiet"
        room = max(width - cells(right) - 6, 4)
        shown = typed if cells(typed) <= room else "…" + typed[-(room - 1) :]
        gap = " " * max(room - cells(shown), 0) + " "
        role = "match" if console.filter_selected else "text"
        return [(" / ", "accent"), (shown, role), ("▏", "accent"), (gap + right, right_role)], "background"
    said = console.messages.shown
    if said is not None:
        return _one_line(said, "text", width)
    if console.layers:
        return _one_line(console.layers[-1].foot(), "quiet", width)
    running = next(iter(console.connection.runnings), None)
    if running is not None:
        return _one_line(f"ours {running.title}, 8 shows it, X stops it", "accent", width)
    row, moment, pane = board.row, board.moment, console.pane
    if moment is None:
        return BLANK
    return _one_line(pane.line(row, moment) if row is not None else pane.footnote(moment), "quiet", width)


def _later(key: str) -> bool:
    """Whether what the key does is not there yet."""
    entry = find_key(key)
    return entry is not None and entry.later


def _one_line(text: str, role: str, width: int) -> Drawn:
    """A sentence; its end says so when it is cut."""
    return [(" " + cut(one_line(text), width - 2), role)], "background"


def _keys(console: Console) -> Drawn:
    width = console.width
    if console.filter_typed is not None:
        return frame.keys([("Enter", "keep it"), ("Esc", "clear"), ("↑↓", "earlier filters")], width)
    if console.layers:
        return frame.keys(console.layers[-1].hints(), width)
    allowed: dict[str, bool] = {}
    for offer in console.offers() if console.connection.acts else ():
        if offer.action.key:
            allowed[offer.action.key] = allowed.get(offer.action.key, False) or offer.reason is None
    own = {key: words for key, _, words in (hint.partition(" ") for hint in console.pane.keys)}
    hints = [("Enter", "detail"), ("a", own.get("a", "actions"))]
    for key in allowed:
        entry = find_key(key)
        hints.append((key, entry.id if entry else ""))
    hints += [(key.split(" ", 1)[0], key.split(" ", 1)[1]) for key in console.pane.keys if " " in key]
    hints += [("Tab", "view")] if len(console.pane.views) > 1 else []
    hints += [hint for hint in COMMON_KEYS if hint[0] not in own]
    hints = [(key, words) for key, words in hints if not _later(key)]
    once = list({key: (key, label) for key, label in reversed(hints)}.values())[::-1]
    return frame.keys(once, width, frozenset(key for key, possible in allowed.items() if not possible))
