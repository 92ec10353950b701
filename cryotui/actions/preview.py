"""What is shown before an action is asked for: a sheet of facts, made from the server as it is at that moment."""

from __future__ import annotations

import uuid
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryotui.actions.contract import Subject
from cryotui.actions.registry import AnyAction
from cryotui.actions.wording import counted
from cryotui.model.action import Fact

MOST_TARGETS = 50
"""More tagged rows than this are refused: nobody reads a longer list before saying yes."""


@dataclass(frozen=True, slots=True)
class Offer:
    """An action for a row, and why it is refused; None when it can be asked for."""

    action: AnyAction
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class Preview:
    """The sheet. ``facts`` are in the order of the sheets, ``rows`` are all targets, one line each, refused ones with why.

    ``sql`` holds one statement a target, exactly as sent. ``word`` is what must be typed, None when two buttons do.
    ``refused`` is set when nothing can be started from this sheet. ``targets`` are those that will be acted on.
    ``expects`` says what is looked at afterwards. A preview starts at most one run.
    """

    action: AnyAction
    title: str
    question: str
    button: str
    facts: tuple[Fact, ...]
    sql: tuple[str, ...]
    word: str | None
    refused: str | None
    rows: tuple[str, ...]
    asked_at: datetime
    server_identity: Hashable
    targets: tuple[Subject, ...] = ()
    expects: tuple[Fact, ...] = ()
    ticket: str = field(default_factory=lambda: uuid.uuid4().hex)


def title_of(action: AnyAction, targets: Sequence[Subject], asked: int) -> str:
    """``VACUUM predictions``, ``Cancel query of 20 sessions``."""
    if asked == 1 and targets:
        return action.heading(targets[0])
    return f"{action.title}, {counted(asked, action.noun)}"


def question_of(action: AnyAction, targets: Sequence[Subject]) -> str:
    """The one question for several rows; empty for one row, whose sheet has facts instead."""
    if len(targets) < 2:
        return ""
    number = len(targets)
    apps = {getattr(target, "app", "") for target in targets}
    of = f" of {apps.pop()}" if len(apps) == 1 and "" not in apps else ""
    verb = action.title.split(" ")[0] if action.brief else action.title
    what = counted(number, action.noun)
    return f"{verb} {what}{of}? All {number} are listed; each is looked up again before it is {action.done}."


def word_of(targets: Sequence[Subject], action: AnyAction) -> str:
    """What is typed: the object's own word, for several ones their number and kind."""
    return targets[0].word if len(targets) == 1 else counted(len(targets), action.noun)


def bulk_facts(action: AnyAction, sql: Sequence[str], lock: str) -> tuple[Fact, ...]:
    """The common lines of a sheet for several rows."""
    return (Fact("does", f"{len(sql)} statements, one after the other; the first: {sql[0]}"), Fact("lock", lock))
