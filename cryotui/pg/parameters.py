"""The merged parameters of a connection: keyword, value, and where the value came from.

The origin is kept because an operator mends a wrong PGSSLMODE elsewhere than a wrong ``sslmode=`` in a service file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from cryotui.model.errors import UsageError
from cryotui.model.record import dataclass
from cryotui.model.text import clean
from cryotui.pg.connstring import parse, unknown_keyword
from cryotui.pg.keywords import ALLOWED, ENVIRONMENT, KEYWORDS
from cryotui.pg.servicefile import service_parameters

_INTEGER = re.compile(r"[ \t\n\v\f\r]*[+-]?[0-9]+[ \t\n\v\f\r]*")
_SERVER_SETTINGS = ("PGTZ", "PGDATESTYLE", "PGGEQO")


@dataclass(frozen=True, slots=True)
class Parameters:
    """Values by libpq keyword with their origins ("PGPORT", "service lab", "the connection string", "an option")."""

    values: Mapping[str, str] = field(repr=False)  # may hold a password
    origins: Mapping[str, str]
    notices: tuple[str, ...] = ()

    def text(self, keyword: str, default: str = "") -> str:
        """The value; the default when there is none or it is empty."""
        return self.values.get(keyword) or default

    def named(self, keyword: str) -> str:
        """What to call the parameter in a sentence: "PGPORT", "port of service lab", "port"."""
        origin = self.origins.get(keyword, "")
        if origin.startswith("PG"):
            return origin
        return clean(f"{keyword} of {origin}") if origin.startswith("service ") else keyword

    def choice(self, keyword: str, default: str) -> str:
        """The value of a parameter that takes a few words. Raises UsageError for any other word, the empty one too."""
        value = self.values.get(keyword)
        if value is None:
            return default
        if value not in ALLOWED[keyword]:
            raise UsageError(f"{self.named(keyword)} has an unknown value. It takes {', '.join(ALLOWED[keyword])}.")
        return value

    def whole(self, keyword: str) -> int | None:
        """The value of a parameter that takes a whole number; None when there is none. Raises UsageError."""
        text = self.text(keyword)
        if not text:
            return None
        number = whole_number(text)
        if number is None:
            raise UsageError(f"{self.named(keyword)} is not a whole number.")
        return number


def whole_number(text: str) -> int | None:
    """A whole number of 32 bits as libpq reads one (blanks around it, a sign), None for anything else."""
    if not _INTEGER.fullmatch(text):
        return None
    number = int(text)
    return number if -(2**31) <= number < 2**31 else None


def merge(
    target: str | None, *, environ: Mapping[str, str], home: Path | None, overrides: Mapping[str, str]
) -> Parameters:
    """Everything known about the connection, by libpq's precedence: overrides, string, service file, environment.

    Empty overrides count as not given; an empty value in the string hides what service and environment say, as in
    libpq. Raises UsageError for a string, keyword or service that cannot be used.
    """
    parsed = parse(target) if target else None
    values = dict(parsed.values) if parsed else {}
    origins = dict.fromkeys(values, "the connection string")
    for position, (keyword, value) in enumerate(overrides.items(), 1):
        if keyword not in KEYWORDS:
            raise UsageError(unknown_keyword(f"Option {position}", keyword))
        if value:
            values[keyword], origins[keyword] = value, "an option"
    service = values.get("service", environ.get("PGSERVICE"))
    if service is not None:
        for keyword, value in service_parameters(service, environ=environ, home=home).items():
            if keyword not in values:
                values[keyword], origins[keyword] = value, f"service {service}"
    for keyword, variable in ENVIRONMENT.items():
        if keyword not in values and variable in environ:
            values[keyword], origins[keyword] = environ[variable], variable
    if "sslmode" not in values and environ.get("PGREQUIRESSL", "").startswith("1"):
        values["sslmode"], origins["sslmode"] = "require", "PGREQUIRESSL"
    for keyword, value in values.items():
        if "\0" in value:
            raise UsageError(f"{Parameters(values, origins).named(keyword)} holds a NUL character.")
    notices = _dropped(parsed.foreign if parsed else (), environ)
    if parsed is not None and parsed.word and "." in parsed.values["dbname"]:
        notices.append(
            clean(f"{parsed.values['dbname']} is taken for a database; host={parsed.values['dbname']} is a host.")
        )
    return Parameters(values, origins, tuple(notices))


def _dropped(foreign: tuple[str, ...], environ: Mapping[str, str]) -> list[str]:
    """Notices for what is not used. The names are from our own lists, never from the string."""
    notices = []
    if foreign:
        notices.append(f"Not used, a setting of another library: {', '.join(foreign)}.")
    ignored = [name for name in _SERVER_SETTINGS if environ.get(name)]
    if ignored:
        notices.append(f"Not used here: {', '.join(ignored)}. Times are read as the server keeps them.")
    return notices
