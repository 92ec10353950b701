"""All actions, discovered in this folder: every module with a constant ``ACTION``."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from pathlib import Path
from typing import Any

from cryotui.actions.contract import Action
from cryotui.model.sample import Row

AnyAction = Action[Any]

FIRST = ("vacuum-analyze", "vacuum", "analyze", "vacuum-freeze", "vacuum-full")
"""Where one key offers several: what is usually meant comes first."""


@cache
def actions() -> tuple[AnyAction, ...]:
    """Every action: by level, then by key, those of one key in the order of ``FIRST``, then by name."""
    found: list[AnyAction] = []
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        action = getattr(importlib.import_module(f"cryotui.actions.{module.name}"), "ACTION", None)
        if isinstance(action, Action):
            found.append(action)
    return tuple(sorted(found, key=lambda action: (action.level, action.key or "~", _rank(action.name), action.name)))


def _rank(name: str) -> int:
    return FIRST.index(name) if name in FIRST else len(FIRST)


def action(name: str) -> AnyAction:
    """The action of that name. Raises KeyError when there is none."""
    for found in actions():
        if found.name == name:
            return found
    raise KeyError(name)


def actions_for(row: Row) -> tuple[AnyAction, ...]:
    """The actions whose fields the row has."""
    return tuple(found for found in actions() if found.fields_of(row) is not None)
