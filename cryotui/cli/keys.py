"""``cryotui keys``: the keys of the console on paper, from the same registry as its help."""

from __future__ import annotations

import argparse
import os
import shutil
import sys

from cryotui.model.keys import keys_table_markdown, keys_text
from cryotui.tui.terminal import ascii_mode, to_ascii

NAME = "keys"
HELP = "Print the keys of the console."


def configure(parser: argparse.ArgumentParser) -> None:
    """The words of keys."""
    parser.add_argument("--markdown", action="store_true", help="as a Markdown table with the full meanings")
    parser.add_argument("--width", type=int, metavar="CELLS", help="width of the text, the terminal's when left out")


def run(args: argparse.Namespace) -> int:
    """Print the keys; always 0."""
    width = shutil.get_terminal_size((80, 24)).columns if args.width is None else args.width
    text = keys_table_markdown() if args.markdown else keys_text(width)
    if ascii_mode(os.environ, sys.stdout.encoding):
        text = "".join(to_ascii(line) for line in text.splitlines(keepends=True))
    sys.stdout.write(text)
    return 0
