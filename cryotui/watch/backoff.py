"""When to try again: one rule for everything that failed."""

from __future__ import annotations

import random

from cryotui.model.errors import AuthenticationError, ConnectError

FIRST = 0.5
LONGEST = 30.0
CROWDED = 30.0
"""Seconds to the next try when the server has no free connection: trying faster makes it worse."""

HOPELESS = frozenset({"auth", "database", "tls"})
"""Causes that another try does not mend and that can get an address banned; only the operator tries again."""


def delay(attempt: int, error: ConnectError) -> float | None:
    """Seconds until the next try after the ``attempt``-th failure (from 1), None when only the operator may try.

    Exponential with full jitter, so that many consoles do not come back at the same moment.
    """
    if isinstance(error, AuthenticationError) or error.cause in HOPELESS:
        return None
    if error.cause == "too_many":
        return CROWDED
    ceiling = min(LONGEST, FIRST * 2 ** min(attempt, 10))
    return FIRST / 2 + random.uniform(0, ceiling)
