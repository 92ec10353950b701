"""The text report fits a terminal, tells the worst first, and many findings of one rule hide no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cryotui.model.finding import AuditRun, Finding, RuleResult, Severity
from cryotui.model.review import AuditReview
from cryotui.model.text import cells
from cryotui.report import text


def _many(run: AuditRun, number: int) -> AuditReview:
    many = tuple(
        Finding("int-hostile", Severity.WATCH, f"public.t{one:03}", "table", "no key", "A detail.", "SELECT 1;")
        for one in range(number)
    )
    return AuditReview(replace(run, results=(RuleResult("int-hostile", many), *run.results[1:])))


def test_of_many_findings_of_one_rule_the_first_are_told_and_the_others_counted(run: AuditRun) -> None:
    report = text.audit_review(_many(run, 500))
    assert "public.t019" in report
    assert "public.t020" not in report
    assert "and 480 more of int-hostile: --format json lists all" in report
    assert "Title of int-hostile (500)" in report
    assert "public.expired" in report
    assert "more of" not in text.audit_review(_many(run, text.MOST))


@pytest.mark.parametrize("width", [60, 80, 100])
def test_no_line_but_sql_and_long_names_is_wider_than_the_terminal(review: AuditReview, width: int) -> None:
    names = {f"{sign} {found.object}" for found in review.run.findings for sign in "■▲●"}
    for line in text.audit_review(review, width).splitlines():
        sql = line.strip().startswith(("fix ", "undo ", "how ", "ALTER", "ANALYZE", "GRANT"))
        longest = max(map(cells, line.split()), default=0)
        assert cells(line) <= width or sql or line.strip() in names or longest > width - 40, line


def test_the_groups_are_counted_first_and_add_up_to_the_findings(review: AuditReview) -> None:
    lines = text.audit_review(review, 80).splitlines()
    at = next(number for number, line in enumerate(lines) if line.split()[:2] == ["group", "bad"])
    assert at < 10
    assert lines[at + 1].split() == ["integrity", str(len(review.run.results[0].findings)), "·", "·", "·", "·"]
    assert lines[at + 2].split() == ["performance", "·", "·", "·", "1", "·"]
    assert lines[at + 3].split() == ["security", "·", "1", "·", "·", "1"]
    assert lines[at + 4].split() == ["capacity", "·", "·", "·", "·", "1"]


def test_the_worst_rule_comes_first_whatever_its_group(review: AuditReview) -> None:
    other = replace(review, run=replace(review.run, rules=tuple(reversed(review.run.rules))))
    report = text.audit_review(other)
    assert report.index("Title of int-hostile") < report.index("Title of sec-watch")
