"""A palette as Textual's theme, and as Rich styles for the widgets that draw their lines themselves."""

from __future__ import annotations

from functools import lru_cache

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import BUILTIN_THEMES, Theme

from cryotui.model.palette import Palette
from cryotui.tui.terminal import ColorMode

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


class Styles:
    """The style of a piece of text by its role and the surface it stands on; made once for each pair.

    Roles are those of ``cryotui.model.pane``, and of the frame: ``tab`` (the active tab), ``guard`` (the block of
    production), ``guard-line`` (the rules of a sheet on it), ``button`` (the focused button), ``match`` (what the filter
    found), ``head`` (the sorted column's head).
    Surfaces are ``background`` (body), ``surface`` (tabs, keys, sheets) and ``panel`` (header, cursor line).
    """

    def __init__(self, palette: Palette, mode: ColorMode = "truecolor") -> None:
        self.palette = palette
        self.mode = mode
        self._made: dict[tuple[str, str, bool], Style] = {}

    def of(self, role: str, surface: str = "background", bold: bool = False) -> Style:
        """The style. Raises KeyError for a role or surface that does not exist."""
        key = (role, surface, bold)
        style = self._made.get(key)
        if style is None:
            heavy = bold or role in _BOLD
            make = self._plain if self.mode == "none" else self._colored
            style = self._made[key] = make(role, surface, heavy)
        return style

    def _colored(self, role: str, surface: str, bold: bool) -> Style:
        palette = self.palette
        blocks = {
            "tab": (palette.background, palette.primary),
            "guard": (palette.on_guard, palette.guard),
            "button": (palette.background, palette.foreground),
        }
        if role in blocks:
            color, behind = blocks[role]
        else:
            surfaces = {"background": palette.background, "surface": palette.surface, "panel": palette.panel}
            color, behind = palette.color(_TEXT.get(role, role)), surfaces[surface]
            if surface == "panel" and palette.on_panel:
                color = palette.on_panel
            elif role == "bad" and palette.behind_bad:
                behind = palette.behind_bad
        return Style(color=_rich(color), bgcolor=_rich(behind), bold=bold, underline=role == "match")

    def _plain(self, role: str, surface: str, bold: bool) -> Style:
        """Bold, underline and reverse only. A block on a line that is reversed itself stands out by not being so."""
        block = role in ("tab", "guard", "button")
        if not block:
            self.palette.color(_TEXT.get(role, role))  # the same KeyError in every mode
        reverse = block != (surface == "panel")
        return Style(bold=bold or role in ("accent", "head"), underline=role in ("bad", "match"), reverse=reverse)


_TEXT = {"match": "accent", "head": "accent", "guard-line": "guard"}
_BOLD = frozenset(("bold", "bad", "watch", "tab", "guard", "button", "match"))


def _rich(color: str) -> RichColor:
    return RichColor.parse(color.removeprefix("ansi_"))


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
