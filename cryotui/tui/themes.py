"""A palette as Textual's theme, and the filter for terminals without colours."""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import BUILTIN_THEMES, Theme

from cryotui.model.palette import Palette

OWN_VARIABLES = ("good", "watch", "bad", "cold", "guard", "on-guard", "rule", "on-panel", "behind-bad")
"""The variables of a stylesheet that Textual's own themes do not have."""


def to_textual(palette: Palette) -> Theme:
    """The palette as a theme that Textual can register, ours among its variables."""
    base = dict(BUILTIN_THEMES["ansi-dark"].variables) if palette.ansi else {}
    return Theme(
        name=palette.name,
        dark=palette.dark,
        ansi=palette.ansi,
        primary=palette.primary,
        secondary=palette.secondary,
        accent=palette.accent,
        success=palette.good,
        warning=palette.watch,
        error=palette.bad,
        foreground=palette.foreground,
        background=palette.background,
        surface=palette.surface,
        panel=palette.panel,
        boost=palette.surface,
        variables={**base, **_variables(palette)},
    )


def variable_defaults(palette: Palette) -> dict[str, str]:
    """Our variables for a theme that lacks them, such as one of Textual's own: ``get_theme_variable_defaults``."""
    variables = _variables(palette)
    return {name: variables[name] for name in OWN_VARIABLES}


def _variables(palette: Palette) -> dict[str, str]:
    """Ours, and those of Textual that it would make by mixing with transparency: such text falls below our ratios."""
    on_panel = palette.on_panel or palette.foreground
    muted = ("text-muted", "text-disabled", "foreground-muted", "foreground-disabled")
    scrollbar = ("scrollbar-background", "scrollbar-background-hover", "scrollbar-background-active")
    return {
        "good": palette.good,
        "watch": palette.watch,
        "bad": palette.bad,
        "cold": palette.cold,
        "guard": palette.guard,
        "on-guard": palette.on_guard,
        "rule": palette.rule,
        "on-panel": on_panel,
        "behind-bad": palette.behind_bad or palette.background,
        # an ansi theme of Textual leaves these two transparent
        "surface": palette.surface,
        "panel": palette.panel,
        "text": palette.foreground,
        **dict.fromkeys(muted, palette.secondary),
        "border": palette.rule,
        "border-blurred": palette.rule,
        "block-cursor-foreground": on_panel,
        "block-cursor-background": palette.panel,
        "block-cursor-text-style": "bold",
        "input-cursor-foreground": palette.background,
        "input-cursor-background": palette.foreground,
        "input-selection-foreground": on_panel,
        "input-selection-background": palette.panel,
        "screen-selection-foreground": on_panel,
        "screen-selection-background": palette.panel,
        "footer-key-foreground": palette.accent,
        "link-color": palette.accent,
        "scrollbar": palette.rule,
        "scrollbar-hover": palette.secondary,
        "scrollbar-active": palette.primary,
        "scrollbar-corner-color": palette.background,
        **dict.fromkeys(scrollbar, palette.background),
    }


class Colorless(LineFilter):
    """Takes every colour out of what is drawn, whatever drew it; bold, underline and reverse stay."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments without colours."""
        return [
            Segment(text, None if style is None else _without_color(style), control)
            for text, style, control in segments
        ]


@lru_cache(1024)
def _without_color(style: Style) -> Style:
    return style.without_color
