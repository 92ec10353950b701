"""Every theme loads in Textual, is readable in every mode, and no colour is sent where none is wanted."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.color import Color
from textual.strip import Strip
from textual.theme import BUILTIN_THEMES
from textual.widget import Widget
from textual.widgets import Input, Static

from cryotui.config.palettes import palettes
from cryotui.model.keys import KEYS
from cryotui.tui.styles import Styles
from cryotui.tui.themes import OWN_VARIABLES, to_textual, variable_defaults

PALETTES, _ = palettes()
ROLES = ("text", "quiet", "primary", "accent", "good", "watch", "bad", "cold", "info", "rule", "bold")
BLOCKS = ("tab", "guard", "button", "match", "head", "guard-line")
SURFACES = ("background", "surface", "panel")


class Drawn(App[None]):
    """All our variables in a stylesheet."""

    CSS = "Screen { background: $background; }\n" + "\n".join(
        f"#v{index} {{ color: ${name}; background: $background; }}" for index, name in enumerate(OWN_VARIABLES)
    )

    def __init__(self) -> None:
        super().__init__()
        for palette in PALETTES.values():
            self.register_theme(to_textual(palette))

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(PALETTES["frost"])

    def compose(self) -> ComposeResult:
        for index, name in enumerate(OWN_VARIABLES):
            yield Static(name, id=f"v{index}")
        yield Input("text")


async def test_all_five_themes_load_and_their_colours_arrive():
    app = Drawn()
    async with app.run_test() as pilot:
        for palette in PALETTES.values():
            app.theme = palette.name
            await pilot.pause()
            for index, name in enumerate(OWN_VARIABLES):
                expected = getattr(palette, name.replace("-", "_"))
                if expected is None:
                    expected = palette.background if name == "behind-bad" else palette.foreground
                assert app.query_one(f"#v{index}").styles.color == Color.parse(expected), (palette.name, name)


async def test_the_themes_of_textual_itself_load_with_our_variables():
    app = Drawn()
    async with app.run_test() as pilot:
        for name in BUILTIN_THEMES:
            app.theme = name
            await pilot.pause()
            assert app.query_one("#v2").styles.color == Color.parse(PALETTES["frost"].bad)


async def test_text_of_textual_itself_is_never_transparent():
    app = Drawn()
    async with app.run_test():
        for palette in PALETTES.values():
            app.theme = palette.name
            for name in ("text", "text-muted", "text-disabled", "foreground-muted"):
                assert Color.parse(app.get_css_variables()[name]).a == 1, (palette.name, name)


@pytest.mark.parametrize("name", PALETTES)
def test_every_role_has_a_style_on_every_surface_and_it_is_made_once(name):
    styles = Styles(PALETTES[name])
    for role in (*ROLES, *BLOCKS):
        for surface in SURFACES:
            style = styles.of(role, surface)
            assert style is styles.of(role, surface)
            assert style.color is not None and style.bgcolor is not None
            assert not style.dim and not style.blink
            assert styles.of(role, surface, bold=True).bold


def test_a_role_or_surface_that_does_not_exist_is_an_error_in_every_mode():
    for mode in ("truecolor", "none"):
        with pytest.raises(KeyError):
            Styles(PALETTES["frost"], mode).of("nonsense")
    with pytest.raises(KeyError):
        Styles(PALETTES["frost"]).of("text", "nonsense")


def test_severity_is_bold_and_the_filter_match_is_underlined_too():
    styles = Styles(PALETTES["frost"])
    assert styles.of("bad").bold and styles.of("watch").bold and not styles.of("good").bold
    assert styles.of("match").bold and styles.of("match").underline


def test_sixteen_reverses_header_and_cursor_line_and_lets_no_colour_on_them():
    styles = Styles(PALETTES["sixteen"], "16")
    for role in ROLES:
        style = styles.of(role, "panel")
        assert (style.color.name, style.bgcolor.name) == ("black", "white")
    assert styles.of("bad", "panel").bold and not styles.of("text", "panel").bold
    bad = styles.of("bad", "background")
    assert (bad.color.name, bad.bgcolor.name) == ("bright_white", "red")
    guard = styles.of("guard", "panel")
    assert (guard.color.name, guard.bgcolor.name) == ("bright_white", "magenta")
    drawn = {styles.of(role, surface).color.name for role in ROLES for surface in SURFACES}
    assert drawn.isdisjoint({"blue", "bright_blue", "red", "bright_black"})


@pytest.mark.parametrize("name", PALETTES)
def test_without_colour_the_same_is_said_by_bold_underline_and_reverse(name):
    styles = Styles(PALETTES[name], "none")
    every = [styles.of(role, surface) for role in (*ROLES, *BLOCKS) for surface in SURFACES]
    assert all(style.color is None and style.bgcolor is None and not style.dim for style in every)
    assert styles.of("bad").bold and styles.of("bad").underline
    assert styles.of("watch").bold and not styles.of("watch").underline
    for role in ("tab", "guard", "button"):
        assert styles.of(role, "surface").reverse
    # the cursor line and the header are reversed; the block of production stands out on them by not being so
    assert styles.of("text", "panel").reverse and not styles.of("guard", "panel").reverse
    assert not styles.of("text", "background").reverse


class Rows(Widget):
    """A line for every role on every surface, drawn by the line API."""

    def __init__(self, styles: Styles) -> None:
        super().__init__()
        self.styles_of = styles

    def render_line(self, y: int) -> Strip:
        from rich.segment import Segment

        surface = SURFACES[y % 3]
        return Strip(
            [Segment(f"{role:8}"[: self.size.width], self.styles_of.of(role, surface)) for role in (*ROLES, *BLOCKS)]
        )


CHILD = """
import os, sys
from cryotui.tui.terminal import color_mode, prepare
mode = color_mode(os.environ, sys.argv[1])
prepare(os.environ, mode)
from textual.widgets import Input, Static
from test_themes import Drawn, PALETTES, Rows
from cryotui.tui.styles import Styles
from cryotui.tui.themes import Colorless
class Child(Drawn):
    def compose(self):
        yield Rows(Styles(PALETTES[self.theme], mode))
        yield from super().compose()
    def get_line_filters(self):
        return [*super().get_line_filters(), *([Colorless()] if mode == "none" else [])]
    def on_mount(self):
        self.set_timer(0.3, self.exit)
app = Child()
app.theme = sys.argv[2]
app.run()
"""


def _bytes(environ: dict[str, str], setting: str, theme: str) -> str:
    """What such a console sends to a terminal until it ends by itself."""
    master, slave = pty.openpty()
    here = Path(__file__).parent
    keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, setting, theme],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**keep, "PYTHONPATH": f"{here}:{here.parents[1]}", "COLUMNS": "100", "LINES": "30", **environ},
    )
    os.close(slave)
    out = b""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([master], [], [], 0.2)[0]:
            try:
                part = os.read(master, 65536)
            except OSError:
                break
            if not part:
                break
            out += part
        elif child.poll() is not None:
            break
    child.wait(timeout=60)
    os.close(master)
    assert child.returncode == 0, out.decode(errors="replace")[-2000:]
    return out.decode(errors="replace")


def _codes(sent: str) -> set[str]:
    """The SGR parameters that were sent, colours with their kind only: 38;2, 48;5."""
    codes: set[str] = set()
    for run in re.findall(r"\x1b\[([0-9;]*)m", sent):
        parts = run.split(";")
        while parts:
            part = parts.pop(0)
            if part in ("38", "48"):
                kind = parts.pop(0)
                del parts[: 3 if kind == "2" else 1]
                part = f"{part};{kind}"
            codes.add(part or "0")
    return codes


PLAIN = {"0", "1", "4", "7", "22", "24", "27"}


@pytest.mark.parametrize(
    ("environ", "setting"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, "auto"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "never"),
        ({"TERM": "linux", "NO_COLOR": "yes"}, "auto"),
    ],
)
@pytest.mark.parametrize("theme", ["frost", "sixteen"])
def test_no_color_sends_no_colour_at_all(environ, setting, theme):
    sent = _bytes(environ, setting, theme)
    assert "quiet" in sent
    codes = _codes(sent)
    assert codes <= PLAIN
    assert {"1", "7"} <= codes


@pytest.mark.parametrize(
    ("environ", "theme", "sent_codes"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": ""}, "frost", {"38;2", "48;2"}),
        ({"TERM": "xterm-256color"}, "frost", {"38;5", "48;5"}),
    ],
)
def test_colours_are_sent_in_the_kind_that_the_terminal_takes(environ, theme, sent_codes):
    assert _codes(_bytes(environ, "auto", theme)) - PLAIN == sent_codes


@pytest.mark.parametrize("term", ["screen", "linux", "xterm"])
def test_a_terminal_of_sixteen_colours_gets_those_and_no_others(term):
    codes = (
        _codes(_bytes({"TERM": term, "COLORTERM": "" if term == "xterm" else "truecolor"}, "auto", "sixteen")) - PLAIN
    )
    assert codes
    assert all(re.fullmatch(r"[349][0-79]|10[0-7]", code) for code in codes), codes


async def test_the_names_of_the_keys_are_those_that_textual_gives():
    from textual import events
    from textual.keys import Keys

    known = {key.value for key in Keys}
    for entry in KEYS:
        for key in entry.keys:
            assert len(key) == 1 or key in known or key == "space", key
    assert events.Key("space", " ").key == "space"
