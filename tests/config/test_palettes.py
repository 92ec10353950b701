"""Five themes come with it and read well; a theme of one's own is added, a broken one is told and left out."""

from __future__ import annotations

import colorsys
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from rich.color import Color, ColorSystem

import cryotui
from cryotui.config.palettes import palettes, pick, shipped_folder
from cryotui.model.errors import ConfigError
from cryotui.model.palette import Palette, contrast, mixture

SHIPPED = ("frost", "glacier", "high-contrast", "protected", "sixteen")
TEXTS = ("foreground", "primary", "secondary", "accent", "good", "watch", "bad", "cold")
GROUNDS = ("background", "surface", "panel")
LEAST = {
    "frost": (5.6, 7.6, 11.4),
    "glacier": (5.6, 8.1, 7.9),
    "high-contrast": (7.0, 10.8, 14.1),
    "protected": (5.6, 7.6, 10.8),
}
"""By theme: the least ratio of a text on any ground, of on-guard on guard, of the active tab."""

# ratios on background, surface and panel, as the screens promise them
RATIOS = """
frost foreground 15.5 14.0 11.9 / primary 11.4 10.3 8.8 / secondary 8.6 7.7 6.6 / accent 10.5 9.5 8.1 / good 9.1 8.2 7.0
frost watch 11.4 10.2 8.7 / bad 7.3 6.6 5.6 / cold 8.7 7.8 6.7 / guard 7.3 6.5 5.6
glacier foreground 16.4 15.1 12.9 / primary 7.9 7.2 6.2 / secondary 8.3 7.7 6.6 / accent 9.3 8.6 7.3 / good 7.2 6.6 5.6
glacier watch 7.7 7.1 6.1 / bad 10.4 9.5 8.1 / cold 7.8 7.1 6.1 / guard 7.7 7.1 6.0
high-contrast foreground 21.0 21.0 15.2 / primary 14.1 14.1 10.2 / secondary 14.6 14.6 10.6 / accent 14.3 14.3 10.3
high-contrast good 14.8 14.8 10.7 / watch 16.0 16.0 11.5 / bad 9.6 9.6 7.0 / cold 13.0 13.0 9.4 / guard 10.8 10.8 7.8
protected foreground 16.0 15.0 11.6 / primary 10.8 10.2 7.9 / secondary 8.6 8.0 6.2 / accent 11.7 10.9 8.5 / good 9.4 8.8 6.8
protected watch 13.2 12.4 9.6 / bad 7.7 7.2 5.6 / cold 8.9 8.4 6.5 / guard 7.5 7.0 5.4
"""


@pytest.fixture(scope="module")
def shipped() -> dict[str, Palette]:
    found, problems = palettes()
    assert problems == ()
    return found


def test_the_five_themes_are_there(shipped):
    assert tuple(shipped) == SHIPPED
    assert [palette.dark for palette in shipped.values()] == [True, False, True, True, True]
    assert [palette.ansi for palette in shipped.values()] == [False, False, False, False, True]


def test_the_contrasts_are_those_that_are_promised(shipped):
    promised = 0
    for line in RATIOS.strip().splitlines():
        theme, rest = line.split(" ", 1)
        palette = shipped[theme]
        for part in rest.split(" / "):
            color, *ratios = part.split()
            found = [f"{contrast(getattr(palette, color), getattr(palette, ground)):.1f}" for ground in GROUNDS]
            assert found == ratios, (theme, color)
            promised += 1
    assert promised == 36


@pytest.mark.parametrize("theme", LEAST)
def test_no_text_of_a_theme_is_fainter_than_promised(shipped, theme):
    palette = shipped[theme]
    least, guard, tab = LEAST[theme]
    worst = min(contrast(getattr(palette, text), getattr(palette, ground)) for text in TEXTS for ground in GROUNDS)
    assert f"{worst:.1f}" == f"{least:.1f}"
    assert f"{contrast(palette.on_guard, palette.guard):.1f}" == f"{guard:.1f}"
    assert f"{contrast(palette.background, palette.primary):.1f}" == f"{tab:.1f}"


@pytest.mark.parametrize("theme", LEAST)
def test_rules_are_seen_and_no_severity_has_the_colour_of_production(shipped, theme):
    palette = shipped[theme]
    assert min(contrast(palette.rule, palette.background), contrast(palette.rule, palette.surface)) >= 3
    assert palette.guard not in {
        palette.good,
        palette.watch,
        palette.bad,
        palette.cold,
        palette.primary,
        palette.accent,
    }


@pytest.mark.parametrize("theme", LEAST)
def test_a_terminal_of_256_colours_still_shows_readable_text(shipped, theme):
    palette = shipped[theme]

    def fallen(color: str) -> str:
        return Color.parse(color).downgrade(ColorSystem.EIGHT_BIT).get_truecolor().hex

    worst = min(contrast(fallen(getattr(palette, t)), fallen(getattr(palette, g))) for t in TEXTS for g in GROUNDS)
    assert worst >= 4.5


def test_a_text_has_another_colour_by_its_role(shipped):
    frost = shipped["frost"]
    assert (frost.color("quiet"), frost.color("info"), frost.color("bold")) == ("#9fb3c4", frost.cold, frost.foreground)


THEME = (shipped_folder() / "frost.yaml").read_text().replace("name: frost", "name: mine")


def _own(tmp_path: Path, **files: str) -> tuple[dict[str, Palette], list[str]]:
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text)
        (tmp_path / f"{name}.yaml").chmod(0o644)
    found, problems = palettes(tmp_path)
    return found, [problem.removeprefix(f"{tmp_path}/") for problem in problems]


def test_a_theme_of_ones_own_is_added(tmp_path):
    found, problems = _own(tmp_path, mine=THEME)
    assert problems == []
    assert found["mine"].primary == "#8ad4ff"
    assert found["mine"].origin == str(tmp_path / "mine.yaml")


def test_a_theme_needs_no_second_name_for_a_colour_and_no_rule(tmp_path):
    text = re.sub(r"(?m)^(good|watch|bad|rule):.*\n", "", THEME)
    found, problems = _own(tmp_path, mine=text)
    assert problems == []
    mine = found["mine"]
    assert (mine.good, mine.rule) == ("#4fcaa8", mixture(mine.secondary, mine.background, 0.58))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (('primary: "#8ad4ff"', 'primary: "#8ad4fg"'), '13:10: primary is #8ad4fg; a colour such as "#8ad4ff" is possible.'),
        (('primary: "#8ad4ff"', "primary: sky"), '13:10: primary is sky; a colour such as "#8ad4ff" is possible.'),
        (('primary: "#8ad4ff"', "primary: #8ad4ff"), "13:9: primary has no value; a colour that begins with #"),
        (('primary: "#8ad4ff"\n', ""), "primary is missing."),
        (("primary:", "primery:"), "13:1: primery is no key of a theme; primary is the nearest."),
        (("name: mine", "name: frost"), "there is a theme frost already (built in); give this one another name."),
        (("name: mine", "name: '[bold]mine[/x]'"), "2:7: name is [bold]mine[/x]; small letters, digits, - and _ are"),
        (("name: mine\n", ""), "name is missing."),
        (("dark: true", "dark: maybe"), "3:7: dark is maybe; true and false are possible."),
        (("dark: true", "dark: true\nansi: true"), "is #e3ecf3; one of ansi_black to ansi_bright_white is possible."),
        (('good: "#4fcaa8"', 'good: "#ffffff"'), "good differs from success; both are the same colour."),
        (("dark: true", "dark: [true"), "a bracket is opened and not closed, or a comma is missing."),
    ],
)  # fmt: skip
def test_a_broken_theme_is_told_once_and_left_out(tmp_path, change, problem):
    text = THEME.replace(*change)
    assert text != THEME
    found, problems = _own(tmp_path, mine=text)
    assert tuple(found) == SHIPPED
    assert len(problems) == 1
    assert problem in problems[0]
    assert problems[0].endswith("This theme is left out.")


def test_a_broken_theme_does_not_keep_the_others_out(tmp_path):
    found, problems = _own(tmp_path, a="x: [", b=THEME, c=THEME, d="")
    assert "mine" in found
    assert len(problems) == 3
    assert "there is a theme mine already" in problems[1]


def test_faint_text_is_told_and_the_theme_is_used(tmp_path):
    found, problems = _own(tmp_path, mine=THEME.replace('secondary: "#9fb3c4"', 'secondary: "#445566"'))
    assert "mine" in found
    assert problems == ["mine.yaml: secondary on panel has a contrast of 1.9; below 4.5 text is hard to read."]


def test_a_folder_of_themes_need_not_be_there(tmp_path):
    assert palettes(tmp_path / "none") == palettes(None)


def test_an_unknown_theme_is_replaced_by_the_usual_one_with_a_word(shipped):
    assert pick("glacier", shipped) == (shipped["glacier"], None)
    assert pick("glacir", shipped) == (shipped["frost"], "glacir is no theme; glacier is the nearest. frost is used.")


def test_an_installation_without_themes_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("cryotui.config.palettes.shipped_folder", lambda: tmp_path)
    with pytest.raises(ConfigError, match="The theme frost is missing"):
        palettes()


@pytest.mark.parametrize("theme", LEAST)
def test_bad_is_redder_than_good_and_cold_is_bluer(shipped, theme):
    def hue(color: str) -> float:
        red, green, blue = (int(color[index : index + 2], 16) / 255 for index in (1, 3, 5))
        return colorsys.rgb_to_hls(red, green, blue)[0] * 360

    palette = shipped[theme]
    assert min(hue(palette.bad), 360 - hue(palette.bad)) < 30
    assert 150 < hue(palette.good) < 180 < hue(palette.cold) < 240


def test_the_themes_are_found_in_an_installed_package_too(tmp_path):
    package = tmp_path / "site" / "cryotui"
    root = Path(cryotui.__file__).parent
    shutil.copytree(root, package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(root.parent / "themes", package / "themes")
    code = "from cryotui.config.palettes import palettes, shipped_folder; print(shipped_folder(), *palettes()[0])"
    environ = {**os.environ, "PYTHONPATH": str(package.parent)}
    run = subprocess.run(
        [sys.executable, "-c", code], env=environ, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == [str(package / "themes"), *SHIPPED]
