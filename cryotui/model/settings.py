"""Settings as frozen values, each with its default and one docstring; ``cryotui.config`` fills them from YAML.

This file is the one source of the configuration: the checker, ``config.example.yaml``, the environment variables
(CRYOTUI_INTERVAL for ``interval``) and the documentation are made from the fields below. ``Key`` beside a field says how its
value reads; the text under it is its documentation.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any, Literal

from cryotui.model.action import Level
from cryotui.model.folders import config_folder, state_folder
from cryotui.model.record import dataclass

ColorChoice = Literal["auto", "always", "never"]
BackupKind = Literal["dumps", "pgbackrest", "barman", "walg"]
Reading = Literal[
    "text", "word", "flag", "whole", "seconds", "level", "path", "arguments", "names", "ages",
    "targets", "backups", "thresholds", "columns",
]  # fmt: skip
"""How a value reads. The last four are tables of their own."""


@dataclass(frozen=True, slots=True)
class Key:
    """How the value of a field reads in the file. ``example`` stands in the example file where the default is nothing."""

    reading: Reading
    least: float | None = None
    most: float | None = None
    words: tuple[str, ...] = ()
    example: str = ""


def _reads(reading: Reading, **limits: Any) -> dict[str, Key]:
    return {"key": Key(reading, **limits)}


_PRODUCTION = re.compile(r"(^|[^a-z])(prod|prd|production|live)([^a-z]|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Target:
    """A server under a name. Without any of the keys that say where, PG* variables decide, as for psql."""

    name: str

    conninfo: str | None = field(
        default=None, metadata=_reads("text", example="postgresql://cryo_ops@db1.lab/cryoprotect?sslmode=verify-full")
    )
    """Where, as a URI or as key=value words, as libpq takes them; without a password. The keys below win over it."""

    service: str | None = field(default=None, metadata=_reads("text", example="lab"))
    """Where, as an entry of the service file (~/.pg_service.conf)."""

    host: str | None = field(default=None, metadata=_reads("text", example="db1.lab"))
    """Host name, address or socket folder; several with commas between them."""

    port: int | None = field(default=None, metadata=_reads("whole", least=1, most=65535, example="5432"))
    """Port."""

    database: str | None = field(default=None, metadata=_reads("text", example="cryoprotect"))
    """Database."""

    user: str | None = field(default=None, metadata=_reads("text", example="cryo_ops"))
    """Role."""

    sslmode: str | None = field(
        default=None,
        metadata=_reads(
            "word", words=("disable", "allow", "prefer", "require", "verify-ca", "verify-full"), example="verify-full"
        ),
    )
    """How TLS is asked for and what of the certificate is checked."""

    password_command: tuple[str, ...] = field(default=(), metadata=_reads("arguments", example="[pass, show, db/prod]"))
    """A program that prints the password, with its arguments; it is run without a shell. A password itself is refused here: it
    belongs in ~/.pgpass, in a service file or behind this command."""

    label: str | None = field(default=None, metadata=_reads("text", example="Production, Zurich"))
    """A few words about it, shown in the list of targets."""

    protected: bool = field(default=False, metadata=_reads("flag", example="true"))
    """Production: says so on every screen, starts at level observe, and asks for its name before the level is raised."""

    read_only: bool = field(default=False, metadata=_reads("flag", example="true"))
    """Refuse every action on it, below the screens."""

    max_level: Level = field(
        default=Level.DANGER, metadata=_reads("level", words=("observe", "operate", "danger"), example="operate")
    )
    """The highest level that can be reached on it: observe, operate or danger."""

    production: bool | None = field(default=None, metadata=_reads("flag", example="false"))
    """Whether it is production. Left out, that is guessed from its name, host and database, and you are asked to protect it;
    false ends the question."""

    theme: str | None = field(default=None, metadata=_reads("text", example="protected"))
    """The theme on this target, in place of the usual one."""

    @property
    def parameters(self) -> dict[str, str]:
        """The keys that say where, as libpq's keywords; they win over those in ``conninfo``."""
        pieces = {
            "service": self.service,
            "host": self.host,
            "port": None if self.port is None else str(self.port),
            "dbname": self.database,
            "user": self.user,
            "sslmode": self.sslmode,
        }
        return {keyword: value for keyword, value in pieces.items() if value is not None}

    @property
    def highest_level(self) -> Level:
        """The level that can be reached: observe when read-only, else ``max_level``."""
        return Level.OBSERVE if self.read_only else self.max_level

    @property
    def first_level(self) -> Level:
        """The level at the start: observe where protected, else operate, never above the highest."""
        return min(Level.OBSERVE if self.protected else Level.OPERATE, self.highest_level)

    @property
    def looks_like_production(self) -> bool:
        """Whether to ask if it should be protected: told so, or guessed from its name, host and database."""
        if self.protected or self.production is not None:
            return not self.protected and self.production is True
        words = (self.name, self.service, self.host, self.database, self.conninfo, self.label)
        return any(_PRODUCTION.search(word) for word in words if word)


@dataclass(frozen=True, slots=True)
class BackupSource:
    """A place where backups can be looked at. What it cannot tell is UNKNOWN, and UNKNOWN outranks ok."""

    name: str

    kind: BackupKind = field(
        default="dumps", metadata=_reads("word", words=("dumps", "pgbackrest", "barman", "walg"), example="dumps")
    )
    """What makes the backups: dumps (files of pg_dump in a folder), pgbackrest, barman or walg. Must be given."""

    path: Path | None = field(default=None, metadata=_reads("path", example="/srv/backups/cryoprotect"))
    """dumps: the folder of the files."""

    pattern: str = field(default="*.dump", metadata=_reads("text", example='"*.dump"'))
    """dumps: which files, as a shell pattern; in quotation marks, because * means something else to YAML."""

    stanza: str | None = field(default=None, metadata=_reads("text", example="main"))
    """pgbackrest: the stanza."""

    server: str | None = field(default=None, metadata=_reads("text", example="db1"))
    """barman: the server's name in Barman's configuration."""

    command: tuple[str, ...] = field(default=(), metadata=_reads("arguments", example="[ssh, backup1.lab, pgbackrest]"))
    """How the tool is started, with its arguments and without a shell; left out, it is found on PATH by its own name."""

    targets: tuple[str, ...] = field(default=(), metadata=_reads("names", example="[prod]"))
    """The targets it backs up; left out, all."""

    max_age: tuple[float, float] | None = field(default=None, metadata=_reads("ages", example="[26h, 36h]"))
    """Age of the newest whole backup from which it is watch, and bad; left out, the threshold backups.newest."""


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """Which columns of a pane are shown, by their names as in ``cryotui show PANE --json``."""

    hidden: tuple[str, ...] = field(default=(), metadata=_reads("names", example="[client, xmin_age]"))
    """Columns that are not shown."""

    order: tuple[str, ...] = field(default=(), metadata=_reads("names", example="[pid, transaction_age, app]"))
    """Columns that come first, in this order; the others follow in theirs."""


@dataclass(frozen=True)
class Settings:
    """All settings of one start of cryotui."""

    default_target: str | None = field(default=None, metadata=_reads("text", example="lab"))
    """The target that cryotui opens when none is named. Left out, PG* variables decide, as for psql."""

    interval: float = field(default=2.0, metadata=_reads("seconds", least=1, most=3600))
    """Seconds between two polls of the visible pane; 1 is the least."""

    idle_minutes: int = field(default=0, metadata=_reads("whole", least=0, most=10080))
    """Minutes without a key after which polling stops until the next key; 0 never stops."""

    danger_minutes: int = field(default=10, metadata=_reads("whole", least=1, most=60))
    """Minutes after which level danger ends by itself."""

    theme: str = field(default="frost", metadata=_reads("text"))
    """The theme: frost, glacier, high-contrast, protected, sixteen, or one of your own from the folder themes."""

    protected_theme: str | None = field(default=None, metadata=_reads("text", example="protected"))
    """The theme on protected targets. Left out, it is protected while theme is frost, else theme."""

    color: ColorChoice = field(default="auto", metadata=_reads("word", words=("auto", "always", "never")))
    """Colours: auto follows the terminal and NO_COLOR, always ignores NO_COLOR, never leaves bold, underline and reverse."""

    ascii: bool = field(default=False, metadata=_reads("flag"))
    """Draw with ASCII signs only. It happens by itself where the terminal does not take UTF-8."""

    mouse: bool = field(default=True, metadata=_reads("flag"))
    """Take the mouse: click, sort, scroll. Without it the terminal selects text as usual."""

    slow: bool = field(default=False, metadata=_reads("flag"))
    """For slow links: sixteen colours, an interval of 5 s at least, no mouse, no sparklines."""

    redact: bool = field(default=False, metadata=_reads("flag"))
    """Hide the literals in statements wherever their text is shown."""

    state_folder: Path = field(default_factory=lambda: state_folder(os.environ), metadata=_reads("path"))
    """Where the action log, exports and copies go. Left out, $XDG_STATE_HOME/cryotui or ~/.local/state/cryotui."""

    config_folder: Path = field(default_factory=lambda: config_folder(os.environ), metadata=_reads("path"))
    """Where your own probes, rules and themes are. Left out, $XDG_CONFIG_HOME/cryotui or ~/.config/cryotui."""

    targets: Mapping[str, Target] = field(default_factory=dict, metadata=_reads("targets"))
    """Servers by name: cryotui NAME opens one."""

    backups: tuple[BackupSource, ...] = field(default=(), metadata=_reads("backups"))
    """Where backups can be looked at, by name."""

    thresholds: Mapping[str, tuple[float, float]] = field(default_factory=dict, metadata=_reads("thresholds"))
    """Where watch and bad begin, as [watch, bad]; one value, or never in the second place, leaves out bad."""

    columns: Mapping[str, ColumnChoice] = field(default_factory=dict, metadata=_reads("columns"))
    """Which columns a pane shows, by the pane's name."""

    def theme_for(self, target: Target | None = None) -> str:
        """The name of the theme on a target: its own, else the one for protected targets, else the usual one."""
        if target is not None and target.theme:
            return target.theme
        if target is None or not target.protected:
            return self.theme
        return self.protected_theme or ("protected" if self.theme == "frost" else self.theme)

    @property
    def poll_seconds(self) -> float:
        """Seconds between two polls: the interval, 5 at least on a slow link."""
        return max(self.interval, 5.0) if self.slow else self.interval
