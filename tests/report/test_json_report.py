"""The JSON report is what its page says, key by key, and serves as the baseline of a later run."""

from __future__ import annotations

import json as json_module
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from cryotui.audit.known import review as compared
from cryotui.model.errors import UsageError
from cryotui.model.review import AuditReview
from cryotui.model.sample import MissingKind
from cryotui.report import json

PAGE = (Path(json.__file__).parent / "README.md").read_text(encoding="utf-8")


def _documented(section: str) -> dict[str, str]:
    """Keys and types of a section of the page, in its order."""
    (body,) = re.findall(rf"^## {section}$(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    return dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", body, re.MULTILINE))


def _fits(value: Any, words: str) -> bool:
    fits = {
        "text": isinstance(value, str),
        "time": isinstance(value, str) and bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value)),
        "date": isinstance(value, str) and bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value)),
        "integer": type(value) is int,
        "number": type(value) in (int, float),
        "true": value is True,
        "false": value is False,
        "null": value is None,
        "object": isinstance(value, dict),
        "array": isinstance(value, list),
        "array of text": isinstance(value, list) and all(isinstance(item, str) for item in value),
    }
    return any(fits[word] for word in words.strip().split(" or "))


def _agrees(written: dict[str, Any], section: str) -> None:
    documented = _documented(section)
    assert list(written) == list(documented)
    assert [key for key, value in written.items() if not _fits(value, documented[key])] == []


def test_the_page_names_every_key_that_is_written_with_its_type_and_no_other(review: AuditReview) -> None:
    document = json_module.loads(json.audit_review(review))
    _agrees(document, "The object")
    for section in ("run", "server", "compared_with"):
        _agrees(document[section], section)
    for section in ("findings", "gone", "passed", "could_not_check"):
        assert document[section]
        for entry in document[section]:
            _agrees(entry, section)
    waivers = [found[key] for found in document["findings"] for key in ("waived", "waiver_expired") if found[key]]
    assert len(waivers) == 2
    for waiver in waivers:
        _agrees(waiver, "waived")


def test_the_page_tells_the_version_and_the_reasons_there_are() -> None:
    assert f"`schema_version` is {json.SCHEMA_VERSION}." in PAGE
    (line,) = [line for line in PAGE.splitlines() if line.startswith("| `kind` | text | privilege")]
    assert set(get_args(MissingKind)) == set(re.findall(r"\w+", line.split("|")[3])) - {"or"}


def test_a_report_is_the_baseline_in_which_nothing_is_new(review: AuditReview) -> None:
    known = json.known(json.audit_review(review), "before.json")
    counted = review.run.counted
    assert set(known.findings) == {found.fingerprint for found in counted}
    assert set(known.looked) == {"int-hostile", "perf-passed"}
    assert {known.findings[found.fingerprint].object for found in counted} == {found.object for found in counted}
    states = {found.rule: compared(review.run, known).standing(found).state for found in review.run.counted}
    assert states["int-hostile"] == "still"


def test_a_finding_that_the_baseline_lacks_is_new(review: AuditReview) -> None:
    first, *others = review.run.results
    less = replace(review.run, results=(replace(first, findings=first.findings[1:]), *others))
    known = json.known(json.audit_review(replace(review, run=less)), "before.json")
    now = compared(review.run, known)
    assert [found for found in now.fresh if now.standing(found).state == "new"] == [first.findings[0]]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema_version": 1}', "null", '{"schema_version": 2}'])
def test_what_is_no_report_is_no_baseline(text: str) -> None:
    with pytest.raises(UsageError, match=r"other\.json"):
        json.known(text, "other.json")
