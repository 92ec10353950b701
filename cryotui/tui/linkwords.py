"""How the connection stands, in words: the age of what is shown, and why there is no connection."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from cryotui.model import units
from cryotui.model.sample import forward_clock
from cryotui.tui.drawn import Drawn, folded
from cryotui.watch.feed import Feed, Link


def age(feed: Feed) -> tuple[str, str]:
    """Text and role for the header."""
    link, now = feed.link, forward_clock()
    if link.state == "lost":
        return f"LOST {units.age(now - (link.last_good or link.since))}", "bad"
    if link.state == "connecting":
        return "connecting", "quiet"
    if feed.paused:
        return "stopped", "watch"
    late = now - link.last_good if link.last_good else 0.0
    # what a pane asks seldom is not late before it is due
    if late > 2 * feed.interval + 1 and feed.overdue > feed.interval + 1:
        return f"late {units.age(late)}", "watch"
    return f"live {feed.interval:g}s", "good"


def lost(link: Link, width: int) -> list[Drawn]:
    """The lines above the body while the connection is lost: since when, why, when it is tried again."""
    if link.state != "lost" or link.error is None:
        return []
    now = forward_clock()
    first = f"No connection since {_wall_clock(link.since)}. {_sentence(str(link.error))}"
    tried = {0: "Not tried again yet", 1: "Tried once"}.get(link.attempts, f"Tried {link.attempts} times")
    if link.next_try is None and link.attempts:
        second = f"{tried}; not tried again by itself. r tries now."
    else:
        at = _wall_clock(now + max(0.0, (link.next_try or now) - now))
        second = f"{tried}; {'again ' if link.attempts else ''}at {at}. r tries now."
    if link.last_good is not None:
        second += f" All below is of {_wall_clock(link.last_good)}."
    lines = folded(first, width - 4) + folded(second, width - 4)
    return [
        ([("   " if index else "■  ", "bad"), (line.strip(), "text")], "background") for index, line in enumerate(lines)
    ]


def alert(link: Link) -> str | None:
    """The loss of the connection as one sentence, since when and why; None while there is one, or never was."""
    if link.state != "lost":
        return None
    since = units.clock(datetime.fromtimestamp(time.time() - (forward_clock() - link.since), UTC))
    return f"No connection since {since}: {str(link.error).rstrip('.') if link.error else 'the reason is not known'}."


def _sentence(reason: str) -> str:
    """A reason with the first letter and the end of a sentence, whoever wrote it."""
    return f"{reason[:1].upper()}{reason[1:]}{'' if reason.endswith(('.', '?')) else '.'}"


def _wall_clock(at: float) -> str:
    """A moment of the forward clock as time of day."""
    return units.clock(datetime.fromtimestamp(time.time() - (forward_clock() - at), UTC), seconds=True)
