"""The type of the fixture ``opened``."""

from __future__ import annotations

from typing import Protocol

from driven import Driven


class Opens(Protocol):
    """Opens a console and waits until it is live."""

    def __call__(
        self,
        *words: str,
        pane: str = "",
        size: tuple[int, int] = (80, 24),
        environ: dict[str, str | None] | None = None,
    ) -> Driven: ...
