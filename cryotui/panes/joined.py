"""The samples of a moment joined into one set, made once and kept until others come: all tables, all indexes.

A column may then ask for every visible row, and a count for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from cryotui.model.pane import Moment
from cryotui.model.sample import Row

T = TypeVar("T")


class Joined:
    """What is joined from ``parts``: when each of these is the same object as before, so is the set."""

    def __init__(self, parts: tuple[object, ...]) -> None:
        self.parts = parts
        self._once: dict[str, Any] = {}

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What ``make`` gives, worked out once for these samples: a count or a mark over thousands of rows."""
        if name not in self._once:
            self._once[name] = make()
        found: T = self._once[name]
        return found


J = TypeVar("J", bound=Joined)


class Newest(Generic[J]):
    """Gives the set of a moment: the one of before unless one of its parts is another."""

    def __init__(self, parts: Callable[[Moment], tuple[object, ...]], make: Callable[[Moment], J]) -> None:
        self._parts = parts
        self._make = make
        self._moment: Moment | None = None
        self._made: J | None = None

    def __call__(self, moment: Moment) -> J:
        """The set of this moment."""
        made = self._made
        if made is not None and moment is self._moment:
            return made
        parts = self._parts(moment)
        if made is None or not all(a is b for a, b in zip(made.parts, parts, strict=True)):
            made = self._made = self._make(moment)
        self._moment = moment
        return made


def parts_of(moment: Moment, probes: Sequence[str], exact: str) -> tuple[object, ...]:
    """The samples of these probes, what was measured under this name (and how much), the settings."""
    measured = moment.extra.get(exact)
    return (*(moment.samples.get(name) for name in probes), measured, len(measured or ()), moment.settings)


def rows_by(moment: Moment, probe: str, key: str) -> Mapping[Hashable, Row]:
    """The rows of a probe by this field; empty while it has no answer."""
    sample = moment.samples.get(probe)
    return sample.by((key,)) if sample else {}
