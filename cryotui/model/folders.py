"""Where files of a user live, by the XDG base directory specification; pure functions of an environment."""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from pathlib import Path

NAME = "cryotui"

AUDITS = "audits.sqlite"
"""The kept audits, in the state folder."""

NOWHERE = Path("/nonexistent")
"""In place of a home that is not there: it cannot be made without being root, so that nothing lands in a wrong place."""


def home(environ: Mapping[str, str]) -> Path | None:
    """The home folder: HOME when it is absolute, else the one of the system's user list; None when there is neither."""
    given = environ.get("HOME", "")
    if given.startswith("/"):
        return Path(given)
    try:
        listed = pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:  # a container may run under a number without a name
        return None
    return Path(listed) if listed.startswith("/") else None


def config_folder(environ: Mapping[str, str]) -> Path:
    """``$XDG_CONFIG_HOME/cryotui``, else ``~/.config/cryotui``; a relative XDG_CONFIG_HOME is ignored, as specified."""
    return _folder(environ, "XDG_CONFIG_HOME", ".config")


def state_folder(environ: Mapping[str, str]) -> Path:
    """``$XDG_STATE_HOME/cryotui``, else ``~/.local/state/cryotui``; a relative XDG_STATE_HOME is ignored."""
    return _folder(environ, "XDG_STATE_HOME", ".local/state")


def _folder(environ: Mapping[str, str], variable: str, under_home: str) -> Path:
    given = environ.get(variable, "")
    if given.startswith("/"):
        return Path(given) / NAME
    return (home(environ) or NOWHERE) / under_home / NAME
