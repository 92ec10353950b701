"""From the rows of a rule to findings, and to the objects it could not look at.

Columns with a meaning: ``object``, ``evidence``, ``detail``, ``fix``, ``undo``, ``severity``, ``kind``, ``classid`` and
``objid`` (what an extension would own, the table ``oid`` when left out), ``unknown`` with ``remedy`` and
``unknown_kind``, ``question`` with ``failing``, ``look``. Every other column is a value of the finding; of
``query``, a statement's text, its strings, numbers and comments are taken out first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from cryotui.audit.keepers import Keepers
from cryotui.audit.template import columns, fill
from cryotui.model.finding import Finding, Severity
from cryotui.model.record import dataclass
from cryotui.model.rule import AuditRule
from cryotui.model.sample import Missing, MissingKind
from cryotui.model.secrets import redact, redact_data, redact_sentence
from cryotui.model.sqlformat import without_literals
from cryotui.model.sqltext import visible_sql
from cryotui.model.text import clean, cut, one_line
from cryotui.pg.refusal import quoted

EVIDENCE_CELLS = 30
NAMED = 3
"""So many objects are named in a sentence, the others are counted."""

REMEDIES = 20
LEFT_OUT = "SQL with a password or key in it is left out."
RELATIONS = 1259
"""The oid of pg_class, the same in every cluster."""

_STRING = re.compile(r"'(?:[^']|'')*'|\$(\w*)\$.*?\$\1\$", re.DOTALL)

_MEANT = frozenset({
    "object", "evidence", "detail", "fix", "undo", "severity", "kind", "classid", "objid", "unknown", "remedy",
    "unknown_kind", "question", "reads", "failing", "look",
})  # fmt: skip

Cells = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Unseen:
    """An object that a rule could not look at, and why."""

    object: str
    member: tuple[int, int]
    kind: MissingKind
    reason: str
    remedy: str | None = None


def shown(name: object) -> str:
    """An object's name on one line, every sign in it visible; two different names stay different."""
    return clean(str(name)).replace("\n", "\\n").replace("\t", "\\t")


def member(row: Cells) -> tuple[int, int]:
    """classid and objid of what an extension or the platform would own; zeros when the rule names nothing.

    A relation is meant when the rule names no catalog; ``oid`` is the table a row is about.
    """
    objid = row.get("objid") or row.get("oid") or 0
    return (row.get("classid") or RELATIONS, objid) if objid else (0, 0)


def finding(rule: AuditRule, row: Cells, known: Keepers) -> Finding:
    """One finding from one row; what somebody else looks after is information only. Raises TemplateError.

    Passwords and keys in what the data says are masked. A statement that holds one is left out, not masked: half of it
    would be another statement.
    """
    if row.get("query"):
        row = {**row, "query": one_line(without_literals(row["query"])).strip()}
    manager = known.get(member(row))
    values = {name: _plain(value) for name, value in row.items() if name not in _MEANT}
    severity = Severity(row.get("severity") or rule.severity)
    if manager:
        severity = Severity.INFO
        values["managed_by"] = manager
    fix = _statement(rule, "fix", row)
    undo = _statement(rule, "undo", row) if fix else None
    detail = one_line(clean(_words(rule, "detail", row) or ""))
    if _holds_secret(fix) or _holds_secret(undo):
        detail = f"{detail} {LEFT_OUT}".lstrip()
        fix, undo = None if _holds_secret(fix) else fix, None if _holds_secret(undo) else undo
    return Finding(
        rule=rule.id,
        severity=severity,
        object=shown(row["object"]),
        kind=row.get("kind") or rule.kind,
        evidence=cut(one_line(clean(_words(rule, "evidence", row) or "")), EVIDENCE_CELLS),
        detail=detail,
        fix=visible_sql(fix) if fix else None,
        undo=visible_sql(undo) if undo else None,
        look=visible_sql(look) if (look := row.get("look")) and not _holds_secret(look) else None,
        values=values,
        managed=manager is not None,
    )


def _holds_secret(statement: str | None) -> bool:
    """Whether a string in it is a secret; a column called token that is compared with another is none."""
    if statement is None or (masked := redact(statement)) == statement:
        return False
    return [one.group() for one in _STRING.finditer(masked)] != [one.group() for one in _STRING.finditer(statement)]


def unseen(row: Cells) -> Unseen:
    """An object whose row says why it could not be looked at."""
    kind = row.get("unknown_kind") or ("privilege" if row.get("remedy") else "error")
    remedy = row.get("remedy")
    reason = one_line(clean(redact_sentence(row["unknown"])))
    return Unseen(
        shown(row["object"]), member(row), cast(MissingKind, kind), reason, visible_sql(remedy) if remedy else None
    )


def not_seen(objects: Sequence[Unseen], role: str) -> Missing | None:
    """One reason for all objects a rule could not look at, None when it saw them all."""
    if not objects:
        return None
    reasons: dict[str, list[str]] = {}
    for entry in objects:
        reasons.setdefault(entry.reason, []).append(entry.object)
    parts = [f"{reason} ({_named(names)})" for reason, names in reasons.items()]
    sentence = f"{len(objects)} not looked at: {'; '.join(parts[:NAMED])}"
    if len(parts) > NAMED:
        sentence += f"; and {len(parts) - NAMED} reasons more"
    remedies = list(dict.fromkeys(entry.remedy for entry in objects if entry.remedy))
    refused = any(entry.kind == "privilege" for entry in objects)
    who = "the owner, or a superuser" if remedies or refused else None
    instead = f"GRANT pg_read_all_data TO {quoted(role)}; is one grant for all" if len(remedies) > NAMED else None
    return Missing(objects[0].kind, f"{sentence}.", who, "\n".join(remedies[:REMEDIES]) or None, instead)


def _named(names: Iterable[str]) -> str:
    unique = list(dict.fromkeys(names))
    more = f" and {len(unique) - NAMED} more" if len(unique) > NAMED else ""
    return ", ".join(unique[:NAMED]) + more


def _words(rule: AuditRule, word: str, row: Cells) -> str | None:
    """The row's own words, else the rule's template filled from the row, without secrets.

    Of a template only the values are masked: "password: anon may read it" is a sentence about a column.
    """
    own: str | None = row.get(word)
    if own is not None:
        return redact_sentence(own)
    template: str | None = getattr(rule, word)
    if not template:
        return None
    return fill(template, {name: redact_data(row[name]) for name in columns(template) if name in row})


def _statement(rule: AuditRule, word: str, row: Cells) -> str | None:
    """A statement; a template that lacks one of its values gives none, rather than SQL with a dash in it."""
    own: str | None = row.get(word)
    template: str | None = getattr(rule, word)
    if own is not None or template is None:
        return own
    if any(row.get(name, "") is None for name in columns(template)):
        return None
    return fill(template, row)


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return redact(clean(value))
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
