"""Applying fixes below the screens: the gate, what was mended already, SQL that is another one by now, all or nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from action_place import Place

from cryotui.actions.fixing import _word
from cryotui.audit import audit, select
from cryotui.model.action import Level, Limits
from cryotui.model.finding import AuditRun, Finding, Severity

RULE = "sec-policy-rls-disabled"
PLANT = "CREATE POLICY own ON molecules USING (id > 0)"


async def _row(place: Place, fix: str | None = None, rule: str = RULE) -> dict[str, Any]:
    """The finding as the Audit pane has it; ``fix`` is what the rule gives as SQL, where it is to be another one."""
    connection = await place.connect()

    async def prove() -> AuditRun:
        run = await audit(connection, select(ids=[rule]))
        if fix is None:
            return run
        result = run.results[0]
        return replace(run, results=(replace(result, findings=tuple(replace(f, fix=fix) for f in result.findings)),))

    (found,) = (await prove()).findings
    return {
        "fix": found.fix, "rule": found.rule, "fingerprint": found.fingerprint, "object": found.object, "prove": prove,
        "valid": found.values.get("valid"),
    }  # fmt: skip


async def _secured(place: Place) -> bool:
    connection = await place.connect()
    return bool(await connection.fetchval("SELECT relrowsecurity FROM pg_class WHERE relname = 'molecules'"))


async def test_a_fix_needs_danger_and_its_object_typed(place: Place) -> None:
    await (await place.connect()).execute(PLANT)
    desk, row = await place.desk(), await _row(place)
    assert "needs level danger" in str((await desk.preview("apply-fix", [row])).refused)
    desk.raise_level(Level.DANGER)
    sheet = await desk.preview("apply-fix", [row])
    assert (sheet.word, sheet.sql) == ("molecules", ("ALTER TABLE public.molecules ENABLE ROW LEVEL SECURITY;",))
    outcome = await desk.start(sheet, "molecules").wait()
    assert outcome.verdict == "verified", outcome.sentence
    assert await _secured(place)


async def test_read_only_and_a_row_without_proof_are_refused(place: Place) -> None:
    await (await place.connect()).execute(PLANT)
    row = await _row(place)
    desk = await place.desk(Limits(read_only=True))
    assert "read-only" in str((await desk.preview("apply-fix", [row])).refused)
    desk = await place.desk()
    desk.raise_level(Level.DANGER)
    bare = {name: value for name, value in row.items() if name != "prove"}
    assert "cannot be run again" in str((await desk.preview("apply-fix", [bare])).refused)
    other = {**row, "fix": "DROP TABLE molecules;"}
    assert "another one by now" in str((await desk.preview("apply-fix", [other])).refused)


async def test_what_was_mended_between_sheet_and_button_is_left_alone(place: Place) -> None:
    admin = await place.connect()
    await admin.execute(PLANT)
    desk = await place.desk()
    desk.raise_level(Level.DANGER)
    sheet = await desk.preview("apply-fix", [await _row(place)])
    await admin.execute("DROP POLICY own ON molecules")
    outcome = await desk.start(sheet, "molecules").wait()
    assert outcome.verdict == "refused"
    assert "finds it no more" in outcome.sentence
    assert not await _secured(place)


async def test_statements_of_a_fix_go_all_or_none_and_one_that_helps_nothing_says_so(place: Place) -> None:
    await (await place.connect()).execute(PLANT)
    desk = await place.desk()
    desk.raise_level(Level.DANGER)
    half = "ALTER TABLE public.molecules ENABLE ROW LEVEL SECURITY;\nDROP TABLE public.nowhere;"
    sheet = await desk.preview("apply-fix", [await _row(place, half)])
    outcome = await desk.start(sheet, "molecules").wait()
    assert outcome.verdict == "failed"
    assert "Nothing has changed" in outcome.sentence
    assert not await _secured(place)
    row = await _row(place, "COMMENT ON TABLE public.molecules IS 'x';")
    outcome = await desk.start(await desk.preview("apply-fix", [row]), "molecules").wait()
    assert outcome.verdict == "no effect"
    assert "still found: 1 policy without effect" in outcome.sentence
    row = await _row(place, "VACUUM public.molecules;")
    assert (await desk.preview("apply-gentle-fix", [row])).word is None


async def test_validating_a_constraint_needs_operate_and_no_word(place: Place) -> None:
    admin = await place.connect()
    await admin.execute("ALTER TABLE molecules ADD CONSTRAINT positive CHECK (id > 0) NOT VALID")
    sheet = await (desk := await place.desk()).preview(
        "apply-gentle-fix", [await _row(place, rule="int-constraint-not-valid")]
    )
    assert (sheet.word, sheet.refused) == (None, None)
    assert sheet.button == "Fix positive"
    assert (await desk.start(sheet).wait()).verdict == "verified"
    assert await admin.fetchval("SELECT convalidated FROM pg_constraint WHERE conname = 'positive'")


async def test_an_invalid_index_is_dropped_at_operate_a_valid_one_never(place: Place) -> None:
    admin = await place.connect()
    await admin.execute("CREATE INDEX left_ccnew ON molecules (id)")
    await admin.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'left_ccnew'::regclass")
    desk, row = await place.desk(), await _row(place, rule="int-invalid-index")
    assert row["fix"] == "DROP INDEX CONCURRENTLY public.left_ccnew;"
    assert [offer.action.name for offer in desk.offered(row)] == ["apply-gentle-fix"]
    assert [offer.action.name for offer in desk.offered({**row, "valid": True})] == ["apply-fix"]
    sheet = await desk.preview("apply-gentle-fix", [row])
    assert sheet.word is None
    assert (await desk.start(sheet).wait()).verdict == "verified"


async def test_a_fix_that_changes_rows_says_how_many_here_and_in_the_action_log(place: Place) -> None:
    admin = await place.connect()
    await admin.execute(PLANT)
    await admin.execute("TRUNCATE molecules; INSERT INTO molecules SELECT generate_series(1, 1204)")
    desk = await place.desk()
    desk.raise_level(Level.DANGER)
    fix = "DELETE FROM public.molecules;\nALTER TABLE public.molecules ENABLE ROW LEVEL SECURITY;"
    outcome = await desk.start(await desk.preview("apply-fix", [await _row(place, fix)]), "molecules").wait()
    assert (outcome.verdict, outcome.details) == ("verified", ("1,204 rows deleted",))
    assert ", 1,204 rows deleted: " in outcome.sentence
    assert "1,204 rows deleted" in desk.log.rows()[0]["sentence"]
    half = f"{PLANT.replace('own', 'other')};\nUPDATE public.molecules SET id = 1;\nDROP TABLE nowhere;"
    await admin.execute("ALTER TABLE molecules DISABLE ROW LEVEL SECURITY")
    outcome = await desk.start(await desk.preview("apply-fix", [await _row(place, half)]), "molecules").wait()
    assert outcome.verdict == "failed"
    assert "Nothing has changed" in outcome.sentence
    assert await admin.fetchval("SELECT count(*) FROM pg_policy WHERE polname = 'other'") == 0


@pytest.mark.parametrize(
    ("values", "object_", "kind", "word"),
    [
        ({"schema": "public", "table": "child", "constraint": "cknv"}, "public.child cknv", "constraint", "cknv"),
        (
            {"schema": "public", "table": "child", "columns": "parent_id"},
            "public.child.parent_id",
            "columns",
            "child.parent_id",
        ),
        ({"schema": "s", "table": "x" * 63}, "s." + "x" * 63, "table", "x" * 63),
        ({"schema": "s", "table": "notes", "policy": "Anyone may\u202e"}, 's.notes "Anyone may"', "policy", "notes"),
        ({"schema": "s", "table": "a  b"}, 's."a  b"', "table", "sec-x"),
    ],
)
def test_what_is_typed_is_a_name_that_can_be_read_never_a_fingerprint(
    values: dict[str, str], object_: str, kind: str, word: str
) -> None:
    assert _word(Finding("sec-x", Severity.BAD, object_, kind, "", "", values=values)) == word
