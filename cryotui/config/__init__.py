"""YAML and environment to Settings. A mistake names the file, line, column, the key and the nearest known key.

What is read, later wins: /etc/cryotui/config.yaml, the user's config.yaml (or, alone, the file of --config or
CRYOTUI_CONFIG), CRYOTUI_* variables, the words of the command line.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from cryotui.config.check import Checker, keys_of
from cryotui.config.document import Document, Listing, Node, Place, Scalar, Table, merged, parse
from cryotui.config.files import SYSTEM_FOLDER, Candidate, candidates, read
from cryotui.config.values import nearest
from cryotui.model.errors import ConfigError
from cryotui.model.folders import config_folder, state_folder
from cryotui.model.record import dataclass
from cryotui.model.settings import Settings
from cryotui.model.text import clean

__all__ = ["Loaded", "examine", "load", "load_tolerant"]

_TABLES = ("targets", "backups", "thresholds", "columns")
COMMAND_LINE = Place("command line")
"""Where overrides stand; a problem with one begins with it."""
MOST_PROBLEMS = 25
"""Problems that are told; a file with more of them is hardly a configuration."""


@dataclass(frozen=True)
class Loaded:
    """Everything that was found out about the configuration.

    ``settings`` has defaults where ``problems`` are. ``consequences`` say what a start in spite of the problems does,
    ``notices`` what is no mistake but worth a word. ``files`` are all that were looked for, ``found`` those that were read.
    ``origins`` tells for every key that was given where.
    """

    settings: Settings
    problems: tuple[str, ...]
    consequences: tuple[str, ...]
    notices: tuple[str, ...]
    files: tuple[Candidate, ...]
    found: tuple[Path, ...]
    origins: Mapping[str, Place]


def load(
    file: str | Path | None = None,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, object] | None = None,
    system: Path = SYSTEM_FOLDER,
) -> Settings:
    """The settings of this start.

    ``file`` is read in place of the usual ones; ``overrides`` are words of the command line by key, None where not given,
    tables as mappings and lists as sequences, each in place of all that the files say of its key; ``system`` is the
    folder of the system's file. Raises ConfigError that lists all problems, one a line.
    """
    loaded = examine(file, environ, overrides, system)
    if loaded.problems:
        raise ConfigError("\n".join(loaded.problems))
    return loaded.settings


def load_tolerant(
    file: str | Path | None = None,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, object] | None = None,
    system: Path = SYSTEM_FOLDER,
) -> tuple[Settings, tuple[str, ...]]:
    """As ``load``, but starts with the default of every bad key; gives the sentences to show.

    A target whose safety is in doubt is taken as protected and read-only; one whose place is in doubt is left out.
    """
    loaded = examine(file, environ, overrides, system)
    return loaded.settings, (*loaded.problems, *loaded.consequences, *loaded.notices)


def examine(
    file: str | Path | None = None,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, object] | None = None,
    system: Path = SYSTEM_FOLDER,
) -> Loaded:
    """The settings together with all that is to be said about them; raises nothing."""
    environ = os.environ if environ is None else environ
    files = candidates(file, environ, system)
    problems: list[str] = []
    notices: list[str] = []
    found: list[Path] = []
    doubts: dict[str, str] = {}
    exposed: set[str] = set()
    table: Node = Table({}, {}, Place("defaults"))
    for candidate in files:
        try:
            text = read(candidate)
            if text is None:
                continue
            origin = clean(str(text.path))
            found.append(text.path)
            if text.doubt:
                doubts[origin] = text.doubt
                notices.append(f"{origin}: {text.doubt}; programs it names are not run.")
            if not text.private:
                exposed.add(origin)
            document: Document = parse(text.text, origin)
        except ConfigError as error:
            problems.append(str(error))
            continue
        problems += document.problems
        table = merged(table, document.table)
    table = merged(table, _variables(environ, notices))
    assert isinstance(table, Table)
    words = _given(overrides or {})
    table = Table({**table.entries, **words.entries}, {**table.keys, **words.keys}, table.place, table.twice)
    checker = Checker(environ, doubts, frozenset(exposed), problems)
    settings = checker.settings(_with_folders(table, environ))
    if len(problems) > MOST_PROBLEMS:
        problems[MOST_PROBLEMS:] = [f"and {len(problems) - MOST_PROBLEMS} more."]
    origins = {key: table.entries[key].place for key in table.entries if key in keys_of(Settings)}
    return Loaded(settings, tuple(problems), tuple(checker.consequences), tuple(notices), files, tuple(found), origins)


def variable(key: str) -> str:
    """The environment variable of a key of the top level."""
    return f"CRYOTUI_{key.upper()}"


def single_keys() -> tuple[str, ...]:
    """The keys of the top level that have one value and so an environment variable."""
    return tuple(key for key in keys_of(Settings) if key not in _TABLES)


def _variables(environ: Mapping[str, str], notices: list[str]) -> Table:
    known = {variable(key): key for key in single_keys()}
    entries: dict[str, Node] = {}
    for name, text in environ.items():
        if not name.startswith("CRYOTUI_") or name == "CRYOTUI_CONFIG" or name.startswith("CRYOTUI_TEST_"):
            continue
        if name not in known:
            near = nearest(name, list(known))
            notices.append(f"{clean(name)} is no variable of cryotui; {near}.")
        elif text:
            entries[known[name]] = Scalar(text, Place(name))
    return Table(entries, {key: node.place for key, node in entries.items()}, Place("environment"))


def _given(overrides: Mapping[str, object]) -> Table:
    entries = {key: _node(given) for key, given in overrides.items() if given is not None}
    return Table(entries, {key: node.place for key, node in entries.items()}, COMMAND_LINE)


def _node(given: object) -> Node:
    """A value of the program as the tree of a file would have it."""
    if isinstance(given, Mapping):
        return _given(given)
    if isinstance(given, list | tuple):
        return Listing(tuple(_node(item) for item in given), COMMAND_LINE)
    text = str(given).lower() if isinstance(given, bool) else str(given)
    return Scalar(text, COMMAND_LINE, plain=False)


def _with_folders(table: Table, environ: Mapping[str, str]) -> Table:
    """The tree with the folders of this environment where none were given."""
    entries = dict(table.entries)
    for key, folder in (("state_folder", state_folder(environ)), ("config_folder", config_folder(environ))):
        entries.setdefault(key, Scalar(str(folder), Place("environment")))
    return Table(entries, {**{key: Place("environment") for key in entries}, **table.keys}, table.place)
