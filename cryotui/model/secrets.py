"""Secrets: a value that does not print itself, and the one redactor for every sink.

``redact`` stands before whatever keeps or shows text that came from elsewhere: log, report, action log, JSON, crash
report. It errs towards masking too much: a masked harmless word costs a glance, a shown password costs a rotation.
A sentence of our own is another matter, for a column may be called password: what is filled into it is redacted before it
is filled in, and ``redact_sentence`` reads one that was put together elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

MASK = "********"


class Secret:
    """A password or key. Every way of showing, formatting, copying to disk or iterating it gives the mask.

    ``reveal()`` is the only way to the text. A pickled secret comes back without its text: revealing it is an error.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text: str | None = text

    def reveal(self) -> str:
        """The secret itself, for the call that needs it and nothing else. Raises ValueError after pickling."""
        if self._text is None:
            raise ValueError("the secret stayed in the process it came from")
        return self._text

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return MASK

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        if self._text is None or other._text is None:
            return self._text is other._text
        import hmac  # brings OpenSSL, which the first frame does not wait for

        return hmac.compare_digest(_octets(self._text), _octets(other._text))

    def __hash__(self) -> int:
        return hash(self._text)

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce__(self) -> tuple[Callable[[], Secret], tuple[()]]:
        return _masked, ()


def _masked() -> Secret:
    secret = Secret("")
    secret._text = None
    return secret


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


_NAMES = (
    "password|passwd|pwd|passphrase|secret|token|api[_-]?key|access[_-]?key|secret[_-]?access[_-]?key"
    "|secret[_-]?key|scram_client_key|scram_server_key"
)
_END = r"(?=[\s,;)}\]&\"']|$)"
# One value after = or :, in the quotings that texts around a database use. The first branches are quotes inside a
# quoted text: doubled in a SQL literal, behind a backslash in an E-string or in JSON. A quote that is never closed
# masks the rest of the line. A mask is left as it is.
_VALUE = (
    rf"(?!(?P<quote>['\"]?)\*{{8}}(?P=quote){_END})"
    rf"(?P<value>''(?:[^'\\\n]|\\''|\\[^'])+''{_END}"
    rf"|\\'(?:[^'\\\n]|\\[^'])*\\'{_END}"
    rf"|\\\"(?:[^\"\\\n]|\\[^\"])*\\\"{_END}"
    rf"|'(?:[^'\\]|\\.|'')*'{_END}"
    rf"|\"(?:[^\"\\]|\\.|\"\")*\"{_END}"
    r"|['\"][^\n]*"
    r"|(?:\\.|\S)+)"
)
_BY_COLON = (
    rf"(?P<before>(?:{_NAMES})(?:[\"']\s*:\s*|:(?=\S))){_VALUE}",
    rf"(?P<before>^[ \t-]*(?:{_NAMES}):[ \t]+){_VALUE}",
    r"(?P<before>\bauthorization[\"']?\s*[:=]\s*[\"']?(?:(?:bearer|basic)\s+)?)[^\s\"']+",
)
"""password:x, "password": "x", and password: x where a line begins with it, as in YAML."""

_BY_COLON_IN_PROSE = (
    rf"(?P<before>(?:{_NAMES})(?:[\"']?\s*:\s*(?=\\?[\"'])|:(?=\S))){_VALUE}",
    r"(?P<before>\bauthorization[\"']?\s*(?::\s*(?:(?=[\"'])|(?:bearer|basic)\s+)|=\s*(?:(?:bearer|basic)\s+)?)[\"']?)[^\s\"']+",
)
"""Of prose only what stands close to the colon or in quotes: "password: anon may read it" is about a column."""

_PATTERNS = (
    # ALTER ROLE ... PASSWORD 'x', OPTIONS (password 'x'): plain, E, U& and dollar quotes, open ones to the end;
    # whether a backslash escapes depends on the server, so the longer reading is taken
    r"(?P<before>\bpassword\s+)(?P<value>(?:e|u&)?'(?:[^'\\]|\\''|\\[\s\S]|'')*(?:'|\Z))",
    r"(?P<before>\bpassword\s+)\$(?P<tag>\w*)\$[\s\S]*?(?:\$(?P=tag)\$|\Z)",
    rf"(?P<before>(?:{_NAMES})[\"']?\s*=\s*){_VALUE}",
    # user:password@ in a URI; whoever forgot to encode an @ or a blank did so in one of ours
    r"(?P<before>\bpostgres(?:ql)?(?:\+\w+)?://[^\s:/@]*:)[^\n]{0,2000}(?P<after>@)",
    r"(?P<before>\b[a-z][a-z0-9+.-]{0,30}://[^\s:/@]*:)\S{0,2000}(?P<after>@)",
    # a line of a password file
    r"(?P<before>^(?:\\.|[^:\s\\])+:(?:\d{1,5}|\*):(?:\\.|[^:\s\\])+:(?:\\.|[^:\s\\])+:).+$",
    r"(?P<before>SCRAM-SHA-256\$)[^\s'\"]+",
    r"\bmd5[0-9a-f]{32}\b",
    r"\beyJ[\w-]{10,}(?:\.[\w-]*){0,2}",
    r"\bsb_(?:secret|publishable)_[\w-]+",
    r"\bsbp_[\w-]{16,}",
)
_HINTS = (
    "password", "passwd", "pwd", "passphrase", "secret", "token", "apikey", "api_key", "api-key",
    "accesskey", "access_key", "access-key", "client_key", "server_key", "authorization", "://", "scram-sha-256$", "md5",
    "eyj", "sb_", "sbp_",
)  # fmt: skip
"""One of these stands in every text that a pattern fits, but for the line of a password file with its four colons: of
thousands of texts nearly all are done with after a look for these."""


@cache
def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """Compiled when a text first needs them: the first picture mostly has none."""
    return tuple(re.compile(pattern, re.IGNORECASE | re.MULTILINE) for pattern in patterns)


_RULES = _PATTERNS[:3] + _BY_COLON + _PATTERNS[3:]
_RULES_OF_PROSE = _PATTERNS[:3] + _BY_COLON_IN_PROSE + _PATTERNS[3:]
_NAMED = rf"(?:.*[^a-z])?(?:{_NAMES})s?"


def redact(text: str) -> str:
    """The text with passwords and keys masked, wherever they stand; idempotent.

    Known: user:password@ in URIs, password=... in connection strings, settings, JSON and YAML, PASSWORD '...' in SQL,
    lines of a password file, SCRAM and MD5 verifiers, JSON web tokens, Supabase keys. Text is redacted before it is
    put into JSON or HTML, not after: a mask may swallow what follows a password without quotes.
    """
    return _masked_by(_RULES, text)


def redact_sentence(text: str) -> str:
    """As redact, for a sentence of ours with names in it: words without quotes after ``password:`` are our own."""
    return _masked_by(_RULES_OF_PROSE, text)


def redact_data(value: Any) -> Any:
    """Data as JSON has it, its texts redacted and what stands under a name such as ``password`` masked; keys stay."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        (named,) = _compiled((_NAMED,))
        return {
            key: MASK if isinstance(one, str | int | float) and named.fullmatch(str(key)) else redact_data(one)
            for key, one in value.items()
        }
    return [redact_data(one) for one in value] if isinstance(value, list | tuple) else value


def _masked_by(rules: tuple[str, ...], text: str) -> str:
    if text.isascii() and text.count(":") < 4 and not any(map(text.lower().__contains__, _HINTS)):
        return text
    for rule in _compiled(rules):
        text = rule.sub(_mask, text)
    return text


def _mask(match: re.Match[str]) -> str:
    """The match with its secret part masked; the quotes around a whole value stay."""
    parts = match.groupdict("")
    value = parts.get("value", "")
    quote = value[0] if len(value) > 1 and value[0] in "'\"" and value[-1] == value[0] else ""
    return f"{parts.get('before', '')}{quote}{MASK}{quote}{parts.get('after', '')}"
