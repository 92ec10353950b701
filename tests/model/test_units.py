"""Values read as the screens say: three digits, unit attached, a dash for unknown."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryotui.model import units


@pytest.mark.parametrize(
    ("form", "value", "text"),
    [
        (units.size, 0, "0"), (units.size, 512, "512"), (units.size, 64 * 1024, "64k"),
        (units.size, 3.9 * 2**30, "3.9G"), (units.size, 18.2 * 2**30, "18.2G"), (units.size, 96 * 2**20, "96M"),
        (units.size, 1023.9 * 2**10, "1M"), (units.size, -2048, "-2k"),
        (units.count, 86, "86"), (units.count, 1240, "1.24k"), (units.count, 412_000, "412k"),
        (units.count, 96_400_000, "96.4M"), (units.count, 999_950, "1.00M"),
        (units.rate, 0, "0"), (units.rate, 0.04, "0.0"), (units.rate, 0.2, "0.2"), (units.rate, 96.1, "96.1"),
        (units.rate, 212, "212"), (units.rate, 1100, "1.1k"),
        (units.duration, 0.0004, "0.4ms"), (units.duration, 0.009, "9.0ms"), (units.duration, 0.031, "31ms"),
        (units.duration, 0.2, "0.2s"), (units.duration, 2.6, "2.6s"), (units.duration, 41, "41s"),
        (units.busy, 0.84, "840ms"), (units.busy, 1.92, "1.92s"), (units.busy, 0, "0ms"),
        (units.age, 0.012, "12ms"), (units.age, 0.8, "0.8s"), (units.age, 18.7, "18s"), (units.age, 373, "6m10s"),
        (units.age, 41 * 60, "41m"), (units.age, 6 * 3600, "6h"), (units.age, 12 * 86400, "12d"), (units.age, -5, "0ms"),
        (units.percent, 0.41, "41%"), (units.percent, 0.071, "7.1%"), (units.percent, 0, "0%"), (units.percent, 1, "100%"),
        (units.hit, 0.999, "99.9%"), (units.hit, 0.99999, "99.9%"), (units.hit, 1.0, "100%"),
        (units.times, 1.8, "1.8×"), (units.times, 120, "120×"),
        (units.estimate(units.percent), 0.31, "≈31%"), (units.estimate(units.percent), None, "-"),
    ],
)  # fmt: skip
def test_a_value_reads_as_on_the_screens(form: object, value: float, text: str) -> None:
    assert form(value) == text  # type: ignore[operator]


FORMS = (
    units.size,
    units.count,
    units.rate,
    units.duration,
    units.busy,
    units.age,
    units.percent,
    units.hit,
    units.times,
)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("unknown", [None, math.nan, math.inf, -math.inf])
def test_unknown_is_a_dash_never_zero(form: object, unknown: float | None) -> None:
    assert form(unknown) == "-"  # type: ignore[operator]


@pytest.mark.parametrize("form", FORMS)
@given(value=st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_no_number_breaks_a_form(form: object, value: float) -> None:
    assert form(value)  # type: ignore[operator]


@given(st.floats(0, 1e15))
def test_sizes_carry_three_digits_at_most(value: float) -> None:
    digits = [c for c in units.size(value) if c.isdigit()]
    assert len(digits) <= 4  # 1,000 to 1,023 of a unit


def test_times_are_told_in_utc() -> None:
    moment = datetime(2026, 3, 14, 3, 14, 22, tzinfo=UTC)
    assert units.clock(moment) == "03:14Z"
    assert units.clock(moment, seconds=True, date=True) == "2026-03-14 03:14:22Z"


def test_a_gap_in_a_sparkline_is_blank_and_a_flat_line_is_low() -> None:
    assert units.sparkline([1, None, 7], 3) == "▁ ▇"
    assert units.sparkline([5, 5, 5], 4) == " ▁▁▁"
    assert units.sparkline([], 3) == "   "
    assert units.sparkline([0, 2, 10, 12], 2) == "▁▇"


def test_a_bar_is_never_longer_than_its_room() -> None:
    assert units.bar(0.62, 10) == "━━━━━━────"
    assert units.bar(7, 4) == "━━━━"
    assert units.bar(None, 4) == "    "
