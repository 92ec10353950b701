"""What a fix lays its hands on, so that two fixes of one object are seen before both are run."""

from __future__ import annotations

import re

from cryotui.model.finding import Finding
from cryotui.model.fixsql import bare, statements

Touch = tuple[str, ...]
"""A kind of thing and its names; equal for the same thing."""

_ONE = r'(?:U&)?(?:"(?:[^"]|"")*"|[\w$]+)'
_NAME = rf"{_ONE}(?:\s*\.\s*{_ONE})*"
_TABLE = rf"ALTER\s+(?:FOREIGN\s+)?TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?({_NAME})\s+"

_FORMS = tuple(
    (kind, re.compile(form, re.IGNORECASE | re.DOTALL))
    for kind, form in (
        ("policy", rf"(?:ALTER|CREATE|DROP)\s+POLICY\s+(?:IF\s+EXISTS\s+)?({_ONE})\s+ON\s+({_NAME})"),
        ("routine", r"(?:GRANT|REVOKE)\b.*?\sON\s+(?:FUNCTION|PROCEDURE|ROUTINE)\s+(.+?)\s+(?:FROM|TO)\s"),
        ("routine", rf"(?:ALTER|DROP)\s+(?:FUNCTION|PROCEDURE|ROUTINE)\s+(?:IF\s+EXISTS\s+)?({_NAME}\s*\([^)]*\))"),
        ("rights", r"(?:GRANT|REVOKE)\b.*?\sON\s+(?:TABLE\s+)?(.+?)\s+(?:FROM|TO)\s"),
        ("membership", rf"(?:GRANT|REVOKE)\s+(?:\w+\s+OPTION\s+FOR\s+)?({_ONE})\s+(?:FROM|TO)\s+({_ONE})"),
        ("default rights", r"ALTER\s+DEFAULT\s+PRIVILEGES\s+(.*?)\s*(?:GRANT|REVOKE)\s.*?\sON\s+(\w+)"),
        ("constraint", rf"{_TABLE}(?:ADD|DROP|VALIDATE|ALTER)\s+CONSTRAINT\s+(?:IF\s+EXISTS\s+)?({_ONE})"),
        ("trigger", rf"{_TABLE}(?:DISABLE|ENABLE)\s+(?:ALWAYS\s+|REPLICA\s+)?TRIGGER\s+({_ONE})"),
        ("column", rf"{_TABLE}(?:ALTER|ADD|DROP)\s+COLUMN\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?({_ONE})"),
        ("row security", rf"{_TABLE}\w+\s+(?:FORCE\s+)?ROW\s+LEVEL\s+SECURITY"),
        ("options", rf"{_TABLE}(?:SET|RESET)\s*\(\s*([\w.]+)"),
        ("replica identity", rf"{_TABLE}REPLICA\s+IDENTITY"),
        ("table", rf"{_TABLE}"),
        (
            "index",
            rf"(?:DROP|ALTER|REINDEX(?:\s*\([^)]*\))?)\s+INDEX\s+(?:CONCURRENTLY\s+)?(?:IF\s+EXISTS\s+)?({_NAME})",
        ),
        ("new index", rf"CREATE\s.*?\sON\s+(?:ONLY\s+)?({_NAME})(?:\s+USING\s+\w+)?\s*\(\s*([^,)]+)"),
        ("column", rf"UPDATE\s+(?:ONLY\s+)?({_NAME})\s.*?\bSET\s+({_ONE})\s*="),
        ("rows", rf"(?:DELETE\s+FROM|TRUNCATE)\s+(?:ONLY\s+)?({_NAME})"),
        ("setting", rf"ALTER\s+(SYSTEM|(?:DATABASE|ROLE)\s+{_ONE})\s+(?:SET|RESET)\s+({_NAME})"),
        ("role", rf"ALTER\s+ROLE\s+({_ONE})"),
        ("sequence", r"SELECT\s+(?:pg_catalog\.)?setval\('([^']+)'"),
        ("sequence", rf"(?:ALTER|DROP)\s+SEQUENCE\s+({_NAME})"),
        ("object", rf"(?:ALTER|DROP)\s+(?:MATERIALIZED\s+VIEW|VIEW|STATISTICS|EXTENSION|COLLATION)\s+({_NAME})"),
    )
)
"""The first that fits counts."""

_USED_INDEX = re.compile(rf"{_TABLE}.*?\bUSING\s+INDEX\s+({_ONE})", re.IGNORECASE | re.DOTALL)
_LISTS = frozenset({"rights", "routine"})
_ITEM = re.compile(rf"(?:\([^)]*\)|{_ONE}|[^,])+")
_OF_ONE_THING = {"policy": "policy", "function": "routine", "procedure": "routine", "index": "index", "view": "object"}


def touched(found: Finding) -> frozenset[Touch]:
    """What the statements of a finding's fix change; a fix that is maintenance of a table alone changes nothing."""
    things: set[Touch] = set()
    for part in statements(found.fix or ""):
        text = bare(part)
        for kind, form in _FORMS:
            if match := form.match(text):
                names = [_plain(name) for name in match.groups()]
                things |= {(kind, one) for one in _listed(names[0])} if kind in _LISTS else {(kind, *names)}
                break
        if used := _USED_INDEX.match(text):
            schema, dot, _ = _plain(used[1]).rpartition(".")
            things.add(("index", f"{schema}{dot}{_plain(used[2])}"))
    if found.fix and found.kind in ("policy", "function", "procedure", "view"):
        things.add((_OF_ONE_THING[found.kind], "found", _plain(found.object)))
    return frozenset(things)


def drops_index_of(found: Finding) -> Touch | None:
    """The table an index of which the fix drops. Two rules may each count on the index that the other one drops."""
    drops = any(re.match(r"DROP\s+INDEX\b", bare(part), re.IGNORECASE) for part in statements(found.fix or ""))
    schema, table = found.values.get("schema"), found.values.get("table")
    return ("indexes of", str(schema), str(table)) if drops and table else None


def _listed(names: str) -> list[str]:
    """The names of a list with commas; those inside of quotes and brackets part nothing."""
    return [found.group().strip() for found in _ITEM.finditer(names)]


def _plain(name: str) -> str:
    return " ".join(name.split())
