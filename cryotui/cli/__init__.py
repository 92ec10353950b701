"""Words in, bytes and an exit code out. One file per verb; without a verb the console opens.

stdout is data, stderr is talk, the exit code is the verdict: 0 done, 1 findings or failed, 2 wrong words or settings,
3 no connection, 4 authentication, 5 a right is missing, 6 refused on purpose, 7 done in part, 8 done in part and findings,
129/130/141/143 ended by HUP, INT, PIPE, TERM.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import io
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from cryotui import __version__
from cryotui.model.errors import CryotuiError, UsageError

VERBS = ("show", "audit", "rls", "explain-rule", "demo", "config", "keys", "log")
"""In the order of the help."""

DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

EPILOG = """exit codes: 0 done, 1 findings or failed, 2 wrong words or settings, 3 no connection, 4 authentication,
5 a right is missing, 6 refused on purpose, 7 done in part, 8 done in part and findings,
129 130 141 143 ended by HUP, INT, PIPE, TERM"""


class Parser(argparse.ArgumentParser):
    """A parser whose mistakes are one sentence, and whose short options are psql's: -h is the host."""

    def __init__(self, **options: object) -> None:
        super().__init__(**{"add_help": False, "allow_abbrev": False, **options})  # type: ignore[arg-type]
        self.add_argument("--help", action="help", help="show this help and end")

    def read(self, words: Sequence[str]) -> argparse.Namespace:
        """The words parsed; options may stand before, between and after the others, as for psql."""
        return self.parse_args(words) if self._subparsers else self.parse_intermixed_args(words)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message[0].upper()}{message[1:]}. {self.prog} --help lists what is possible.")


def add_connection(parser: argparse.ArgumentParser, target: bool = True) -> None:
    """The words that say which server: TARGET and psql's flags. Without any of them PG* variables decide, as for psql."""
    if target:
        parser.add_argument(
            "target",
            nargs="?",
            metavar="TARGET",
            help="a URI, a conninfo string, a target of the config file or a service",
        )
    group = parser.add_argument_group("connection")
    group.add_argument("-h", "--host", metavar="HOST", help="host name or socket folder")
    group.add_argument("-p", "--port", metavar="PORT", help="port")
    group.add_argument("-U", "--username", metavar="USER", help="role")
    group.add_argument("-d", "--dbname", metavar="DBNAME", help="database")
    group.add_argument("--service", metavar="NAME", help="entry of the service file")
    group.add_argument("-w", "--no-password", action="store_true", help="never ask for a password")
    group.add_argument("-W", "--password", action="store_true", help="ask for a password before connecting")
    group.add_argument("--config", metavar="FILE", help="configuration file to read in place of the usual ones")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line; gives the exit code. Never shows a traceback to an operator."""
    os.umask(0o077)
    words = list(sys.argv[1:] if argv is None else argv)
    _open_missing_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without UTF-8 gets escapes, not a crash
    try:
        return _run(words)
    except CryotuiError as error:
        tell(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BrokenPipeError:
        _write_no_more()
        return 128 + signal.SIGPIPE
    except Exception as error:
        if isinstance(error, OSError) and error.errno in DISK_FULL and error.filename is None:
            tell(f"The output is not whole: {error.strerror}. Make room there, or write it somewhere else.")
            _write_no_more()
            return 1
        if os.environ.get("CRYOTUI_DEBUG"):
            raise
        tell(f"a fault of its own: {type(error).__name__}: {error}. CRYOTUI_DEBUG=1 shows where.")
        return 1


def _open_missing_streams() -> None:
    """Give a place to what the shell has closed (``>&-``): nothing is read or written there, and no file or socket takes it."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115


def _write_no_more() -> None:
    """What takes our output takes no more of it; what waits goes nowhere, or the interpreter complains at its end."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(words: list[str]) -> int:
    if words and words[0] in VERBS:
        verb = import_module(f"cryotui.cli.{words[0].replace('-', '_')}")
        parser = Parser(prog=f"cryotui {words[0]}", description=verb.HELP, epilog=EPILOG)
        verb.configure(parser)
        return int(verb.run(parser.read(words[1:])))
    from cryotui.cli import console, meant

    verbs = "\n".join(f"  {name:14}{import_help(name)}" for name in VERBS) if "--help" in words else ""
    parser = Parser(
        prog="cryotui",
        description="The terminal console for a PostgreSQL or Supabase database that needs care.",
        epilog=f"verbs without the console (cryotui VERB --help):\n{verbs}\n\n{EPILOG}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"cryotui {__version__}")
    console.configure(parser)
    try:
        args = parser.read(words)
    except UsageError:
        if sentence := meant.unreadable(words, VERBS):
            raise UsageError(sentence) from None
        raise
    if sentence := meant.mistaken(words, args, VERBS):
        raise UsageError(sentence)
    return console.run(args)


def import_help(verb: str) -> str:
    """The one line of help of a verb."""
    return str(import_module(f"cryotui.cli.{verb.replace('-', '_')}").HELP).split(".")[0]


def tell(sentence: str) -> None:
    """Say something to the person at the terminal; never data. What looks like a password is masked."""
    # not imported before there is something to say: the first frame does not wait for it
    from cryotui.model.secrets import redact
    from cryotui.model.text import clean

    sys.stderr.write(f"cryotui: {redact(clean(sentence))}\n")
