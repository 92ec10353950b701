"""Waivers: findings that somebody has accepted, in YAML files; read with their mistakes told, and added to by the console.

A file that cannot be read whole is refused whole: half of its waivers would make findings come back that nobody expects, and
guessing at a mistake would hide some that nobody has accepted.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from cryotui.config import files
from cryotui.config.document import Listing, Node, Place, Scalar, Table, parse
from cryotui.config.values import nearest
from cryotui.model.errors import ConfigError
from cryotui.model.review import Waiver

FILE = "waivers.yaml"
"""Its name in the configuration folder."""

KEYS = ("fingerprint", "rule", "object", "target", "reason", "owner", "expires")
HEAD = """\
# Findings that are accepted for a time. Each entry names one finding by its fingerprint, or some by patterns of rule and
# object (* and ?), if need be for one target only. reason and owner are needed; expires is the last day it holds.
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
    lines = [f"{key}: {json.dumps(str(value), ensure_ascii=False)}" for key, value in values.items()]
    text = text.rstrip("\n") + "\n  - " + "\n    ".join(lines) + "\n"
    if len(_waivers(text, str(path))) != len(known) + 1:
        raise ConfigError(f"{path} does not end with its list of waivers: add the entry by hand.")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
            file.write(text)
        if found:
            Path(file.name).chmod(path.stat().st_mode & 0o777)
        Path(file.name).replace(path)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}.") from None


def _read(path: Path) -> list[Waiver]:
    found = files.read(files.Candidate(path, required=True))
    return _waivers(found.text if found else "", str(path))


def _waivers(text: str, origin: str) -> list[Waiver]:
    document = parse(text, origin)
    if document.problems:
        raise ConfigError("\n".join(document.problems))
    _known(document.table, ("waivers",))
    listed = document.table.entries.get("waivers")
    if listed is None or (isinstance(listed, Scalar) and listed.empty):
        return []
    if not isinstance(listed, Listing):
        raise ConfigError(f"{listed.place}: waivers is a list; each entry begins with - .")
    return [_waiver(node) for node in listed.items]


def _waiver(node: Node) -> Waiver:
    if not isinstance(node, Table):
        raise ConfigError(f"{node.place}: a waiver is a table with {', '.join(KEYS)}.")
    _known(node, KEYS)
    values = {key: _text(key, value) for key, value in node.entries.items()}
    for key in ("reason", "owner"):
        if not values.get(key):
            raise ConfigError(f"{node.place}: this waiver has no {key}.")
    if "fingerprint" in values and ("rule" in values or "object" in values):
        raise ConfigError(f"{node.place}: a waiver names a fingerprint, or rule and object; not both.")
    if not {"fingerprint", "rule", "object"} & values.keys():
        raise ConfigError(f"{node.place}: this waiver names nothing: a fingerprint, or a rule, or an object.")
    expires = values.pop("expires", None)
    return Waiver(
        reason=values["reason"],
        owner=values["owner"],
        expires=_day(expires, node.keys["expires"]) if expires else None,
        fingerprint=values.get("fingerprint"),
        rule=values.get("rule"),
        object=values.get("object"),
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


def _day(text: str, place: Place) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"{place}: expires wants a day such as 2027-03-31, not {text}.") from None
