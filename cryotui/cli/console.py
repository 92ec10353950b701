"""``cryotui [TARGET]``: opens the console."""

from __future__ import annotations

import argparse
import os
import sys

from cryotui.cli import add_connection, tell
from cryotui.cli.target import chosen
from cryotui.model.errors import AuthenticationError, UsageError

HELP = "Open the console"
PROMPT = "the prompt"
"""Where a password came from that was typed here; it is asked for once."""


def configure(parser: argparse.ArgumentParser) -> None:
    """The words of the console."""
    add_connection(parser)
    parser.add_argument("--read-only", action="store_true", help="refuse every action, below the screens")
    parser.add_argument("--interval", type=float, metavar="SECONDS", help="seconds between two polls, 1 at least")
    parser.add_argument("--pane", metavar="NAME", help="the pane to open first")
    parser.add_argument("--theme", metavar="NAME", help="a theme: frost, glacier, high-contrast, protected, sixteen")
    parser.add_argument("--color", choices=("auto", "always", "never"), help="colours; NO_COLOR is the same as never")
    parser.add_argument("--ascii", action="store_true", default=None, help="draw with ASCII signs only")
    parser.add_argument("--no-mouse", action="store_true", help="leave the mouse to the terminal")


def run(args: argparse.Namespace) -> int:
    """Check the terminal, find the target, open the console; gives its exit code."""
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        raise UsageError("The console needs a terminal. cryotui show NAME prints a pane without one.")
    if os.environ.get("TERM", "dumb") == "dumb":
        raise UsageError("This terminal is dumb (TERM): it cannot draw the console. cryotui show NAME prints a pane.")
    target = chosen(
        args,
        interval=args.interval,
        theme=args.theme,
        color=args.color,
        ascii=args.ascii,
        mouse=False if args.no_mouse else None,
    )
    from cryotui.tui import first_frame, terminal

    terminal.prepare(os.environ, terminal.color_mode(os.environ, target.settings.color))
    first_frame.draw(target.name, target.protected)
    try:
        from cryotui.tui.app import open_target
    except BaseException:
        first_frame.withdraw()
        raise
    while True:
        try:
            return open_target(target, args.pane)
        except AuthenticationError as error:
            if error.cause != "auth" or args.no_password or target.spec.password_origin == PROMPT:
                raise
            tell(str(error))
            target.ask_password()
