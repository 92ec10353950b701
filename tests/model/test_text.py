"""Text from outside is safe and takes the cells it says."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from cryotui.model.text import cells, clean, cut, decode, fit, one_line

ANY = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)


@given(ANY)
def test_clean_text_steers_no_terminal(text: str) -> None:
    safe = clean(text)
    assert not [c for c in safe if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") and c not in "\n\t"]
    assert not [
        c for c in safe if unicodedata.bidirectional(c) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI")
    ]
    assert "\x1b" not in safe and "\x9b" not in safe and "\u202e" not in safe


@given(ANY)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


def test_escapes_are_shown_not_swallowed() -> None:
    assert clean("a\x1b[31mb\x07\u202ec\ud800") == "a\\x1b[31mb\\x07\\u202ec\\ud800"


def test_line_breaks_and_tabs_stay() -> None:
    assert clean("a\n\tb") == "a\n\tb"
    assert one_line(" a\n\t b  c ") == "a b c"


@given(st.binary(max_size=80))
def test_any_bytes_become_text(raw: bytes) -> None:
    assert clean(decode(raw)) == decode(raw)


def test_bytes_of_another_encoding_are_visible() -> None:
    assert decode("é".encode("latin1")) == "\\xe9"


@given(ANY, st.integers(0, 30), st.sampled_from("LR"))
def test_fitted_text_has_exactly_the_asked_cells(text: str, width: int, align: str) -> None:
    assert cells(fit(one_line(clean(text)), width, align)) == width


def test_wide_and_combining_characters_are_measured() -> None:
    assert cells("分子") == 4
    assert cells("e\u0301") == 1
    assert cut("分子構造", 5) == "分子…"
    assert fit("12", 4, "R") == "  12"
