"""A finding about rows says with which SELECT to look at them; no finding shows what stands in a row."""

from __future__ import annotations

import json
from typing import Any

import asyncpg
import pytest

from cryotui.audit import audit, rule
from cryotui.audit.known import review
from cryotui.report import html, markdown, text
from cryotui.report import json as as_json

ROWS = """
CREATE SCHEMA lab;
CREATE TABLE lab.parents (id text PRIMARY KEY);
INSERT INTO lab.parents SELECT 'known-' || n FROM generate_series(1, 20) AS n;
CREATE TABLE lab.children (id int PRIMARY KEY, parent_id text);
INSERT INTO lab.children SELECT n, 'known-' || n FROM generate_series(1, 20) AS n;
INSERT INTO lab.children VALUES (98, 'patient 4711'), (99, 'patient 4712');
"""
NOT_VALID = "ALTER TABLE lab.children ADD FOREIGN KEY (parent_id) REFERENCES lab.parents NOT VALID"
LOBS = "SELECT lo_create(4242); CREATE TABLE lab.pictures (picture oid)"


@pytest.mark.parametrize(
    ("rule_id", "more", "seen"),
    [
        ("int-fk-orphan-rows", NOT_VALID, [98, 99]),
        ("int-missing-fk-candidate", "", [98, 99]),
        ("int-orphan-large-objects", LOBS, [4242]),
    ],
)
async def test_the_select_shows_the_rows_and_every_report_has_it(
    inside: asyncpg.Connection[Any], rule_id: str, more: str, seen: list[int]
) -> None:
    await inside.execute(f"{ROWS} {more}")
    run = await audit(inside, [rule(rule_id)])
    (found,) = run.findings
    assert found.look is not None
    assert sorted(row[0] for row in await inside.fetch(found.look)) == seen
    reviewed = review(run)
    (written,) = json.loads(as_json.audit_review(reviewed))["findings"]
    assert written["look"] == found.look
    for report in (text, markdown, html, as_json):
        page = report.audit_review(reviewed)
        assert "LIMIT 20;" in page
        assert "patient" not in page


async def test_what_a_fix_takes_from_rows_no_undo_pretends_to_bring_back(inside: asyncpg.Connection[Any]) -> None:
    await inside.execute(ROWS)
    (guessed,) = (await audit(inside, [rule("int-missing-fk-candidate")])).findings
    assert guessed.fix is not None and guessed.fix.startswith("UPDATE ")
    assert guessed.undo is None and "does not come back" in guessed.detail
    assert str(guessed.values["lock"]).startswith("ROW EXCLUSIVE while rows are changed")
    await inside.execute("DELETE FROM lab.children WHERE id > 90")
    (whole,) = (await audit(inside, [rule("int-missing-fk-candidate")])).findings
    assert whole.undo == "ALTER TABLE lab.children DROP CONSTRAINT children_parent_id_fkey;"
    assert whole.look is None


async def test_the_undo_of_columns_taken_away_leaves_the_rights_as_they_were(inside: asyncpg.Connection[Any]) -> None:
    await inside.execute(
        "CREATE ROLE anon; CREATE ROLE authenticated; CREATE TABLE public.people (id int, name text, password text);"
        "GRANT USAGE ON SCHEMA public TO anon; GRANT SELECT ON public.people TO anon"
    )
    rights = (
        "SELECT relacl::text, ARRAY(SELECT attacl::text FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0)"
        " FROM pg_class AS c WHERE oid = 'public.people'::regclass"
    )
    before = await inside.fetchrow(rights)
    (found,) = (await audit(inside, [rule("sec-sensitive-columns")])).findings
    assert found.fix is not None and found.undo is not None
    await inside.execute(found.fix)
    assert not await inside.fetchval("SELECT has_column_privilege('anon', 'public.people', 'password', 'SELECT')")
    await inside.execute(found.undo)
    assert await inside.fetchrow(rights) == before


async def test_the_undo_of_a_policy_that_is_always_true_is_the_condition_that_was_there(
    inside: asyncpg.Connection[Any],
) -> None:
    await inside.execute(
        "CREATE ROLE anon; CREATE ROLE authenticated; CREATE SCHEMA auth;"
        "CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS 'SELECT null::uuid';"
        "CREATE TABLE public.notes (v int, user_id uuid); GRANT SELECT ON public.notes TO anon;"
        "ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY;"
        "CREATE POLICY odd ON public.notes FOR SELECT TO anon USING (1 = 1 OR v IS NULL)"
    )
    written = "SELECT pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polname = 'odd'"
    before = await inside.fetchval(written)
    (found,) = (await audit(inside, [rule("sec-rls-always-true")])).findings
    assert before in found.detail and "USING (true)" not in found.evidence
    assert found.fix is not None and found.undo is not None
    await inside.execute(found.fix)
    assert await inside.fetchval(written) != before
    await inside.execute(found.undo)
    assert await inside.fetchval(written) == before
