"""A palette as Rich styles: what a piece of text looks like by its role and the surface it stands on. Imports no Textual."""

from __future__ import annotations

from rich.color import Color
from rich.style import Style

from cryotui.model.palette import Palette
from cryotui.tui.terminal import ColorMode


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


def _rich(color: str) -> Color:
    return Color.parse(color.removeprefix("ansi_"))
