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


@cache
def actions() -> tuple[AnyAction, ...]:
    """Every action, mildest first, then by key and name."""
    found: list[AnyAction] = []
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        action = getattr(importlib.import_module(f"cryotui.actions.{module.name}"), "ACTION", None)
        if isinstance(action, Action):
            found.append(action)
    return tuple(sorted(found, key=lambda action: (action.level, action.key or "~", action.name)))


def action(name: str) -> AnyAction:
    """The action of that name. Raises KeyError when there is none."""
    for found in actions():
        if found.name == name:
            return found
    raise KeyError(name)


def actions_for(row: Row) -> tuple[AnyAction, ...]:
    """The actions whose fields the row has."""
    return tuple(found for found in actions() if found.fields_of(row) is not None)
