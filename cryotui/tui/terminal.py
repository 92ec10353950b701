"""What the terminal can do: colours, UTF-8, and the ASCII signs for those that cannot. Imports no Textual.

Textual reads its environment when it is imported, so ``prepare`` is called before that.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping, MutableMapping
from typing import Literal

from cryotui.model.settings import ColorChoice
from cryotui.model.text import cells

ColorMode = Literal["truecolor", "256", "16", "none"]

_TRUECOLOR_TERMS = ("alacritty", "foot", "ghostty", "wezterm", "xterm-kitty", "xterm-ghostty", "contour", "iterm2")
_SYSTEMS: dict[ColorMode, str] = {"truecolor": "truecolor", "256": "256", "16": "standard", "none": "standard"}


def color_mode(environ: Mapping[str, str], setting: ColorChoice = "auto") -> ColorMode:
    """How many colours to draw with.

    ``none`` when the setting is never, or when it is auto and NO_COLOR is set and not empty (no-color.org), or on a dumb
    terminal, which the console refuses anyway. TERM tells more than COLORTERM on terminals that pass a foreign COLORTERM
    on: the Linux console, a bare ``screen``, a serial line. An unknown terminal gets sixteen colours.
    """
    term = environ.get("TERM", "").lower()
    if setting == "never" or term == "dumb" or (setting == "auto" and environ.get("NO_COLOR")):
        return "none"
    if term.startswith(_TRUECOLOR_TERMS) or term.endswith("-direct"):
        return "truecolor"
    if not term or term in ("linux", "screen", "unknown") or term.startswith(("vt", "screen.linux", "eterm", "cons")):
        return "16"
    claims = environ.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit")
    if term.startswith("screen") and not environ.get("TMUX"):
        # GNU screen before 5 takes the numbers of a 24-bit colour for attributes, blinking among them
        claims = False
    if claims:
        return "truecolor"
    return "256" if "256" in term else "16"


def prepare(environ: MutableMapping[str, str], mode: ColorMode) -> None:
    """Tell Textual, by the environment it is going to read, what ``color_mode`` found; asking again gives the same."""
    environ["TEXTUAL_COLOR_SYSTEM"] = _SYSTEMS[mode]
    if mode == "none":
        environ["NO_COLOR"] = "1"
    else:
        # Textual takes an empty NO_COLOR for a set one
        environ.pop("NO_COLOR", None)


def ascii_mode(environ: Mapping[str, str], encoding: str | None, setting: bool = False) -> bool:
    """Whether to draw with ASCII signs only: asked for, or the output's encoding is not UTF-8."""
    if setting:
        return True
    try:
        return codecs.lookup(encoding or "ascii").name != "utf-8"
    except LookupError:
        return True


def ascii_sparklines(environ: Mapping[str, str], encoding: str | None, setting: bool = False) -> bool:
    """Whether sparklines are drawn in ASCII: also on the Linux console, whose font lacks the eighth blocks."""
    return environ.get("TERM", "").lower() == "linux" or ascii_mode(environ, encoding, setting)


SPARKS = dict(zip("▁▂▃▄▅▆▇█", "_.:-=+##", strict=True))
"""The steps of a sparkline in ASCII."""

SIGNS = {
    **SPARKS,
    **dict(zip("■▲●✓▸◆▾▴", "X!i+>*v^", strict=True)),
    **dict(zip("━─╸╺", "=-=-", strict=True)),
    **dict.fromkeys("├└┌┐┘┬┴┤┼", "+"),
    "│": "|",
    "═": "=",
    **dict.fromkeys("║╔╗╚╝╠╣╦╩╬", "#"),
    **dict(zip("≈×•·", "~x*.", strict=True)),
    **dict(zip("↑↓←→", "^v<>", strict=True)),
    "▏": "|",
    **dict(zip("–—‘’“”", "--''\"\"", strict=True)),
}
"""Every sign of the screens in ASCII, one cell for one cell, so that no column moves."""

_SPARKS = str.maketrans(SPARKS)


def to_ascii(text: str) -> str:
    """The text in ASCII and in exactly as many cells.

    ``…`` becomes ``..`` and takes the cell before it, or behind it where it comes first. A letter that has no sign in the
    table becomes ``?``, two for a wide one: not a look-alike, because another name may be written that way.
    """
    if text.isascii():
        return text
    out: list[str] = []
    skip = False
    for index, character in enumerate(text):
        if skip:
            skip = False
        elif character == "…":
            if out and len(out[-1]) == 1:
                out[-1] = "."
            elif not out and index + 1 < len(text) and cells(text[index + 1]) == 1 and text[index + 1] != "…":
                out.append(".")
                skip = True
            out.append(".")
        elif character.isascii():
            out.append(character)
        else:
            out.append(SIGNS.get(character) or "?" * cells(character))
    return "".join(out)


def sparks_to_ascii(text: str) -> str:
    """The text with the steps of sparklines in ASCII and everything else as it was."""
    return text.translate(_SPARKS)
