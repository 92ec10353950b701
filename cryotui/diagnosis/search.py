"""What a search for a cause is, and what the searches share: marks, words for sessions, changes over the last minutes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from cryotui.model import units
from cryotui.model.cause import SENTENCE, Cause
from cryotui.model.pane import Mark, Moment
from cryotui.model.record import dataclass
from cryotui.model.sample import Row
from cryotui.model.text import cut, one_line
from cryotui.model.thresholds import judge


class NotChecked(NamedTuple):
    """Why a search could not say yes or no; never counted as "not found"."""

    reason: str


Found = Sequence[Cause] | NotChecked

TOO_EARLY = NotChecked("needs a few more answers")
"""What is read off the last minutes is unknown until there are some."""


@dataclass(frozen=True)
class Search:
    """One kind of trouble that is looked for. A file of the folder ``causes`` has one, called ``SEARCH``.

    ``title`` names it among what was looked for, ``probes`` must have answered lately, ``find`` gives the causes worst first,
    an empty sequence when there is none. ``also`` are probes that say more where they have answered.
    """

    title: str
    probes: tuple[str, ...]
    find: Callable[[Moment], Found]
    also: tuple[str, ...] = ()


def graded(value: float | None, watch: float, bad: float) -> Mark | None:
    """The mark of a value that is worse the higher it is; None when it is unknown or fine."""
    return judge(value, (watch, bad))


def fitted(text: str) -> str:
    """The text on one line in the cells that a sentence may take."""
    return cut(one_line(text), SENTENCE)


def app_of(row: Row) -> str:
    """The application's name, else the role's, else the kind of process."""
    return str(row.get("app") or row.get("user") or row.get("backend_type") or "a session")


def state_of(row: Row) -> str:
    """``idle in transaction 6m10s``, ``running 41m``: what a session does and for how long."""
    state = str(row.get("state") or "")
    if state.startswith("idle in transaction"):
        return f"{state} {units.age(row.get('state_age'))}"
    if state == "active":
        return f"running {units.age(row.get('query_age'))}"
    return state or "hidden from this role"


def verb(row: Row) -> str:
    """The first words of its statement: ``ALTER TABLE``, ``SELECT``."""
    words = one_line(str(row.get("query") or "")).upper().split(" ")
    two = words[:2] if words[0] in ("ALTER", "CREATE", "DROP", "REFRESH", "LOCK") else words[:1]
    return " ".join(word for word in two if word.isalpha()) or "its statement"


def span(moment: Moment) -> float:
    """Seconds that the series of the moment reach back."""
    return float(moment.extra.get("history_span") or 0.0)


def span_words(moment: Moment) -> str:
    """``the last 10 min``, as far as the series reach back."""
    seconds = span(moment)
    return f"the last {seconds / 60:.0f} min" if seconds >= 90 else f"the last {max(seconds, 1):.0f} s"


def growth(moment: Moment, series: str) -> float | None:
    """How much a counter among the series grew in the last minutes; falls (a reset) count as nothing, None when unknown."""
    known = [value for value in moment.history.get(series, ()) if value is not None]
    if len(known) < 2:
        return None
    return sum(max(later - earlier, 0.0) for earlier, later in pairwise(known))


def recent(moment: Moment, series: str, points: int = 5) -> float | None:
    """The mean of the newest known values of a series, so that one odd second is no trouble; None below ``points`` values."""
    known = [value for value in moment.history.get(series, ()) if value is not None][-points:]
    return sum(known) / len(known) if len(known) == points else None
