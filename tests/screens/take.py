"""Takes the README's pictures from a running console: ``python tests/screens/take.py URI`` (a demo: cryotui demo --serve).

What the terminal shows is written as SVG, cell by cell, so the pictures are what an operator sees and nothing else.
"""

from __future__ import annotations

import sys
import time
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tui"))

from driven import Driven

CELL, LINE = 8.4, 18
NAMED = {"default": None, "black": "#000000", "white": "#e5e5e5"}
PICTURES: tuple[tuple[str, tuple[int, int], tuple[str, ...], str], ...] = (
    ("overview-80x24", (80, 24), (), "Lock queue"),
    ("activity-80x24", (80, 24), ("2",), r"blocks \d"),
    ("tables-200x50", (200, 50), ("4",), "molecular_properties"),
    (
        "vacuum-full-80x24",
        (80, 24),
        ("4", "/", "projects", "enter", "L", "down", "enter", "V", "end", "enter"),
        "Type projects",
    ),
    ("audit-200x50", (200, 50), ("0", "r"), r"\d+ rules in"),
)
"""Name, size, keys, and what must be seen before the picture is taken."""


def color(value: str, default: str) -> str:
    """A colour of the emulator as SVG has it."""
    return NAMED.get(value, f"#{value}") or default


def svg(screen: Any) -> str:
    """The screen as one picture."""
    width, height = screen.columns * CELL, screen.lines * LINE
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.1f} {height}" '
        'font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14">',
        f'<rect width="100%" height="100%" fill="{color(screen.buffer[0][0].bg, "#0c141d")}"/>',
    ]
    for y in range(screen.lines):
        cells = [screen.buffer[y][x] for x in range(screen.columns)]
        at = 0
        for (fg, bg, bold, under, reverse), run in groupby(
            cells, key=lambda c: (c.fg, c.bg, c.bold, c.underscore, c.reverse)
        ):
            text = "".join(cell.data for cell in run)
            fill, behind = color(fg, "#e3ecf3"), color(bg, "#0c141d")
            if reverse:
                fill, behind = behind, fill
            x, length = at * CELL, len(text) * CELL
            out.append(f'<rect x="{x:.1f}" y="{y * LINE}" width="{length:.1f}" height="{LINE}" fill="{behind}"/>')
            if text.strip():
                style = (' font-weight="bold"' if bold else "") + (' text-decoration="underline"' if under else "")
                out.append(
                    f'<text x="{x:.1f}" y="{y * LINE + 14}" fill="{fill}"{style} textLength="{length:.1f}" '
                    f'xml:space="preserve">{escape(text)}</text>'
                )
            at += len(text)
    return "\n".join([*out, "</svg>"]) + "\n"


def main(uri: str) -> None:
    """Take them all beside this file."""
    for name, size, keys, wanted in PICTURES:
        with Driven(
            "--color", "always", uri, size=size, environ={"COLORTERM": "truecolor", "TERM": "xterm-256color"}
        ) as console:
            console.wait_for("live 2s")
            for key in keys:
                console.keys(key)
                console.quiet(0.6, 4.0)
                time.sleep(0.4)  # sheets are deaf in their first moment
            console.wait_for(wanted, 100)
            console.quiet(1.0, 6.0)
            (Path(__file__).parent / f"{name}.svg").write_text(svg(console._screen), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
