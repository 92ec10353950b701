"""The rules of every verdict: counted honestly, silent in health, short enough, one culprit said once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from making import NOW, holder, moment, session

import cryotui.diagnosis.causes
from cryotui.diagnosis import diagnose, probes, searches
from cryotui.diagnosis.search import NotChecked
from cryotui.model.sample import Missing
from cryotui.probes import probe


def test_what_was_looked_for_is_the_number_of_files_and_each_has_its_own_title():
    folder = Path(cryotui.diagnosis.causes.__file__).parent
    files = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
    assert diagnose(moment()).looked_for == len(searches()) == len(files)
    assert len({search.title for search in searches()}) == len(files)


def test_every_search_names_probes_that_exist():
    for name in probes():
        assert probe(name).name == name


def test_a_healthy_server_has_no_cause_and_everything_was_checked():
    diagnosis = diagnose(moment())
    assert diagnosis.causes == () and diagnosis.not_checked == ()


def test_a_refused_probe_is_said_with_its_reason_and_never_counts_as_looked_at():
    diagnosis = diagnose(moment(missing={"slots": Missing("privilege", "role lab_ro may not read slots.")}))
    assert diagnosis.not_checked == ("slots that keep WAL: role lab_ro may not read slots.",)
    assert diagnosis.causes == ()


def test_a_probe_that_was_not_asked_or_not_lately_is_said_so():
    now = moment()
    samples = {name: sample for name, sample in now.samples.items() if name != "archiver"}
    assert "archiver: not asked yet" in diagnose(replace(now, samples=samples)).not_checked
    old = replace(now.samples["slots"], taken_at=NOW - timedelta(minutes=30))
    assert (
        "slots that keep WAL: not asked lately"
        in diagnose(replace(now, samples={**now.samples, "slots": old})).not_checked
    )


def test_an_empty_start_finds_nothing_and_says_that_nothing_was_checked():
    diagnosis = diagnose(replace(moment(), samples={}))
    assert diagnosis.causes == () and len(diagnosis.not_checked) == diagnosis.looked_for


def test_without_minutes_of_history_what_needs_them_is_not_checked():
    diagnosis = diagnose(replace(moment(), history={}))
    assert diagnosis.causes == ()
    assert {reason.partition(":")[0] for reason in diagnosis.not_checked} >= {
        "deadlocks",
        "rollbacks",
        "temporary files",
    }


@pytest.mark.parametrize("search", searches(), ids=lambda search: search.title)
def test_an_answer_of_nulls_is_survived(search):
    now = moment()
    blank = {
        name: replace(sample, rows=[dict.fromkeys(row) for row in sample.rows], _indexes={})
        for name, sample in now.samples.items()
    }
    diagnosis = diagnose(replace(now, samples=blank, history={name: [None] * 30 for name in now.history}))
    assert all(cause.mark in ("bad", "watch", "info") for cause in diagnosis.causes)
    answer = search.find(replace(now, samples={}, history={}))
    assert isinstance(answer, NotChecked) or not answer


def test_one_culprit_is_said_once_and_what_ends_with_it_says_so():
    root = session(
        48112,
        app="lab-import",
        state="idle in transaction",
        state_age=2000.0,
        transaction_age=2100.0,
        xmin_age=2_000_000,
    )
    waiters = [
        session(pid, state="active", wait_type="Lock", blocked_by=[48112], wait_age=100.0, lock_type="relation",
                lock_mode="AccessShareLock", lock_relation="molecules")
        for pid in (1, 2)
    ]  # fmt: skip
    now = moment(activity=[root, *waiters], horizon=[holder(48112, xmin_age=2_000_000, transaction_age=2100.0)])
    causes = diagnose(now).causes
    assert [cause.name for cause in causes] == ["lock_queue 48112", "vacuum_horizon session 48112"]
    assert causes[1].why.endswith("ends with the cause above")


def test_bad_stands_before_watch():
    rows = [session(1, state="idle in transaction", state_age=400.0, xid_age=3)]
    limits = [{"kind": "role", "name": "lab_app", "connection_limit": 1, "max_connections": None, "reserved": None}]
    marks = [cause.mark for cause in diagnose(moment(activity=rows, limits=limits)).causes]
    assert marks == ["bad", "watch"]
