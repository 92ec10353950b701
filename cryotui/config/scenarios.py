"""Scenarios of row security in YAML: as this role with these claims, on this table, expect these rows or a denial.

A file with a mistake is refused whole: a scenario that is left out would read as one that passed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from cryotui.config import files
from cryotui.config.document import Listing, Node, Scalar, Table, parse, shown
from cryotui.config.values import nearest
from cryotui.model.errors import ConfigError
from cryotui.model.role_matrix import COMMANDS, Answer, Expectation, Scenario

KEYS = ("name", "role", "claims", "table", "command", "where", "expect")
WORDS = {answer.value: answer for answer in (Answer.DENIED, Answer.ERROR, Answer.EMPTY, Answer.ALLOWED)}

_PART = r'"((?:[^"]|"")+)"|([^".]+)'
_TABLE = re.compile(rf"(?:(?:{_PART})\.)?(?:{_PART})", re.DOTALL)
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")


def load(paths: Iterable[Path]) -> tuple[Scenario, ...]:
    """The scenarios of these files, in their order. Raises ConfigError that names file, line and key."""
    found: list[Scenario] = []
    for path in paths:
        text = files.read(files.Candidate(path, required=True))
        found += _scenarios(text.text if text else "", str(path))
    names: dict[str, str] = {}
    for scenario in found:
        if scenario.name in names:
            raise ConfigError(
                f"{scenario.source}: a scenario named {shown(scenario.name)} is there already, {names[scenario.name]}."
            )
        names[scenario.name] = scenario.source
    return tuple(found)


def _scenarios(text: str, origin: str) -> list[Scenario]:
    document = parse(text, origin)
    if document.problems:
        raise ConfigError("\n".join(document.problems))
    _known(document.table, ("scenarios",))
    listed = document.table.entries.get("scenarios")
    if not isinstance(listed, Listing) or not listed.items:
        place = listed.place if listed else document.table.place
        raise ConfigError(f"{place}: scenarios: with a list is expected here; each entry begins with - .")
    return [_scenario(node) for node in listed.items]


def _scenario(node: Node) -> Scenario:
    if not isinstance(node, Table):
        raise ConfigError(f"{node.place}: a scenario is a table with {', '.join(KEYS)}.")
    _known(node, KEYS)
    for key in ("name", "role", "table", "expect"):
        if key not in node.entries:
            raise ConfigError(f"{node.place}: this scenario has no {key}.")
    texts = {key: _text(key, node.entries[key]) for key in ("name", "role", "table", "where", "command")
             if key in node.entries}  # fmt: skip
    command = texts.get("command", "select")
    if command not in COMMANDS:
        place = node.entries["command"].place
        raise ConfigError(f"{place}: command is {shown(command)}: {nearest(command, list(COMMANDS))}.")
    expect = _expectation(node.entries["expect"])
    if command != "select" and "where" in texts:
        raise ConfigError(f"{node.keys['where']}: where belongs to select; {command} picks its row itself.")
    if command != "select" and expect.rows is not None:
        raise ConfigError(f"{node.keys['expect']}: rows are counted for select; {command} is allowed, denied or empty.")
    if expect.rows == "all" and "where" in texts:
        raise ConfigError(
            f"{node.keys['where']}: rows: all counts the whole table; with where give the number of rows."
        )
    schema, table = _names(texts["table"], node.entries["table"])
    return Scenario(
        name=texts["name"],
        role=texts["role"],
        schema=schema,
        table=table,
        expect=expect,
        command=command,
        claims=_claims(node.entries.get("claims")),
        where=texts.get("where"),
        source=str(node.place),
    )


def _known(table: Table, keys: tuple[str, ...]) -> None:
    for key, place in table.keys.items():
        if key not in keys:
            raise ConfigError(f"{place}: {shown(key)} is unknown here: {nearest(key, list(keys))}.")


def _text(key: str, node: Node) -> str:
    if not isinstance(node, Scalar) or node.empty or not node.text.strip() or "\0" in node.text:
        raise ConfigError(f"{node.place}: {key} wants a text.")
    return node.text


def _names(text: str, node: Node) -> tuple[str | None, str]:
    """Schema and table as they are in the catalog: nothing is folded, a name with a dot stands in double quotes."""
    found = _TABLE.fullmatch(text)
    if found is None:
        raise ConfigError(f'{node.place}: table wants TABLE or SCHEMA.TABLE, a name with a dot in "double quotes".')
    parts = [group.replace('""', '"') if group else None for group in found.groups()]
    return parts[0] or parts[1], str(parts[2] or parts[3])


def _expectation(node: Node) -> Expectation:
    possible = f"{', '.join(WORDS)}, {{rows: N}}, {{rows: some}}, {{rows: all}}"
    if isinstance(node, Scalar) and not node.empty:
        if node.text in WORDS:
            return Expectation(WORDS[node.text])
        raise ConfigError(f"{node.place}: expect is {shown(node.text)}; possible: {possible}.")
    if not isinstance(node, Table) or list(node.entries) != ["rows"]:
        raise ConfigError(f"{node.place}: expect wants one of {possible}.")
    rows = node.entries["rows"]
    if isinstance(rows, Scalar) and rows.text in ("some", "all"):
        return Expectation(Answer.ALLOWED, "all" if rows.text == "all" else "some")
    if isinstance(rows, Scalar) and re.fullmatch("[0-9]{1,9}", rows.text):
        return Expectation(Answer.ALLOWED, int(rows.text))
    raise ConfigError(f"{rows.place}: rows wants a number, some or all.")


def _claims(node: Node | None) -> dict[str, object]:
    if node is None or (isinstance(node, Scalar) and node.empty):
        return {}
    if not isinstance(node, Table):
        raise ConfigError(f"{node.place}: claims is a table: sub: 7c9e…, team_id: 3.")
    return {key: _claim(value) for key, value in node.entries.items()}


def _claim(node: Node) -> object:
    """A value as JSON has it: true, false, null and decimal numbers are what they look like, unless they are quoted."""
    if isinstance(node, Table):
        return {key: _claim(value) for key, value in node.entries.items()}
    if isinstance(node, Listing):
        return [_claim(item) for item in node.items]
    if node.empty:
        return None
    if "\0" in node.text:
        raise ConfigError(f"{node.place}: a claim holds a NUL character, which no setting of the server takes.")
    if node.plain and node.text in ("true", "false"):
        return node.text == "true"
    if node.plain and (found := _NUMBER.fullmatch(node.text)):
        return float(node.text) if found[2] else int(node.text)
    return node.text
