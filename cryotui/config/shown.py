"""What holds, as lines of a file that says the same, each value with where it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from cryotui.config.check import keys_of
from cryotui.config.document import Place
from cryotui.config.example import pair, scalar, text
from cryotui.model.action import Level
from cryotui.model.secrets import redact
from cryotui.model.settings import Key, Settings
from cryotui.model.text import clean
from cryotui.model.thresholds import THRESHOLDS, Threshold

_AGE = Threshold("seconds", 0, 0, "")


def settings_lines(settings: Settings, origins: Mapping[str, Place]) -> list[str]:
    """All settings as YAML; behind each key of the top level where it was given. Secrets in it are masked."""
    lines: list[str] = []
    for name, key in keys_of(Settings).items():
        given = getattr(settings, name)
        origin = clean(str(origins.get(name, "default")))
        if key.reading == "thresholds":
            lines += [f"{name}:  # {origin}", *_thresholds(given)]
        elif key.reading in ("targets", "backups", "columns"):
            named = {source.name: source for source in given} if key.reading == "backups" else given
            lines.append(f"{name}:" + (f"  # {origin}" if named else " {}  # none"))
            for entry, value in named.items():
                lines += [f"  {text(entry)}:", *_entry(value)]
        elif given is None:
            lines.append(f"#{name}:  # {origin}")
        else:
            lines.append(f"{name}: {_value(given, key)}  # {origin}")
    return lines


def _entry(value: Any) -> list[str]:
    """The keys that were given, and what must be: one at its default says nothing."""
    lines = []
    defaults = {item.name: item.default for item in fields(value)}
    for name, key in keys_of(type(value)).items():
        given = getattr(value, name)
        if name == "kind" or given != defaults[name]:
            lines.append(f"    {name}: {_value(given, key)}")
    return lines


def _value(given: Any, key: Key) -> str:
    if isinstance(given, Level):
        return given.word
    if key.reading == "ages":
        return pair(given, _AGE)
    if isinstance(given, tuple):
        return f"[{', '.join(text(redact(word)) for word in given)}]"
    return redact(scalar(given, key))


def _thresholds(given: Mapping[str, Sequence[float]]) -> list[str]:
    lines = []
    for name, threshold in THRESHOLDS.items():
        limits = given.get(name, (threshold.watch, threshold.bad))
        lines.append(f"  {name}: {pair(limits, threshold)}" + ("" if name in given else "  # default"))
    return lines
