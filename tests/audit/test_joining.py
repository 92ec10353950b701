"""A run of some rules in the review of more: what was not run stays, what is mended is gone."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime

import asyncpg

from cryotui.audit import audit, select
from cryotui.audit.joining import joined, waived_anew
from cryotui.audit.known import review
from cryotui.model.finding import AuditRun, Finding, RuleResult, Severity
from cryotui.model.review import AuditReview, Standing, Waiver
from cryotui.model.rule import AuditRule
from cryotui.model.sample import Missing

AT = datetime(2026, 3, 14, 3, 2, tzinfo=UTC)


def _rule(rule_id: str) -> AuditRule:
    return AuditRule(rule_id, rule_id, Severity.BAD, "security", "table", "a", "b", {(): "SELECT 1"})


def _found(rule_id: str, name: str) -> Finding:
    return Finding(rule_id, Severity.BAD, name, "table", "x", "y")


def _run(*results: RuleResult, database: str = "lab") -> AuditRun:
    rules = tuple(_rule(result.rule) for result in results)
    return AuditRun(AT, 1.0, "prod", "ops", "18.1", results, rules=rules, database=database, system_identifier="1")


A, B, C = _found("r1", "a"), _found("r1", "b"), _found("r2", "c")
OLD = AuditReview(
    _run(RuleResult("r1", (A, B)), RuleResult("r2", (C,))),
    {A.fingerprint: Standing("new", AT), B.fingerprint: Standing("still", AT), C.fingerprint: Standing("still", AT)},
)


def test_findings_of_rules_that_were_not_run_stay_and_mended_ones_are_gone() -> None:
    new = joined(OLD, review(_run(RuleResult("r1", (A,)))), whole=False)
    assert [found.object for found in new.run.findings] == ["a", "c"]
    assert [gone.object for gone in new.gone] == ["b"]
    assert new.standing(A).state == "new"
    assert new.standing(C).state == "still"


def test_a_rule_that_could_not_look_makes_nothing_gone() -> None:
    new = joined(OLD, review(_run(RuleResult("r1", (), Missing("lost", "gone")))))
    assert new.gone == ()
    assert [result.rule for result in new.run.unchecked] == ["r1"]


def test_a_run_of_everything_or_of_another_database_takes_its_place() -> None:
    whole = review(_run(RuleResult("r1"), RuleResult("r2")))
    assert joined(OLD, whole) is whole
    other = review(_run(RuleResult("r1"), database="other"))
    assert joined(OLD, other) is other
    assert joined(None, other) is other


def test_a_waiver_holds_at_once_and_an_expired_one_is_named() -> None:
    kept = Waiver("known", "anna", None, fingerprint=A.fingerprint)
    over = Waiver("known", "anna", date(2026, 1, 1), fingerprint=C.fingerprint)
    new = waived_anew(OLD, (kept, over), date(2026, 3, 14))
    assert [found.object for found in new.waived] == ["a"]
    assert new.standing(C).expired is over
    assert new.standing(C).state == "still"
    assert waived_anew(new, (), date(2026, 3, 14)).waived == ()


async def test_a_stopped_run_keeps_what_it_found_and_says_what_was_not_looked_at(own: asyncpg.Connection) -> None:
    stop = asyncio.Event()
    done: list[str] = []

    def progress(number: int, total: int, title: str) -> None:
        done.append(title)
        if number == 3:
            stop.set()

    run = await audit(own, select(["security"]), on_progress=progress, stop=stop)
    assert not run.complete
    assert run.reason == "It was stopped by hand."
    assert len(run.results) == len(run.rules) > 4
    assert all(result.missing and "stopped by hand" in result.missing.sentence for result in run.results[3:])
    assert await own.fetchval("SELECT 1") == 1
