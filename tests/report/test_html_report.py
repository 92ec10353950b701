"""The HTML page: one file without network or script, in which data is text and nothing else."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

from report_examples import NAMES, qualified

from cryotui.model.finding import AuditRun, Finding, RuleResult, Severity
from cryotui.model.review import AuditReview
from cryotui.report import html

NO_END = frozenset({"meta", "th", "td"})
"""Tags of the page that have no end tag, by the standard's leave."""


class Page(HTMLParser):
    """The tags, attributes and texts of a page."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str | None]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in NO_END:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def _harmless(review: AuditReview) -> AuditReview:
    """The same review with harmless names and words."""
    plain = [
        replace(
            result,
            findings=tuple(
                replace(found, object=f"o{n}", evidence="e", detail="d", fix=found.fix and "f", undo=found.undo and "u")
                for n, found in enumerate(result.findings)
            ),
        )
        for result in review.run.results
    ]
    standings = {
        new.fingerprint: review.standing(old)
        for after, before in zip(plain, review.run.results, strict=True)
        for new, old in zip(after.findings, before.findings, strict=True)
    }
    return replace(review, run=replace(review.run, results=tuple(plain), target="t"), standings=standings)


def test_hostile_names_make_no_tag_and_no_attribute(review: AuditReview) -> None:
    page, plain = Page(html.audit_review(review)), Page(html.audit_review(_harmless(review)))
    assert page.tags == plain.tags
    assert {(tag, name) for tag, name, _ in page.attributes} == {(tag, name) for tag, name, _ in plain.attributes}
    assert page.open == plain.open == []
    text = "".join(page.texts)
    for name in NAMES:
        assert qualified(name) in text


def test_the_page_has_no_script_and_asks_no_network(review: AuditReview) -> None:
    source = html.audit_review(review, signed_off_by="<script>")
    page = Page(source)
    policies = [value for _, _, value in page.attributes if (value or "").startswith("default-src")]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]
    assert source.index("Content-Security-Policy") < source.index("<style")
    loading = {"script", "img", "link", "iframe", "object", "embed", "form", "base", "svg", "video", "audio", "source"}
    assert not set(page.tags) & loading
    known = {"lang", "charset", "name", "content", "http-equiv", "class", "id", "href", "rel"}
    assert {name for _, name, _ in page.attributes} <= known
    assert {tag for tag, name, _ in page.attributes if name == "href"} == {"a"}
    assert not re.search(r"url\(|@import|//", html.STYLE.read_text(encoding="utf-8"))


def test_a_link_in_the_page_leads_to_a_finding_that_is_there(review: AuditReview) -> None:
    page = Page(html.audit_review(review))
    targets = {value for _, name, value in page.attributes if name == "id"}
    inner = {str(value)[1:] for _, name, value in page.attributes if name == "href" and str(value).startswith("#")}
    assert inner == targets == {found.fingerprint for found in review.open}


def test_it_says_what_was_not_checked_what_was_cut_off_and_who_signs(review: AuditReview) -> None:
    text = "".join(Page(html.audit_review(review, signed_off_by="Ada <dba>")).texts)
    for said in (
        "Incomplete:",
        "The connection was lost.",
        "Needs PostgreSQL 16.",
        "GRANT SELECT ON a TO b;",
        "Ada <dba>",
        "waived by dba until 31 Jan 2027: the <i>yearly</i> report",
        "was waived by dba until 31 Jan 2026",
        "Gone, compared with",
        "auth.users",
        "Title of perf-passed",
    ):
        assert said in text


def test_thousands_of_findings_are_all_there(run: AuditRun) -> None:
    many = tuple(
        Finding("int-hostile", Severity.BAD, f"public.t{number}", "table", "no key", "A detail.", "SELECT 1;")
        for number in range(5000)
    )
    large = replace(run, results=(RuleResult("int-hostile", many), *run.results[1:]))
    page = Page(html.audit_review(AuditReview(large)))
    assert page.tags["article"] == 5000 + 2 + len(run.unchecked)
