"""What is shown before an action is asked for: a sheet of facts, made from the server as it is at that moment."""

from __future__ import annotations

import uuid
from collections.abc import Hashable, Sequence
from dataclasses import field
from datetime import UTC, datetime
from typing import Any

from cryotui.actions.contract import Subject
from cryotui.actions.log import Entry
from cryotui.actions.registry import AnyAction
from cryotui.actions.wording import counted
from cryotui.model.action import Fact, in_order
from cryotui.model.record import dataclass

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


def sheet(
    action: AnyAction,
    asked: int,
    targets: Sequence[Subject],
    lines: Sequence[str],
    facts: Sequence[Fact] | None,
    refused: str | None,
    asks_word: bool,
    server_identity: Hashable,
) -> Preview:
    """The sheet for ``asked`` rows of which ``targets`` can be acted on;

    ``facts`` of several are added to what it does and its lock.
    """
    sql = tuple(action.sql(target) for target in targets)
    word = word_of(targets, action) if targets else None
    return Preview(
        action=action,
        title=_title(action, targets, asked),
        question=_question(action, targets) if asked > 1 else "",
        button=f"{action.button if asked == 1 else action.verb} {word}" if word else action.button,
        facts=in_order(facts if facts and asked == 1 else (*_common_facts(action, sql), *(facts or ()))),
        sql=sql,
        word=word if asks_word else None,
        refused=refused,
        rows=tuple(lines),
        asked_at=datetime.now(UTC),
        server_identity=server_identity,
        targets=tuple(targets),
        expects=action.expects(targets[0]) if len(targets) == 1 else (),
    )


def entry(preview: Preview, subject: Subject | None, confirmed: str) -> Entry:
    """What the log says of one target of a sheet; of the sheet itself when it has none."""
    action = preview.action
    common: dict[str, Any] = {"action": action.name, "level": action.level.word, "confirmed": confirmed}
    if subject is None:
        return Entry(title=preview.title, object={}, name="", **common)
    return Entry(
        title=action.heading(subject),
        object={key: _plain(value) for key, value in subject.row.items()},
        name=subject.label,
        sql=action.sql(subject),
        size=subject.size,
        **common,
    )


def word_of(targets: Sequence[Subject], action: AnyAction) -> str:
    """What is typed: the object's own word, for several ones their number and kind."""
    return targets[0].word if len(targets) == 1 else counted(len(targets), action.noun)


def _title(action: AnyAction, targets: Sequence[Subject], asked: int) -> str:
    if asked == 1:
        return action.heading(targets[0]) if targets else action.title
    return f"{action.title}, {counted(asked, action.noun)}"


def _question(action: AnyAction, targets: Sequence[Subject]) -> str:
    """The one question for several rows."""
    number = len(targets)
    if number == 0:
        return ""
    apps = {getattr(target, "app", "") for target in targets}
    of = f" of {apps.pop()}" if len(apps) == 1 and "" not in apps else ""
    listed = f"All {number} are listed; each is looked up again before it is {action.done}."
    if number == 1:
        listed = f"It is looked up again before it is {action.done}."
    return f"{action.verb} {counted(number, action.noun)}{of}? {listed}"


def _common_facts(action: AnyAction, sql: Sequence[str]) -> tuple[Fact, ...]:
    if not sql:
        return ()
    number = "1 statement" if len(sql) == 1 else f"{len(sql)} statements, one after the other"
    first = sql[0].split(" FROM ")[0] if action.brief else sql[0]
    return (Fact("does", f"{number}: {first} ..."), Fact("lock", action.lock))


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
