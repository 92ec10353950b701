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

_NAME = r"""(?:(?:U&)?"(?:[^"]|"")+"|[A-Za-z_][\w$]*)"""
_NAMES = rf"{_NAME}(?:\.{_NAME})*"
_GENTLE = re.compile(
    r"VACUUM\b(?!.*\bFULL\b).*|ANALYZE\b.*|CREATE\s+STATISTICS\b.*|CREATE\s+INDEX\s+CONCURRENTLY\b.*"
    r"|REINDEX\s+(\([^()]*\)\s*)?(INDEX|TABLE|SCHEMA|DATABASE)\s+CONCURRENTLY\b.*"
    rf"|ALTER\s+(TABLE(\s+ONLY)?|DOMAIN)\s+{_NAMES}\s+VALIDATE\s+CONSTRAINT\s+{_NAME}\s*;?"
    rf"|ALTER\s+(TABLE(\s+ONLY)?|INDEX|MATERIALIZED\s+VIEW)\s+{_NAMES}\s+RESET\s*\([\w., ]+\)\s*;?",
    re.IGNORECASE | re.DOTALL,
)
_DROPS_INDEX = re.compile(rf"DROP\s+INDEX\s+CONCURRENTLY\s+(IF\s+EXISTS\s+)?{_NAMES}\s*;?", re.IGNORECASE)
_ROWS = re.compile(r"(INSERT|UPDATE|DELETE|MERGE|WITH)\b", re.IGNORECASE)
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


def gentle(sql: str, invalid: bool = False) -> bool:
    """Whether it is maintenance that takes nothing away, changes no row and lets reads and writes go on.

    A unique index is none: it refuses rows from then on.

    ``invalid``: the index it is about is not valid, so that to drop it takes nothing from any query.
    """
    parts = [bare(part) for part in statements(sql)]
    return bool(parts) and all(_GENTLE.fullmatch(one) or (invalid and _DROPS_INDEX.fullmatch(one)) for one in parts)


def changes_rows(sql: str) -> bool:
    """Whether a statement of it inserts, updates or deletes rows by its own words."""
    return any(_ROWS.match(bare(part)) for part in statements(sql))


def has_transaction(sql: str) -> bool:
    """Whether it begins or ends transactions itself."""
    return any(_OF_ITS_OWN.match(bare(part)) for part in statements(sql))


def waits_without_end(statement: str) -> bool:
    """Whether giving up half-way would leave something behind, so that it waits for its locks as long as it takes."""
    return re.search(r"\bCONCURRENTLY\b", bare(statement), re.IGNORECASE) is not None


def bare(statement: str) -> str:
    """Without comments before and in it."""
    return "".join(piece for piece, role in tokens(statement) if role != "quiet").strip()
