"""What is written to the write-ahead log, where it lies, and whether it is checkpointed and archived."""

from __future__ import annotations

from cryotui.model import units
from cryotui.model.layout import WIDE
from cryotui.model.pane import Block, Line, Mark, Moment, Prose, Role, Rule
from cryotui.model.slot import wal_rate
from cryotui.model.text import cut, fit
from cryotui.panes.archiving import archiver_row

MEGABYTE = 2**20
SIGNS: dict[Mark, tuple[str, Role]] = {"bad": ("■", "bad"), "watch": ("▲", "watch"), "unknown": ("?", "watch")}

Cell = tuple[str, str, str, Mark | None]
"""Label, number, what stands behind it, mark."""


def wal_blocks(moment: Moment, width: int) -> list[Block]:
    """The section: two columns of numbers, one below 60 cells."""
    cells = [*_written(moment), *_kept(moment)]
    half = (width - 1) // 2 if width >= 60 else width
    half = min(half, 60) if width >= WIDE else half
    lines: list[Line] = []
    if width < 60:
        lines = [tuple(_cell(cell, width)) for cell in cells]
    else:
        left, right = _written(moment), _kept(moment)
        for index in range(max(len(left), len(right))):
            spans = _cell(left[index], half) if index < len(left) else [(" " * half, "text")]
            if index < len(right):
                spans += _cell(right[index], half if width >= WIDE else width - half)
            lines.append(tuple(spans))  # type: ignore[arg-type]
    return [Rule("WAL"), Prose(tuple(lines))]


def _cell(cell: Cell, width: int) -> list[tuple[str, Role]]:
    label, number, about, mark = cell
    sign, role = SIGNS.get(mark or "good", (" ", "text"))
    number_role: Role = role if mark in ("bad", "watch") else "quiet" if number == units.UNKNOWN else "text"
    return [
        (f" {sign} ", role),
        (fit(label, 12), "quiet"),
        (fit(number, 8, "R"), number_role),
        (fit(" " + about, max(width - 23, 1)), "quiet"),
    ]


def _written(moment: Moment) -> list[Cell]:
    row, rates = moment.one("wal"), moment.rates.get("wal")
    if moment.server.standby:
        return [("written", units.UNKNOWN, "standby: none", None)]
    missing = moment.missing("wal")
    if missing or row is None:
        return [("written", units.UNKNOWN, missing.kind if missing else "", "unknown" if missing else None)]
    written = wal_rate(moment)
    series = moment.history.get("wal", ())
    spark = units.sparkline(series, 12) if series else ""
    pages = rates.delta(row, "wal_fpi") if rates else None
    records = rates.delta(row, "wal_records") if rates else None
    full = rates.per_second(row, "wal_buffers_full") if rates else None
    share = pages / records if pages is not None and records else None
    speed = units.size_rate(written)
    return [
        ("written", speed if speed == units.UNKNOWN else f"{speed}/s", spark, None),
        ("full pages", units.percent(share), "of the records", None),
        (
            "buffers full",
            units.UNKNOWN if full is None else f"{units.rate(full)}/s",
            "forced writes",
            None,
        ),
    ]


def _kept(moment: Moment) -> list[Cell]:
    found: list[Cell] = []
    directory, refused = moment.one("wal_directory"), moment.missing("wal_directory")
    most = moment.server.number("max_wal_size")
    limit = f"max_wal_size {units.size(most * MEGABYTE)}" if most is not None else ""
    if directory is not None:
        found.append(("pg_wal", units.size(directory["size"]), limit, None))
    else:
        why = "no pg_monitor" if refused and refused.kind == "privilege" else limit
        found.append(("pg_wal", units.UNKNOWN, why, "unknown" if refused else None))
    found.append(_checkpoint(moment))
    found.append(_archiver(moment))
    return found


def _checkpoint(moment: Moment) -> Cell:
    row = moment.one("checkpoints")
    label = "restartpoint" if moment.server.standby else "checkpoint"
    if row is None:
        return (label, units.UNKNOWN, "", "unknown" if moment.missing("checkpoints") else None)
    ago = units.age(row["last_checkpoint_age"])
    about = "ago" if ago != units.UNKNOWN else ""
    if not moment.server.standby and row["timed"] is not None and row["requested"] is not None:
        about += f", {units.count(row['requested'])} forced"
    return (label, ago, about.strip(", "), None)


def _archiver(moment: Moment) -> Cell:
    row = moment.one("archiver")
    if row is None:
        return ("archiver", units.UNKNOWN, "", "unknown" if moment.missing("archiver") else None)
    if not row["archives"]:
        return ("archiver", "off", "archive_mode", None)
    last = row["last_archived_age"]
    good = "no success yet" if last is None else f"last ok {units.age(last)} ago"
    waiting = row["waiting_segments"]
    number = units.UNKNOWN if waiting is None else f"{units.count(waiting)} wait"
    return ("archiver", number, f"fails; {good}" if row["failing"] else cut(good, 40), archiver_mark(moment))


def archiver_mark(moment: Moment) -> Mark | None:
    """The archiver's mark, the same as on the Backups pane; could not check while it cannot be read."""
    found = archiver_row(moment)
    mark: Mark | None = found["mark"] if found else "unknown" if moment.missing("archiver") else None
    return mark
