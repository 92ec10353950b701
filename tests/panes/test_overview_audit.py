"""The audit in a wide Overview: what waits, what is new since the run before, never a number that is not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from test_audit_pane import NOW, SERVER, _review, _run

from cryotui.model.finding import Severity
from cryotui.model.pane import Moment
from cryotui.model.review import AuditReview, Remembered, Seen
from cryotui.model.settings import Settings
from cryotui.model.text import cells
from cryotui.panes.overview_audit import audit_lines, audit_note


def moment(**extra: Any) -> Moment:
    return Moment(SERVER, {}, {}, Settings(), NOW, extra=extra)


def text(found: Moment, width: int = 77) -> list[str]:
    return ["".join(part for part, _ in line) for line in audit_lines(found, width)]


def kept(
    *names: str, fresh: int = 0, rules: int = 132, before: datetime | None = NOW - timedelta(days=7)
) -> Remembered:
    seen = tuple(Seen(name, "r", "Row security off", Severity.BAD, "table", name, "e", NOW, NOW) for name in names)
    return Remembered(NOW - timedelta(days=2), before, rules, seen, frozenset(names[:fresh]))


def test_without_any_run_it_says_how_to_make_one() -> None:
    assert text(moment(audit_kept=None)) == ["   no run of this database is kept; A runs one"]
    assert audit_note(moment(audit_kept=None)) == "never run from here"


def test_before_the_kept_runs_are_known_nothing_is_said() -> None:
    assert text(moment()) == []


def test_a_run_of_this_console_counts_what_waits_and_what_was_not_checked() -> None:
    found = moment(audit=_review())
    assert audit_note(found) == "03:02Z, 3 rules"
    assert text(found) == [
        "  ■ 1 bad  ▲ 1 watch  ● 0 info  ? 1 not checked",
        "   1 new since the run of 7 Mar 2026:",
        "  ■ Row security off, exposed  public.predictions",
    ]


def test_without_a_run_before_nothing_is_called_new() -> None:
    found = moment(audit=AuditReview(_run()))
    assert text(found)[1:] == ["   no run before it: what is new is not known"]


def test_kept_runs_speak_until_this_console_has_run_as_many_rules() -> None:
    remembered = kept("public.a", "public.b", fresh=1)
    assert audit_note(moment(audit_kept=remembered)) == "12 Mar 2026, kept, 132 rules"
    assert text(moment(audit_kept=remembered)) == [
        "  ■ 2 bad  ▲ 0 watch  ● 0 info  ",
        "   1 new since the run of 7 Mar 2026:",
        "  ■ Row security off  public.a",
    ]
    assert audit_note(moment(audit_kept=remembered, audit=_review())) == "12 Mar 2026, kept, 132 rules"
    assert audit_note(moment(audit_kept=replace(remembered, rules=3), audit=_review())) == "03:02Z, 3 rules"


def test_nothing_new_is_said_and_a_running_audit_is_told() -> None:
    assert text(moment(audit_kept=kept("public.a")))[1:] == ["   nothing new since the run of 7 Mar 2026"]
    assert text(moment(audit_kept=kept("public.a", before=None)))[1:] == [
        "   no run before it: what is new is not known"
    ]
    assert audit_note(moment(audit_progress=(3, 14, "Invalid index"))) == "runs: 3 of 14 rules"


@pytest.mark.parametrize("width", [30, 50, 77])
def test_many_and_hostile_names_stay_in_their_room(width: int) -> None:
    found = moment(audit_kept=kept(*(f"public.{'x' * 90}\n\x1b[31m{at}" for at in range(9)), fresh=9))
    lines = text(found, width)
    assert lines[-1].strip().startswith("and 6 more")
    assert max(map(cells, lines[1:])) <= width
    assert not any("\x1b" in line or "\n" in line for line in lines)


def test_a_day_is_a_clock_while_it_is_today() -> None:
    today = kept("public.a", before=datetime(2026, 3, 14, 1, 0, tzinfo=UTC))
    assert text(moment(audit_kept=today))[1] == "   nothing new since the run of 01:00Z"
