"""From the words of a command line to the server that is meant, with its safety limits."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from typing import Any

from cryotui import config, probes
from cryotui.cli import tell
from cryotui.pg.destination import Destination, find, with_settings


def chosen(
    args: argparse.Namespace, make_room: Callable[[], object] = lambda: None, **settings_given: Any
) -> Destination:
    """The destination of these words: a name of the config file, a URI, a conninfo string, a service, or PG* variables.

    ``make_room`` is called before anything is said or asked. ``settings_given`` are settings named on the command line;
    None means not given. Raises UsageError or ConfigError.
    """
    settings, problems = config.load_tolerant(file=getattr(args, "config", None), environ=os.environ)
    _say(problems, make_room)
    probes.add_folder(settings.config_folder / "probes")
    destination = find(
        args.target, settings, environ=os.environ, flags=_flags(args), read_only=getattr(args, "read_only", False)
    )
    given = {name: value for name, value in settings_given.items() if value is not None}
    destination = with_settings(destination, **given)
    if getattr(args, "password", False) and not getattr(args, "no_password", False):
        make_room()
        destination.ask_password()
    _say(destination.spec.notices, make_room)
    return destination


def _say(sentences: Sequence[str], make_room: Callable[[], object]) -> None:
    if sentences:
        make_room()
    for sentence in sentences:
        tell(sentence)


def _flags(args: argparse.Namespace) -> dict[str, str]:
    words = {"host": "host", "port": "port", "username": "user", "dbname": "dbname", "service": "service"}
    return {keyword: value for word, keyword in words.items() if (value := getattr(args, word, None))}
