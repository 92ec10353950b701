"""What the operator is told: one sentence on the line above the keys for some seconds, all of them under ``!``."""

from __future__ import annotations

import time
from datetime import UTC, datetime

SECONDS = 8.0
"""So long a sentence stays on its line."""

KEPT = 500


class Messages:
    """``kept``: when each sentence was said and what it says, oldest first."""

    def __init__(self) -> None:
        self.kept: list[tuple[datetime, str]] = []
        self._said = ""
        self._until = 0.0
        self.answering = False  # a key is answered: what is said is about the visible pane
        self._of_pane = False

    def say(self, sentence: str, keep: bool = True) -> None:
        """Put a sentence on the line; one that is about a key only is not kept."""
        self._said, self._of_pane = sentence, self.answering
        self._until = time.monotonic() + SECONDS
        if keep:
            self.kept.append((datetime.now(UTC), sentence))
            del self.kept[:-KEPT]

    def hush(self) -> None:
        """Take the last sentence from the line before its time."""
        self._until = 0.0

    def leave_pane(self) -> None:
        """Another pane is shown: what was said about the one of before goes."""
        if self._of_pane:
            self.hush()

    @property
    def shown(self) -> str | None:
        """What is on the line now."""
        return self._said if time.monotonic() < self._until else None
