"""From a tree of the file to Settings, with every problem in it told, not only the first."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field, fields
from typing import Any

from cryotui.config.document import Listing, Node, Place, Table, shown
from cryotui.config.values import Wrong, is_nothing, limits, nearest, secret_in_conninfo, value
from cryotui.model.record import dataclass
from cryotui.model.secrets import redact
from cryotui.model.settings import BackupSource, ColumnChoice, Key, Settings, Target
from cryotui.model.thresholds import THRESHOLDS

_PASSWORDS = re.compile(r"(?i)(pg)?(pass(word|wd|phrase)?|pwd|sslpassword|secret|token|api_?key|service_role)")
TARGET_NAME = re.compile(r"\w[\w.-]{0,31}")
_WHERE = frozenset(("conninfo", "service", "host", "port", "database", "user", "sslmode"))
_OF_KIND = {
    "dumps": ("path", "pattern", "command"),
    "pgbackrest": ("stanza", "command"),
    "barman": ("server", "command"),
    "walg": ("command",),
}
_NEEDED = {"dumps": "path", "pgbackrest": "stanza", "barman": "server"}


def keys_of(cls: type) -> dict[str, Key]:
    """The keys of a table of the file by name, in the order of its class."""
    return {item.name: item.metadata["key"] for item in fields(cls) if "key" in item.metadata}


@dataclass
class Checker:
    """Reads a tree. ``doubts`` and ``exposed`` are about files: who else could write there, and whether others can read.

    ``problems`` are mistakes; ``consequences`` say what a start in spite of them does.
    """

    environ: Mapping[str, str]
    doubts: Mapping[str, str] = field(default_factory=dict)
    exposed: frozenset[str] = frozenset()
    problems: list[str] = field(default_factory=list)
    consequences: list[str] = field(default_factory=list)

    def settings(self, table: Table) -> Settings:
        """The settings in the tree; what is wrong has its default."""
        values, _ = self._fields(table, Settings, "", "the file")
        targets = values.get("targets", {})
        wanted = values.get("default_target")
        if wanted is not None and wanted not in targets:
            self._say(
                table.entries["default_target"], f"default_target is {shown(wanted)}; {_or_none(wanted, targets)}"
            )
            self.consequences.append("PG* variables decide in place of default_target until that is mended.")
            del values["default_target"]
        for source in values.get("backups", ()):
            for name in source.targets:
                if name not in targets:
                    node = table.entries["backups"].entries[source.name].entries["targets"]  # type: ignore[union-attr]
                    self._say(node, f"backups.{source.name}.targets holds {shown(name)}; {_or_none(name, targets)}")
        return Settings(**values)

    def _say(self, where: Node | Place, sentence: str) -> None:
        self.problems.append(f"{where if isinstance(where, Place) else where.place}: {sentence}.")

    def _fields(self, table: Table, cls: type, path: str, owner: str) -> tuple[dict[str, Any], set[str]]:
        """The values of a table's known keys, and the keys that are unknown or have a wrong value."""
        known = keys_of(cls)
        found: dict[str, Any] = {}
        bad: set[str] = set()
        for name, node in table.entries.items():
            key = known.get(name)
            if key is None:
                bad.add(name)
                self._say(table.keys[name], _unknown(name, known, owner))
                continue
            try:
                found[name] = self._one(node, key, path + name)
            except Wrong as wrong:
                bad.add(name)
                self._say(wrong.place or node, f"{shown(path + name, 60)} {wrong}")
        return found, bad

    def _one(self, node: Node, key: Key, path: str) -> Any:
        if key.reading == "targets":
            return {name: target for name, target in self._each(node, path, self._target) if target is not None}
        if key.reading == "backups":
            return tuple(source for _, source in self._each(node, path, self._backup) if source is not None)
        if key.reading == "columns":
            return dict(self._each(node, path, self._columns))
        if key.reading == "thresholds":
            return self._thresholds(node)
        read = value(node, key, self.environ)
        if key.reading == "arguments":
            self._check_program(node, read)
        elif path.endswith(".conninfo") and secret_in_conninfo(read):
            raise Wrong("holds a password; it belongs in ~/.pgpass, in a service file or behind password_command")
        return read

    def _each(self, node: Node, path: str, read: Any) -> list[tuple[str, Any]]:
        """A table of named tables, each read by ``read(name, table, where)``; nothing is an empty one."""
        if is_nothing(node):
            return []
        if not isinstance(node, Table):
            raise Wrong("is no table; a name on its own line, and its keys under it, are possible")
        found = []
        for name, entry in node.entries.items():
            if is_nothing(entry):
                entry = Table({}, {}, node.keys[name])
            if not isinstance(entry, Table):
                self._say(entry, f"{shown(f'{path}.{name}', 60)} is no table; keys are possible, indented under it")
                continue
            if not TARGET_NAME.fullmatch(name):
                self._say(
                    node.keys[name],
                    f"{shown(name) or 'an empty name'} is no name; letters, digits, . _ - are possible, 32 at most",
                )
                continue
            found.append((name, read(name, entry, node.keys[name])))
        return found

    def _target(self, name: str, table: Table, where: Place) -> Target | None:
        values, bad = self._fields(table, Target, f"targets.{name}.", "a target")
        if bad & _WHERE:
            self.consequences.append(f"Target {name} is left out until that is mended.")
            return None
        unsafe = bad - {"label", "theme", "production", "password_command"}
        if unsafe or table.twice:
            # a misspelt protected must not open production unprotected
            self.consequences.append(f"Target {name} is taken as protected and read-only until that is mended.")
            values |= {"protected": True, "read_only": True}
        return Target(name, **values)

    def _backup(self, name: str, table: Table, where: Place) -> BackupSource | None:
        values, bad = self._fields(table, BackupSource, f"backups.{name}.", "a backup source")
        before = len(self.problems)
        kind = values.get("kind")
        if kind is None and "kind" not in bad:
            self._say(where, f"backups.{name} lacks kind: dumps, pgbackrest, barman or walg")
        if kind is not None:
            own = {key for keys in _OF_KIND.values() for key in keys}
            for key in table.entries:
                if key in own and key not in _OF_KIND[kind]:
                    self._say(table.keys[key], f"backups.{name}.{key} is not for a source of kind {kind}")
            needed = _NEEDED.get(kind)
            if needed and needed not in values and needed not in bad:
                self._say(where, f"backups.{name} lacks {needed}, which a source of kind {kind} needs")
        if bad or len(self.problems) > before:
            self.consequences.append(f"Backup source {name} is left out until that is mended.")
            return None
        return BackupSource(name, **values)

    def _columns(self, name: str, table: Table, where: Place) -> ColumnChoice:
        values, _ = self._fields(table, ColumnChoice, f"columns.{name}.", "the columns of a pane")
        return ColumnChoice(**values)

    def _thresholds(self, node: Node) -> dict[str, tuple[float, float]]:
        if is_nothing(node):
            return {}
        if not isinstance(node, Table):
            raise Wrong("is no table; lines such as activity.query: [1m, 5m] are possible, indented under it")
        found = {}
        for name, entry in node.entries.items():
            threshold = THRESHOLDS.get(name)
            if threshold is None:
                self._say(node.keys[name], f"{shown(name)} is no threshold; {nearest(name, THRESHOLDS)}")
                continue
            try:
                found[name] = limits(entry, threshold.unit, threshold.falling)
            except Wrong as wrong:
                self._say(wrong.place or entry, f"thresholds {shown(name)} {wrong}")
        return found

    def _check_program(self, node: Node, words: tuple[str, ...]) -> None:
        """A program is run only from a file that nobody else can write, and holds no secret that others can read."""
        assert isinstance(node, Listing)
        origin = node.place.origin
        if origin in self.doubts:
            raise Wrong(f"is not run: {self.doubts[origin]}")
        line = " ".join(words)
        if origin in self.exposed and redact(line) != line:
            raise Wrong(f"holds a secret, and others can read this file; chmod 600 {origin}")


def _unknown(name: str, known: Mapping[str, Key], owner: str) -> str:
    if _PASSWORDS.fullmatch(name):
        return (
            f"{shown(name)} is refused: a password does not belong in this file, but in ~/.pgpass, in a service file or "
            "behind password_command of a target"
        )
    for cls, other in ((Settings, "the file"), (Target, "a target"), (BackupSource, "a backup source")):
        if other != owner and name in keys_of(cls):
            return f"{name} is a key of {other}, not of {owner}"
    return f"{shown(name)} is no key of {owner}; {nearest(name, dict(known))}"


def _or_none(name: str, targets: Mapping[str, Target]) -> str:
    return nearest(name, targets) if targets else "there are no targets in the file"
