"""Waivers: what is accepted is told apart until its last day, and comes back after it."""

from __future__ import annotations

from datetime import date

import pytest
from made_runs import made

from cryotui.audit.known import of_run, review
from cryotui.model.review import Waiver

RUN = made(0, {"rule-a": ["public.t1", "public.t2"], "rule-b": ["other.t1"]})
FINGERPRINT = RUN.counted[0].fingerprint


@pytest.mark.parametrize(
    ("words", "waived"),
    [
        ({"fingerprint": FINGERPRINT}, ["public.t1"]),
        ({"rule": "rule-a"}, ["public.t1", "public.t2"]),
        ({"rule": "rule-*", "object": "*.t1"}, ["public.t1", "other.t1"]),
        ({"object": "public.t?"}, ["public.t1", "public.t2"]),
        ({"rule": "rule-a", "target": "staging"}, []),
        ({"rule": "rule-a", "target": "pro*"}, ["public.t1", "public.t2"]),
        ({"rule": "rule-b", "object": "public.*"}, []),
    ],
)
def test_a_waiver_is_about_what_it_names_and_nothing_else(words: dict[str, str], waived: list[str]) -> None:
    seen = review(RUN, waivers=[Waiver("accepted", "dba", **words)])
    assert sorted(found.object for found in seen.waived) == sorted(waived)
    names = [found.object for found in (*seen.open, *seen.waived)]
    assert sorted(names) == sorted(found.object for found in RUN.counted)


def test_a_waiver_holds_on_its_last_day_and_is_named_as_expired_after_it() -> None:
    waiver = Waiver("until the move", "dba", expires=date(2026, 3, 1), fingerprint=FINGERPRINT)
    assert len(review(RUN, waivers=[waiver], today=date(2026, 3, 1)).waived) == 1
    late = review(RUN, waivers=[waiver], today=date(2026, 3, 2))
    assert late.waived == ()
    assert late.standing(RUN.counted[0]).expired == waiver


def test_another_run_is_a_baseline_too() -> None:
    staging = made(0, {"rule-a": ["public.t1", "public.t9"]}, target="staging")
    seen = review(RUN, of_run(staging, "staging"))
    assert {found.object: seen.standing(found).state for found in RUN.counted} == {
        "public.t1": "still",
        "public.t2": "new",
        "other.t1": "first",
    }
    assert [gone.object for gone in seen.gone] == ["public.t9"]
    assert seen.compared_with == "staging"
