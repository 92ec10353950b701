"""The rules about backups and the configured sources: real dumps in a folder, a real pgBackRest stanza."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import asyncpg
import psycopg
import pytest
from backrest import stanza
from dial import Connect
from servers import new_cluster

from cryotui.audit import audit, rule, select
from cryotui.audit.sources import as_json
from cryotui.cli import main
from cryotui.demo.cluster import Cluster
from cryotui.model.backup import Backup, Fault, SourceState
from cryotui.model.finding import RuleResult
from cryotui.model.settings import BackupSource
from cryotui.pg.backup_sources import look

AGE, NONE, RESTORE = "bak-backup-age", "bak-none-evident", "bak-restore-untested"
NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)


@pytest.fixture
def kept(database: str) -> str:
    """A database with something to lose."""
    with psycopg.connect(database) as connection:
        connection.execute("CREATE TABLE kept AS SELECT n FROM generate_series(1, 1000) AS n")
    return database


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "dumps"
    place.mkdir()
    return place


def dump(pg: Cluster, uri: str, path: Path, hours: float = 1.0) -> None:
    """A real dump that says it is so many hours old."""
    subprocess.run([pg.bin_dir / "pg_dump", "-Fc", f"--file={path}", uri], check=True, timeout=60)
    then = time.time() - hours * 3600
    os.utime(path, (then, then))


class Audits(Protocol):
    """Runs ``cryotui audit`` on ``kept`` with these dump folders as sources; what the three rules say, by their ids."""

    def __call__(self, extra: str = "", **sources: Path) -> dict[str, dict[str, Any]]: ...


@pytest.fixture
def audited(pg: Cluster, kept: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Audits:
    restore = pg.bin_dir / "pg_restore"  # one on PATH may be too old for these dumps

    def audits(extra: str = "", **sources: Path) -> dict[str, dict[str, Any]]:
        config = tmp_path / "config.yaml"
        lines = [f"  {name}: {{kind: dumps, path: {path}, command: [{restore}]}}\n" for name, path in sources.items()]
        config.write_text(("backups:\n" + "".join(lines) if lines else "") + extra)
        rules = [word for rule_id in (AGE, NONE, RESTORE) for word in ("--rule", rule_id)]
        main(["audit", *rules, "--config", str(config), "--json", kept])
        document = json.loads(capsys.readouterr().out)
        return {
            entry["rule"]: {**entry, "verdict": verdict}
            for verdict in ("passed", "could_not_check", "findings")
            for entry in document[verdict]
        }

    return audits


async def said(
    connection: asyncpg.Connection[Any], rule_id: str, states: Sequence[SourceState], **limits: float
) -> RuleResult:
    named = {f"{rule_id}.{name}": value for name, value in limits.items()}
    return (await audit(connection, [rule(rule_id)], limits=named, backup_sources=states)).results[0]


def test_a_young_whole_dump_at_a_configured_source_is_a_backup_and_a_young_one(
    pg: Cluster, kept: str, folder: Path, audited: Audits
) -> None:
    dump(pg, kept, folder / "lab.dump")
    found = audited(nightly=folder)
    assert found[AGE]["verdict"] == found[NONE]["verdict"] == "passed"
    assert found[RESTORE]["verdict"] == "findings"
    assert "Restore lab.dump of the source nightly, finished 20" in found[RESTORE]["detail"]


def test_a_stale_dump_is_a_finding_that_names_its_source_and_age(
    pg: Cluster, kept: str, folder: Path, audited: Audits
) -> None:
    dump(pg, kept, folder / "lab.dump", hours=30)
    found = audited(nightly=folder)
    assert (found[AGE]["object"], found[AGE]["severity"]) == ("nightly", "watch")
    assert found[AGE]["evidence"] == "last backup 30h ago" and "lab.dump, was finished" in found[AGE]["detail"]
    assert found[NONE]["verdict"] == "passed"

    looser = audited("thresholds:\n  backups.newest: [40h, 80h]\n", nightly=folder)
    assert looser[AGE]["verdict"] == "passed"


def test_a_source_that_cannot_be_read_could_not_be_checked(folder: Path, audited: Audits) -> None:
    found = audited(nightly=folder / "gone")
    for rule_id in (AGE, NONE):
        assert found[rule_id]["verdict"] == "could_not_check"
        assert "the folder is not there" in json.dumps(found[rule_id]) and "nightly" in json.dumps(found[rule_id])


def test_an_empty_source_is_no_sign_of_a_backup(pg: Cluster, kept: str, folder: Path, audited: Audits) -> None:
    found = audited(nightly=folder)
    assert found[AGE]["evidence"] == "no usable backup"
    assert found[NONE]["evidence"] == "no trace of any backup" and "nightly" in found[NONE]["detail"]

    dump(pg, kept, folder / "lab.dump")
    os.truncate(folder / "lab.dump", 500)
    found = audited(nightly=folder)
    assert found[AGE]["object"] == "nightly" and "the newest: " in found[AGE]["detail"]
    assert found[NONE]["verdict"] == "findings"


def test_without_a_configured_source_what_sql_cannot_see_could_not_be_checked_and_the_remedy_is_told(
    audited: Audits,
) -> None:
    found = audited()
    for rule_id in (AGE, NONE, RESTORE):
        assert found[rule_id]["verdict"] == "could_not_check", rule_id
        said = json.dumps(found[rule_id])
        assert "no backup source is configured" in said and "kind: dumps" in said


def test_a_source_of_another_target_says_nothing_here(
    pg: Cluster, kept: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dump(pg, kept, folder / "lab.dump")
    config = tmp_path / "config.yaml"
    target = f'targets:\n  elsewhere: {{conninfo: "{kept}"}}\n'
    restore = pg.bin_dir / "pg_restore"
    source = f"{{kind: dumps, path: {folder}, command: [{restore}], targets: [elsewhere]}}"
    config.write_text(f"{target}backups:\n  nightly: {source}\n")
    for place, evident in ((kept, "could_not_check"), ("elsewhere", "passed")):
        main(["audit", "--rule", NONE, "--config", str(config), "--json", place])
        assert [one["rule"] for one in json.loads(capsys.readouterr().out)[evident]] == [NONE]


async def test_a_pgbackrest_stanza_is_judged_by_its_newest_backup(connect: Connect) -> None:
    with stanza() as repository:
        connection = await connect(repository.cluster.uri())
        before = await look([repository.source()])
        assert [one.evidence for one in (await said(connection, AGE, before)).findings] == ["no usable backup"]

        repository.run("--type=full", "backup")
        states = await look([repository.source()])
        assert (await said(connection, AGE, states)).passed and (await said(connection, NONE, states)).passed
        (late,) = (await said(connection, AGE, states, watch=0)).findings
        assert (late.object, late.kind, late.severity.value) == ("repo", "backup source", "watch")

        broken = BackupSource("repo", "pgbackrest", stanza="demo", command=("no-such-pgbackrest",))
        dark = (await said(connection, AGE, await look([broken]))).missing
        assert dark is not None and "no-such-pgbackrest is not here" in dark.sentence and "repo" in dark.sentence

        with new_cluster(None) as other:  # the same stanza says nothing about another cluster
            stranger = await connect(other.uri())
            await stranger.execute("CREATE TABLE kept (a int)")
            for rule_id in (AGE, NONE):
                missing = (await said(stranger, rule_id, states)).missing
                assert missing is not None and "of another cluster" in missing.sentence


async def test_the_rules_judge_sources_alike_on_every_major(connection: asyncpg.Connection[Any]) -> None:
    await connection.execute("CREATE TABLE public.kept (a int)")
    now = datetime.now(UTC)
    hostile = "n[/x]'\";\x1b[31m$$é"
    states = (
        state("young", Backup("a.dump", "custom", "whole", now)),
        state("old", Backup("b.dump", "custom", "whole", NOW.replace(year=2024))),
        state("seen", Backup("c.dump", "custom", "unverified", now, reason="no pg_restore")),
        state("none", Backup("d.dump", "custom", "damaged", now, reason="cut short")),
        state("undated", Backup("e.dump", "custom", "whole")),
        SourceState(hostile, "dumps", "pg_dump", now, unreadable="away\nfor 'good'"),
        SourceState("repo", "pgbackrest", "pgbackrest", now, faults=(Fault("unknown", "repository 2: timeout"),)),
    )
    result = await said(connection, AGE, states)
    assert {(one.object, one.severity.value) for one in result.findings} == {("old", "bad"), ("none", "bad")}
    assert result.missing is not None
    for part in (
        "no pg_restore (seen)",
        "when it was finished (undated)",
        "repository 2: timeout (repo)",
        "for 'good'",
    ):
        assert part in result.missing.sentence or result.missing.sentence.endswith("and 1 reasons more.")
    assert (await said(connection, NONE, states)).passed
    (restore,) = (await said(connection, RESTORE, states)).findings
    assert "a.dump of the source young" in restore.detail and "none (no usable backup)" in restore.detail


async def test_names_that_the_encoding_of_the_database_lacks_are_escaped(connect: Connect, pg: Cluster) -> None:
    connection = await connect(pg.uri())
    await connection.execute("DROP DATABASE IF EXISTS latin_sources")
    await connection.execute(
        "CREATE DATABASE latin_sources ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
    )
    try:
        latin = await connect(pg.uri("latin_sources"))
        await latin.execute("CREATE TABLE kept (a int)")
        (found,) = (await said(latin, AGE, [state("ночь")])).findings
        assert found.object == "\\u043d\\u043e\\u0447\\u044c"
        await latin.close()
    finally:
        await connection.execute("DROP DATABASE latin_sources WITH (FORCE)")


def test_rules_that_do_not_ask_for_sources_get_none_and_no_source_is_null() -> None:
    asking = {one.id for one in select() if "backup_sources" in one.parameters}
    assert asking == {AGE, NONE, RESTORE}
    assert as_json((), NOW, None, "UTF8") is None


def state(name: str, *backups: Backup) -> SourceState:
    return SourceState(name, "dumps", "pg_dump", NOW, backups)
