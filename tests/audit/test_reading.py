"""Rules that look at rows say beforehand how much they read, and stay within what a run may read."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest
from examples import FOLDER, example
from own_rules import own_rule

from cryotui.audit import audit, rule, rules
from cryotui.model.finding import RuleResult
from cryotui.model.review import AuditReview
from cryotui.report import html, json, markdown, text

READERS = [found.id for found in rules() if found.cost in ("K3", "K4")]
ASKING = "SELECT 'all of it' AS object, 600::bigint AS reads, 'SELECT 1 AS found' AS question"


@pytest.mark.parametrize("rule_id", READERS)
async def test_a_rule_that_looks_at_rows_counts_what_it_reads_and_without_a_budget_says_so(
    own: asyncpg.Connection[Any], rule_id: str
) -> None:
    made = example(FOLDER / f"{rule_id}.sql")
    transaction = own.transaction()
    if made.outside:
        for statement in made.statements:
            await own.execute(statement)
    else:
        # roles of an example belong to the whole server
        await transaction.start()
        await own.execute(made.sql)
    (looked,) = (await audit(own, [rule(rule_id)], limits=made.limits)).results
    assert looked.findings and looked.reads > 0
    (kept_out,) = (await audit(own, [rule(rule_id)], limits=made.limits, reading=0)).results
    if not made.outside:
        await transaction.rollback()
    assert kept_out.findings == () and kept_out.reads == 0
    assert kept_out.missing is not None and kept_out.missing.kind == "budget"
    assert "would read" in kept_out.missing.sentence and "--read-budget" in kept_out.missing.sentence


async def test_what_reads_whole_relations_leaves_half_of_the_budget_to_the_rules_after_it_that_read_samples(
    inside: asyncpg.Connection[Any],
) -> None:
    whole = own_rule(ASKING, rule_id="own-whole", cost="K4")
    sample = own_rule(ASKING.replace("600", "500"), rule_id="own-sample", cost="K3")
    catalog = own_rule("SELECT 'a' AS object", rule_id="own-catalog")

    async def run(*asked: Any) -> list[tuple[bool, int]]:
        results: tuple[RuleResult, ...] = (await audit(inside, list(asked), reading=1000)).results
        return [(result.missing is None, result.reads) for result in results]

    assert await run(whole, catalog) == [(True, 600), (True, 0)]
    assert await run(whole, sample) == [(False, 0), (True, 500)]
    assert await run(sample, whole) == [(True, 500), (False, 0)]


async def test_each_report_says_how_much_was_read(inside: asyncpg.Connection[Any]) -> None:
    review = AuditReview(await audit(inside, [own_rule(ASKING.replace("600", "6291456"))]))
    for report in (text, markdown, html):
        assert "about 6M read" in report.audit_review(review)
    assert '"reads": 6291456' in json.audit_review(review)
    nothing = AuditReview(await audit(inside, [own_rule("SELECT 'a' AS object")]))
    assert " read" not in text.audit_review(nothing).splitlines()[1]
