"""What is typed before the console listens: it is neither shown, since it may be a password, nor taken for keys."""

from __future__ import annotations

import contextlib
import sys
import termios
from typing import Any

_before: list[Any] | None = None
"""The terminal's modes as they were, while nothing else knows them."""


def off() -> None:
    """Show no typed letter from now on; signal keys go on working. Nothing without a terminal."""
    global _before
    with contextlib.suppress(termios.error, OSError, ValueError, AttributeError):
        modes = termios.tcgetattr(_terminal())
        _before = _before or [*modes[:6], list(modes[6])]
        modes[3] &= ~termios.ECHO
        termios.tcsetattr(_terminal(), termios.TCSANOW, modes)


def back() -> None:
    """Forget what was typed and put the modes back, unless somebody else took that over."""
    before = taken()
    if before is not None:
        with contextlib.suppress(termios.error, OSError, ValueError, AttributeError):
            # not TCSAFLUSH, which waits for output that a stalled terminal never takes
            termios.tcflush(_terminal(), termios.TCIFLUSH)
            termios.tcsetattr(_terminal(), termios.TCSANOW, before)


def forget() -> None:
    """Forget what was typed while echo was off."""
    if _before is not None:
        with contextlib.suppress(termios.error, OSError, ValueError, AttributeError):
            termios.tcflush(_terminal(), termios.TCIFLUSH)


def keys() -> None:
    """Forget what was typed, and keep what is typed from now on for the console: as keys, not lines. Signal keys work on."""
    if _before is not None:
        with contextlib.suppress(termios.error, OSError, ValueError, AttributeError):
            modes = termios.tcgetattr(_terminal())
            modes[0] &= ~(termios.ICRNL | termios.INLCR | termios.IGNCR | termios.IXON | termios.IXOFF)
            modes[3] &= ~(termios.ICANON | termios.IEXTEN)
            termios.tcsetattr(_terminal(), termios.TCSANOW, modes)
            termios.tcflush(_terminal(), termios.TCIFLUSH)


def taken() -> list[Any] | None:
    """The modes of before for whoever puts them back from now on; None when echo was not off."""
    global _before
    before, _before = _before, None
    return before


def _terminal() -> int:
    return sys.__stdin__.fileno()  # type: ignore[union-attr]
