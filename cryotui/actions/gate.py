"""The level of this session: observe, operate, danger. Danger ends by itself."""

from __future__ import annotations

import math
from collections.abc import Callable

from cryotui.actions.contract import Action, Subject
from cryotui.model.action import Level, Limits
from cryotui.model.errors import RefusedError


class Gate:
    """Holds the level and says what it refuses. ``clock`` gives seconds and only goes forward."""

    def __init__(self, target: str, limits: Limits, clock: Callable[[], float]) -> None:
        self.target = target
        self.limits = limits
        self._clock = clock
        self._level = limits.start
        self._before_danger = limits.start
        self._ends_at = math.inf

    @property
    def level(self) -> Level:
        """The level now; danger has ended once its time is over."""
        if self._level is Level.DANGER and self._clock() >= self._ends_at:
            self._level, self._ends_at = self._before_danger, math.inf
        return self._level

    @property
    def left_seconds(self) -> float | None:
        """Seconds until danger ends, None at any other level."""
        return max(0.0, self._ends_at - self._clock()) if self.level is Level.DANGER else None

    def refuse_level(self, wanted: Level) -> str | None:
        """Why this level cannot be had, whatever is typed; None when it can."""
        if wanted <= self.level:
            return None
        if self.limits.read_only:
            return f"Level {wanted.word} refused: this session is read-only."
        if wanted > self.limits.max_level:
            return f"Level {wanted.word} refused: max_level of {self.target} is {self.limits.max_level.word}."
        return None

    def asks_name(self, wanted: Level) -> bool:
        """Whether the target's name must be typed for this level."""
        return self.limits.protected and wanted > self.level

    def raise_level(self, wanted: Level, typed: str | None = None) -> None:
        """Go to a level; lower is always free. Danger, asked for again, runs its full time again.

        ``typed`` must be the target's name when the target is protected and the level goes up, or danger is renewed.
        Raises RefusedError.
        """
        now = self.level
        renews = wanted is Level.DANGER and now is Level.DANGER
        reason = self.refuse_level(wanted)
        if reason:
            raise RefusedError(reason)
        if (self.asks_name(wanted) or (renews and self.limits.protected)) and typed != self.target:
            raise RefusedError(f"Level {wanted.word} refused: {self.target} is protected and its name was not typed.")
        if wanted is Level.DANGER:
            if not renews:
                self._before_danger = now
            self._ends_at = self._clock() + self.limits.danger_minutes * 60
        else:
            self._ends_at = math.inf
        self._level = wanted

    def forbidden(self, action: Action[Subject]) -> str | None:
        """Why no level of this session allows this action; None when one does."""
        if self.limits.read_only:
            return f"{action.verb} refused: this session is read-only."
        if action.level > self.limits.max_level:
            return f"{action.verb} refused: max_level of {self.target} is {self.limits.max_level.word}."
        return None

    def refusal(self, action: Action[Subject]) -> str | None:
        """Why the level does not allow this action; None when it does."""
        forbidden = self.forbidden(action)
        if forbidden:
            return forbidden
        if self.level < action.level:
            return f"{action.verb} needs level {action.level.word}, this session is at {self.level.word}. L raises it."
        return None

    def asks_word(self, action: Action[Subject]) -> bool:
        """Whether the object must be typed: whatever destroys, anywhere; whatever is danger, on a protected target."""
        return action.destroys or (self.limits.protected and action.level is Level.DANGER)
