"""What YAML 1.1 turns into something else arrives as it was written, or is told."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("written", ["3.10", "NO", "0123", "1:30", "2026-11-22", "on", "1_000", "0x1F", "1e3"])
def test_text_stays_the_text_that_was_written(reading, written):
    loaded = reading(f"theme: {written}\n")
    assert (loaded.settings.theme, loaded.problems) == (written, ())


@pytest.mark.parametrize(
    ("written", "meant"),
    [("NO", False), ("no", False), ("off", False), ("false", False), ("YES", True), ("on", True), ("True", True)],
)
def test_yes_and_no_in_every_spelling_are_flags_where_a_flag_is_wanted(reading, written, meant):
    assert reading(f"mouse: {written}\n").settings.mouse is meant


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("interval: 0123", "1:11: interval is 0123; many readers of YAML take that for octal; write 123."),
        (
            "interval: 1:30",
            "1:11: interval is 1:30; many readers of YAML take that for 90; write a number with its unit, such as 90s.",
        ),
        ("danger_minutes: 2026-11-22", "1:17: danger_minutes is 2026-11-22; a whole number is possible."),
        ("color: NO", "1:8: color is NO; possible: auto, always, never."),
        ("interval: 2\ntheme: a\ninterval: 3", "3:1: interval is given twice; the first is in line 1."),
        ("targets:\n\tprod: {}", "2:1: a tab stands where YAML takes blanks only; indent with blanks."),
        ("theme: @x", "1:8: a value that begins with @, % or ` stands in quotation marks."),
        ("theme: %x", "1:8: a value that begins with @, % or ` stands in quotation marks."),
        (
            "backups:\n  a:\n    kind: dumps\n    path: /x\n    pattern: *.dump",
            "5:15: a value that begins with * or & stands in quotation marks.",
        ),
        ("theme: 'x", "1:10: quotation marks are opened and not closed."),
        ("a: [1, 2", "1:9: a bracket is opened and not closed, or a comma is missing."),
        ("theme\n", "1:1: the file holds no keys; its lines read key: value."),
        ("[1, 2]\n", "1:1: the file holds no keys; its lines read key: value."),
        ("theme: a\n---\nmouse: on", "2:1: a second document (---) begins; one is read."),
        ("? [a]\n: b", "1:3: a key is a word, not a list or a table."),
        ("theme: a\x00b", "1:9: a character that no text file has (code 0)."),
        (b"theme: \xff", "1:8: not UTF-8; save the file as UTF-8."),
        ("x" * 300, "1:1: the file holds no keys; its lines read key: value."),
    ],
)
def test_a_trap_is_told_with_its_place(reading, text, problem):
    assert reading.problem(text) == problem


@pytest.mark.parametrize("text", ["a: &x 1", "a: *x", "a: &a [1]\nb: [*a, *a, *a]"])
def test_aliases_are_refused_so_that_no_file_can_grow(reading, text):
    assert "stand" in reading.problem(text) and "quotation marks" in reading.problem(text)


def test_a_bomb_of_aliases_is_refused_at_its_first(reading):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    assert reading.problem("\n".join(lines)).startswith("1:5: anchors and aliases")


def test_tags_are_refused(reading):
    assert reading.problem("theme: !!python/object/apply:os.system [id]").startswith("1:8: tags (!) are not read.")


def test_a_file_nested_without_end_is_refused(reading):
    assert reading.problem("a: " + "[" * 50_000) == "1:15: nested deeper than 12 levels, which no key needs."


def test_a_byte_order_mark_is_no_part_of_the_first_key(reading):
    assert reading("\ufeffinterval: 3\n").settings.interval == 3.0


def test_utf_16_is_named(reading):
    assert reading.problem("interval: 3\n".encode("utf-16")) == " written in UTF-16; save it as UTF-8."


def test_windows_line_ends_are_line_ends(reading):
    loaded = reading("interval: 3\r\ntheme: glacier\r\n")
    assert (loaded.problems, loaded.settings.theme) == ((), "glacier")


@pytest.mark.parametrize(
    "text", ["", "\n\n", "# only a comment\n", "---\n", "targets:\n", "targets:\nbackups:\nthresholds:\ncolumns:\n"]
)
def test_nothing_written_is_nothing_set(reading, text):
    loaded = reading(text)
    assert loaded.problems == ()
    assert loaded.settings.targets == {}


def test_what_a_file_says_cannot_steer_the_terminal(reading):
    told = reading('"a\\e]0;x\\a[/b]": 1\n"in\\u202eterval": 2\n').problems
    assert all(sentence.isprintable() for sentence in told)
    assert len(told) == 2
