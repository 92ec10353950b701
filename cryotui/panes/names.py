"""Names of relations as the lists write them: bare, without public, and never invisible."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[^\s\"'.]+")


def bare(name: str) -> str:
    """The name as it is; in quotation marks, line breaks and tabs visible, when it has blanks, dots or quotes."""
    if _PLAIN.fullmatch(name):
        return name
    visible = name.replace("\n", "\\n").replace("\t", "\\t").replace('"', '""')
    return f'"{visible}"'


def label(schema: str | None, name: str) -> str:
    """``auth.users``; the schema is left out for public and when it is not known."""
    return bare(name) if schema in ("public", None) else f"{bare(schema)}.{bare(name)}"


def identifier(name: str) -> str:
    """The name as an identifier for SQL that is shown: bare when it is plain."""
    return name if name.isidentifier() and name.islower() and name.isascii() else '"' + name.replace('"', '""') + '"'
