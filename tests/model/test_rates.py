"""A rate is unknown wherever it cannot be known, and never negative."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cryotui.model.probe import Probe
from cryotui.model.rates import Rates
from cryotui.model.sample import Missing, Sample

PROBE = Probe("x", "X", "", ("id",), {(): "SELECT 1"}, counters=("n",), reset="since", every=2)


def sample(at: float, *rows: dict[str, Any], epoch: int = 1, missing: Missing | None = None) -> Sample:
    return Sample("x", datetime(2026, 1, 1, tzinfo=UTC), at, rows, missing=missing, epoch=epoch)


def rate(before: Sample | None, after: Sample, mark: bool = False) -> float | None:
    return Rates(PROBE, before, after, mark).per_second(after.rows[0], "n")


def row(n: int | None, since: int = 0, identity: int = 1) -> dict[str, Any]:
    return {"id": identity, "n": n, "since": since}


def test_a_rate_is_the_difference_over_the_time_between() -> None:
    assert rate(sample(10, row(100)), sample(12, row(140))) == 20


def test_the_first_sight_of_a_row_has_no_rate() -> None:
    assert rate(None, sample(12, row(140))) is None
    assert rate(sample(10, row(100, identity=2)), sample(12, row(140))) is None


def test_a_counter_that_went_back_has_no_rate() -> None:
    assert rate(sample(10, row(100)), sample(12, row(3))) is None


def test_a_reset_that_the_counter_overtook_has_no_rate() -> None:
    assert rate(sample(10, row(100, since=1)), sample(12, row(500, since=2))) is None


def test_a_reconnection_and_a_long_gap_have_no_rate() -> None:
    assert rate(sample(10, row(1), epoch=1), sample(12, row(5), epoch=2)) is None
    assert rate(sample(10, row(1)), sample(10 + 3600, row(5))) is None


def test_a_mark_may_be_as_old_as_it_likes() -> None:
    assert rate(sample(10, row(0)), sample(10 + 3600, row(7200)), mark=True) == 2


def test_an_unknown_counter_or_a_refused_sample_has_no_rate() -> None:
    assert rate(sample(10, row(None)), sample(12, row(5))) is None
    assert rate(sample(10, missing=Missing("error", "x")), sample(12, row(5))) is None


def test_a_share_of_nothing_is_unknown() -> None:
    before, after = sample(10, row(5)), sample(12, row(5))
    assert Rates(PROBE, before, after).ratio(after.rows[0], "n", "n") is None


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.floats(0.001, 50))
def test_no_rate_is_ever_negative(before: int, after: int, seconds: float) -> None:
    value = rate(sample(10, row(before)), sample(10 + seconds, row(after)))
    assert value is None or value >= 0
