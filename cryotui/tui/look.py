"""How the console looks in this terminal: its themes, colours and signs. Imports no Textual."""

from __future__ import annotations

from collections.abc import Mapping

from cryotui.config.palettes import DEFAULT, palettes, shipped
from cryotui.model.palette import Palette
from cryotui.pg.destination import Destination, own_folder
from cryotui.tui.paint import Painter
from cryotui.tui.styles import Styles
from cryotui.tui.terminal import ascii_mode, color_mode

FEW_COLORS = "sixteen"
"""The theme for where there are no more."""


class Look:
    """``painter`` draws in a theme; the theme of the settings at first."""

    def __init__(self, target: Destination, environ: Mapping[str, str], encoding: str) -> None:
        """For a target in a terminal of that encoding. Raises ConfigError when the installation has no themes."""
        settings = target.settings
        self._own_themes = own_folder(settings, "themes")
        self._palettes: dict[str, Palette] = {}
        self.color_mode = color_mode(environ, settings.color)
        self.ascii_only = ascii_mode(environ, encoding, settings.ascii)
        few = self.color_mode in ("16", "none") or settings.slow
        name = FEW_COLORS if few else settings.theme_for(target.limits)
        first = shipped(name)
        if first is None:
            known = self.palettes
            if name not in known:
                self.problems.append(f"There is no theme {name}; {DEFAULT} is used. T lists them.")
            first = known.get(name, known[DEFAULT])
        self._draw_in(first)

    @property
    def palettes(self) -> dict[str, Palette]:
        """All themes by name, read when they are first asked for; ``problems`` are sentences about what is wrong with them."""
        if not self._palettes:
            self._palettes, problems = palettes(self._own_themes)
            self.problems = list(problems)
        return self._palettes

    def use(self, theme: str) -> None:
        """Draw with another theme from now on. Raises KeyError."""
        self._draw_in(self.palettes[theme])

    def _draw_in(self, palette: Palette) -> None:
        self.theme = palette.name
        self.painter = Painter(Styles(palette, self.color_mode), self.ascii_only)
