"""The box that a sheet is drawn in, and how it lies over the list."""

from __future__ import annotations

from collections.abc import Sequence

from cryotui.model.text import cells, cut, fit
from cryotui.tui.drawn import Drawn
from cryotui.tui.screens.layer import Layer

WIDTH = 84
NARROW = 100
"""Below so many cells the box takes the whole width, and nothing is seen of the list."""


def laid_over(lines: list[Drawn], sheet: Layer, width: int, height: int, double: bool) -> list[Drawn]:
    """The body's lines, quiet, with the sheet in a box over their middle; double on a protected target."""
    whole = width < NARROW
    wide = width if whole else WIDTH
    inside = sheet.draw(wide - 2, height - 2)
    tall = height if whole else min(height, max(len(inside) + 3, 8))
    title, note = sheet.title()
    boxed = box(title, note, inside, wide, tall, double)
    if whole:
        return boxed
    left, top = (width - wide) // 2, (height - tall) // 2
    out: list[Drawn] = []
    for y, (spans, _) in enumerate(lines):
        quiet = [(text, "quiet") for text, _ in spans]
        if top <= y < top + tall:
            quiet = _spliced(quiet, boxed[y - top][0], left, wide)
        out.append((quiet, "background"))
    return out


def _spliced(
    spans: list[tuple[str, str]], inside: list[tuple[str, str]], left: int, width: int
) -> list[tuple[str, str]]:
    """The line with ``inside`` put over the cells from ``left`` on."""
    text = fit("".join(part for part, _ in spans), left + width + 400)
    return [(fit(text, left).replace("…", " "), "quiet"), *inside, (text[left + width :].rstrip(), "quiet")]


def box(title: str, note: str, lines: Sequence[Drawn], width: int, height: int, double: bool) -> list[Drawn]:
    """The lines in a box of ``width`` cells and ``height`` lines, double on a protected target."""
    horizontal, vertical = ("═", "║") if double else ("─", "│")
    corners = "╔╗╚╝" if double else "┌┐└┘"
    edge = "guard-line" if double else "rule"
    note = f" {note} " if note else ""
    title = cut(f" {title} ", width - cells(note) - 4)
    fill = width - 4 - cells(title) - cells(note)
    top: list[tuple[str, str]] = [
        (corners[0] + horizontal, edge),
        (title, "bold"),
        (horizontal * fill, edge),
    ]
    if note.strip().startswith("PROTECTED"):
        top += [(" PROTECTED ", "guard"), (note.replace(" PROTECTED ", "", 1), "bold")]
    else:
        top.append((note, "quiet"))
    top.append((horizontal + corners[1], edge))
    drawn: list[Drawn] = [(top, "surface")]
    for spans, _ in list(lines)[: height - 2] + [([], "surface")] * max(0, height - 2 - len(lines)):
        used, inside = 0, []
        for text, role in spans:
            text = cut(text, width - 2 - used)
            used += cells(text)
            inside.append((text, role))
        inside.append((" " * (width - 2 - used), "text"))
        drawn.append(([(vertical, edge), *inside, (vertical, edge)], "surface"))
    drawn.append(([(corners[2] + horizontal * (width - 2) + corners[3], edge)], "surface"))
    return drawn
