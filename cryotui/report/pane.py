"""A pane or a probe written down: text, JSON, CSV, Markdown. What the console exports and what ``cryotui show`` prints."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from cryotui.model.layout import arrange, row_mark, row_marks, row_spans
from cryotui.model.pane import Block, Column, Moment, Prose, Rule, Table
from cryotui.model.sample import Missing, Row
from cryotui.model.secrets import redact
from cryotui.model.server import Server
from cryotui.model.text import clean, fit

SCHEMA_VERSION = 1
SIGNS = {"bad": "■", "watch": "▲", "info": "●", "good": "✓", "unknown": "?"}


def plain(value: Any) -> Any:
    """A value as JSON has it: times in UTC by RFC 3339, durations as seconds, exact numbers; never NaN."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if value == value and abs(value) != float("inf") else None
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case datetime():
            moment = value.astimezone(UTC) if value.tzinfo else value
            return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in value]
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case _:
            return clean(str(value))


def table_rows(tables: Sequence[Table], moment: Moment) -> list[dict[str, Any]]:
    """The rows of these tables as plain objects, by the columns' names; with more than one table each row says which."""
    rows: list[dict[str, Any]] = []
    for table in tables:
        for row in table.rows:
            entry: dict[str, Any] = {"section": table.name} if len(tables) > 1 else {}
            entry |= {name: plain(row.get(name)) for name in table.key}
            entry |= {column.name: plain(column.get(row, moment)) for column in table.columns if column.title}
            mark = row_mark(table.columns, row, moment)
            entry["mark"] = mark
            rows.append(entry)
    return rows


def record_rows(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows of a probe as plain objects; passwords in the texts of statements are masked."""
    return [{name: _field(name, row[name]) for name in row.keys()} for row in rows]  # noqa: SIM118  a driver's record


def _field(name: str, value: Any) -> Any:
    return redact(value) if name == "query" and isinstance(value, str) else plain(value)


def as_json(
    name: str,
    server: Server,
    taken_at: datetime,
    rows: Sequence[Mapping[str, Any]],
    missing: Missing | None = None,
    **more: Any,
) -> str:
    """One object: schema_version, name, server, taken_at, rows, or the reason there are none (``missing``)."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "name": name,
        "server": {
            "host": server.host,
            "port": server.port,
            "database": server.database,
            "user": server.user,
            "version": server.version,
            "role": "standby" if server.standby else "primary",
            "system_identifier": server.system_identifier,
        },
        "taken_at": plain(taken_at),
        **{key: plain(value) for key, value in more.items()},
        "rows": list(rows),
        "missing": None
        if missing is None
        else {"kind": missing.kind, "sentence": missing.sentence, "who": missing.who, "remedy": missing.remedy},
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """CSV with a head; a text that a spreadsheet would take for a formula gets an apostrophe before it."""
    if not rows:
        return ""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer.writerow(names)
    for row in rows:
        writer.writerow([_csv_cell(row.get(name)) for name in names])
    return out.getvalue()


def _csv_cell(value: Any) -> Any:
    if isinstance(value, list | dict):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        value = "'" + value
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n")  # the writer quotes no lone return
    return "" if value is None else value


def as_markdown(title: str, blocks: Sequence[Block], moment: Moment) -> str:
    """The pane as Markdown: rules are headings, tables are tables, text is text; nothing of the data is markup."""
    lines = [f"# {title}", ""]
    for block in blocks:
        if isinstance(block, Rule):
            lines += [f"## {block.title.capitalize()}", *([block.note] if block.note else []), ""]
        elif isinstance(block, Prose):
            lines += ["    " + "".join(text for text, _ in line).rstrip() for line in block.lines] + [""]
        elif block.rows:
            heads = [column.wide_title or column.title for column in block.columns]
            lines += ["| " + " | ".join(map(_cell, heads)) + " |", "|" + "---|" * len(heads)]
            for row in block.rows:
                cells = [_cell(column.text(row, moment)) for column in block.columns]
                lines.append("| " + " | ".join(cells) + " |")
            lines.append("")
        else:
            lines += [block.empty or "None.", ""]
    return "\n".join(lines).rstrip() + "\n"


def _cell(text: str) -> str:
    escaped = text.replace("\\", "\\\\")
    for sign in "|`*_[]<>#":
        escaped = escaped.replace(sign, "\\" + sign)
    return " ".join(escaped.split())


def as_text(blocks: Sequence[Block], moment: Moment, width: int, most: int | None = None) -> str:
    """The pane as the console draws it, without colours; ``most`` rows of each table."""
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Rule):
            note = f" {block.note} ─" if block.note else ""
            lines.append(f" {block.title} ".ljust(max(width - len(note), 0), "─") + note)
        elif isinstance(block, Prose):
            lines += ["".join(text for text, _ in line).rstrip() for line in block.lines]
        else:
            lines += table_lines(block, moment, width, most)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def heads(columns: Sequence[Any], wide: bool) -> str:
    """The line of heads over columns that were placed in a width."""
    titles = [(place.column.wide_title or place.column.title) if wide else place.column.title for place in columns]
    return "   " + " ".join(
        fit(title, place.width, place.column.align) for title, place in zip(titles, columns, strict=True)
    )


def table_lines(table: Table, moment: Moment, width: int, most: int | None = None) -> list[str]:
    """A table's lines: heads, rows with their marks, the second lines of rows."""
    if not table.rows:
        return [f"   {table.empty}"] if table.empty else []
    placed = arrange(table.columns, width)
    shown = list(table.rows)[:most]
    lines = [heads(placed, width >= 120)] if table.heads else []
    columns: tuple[Column, ...] = table.columns
    for row in shown:
        marks = row_marks(columns, row, moment)
        sign = SIGNS[row_mark(columns, row, moment) or "info"] if marks else " "
        lines.append(f" {sign} " + "".join(text for text, _ in row_spans(placed, row, moment, marks)))
        below = table.below(row, moment) if table.below else None
        if below:
            lines.append("".join(text for text, _ in below))
    if len(shown) < len(table.rows):
        lines.append(f"   and {len(table.rows) - len(shown)} more")
    return lines
