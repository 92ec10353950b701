"""Applying fixes below the screens: the gate, what was mended already, SQL that is another one by now, all or nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from action_place import Place

from cryotui.audit import audit, select
from cryotui.model.action import Level, Limits
from cryotui.model.finding import AuditRun

RULE = "sec-policy-rls-disabled"
PLANT = "CREATE POLICY own ON molecules USING (id > 0)"


async def _row(place: Place, fix: str | None = None) -> dict[str, Any]:
    """The finding as the Audit pane has it; ``fix`` is what the rule gives as SQL, where it is to be another one."""
    connection = await place.connect()

    async def prove() -> AuditRun:
        run = await audit(connection, select(ids=[RULE]))
        if fix is None:
            return run
        result = run.results[0]
        return replace(run, results=(replace(result, findings=tuple(replace(f, fix=fix) for f in result.findings)),))

    (found,) = (await prove()).findings
    return {
        "fix": found.fix, "rule": found.rule, "fingerprint": found.fingerprint, "object": found.object, "prove": prove,
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
