"""The example file, made from the fields of the settings: every key with its documentation and default, switched off.

A line with ``#``, blanks or none, and a key is a setting, and taking the ``#`` away switches it on; ``# `` with one blank
begins prose.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import MISSING, fields
from itertools import pairwise
from pathlib import Path
from typing import Any

from cryotui.config.check import keys_of
from cryotui.model import settings as source
from cryotui.model.quantities import written
from cryotui.model.settings import BackupSource, ColumnChoice, Key, Settings, Target
from cryotui.model.thresholds import THRESHOLDS, Threshold

HEAD = """\
# Configuration of cryotui, with every key at its default. Take the # before a key away to set it.
#
# Read in this order, later wins: /etc/cryotui/config.yaml, ~/.config/cryotui/config.yaml (or, in place of both, the file of
# --config or CRYOTUI_CONFIG), variables such as CRYOTUI_THEME for the keys with one value, the command line.
# cryotui config check finds mistakes; cryotui config show prints what holds and where it comes from.
# Times take a unit (90s, 5m, 36h, 7d), sizes too (100MB), shares are written 30%. Text that begins with * @ % & or ! stands in
# quotation marks.
"""
_WIDTH = 124


def example() -> str:
    """The text of ``config.example.yaml``."""
    words = documentation(Settings)
    parts = [HEAD]
    for name, key in keys_of(Settings).items():
        parts.append("\n".join(textwrap.wrap(words[name], _WIDTH, initial_indent="# ", subsequent_indent="# ")))
        parts += [_off(*lines) for lines in _lines(name, key)]
        parts.append("")
    return "\n".join(parts)


def _lines(name: str, key: Key) -> list[list[str]]:
    """The setting lines of a key of the top level."""
    if key.reading == "targets":
        return [[f"{name}:", "  prod:", *_entry(Target)]]
    if key.reading == "backups":
        return [
            [f"{name}:", "  nightly:", *_entry(BackupSource, skipped=("stanza", "server", "command"))],
            ["  repository:", *_entry(BackupSource, only=("stanza", "command"), kind="pgbackrest")],
            ["  barman:", *_entry(BackupSource, only=("server",), kind="barman")],
        ]
    if key.reading == "columns":
        return [[f"{name}:", "  activity:", *_entry(ColumnChoice)]]
    if key.reading == "thresholds":
        return [[f"{name}:", *_threshold_lines()]]
    return [[f"{name}: {_default(name, key)}"]]


def documentation(cls: type) -> dict[str, str]:
    """The text under each field of a class, on one line."""
    module = ast.parse(inspect.getsource(source))
    body = next(node.body for node in module.body if isinstance(node, ast.ClassDef) and node.name == cls.__name__)
    found: dict[str, str] = {}
    for statement, following in pairwise(body):
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and isinstance(following, ast.Expr)
            and isinstance(following.value, ast.Constant)
        ):
            found[statement.target.id] = " ".join(str(following.value.value).split())
    return found


def pair(limits: Sequence[float], threshold: Threshold) -> str:
    """``[watch, bad]`` as the file takes it."""
    watch, bad = (written(abs(limit) if abs(limit) == float("inf") else limit, threshold.unit) for limit in limits)
    return f"[{watch}, {bad}]"


def _off(*lines: str) -> str:
    return "\n".join(line if line.startswith("    # ") else f"#{line}" for line in lines)


def _entry(cls: type, skipped: Iterable[str] = (), only: Iterable[str] = (), kind: str | None = None) -> list[str]:
    """The keys of a named table, each after its documentation; with ``only`` those and the kind, without words."""
    words = documentation(cls)
    lines = [f"    kind: {kind}"] if kind else []
    for name, key in keys_of(cls).items():
        if name in skipped or (kind and name not in only):
            continue
        lines += textwrap.wrap(words[name], _WIDTH, initial_indent="    # ", subsequent_indent="    # ")
        lines.append(f"    {name}: {key.example}")
    return lines


def _threshold_lines() -> list[str]:
    width = max(map(len, THRESHOLDS)) + 1
    lines = []
    for name, threshold in THRESHOLDS.items():
        limits = pair((threshold.watch, threshold.bad), threshold)
        lines.append(f"  {name + ':':{width}} {limits:16} # {threshold.about}")
    return lines


def _default(name: str, key: Key) -> str:
    item = next(item for item in fields(Settings) if item.name == name)
    if item.default_factory is not MISSING:
        return {"state_folder": "~/.local/state/cryotui", "config_folder": "~/.config/cryotui"}[name]
    return key.example if item.default is None else scalar(item.default, key)


def scalar(given: Any, key: Key) -> str:
    """A value as the file takes it."""
    if isinstance(given, bool):
        return "true" if given else "false"
    if key.reading == "seconds":
        return written(given, "seconds")
    if isinstance(given, Path):
        return text(str(given))
    return str(given) if isinstance(given, int | float) else text(str(given))


def text(given: str) -> str:
    """A text, in quotation marks where YAML would read something else out of it."""
    safe = given and all(letter.isalnum() or letter in "_./~+=@:-" for letter in given)
    plain = safe and given[0].isalpha() and ": " not in given and not given.endswith(":") and given.isascii()
    if plain or (safe and given.startswith(("/", "~/"))):
        return given
    return '"' + given.replace("\\", "\\\\").replace('"', '\\"') + '"'
