"""The SARIF log is one: the public schema of 2.1.0 takes it, and what is told apart elsewhere is told apart in it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, FormatChecker
from report_examples import NAMES, qualified

from cryotui.model.finding import AuditRun, Severity
from cryotui.model.review import AuditReview
from cryotui.report import sarif

SCHEMA = json.loads((Path(__file__).parent / "data" / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))


def _log(review: AuditReview, only_new: bool = False) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(sarif.audit_review(review, only_new))
    problems = Draft4Validator(SCHEMA, format_checker=FormatChecker()).iter_errors(log)
    assert [(list(problem.absolute_path), problem.message) for problem in problems] == []
    run: dict[str, Any] = log["runs"][0]
    return run


def test_the_schema_would_refuse_a_log_that_is_none() -> None:
    assert not Draft4Validator(SCHEMA).is_valid({"version": "2.1.0", "runs": [{"results": []}]})


@pytest.mark.parametrize("only_new", [False, True])
def test_the_schema_takes_a_log_with_everything(review: AuditReview, only_new: bool) -> None:
    _log(review, only_new)


def test_the_schema_takes_a_log_of_nothing(run: AuditRun) -> None:
    empty = replace(run, results=(), rules=(), complete=True, reason=None, database="")
    assert _log(AuditReview(empty))["results"] == []


def test_what_is_new_still_there_gone_waived_and_managed_is_told_apart(review: AuditReview) -> None:
    listed = _log(review)["results"]
    results = {result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]: result for result in listed}
    assert results[qualified(NAMES[0])]["baselineState"] == "new"
    assert results[qualified(NAMES[1])]["baselineState"] == "unchanged"
    assert [result["ruleId"] for result in listed if result.get("baselineState") == "absent"] == ["perf-passed"]
    assert "waived by dba" in results["public.waived"]["suppressions"][0]["justification"]
    assert "suppressions" not in results["public.expired"]
    assert (results["auth.users"]["kind"], results["auth.users"]["level"]) == ("informational", "none")
    assert results["public.waived"]["level"] == "warning"


def test_what_could_not_be_checked_is_a_notification_and_no_result(review: AuditReview) -> None:
    (invocation,) = _log(review)["invocations"]
    assert invocation["executionSuccessful"] is False
    notes = invocation["toolExecutionNotifications"]
    assert [note.get("associatedRule", {}).get("id") for note in notes] == ["sec-watch", "cap-blind", None]
    assert "connection was lost" in notes[-1]["message"]["text"]
    assert "cap-blind" not in {result["ruleId"] for result in _log(review)["results"]}


def test_a_result_points_at_its_rule_and_its_fingerprint_is_that_of_rule_and_object(review: AuditReview) -> None:
    run = _log(review)
    prints = [result["partialFingerprints"][sarif.FINGERPRINT] for result in run["results"]]
    assert len(set(prints)) == len(prints)
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    found = review.run.findings[0]
    again = replace(found, severity=Severity.INFO, evidence="other", detail="Other.", fix=None, values={"oid": 99999})
    assert again.fingerprint == found.fingerprint


def test_data_makes_no_link_in_a_message(review: AuditReview) -> None:
    texts = [result["message"]["text"] for result in _log(review)["results"]]
    (text,) = [text for text in texts if "example.org" in text]
    assert "\\[link](0) \\[other](https://example.org)" in text


def test_only_new_leaves_out_what_was_there_and_what_is_gone(review: AuditReview) -> None:
    states = {result.get("baselineState") for result in _log(review, only_new=True)["results"]}
    assert states == {"new"}
