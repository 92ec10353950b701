"""What a role cannot see is never a pass: missing grants, row security, locks, builds of others, missing API roles."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest
from dial import Connect

from cryotui.audit import audit, rule, select
from cryotui.model.finding import AuditRun, Finding
from cryotui.model.sample import Missing

ORPHANS = """
CREATE SCHEMA lab;
CREATE TABLE lab.parents (id int PRIMARY KEY);
CREATE TABLE lab.children (id int PRIMARY KEY, parent_id int);
INSERT INTO lab.children VALUES (1, 99);
ALTER TABLE lab.children ADD CONSTRAINT lives FOREIGN KEY (parent_id) REFERENCES lab.parents NOT VALID;
"""


def _why(run: AuditRun, rule_id: str) -> Missing | None:
    return next(result.missing for result in run.results if result.rule == rule_id)


def _found(run: AuditRun, rule_id: str) -> dict[str, Finding]:
    return {finding.object: finding for finding in run.findings if finding.rule == rule_id}


@pytest.mark.parametrize("member_of", [None, "pg_monitor"])
async def test_a_role_that_may_not_read_a_table_does_not_pass_its_rows(
    connection: asyncpg.Connection[Any], member_of: str | None
) -> None:
    await connection.execute(ORPHANS)
    await connection.execute(
        "CREATE TABLE lab.parts (id serial PRIMARY KEY, parent_id int); SELECT nextval('lab.parts_id_seq');"
        "CREATE EXTENSION pg_stat_statements; CREATE EXTENSION amcheck; CREATE PUBLICATION lab_all FOR ALL TABLES;"
        "CREATE TABLE lab.notes (id int PRIMARY KEY, parent_id int); ALTER TABLE lab.notes ENABLE ROW LEVEL SECURITY;"
        "CREATE POLICY mine ON lab.notes USING (parent_id = current_setting('app.id')::int);"
        "CREATE FUNCTION lab.top() RETURNS bigint SECURITY DEFINER LANGUAGE sql AS 'SELECT count(*) FROM lab.parents';"
        "CREATE VIEW lab.seen AS SELECT * FROM lab.notes; CREATE MATERIALIZED VIEW lab.kept AS SELECT * FROM lab.parts;"
        f"CREATE ROLE lab_plain; {f'GRANT {member_of} TO lab_plain;' if member_of else ''} SET LOCAL ROLE lab_plain"
    )
    run = await audit(connection, select(off=True))
    assert run.role == "lab_plain"
    orphans = _why(run, "int-fk-orphan-rows")
    assert orphans is not None
    assert orphans.kind == "privilege"
    assert orphans.remedy == (
        "GRANT USAGE ON SCHEMA lab TO lab_plain; GRANT SELECT ON lab.children, lab.parents TO lab_plain;"
    )
    guessed = _why(run, "int-missing-fk-candidate")
    assert guessed is not None
    assert "lab.parts.parent_id" in guessed.sentence
    sequence = _why(run, "cap-sequence-exhaustion")
    assert sequence is not None
    assert sequence.remedy == "GRANT SELECT ON SEQUENCE lab.parts_id_seq TO lab_plain;"
    passed = {result.rule for result in run.passed}
    assert not passed & {"int-fk-orphan-rows", "int-missing-fk-candidate", "cap-sequence-exhaustion"}
    for missing in (result.missing for result in run.unchecked):
        assert missing is not None
        # nothing comes out as a bare refusal of the server: a right that is missing has a name
        assert missing.kind in ("privilege", "role", "version", "setting", "unmeasured"), missing
        assert "42501" not in missing.sentence, missing
        if missing.kind == "privilege":
            assert missing.who == "a superuser" if missing.remedy is None else missing.remedy.startswith("GRANT "), (
                missing
            )
    # what stands in the catalogs is seen by everybody
    assert "lab.children lives" in _found(run, "int-constraint-not-valid")


async def test_the_grants_that_are_named_are_enough(inside: asyncpg.Connection[Any]) -> None:
    await inside.execute(ORPHANS)
    await inside.execute("CREATE ROLE lab_plain; SET LOCAL ROLE lab_plain")
    why = _why(await audit(inside, [rule("int-fk-orphan-rows")]), "int-fk-orphan-rows")
    assert why is not None and why.remedy is not None
    await inside.execute(f"RESET ROLE; {why.remedy} SET LOCAL ROLE lab_plain")
    run = await audit(inside, [rule("int-fk-orphan-rows")])
    assert list(_found(run, "int-fk-orphan-rows")) == ["lab.children.parent_id"]
    assert not run.unchecked


@pytest.mark.parametrize("hidden", ["lab.parents", "lab.children"])
async def test_row_security_that_hides_rows_is_told_instead_of_a_wrong_count(
    inside: asyncpg.Connection[Any], hidden: str
) -> None:
    await inside.execute(ORPHANS)
    await inside.execute(
        "CREATE ROLE lab_plain; GRANT USAGE ON SCHEMA lab TO lab_plain; GRANT SELECT ON ALL TABLES IN SCHEMA lab TO lab_plain;"
        f"ALTER TABLE {hidden} ENABLE ROW LEVEL SECURITY; SET LOCAL ROLE lab_plain"
    )
    run = await audit(inside, [rule("int-fk-orphan-rows")])
    why = _why(run, "int-fk-orphan-rows")
    assert why is not None
    assert (why.kind, "row security hides rows" in why.sentence) == ("privilege", True)
    assert not run.findings


async def test_without_the_roles_of_an_api_its_rules_cannot_check(inside: asyncpg.Connection[Any]) -> None:
    run = await audit(inside, [rule("sec-rls-disabled-exposed")])
    why = _why(run, "sec-rls-disabled-exposed")
    assert why is not None
    assert why.kind == "role"
    assert not run.passed


async def test_which_schemas_the_api_serves_is_read_from_its_settings_and_can_be_overruled(
    inside: asyncpg.Connection[Any],
) -> None:
    await inside.execute(
        "CREATE ROLE anon; CREATE ROLE authenticator; CREATE SCHEMA api; GRANT USAGE ON SCHEMA api, public TO anon;"
        "CREATE TABLE api.t (a int); CREATE TABLE public.lab_t (a int); GRANT SELECT ON api.t, public.lab_t TO anon"
    )
    only = [rule("sec-rls-disabled-exposed")]

    async def severities(**words: Any) -> dict[str, str]:
        run = await audit(inside, only, **words)
        return {finding.object: finding.severity.value for finding in run.findings}

    assert await severities() == {"api.t": "watch", "public.lab_t": "bad"}
    await inside.execute("ALTER ROLE authenticator SET pgrst.db_schemas = 'api , extra'")
    assert await severities() == {"api.t": "bad", "public.lab_t": "info"}
    assert await severities(api_schemas=["public"]) == {"api.t": "info", "public.lab_t": "bad"}


async def test_a_locked_table_hinders_only_the_look_at_its_rows(connect: Connect, database_all: str) -> None:
    holder, looker = [await connect(database_all) for _ in range(2)]
    await holder.execute(ORPHANS)
    await holder.execute(
        "CREATE INDEX twice_1 ON lab.children (lower(id::text)); CREATE INDEX twice_2 ON lab.children (lower(id::text));"
        "ALTER TABLE lab.children ADD CONSTRAINT positive CHECK (id > 0) NOT VALID;"
        "CREATE TABLE lab.others (parent_id int); INSERT INTO lab.others VALUES (98);"
        "ALTER TABLE lab.others ADD FOREIGN KEY (parent_id) REFERENCES lab.parents NOT VALID"
    )
    before = {result.rule for result in (await audit(looker, select(off=True))).unchecked}
    await holder.execute("BEGIN; LOCK TABLE lab.children IN ACCESS EXCLUSIVE MODE")
    run = await audit(looker, select(off=True))
    hindered = {
        result.rule: result.missing.kind for result in run.unchecked if result.missing and result.rule not in before
    }
    assert hindered == {"int-fk-orphan-rows": "locked", "cap-int-key-exhaustion": "locked"}
    assert list(_found(run, "int-fk-orphan-rows")) == ["lab.others.parent_id"]
    assert _found(run, "perf-duplicate-index")["lab.twice_2"].undo is None
    assert set(_found(run, "int-constraint-not-valid")) >= {"lab.children lives", "lab.children positive"}


async def test_an_index_that_is_being_built_is_no_finding_and_for_a_blind_role_unknown(
    connect: Connect, database: str
) -> None:
    writer, builder, looker = [await connect(database) for _ in range(3)]
    await builder.execute("CREATE TABLE t (a int); CREATE ROLE lab_blind_builder")
    await writer.execute("BEGIN; INSERT INTO t VALUES (1)")
    build = asyncio.create_task(builder.execute("CREATE INDEX CONCURRENTLY slowly ON t (a)"))
    there = "SELECT count(*) FROM pg_index WHERE indexrelid = to_regclass('slowly') AND NOT indisvalid"
    async with asyncio.timeout(60):
        while not await looker.fetchval(there):
            await asyncio.sleep(0.05)
    only = [rule("int-invalid-index")]
    run = await audit(looker, only)
    assert (run.findings, len(run.passed)) == ((), 1)
    await looker.execute("SET ROLE lab_blind_builder")
    run = await audit(looker, only)
    why = _why(run, "int-invalid-index")
    assert why is not None
    assert why.remedy == "GRANT pg_read_all_stats TO lab_blind_builder;"
    assert not run.findings
    await looker.execute("RESET ROLE")
    await looker.execute(f"SELECT pg_cancel_backend({builder.get_server_pid()})")
    with pytest.raises(asyncpg.QueryCanceledError):
        await build
    await writer.execute("ROLLBACK")
    run = await audit(looker, only)
    assert list(_found(run, "int-invalid-index")) == ["public.slowly"]
    assert run.findings[0].fix is not None and "size -" not in run.findings[0].detail
    await looker.execute(run.findings[0].fix)
    assert not (await audit(looker, only)).findings
    await looker.execute("DROP ROLE lab_blind_builder")


async def test_a_size_that_is_not_known_is_not_spoken_of(own: asyncpg.Connection[Any]) -> None:
    await own.execute("CREATE TABLE t WITH (autovacuum_enabled = off) AS SELECT generate_series(1, 12000) AS a")
    only = [rule("perf-never-vacuumed")]
    run = await audit(own, only)
    async with asyncio.timeout(60):
        while not run.findings:  # the server hands its counters over a little later
            await asyncio.sleep(0.2)
            run = await audit(own, only)
    assert _found(run, "perf-never-vacuumed")["public.t"].detail == (
        "About 12k rows: an estimate of the statistics, which count what sessions report. Autovacuum is switched off for it."
    )


async def test_a_sample_without_orphans_is_no_proof(inside: asyncpg.Connection[Any]) -> None:
    await inside.execute(
        "CREATE SCHEMA lab; CREATE TABLE lab.parents (id int PRIMARY KEY); INSERT INTO lab.parents VALUES (1);"
        "CREATE TABLE lab.many (parent_id int); INSERT INTO lab.many SELECT 1 FROM generate_series(1, 50000);"
        "ALTER TABLE lab.many ADD FOREIGN KEY (parent_id) REFERENCES lab.parents NOT VALID; ANALYZE lab.many"
    )
    only, limits = [rule("int-fk-orphan-rows")], {"int-fk-orphan-rows.pages": 100}
    run = await audit(inside, only, limits=limits)
    why = _why(run, "int-fk-orphan-rows")
    assert why is not None
    assert "VALIDATE CONSTRAINT proves it" in why.sentence
    await inside.execute(
        "DROP TABLE lab.many; CREATE TABLE lab.many (parent_id int);"
        "INSERT INTO lab.many SELECT 1 + n % 2 FROM generate_series(1, 50000) AS n;"
        "ALTER TABLE lab.many ADD FOREIGN KEY (parent_id) REFERENCES lab.parents NOT VALID; ANALYZE lab.many"
    )
    run = await audit(inside, only, limits=limits)
    assert run.findings[0].evidence.endswith("+ lack a parent")
    assert len((await audit(inside, only, limits={"int-fk-orphan-rows.most": 10})).findings) == 1
