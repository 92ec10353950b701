"""Which keys of the registry a test presses; the completeness test reads it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Test = TypeVar("Test", bound=Callable[..., Any])

COVERED: dict[str, set[str]] = {}
"""Keys pressed by a test, by the id of their row."""


def presses(identity: str, *keys: str) -> Callable[[Test], Test]:
    """Say that a test presses these keys of that row of the registry and holds what the row promises."""

    def mark(test: Test) -> Test:
        COVERED.setdefault(identity, set()).update(keys)
        return test

    return mark
