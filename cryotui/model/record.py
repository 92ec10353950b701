"""The dataclass of this project: the standard library's, made in a quarter of its time.

The standard decorator compiles up to six functions for each class, and a console that has to be on the screen in a quarter of
a second makes eighty classes before. Here only the constructor is compiled; one representation, comparison and hash serve
all. That nothing assigns to a frozen one is proved by mypy, which sees the standard decorator, and not checked again.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(
        cls: type | None = None,
        /,
        *,
        frozen: bool = False,
        eq: bool = True,
        slots: bool = False,
        kw_only: bool = False,
    ) -> Any:
        """As ``dataclasses.dataclass``. A method of the class's own, as a representation without secrets, is kept."""

        def made(cls: type) -> type:
            own = {**cls.__dict__}
            found = dataclasses.dataclass(repr=False, eq=False, slots=slots, kw_only=kw_only)(cls)
            if "__repr__" not in own:
                found.__repr__ = _representation
            if eq and "__eq__" not in own:
                values = _values(found)
                found.__eq__ = _comparison(values)
                if own.get("__hash__") is None:
                    found.__hash__ = (lambda self: hash(values(self))) if frozen else None
            return found

        return made if cls is None else made(cls)


@recursive_repr()
def _representation(self: Any) -> str:
    shown = (f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _values(cls: type) -> Callable[[Any], Any]:
    """What gives the fields of a record that count when two are compared."""
    names = [field.name for field in dataclasses.fields(cls) if field.compare]
    return attrgetter(*names) if names else lambda self: ()


def _comparison(values: Callable[[Any], Any]) -> Callable[[Any, object], Any]:
    def equal(self: Any, other: object) -> Any:
        return values(self) == values(other) if type(other) is type(self) else NotImplemented

    return equal
