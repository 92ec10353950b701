"""`cryotui demo`: a sample laboratory on a private server, with troubles to find and applications at work."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cryotui.model.errors import UsageError

if TYPE_CHECKING:
    from cryotui.demo.run import DemoServer

NAME = "demo"
HELP = "Open the console on a sample laboratory, made for the occasion"

BAR_CELLS = 30


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the words of this verb."""
    parser.add_argument(
        "--serve",
        action="store_true",
        help="no console: print the connection URI when everything is ready, stay until interrupted",
    )
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the data in DIR, and use it again the next time")


def run(args: argparse.Namespace) -> int:
    """Run the demo; the exit code."""
    if not args.serve and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("The console needs a terminal. cryotui demo --serve runs the demo without it.")
    from cryotui.demo.run import run_demo

    progress = Bar()
    try:
        return run_demo(
            serve=args.serve, keep=args.keep, progress=progress, open_console=None if args.serve else console
        )
    finally:
        progress.close()


def console(server: DemoServer) -> int:
    """Open the console on a demo that runs."""
    from cryotui.tui.opening import open_console

    return open_console(server.uri, server.config_overrides)


class Bar:
    """Progress on standard error: one line that is drawn anew on a terminal, plain lines elsewhere."""

    def __init__(self) -> None:
        self._drawn = False

    def __call__(self, words: str, done: float) -> None:
        percent = f"{done:4.0%}"
        if not sys.stderr.isatty():
            self._write(f"demo {percent}  {words}\n")
            return
        cells = round(done * BAR_CELLS)
        full, empty = "━─" if (sys.stderr.encoding or "").lower().replace("-", "") == "utf8" else "=-"
        line = f" demo {percent} {full * cells}{empty * (BAR_CELLS - cells)} {words}"
        self._write(f"\r\x1b[K{line[: shutil.get_terminal_size().columns - 1]}")
        self._drawn = done < 1
        if done >= 1:
            self._write("\r\x1b[K")

    def close(self) -> None:
        """Leave the terminal's cursor on a line of its own."""
        if self._drawn:
            self._write("\n")

    def _write(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()
