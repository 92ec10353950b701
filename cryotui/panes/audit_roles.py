"""A table tried as each role, as the detail of a finding shows it: a line for each role, the reasons below.

Drawn from ``extra["tried"]``, a mapping of schema and table to Tried; a finding whose table is not in it offers the try.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from cryotui.model.finding import Finding
from cryotui.model.pane import Block, Line, Moment, Prose, Role, Rule, Span
from cryotui.model.record import dataclass
from cryotui.model.rule import AuditRule
from cryotui.model.text import cells, cut, fit

INDENT = "   "
WIDEST_ROLE = 24
"""Cells of a role's name."""

TITLE = "TRIED AS EACH ROLE"
OFFER = "Not tried as each role yet: a, then t. It reads at most {rows} rows a role, writes nothing and is rolled back."


@dataclass(frozen=True, slots=True)
class Told:
    """One cell: what is written in it, and how much it matters."""

    text: str
    role: Role = "text"


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of it. ``sentence`` stands alone while it runs, and where nothing could be tried: then it says why.

    ``note`` is for the section's title; ``rows`` hold the cells of ``commands`` by role; ``reasons`` are sign and sentence.
    """

    sentence: str = ""
    note: str = ""
    running: bool = False
    commands: tuple[str, ...] = ()
    rows: tuple[tuple[str, tuple[Told, ...]], ...] = ()
    reasons: tuple[tuple[str, str], ...] = ()
    legend: tuple[str, ...] = ()


def relation_of(fields: Mapping[str, Any]) -> tuple[str, str] | None:
    """Schema and name of the table or view that fields of a row or finding are about; None when they are not."""
    name = fields.get("table") or fields.get("view")
    if not fields.get("schema") or not name or fields.get("oid") is None or fields.get("index_oid") is not None:
        return None
    return str(fields["schema"]), str(name)


def about_access(finding: Finding, rule: AuditRule) -> bool:
    """Whether who may do what with a table or view is what the finding is about."""
    return relation_of(finding.values) is not None and shown_for(rule.group, rule.id)


def shown_for(group: str, rule_id: str) -> bool:
    """Whether findings of a rule are about who may do what."""
    return group == "security" or rule_id.startswith("perf-rls-")


def tried_blocks(finding: Finding, moment: Moment, rows: int, width: int) -> list[Block]:
    """The section of the detail: what came of the try, or how it is begun."""
    place = relation_of(finding.values)
    tried: Tried | None = (moment.extra.get("tried") or {}).get(place)
    if tried is None:
        return [_wrapped(OFFER.format(rows=f"{rows:,}"), width, "quiet")]
    return [Rule(TITLE, tried.note), *blocks(tried, width)]


def blocks(tried: Tried, width: int) -> list[Block]:
    """The sentence; or the table, the reasons and what its words mean."""
    if tried.sentence:
        return [_wrapped(tried.sentence, width, "text")]
    found: list[Block] = [Prose(tuple(_across(tried, width) or _below(tried, width)))]
    lines: list[Line] = []
    for sign, reason in tried.reasons:
        role: Role = {"■": "bad", "▲": "watch", "?": "watch"}.get(sign, "text")  # type: ignore[assignment]
        for number, part in enumerate(_parts(reason, width)):
            lines.append(((f" {sign if not number else ' '} ", role), (part, "quiet" if role == "text" else "text")))
    for words in tried.legend:
        lines += [((INDENT + part, "quiet"),) for part in _parts(words, width)]
    return [*found, *([Prose(tuple(lines))] if lines else [])]


def _across(tried: Tried, width: int) -> list[Line]:
    """A line for each role; empty when there is no room for it."""
    names = ["role", *(role for role, _ in tried.rows)]
    columns = [[command, *(told[at].text for _, told in tried.rows)] for at, command in enumerate(tried.commands)]
    first = min(max(map(cells, names)), WIDEST_ROLE)
    wide = [max(map(cells, column)) for column in columns]
    gap = next((gap for gap in (3, 2, 1) if len(INDENT) + first + sum(wide) + gap * len(wide) <= width - 1), 0)
    if not gap:
        return []
    between = " " * gap
    heads = between.join(fit(text, size) for text, size in zip(tried.commands, wide, strict=True))
    lines: list[Line] = [((f"{INDENT}{fit('role', first)}{between}{heads}".rstrip(), "quiet"),)]
    for role, told in tried.rows:
        spans: list[Span] = [(INDENT + fit(role, first), "text")]
        spans += [(between + fit(one.text, size), one.role) for one, size in zip(told, wide, strict=True)]
        lines.append(tuple(spans))
    return lines


def _below(tried: Tried, width: int) -> list[Line]:
    """Each role with its commands below it, two facts a line."""
    wide = max(map(cells, tried.commands), default=0)
    lines: list[Line] = []
    for role, told in tried.rows:
        lines.append(((INDENT + cut(role, width - 4), "bold"),))
        for command, one in zip(tried.commands, told, strict=True):
            lines.append(
                ((f"{INDENT}  {fit(command, wide)}  ", "quiet"), (cut(one.text, max(width - wide - 8, 8)), one.role))
            )
    return lines


def _parts(text: str, width: int) -> Sequence[str]:
    return textwrap.wrap(text, max(width - 5, 20), break_on_hyphens=False) or [""]


def _wrapped(text: str, width: int, role: Role) -> Prose:
    return Prose(tuple(((INDENT + part, role),) for part in _parts(text, width)))
