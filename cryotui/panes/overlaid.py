"""A server's row with fields laid over it, without copying the row."""

from __future__ import annotations

from typing import Any

from cryotui.model.sample import Row


class Overlaid:
    """The row's fields, and before them those given by name: its place in a tree, where Enter leads."""

    __slots__ = ("_over", "_row")

    def __init__(self, row: Row, **over: Any) -> None:
        self._row = row
        self._over = over

    def __getitem__(self, name: str) -> Any:
        return self._over[name] if name in self._over else self._row[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The field's value, ``default`` when neither has it."""
        return self._over[name] if name in self._over else self._row.get(name, default)

    def keys(self) -> list[str]:
        """The names of all fields, each once."""
        return list(dict.fromkeys([*self._row.keys(), *self._over]))
