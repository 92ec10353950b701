"""A palette: the colours of a theme by what they are for; a value without any drawing in it.

A colour is ``#rrggbb`` or one of the sixteen of a terminal, written ``ansi_red`` or ``ansi_bright_red``.
"""

from __future__ import annotations

import re
from dataclasses import fields

from cryotui.model.record import dataclass

ANSI = tuple(
    f"ansi_{bright}{name}"
    for bright in ("", "bright_")
    for name in ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
)
"""The sixteen colours of a terminal, in the order of their numbers."""

_HEX = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme.

    Textual's ten, then ours: ``good watch bad`` are its success, warning and error; ``cold`` is for what runs by itself
    and for level observe; ``guard`` and ``on_guard`` are the block of production; ``rule`` draws lines and empty bars.
    ``on_panel`` is text on the panel, ``behind_bad`` the background of what is bad; only a palette of sixteen colours
    needs them to differ from the foreground and from the surface.
    """

    name: str
    dark: bool
    primary: str
    secondary: str
    accent: str
    foreground: str
    background: str
    surface: str
    panel: str
    good: str
    watch: str
    bad: str
    cold: str
    guard: str
    on_guard: str
    rule: str
    ansi: bool = False
    on_panel: str | None = None
    behind_bad: str | None = None
    origin: str = "built in"

    def color(self, role: str) -> str:
        """The colour of a piece of text of that role."""
        return str(getattr(self, _OF_ROLE[role]))


_OF_ROLE: dict[str, str] = {
    "text": "foreground",
    "bold": "foreground",
    "quiet": "secondary",
    "primary": "primary",
    "accent": "accent",
    "good": "good",
    "watch": "watch",
    "bad": "bad",
    "cold": "cold",
    "info": "cold",
    "rule": "rule",
    "guard": "guard",
}

COLORS = tuple(item.name for item in fields(Palette) if item.name not in ("name", "dark", "ansi", "origin"))
"""The fields of a palette that are colours."""


def is_color(text: str, ansi: bool) -> bool:
    """Whether a text names a colour: one of the sixteen for an ansi palette, else ``#rrggbb``."""
    return text in ANSI if ansi else bool(_HEX.fullmatch(text))


def mixture(color: str, into: str, share: float) -> str:
    """``share`` of one ``#rrggbb`` mixed into another."""
    return "#" + "".join(f"{round(b + (a - b) * share):02x}" for a, b in zip(_rgb(color), _rgb(into), strict=True))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two ``#rrggbb``, from 1 to 21, by WCAG 2.2: 4.5 is the least for text, 3 for graphics."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    """Relative luminance as WCAG 2.2 defines it, from 0 to 1."""
    parts = [part / 255 for part in _rgb(color)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
