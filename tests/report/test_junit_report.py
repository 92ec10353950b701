"""JUnit XML: what CI counts is what the audit says, and no sign of a name breaks the file."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from cryotui.model.finding import Severity
from cryotui.model.review import AuditReview
from cryotui.report import junit


def _suite(review: AuditReview, fail_on: Severity | None = Severity.BAD, only_new: bool = False) -> ElementTree.Element:
    root = ElementTree.fromstring(junit.audit_review(review, fail_on, only_new).encode())
    assert root.tag == "testsuites"
    (suite,) = root
    for tag, attribute in (("testcase", "tests"), ("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        number = len(list(suite.iter(tag)))
        assert suite.get(attribute) == root.get(attribute) == str(number), attribute
    return suite


def _verdicts(suite: ElementTree.Element) -> dict[str, str]:
    kinds = ("failure", "error", "skipped")
    return {
        str(case.get("name")).partition(":")[0]: next((part.tag for part in case if part.tag in kinds), "passed")
        for case in suite.iter("testcase")
    }


@pytest.mark.parametrize(
    ("fail_on", "watched"), [(Severity.BAD, "skipped"), (Severity.WATCH, "failure"), (Severity.INFO, "failure")]
)
def test_a_finding_fails_by_the_severity_asked_for(review: AuditReview, fail_on: Severity, watched: str) -> None:
    assert _verdicts(_suite(review, fail_on)) == {
        "int-hostile": "failure",
        "sec-watch": watched,
        "cap-blind": "skipped",
        "perf-passed": "passed",
        "The run was cut off": "error",
    }


def test_nothing_fails_where_never_is_asked_for_and_what_was_not_checked_is_no_pass(review: AuditReview) -> None:
    whole = replace(review, run=replace(review.run, complete=True, reason=None))
    assert _verdicts(_suite(whole, None)) == {
        "int-hostile": "passed",
        "sec-watch": "skipped",
        "cap-blind": "skipped",
        "perf-passed": "passed",
    }


def test_only_what_is_new_fails_where_only_that_is_asked_for(review: AuditReview) -> None:
    still = {found.fingerprint: replace(review.standing(found), state="still") for found in review.run.findings}
    assert _verdicts(_suite(replace(review, standings=still), only_new=True))["int-hostile"] == "passed"


def test_signs_that_no_xml_can_hold_are_written_out(review: AuditReview) -> None:
    found = replace(review.run.findings[0], object="a\x00b\x1b\ufffe]]><c>", evidence="\x07\ud800")
    results = (replace(review.run.results[0], findings=(found,)), *review.run.results[1:])
    suite = _suite(replace(review, run=replace(review.run, results=results)))
    (failure,) = suite.iter("failure")
    assert "a\\u0000b\\u001b\\ufffe]]><c>: \\u0007\\ud800" in str(failure.text)
    assert {case.get("time") for case in suite.iter("testcase")} == {"0.100", "0.200", "0.000", "0.300", "0"}
