"""Backups: what is proved, what the sources hold, whether WAL reaches the archive, what runs."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from cryotui.model import units
from cryotui.model.backup import Backup, SourceState
from cryotui.model.pane import FILL, Block, Column, Line, Mark, Moment, Pane, Prose, Rule, Table, worst
from cryotui.model.sample import Row
from cryotui.model.tabs import tab
from cryotui.model.text import cut, one_line
from cryotui.panes.absent import absent_line
from cryotui.panes.archiving import archiver_row, archiver_table, making, running_table
from cryotui.panes.backup_verdict import age_limits, age_of, overall, proved_mark, rows, shrunk, sources
from cryotui.panes.factsheet import Fact, fact_line
from cryotui.panes.slots import reckoning, slot_line, slot_mark, slots_table
from cryotui.panes.thresholds import judge

DETAIL_BACKUPS = 50
"""Backups that the detail of a source lists."""

CONFIGURE = (
    "backups:",
    "  nightly:",
    "    kind: dumps                  # or pgbackrest, barman, walg",
    "    path: /srv/backups/mydb",
    '    pattern: "*.dump"',
)


def _mark(row: Row, moment: Moment) -> Mark | None:
    mark: Mark | None = row["mark"]
    return mark


def _newest_mark(row: Row, moment: Moment) -> Mark | None:
    return None if row["item"] else judge(row["newest"], age_limits(row["state"], moment))


COLUMNS = (
    Column("source", "source", 10, 20, align="L", ascending=True, about="Its name in the configuration."),
    Column("kind", "kind", 16, 24, align="L", leaves=3, ascending=True, about="The tool, and the format or the types kept."),
    Column(
        "newest", "newest", 7, 7, form=units.age, mark=_newest_mark,
        about="Age of the newest one that nothing speaks against: of a dump since it was written, else since it was finished.",
    ),
    Column(
        "size", "size", 6, 6, form=units.size, leaves=2,
        about="Of the newest: the file of a dump, the database of a physical backup.",
    ),
    Column("kept", "kept", 4, 4, form=units.count, leaves=1, about="How many there are, whole or not."),
    Column(
        "proved", "proved", 0, 7, form=units.age, leaves=4, mark=lambda row, moment: proved_mark(row["proved"], moment),
        about="Age of the last restore of it that was made and compared by this console.",
    ),
    Column(
        "verdict", "verdict", 28, FILL, align="L", mark=_mark, ascending=True,
        about="ok says what it rests on; late, cut short, damaged, or UNKNOWN with the reason. UNKNOWN outranks every ok.",
    ),
    Column("backup", "backup", 0, 0),
    Column("finished", "finished", 0, 0),
    Column("looked_at", "looked_at", 0, 0),
)  # fmt: skip


VERDICT_COLUMNS = (
    Column("source", "source", 10, 20, align="L", about="all: every source together."),
    Column("kind", "kind", 16, 24, align="L", about="verdict."),
    Column("verdict", "verdict", 28, FILL, align="L", mark=_mark, about="ok, watch, bad or UNKNOWN with the reason."),
)


def blocks(moment: Moment, width: int) -> Sequence[Block]:
    """The pane's body: proof, sources, archiver and slots, what runs."""
    said = [] if moment.tree else [verdict_table(moment)]  # a rule's note is no row for a program
    return [*_proof(width), *said, *_sources(moment, width), *_archiving(moment, width), *_running(moment, width)]


def verdict_table(moment: Moment) -> Table:
    """The verdict over all sources as a row: what the rule above them tells, for JSON and CSV."""
    mark, words = overall(moment)
    row = {"source": "all", "kind": "verdict", "verdict": words.removeprefix("verdict "), "mark": mark}
    return Table("verdict", VERDICT_COLUMNS, [row], ("source",), main=False)


def _proof(width: int) -> list[Block]:
    text = "   none yet: no restore was proved by this console"
    return [Rule("PROVED RESTORE", "newest backup that was really restored"), Prose((((cut(text, width), "quiet"),),))]


def _sources(moment: Moment, width: int) -> list[Block]:
    states, (_, note) = sources(moment), overall(moment)
    if states is None:
        return [
            Rule("SOURCES", note),
            Table("sources", COLUMNS, (), ("source", "item"), empty="Looked at; the answer is on its way."),
        ]
    if not states:
        lines: list[Line] = [
            ((" ? No backup source is configured, so nothing is known here. In the configuration file:", "text"),)
        ]
        lines += [(("   " + line, "primary"),) for line in CONFIGURE]
        fitting = tuple(tuple((cut(text, width), role) for text, role in line) for line in lines)
        return [
            Rule("SOURCES", note),
            Prose(fitting, mark="unknown"),
            Table("sources", COLUMNS, (), ("source", "item")),
        ]
    looked = min(state.looked_at for state in states)
    ago = (moment.now - looked).total_seconds()
    note += f", looked at {units.age(ago)} ago" if ago >= 60 else ""
    return [Rule("SOURCES", note), Table("sources", COLUMNS, rows(moment), ("source", "item"))]


def _archiving(moment: Moment, width: int) -> list[Block]:
    found: list[Block] = [Rule("ARCHIVER AND WAL", _wal_note(moment))]
    missing = moment.missing("archiver")
    table = archiver_table(moment, width)
    if missing:
        found.append(Prose((absent_line("The archiver", missing, width),)))
    elif table:
        found.append(table)
    missing = moment.missing("slots")
    if missing:
        return [*found, Prose((absent_line("Slots", missing, width),))]
    if moment.rows("slots"):
        line = reckoning(moment)
        found.append(slots_table(moment, width))
        found += [Prose((tuple((cut(text, width), role) for text, role in line),))] if line else []
    elif "slots" in moment.samples:
        found.append(Prose((((cut("   slots         none keep WAL", width), "quiet"),),)))
    return found


def _wal_note(moment: Moment) -> str:
    row = moment.one("wal_directory")
    if not row:
        return ""
    files = "1 file" if row["files"] == 1 else f"{units.count(row['files'])} files"
    return f"pg_wal {units.size(row['size'])} in {files}"


def _running(moment: Moment, width: int) -> list[Block]:
    missing = moment.missing("progress")
    if missing:
        return [Rule("RUNNING"), Prose((absent_line("What runs", missing, width),))]
    found: list[Block] = [running_table(moment)] if making(moment) else []
    said = [f"{one_line(state.name)}: {one_line(text)}" for state in sources(moment) or () for text in state.running]
    masked = sum(1 for row in moment.rows("progress") if row["masked"])
    if masked:
        said.append(f"{masked} commands of other roles are hidden: {moment.server.user} lacks pg_read_all_stats")
    if not found and not said:
        said = ["no base backup and no COPY of pg_dump"]
    if said:
        found.append(Prose(tuple(((cut("   " + text, width), "quiet"),) for text in said)))
    return [Rule("RUNNING"), *found]


def _line(row: Row, moment: Moment) -> str:
    names = list(row.keys())  # a driver's keys() can be gone through once only
    if "wal_status" in names:
        return slot_line(row)
    if "state" in names and isinstance(row["state"], SourceState):
        return one_line(f"{row['source']}: {row['verdict']}")
    if "exposed_age" in names:
        return one_line(str(row["verdict"]))
    return one_line(f"{row['app'] or 'base backup'} {row['pid']}: {row['phase'] or 'its step is hidden'}")


def _detail(row: Row, moment: Moment, width: int) -> Sequence[Block]:
    names = list(row.keys())  # a driver's keys() can be gone through once only
    if "state" in names and isinstance(row["state"], SourceState):
        return _source_detail(row, row["state"], moment, width)
    facts = [(name.replace("_", " "), _words(name, row[name])) for name in names if row[name] is not None]
    return [
        Prose(tuple(((("   " + cut(f"{label:20} {one_line(text)}", width - 3)), "text"),) for label, text in facts))
    ]


def _words(name: str, value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        if name.endswith("_age") and not name.startswith(("xmin", "catalog")):
            return units.age(value)
        if name in ("exposed", "waiting_bytes", "retained", "unconfirmed", "safe", "keep_limit"):
            return f"{units.size(value)} ({value:,} bytes)"
    return units.text(value)


def _source_detail(row: Row, state: SourceState, moment: Moment, width: int) -> list[Block]:
    facts: list[Fact] = [("source", f"{state.name}, {state.kind}"), *_wrapped("verdict", row["verdict"], width)]
    chosen = next((backup for backup in state.backups if backup.name == row["backup"]), None)
    facts += [*state.facts, ("looked at", units.text(state.looked_at))]
    limits = age_limits(state, moment)
    facts.append(("limits", f"watch {units.age(limits[0])}, bad {units.age(limits[1])}"))
    part = shrunk(state)
    if part is not None:
        facts.append(("size", f"{units.percent(abs(part))} {'less' if part > 0 else 'more'} than its median before"))
    facts += [("running", text) for text in state.running]
    found: list[Block] = [Prose(tuple(fact_line(fact, width) for fact in facts))]
    if chosen:
        lines = [fact_line(fact, width) for fact in (("state", f"{chosen.state}: {chosen.reason}"), *chosen.facts)]
        found += [Rule("BACKUP", cut(one_line(chosen.name), max(width - 12, 8))), Prose(tuple(lines))]
    if state.backups:
        listed = tuple(_backup_line(backup, moment, width) for backup in state.backups[:DETAIL_BACKUPS])
        found += [Rule("KEPT", f"{units.count(state.kept)}, newest first"), Prose(listed)]
    return found


def _wrapped(label: str, text: str, width: int) -> list[Fact]:
    parts = textwrap.wrap(text, max(width - 15, 16)) or [""]
    return [(label if number == 0 else "", part) for number, part in enumerate(parts)]


def _backup_line(backup: Backup, moment: Moment, width: int) -> Line:
    sign: Mark | None = {"damaged": "bad", "unverified": "unknown"}.get(backup.state)  # type: ignore[assignment]
    mark = {"bad": " ■ ", "unknown": " ? "}.get(sign or "", "   ")
    age = units.age(age_of(backup, moment))
    text = f"{mark}{age:>6} {units.size(backup.size):>6}  {one_line(backup.name)}  {backup.kind}  {one_line(backup.reason)}"
    return ((cut(text, width), "bad" if sign == "bad" else "text"),)


def _worst(moment: Moment) -> Mark | None:
    archiver = archiver_row(moment)
    marks: list[Mark | None] = [overall(moment)[0], archiver["mark"] if archiver else None]
    marks += [slot_mark(row, moment) for row in moment.rows("slots")]
    if moment.missing("archiver") or moment.missing("slots"):
        marks.append("unknown")
    return worst(marks)


def _footnote(moment: Moment) -> str:
    mark, note = overall(moment)
    return note[:1].upper() + note[1:] if mark else "A tool's ok is no proof: proof is a restore that was compared."


PANE = Pane(
    tab=tab("backups"),
    about="Whether there are backups to restore from: how old the newest whole one of each source is, whether WAL reaches the "
    "archive and what would be lost now. A source that cannot be read makes the verdict UNKNOWN.",
    probes=("archiver", "archive_status", "slots", "progress", "wal", "wal_directory"),
    blocks=blocks,
    line=_line,
    detail=_detail,
    worst=_worst,
    footnote=_footnote,
)
