"""SQL that is shown and copied: names and strings that hide something are written with escapes, and still mean the same."""

from __future__ import annotations

import re

from cryotui.model.text import clean

_QUOTED = re.compile(
    r"""(?P<name>"(?:[^"]|"")*")|(?P<escaped>\b[eE]'(?:[^'\\]|\\.|'')*')|(?P<string>'(?:[^']|'')*')""", re.S
)


def visible_sql(sql: str) -> str:
    r"""The statement with every control, invisible or direction-changing character written as an escape.

    A quoted name ``"a<newline>b"`` becomes ``U&"a\000ab"``: the same name for the server, safe on a terminal and on a
    clipboard. Outside of quotes such characters become visible text, line breaks stay.
    """
    found: list[str] = []
    end = 0
    for match in _QUOTED.finditer(sql):
        found += [clean(sql[end : match.start()]), _visible(match)]
        end = match.end()
    return "".join([*found, clean(sql[end:])])


def _visible(match: re.Match[str]) -> str:
    token = match.group()
    if not any(map(_hidden, token)):
        return token
    if match.lastgroup == "escaped":
        return "".join(
            (f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}") if _hidden(sign) else sign
            for sign in token
        )
    return "U&" + "".join(
        (f"\\{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\+{ord(sign):06x}")
        if _hidden(sign)
        else "\\\\"
        if sign == "\\"
        else sign
        for sign in token
    )


def _hidden(sign: str) -> bool:
    return sign in "\n\t" or clean(sign) != sign
