"""The key registry: one meaning for each key, in every pane. Help, README table and ``cryotui keys`` are made from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cryotui.model.record import dataclass
from cryotui.model.text import cells

GROUPS = ("MOVE", "LOOK", "TIME", "TAKE", "ACT", "SCREENS")


@dataclass(frozen=True, slots=True)
class Key:
    """One row of the table: what is pressed, what it means.

    ``keys`` are names as a terminal library gives them (``pageup``, ``ctrl+p``) or the character itself; ``shown`` is how
    they are written for people; ``level`` is what an acting key needs. ``later``: the key keeps its place, but what it does
    is not there yet, and pressing it says so.
    """

    id: str
    group: str
    keys: tuple[str, ...]
    shown: str
    meaning: str
    level: str = ""
    later: bool = False


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One line of the help: the entries it stands for, their keys as there is room for, their meaning in a few words."""

    ids: tuple[str, ...]
    shown: str
    words: str


KEYS: tuple[Key, ...] = (
    Key("row", "MOVE", ("up", "down", "j", "k"), "Up Down j k", "one row up or down"),
    Key("page", "MOVE", ("pageup", "pagedown"), "PgUp PgDn", "one page"),
    Key("ends", "MOVE", ("home", "end", "g", "G"), "Home End g G", "first row, last row"),
    Key("columns-scroll", "MOVE", ("left", "right", "[", "]"), "Left Right [ ]", "scroll the columns; the first stays"),
    Key("pane", "MOVE", tuple("1234567890"), "1 … 9 0", "pane of that number"),
    Key("next-part", "MOVE", ("tab", "shift+tab"), "Tab Shift+Tab",
        "next, previous part: view of a pane, field or button of a sheet, name in the filter"),
    Key("detail", "MOVE", ("enter", "d"), "Enter d", "one level down: detail, evidence, unfold; in a sheet: press"),
    Key("back", "MOVE", ("backspace",), "Backspace", "back to where you came from"),
    Key("close", "MOVE", ("escape",), "Esc", "close what lies on top, else clear the filter; never leaves the console"),
    Key("quit", "MOVE", ("q", "f10", "ctrl+c", "ctrl+q"), "q F10 Ctrl+C Ctrl+Q",
        "leave: closes the topmost screen; at the bottom ends the console (asks while an action of ours runs)"),
    Key("palette", "MOVE", (":", "ctrl+p"), ": Ctrl+P", "palette: every action, screen, target and setting by name"),
    Key("next-marked", "MOVE", ("n", "N"), "n N", "next, previous marked row; in a text the next, previous match"),
    Key("filter", "LOOK", ("/", "f4"), "/ F4", "filter (in a text: find)"),
    Key("sort", "LOOK", ("s", "f6"), "s F6", "sort by the next column"),
    Key("turn-order", "LOOK", ("S",), "S", "turn the order round"),
    Key("sort-column", "LOOK", ("<", ">"), "< >", "sort by the column to the left, to the right"),
    Key("choose-columns", "LOOK", ("c",), "c", "choose columns"),
    Key("tree", "LOOK", ("t", "f5"), "t F5", "tree on, off"),
    Key("wrap", "LOOK", ("w", "v"), "w v", "wrap long text on, off"),
    Key("zoom", "LOOK", ("z",), "z", "zoom: list alone, and back"),
    Key("about", "LOOK", ("i",), "i", "about the number under the cursor: meaning, unit, source, method, limits"),
    Key("explain", "LOOK", ("x",), "x", "explain: the plan of this statement; runs nothing", later=True),
    Key("history", "LOOK", ("H",), "H", "history of the thing under the cursor", later=True),
    Key("pause", "TIME", ("p", "Z"), "p Z", "stop time, go on (live: freeze; replay: play, pause)"),
    Key("refresh", "TIME", ("r", "R", "ctrl+r", "ctrl+l"), "r R Ctrl+R Ctrl+L",
        "ask again now: refresh, retry, run these rules again"),
    Key("interval", "TIME", ("+", "=", "-"), "+ = -", "interval longer, shorter (= is + without shift)"),
    Key("mark", "TIME", ("m",), "m", "set the mark: later numbers count from here; nothing is reset on the server"),
    Key("record", "TIME", ("o",), "o", "recording on, off", later=True),
    Key("recordings", "TIME", ("O",), "O", "recordings: list, open", later=True),
    Key("step", "TIME", (",", "."), ", .",
        "one sample back, on; , while live opens the ring of the last minutes", later=True),
    Key("event", "TIME", ("{", "}"), "{ }", "event before, after", later=True),
    Key("speed", "TIME", ("(", ")"), "( )", "slower, faster", later=True),
    Key("go-to-time", "TIME", ("@",), "@", "go to a time", later=True),
    Key("copy", "TAKE", ("y",), "y", "copy: cell, row, SQL or fix (OSC 52, and a 0600 file)"),
    Key("export", "TAKE", ("e",), "e", "export this pane: CSV, JSON, Markdown; Overview and replay: incident note"),
    Key("tag", "TAKE", ("space",), "Space", "tag the row, go one down"),
    Key("tag-all", "TAKE", ("*",), "*", "tag all rows shown"),
    Key("untag", "TAKE", ("U",), "U", "untag all"),
    Key("actions", "ACT", ("a",), "a",
        "actions for this row or the tagged ones: all of them, with key, level and the reason when refused"),
    Key("audit", "ACT", ("A",), "A",
        "audit: all rules, a group, what is about this row; scenarios"),
    Key("cancel", "ACT", ("C",), "C", "cancel the query", "operate"),
    Key("terminate", "ACT", ("K", "f9"), "K F9", "terminate the session", "danger"),
    Key("vacuum", "ACT", ("V",), "V",
        "vacuum and analyze: choice of VACUUM, ANALYZE, FREEZE, FULL", "operate; FULL: danger"),
    Key("reindex", "ACT", ("I",), "I", "REINDEX CONCURRENTLY", "operate"),
    Key("stop", "ACT", ("X",), "X", "stop a running action of ours, the audit, role probes", "operate"),
    Key("level", "ACT", ("L",), "L", "level: observe, operate, danger"),
    Key("help", "SCREENS", ("?", "h", "f1"), "? h F1", "help"),
    Key("alerts", "SCREENS", ("!",), "!", "alerts and messages, the newest first"),
    Key("fleet", "SCREENS", ("F",), "F", "fleet: targets, switch", later=True),
    Key("migrations", "SCREENS", ("M",), "M", "migrations", later=True),
    Key("runbooks", "SCREENS", ("b",), "b", "runbooks (the book)", later=True),
    Key("server-log", "SCREENS", ("l",), "l", "server log", later=True),
    Key("theme", "SCREENS", ("T",), "T", "theme"),
)  # fmt: skip
"""In the order of the table."""


def _line(ids: str, shown: str, words: str) -> HelpLine:
    return HelpLine(tuple(ids.split()), shown, words)


_Part = tuple[str, tuple[HelpLine, ...]]

HELP: tuple[tuple[tuple[_Part, ...], tuple[_Part, ...]], ...] = (
    (
        (
            ("MOVE", (
                _line("row", "↑ ↓  j k", "row"),
                _line("page", "PgUp PgDn", "page"),
                _line("ends", "Home End  g G", "first, last"),
                _line("columns-scroll", "← →  [ ]", "columns"),
                _line("pane", "1 … 9 0", "pane"),
                _line("next-part", "Tab", "next view, field"),
                _line("palette", ":  Ctrl+P", "any command"),
                _line("quit", "q", "leave; last: quit"),
                _line("close", "Esc", "close, clear filter"),
            )),
            ("TIME", (
                _line("pause", "p  Z", "stop, go on"),
                _line("refresh", "r R Ctrl+R", "ask again now"),
                _line("interval", "+ -", "interval"),
                _line("mark", "m", "set mark"),
                _line("step", ", .", "step back, on"),
                _line("event", "{ }", "event before, after"),
                _line("speed", "( )", "slower, faster"),
            )),
        ),
        (
            ("LOOK", (
                _line("detail", "Enter d", "detail, down one level"),
                _line("back", "Backspace", "back where you came from"),
                _line("filter", "/  F4", "filter"),
                _line("next-marked", "n N", "next, previous marked row"),
                _line("sort turn-order", "s S  F6", "sort by next, turn round"),
                _line("sort-column", "< >", "sort column left, right"),
                _line("choose-columns", "c", "choose columns"),
                _line("tree", "t  F5", "tree"),
                _line("wrap", "w v", "wrap long text"),
                _line("about", "i", "what is this number"),
                _line("history", "H", "its history"),
                _line("zoom", "z", "zoom: list only"),
                _line("explain", "x", "explain, run nothing"),
            )),
            ("TAKE", (
                _line("copy", "y", "copy"),
                _line("export", "e", "export"),
                _line("tag tag-all untag", "Space * U", "tag, all, none"),
            )),
        ),
    ),
    (
        (
            ("ACT", (
                _line("actions", "a", "actions for this row"),
                _line("audit", "A", "audit: all, a part, row"),
                _line("cancel", "C", "cancel query"),
                _line("terminate", "K  F9", "terminate"),
                _line("vacuum", "V", "vacuum"),
                _line("reindex", "I", "reindex"),
                _line("stop", "X", "stop ours"),
                _line("level", "L", "level"),
            )),
        ),
        (
            ("SCREENS", (
                _line("help", "?  h F1", "help"),
                _line("alerts", "!", "alerts, messages"),
                _line("fleet", "F", "fleet: targets"),
                _line("migrations", "M", "migrations"),
                _line("runbooks", "b", "runbooks"),
                _line("server-log", "l", "server log"),
                _line("theme", "T", "theme"),
            )),
            ("TIME", (
                _line("record recordings", "o O", "record, recordings"),
                _line("go-to-time", "@", "go to a time"),
            )),
        ),
    ),
)  # fmt: skip
"""The two pages of the help, each with the parts of its left and of its right column."""

NOT_YET = "·"
"""Stands before a key whose feature is not there yet."""

_BY_ID = {entry.id: entry for entry in KEYS}
_BY_KEY = {key: entry for entry in KEYS for key in entry.keys}


def by_id(identity: str) -> Key:
    """The entry of that id. Raises KeyError."""
    return _BY_ID[identity]


def find(key: str, character: str | None = None) -> Key | None:
    """The entry of a pressed key: by its character when it has one, else by its name."""
    if character and character in _BY_KEY:
        return _BY_KEY[character]
    return _BY_KEY.get(key)


def keys_table_markdown() -> str:
    """The table of the README."""
    lines = ["| keys | meaning | level |", "|---|---|---|"]
    for group in GROUPS:
        lines.append(f"| **{group}** | | |")
        for entry in (entry for entry in KEYS if entry.group == group):
            shown = " ".join(key if key == "…" else f"`{key}`" for key in entry.shown.split())
            meaning = entry.meaning + (" (not yet)" if entry.later else "")
            lines.append(f"| {shown} | {meaning} | {entry.level} |")
    return "\n".join(lines) + "\n"


TWO_COLUMNS = 78
"""Cells from which on the help has two columns."""


def keys_text(width: int = 80) -> str:
    """All keys for a screen of that width: two columns from 78 cells on, the two pages of the help under each other."""
    lines: list[str] = []
    for left, right in HELP:
        if width < TWO_COLUMNS:
            lines += [*_column(left, 14), "", *_column(right, 14), ""]
        else:
            lines += [*_side_by_side([*_column(left, 15)], [*_column(right, 12)], max(width // 2, 40) - 1), ""]
    lines.append(f"{NOT_YET} not there yet; pressing it says so")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _column(parts: Sequence[_Part], width: int) -> Iterator[str]:
    """The lines of one column: a sign or blank, the keys in ``width`` cells, the words."""
    for index, (title, lines) in enumerate(parts):
        if index:
            yield ""
        yield f" {title}"
        for line in lines:
            entries = [by_id(identity) for identity in line.ids]
            level = entries[0].level.partition(";")[0]
            sign = NOT_YET if all(entry.later for entry in entries) else " "
            blanks = " " * max(width - cells(line.shown), 1)
            yield f"{sign}{line.shown}{blanks}{line.words}" + (f": {level}" if level else "")


def _side_by_side(left: list[str], right: list[str], at: int) -> Iterator[str]:
    rows = max(len(left), len(right))
    left += [""] * (rows - len(left))
    right += [""] * (rows - len(right))
    for one, other in zip(left, right, strict=True):
        yield one + " " * (at - cells(one)) + other
