"""The SQL of a finding's fix: its statements, whether they stand in a transaction, how much they may break."""

from __future__ import annotations

import re

from cryotui.model.sqlformat import tokens

LOCK_SECONDS = 2
"""How long a fix waits for its lock: whoever comes behind it waits as long."""

_OUTSIDE = re.compile(
    r"^\s*(VACUUM|ALTER\s+SYSTEM|ALTER\s+DATABASE\s.*\bSET\s+TABLESPACE|CREATE\s+DATABASE|DROP\s+DATABASE"
    r"|REINDEX\s+(DATABASE|SYSTEM)|(CREATE|DROP|REINDEX|ALTER|REFRESH)\b.*\bCONCURRENTLY)\b",
    re.IGNORECASE | re.MULTILINE,
)
"""Statements that no transaction block takes."""

_GENTLE = re.compile(
    r"VACUUM\b(?!.*\bFULL\b)|ANALYZE\b|(REINDEX|CREATE\s+(UNIQUE\s+)?INDEX)\b.*\bCONCURRENTLY\b",
    re.IGNORECASE | re.DOTALL,
)
_OF_ITS_OWN = re.compile(
    r"(BEGIN|START|COMMIT|END|ROLLBACK|ABORT|SAVEPOINT|RELEASE|PREPARE\s+TRANSACTION)\b", re.IGNORECASE
)


def statements(sql: str) -> tuple[str, ...]:
    """The statements, each with its semicolon and the comments before it; what is comment alone is none."""
    found: list[str] = []
    text, says = "", False
    for piece, role in tokens(sql):
        text += piece
        says = says or bool(piece.strip() and role != "quiet" and piece != ";")
        if piece == ";":
            found += [text.strip()] if says else []
            text, says = "", False
    return (*found, text.strip() + ";") if says else tuple(found)


def outside_transaction(sql: str, concurrently: bool = False) -> bool:
    """Whether the statements cannot stand in a transaction block; ``concurrently`` is what the rule says."""
    return concurrently or _OUTSIDE.search(sql) is not None


def gentle(sql: str) -> bool:
    """Whether it is maintenance that changes no definition and no row and lets reads and writes go on."""
    parts = [_bare(part) for part in statements(sql)]
    return bool(parts) and all(_GENTLE.match(part) for part in parts)


def has_transaction(sql: str) -> bool:
    """Whether it begins or ends transactions itself."""
    return any(_OF_ITS_OWN.match(_bare(part)) for part in statements(sql))


def waits_without_end(statement: str) -> bool:
    """Whether giving up half-way would leave something behind, so that it waits for its locks as long as it takes."""
    return re.search(r"\bCONCURRENTLY\b", _bare(statement), re.IGNORECASE) is not None


def _bare(statement: str) -> str:
    """Without comments before and in it."""
    return "".join(piece for piece, role in tokens(statement) if role != "quiet").strip()
