"""From the rows of a rule to findings, and to the objects it could not look at.

Columns with a meaning: ``object``, ``evidence``, ``detail``, ``fix``, ``undo``, ``severity``, ``kind``, ``schema``,
``classid`` and ``objid`` (what an extension would own), ``unknown`` with ``remedy`` and ``unknown_kind``, ``question`` with
``optional``. Every other column is a value of the finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from cryotui.audit.template import columns, fill
from cryotui.model.finding import Finding, Severity
from cryotui.model.managed import MANAGED_SCHEMAS
from cryotui.model.rule import AuditRule
from cryotui.model.sample import Missing, MissingKind
from cryotui.model.sqltext import visible_sql
from cryotui.model.text import clean, cut, one_line

EVIDENCE_CELLS = 30
NAMED = 3
"""So many objects are named in a sentence, the others are counted."""

REMEDIES = 20
_MEANT = frozenset({
    "object", "evidence", "detail", "fix", "undo", "severity", "kind", "classid", "objid", "unknown", "remedy",
    "unknown_kind", "question", "optional",
})  # fmt: skip

Cells = Mapping[str, Any]
Member = tuple[int, int]
"""classid and objid, as pg_depend has them: an oid alone means different things in different catalogs."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """An object that a rule could not look at, and why."""

    object: str
    kind: MissingKind
    reason: str
    remedy: str | None = None


def shown(name: object) -> str:
    """An object's name on one line, every sign in it visible; two different names stay different."""
    return clean(str(name)).replace("\n", "\\n").replace("\t", "\\t")


def finding(rule: AuditRule, row: Cells, members: Mapping[Member, str], platform: bool) -> Finding:
    """One finding from one row. ``members`` tells which objects belong to an extension. Raises TemplateError."""
    manager = _manager(row, members, platform)
    values = {name: _plain(value) for name, value in row.items() if name not in _MEANT}
    severity = Severity(row.get("severity") or rule.severity)
    if manager:
        severity = Severity.INFO
        values["managed_by"] = manager
    fix, undo = _statement(rule, "fix", row), _statement(rule, "undo", row)
    return Finding(
        rule=rule.id,
        severity=severity,
        object=shown(row["object"]),
        kind=row.get("kind") or rule.kind,
        evidence=cut(one_line(clean(_words(rule, "evidence", row) or "")), EVIDENCE_CELLS),
        detail=one_line(clean(_words(rule, "detail", row) or "")),
        fix=visible_sql(fix) if fix else None,
        undo=visible_sql(undo) if undo else None,
        values=values,
        managed=manager is not None,
    )


def unseen(row: Cells) -> Unseen:
    """An object whose row says why it could not be looked at."""
    kind = row.get("unknown_kind") or ("privilege" if row.get("remedy") else "error")
    remedy = row.get("remedy")
    reason = one_line(clean(row["unknown"]))
    return Unseen(shown(row["object"]), cast(MissingKind, kind), reason, visible_sql(remedy) if remedy else None)


def not_seen(objects: Sequence[Unseen], all_of_them: int) -> Missing | None:
    """One reason for all objects a rule could not look at, None when it saw them all."""
    if not objects:
        return None
    reasons: dict[str, list[str]] = {}
    for entry in objects:
        reasons.setdefault(entry.reason, []).append(entry.object)
    parts = [f"{reason} ({_named(names)})" for reason, names in reasons.items()]
    sentence = f"{len(objects)} of {all_of_them} not looked at: {'; '.join(parts[:NAMED])}"
    if len(parts) > NAMED:
        sentence += f"; and {len(parts) - NAMED} reasons more"
    remedies = list(dict.fromkeys(entry.remedy for entry in objects if entry.remedy))
    who = "the owner, or a superuser" if remedies else None
    return Missing(objects[0].kind, f"{sentence}.", who, "\n".join(remedies[:REMEDIES]) or None)


def _named(names: Iterable[str]) -> str:
    unique = list(dict.fromkeys(names))
    more = f" and {len(unique) - NAMED} more" if len(unique) > NAMED else ""
    return ", ".join(unique[:NAMED]) + more


def _manager(row: Cells, members: Mapping[Member, str], platform: bool) -> str | None:
    extension = members.get((row.get("classid") or 0, row.get("objid") or 0))
    if extension:
        return f"extension {clean(extension)}"
    schema = row.get("schema")
    return f"schema {schema}" if platform and schema in MANAGED_SCHEMAS else None


def _words(rule: AuditRule, word: str, row: Cells) -> str | None:
    """The row's own words, else the rule's template filled from the row."""
    if word in row:
        return cast("str | None", row[word])
    template: str | None = getattr(rule, word)
    return fill(template, row) if template else None


def _statement(rule: AuditRule, word: str, row: Cells) -> str | None:
    """A statement; a template that lacks one of its values gives none, rather than SQL with a dash in it."""
    if word in row:
        return cast("str | None", row[word])
    template: str | None = getattr(rule, word)
    if template is None:
        return None
    if any(row.get(name, "") is None for name in columns(template)):
        return None
    return fill(template, row)


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


