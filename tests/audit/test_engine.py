"""The engine leaves no trace, lets one rule fail alone, and never calls a pass what it could not see."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest
from dial import Connect
from own_rules import own_rule

from cryotui.audit import audit, rule, select
from cryotui.audit.facts import API_ROLES
from cryotui.model.errors import ConnectError, CryotuiError, UsageError
from cryotui.model.finding import AuditRun, Severity
from cryotui.model.sample import Missing

SETTINGS = ("search_path", "statement_timeout", "lock_timeout", "row_security", "transaction_read_only", "jit")
ONE = "SELECT 'a' AS object, 'seen' AS evidence"
FRESH = ("role", "version", "extension", "setting", "unmeasured")
"""What may keep a rule from checking an empty server: nothing it would need a right for, nothing that failed."""

CERTAIN_OF_THE_SERVER = {
    ("bak-archiving-off", Severity.WATCH),
    ("bak-checksums-off", Severity.WATCH),
    ("sec-hba-trust", Severity.WATCH),
    ("sec-version-eol", Severity.BAD),
    ("sec-version-eol", Severity.WATCH),
    ("sec-version-vulnerable", Severity.BAD),
    ("sec-version-vulnerable", Severity.WATCH),
}
"""What initdb, its release and its settings decide, once any database of the server holds something."""


async def _settings(inside: asyncpg.Connection[Any]) -> list[str]:
    return [await inside.fetchval("SELECT current_setting($1)", name) for name in SETTINGS]


def _missing(run: AuditRun, rule_id: str = "own-rule") -> Missing:
    missing = next(result.missing for result in run.results if result.rule == rule_id)
    assert missing is not None
    return missing


async def test_the_callers_transaction_stays_open_with_its_settings_and_its_work(
    connection: asyncpg.Connection[Any],
) -> None:
    await connection.execute(
        "SET LOCAL search_path = ''; SET LOCAL statement_timeout = '9s'; SET LOCAL lock_timeout = '3s'"
    )
    await connection.execute("CREATE TABLE public.uncommitted (a int)")
    before = await _settings(connection)
    run = await audit(connection, select(off=True))
    assert "public.uncommitted" in {finding.object for finding in run.findings if finding.rule == "int-no-primary-key"}
    assert connection.is_in_transaction()
    assert await _settings(connection) == before
    await connection.execute("INSERT INTO public.uncommitted VALUES (1)")


async def test_a_transaction_begun_by_hand_serves_as_well(own: asyncpg.Connection[Any]) -> None:
    await own.execute("BEGIN; CREATE TABLE by_hand (a int)")
    run = await audit(own, [rule("int-no-primary-key")])
    assert [finding.object for finding in run.findings] == ["public.by_hand"]
    await own.execute("ROLLBACK")
    assert await own.fetchval("SELECT to_regclass('by_hand')") is None


async def test_outside_a_transaction_nothing_is_left_behind(own: asyncpg.Connection[Any]) -> None:
    before = await _settings(own)
    run = await audit(own, select(off=True))
    assert run.complete
    assert not own.is_in_transaction()
    assert await _settings(own) == before


async def test_a_transaction_that_failed_before_is_told_apart(own: asyncpg.Connection[Any]) -> None:
    await own.execute("BEGIN")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await own.fetch("SELECT 1 / 0")
    with pytest.raises(CryotuiError, match="roll it back"):
        await audit(own, select(off=True))


async def test_a_new_database_has_no_finding_above_info(connect: Connect, pristine: str) -> None:
    connection = await connect(pristine)
    run = await audit(connection, select(off=True))
    assert [finding for finding in run.findings if finding.severity is not Severity.INFO] == []
    # each for a reason that holds for a server nobody has used yet, and is true of this one
    extensions = {row["extname"] for row in await connection.fetch("SELECT extname FROM pg_extension")}
    roles = {row["rolname"] for row in await connection.fetch("SELECT rolname FROM pg_roles")}
    for result in run.unchecked:
        found, missing = rule(result.rule), result.missing
        assert missing is not None and missing.kind in FRESH, result
        if missing.kind == "extension":
            assert (
                not {need.removeprefix("extension:") for need in found.needs if need.startswith("extension:")}
                & extensions
            )
        if missing.kind == "role":
            assert "api" in found.needs and not roles & set(API_ROLES)
        if missing.kind == "version" and found.sql(connection.get_server_version().major) is not None:
            assert "newest" in missing.sentence, result


async def test_beside_other_databases_a_fresh_one_has_above_info_only_what_is_certain_of_the_server(
    connect: Connect, pristine: str, beside: str
) -> None:
    neighbour = await connect(beside)
    await neighbour.execute("CREATE TABLE kept AS SELECT n FROM generate_series(1, 1000) AS n")
    run = await audit(await connect(pristine), select(off=True))
    above = {(one.rule, one.severity) for one in run.findings if one.severity is not Severity.INFO}
    assert above <= CERTAIN_OF_THE_SERVER
    assert ("bak-archiving-off", Severity.WATCH) in above
    unseen = {result.rule: result.missing.sentence for result in run.unchecked if result.missing}
    for rule_id in ("bak-none-evident", "bak-restore-untested"):
        assert "no backup source is configured" in unseen[rule_id]


async def test_a_rule_that_fails_fails_alone(connection: asyncpg.Connection[Any]) -> None:
    broken = own_rule("SELECT 1 / 0 AS object", rule_id="own-broken")
    slow = own_rule("SELECT pg_sleep(30)::text AS object", rule_id="own-slow", timeout=0.2)
    writing = own_rule("CREATE TABLE public.traces (a int)", rule_id="own-writing")
    await connection.execute("CREATE SEQUENCE public.lab_sequence")
    calling = own_rule("SELECT nextval('public.lab_sequence')::text AS object", rule_id="own-calling")
    older = own_rule("SELECT nothing_like_this() AS object", rule_id="own-older")
    wordy = own_rule(ONE, rule_id="own-wordy", detail="{absent}")
    run = await audit(connection, [broken, slow, writing, calling, older, wordy, own_rule(ONE)])
    kinds = {result.rule: result.missing.kind if result.missing else None for result in run.results}
    assert kinds == {
        "own-broken": "error",
        "own-slow": "timeout",
        "own-writing": "error",
        "own-calling": "error",
        "own-older": "version",
        "own-wordy": "error",
        "own-rule": None,
    }
    assert "may only read" in _missing(run, "own-writing").sentence
    assert "0.2 s" in _missing(run, "own-slow").sentence
    assert [finding.object for finding in run.findings] == ["a"]
    assert not run.results[0].passed


@pytest.mark.parametrize(
    ("words", "kind", "remedy"),
    [
        ({"needs": ("extension:postgis",)}, "extension", "CREATE EXTENSION postgis;"),
        ({"needs": ("setting:track_functions",)}, "setting", "ALTER SYSTEM SET track_functions = on;"),
        ({"needs": ("role:pg_read_all_stats",)}, "privilege", "GRANT pg_read_all_stats TO lab_plain;"),
        ({"needs": ("superuser",)}, "privilege", None),
        ({"needs": ("standby",)}, "standby", None),
        ({"since": 99}, "version", None),
        ({"fault": "The header has no title."}, "error", None),
    ],
)
async def test_a_rule_whose_needs_are_not_met_could_not_check_and_says_what_is_missing(
    inside: asyncpg.Connection[Any], words: dict[str, object], kind: str, remedy: str | None
) -> None:
    await inside.execute("CREATE ROLE lab_plain; SET LOCAL ROLE lab_plain")
    run = await audit(inside, [own_rule(ONE, **words)])
    assert run.role == "lab_plain"
    assert (_missing(run).kind, _missing(run).remedy) == (kind, remedy)
    assert not run.passed
    assert not run.findings


async def test_a_limit_can_be_set_to_zero_and_a_wrong_one_is_refused(inside: asyncpg.Connection[Any]) -> None:
    await inside.execute("CREATE SCHEMA lab; CREATE SEQUENCE lab.s; SELECT nextval('lab.s')")
    name = "cap-sequence-exhaustion"
    assert not (await audit(inside, [rule(name)])).findings
    run = await audit(inside, [rule(name)], limits={f"{name}.watch": 0})
    assert [finding.object for finding in run.findings] == ["lab.s"]
    with pytest.raises(UsageError, match=rf"{name}\.bad"):
        await audit(inside, [rule(name)], limits={f"{name}.wtch": 0})


async def test_two_runs_say_the_same_in_the_same_order(inside: asyncpg.Connection[Any]) -> None:
    await inside.execute(
        "CREATE SCHEMA lab; CREATE TABLE lab.p (id int PRIMARY KEY); CREATE TABLE lab.b (p int REFERENCES lab.p);"
        "CREATE TABLE lab.a (p int REFERENCES lab.p); CREATE TABLE lab.c (p int REFERENCES lab.p)"
    )
    first, second = [await audit(inside, select(off=True)) for _ in range(2)]
    assert [finding.fingerprint for finding in first.findings] == [finding.fingerprint for finding in second.findings]
    assert [result.rule for result in first.results] == [found.id for found in select(off=True)]


async def test_progress_is_told_before_each_rule_and_at_the_end(inside: asyncpg.Connection[Any]) -> None:
    told: list[tuple[int, int, str]] = []
    await audit(inside, [own_rule(ONE), own_rule(ONE, rule_id="own-2")], on_progress=lambda *step: told.append(step))
    assert told == [(0, 2, "A rule of a test"), (1, 2, "A rule of a test"), (2, 2, "")]


async def test_a_run_whose_time_is_used_up_says_what_was_not_looked_at(inside: asyncpg.Connection[Any]) -> None:
    run = await audit(inside, [own_rule(ONE)], budget=0)
    assert not run.complete
    assert _missing(run).kind == "timeout"


async def test_a_cancelled_run_leaves_the_transaction_usable(inside: asyncpg.Connection[Any]) -> None:
    await inside.execute("CREATE TABLE public.kept (a int)")
    sleeping = asyncio.create_task(audit(inside, [own_rule("SELECT pg_sleep(60)::text AS object", timeout=60)]))
    await asyncio.sleep(0.5)
    sleeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sleeping
    assert await inside.fetchval("SELECT count(*) FROM public.kept") == 0


async def test_a_connection_lost_on_the_way_gives_an_incomplete_run(own: asyncpg.Connection[Any]) -> None:
    ending = own_rule("SELECT pg_terminate_backend(pg_backend_pid())::text AS object", rule_id="own-ending")
    run = await audit(own, [own_rule(ONE), ending, own_rule(ONE, rule_id="own-late")])
    assert not run.complete
    assert [result.missing.kind if result.missing else None for result in run.results] == [None, "lost", "lost"]
    assert [finding.object for finding in run.findings] == ["a"]
    with pytest.raises(ConnectError):
        await audit(own, [own_rule(ONE)])


async def test_each_of_several_questions_of_a_rule_fails_alone(inside: asyncpg.Connection[Any]) -> None:
    asking = own_rule(
        "SELECT name AS object, question FROM (VALUES"
        " ('good', $q$SELECT 'found' AS evidence$q$), ('none', 'SELECT WHERE false'), ('bad', 'SELECT 1 / 0'))"
        " AS t (name, question)"
    )
    run = await audit(inside, [asking])
    assert [(finding.object, finding.evidence) for finding in run.findings] == [("good", "found")]
    assert _missing(run).sentence.startswith("1 not looked at: division by zero")
    assert "(bad)" in _missing(run).sentence


async def test_what_would_read_more_than_the_budget_is_not_looked_at_and_says_how_much(
    connection: asyncpg.Connection[Any],
) -> None:
    asking = own_rule(
        "SELECT * FROM (VALUES ('small', 1000::bigint, 'SELECT 1 AS found'), ('large', 5000000000, 'SELECT 1 AS found'))"
        " AS asked (object, reads, question)"
    )
    run = await audit(connection, [asking])
    (result,) = run.results
    assert [finding.object for finding in result.findings] == ["small"] and result.reads == 1000
    assert result.missing is not None and result.missing.kind == "budget"
    assert "would read 4.7G" in result.missing.sentence and "large" in result.missing.sentence
    (result,) = (await audit(connection, [asking], reading=6e9)).results
    assert result.missing is None and len(result.findings) == 2
    (result,) = (await audit(connection, [asking], reading=0)).results
    assert result.findings == () and result.reads == 0


async def test_without_a_budget_for_reading_the_rules_about_rows_say_so(connection: asyncpg.Connection[Any]) -> None:
    await connection.execute(
        "CREATE TABLE public.parents (id int PRIMARY KEY); CREATE TABLE public.children (id int PRIMARY KEY, parent_id int);"
        "INSERT INTO public.children SELECT x, x FROM generate_series(1, 1000) AS x;"
        "ALTER TABLE public.children ADD FOREIGN KEY (parent_id) REFERENCES public.parents NOT VALID; ANALYZE public.children"
    )
    (result,) = (await audit(connection, select(ids=["int-fk-orphan-rows"]), reading=0)).results
    assert result.missing is not None and result.missing.kind == "budget"
    (result,) = (await audit(connection, select(ids=["int-fk-orphan-rows"]))).results
    assert len(result.findings) == 1 and result.reads > 0
