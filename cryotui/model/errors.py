"""The exceptions of cryotui, each with the exit code that a headless verb ends with.

- CryotuiError                 1   anything that has a sentence for the operator
  - UsageError                 2   a word, a setting or a connection string is wrong
    - ConfigError              2   in a configuration file; names file, line and key
  - ConnectError               3   no connection; ``cause`` says at which step it failed
    - AuthenticationError      4   the server refused who we are; never tried again by itself
  - PrivilegeError             5   the role lacks a right; the sentence names it
  - RefusedError               6   refused on purpose: read-only, level, lock held, row changed

Exit codes follow one table for every verb (README, "Exit codes"). A sentence is plain text for a person: what, then
why, then what to do; it never holds a secret.
"""

from __future__ import annotations

from typing import Literal

ConnectCause = Literal[
    "refused",  # the host answers, nothing listens there
    "timeout",  # nothing answered in time
    "name",  # the name has no address
    "unreachable",  # no route, or the socket file is missing
    "tls",  # TLS asked for and not offered, or the certificate does not fit
    "auth",  # password, pg_hba.conf, or the role
    "too_many",  # no free connection (53300)
    "database",  # the database does not exist (3D000)
    "starting",  # the server starts up, shuts down or recovers (57P0x)
    "role",  # target_session_attrs asks for another kind of server
    "lost",  # an open connection ended
    "pooler",  # the pooler between refused
    "other",
]


class CryotuiError(Exception):
    """Something went wrong that an operator can be told in one sentence."""

    exit_code = 1


class UsageError(CryotuiError):
    """A word on the command line, a setting or a connection string cannot be used."""

    exit_code = 2


class ConfigError(UsageError):
    """A configuration file cannot be used: the message names file, line and key."""


class ConnectError(CryotuiError):
    """No connection. ``cause`` is machine-readable, ``sqlstate`` is the server's code when it gave one."""

    exit_code = 3

    def __init__(self, message: str, cause: ConnectCause = "other", sqlstate: str | None = None) -> None:
        super().__init__(message)
        self.cause: ConnectCause = cause
        self.sqlstate = sqlstate


class AuthenticationError(ConnectError):
    """The server refused who we are. Not retried by itself: repeated attempts get an address banned."""

    exit_code = 4


class PrivilegeError(CryotuiError):
    """The role lacks a right; the message names the right and who can give it."""

    exit_code = 5


class RefusedError(CryotuiError):
    """Refused on purpose, below the screens: read-only, level too low, lock held, row no longer the same."""

    exit_code = 6
