"""Kept runs: what is new, still there or gone is said only where a rule has looked; no run is lost, none is required."""

from __future__ import annotations

import sqlite3
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from made_runs import FIRST_DAY, made

from cryotui.audit.history import RUNS_KEPT, History, HistoryError, place
from cryotui.audit.reviewing import reviewed
from cryotui.model.finding import AuditRun
from cryotui.model.review import AuditReview


def states(review: AuditReview) -> dict[str, tuple[str, int | None]]:
    """State and day of each finding."""
    return {
        found.object: (
            review.standing(found).state,
            None if (since := review.standing(found).since) is None else (since - FIRST_DAY).days,
        )
        for found in review.run.counted
    }


def after(folder: Path, *runs: AuditRun) -> AuditReview:
    for run in runs:
        review, problem = reviewed(run, folder)
        assert problem is None
    return review


def test_the_first_run_has_nothing_to_compare_with(tmp_path: Path) -> None:
    review = after(tmp_path, made(0, {"rule-a": ["t1"], "rule-b": []}))
    assert states(review) == {"t1": ("first", 0)}
    assert review.gone == () and review.before is None
    assert review.fresh == review.run.counted


def test_what_is_new_still_there_and_gone_is_known_with_its_day(tmp_path: Path) -> None:
    review = after(
        tmp_path,
        made(0, {"rule-a": ["t1", "t2"]}),
        made(1, {"rule-a": ["t1", "t2"]}),
        made(5, {"rule-a": ["t1", "t3"]}),
    )
    assert states(review) == {"t1": ("still", 0), "t3": ("new", 5)}
    (gone,) = review.gone
    assert (gone.object, (gone.since - FIRST_DAY).days if gone.since else None) == ("t2", 0)
    assert gone.last_seen == FIRST_DAY + timedelta(days=1)
    assert [found.object for found in review.fresh] == ["t3"]


def test_what_comes_back_is_new_again(tmp_path: Path) -> None:
    review = after(tmp_path, made(0, {"rule-a": ["t1"]}), made(1, {"rule-a": []}), made(2, {"rule-a": ["t1"]}))
    assert states(review) == {"t1": ("new", 2)}


def test_a_rule_that_could_not_look_makes_nothing_gone_and_nothing_new(tmp_path: Path) -> None:
    blind = made(1, {}, unchecked=("rule-a",))
    assert after(tmp_path, made(0, {"rule-a": ["t1"]}), blind).gone == ()
    assert states(after(tmp_path, made(2, {"rule-a": ["t1"]}))) == {"t1": ("still", 0)}


def test_a_rule_that_saw_a_part_keeps_what_it_could_not_see(tmp_path: Path) -> None:
    partly = made(1, {"rule-a": ["t1"]}, unchecked=("rule-a",))
    review = after(tmp_path, made(0, {"rule-a": ["t1", "t2"]}), partly)
    assert states(review) == {"t1": ("still", 0)} and review.gone == ()
    review = after(tmp_path, made(2, {"rule-a": ["t1", "t2"]}))
    assert states(review) == {"t1": ("still", 0), "t2": ("still", 0)}


def test_a_run_of_some_rules_says_nothing_of_the_others(tmp_path: Path) -> None:
    review = after(
        tmp_path,
        made(0, {"rule-a": ["t1"], "rule-b": ["t2"]}),
        made(1, {"rule-b": ["t2"]}),
        made(2, {"rule-a": ["t1"], "rule-b": ["t2"]}),
    )
    assert states(review) == {"t1": ("still", 0), "t2": ("still", 0)}


def test_an_alias_and_a_failover_keep_the_history_and_another_database_has_its_own(tmp_path: Path) -> None:
    after(tmp_path, made(0, {"rule-a": ["t1"]}))
    assert states(after(tmp_path, made(1, {"rule-a": ["t1"]}, target="10.0.0.7:5432"))) == {"t1": ("still", 0)}
    other = made(1, {"rule-a": ["t1"]}, database="staging")
    assert states(after(tmp_path, other)) == {"t1": ("first", 1)}


def test_the_file_is_private_and_keeps_only_so_many_runs(tmp_path: Path) -> None:
    history = History(tmp_path / "state")
    for day in range(RUNS_KEPT + 3):
        run = made(day, {"rule-a": ["t1"]})
        history.keep(run, history.known(run))
    assert stat.S_IMODE(history.path.stat().st_mode) == 0o600
    with sqlite3.connect(history.path) as connection:
        assert connection.execute("SELECT count(*) FROM run").fetchone() == (RUNS_KEPT,)
        assert connection.execute("SELECT count(*) FROM finding").fetchone() == (RUNS_KEPT,)
    connection.close()
    assert states(after(tmp_path / "state", made(500, {"rule-a": ["t1"]}))) == {"t1": ("still", 0)}


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to be read as one" * 20, b""])
def test_a_broken_history_loses_no_finding_and_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "audits.sqlite").write_bytes(content)
    review, problem = reviewed(made(0, {"rule-a": ["t1"]}), tmp_path)
    assert [found.object for found in review.open] == ["t1"]
    assert (problem is None) == (content == b"")
    assert problem is None or "audits.sqlite" in problem


def test_a_history_of_a_newer_cryotui_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "audits.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(HistoryError, match="newer"):
        History(tmp_path).known(made(0, {}))


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    review, problem = reviewed(made(0, {"rule-a": ["t1"]}), tmp_path / "state")
    assert review.open and problem is not None and "cannot be opened" in problem


def test_a_history_of_before_learns_who_asked_and_the_older_cryotui_goes_on_with_it(tmp_path: Path) -> None:
    after(tmp_path, made(0, {"rule-a": ["t1"]}))
    with sqlite3.connect(tmp_path / "audits.sqlite") as connection:
        connection.execute("ALTER TABLE run DROP COLUMN asked")
    connection.close()
    reviewed(made(1, {"rule-a": ["t1"]}), tmp_path, asked="the console")
    found = History(tmp_path).remembered(place(made(0, {})))
    assert found is not None and found.asked == "the console"
    with sqlite3.connect(tmp_path / "audits.sqlite") as connection:
        assert [row[0] for row in connection.execute("SELECT asked FROM run ORDER BY id")] == [None, "the console"]
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    connection.close()
