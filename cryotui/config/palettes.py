"""Themes from YAML: the five that are shipped and those of the user's folder; a broken one is told and skipped."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import cryotui
from cryotui.config.document import Place, Scalar, Table, parse, shown
from cryotui.config.files import Candidate, read
from cryotui.config.values import Wrong, nearest, scalar
from cryotui.model.errors import ConfigError
from cryotui.model.palette import COLORS, Palette, contrast, is_color, mixture
from cryotui.model.text import clean

DEFAULT = "frost"
LEAST_CONTRAST = 4.5
"""Of text on its background, by WCAG 2.2 level AA."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_SAME = {"good": "success", "watch": "warning", "bad": "error"}
_COLORS = {color.replace("_", "-"): color for color in COLORS}
_OPTIONAL = ("rule", "on-panel", "behind-bad", "good", "watch", "bad")
_NEEDED = tuple(color for color in _COLORS if color not in _OPTIONAL)
_KNOWN = ("name", "dark", "ansi", *_COLORS, *_SAME.values())
_RULE_SHARE = {True: 0.58, False: 0.72}
"""How much of secondary is mixed into the background of a dark and of a light theme for its rules."""


def shipped_folder() -> Path:
    """The folder of the shipped themes: in the package when installed, beside it in a source tree."""
    package = Path(cryotui.__file__).parent
    inside = package / "themes"
    return inside if inside.is_dir() else package.parent / "themes"


def shipped(name: str) -> Palette | None:
    """The shipped theme of that name, read alone: before the first picture only one is needed. None when there is none."""
    try:
        palette = _read(shipped_folder() / f"{name}.yaml", "built in") if _NAME.fullmatch(name) else None
    except ConfigError:
        return None
    return palette if palette is not None and palette.name == name else None


def palettes(own_folder: Path | None = None) -> tuple[dict[str, Palette], tuple[str, ...]]:
    """All themes by name, the shipped ones first, and a sentence about each that is skipped or hard to read.

    ``own_folder`` is the user's folder of themes; it need not exist. Raises nothing for it. A shipped theme that cannot be
    read is an installation that is broken: ConfigError.
    """
    found: dict[str, Palette] = {}
    for path in _files(shipped_folder()):
        palette = _read(path, "built in")
        found[palette.name] = palette
    if DEFAULT not in found:
        raise ConfigError(f"The theme {DEFAULT} is missing in {clean(str(shipped_folder()))}; install cryotui again.")
    problems: list[str] = []
    try:
        own = _files(own_folder) if own_folder is not None and own_folder.is_dir() else []
    except OSError as error:
        own = []
        problems.append(f"{clean(str(own_folder))}: themes cannot be read: {error.strerror}.")
    for path in own:
        try:
            palette = _read(path, clean(str(path)))
            if palette.name in found:
                raise ConfigError(
                    f"{palette.origin}: there is a theme {palette.name} already ({found[palette.name].origin}); "
                    "give this one another name."
                )
        except ConfigError as error:
            problems.append(f"{error} This theme is left out.")
            continue
        found[palette.name] = palette
        problems += _faint(palette)
    return found, tuple(problems)


def pick(name: str, found: dict[str, Palette]) -> tuple[Palette, str | None]:
    """The theme of that name; for an unknown one the default, and the sentence to tell."""
    if name in found:
        return found[name], None
    return found[DEFAULT], f"{shown(name)} is no theme; {nearest(name, list(found))}. {DEFAULT} is used."


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml"))


def _read(path: Path, origin: str) -> Palette:
    """One theme file. Raises ConfigError with every mistake in it."""
    text = read(Candidate(path, required=True))
    assert text is not None  # a required file is there or an error
    name = clean(str(path))
    document = parse(text.text, name)
    reader = _Reader(document.table, list(document.problems))
    palette = reader.palette(origin, Place(name))
    if palette is None:
        raise ConfigError(" ".join(reader.problems))
    return palette


class _Reader:
    """Reads the table of one theme file."""

    def __init__(self, table: Table, problems: list[str]) -> None:
        self.table = table
        self.problems = problems

    def palette(self, origin: str, place: Place) -> Palette | None:
        """The palette, None when there are problems."""
        for key in self.table.entries:
            if key not in _KNOWN:
                self.problems.append(
                    f"{self.table.keys[key]}: {shown(key)} is no key of a theme; {nearest(key, list(_KNOWN))}."
                )
        name = self._text("name", place)
        if name and not _NAME.fullmatch(name):
            self._wrong("name", f"is {shown(name)}; small letters, digits, - and _ are possible, 32 at most")
        ansi = self._flag("ansi", False)
        values: dict[str, Any] = {"dark": self._flag("dark", True), "ansi": ansi}
        for key, color in _COLORS.items():
            values[color] = self._color(key, ansi, place)
        if not ansi and not self.problems and values["rule"] is None:
            values["rule"] = mixture(values["secondary"], values["background"], _RULE_SHARE[values["dark"]])
        if ansi:
            values["rule"] = values["rule"] or values["secondary"]
        return None if self.problems else Palette(name or "", origin=origin, **values)

    def _color(self, key: str, ansi: bool, place: Place) -> str | None:
        other = _SAME.get(key)
        given = [word for word in (key, other) if word and word in self.table.entries]
        if not given:
            if key in _NEEDED or other:
                self.problems.append(f"{place}: {key} is missing.")
            return None
        colors = [color for word in given if (color := self._text(word, place)) is not None]
        for word, color in zip(given, colors, strict=False):
            if not is_color(color, ansi):
                form = "one of ansi_black to ansi_bright_white" if ansi else 'a colour such as "#8ad4ff"'
                self._wrong(word, f"is {shown(color)}; {form} is possible")
        if len(colors) == 2 and colors[0].lower() != colors[1].lower():
            self._wrong(key, f"differs from {other}; both are the same colour")
        return colors[0] if colors else None

    def _text(self, key: str, place: Place) -> str | None:
        node = self.table.entries.get(key)
        if node is None:
            self.problems.append(f"{place}: {key} is missing.")
            return None
        if isinstance(node, Scalar) and node.empty and key not in ("name", "dark", "ansi"):
            self._wrong(key, "has no value; a colour that begins with # stands in quotation marks")
            return None
        try:
            return scalar(node)
        except Wrong as wrong:
            self._wrong(key, str(wrong))
            return None

    def _flag(self, key: str, default: bool) -> bool:
        if key not in self.table.entries:
            return default
        text = self._text(key, Place(""))
        if text is not None and text.lower() not in ("true", "false"):
            self._wrong(key, f"is {shown(text)}; true and false are possible")
        return text is not None and text.lower() == "true"

    def _wrong(self, key: str, sentence: str) -> None:
        self.problems.append(f"{self.table.entries[key].place}: {key} {sentence}.")


def _faint(palette: Palette) -> list[str]:
    """A sentence about the text of a theme that is hard to read, naming the worst; the theme is used as it is."""
    if palette.ansi:
        return []
    texts = ("foreground", "secondary", "primary", "accent", "good", "watch", "bad", "cold")
    pairs = [(text, ground) for text in texts for ground in ("background", "surface", "panel")] + [
        ("on_guard", "guard")
    ]
    text, ground = min(pairs, key=lambda pair: contrast(getattr(palette, pair[0]), getattr(palette, pair[1])))
    ratio = contrast(getattr(palette, text), getattr(palette, ground))
    if ratio >= LEAST_CONTRAST:
        return []
    words = f"{text.replace('_', '-')} on {ground}"
    return [f"{palette.origin}: {words} has a contrast of {ratio:.1f}; below {LEAST_CONTRAST} text is hard to read."]
