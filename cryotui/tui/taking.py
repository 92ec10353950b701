"""Taking things out of the console: copies to the terminal's clipboard and to a file, exports of a pane."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from cryotui.model import units
from cryotui.model.pane import Table
from cryotui.model.secrets import redact
from cryotui.model.text import one_line
from cryotui.report import pane as report
from cryotui.tui.console import Console
from cryotui.tui.screens.chooser import Chooser
from cryotui.tui.screens.scrolled import Scrolled

MOST = 74_000
"""Bytes that terminals take through OSC 52; more is cut off by some without a word, so it goes to the file only."""


def copy(console: Console) -> None:
    """Copy what is under the cursor: the whole text of a layer, the statement or the row of a list."""
    top = console.layers[-1] if console.layers else None
    if isinstance(top, Scrolled):
        to_clipboard(console, top.text())
        return
    row, table, moment = console.board.row, console.board.row_table, console.board.moment
    if row is None or moment is None:
        console.say("There is no row to copy.")
        return
    choices: list[tuple[str, str]] = []
    for name in ("query", "fix"):
        if row.get(name):
            choices.append((name, str(row[name])))
    if table is not None:
        first = table.columns[0].text(row, moment).strip(" ├└│+")
        choices.append((table.columns[0].title, first))
        line = "\t".join(one_line(column.text(row, moment)) for column in table.columns)
        choices.append(("row", line))
        fields = {name: row[name] for name in row.keys()}  # noqa: SIM118
        fields |= {column.name: column.get(row, moment) for column in table.columns if column.title}
        choices.append(("all fields", "\n".join(f"{name}: {units.text(value)}" for name, value in fields.items())))
    items = [(label, one_line(text), None) for label, text in choices]
    console.push(Chooser("Copy", items, lambda index: to_clipboard(console, choices[index][1])))


def to_clipboard(console: Console, text: str) -> None:
    """Send to the terminal's clipboard (OSC 52) and write to clip.txt in the state folder."""
    text = redact(text)
    path = console.settings.state_folder / "clip.txt"
    try:
        write_private(path, text)
        kept = f", and to {path.name} in the state folder"
    except OSError as error:
        kept = f"; no file was written: {error.strerror}"
    if len(text.encode()) > MOST:
        console.say(f"{len(text)} characters are too many for a terminal's clipboard{kept.replace(', and', '; sent')}.")
        return
    console.to_clipboard(text)
    console.say(f"{len(text)} characters sent to the terminal's clipboard{kept}.")


def export(console: Console) -> None:
    """Write the visible pane to a file: CSV, JSON or Markdown."""
    board = console.board
    if board.moment is None:
        console.say("There is nothing to export yet.")
        return
    forms = ("csv", "json", "markdown")
    items = [("csv", "the rows of the list", None), ("json", "one object", None), ("markdown", "the whole pane", None)]
    console.push(Chooser("Export", items, lambda index: _write(console, forms[index])))


def _write(console: Console, form: str) -> None:
    board, moment, pane = console.board, console.board.moment, console.pane
    assert moment is not None
    blocks = board.layout.blocks
    tables = [
        replace(block, rows=[row for row in block.rows if not row.get("ruled")])
        for block in blocks
        if isinstance(block, Table)
    ]
    if form == "json":
        text = report.as_json(pane.name, moment.server, moment.now, report.table_rows(tables, moment))
    elif form == "csv":
        text = report.as_csv(report.table_rows(tables, moment))
    else:
        text = report.as_markdown(f"{pane.title}, {console.target.name}, {units.text(moment.now)}", blocks, moment)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    ending = {"markdown": "md"}.get(form, form)
    path = console.settings.state_folder / "exports" / f"{pane.name}-{stamp}.{ending}"
    try:
        write_private(path, text)
    except OSError as error:
        console.say(f"Not written: {error.strerror} ({path}).")
        return
    console.say(f"Written to {path}")


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read; replaces an older one at once or not at all. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    part.replace(path)
