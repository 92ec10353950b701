"""A secret that a rule finds is named by its kind and place; the value itself stands in no report, of whatever form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest
from examples import FOLDER, example

from cryotui.audit import audit, rule, select
from cryotui.model.finding import AuditRun
from cryotui.model.review import AuditReview
from cryotui.report import csv, html, json, junit, markdown, sarif, sql, text

TOKEN = re.compile(r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+")
KEY = re.compile(r"hunter22|q1w2e3r4t5y6u7i8o9p0|AKIAQWERTYUIOPASDFGH|xoxb-[\w-]+|ghp_\w+")


@dataclass(frozen=True)
class Kept:
    """An example with secrets in it, and each part of them that would be enough to know one."""

    rule: str
    sql: str
    secrets: Sequence[str]


def _kept(rule_id: str) -> Kept:
    sql = example(FOLDER / f"{rule_id}.sql").sql
    tokens = {part for token in TOKEN.findall(sql) for part in token.split(".")[1:]}
    return Kept(rule_id, sql, sorted(tokens | set(KEY.findall(sql))))


KEPT = [pytest.param(_kept(name), id=name) for name in ("sec-secret-in-source", "sec-secret-in-setting")]


def _every_report(run: AuditRun) -> str:
    return "\n".join(
        (
            *(form.audit_review(AuditReview(run)) for form in (csv, html, json, junit, markdown, sarif, sql, text)),
            repr(run),
        )
    )


@pytest.mark.parametrize("kept", KEPT)
async def test_a_secret_is_found_and_shown_in_no_report(connection: asyncpg.Connection[Any], kept: Kept) -> None:
    await connection.execute(kept.sql)
    run = await audit(connection, [rule(kept.rule)])
    assert len(run.findings) >= 5
    assert len(kept.secrets) >= 4
    reports = _every_report(run)
    assert [secret for secret in kept.secrets if secret in reports] == []


@pytest.mark.parametrize("kept", KEPT)
async def test_no_other_rule_of_the_group_shows_it_either(inside: asyncpg.Connection[Any], kept: Kept) -> None:
    await inside.execute(kept.sql)
    reports = _every_report(await audit(inside, select(["security"])))
    assert [secret for secret in kept.secrets if secret in reports] == []


async def test_a_token_that_is_broken_is_still_a_token(inside: asyncpg.Connection[Any]) -> None:
    await inside.execute(
        "CREATE SCHEMA lab;"
        "CREATE FUNCTION lab.cut() RETURNS text LANGUAGE sql AS $$ SELECT 'eyJhbGciOiJIUzI1NiJ9.eyJhbcdefghij.c2lnbmF0dXJl' $$;"
        "CREATE FUNCTION lab.no_text() RETURNS text LANGUAGE sql"
        " AS $$ SELECT 'eyJhbGciOiJIUzI1NiJ9.eyJ_____________w.c2lnbmF0dXJl' $$"
    )
    run = await audit(inside, [rule("sec-secret-in-source")])
    assert not run.unchecked
    assert {found.object: found.evidence for found in run.findings} == {"lab.cut()": "JWT", "lab.no_text()": "JWT"}


async def test_jobs_that_may_not_be_read_are_no_pass(inside: asyncpg.Connection[Any]) -> None:
    await inside.execute(
        "CREATE SCHEMA cron; CREATE TABLE cron.job (jobid bigint, command text);"
        "CREATE ROLE lab_plain; SET LOCAL ROLE lab_plain"
    )
    (result,) = (await audit(inside, [rule("sec-secret-in-source")])).results
    assert result.missing is not None
    assert "may not read the scheduled jobs" in result.missing.sentence
    assert result.missing.remedy == "GRANT USAGE ON SCHEMA cron TO lab_plain; GRANT SELECT ON cron.job TO lab_plain;"
