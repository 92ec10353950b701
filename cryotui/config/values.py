"""One value of the file to what a key wants, by the ``Key`` beside the field; a wrong one raises Wrong with the reason."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from cryotui.config.document import Listing, Node, Place, Scalar, Table, shown
from cryotui.config.files import expanded
from cryotui.model import quantities
from cryotui.model.action import Level
from cryotui.model.quantities import Unit
from cryotui.model.settings import Key
from cryotui.model.text import clean

_FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_URI = re.compile(r"(?i)postgres(?:ql)?://")
_PAIR = re.compile(r"(?i)(?:^|[\s?&])([a-z_]*(?:password|secret|token))\s*=")
NEVER = "never"


class Wrong(ValueError):
    """A value cannot be used; the message goes on after the key's name: ``is 0.5; 1s is the least``."""

    def __init__(self, message: str, place: Place | None = None) -> None:
        super().__init__(message)
        self.place = place


def nearest(word: str, known: Mapping[str, Any] | list[str]) -> str:
    """The end of a sentence about a word that is unknown: the nearest known one, or all of them when none is near."""
    from difflib import get_close_matches  # what is written rightly needs none

    near = get_close_matches(word, list(known), 1, 0.6) or get_close_matches(word.lower(), list(known), 1, 0.6)
    if near:
        return f"{near[0]} is the nearest"
    return f"possible: {', '.join(known)}" if len(known) <= 12 else "cryotui config show lists what there is"


def value(node: Node, key: Key, environ: Mapping[str, str]) -> Any:
    """The value of a field from its node. Raises Wrong."""
    if key.reading == "arguments":
        return arguments(node, key)
    if key.reading == "names":
        return names(node)
    if key.reading == "ages":
        return limits(node, "seconds")
    text = scalar(node)
    if key.reading == "path":
        return _path(text, environ)
    if key.reading == "text":
        return text
    return _READERS[key.reading](text, key)


def scalar(node: Node) -> str:
    """The text of a single value. Raises Wrong for a list, a table, nothing, and for text that cannot be shown."""
    if isinstance(node, Table):
        raise Wrong("is a table of keys; one value is possible")
    if isinstance(node, Listing):
        raise Wrong("is a list; one value is possible")
    if node.empty or not node.text.strip():
        raise Wrong("has no value; leave the line out for the default")
    if "\n" in node.text or clean(node.text) != node.text:
        raise Wrong("holds a line break or a character that cannot be shown")
    return node.text


def names(node: Node) -> tuple[str, ...]:
    """A list of words; a single word is a list of one."""
    found = tuple(scalar(item) for item in node.items) if isinstance(node, Listing) else (scalar(node),)
    if len(set(found)) < len(found):
        raise Wrong("names something twice")
    return found


def arguments(node: Node, key: Key) -> tuple[str, ...]:
    """A program with its arguments as a list: never one string, which only a shell could take apart."""
    if not isinstance(node, Listing) or not node.items:
        raise Wrong(f"is no list; a program and its arguments are possible, such as {key.example}")
    return tuple(scalar(item) for item in node.items)


def limits(node: Node, unit: Unit, falling: bool = False) -> tuple[float, float]:
    """``[watch, bad]`` in the unit; one value, or never in the second place, leaves out bad."""
    items = node.items if isinstance(node, Listing) else (node,)
    if not 1 <= len(items) <= 2:
        raise Wrong(f"has {len(items)} values; [watch, bad] is possible")
    read = [_limit(item, unit, falling) for item in items]
    watch, bad = (*read, -math.inf if falling else math.inf)[:2]
    if (watch < bad) if falling else (watch > bad):
        raise Wrong("has bad before watch; " + ("bad is the lower one here" if falling else "watch is the lower one"))
    return watch, bad


def _limit(node: Node, unit: Unit, falling: bool) -> float:
    text = scalar(node)
    if text.lower() == NEVER:
        return -math.inf if falling else math.inf
    try:
        return quantities.READERS[unit](text)
    except ValueError as error:
        raise Wrong(f"holds {shown(text)}; {error}", node.place) from None


def secret_in_conninfo(text: str) -> bool:
    """Whether a connection string holds a password, in any of the forms that libpq takes."""
    if _PAIR.search(text) or _PAIR.search(unquote(text)):
        return True
    uri = _URI.match(text)
    if not uri:
        return False
    authority, _, _ = re.split(r"([/?#]|$)", text[uri.end() :], maxsplit=1)
    if "@" in authority:
        return bool(authority.rpartition("@")[0].partition(":")[2])
    # an unescaped / ? or # in a password ends the authority early; what then stands for the port is none
    port = authority.rpartition(":")[2] if ":" in authority and not authority.endswith("]") else ""
    return "@" in text and not re.fullmatch(r"[0-9,]*", port)


def _path(text: str, environ: Mapping[str, str]) -> Path:
    found = expanded(text, environ)
    if not found.is_absolute():
        raise Wrong(f"is {shown(text)}; a path that begins with / or ~/ is possible")
    return found


def _flag(text: str, key: Key) -> bool:
    if text.lower() not in _FLAGS:
        raise Wrong(f"is {shown(text)}; true and false are possible")
    return _FLAGS[text.lower()]


def _word(text: str, key: Key) -> str:
    if text not in key.words:
        raise Wrong(f"is {shown(text)}; possible: {', '.join(key.words)}")
    return text


def _level(text: str, key: Key) -> Level:
    return Level[_word(text, key).upper()]


def _whole(text: str, key: Key) -> int:
    return int(_within(text, quantities.whole, key, ""))


def _seconds(text: str, key: Key) -> float:
    return _within(text, quantities.seconds, key, " s")


def _within(text: str, read: Callable[[str], float], key: Key, unit: str) -> float:
    try:
        found = read(text)
    except ValueError as error:
        raise Wrong(f"is {shown(text)}; {error}") from None
    if key.least is not None and found < key.least:
        raise Wrong(f"is {shown(text)}; {key.least:g}{unit} is the least")
    if key.most is not None and found > key.most:
        raise Wrong(f"is {shown(text)}; {key.most:g}{unit} is the most")
    return found


_READERS: dict[str, Callable[[str, Key], Any]] = {
    "word": _word,
    "flag": _flag,
    "whole": _whole,
    "seconds": _seconds,
    "level": _level,
}


def is_nothing(node: Node) -> bool:
    """Whether a key was written with nothing behind it, as when all lines under it are comments."""
    return isinstance(node, Scalar) and node.empty
