"""A connection string taken apart exactly as libpq does it: URI, key=value pairs, or the bare name of a database.

Grammar and corner cases follow PostgreSQL's documentation (libpq, "Connection Strings") and were compared with libpq 18
string by string. Almost nothing typed is repeated in an error: any part of a mistyped string may be a piece of a
password. Errors therefore name the position and, where one is near, the parameter that was probably meant. The one
thing that is repeated is an unknown keyword of letters, digits and _ behind the ? of a URI without a further @,
or of key=value pairs without an @ and before any password.
"""

from __future__ import annotations

import contextlib
import difflib
import re
from dataclasses import field

from cryotui.model.errors import UsageError
from cryotui.model.record import dataclass
from cryotui.pg.keywords import FOREIGN, KEYWORDS

_BLANKS = " \t\n\v\f\r"  # what C's isspace() takes for blank in a byte string
_SCHEMES = ("postgresql://", "postgres://")
_OTHER_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9.+:-]*)://")
_PLAIN = re.compile(r"[A-Za-z0-9_]{1,40}")
_ENCODE = "A password holding @ : / ? # or % is written percent-encoded in a URI: @ is %40, / is %2F, % is %25."


@dataclass(frozen=True, slots=True)
class Parsed:
    """The parameters of one string. ``foreign`` names parameters of ORMs and other drivers that were left out."""

    values: dict[str, str] = field(default_factory=dict, repr=False)  # keyword of libpq -> value; may hold a password
    foreign: tuple[str, ...] = ()
    word: bool = False  # nothing but the name of a database


def parse(text: str) -> Parsed:
    """Take a connection string apart; a text that is neither URI nor pairs is the name of a database, as in psql.

    Raises UsageError, whose sentence repeats nothing of the string.
    """
    if "\0" in text:
        raise UsageError("The connection string holds a NUL character.")
    pasted = text.lstrip().rstrip("\r\n")
    for scheme in _SCHEMES:
        if pasted.startswith(scheme):
            return _parse_uri(pasted[len(scheme) :])
    other = _OTHER_SCHEME.match(pasted)
    if other is not None:
        raise UsageError(_other_scheme(other.group(1)))
    if "=" in text:
        return _parse_pairs(text)
    return _parse_word(text)


def _parse_word(text: str) -> Parsed:
    """The name of a database, as in psql; what looks like an address is refused before it becomes a name on a screen."""
    if not text.strip():
        return Parsed()
    if "://" in text:
        raise UsageError("Something stands before postgresql:// that does not belong there: a quote, or another word.")
    if any(sign in text for sign in "@/:"):
        raise UsageError(
            "The target looks like an address without postgresql:// before it. "
            "A database of such a name is given as dbname='...'."
        )
    return Parsed({"dbname": text}, word=True)


def _other_scheme(scheme: str) -> str:
    if scheme.lower().removeprefix("jdbc:").partition("+")[0] in ("postgresql", "postgres"):
        return "The address is written for another library: it starts with postgresql:// here, with nothing added."
    return "The address is not one of PostgreSQL: it starts with postgresql:// or is a list of key=value pairs."


class _Store:
    """Collects values by keyword; the last one wins, as in libpq."""

    def __init__(self, part: str, names: bool = False) -> None:
        self.names = names  # whether an unknown keyword may be repeated
        self.values: dict[str, str] = {}
        self.foreign: list[str] = []
        self._part = part

    def put(self, keyword: str, value: str, position: int) -> None:
        if keyword == "requiressl":  # the name of sslmode before PostgreSQL 8.0, still understood
            keyword, value = "sslmode", "require" if value.startswith("1") else "prefer"
        if keyword in KEYWORDS:
            self.values[keyword] = value
        elif keyword in FOREIGN:
            if keyword not in self.foreign:
                self.foreign.append(keyword)
        else:
            named = f" ({keyword})" if self.names and _PLAIN.fullmatch(keyword) else ""
            raise UsageError(unknown_keyword(f"{self._part} {position}{named}", keyword))

    def parsed(self) -> Parsed:
        return Parsed(self.values, tuple(self.foreign))


def unknown_keyword(where: str, keyword: str) -> str:
    """The sentence for a keyword libpq does not know: where it stands and the nearest known one, not its text."""
    near = difflib.get_close_matches(keyword.lower(), sorted(KEYWORDS), 1, 0.75)
    if near:
        return f"{where} is not a parameter libpq knows; the nearest is {near[0]}."
    return f"{where} is not a parameter libpq knows."


def _parse_pairs(text: str) -> Parsed:
    store = _Store("Parameter", names="@" not in text)
    at, count = 0, 0
    while True:
        at = _skip_blanks(text, at)
        if at >= len(text):
            return store.parsed()
        count += 1
        start = at
        while at < len(text) and text[at] != "=" and text[at] not in _BLANKS:
            at += 1
        keyword = text[start:at]
        at = _skip_blanks(text, at)
        if at >= len(text) or text[at] != "=":
            raise UsageError(
                f"Parameter {count} of the connection string has no = after its name. "
                "A value with blanks stands in single quotes: password='a b'."
            )
        at = _skip_blanks(text, at + 1)
        value, at = _quoted(text, at + 1, count) if text[at : at + 1] == "'" else _unquoted(text, at)
        store.put(keyword, value, count)
        # what looks like a keyword behind a password may be the rest of one that was not quoted
        store.names = store.names and "password" not in keyword


def _skip_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANKS:
        at += 1
    return at


def _unquoted(text: str, at: int) -> tuple[str, int]:
    value: list[str] = []
    while at < len(text) and text[at] not in _BLANKS:
        if text[at] == "\\":
            at += 1  # a backslash at the very end stands for nothing
        value.append(text[at : at + 1])
        at += 1
    return "".join(value), at


def _quoted(text: str, at: int, count: int) -> tuple[str, int]:
    value: list[str] = []
    while at < len(text):
        if text[at] == "'":
            return "".join(value), at + 1
        if text[at] == "\\":
            at += 1
        value.append(text[at : at + 1])
        at += 1
    raise UsageError(f"Parameter {count} of the connection string opens a single quote and never closes it.")


def _parse_uri(text: str) -> Parsed:
    # with an @ behind the ?, what looks like a keyword is the rest of a password that was not encoded
    store = _Store("Query parameter", names="@" not in text.partition("?")[2])
    rest = text
    credentials = _find(rest, "@/")
    if rest[credentials : credentials + 1] == "@":
        userinfo, rest = rest[:credentials], rest[credentials + 1 :]
        user, _, password = userinfo.partition(":")
        _put_part(store, "user", user)
        _put_part(store, "password", password)
    if "@" in rest.partition("?")[0]:
        # libpq takes what stands before it for a host and looks it up: a piece of a password would go to DNS
        raise UsageError(f"The URI has an @ where none belongs. {_ENCODE}")
    hosts, ports, rest = _netloc(rest)
    _put_part(store, "host", ",".join(hosts))
    _put_part(store, "port", ",".join(ports))
    if rest and not rest.startswith("?"):
        path, mark, query = rest[1:].partition("?")
        rest = mark + query
        _put_part(store, "dbname", path)
    if rest:
        _parse_query(store, rest[1:])
    return store.parsed()


def _find(text: str, stops: str, start: int = 0) -> int:
    """The position of the first of some characters, or the length."""
    while start < len(text) and text[start] not in stops:
        start += 1
    return start


def _netloc(rest: str) -> tuple[list[str], list[str], str]:
    """Hosts, their ports (as written, "" where none) and what follows them."""
    hosts: list[str] = []
    ports: list[str] = []
    while True:
        if rest.startswith("["):
            end = rest.find("]")
            if end < 0:
                raise UsageError("An IPv6 address in the URI opens a [ and never closes it.")
            if end == 1:
                raise UsageError("The brackets for an IPv6 address in the URI are empty.")
            host, rest = rest[1:end], rest[end + 1 :]
            if rest and rest[0] not in ":/?,":
                raise UsageError(f"After the ] of an IPv6 address in the URI stands a port or a database. {_ENCODE}")
        else:
            end = _find(rest, ":/?,")
            host, rest = rest[:end], rest[end:]
        port = ""
        if rest.startswith(":"):
            end = _find(rest, "/?,", 1)
            port, rest = rest[1:end], rest[end:]
        hosts.append(host)
        ports.append(port)
        if not rest.startswith(","):
            return hosts, ports, rest
        rest = rest[1:]


def _put_part(store: _Store, keyword: str, raw: str) -> None:
    if raw:
        store.put(keyword, _decode(raw, f"The {_PART[keyword]} in the URI"), 0)


_PART = {"user": "user", "password": "password", "host": "host", "port": "port", "dbname": "database"}


def _parse_query(store: _Store, text: str) -> None:
    position = 0
    while text:
        position += 1
        parameter, _, text = text.partition("&")
        raw_keyword, equals, raw_value = parameter.partition("=")
        if not equals or "=" in raw_value:
            raise UsageError(
                f"Query parameter {position} of the URI is not of the form key=value. "
                "An = inside a value is written %3D."
            )
        where = f"Query parameter {position} of the URI"
        keyword = _decode(raw_keyword, where)
        value = _decode(raw_value, where)
        if (keyword, value) == ("ssl", "true"):  # the spelling of JDBC, which libpq takes too
            keyword, value = "sslmode", "require"
        store.put(keyword, value, position)


def _decode(raw: str, where: str) -> str:
    """Undo percent-encoding as libpq does: blanks around are cut, blanks inside are an error."""
    raw = raw.strip(" ")
    if " " in raw:
        raise UsageError(f"{where} has a blank inside; a blank is written %20.")
    octets = bytearray()
    for index, piece in enumerate(raw.split("%")):
        if index == 0:
            octets += piece.encode("utf-8", "surrogateescape")
            continue
        if not re.match(r"[0-9A-Fa-f]{2}", piece):
            raise UsageError(f"{where} has a % without two hexadecimal digits after it; a % itself is written %25.")
        code = int(piece[:2], 16)
        if code == 0:
            raise UsageError(f"{where} holds %00, which no value can.")
        octets.append(code)
        octets += piece[2:].encode("utf-8", "surrogateescape")
    with contextlib.suppress(UnicodeDecodeError):
        return octets.decode("utf-8")
    raise UsageError(f"{where} is not UTF-8 once its percent-encoding is undone.")  # chained, it would show the octets
