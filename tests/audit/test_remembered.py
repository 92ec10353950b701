"""What the kept runs say before anything is run: each rule's last word, what is new of it, without what is waived."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from made_runs import FIRST_DAY, made

from cryotui.audit.history import History, place
from cryotui.audit.reviewing import remembered, reviewed
from cryotui.model.finding import AuditRun
from cryotui.model.review import Remembered, Waiver

HERE = place(made(0, {}))


def after(folder: Path, *runs: AuditRun) -> Remembered:
    for run in runs:
        assert reviewed(run, folder)[1] is None
    found = History(folder).remembered(HERE)
    assert found is not None
    return found


def fresh(found: Remembered) -> list[str]:
    return [one.object for one in found.findings if one.fingerprint in found.fresh]


def test_nothing_is_remembered_where_nothing_was_kept_and_no_file_is_made(tmp_path: Path) -> None:
    assert History(tmp_path).remembered(HERE) is None
    assert not list(tmp_path.iterdir())
    after(tmp_path, made(0, {"rule-a": ["t1"]}))
    assert History(tmp_path).remembered("another database") is None


def test_of_a_first_run_nothing_is_new(tmp_path: Path) -> None:
    found = after(tmp_path, made(0, {"rule-a": ["t1"], "rule-b": []}))
    assert (found.at, found.before, found.rules) == (FIRST_DAY, None, 2)
    assert [one.object for one in found.findings] == ["t1"]
    assert fresh(found) == []


def test_new_is_what_the_run_before_did_not_find(tmp_path: Path) -> None:
    found = after(
        tmp_path,
        made(0, {"rule-a": ["t1", "t2"]}),
        made(2, {"rule-a": ["t1", "t2"]}),
        made(5, {"rule-a": ["t1", "t3"]}),
    )
    assert sorted(one.object for one in found.findings) == ["t1", "t3"]
    assert fresh(found) == ["t3"]
    assert (found.at, found.before) == (FIRST_DAY + timedelta(days=5), FIRST_DAY + timedelta(days=2))


def test_a_later_run_of_other_rules_leaves_it_new_since_the_same_day(tmp_path: Path) -> None:
    found = after(
        tmp_path,
        made(0, {"rule-a": ["t1"], "rule-b": []}),
        made(3, {"rule-a": ["t1", "t2"], "rule-b": []}),
        made(4, {"rule-b": ["t9"]}),
    )
    assert fresh(found) == ["t2", "t9"]
    assert (found.at, found.before, found.rules) == (FIRST_DAY + timedelta(days=4), FIRST_DAY, 2)


def test_what_a_rule_says_for_the_first_time_is_not_called_new(tmp_path: Path) -> None:
    found = after(tmp_path, made(0, {"rule-a": []}), made(1, {"rule-b": ["t1"]}))
    assert [one.object for one in found.findings] == ["t1"]
    assert fresh(found) == []


def test_what_is_waived_today_is_counted_and_not_listed(tmp_path: Path) -> None:
    after(tmp_path, made(0, {"rule-a": ["t1"]}), made(1, {"rule-a": ["t1", "t2", "t3"]}))
    run = made(1, {})
    waivers = (
        Waiver("fine", "me", rule="rule-a", object="t2"),
        Waiver("over", "me", expires=date(2020, 1, 1), rule="rule-a", object="t3"),
        Waiver("elsewhere", "me", rule="rule-a", object="t1", target="not this one"),
    )
    found = remembered(HERE, run.target, tmp_path, waivers)
    assert found is not None
    assert ([one.object for one in found.findings], found.waived) == (["t1", "t3"], 1)
    assert fresh(found) == ["t3"]
