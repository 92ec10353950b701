"""An audit run written down: nothing is left out, nothing of the data is markup, and what was not checked is said."""

from __future__ import annotations

import csv as csv_module
import io
import json as json_module
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from cryotui.model.finding import AuditRun, Finding, RuleResult, Severity
from cryotui.model.review import AuditReview
from cryotui.model.rule import AuditRule
from cryotui.model.sample import Missing
from cryotui.report import csv, json, markdown, text

NASTY = 'public."a|b`c*[x](y)"'


def _rule(rule_id: str, **words: Any) -> AuditRule:
    made: dict[str, Any] = {
        "title": f"Title of {rule_id}",
        "severity": Severity.BAD,
        "group": "integrity",
        "kind": "table",
        "about": "What is found.",
        "why": "Why it matters.",
        "variants": {(): "SELECT 1"},
        "lock": "SHARE",
    }
    return AuditRule(id=rule_id, **{**made, **words})


@pytest.fixture
def run() -> AuditRun:
    fix = 'ALTER TABLE public."a|b`c*[x](y)" ADD x int;\nALTER TABLE other;'
    bad = Finding("int-a", Severity.BAD, NASTY, "table", "12 ``` rows", "A * detail", fix, "DROP it;", {"rows": 12})
    info = Finding(
        "int-a",
        Severity.INFO,
        "auth.users",
        "table",
        "kept",
        "Kept.",
        managed=True,
        values={"managed_by": "schema auth"},
    )
    missing = Missing("privilege", "role lacks SELECT.", "the owner", "GRANT SELECT ON a TO b;", "another way")
    return AuditRun(
        started_at=datetime(2026, 3, 14, 3, 2, tzinfo=UTC),
        seconds=6.2,
        target="prod",
        role="cryo_ops",
        server_version="17.6",
        database="cryoprotect",
        results=(
            RuleResult("int-a", (bad, info), seconds=0.1),
            RuleResult("int-b", missing=missing),
            RuleResult("int-c", seconds=0.2),
        ),
        rules=(_rule("int-a", concurrently=True), _rule("int-b"), _rule("int-c")),
    )


def test_json_is_one_object_with_the_three_verdicts(run: AuditRun) -> None:
    document = json_module.loads(json.audit_review(AuditReview(run)))
    assert list(document) == [
        "schema_version", "run", "target", "server", "role", "compared_with", "findings", "gone", "passed", "could_not_check",
        "idle_waivers",
    ]  # fmt: skip
    assert (document["target"], document["server"]["name"]) == ("prod (cryoprotect)", "prod")
    assert document["run"]["started_at"] == "2026-03-14T03:02:00.000Z"
    first, second = document["findings"]
    assert (first["rule"], first["object"], first["severity"], first["lock"]) == ("int-a", NASTY, "bad", "SHARE")
    assert (second["managed"], second["severity"]) == (True, "info")
    assert [entry["rule"] for entry in document["passed"]] == ["int-c"]
    (unchecked,) = document["could_not_check"]
    assert (unchecked["rule"], unchecked["kind"], unchecked["remedy"]) == (
        "int-b",
        "privilege",
        "GRANT SELECT ON a TO b;",
    )


def test_text_counts_and_names_everything_and_leaves_sql_whole(run: AuditRun) -> None:
    report = text.audit_review(AuditReview(run), 60)
    assert "prod (cryoprotect), PostgreSQL 17.6, as cryo_ops" in report
    assert "■ 1 bad   ▲ 0 watch   ● 0 info   ✓ 1 passed\n ? 1 not checked" in report
    assert 'fix   ALTER TABLE public."a|b`c*[x](y)" ADD x int;' in report
    assert "how    GRANT SELECT ON a TO b;" in report
    assert "schema auth" in report
    assert "Title of int-c" in report


def test_a_run_that_was_cut_off_says_so_first(run: AuditRun) -> None:
    cut = replace(run, complete=False, reason="The connection was lost.")
    assert "INCOMPLETE: The connection was lost." in text.audit_review(AuditReview(cut))
    assert "**incomplete**" in markdown.audit_review(AuditReview(cut))
    assert json_module.loads(json.audit_review(AuditReview(cut)))["run"]["complete"] is False


def test_markdown_takes_nothing_of_the_data_for_markup(run: AuditRun) -> None:
    report = markdown.audit_review(AuditReview(run))
    row = next(line for line in report.splitlines() if line.startswith("| ■"))
    assert row.replace("\\|", "").count("|") == 6
    assert "\\`" in row
    assert "````" not in report.replace("```sql", "").replace("```", "")
    assert "## Could not check" in report
    assert "GRANT SELECT ON a TO b;" in report


def test_a_fence_is_longer_than_the_backticks_in_the_statement(run: AuditRun) -> None:
    finding = replace(run.findings[0], fix="SELECT '```'")
    fenced = replace(run, results=(RuleResult("int-a", (finding,)), *run.results[1:]))
    assert "````sql\nSELECT '```'\n````" in markdown.audit_review(AuditReview(fenced))


def test_csv_has_a_row_for_each_finding_and_each_rule_that_could_not_check(run: AuditRun) -> None:
    rows = list(csv_module.DictReader(io.StringIO(csv.audit_review(AuditReview(run)))))
    assert [row["severity"] for row in rows] == ["bad", "info", "could not check"]
    assert rows[0]["object"] == NASTY


def test_the_page_of_a_rule_tells_all_its_words(run: AuditRun) -> None:
    page = text.rule_page(run.rules[0])
    for word in ("int-a", "What is found.", "Why it matters.", "SHARE", "outside a transaction block", "integrity"):
        assert word in page
    assert json_module.loads(json.rules(run.rules))["rules"][0]["id"] == "int-a"
    assert "int-a" in markdown.rule_page(run.rules[0])
    assert len(text.rules(run.rules).splitlines()) == 3
