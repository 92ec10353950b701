"""What is wrong right now: every search of the folder ``causes`` over one moment, the findings ranked.

Pure functions of a moment: no question to a server, no clock. A new cause is a new file in ``causes`` with a ``SEARCH``.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib import import_module

from cryotui.diagnosis import causes as folder
from cryotui.diagnosis.search import NotChecked, Search
from cryotui.model.cause import SENTENCE, Cause, Diagnosis
from cryotui.model.pane import MARK_ORDER, Moment
from cryotui.model.text import cut
from cryotui.probes import probe

STALE = 60.0
"""Seconds after which an answer says nothing about right now, or four times its own interval where that is longer."""

WITH_IT = "; ends with the cause above"


@cache
def searches() -> tuple[Search, ...]:
    """All searches, in the order of their files' names."""
    names = sorted(module.name for module in pkgutil.iter_modules(folder.__path__))
    return tuple(import_module(f"{folder.__name__}.{name}").SEARCH for name in names)


def probes() -> tuple[str, ...]:
    """The names of the probes that the searches need."""
    return tuple(dict.fromkeys(name for search in searches() for name in search.probes))


def more_probes() -> tuple[str, ...]:
    """The names of further probes that say more where they have answered; they cost more, and may be asked seldom."""
    needed = probes()
    return tuple(dict.fromkeys(name for search in searches() for name in search.also if name not in needed))


def diagnose(moment: Moment) -> Diagnosis:
    """The causes in this moment, worst first; what could not be checked with the reason."""
    found: list[Cause] = []
    not_checked: list[str] = []
    for search in searches():
        answer = _why_not(search, moment) or _find(search, moment)
        if isinstance(answer, NotChecked):
            not_checked.append(f"{search.title}: {answer.reason}")
        else:
            found += answer
    found.sort(key=lambda cause: (MARK_ORDER.index(cause.mark), -cause.weight))
    return Diagnosis(tuple(_without_echoes(found)), len(searches()), tuple(not_checked))


def _find(search: Search, moment: Moment) -> NotChecked | list[Cause]:
    try:
        answer = search.find(moment)
    except (TypeError, KeyError, ValueError, ArithmeticError, LookupError) as error:
        return NotChecked(
            f"its answer was not understood ({type(error).__name__})"
        )  # one search's fault hides no other
    return answer if isinstance(answer, NotChecked) else list(answer)


def _why_not(search: Search, moment: Moment) -> NotChecked | None:
    """Why a search cannot be made now: a probe that was refused, not asked yet, or asked too long ago."""
    for name in search.probes:
        missing = moment.missing(name)
        if missing is not None:
            return NotChecked(missing.sentence)
        sample = moment.samples.get(name)
        if sample is None:
            return NotChecked("not asked yet")
        allowed = max(STALE, 4 * probe(name).every, 4 * moment.settings.interval)
        if (moment.now - sample.taken_at).total_seconds() > allowed:
            return NotChecked("not asked lately")
    return None


def _without_echoes(found: list[Cause]) -> Iterator[Cause]:
    """The causes without those that say about a culprit what a worse one says already; others tell that they end with it."""
    named: set[object] = set()
    for cause in found:
        if cause.culprit in named:
            if cause.yields:
                continue
            cause = replace(cause, why=cut(cause.why, SENTENCE - len(WITH_IT)) + WITH_IT)
        if cause.culprit is not None:
            named.add(cause.culprit)
        yield cause
