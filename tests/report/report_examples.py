"""Names that try to leave the place they are shown in, as PostgreSQL quotes them and cryotui shows them; a rule."""

from __future__ import annotations

from typing import Any

from cryotui.audit.rows import shown
from cryotui.model.finding import Severity
from cryotui.model.rule import AuditRule

NAMES = (
    'quo"te',
    "apo'strophe",
    "semi; DROP TABLE public.bystander; --",
    "new\nline; DROP TABLE public.bystander;",
    "carriage\rreturn; DROP TABLE public.bystander;",
    "*/ DROP TABLE public.bystander; /*",
    "-- \\! touch",
    "\\echo out :HOST :'HOST' $$",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style></table><a href='javascript:1'>",
    "]]></failure><failure/>",
    "[link](0) [other](https://example.org) {0} `code` | * _",
    "&amp;&lt;",
    "\x1b[31mred\x07",
    "\u202eright to left",
    "=1+1",
    "@SUM(1)",
    "分" * 21,
)


def quoted(name: str) -> str:
    """As quote_ident does."""
    return '"' + name.replace('"', '""') + '"'


def qualified(name: str) -> str:
    """As a finding names a table of public."""
    return shown(f"public.{quoted(name)}")


def a_rule(rule_id: str, **words: Any) -> AuditRule:
    """A rule with all its words."""
    made: dict[str, Any] = {
        "title": f"Title of {rule_id}",
        "severity": Severity.BAD,
        "group": "integrity",
        "kind": "table",
        "about": "What is found.",
        "why": "Why it matters.",
        "variants": {(): "SELECT 1"},
        "lock": "SHARE",
        "references": ("https://www.postgresql.org/docs/current/sql-altertable.html", "a book"),
    }
    return AuditRule(id=rule_id, **{**made, **words})
