"""Waivers: findings that somebody has accepted, in YAML files; read with their mistakes told, added and ended by the console.

A file that cannot be read whole is refused whole: half of its waivers would make findings come back that nobody expects, and
guessing at a mistake would hide some that nobody has accepted.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

from cryotui.config import files
from cryotui.config.document import Listing, Node, Place, Scalar, Table, parse
from cryotui.config.values import NEVER, nearest
from cryotui.model.errors import ConfigError
from cryotui.model.review import Waiver

FILE = "waivers.yaml"
"""Its name in the configuration folder."""

KEYS = ("fingerprint", "rule", "object", "title", "since", "target", "reason", "owner", "expires")
HEAD = """\
# Findings that are accepted for a time. Each entry names one finding by its fingerprint, or some by patterns of rule and
# object (* and ?), if need be for one target only. reason and owner are needed, and expires: the last day it holds, or never.
# Beside a fingerprint, rule, object, title and since (first seen on) tell people which finding it is; the fingerprint counts.
waivers:
"""


def load(paths: Iterable[Path]) -> tuple[Waiver, ...]:
    """The waivers of these files, in their order. Raises ConfigError that names file, line and key."""
    return tuple(waiver for path in paths for waiver in _read(path))


def add(path: Path, waiver: Waiver) -> None:
    """Add one at the end of the file, which is made when missing (0600); what stands in it stays as it is.

    Raises ConfigError when the file has a mistake or cannot be written: then nothing has changed.
    """
    found = files.read(files.Candidate(path))
    text = found.text if found else HEAD
    known = _waivers(text, str(path))
    values = {key: getattr(waiver, key) for key in KEYS if getattr(waiver, key) is not None}
    values.setdefault("expires", NEVER)
    lines = [f"{key}: {json.dumps(str(value), ensure_ascii=False)}" for key, value in values.items()]
    text = text.rstrip("\n") + "\n  - " + "\n    ".join(lines) + "\n"
    if len(_waivers(text, str(path))) != len(known) + 1:
        raise ConfigError(f"{path} does not end with its list of waivers: add the entry by hand.")
    _write(path, text, made=found is None)


def end(path: Path, waiver: Waiver, last: date) -> None:
    """Make ``last`` the last day of one waiver of the file; everything else in it stays as it is, sign by sign.

    The entry stays, so that who accepted what, and why, can still be read. Raises ConfigError when the entry is not there
    any more as it was read, when it cannot be changed without touching others, or when the file cannot be written.
    """
    found = files.read(files.Candidate(path, required=True))
    text = found.text if found else ""
    nodes = _entries(text, str(path))
    wanted = replace(waiver, source="")
    same = [at for at, node in enumerate(nodes) if replace(_waiver(node), source="") == wanted]
    if not same:
        raise ConfigError(f"{path} has changed: this waiver does not stand there any more as it was read.")
    at = next((at for at in same if str(nodes[at].place) == waiver.source), same[0])
    after = [_waiver(node) for node in nodes]
    after[at] = replace(after[at], expires=last)
    node = nodes[at]
    assert isinstance(node, Table), "an entry that is a waiver is a table"
    changed = _ended(text, node.entries["expires"], last)
    if changed is None or not _alike(changed, str(path), after):
        raise ConfigError(f"{node.place}: expires cannot be set here without touching more: set it to {last} by hand.")
    _write(path, changed)


def _ended(text: str, expires: Node, last: date) -> str | None:
    """The text with this entry's last day changed; None when it is written in a way that cannot be found again."""
    assert isinstance(expires, Scalar), "an entry that is a waiver has its last day as text"
    at = _position(text, expires.place)
    written = re.compile(rf"([\"']?){re.escape(expires.text)}\1").match(text, at)
    return f'{text[:at]}"{last}"{text[written.end() :]}' if written else None


def _position(text: str, place: Place) -> int:
    """Where in the text a place is; for a text with uncommon ends of lines somewhere else, which is seen afterwards."""
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[: place.line - 1]) + place.column - 1


def _alike(text: str, origin: str, wanted: list[Waiver]) -> bool:
    """Whether a text says these waivers and nothing else; where they stand does not count."""
    try:
        said = _waivers(text, origin)
    except ConfigError:
        return False
    return [replace(one, source="") for one in said] == [replace(one, source="") for one in wanted]


def _write(path: Path, text: str, made: bool = False) -> None:
    """Put a text in the place of the file at once or not at all; ``made``: it was not there before."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
            file.write(text)
        if not made:
            Path(file.name).chmod(path.stat().st_mode & 0o777)
        Path(file.name).replace(path)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}.") from None


def _read(path: Path) -> list[Waiver]:
    found = files.read(files.Candidate(path, required=True))
    return _waivers(found.text if found else "", str(path))


def _waivers(text: str, origin: str) -> list[Waiver]:
    return [_waiver(node) for node in _entries(text, origin)]


def _entries(text: str, origin: str) -> tuple[Node, ...]:
    document = parse(text, origin)
    if document.problems:
        raise ConfigError("\n".join(document.problems))
    _known(document.table, ("waivers",))
    listed = document.table.entries.get("waivers")
    if listed is None or (isinstance(listed, Scalar) and listed.empty):
        return ()
    if not isinstance(listed, Listing):
        raise ConfigError(f"{listed.place}: waivers is a list; each entry begins with - .")
    return listed.items


def _waiver(node: Node) -> Waiver:
    if not isinstance(node, Table):
        raise ConfigError(f"{node.place}: a waiver is a table with {', '.join(KEYS)}.")
    _known(node, KEYS)
    values = {key: _text(key, value) for key, value in node.entries.items()}
    for key in ("reason", "owner"):
        if not values.get(key):
            raise ConfigError(f"{node.place}: this waiver has no {key}.")
    if "expires" not in values:
        raise ConfigError(f"{node.place}: this waiver has no expires: its last day such as 2027-03-31, or {NEVER}.")
    if not {"fingerprint", "rule", "object"} & values.keys():
        raise ConfigError(f"{node.place}: this waiver names nothing: a fingerprint, or a rule, or an object.")
    return Waiver(
        reason=values["reason"],
        owner=values["owner"],
        expires=_day(values["expires"], node.keys["expires"]),
        fingerprint=values.get("fingerprint"),
        rule=values.get("rule"),
        object=values.get("object"),
        title=values.get("title"),
        since=_since(values["since"], node.keys["since"]) if "since" in values else None,
        target=values.get("target"),
        source=str(node.place),
    )


def _known(table: Table, keys: tuple[str, ...]) -> None:
    if table.twice:
        raise ConfigError(f"{table.place}: a key stands here twice.")
    for key, place in table.keys.items():
        if key not in keys:
            raise ConfigError(f"{place}: {key} is unknown here: {nearest(key, list(keys))}.")


def _text(key: str, node: Node) -> str:
    if not isinstance(node, Scalar) or node.empty or not node.text.strip():
        raise ConfigError(f"{node.place}: {key} wants a text.")
    return node.text


def _since(text: str, place: Place) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"{place}: since wants a day such as 2026-03-31, not {text}.") from None


def _day(text: str, place: Place) -> date | None:
    """The last day; None for ever, which has to be said."""
    if text == NEVER:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"{place}: expires wants a day such as 2027-03-31, or {NEVER}, not {text}.") from None
