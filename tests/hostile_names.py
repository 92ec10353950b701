"""Names that a database may really have, and that break careless tools."""

from __future__ import annotations

HOSTILE = (
    'with "quotes"',
    "line\nbreak",
    "tab\there",
    "[bold]markup[/bold]",
    "[/",
    "[@click=app.quit]x[/]",
    "\x1b]0;owned\x07\x1b[31mred",
    "\x9b31mC1",
    "bidi\u202eevil",
    "emoji 🧪",
    "汉字表",
    "e\u0301combining",
    "n" * 63,
    "-t",
    "%s",
    "$1",
    "{x}",
    "; drop table molecules; --",
    "back\\slash",
    " ",
    "it's",
    "a.b",
    "UPPER",
)
"""Every one at most 63 bytes, as PostgreSQL's identifiers are."""


def quoted(name: str) -> str:
    """The name as an identifier in SQL."""
    return '"' + name.replace('"', '""') + '"'
