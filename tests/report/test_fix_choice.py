"""The script of fixes as it stands, on a schema full of traps: it ends well, opens nothing and decides nothing."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from cryotui.audit import run, select
from cryotui.model.finding import AuditRun, Severity
from cryotui.model.fixplan import Planned, planned
from cryotui.model.fixrisk import Risk
from cryotui.model.review import AuditReview
from cryotui.model.settings import Settings
from cryotui.pg.destination import find
from cryotui.report import sql

PSQL = shutil.which("psql")
TRAPS = Path(__file__).parent / "data" / "traps.sql"
EVERYTHING = tuple(Risk)

RIGHTS = """
WITH mine AS (SELECT oid FROM pg_class WHERE oid >= 16384
              EXCEPT SELECT objid FROM pg_depend WHERE classid = 'pg_class'::regclass AND deptype = 'e')
SELECT r.rolname, 'table', c.oid::regclass::text, p.name
FROM pg_roles r CROSS JOIN pg_class c CROSS JOIN unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE','TRUNCATE']) p (name)
WHERE r.rolname IN ('anon', 'authenticated') AND c.relkind IN ('r', 'v', 'm', 'p') AND c.oid IN (SELECT oid FROM mine)
  AND has_table_privilege(r.oid, c.oid, p.name)
UNION ALL
SELECT r.rolname, 'column', c.oid::regclass::text, a.attname || ' ' || p.name
FROM pg_roles r CROSS JOIN pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
CROSS JOIN unnest(ARRAY['SELECT','INSERT','UPDATE']) p (name)
WHERE r.rolname IN ('anon', 'authenticated') AND c.relkind IN ('r', 'v', 'm', 'p') AND c.oid IN (SELECT oid FROM mine)
  AND has_column_privilege(r.oid, c.oid, a.attnum, p.name)
UNION ALL
SELECT r.rolname, 'function', f.oid::regprocedure::text, 'EXECUTE'
FROM pg_roles r CROSS JOIN pg_proc f
WHERE r.rolname IN ('anon', 'authenticated') AND f.oid >= 16384 AND f.proname !~ '^pg_stat_statements'
  AND has_function_privilege(r.oid, f.oid, 'EXECUTE')
UNION ALL
SELECT r.rolname, 'explicit', f.oid::regprocedure::text, a.privilege_type
FROM pg_proc f CROSS JOIN aclexplode(f.proacl) a JOIN pg_roles r ON r.oid = a.grantee
WHERE r.rolname IN ('anon', 'authenticated') AND f.oid >= 16384
UNION ALL
SELECT r.rolname, 'schema', n.nspname, p.name
FROM pg_roles r CROSS JOIN pg_namespace n CROSS JOIN unnest(ARRAY['USAGE','CREATE']) p (name)
WHERE r.rolname IN ('anon', 'authenticated') AND n.nspname !~ '^pg_' AND has_schema_privilege(r.oid, n.oid, p.name)
"""
"""What the roles of the API may do, and what is granted to them by name; a new extension brings rights of its own."""

DECIDED = """
SELECT 'role', rolname, row(rolsuper, rolbypassrls, rolcanlogin, rolcreaterole, rolconfig)::text FROM pg_roles
UNION ALL SELECT 'policy', polrelid::regclass || ' ' || polname,
       concat(pg_get_expr(polqual, polrelid), '|', pg_get_expr(polwithcheck, polrelid), '|', polroles::text) FROM pg_policy
UNION ALL SELECT 'table', oid::regclass::text, row(relacl, relrowsecurity, relforcerowsecurity)::text
FROM pg_class WHERE oid >= 16384 AND relkind IN ('r', 'v', 'm', 'p')
UNION ALL SELECT 'function', oid::regprocedure::text, row(proacl, proconfig, prosecdef)::text FROM pg_proc WHERE oid >= 16384
UNION ALL SELECT 'trigger', tgrelid::regclass || ' ' || tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'default', defaclobjtype::text, defaclacl::text FROM pg_default_acl
UNION ALL SELECT 'setting', name, setting FROM pg_file_settings
UNION ALL SELECT 'constraint', conrelid::regclass || ' ' || conname, contype::text FROM pg_constraint WHERE conrelid <> 0
UNION ALL SELECT 'rows', 'child', md5(string_agg(c::text, ',' ORDER BY id)) FROM public.child c
"""
"""What only a person decides: roles, policies, rights, settings, triggers, constraints, rows."""


@pytest.fixture
def traps(database: str) -> str:
    """A database of its own with the schema of traps."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(TRAPS.read_text(encoding="utf-8"))
    return database


async def _audited(database: str, off: bool = False) -> AuditRun:
    done = await run(find(database, Settings(), environ={}), select(off=off))
    assert done.complete
    return done


def _psql(database: str, script: str, folder: Path) -> None:
    assert PSQL, "psql is needed for this test: apt-get install postgresql-client"
    file = folder / "script.sql"
    file.write_text(script, encoding="utf-8")
    command = [PSQL, "--no-psqlrc", "--dbname", database, "--set", "ON_ERROR_STOP=1", "--file", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def _asked(database: str, query: str) -> set[tuple[Any, ...]]:
    with psycopg.connect(database, autocommit=True) as connection:
        return set(connection.execute(query.encode()))


def _plan(done: AuditRun, *live: Risk) -> tuple[Planned, ...]:
    return planned(AuditReview(done).open, live, lambda found: done.rule(found.rule).risk)


async def test_run_as_it_is_the_script_closes_what_it_runs_for_and_decides_nothing(traps: str, tmp_path: Path) -> None:
    done = await _audited(traps)
    rights, decided = _asked(traps, RIGHTS), _asked(traps, DECIDED)
    ran = {one.finding.fingerprint for one in _plan(done) if one.live and one.earlier is None}
    assert ran
    _psql(traps, sql.audit_review(AuditReview(done)), tmp_path)
    assert _asked(traps, RIGHTS) == rights
    assert _asked(traps, DECIDED) == decided
    still = {found.fingerprint for found in (await _audited(traps)).findings}
    assert not ran & still


async def test_with_all_that_changes_objects_and_access_the_script_ends_well_and_opens_nothing(
    traps: str, tmp_path: Path
) -> None:
    done = await _audited(traps)
    rights = _asked(traps, RIGHTS)
    live = (Risk.DEFINITION, Risk.ACCESS)
    _psql(traps, sql.audit_review(AuditReview(done), live=live), tmp_path)
    after = _asked(traps, RIGHTS)
    assert after <= rights
    assert ("authenticated", "explicit", "for_logins()", "EXECUTE") in after
    assert ("anon", "function", "for_logins()", "EXECUTE") in rights - after
    still = {found.fingerprint: found for found in (await _audited(traps)).findings}
    for one in _plan(done, *live):
        if one.live and one.earlier is None:
            assert one.finding.fingerprint not in still, one.finding.fix


async def test_no_fix_of_a_security_rule_grants_what_the_role_did_not_have(traps: str) -> None:
    for found in (await _audited(traps, off=True)).findings:
        if found.rule.startswith("sec-") and found.fix:
            assert not re.search(r"CREATE POLICY|DISABLE ROW LEVEL", found.fix), found.fix
            # a column list takes the place of the whole table; nothing else is granted
            assert not re.search(r"GRANT (?!SELECT \()", re.sub(r"GRANT OPTION", "", found.fix)), found.fix


async def test_of_two_fixes_of_one_object_one_is_offered_and_no_statement_twice(traps: str) -> None:
    done = await _audited(traps)
    plan = _plan(done, *EVERYTHING)
    left_out = {(one.finding.rule, one.finding.object) for one in plan if one.earlier}
    assert left_out
    script = sql.audit_review(AuditReview(done), live=EVERYTHING)
    lines = [line for line in script.splitlines() if line and not line.startswith(("--", "SET lock_timeout"))]
    statements = [line for line in lines if line not in ("BEGIN;", "COMMIT;", "SELECT pg_reload_conf();")]
    assert len(statements) == len(set(statements))
    drops = [line for line in statements if re.fullmatch(r"DROP INDEX CONCURRENTLY public\.d\d;", line)]
    assert len(drops) == 1
    assert sum(line.startswith("ALTER POLICY um ON public.meta") for line in statements) == 1
    assert sum("public.run_sql(text)" in line for line in statements) == 1


async def test_what_waits_says_what_it_changes_and_runs_when_its_mark_is_taken_away(traps: str, tmp_path: Path) -> None:
    done = await _audited(traps)
    script = sql.audit_review(AuditReview(done))
    waiting = [line for line in script.splitlines() if line.startswith(sql.ASIDE)]
    assert any("NOSUPERUSER" in line for line in waiting)
    assert any("ENABLE ROW LEVEL SECURITY" in line for line in waiting)
    heads = [one for one in _plan(done) if not one.live and one.earlier is None]
    assert script.count("\n-- waits: it ") == len(heads)
    access = sql.audit_review(AuditReview(done), live=(Risk.DEFINITION, Risk.ACCESS))
    for part in re.findall(r"(?:^--! .*\n)+", access, re.MULTILINE):
        assert not re.search(r"^--! (GRANT|REVOKE|ALTER POLICY).* ON ", part, re.MULTILINE), part


async def test_milder_findings_are_left_out_of_the_script_when_only_bad_ones_are_asked_for(traps: str) -> None:
    review = AuditReview(await _audited(traps))
    script = sql.audit_review(replace(review, least=Severity.BAD))
    assert "\n-- bad: " in script
    assert "\n-- watch: " not in script
    assert "\n-- info: " not in script
