"""``cryotui [TARGET]``: opens the console."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

from cryotui.cli import add_connection, tell
from cryotui.cli.meant import nearest
from cryotui.model.errors import AuthenticationError, UsageError

if TYPE_CHECKING:
    from cryotui.tui.first_frame import FirstFrame

HELP = "Open the console"
PROMPT = "the prompt"
"""Where a password came from that was typed here; it is asked for once."""

NOT_LET_IN = "28000"
"""SQLSTATE where no password helps: the role is not there, may not log in, or is kept out by pg_hba.conf."""


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
    if args.pane is not None:
        _need_pane(args.pane)
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        raise UsageError("The console needs a terminal. cryotui show NAME prints a pane without one.")
    if os.environ.get("TERM", "dumb") == "dumb":
        raise UsageError("This terminal is dumb (TERM): it cannot draw the console. cryotui show NAME prints a pane.")
    from cryotui.tui.first_frame import FirstFrame

    frame = FirstFrame()
    for number in (signal.SIGTERM, signal.SIGHUP):  # until Textual has handlers of its own
        signal.signal(number, _end)
    try:
        return _open(args, frame)
    finally:
        frame.withdraw()


def _need_pane(name: str) -> None:
    """Raises UsageError for a name that no pane has, with the nearest one that is there."""
    from cryotui.panes import ORDER

    if name not in ORDER:
        near = nearest(name, ORDER)
        raise UsageError(f"{name} is no pane. " + (f"Is {near} meant?" if near else f"There are {', '.join(ORDER)}."))


def _open(args: argparse.Namespace, frame: FirstFrame) -> int:
    """Draw the first frame, then read and import what the console needs, and open it."""
    frame.draw(_plain(args.target), "starting")
    from cryotui.cli.target import chosen

    target = chosen(
        args,
        frame.withdraw,
        interval=args.interval,
        theme=args.theme,
        color=args.color,
        ascii=args.ascii,
        mouse=False if args.no_mouse else None,
    )
    from cryotui.tui import terminal

    terminal.prepare(os.environ, terminal.color_mode(os.environ, target.settings.color))
    from cryotui.tui.opening import open_target

    while True:
        try:
            return open_target(target, frame, args.pane)
        except AuthenticationError as error:
            helpless = error.cause != "auth" or error.sqlstate == NOT_LET_IN
            if helpless or args.no_password or target.spec.password_origin == PROMPT:
                raise
            frame.withdraw()
            tell(str(error))
            target.ask_password()


def _end(number: int, _: object) -> NoReturn:
    """End with the exit code of a signal, the screen put back on the way; soon, also where the terminal takes nothing."""
    from cryotui.tui.ending import LastResort

    LastResort().within_patience(128 + number)
    raise SystemExit(128 + number)


def _plain(word: str | None) -> str:
    """What the target may be called before the configuration is read: a URI or conninfo string can hold a password."""
    return word if word and not any(sign in word for sign in "=:/@") else "cryotui"
