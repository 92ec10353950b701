"""One table in full: its facts, then storage, columns, indexes, constraints, policies, triggers once they were asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from cryotui.model import units
from cryotui.model.pane import Block, Moment, Prose, Role, Rule
from cryotui.model.sample import Row
from cryotui.model.text import fit, one_line
from cryotui.panes.factsheet import Fact, asked, fact_line, fact_lines, section
from cryotui.panes.names import bare, label
from cryotui.panes.table_words import maintenance, storage


def detail(row: Row, moment: Moment, width: int) -> Sequence[Block]:
    """The sections about one row of the tables; the panel shows the beginning of the first."""
    name_width = max(min(width // 4, 40), 20)
    sections: tuple[tuple[str, str, Callable[[int, Row], tuple[str, Role]], str], ...] = (
        ("COLUMNS", "table_columns", _column, "none"),
        ("INDEXES", "table_indexes", _index, "none"),
        ("CONSTRAINTS", "table_constraints", _constraint, "none"),
        ("POLICIES", "table_policies", _policy, _policies_none(row, moment)),
        ("TRIGGERS", "table_triggers", _trigger, "none"),
    )
    found: list[Block] = [Prose(fact_lines(maintenance(row, moment), storage(row, moment), width))]
    found += _storage(row, moment, width)
    for title, probe, make, none in sections:
        found += section(title, probe, (row["oid"],), moment, width, partial(make, name_width), none)
    return found


def _storage(row: Row, moment: Moment, width: int) -> list[Block]:
    rows = asked(moment, "table_detail", row["oid"])
    if not rows:
        return []
    found = rows[0]
    facts: list[Fact] = []
    if found["locked"]:
        facts.append(("locked", "an ACCESS EXCLUSIVE lock is held or waited for; sizes and conditions are not read"))
    elif found["size"] is not None:
        parts = ", ".join(f"{part} {found[f'{part}_size']:,}" for part in ("heap", "toast", "index"))
        facts.append(("bytes", f"{found['size']:,}: {parts}"))
    facts.append(("options", found["options"] or "none of its own"))
    if found["toast_dead_rows"] is not None:
        ages = [age for age in (found["toast_vacuum_age"], found["toast_autovacuum_age"]) if age is not None]
        vacuumed = f"vacuumed {units.age(min(ages))} ago" if ages else "never vacuumed"
        options = f", options {found['toast_options']}" if found["toast_options"] else ""
        facts.append(("toast", f"{units.count(found['toast_dead_rows'])} dead, {vacuumed}{options}"))
    runs = (
        f"vacuum {found['vacuums']} by hand, {found['autovacuums']} auto; "
        f"analyze {found['analyzes']} by hand, {found['autoanalyzes']} auto"
    )
    facts.append(("runs", runs))
    visible = units.whole_percent(found["all_visible"])
    facts.append(("visible", f"{visible} of the pages were all-visible when last vacuumed"))
    if found["multixact_age"] is not None:
        facts.append(("multixact", f"{units.count(found['multixact_age'])} old"))
    if found["parent_table"]:
        facts.append(("part of", label(found["parent_schema"], found["parent_table"])))
    security = (
        "on" + (", for its owner too" if found["row_security_forced"] else "") if found["row_security"] else "off"
    )
    facts.append(("security", f"row security {security}; replica identity {found['replica_identity']}"))
    method = (
        f"{found['access_method'] or 'no'} storage" if row["kind"] == "partitioned" else f"{found['access_method']}"
    )
    facts.append(("kept", f"{found['persistence']}, {method}, tablespace {bare(found['tablespace'])}"))
    if found["comment"]:
        facts.append(("comment", found["comment"]))
    return [Rule("STORAGE"), Prose(tuple(fact_line(fact, width) for fact in facts))]


def _column(width: int, one: Row) -> tuple[str, Role]:
    words = ["not null"] if one["not_null"] else []
    default = one_line(one["default_text"] or "(locked)")
    if one["generated"]:
        words.append(f"generated {default}")
    elif one["identity"]:
        words.append("identity")
    elif one["has_default"]:
        words.append(f"default {default}")
    if one["null_share"]:
        words.append(f"{units.percent(one['null_share'])} null")
    if one["average_width"] is not None:
        words.append(f"{one['average_width']} bytes")
    if one["comment"]:
        words.append(one_line(one["comment"]))
    return f"{fit(bare(one['column']), width)} {fit(one_line(one['type']), 24)} {', '.join(words)}", "text"


def _index(width: int, one: Row) -> tuple[str, Role]:
    text = f"{fit(bare(one['index']), width)} {units.size(one['size']):>6} {units.count(one['scans']):>6} scans  "
    text += f"{one['access_method']} ({one['columns']})" + (" where (condition)" if one["partial"] else "")
    text += ", primary key" if one["primary"] else ", unique" if one["unique"] else ""
    return (text, "text") if one["valid"] else (text + ", INVALID", "bad")


def _constraint(width: int, one: Row) -> tuple[str, Role]:
    name = bare(one["constraint"])
    if one["incoming"]:
        text = f"{fit(label(one['schema'], one['table']), width)} references it: {one_line(one['definition'])}"
        return text, "text" if one["valid"] else "watch"
    text = f"{fit(name, width)} {one_line(one['definition'])}"
    return (text, "text") if one["valid"] else (text + ", not validated", "watch")


def _policies_none(row: Row, moment: Moment) -> str:
    rows = asked(moment, "table_detail", row["oid"])
    if rows and rows[0]["row_security"]:
        return "none, and row security is on: nobody but the owner sees a row"
    return "none"


def _policy(width: int, one: Row) -> tuple[str, Role]:
    text = f"{fit(bare(one['policy']), width)} {one['command']} to {one_line(one['roles'] or '-')}"
    text += "" if one["permissive"] else ", restrictive"
    if one["locked"]:
        return text + ", conditions not read: locked", "text"
    text += f", using {one_line(one['using_text'])}" if one["using_text"] else ""
    return text + (f", check {one_line(one['check_text'])}" if one["check_text"] else ""), "text"


def _trigger(width: int, one: Row) -> tuple[str, Role]:
    text = f"{fit(bare(one['trigger']), width)} {one['timing']} {one['events']}, each {one['level']}: "
    text += f"{label(one['function_schema'], one['function'])}()"
    return (text, "text") if one["fires"] == "on" else (f"{text}, {one['fires']}", "watch")
