"""Quantities are read as an operator writes them, and written so that reading gives the same."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryotui.model import quantities


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2", 2), ("0.5", 0.5), ("90s", 90), ("250ms", 0.25), ("5m", 300), ("5 min", 300), ("1m30s", 90), ("6m10s", 370),
        ("36h", 129600), ("7.5d", 648000), ("2w", 1209600), ("1h 5m", 3900),
    ],
)  # fmt: skip
def test_a_time_is_read_with_its_units(text, seconds):
    assert quantities.seconds(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("text", "octets"),
    [("512", 512), ("64kB", 65536), ("100MB", 104857600), ("100 mb", 104857600), ("1.5G", 1610612736), ("1GiB", 2**30)],
)
def test_a_size_is_read_in_steps_of_1024(text, octets):
    assert quantities.size(text) == octets


@pytest.mark.parametrize(("text", "share"), [("30%", 0.3), ("0.3", 0.3), ("100%", 1), ("0", 0), ("0%", 0), ("1.0", 1)])
def test_a_share_is_read_with_or_without_percent(text, share):
    assert quantities.share(text) == share


@pytest.mark.parametrize(
    ("text", "number"), [("5", 5), ("1.5", 1.5), ("10k", 10000), ("2.1G", 2.1e9), ("3x", 3), ("3×", 3)]
)
def test_a_count_is_read_in_steps_of_1000(text, number):
    assert quantities.count(text) == pytest.approx(number)


@pytest.mark.parametrize("read", quantities.READERS.values())
@pytest.mark.parametrize(
    "text", ["", "-1", "nan", "inf", "1e400", "1,5", "0123", "1:30", "five", "5 apples", "٣", "1" * 400]
)
def test_what_is_no_quantity_is_refused_with_what_is_possible(read, text):
    with pytest.raises(ValueError, match=r"possible|write|too long"):
        read(text)


@pytest.mark.parametrize("text", ["1", "30", "101%", "1.5"])
def test_a_share_that_could_be_meant_otherwise_is_refused(text):
    with pytest.raises(ValueError, match="a share is"):
        quantities.share(text)


@pytest.mark.parametrize("unit", quantities.READERS)
@given(value=st.one_of(st.integers(0, 10**9).map(float), st.sampled_from([0.25, 0.5, 90.0, 3600.0, 1024.0**3])))
def test_what_is_written_reads_the_same(unit, value):
    value = value % 1001 / 1000 if unit == "share" else value
    assert quantities.READERS[unit](quantities.written(value, unit)) == pytest.approx(value)


def test_never_is_written_as_a_word():
    assert quantities.written(math.inf, "bytes") == "never"
