"""The console draws with what the terminal can show, and in ASCII without moving a column."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryotui.model.text import cells
from cryotui.tui.terminal import ascii_mode, ascii_sparklines, color_mode, prepare, sparks_to_ascii, to_ascii


@pytest.mark.parametrize(
    ("environ", "setting", "mode"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "auto", "truecolor"),
        ({"TERM": "xterm-256color", "COLORTERM": "24bit"}, "auto", "truecolor"),
        ({"TERM": "xterm-256color"}, "auto", "256"),
        ({"TERM": "tmux-256color"}, "auto", "256"),
        ({"TERM": "tmux-256color", "COLORTERM": "truecolor", "TMUX": "/tmp/x"}, "auto", "truecolor"),
        ({"TERM": "screen-256color", "COLORTERM": "truecolor"}, "auto", "256"),
        ({"TERM": "screen-256color", "COLORTERM": "truecolor", "TMUX": "/tmp/x"}, "auto", "truecolor"),
        ({"TERM": "screen"}, "auto", "16"),
        ({"TERM": "screen", "COLORTERM": "truecolor"}, "auto", "16"),
        ({"TERM": "linux", "COLORTERM": "truecolor"}, "auto", "16"),
        ({"TERM": "xterm"}, "auto", "16"),
        ({"TERM": "vt220"}, "auto", "16"),
        ({"TERM": "unknown"}, "auto", "16"),
        ({"TERM": "something-new"}, "auto", "16"),
        ({}, "auto", "16"),
        ({"TERM": "xterm-kitty"}, "auto", "truecolor"),
        ({"TERM": "xterm-direct"}, "auto", "truecolor"),
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, "always", "none"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "auto", "none"),
        ({"TERM": "xterm-256color", "NO_COLOR": "0"}, "auto", "none"),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, "auto", "256"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "always", "256"),
        ({"TERM": "xterm-256color"}, "never", "none"),
    ],
)
def test_colours_follow_the_terminal_the_setting_and_no_color(environ, setting, mode):
    assert color_mode(environ, setting) == mode
    prepared = dict(environ)
    prepare(prepared, mode)
    assert color_mode(prepared, setting) == mode
    assert ("NO_COLOR" in prepared) is (mode == "none")


@pytest.mark.parametrize(
    ("encoding", "setting", "ascii_only"),
    [
        ("utf-8", False, False),
        ("UTF8", False, False),
        ("utf-8", True, True),
        ("ascii", False, True),
        ("ANSI_X3.4-1968", False, True),
        ("iso-8859-1", False, True),
        ("", False, True),
        (None, False, True),
        ("no-such-encoding", False, True),
    ],
)
def test_ascii_is_for_terminals_that_do_not_take_utf_8(encoding, setting, ascii_only):
    assert ascii_mode({"TERM": "xterm"}, encoding, setting) is ascii_only


def test_the_linux_console_has_ascii_sparklines_only():
    assert ascii_sparklines({"TERM": "linux"}, "utf-8") and not ascii_mode({"TERM": "linux"}, "utf-8")
    assert not ascii_sparklines({"TERM": "xterm"}, "utf-8")
    assert sparks_to_ascii("■ ▁▂▃▄▅▆▇ ═") == "■ _.:-=+# ═"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("■▲●✓?▸◆▾", "X!i+?>*v"),
        ("━━━━──────", "====------"),
        ("▁▂▃▄▅▆▇", "_.:-=+#"),
        ("├ └ │", "+ + |"),
        ("╔═╗║╚╝", "#=####"),
        ("≈41 1.8×", "~41 1.8x"),
        ("SELECT inc…", "SELECT in.."),
        ("…A2F", "..2F"),
        ("temp d…  x", "temp ..  x"),
        ("…", "."),
        ("molécule", "mol?cule"),
        ("表x", "??x"),
        ("plain", "plain"),
    ],
)
def test_every_sign_has_an_ascii_one_of_the_same_width(text, shown):
    assert to_ascii(text) == shown


@given(st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs", "Cf"))))
def test_any_text_in_ascii_is_ascii_and_no_wider(text):
    shown = to_ascii(text)
    assert shown.isascii()
    assert cells(shown) == cells(text)


def test_every_sign_of_the_screens_has_an_ascii_one():
    signs = "■▲●✓▸◆▾▴━─▁▂▃▄▅▆▇├└│═║╔╗╚╝≈×…┼▏↑↓←→•·"
    assert "?" not in "".join(to_ascii(f"x{sign}") for sign in signs)


def test_the_terminal_is_looked_at_before_textual_is_imported():
    code = "import sys, cryotui.tui.terminal; print(sorted(name for name in sys.modules if name.startswith('textual')))"
    root = Path(__file__).parents[2]
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert run.stdout == "[]\n"
