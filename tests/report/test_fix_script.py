"""The script of fixes, run by psql on a real server: it closes what it names, hits nothing else, and its undo undoes."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from report_examples import NAMES, quoted

from cryotui.audit import rule, run
from cryotui.model.finding import AuditRun, Finding, RuleResult
from cryotui.model.fixrisk import Risk
from cryotui.model.review import AuditReview
from cryotui.model.settings import Settings
from cryotui.pg.destination import find
from cryotui.report import sql

PSQL = shutil.which("psql")


def _psql(database: str, script: str, folder: Path) -> str:
    assert PSQL, "psql is needed for this test: apt-get install postgresql-client"
    file = folder / "script.sql"
    file.write_text(script, encoding="utf-8")
    done = subprocess.run(
        [PSQL, "--no-psqlrc", "--dbname", database, "--file", str(file)],
        capture_output=True, text=True, encoding="utf-8", timeout=60, cwd=folder, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


async def _audited(database: str, *rules: str) -> AuditRun:
    destination = find(database, Settings(), environ={})
    done = await run(destination, [rule(one) for one in rules])
    assert done.complete and not done.unchecked
    return done


def _undo(script: str) -> str:
    return "\n".join(line.removeprefix("-- undo: ") for line in script.splitlines() if line.startswith("-- undo: "))


def _tables(database: str) -> set[str]:
    with psycopg.connect(database) as connection:
        return {
            row[0] for row in connection.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND oid >= 16384")
        }


async def test_the_script_closes_every_finding_it_has_sql_for_and_its_undo_lines_run(
    database: str, tmp_path: Path
) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("""
            CREATE TABLE a (id int PRIMARY KEY, v int);
            CREATE INDEX a_v ON a (v);
            CREATE INDEX a_v_again ON a (v);
            CREATE TABLE no_key (x int);
            CREATE TABLE child (id int PRIMARY KEY, a_id int REFERENCES a);
            INSERT INTO a SELECT n, n FROM generate_series(1, 20000) n;
            INSERT INTO child SELECT n, n FROM generate_series(1, 20000) n;
            ALTER TABLE a ADD CONSTRAINT positive CHECK (v > 0) NOT VALID;
            ANALYZE
        """)
    asked = ("int-no-primary-key", "perf-duplicate-index", "int-constraint-not-valid", "perf-fk-unindexed")
    before = await _audited(database, *asked)
    fixed = {found.fingerprint for found in before.findings if found.fix}
    assert {found.rule for found in before.findings if found.fix} == set(asked)
    script = sql.audit_review(AuditReview(before), live=tuple(Risk))
    _psql(database, script, tmp_path)
    after = await _audited(database, *asked)
    assert not fixed & {found.fingerprint for found in after.findings}
    undoable = {found.rule for found in before.findings if found.undo}
    _psql(database, "\\set ON_ERROR_STOP on\n" + _undo(script), tmp_path)
    again = await _audited(database, *asked)
    assert {found.rule for found in again.findings} >= undoable


async def test_a_hostile_name_is_hit_exactly_and_nothing_else_runs(database: str, tmp_path: Path) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE TABLE bystander (id int PRIMARY KEY)")
        for name in NAMES:
            connection.execute(f"CREATE TABLE {quoted(name)} (a int)")
    tables = _tables(database)
    before = await _audited(database, "int-no-primary-key")
    assert len(before.findings) == len(NAMES)
    script = sql.audit_review(AuditReview(before), live=tuple(Risk))
    _psql(database, script, tmp_path)
    assert not (await _audited(database, "int-no-primary-key")).findings
    assert _tables(database) == tables
    _psql(database, _undo(script), tmp_path)
    assert _tables(database) == tables
    assert [path.name for path in tmp_path.iterdir()] == ["script.sql"]


@pytest.mark.parametrize(
    "breaking", ["\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x85", "\u2028", "*/", "\n\\! touch out\n"]
)
def test_no_word_of_a_finding_leaves_its_comment(
    database: str, tmp_path: Path, review: AuditReview, breaking: str
) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE TABLE bystander (id int PRIMARY KEY)")
    words = f"x{breaking}DROP TABLE bystander; {breaking} /* {breaking}"
    first = review.run.results[0]
    found = replace(first.findings[0], object=words, evidence=words, detail=words, fix=None, undo=words)
    run_ = replace(review.run, results=(RuleResult(first.rule, (found,)),), target=words, role=words, reason=words)
    script = sql.audit_review(AuditReview(run_))
    out = _psql(database, script, tmp_path)
    assert "DROP" not in out
    assert _tables(database) == {"bystander"}
    assert [path.name for path in tmp_path.iterdir()] == ["script.sql"]
    assert all(re.match(r"--|\\set |\\encoding |SET |$", line) for line in re.split(r"[\r\n]", script))


def _script_of(review: AuditReview, fix: str) -> list[str]:
    first = review.run.results[0]
    found: Finding = replace(first.findings[0], fix=fix)
    made = AuditReview(replace(review.run, results=(RuleResult(first.rule, (found,)),)))
    return sql.audit_review(made, live=tuple(Risk)).splitlines()


def test_a_fix_is_a_transaction_of_its_own_unless_it_must_stand_alone(review: AuditReview) -> None:
    script = _script_of(review, "ALTER TABLE a ADD b int;\nANALYZE a")
    begin = script.index("BEGIN;")
    assert script[begin : begin + 4] == ["BEGIN;", "ALTER TABLE a ADD b int;", "ANALYZE a;", "COMMIT;"]
    assert "BEGIN;" not in _script_of(review, "VACUUM a;")


def test_a_concurrent_build_is_not_given_up_half_way(review: AuditReview) -> None:
    script = _script_of(review, "CREATE INDEX CONCURRENTLY i ON a (b);")
    at = script.index("CREATE INDEX CONCURRENTLY i ON a (b);")
    assert script[at - 1 : at + 2 : 2] == ["SET lock_timeout = 0;", "SET lock_timeout = '2s';"]
    assert "BEGIN;" not in script
