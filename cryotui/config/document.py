"""YAML text as a tree whose every value knows its place; scalars stay text, so nothing is guessed from their look.

YAML 1.1 reads ``0123`` as 83, ``1:30`` as 90, ``NO`` as false, ``3.10`` as 3.1 and takes the last of two equal keys. Here a
scalar is the text that was written, and the checker, which knows what a key wants, reads it. Anchors, aliases, tags and
a second document are refused: a configuration needs none, and an alias can stand for a billion values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field

from cryotui.model.errors import ConfigError
from cryotui.model.record import dataclass
from cryotui.model.text import clean, cut

DEEPEST = 12
"""Levels of nesting; the deepest valid file has four."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was written: a file with line and column, or the name of a variable or option."""

    origin: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.origin}:{self.line}:{self.column}" if self.line else self.origin


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as it was written; ``plain`` without quotation marks."""

    text: str
    place: Place
    plain: bool = True

    @property
    def empty(self) -> bool:
        """Whether nothing was written, or YAML's words for nothing."""
        return self.plain and self.text in ("", "~", "null", "Null", "NULL")


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of values."""

    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Table:
    """Keys with values, in the order of the file. ``keys`` holds the place of every key; ``twice``: one came again."""

    entries: dict[str, Node]
    keys: dict[str, Place]
    place: Place
    twice: bool = False


Node = Scalar | Listing | Table


@dataclass(frozen=True, slots=True)
class Document:
    """A file read: its table of the top level, and the problems that did not keep the rest from being read."""

    table: Table
    problems: tuple[str, ...] = field(default=())


def parse(text: str, origin: str) -> Document:
    """The document in a YAML text; an empty one is an empty table. Raises ConfigError with one sentence."""
    # PyYAML takes longer to import than everything else a headless verb needs, and most starts read no file
    import yaml

    try:
        return _Builder(origin).document(yaml.parse(text, Loader=yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(origin, mark.line + 1, mark.column + 1) if mark else Place(origin)
        raise ConfigError(f"{place}: {_sentence(error)}") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        column = error.position - (text.rfind("\n", 0, error.position) + 1) + 1
        raise ConfigError(
            f"{Place(origin, line, column)}: a character that no text file has (code {error.character})."
        ) from None
    except yaml.YAMLError as error:
        raise ConfigError(f"{Place(origin)}: this is not YAML: {clean(str(error))}.") from None


def merged(base: Node, over: Node) -> Node:
    """Two trees as one: where both have a table, key by key; else what stands in ``over``."""
    if not (isinstance(base, Table) and isinstance(over, Table)):
        return base if isinstance(base, Table) and isinstance(over, Scalar) and over.empty else over
    entries = dict(base.entries)
    for key, node in over.entries.items():
        entries[key] = merged(entries[key], node) if key in entries else node
    return Table(entries, {**base.keys, **over.keys}, over.place, base.twice or over.twice)


class _Builder:
    """Builds the tree from PyYAML's events; never deeper than DEEPEST, so that no file exhausts the stack."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.problems: list[str] = []

    def document(self, events: Iterator[object]) -> Document:
        import yaml

        root: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    raise ConfigError(f"{self._place(event)}: a second document (---) begins; one is read.")
                root = self._node(next(events), events, 0)
        if root is None or (isinstance(root, Scalar) and root.empty):
            return Document(Table({}, {}, Place(self.origin)))
        if not isinstance(root, Table):
            raise ConfigError(f"{root.place}: the file holds no keys; its lines read key: value.")
        return Document(root, tuple(self.problems))

    def _node(self, event: object, events: Iterator[object], depth: int) -> Node:
        import yaml

        place = self._place(event)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise ConfigError(
                f"{place}: anchors and aliases (& and *) are not read; write the value out. "
                "A value that begins with * or & stands in quotation marks."
            )
        if getattr(event, "tag", None) is not None:
            raise ConfigError(f"{place}: tags (!) are not read. A value that begins with ! stands in quotation marks.")
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(event.value, place, plain=event.style is None)
        if depth >= DEEPEST:
            raise ConfigError(f"{place}: nested deeper than {DEEPEST} levels, which no key needs.")
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(following := next(events), yaml.SequenceEndEvent):
                items.append(self._node(following, events, depth + 1))
            return Listing(tuple(items), place)
        return self._table(place, events, depth)

    def _table(self, place: Place, events: Iterator[object], depth: int) -> Table:
        import yaml

        entries: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        twice = False
        while not isinstance(following := next(events), yaml.MappingEndEvent):
            key = self._node(following, events, depth + 1)
            value = self._node(next(events), events, depth + 1)
            if not isinstance(key, Scalar):
                raise ConfigError(f"{key.place}: a key is a word, not a list or a table.")
            if key.text in entries:
                first = keys[key.text].line
                self.problems.append(f"{key.place}: {shown(key.text)} is given twice; the first is in line {first}.")
                twice = True
                continue
            entries[key.text], keys[key.text] = value, key.place
        return Table(entries, keys, place, twice)

    def _place(self, event: object) -> Place:
        mark = event.start_mark  # type: ignore[attr-defined]  # every event of PyYAML has it
        return Place(self.origin, mark.line + 1, mark.column + 1)


def shown(text: str, width: int = 40) -> str:
    """A word from a file as a sentence may show it: cleaned and cut."""
    return cut(re.sub(r"\s+", " ", clean(text)), width)


_SENTENCES = (
    (r"found character '\\t'", "a tab stands where YAML takes blanks only; indent with blanks."),
    (r"found character '[@`%]'", "a value that begins with @, % or ` stands in quotation marks."),
    (
        r"scanning a directive|expected '<document start>'",
        "a line that begins with % is no key; a value stands in quotation marks.",
    ),
    (r"scanning an (alias|anchor)|undefined alias", "a value that begins with * or & stands in quotation marks."),
    (
        r"mapping values are not allowed",
        "a second colon: put the value in quotation marks, or look at how the line is indented.",
    ),
    (r"could not find expected ':'", "a line without a colon; lines read key: value."),
    (r"found unexpected end of stream", "quotation marks are opened and not closed."),
    (r"expected <block end>", "this line is indented differently from the lines it belongs to."),
    (r"expected ',' or '[\]}]'", "a bracket is opened and not closed, or a comma is missing."),
    (r"tag", "a value that begins with ! stands in quotation marks."),
    (r"escape (character|sequence)|hexadecimal", "inside \"...\" a backslash is written twice; or use '...'."),
)


def _sentence(error: object) -> str:
    problem = f"{getattr(error, 'context', '') or ''} {getattr(error, 'problem', '') or ''}".strip()
    for pattern, sentence in _SENTENCES:
        if re.search(pattern, problem):
            return sentence
    return f"this is not YAML: {clean(problem)}."
