"""What running a fix may cost somebody: maintenance, or a change of definition, access, data or the whole server.

Read from the form of each statement, so that a form nobody has thought of is never taken for maintenance.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from cryotui.model.fixsql import bare, gentle, statements


class Risk(StrEnum):
    """From the least to the most."""

    GENTLE = "gentle"
    DEFINITION = "definition"
    ACCESS = "access"
    DATA = "data"
    CLUSTER = "cluster"


REASONS: Mapping[Risk, str] = {
    Risk.GENTLE: "maintenance; nobody sees or may do anything else afterwards",
    Risk.DEFINITION: "changes or drops an object that applications may rely on, or holds up writes meanwhile",
    Risk.ACCESS: "changes who may read or write",
    Risk.DATA: "changes or deletes rows",
    Risk.CLUSTER: "acts on roles, settings, sessions or slots of the whole server",
}

_FORMS = tuple(
    (risk, re.compile(form, re.IGNORECASE | re.DOTALL))
    for risk, form in (
        (Risk.GENTLE, r"ALTER\s+INDEX\s.*\sATTACH\s+PARTITION\b|ALTER\s+COLLATION\s.*\sREFRESH\s+VERSION\b"),
        (Risk.GENTLE, r"ALTER\s+DATABASE\s.*\sREFRESH\s+COLLATION\s+VERSION\b"),
        (Risk.GENTLE, r"ALTER\s+TABLE\s+[^,]+\sALTER\s+COLUMN\s+[^,]+\sSET\s+STATISTICS\s+-?\d+\s*;?$"),
        (Risk.ACCESS, r"(GRANT|REVOKE)\b.*?\sON\s|ALTER\s+DEFAULT\s+PRIVILEGES\b|(CREATE|ALTER|DROP)\s+POLICY\b"),
        (Risk.ACCESS, r"ALTER\s+TABLE\s.*\sROW\s+LEVEL\s+SECURITY\b|ALTER\s+VIEW\s.*\b(SET|RESET)\s*\(\s*security_"),
        (Risk.ACCESS, r"ALTER\s.*\sOWNER\s+TO\b|ALTER\s+(FUNCTION|PROCEDURE|ROUTINE)\s.*\sSECURITY\b"),
        (Risk.DATA, r"(DELETE|UPDATE|INSERT|TRUNCATE|MERGE|WITH|COPY)\b|DROP\s+(TABLE|SCHEMA|MATERIALIZED\s+VIEW)\b"),
        (Risk.DATA, r"ALTER\s+TABLE\s.*\sDROP\s+COLUMN\b|(COMMIT|ROLLBACK)\s+PREPARED\b|SELECT\b.*\bsetval\b"),
        (Risk.CLUSTER, r"ALTER\s+(SYSTEM|DATABASE|ROLE|USER)\b|(CREATE|DROP)\s+(ROLE|USER|DATABASE|TABLESPACE)\b"),
        (Risk.CLUSTER, r"(GRANT|REVOKE)\b(?!.*\sON\s)|SELECT\b"),
    )
)
"""The first that fits counts, after what ``gentle`` knows."""


def risks(fix: str, declared: str | None = None) -> tuple[Risk, ...]:
    """What a fix touches beyond maintenance, the least first; empty for maintenance. ``declared`` is the rule's word."""
    if declared:
        return () if declared == Risk.GENTLE else (Risk(declared),)
    found = {_of(bare(part)) for part in statements(fix)} or {Risk.DEFINITION}
    return tuple(risk for risk in Risk if risk in found and risk is not Risk.GENTLE)


def _of(statement: str) -> Risk:
    if gentle(statement):
        return Risk.GENTLE
    return next((risk for risk, form in _FORMS if form.match(statement)), Risk.DEFINITION)
