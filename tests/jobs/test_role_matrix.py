"""The role probes on real servers: what each kind of grant and policy answers, and that nothing is left behind."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import psycopg
import pytest
from hostile_names import HOSTILE, quoted

from cryotui.jobs.role_matrix import matrix_for_table, probe
from cryotui.model.errors import ConnectError, UsageError
from cryotui.model.role_matrix import ASKED, COMMANDS, Answer, Cell, Count, Probing, Proof, RoleMatrix

ANN = {"sub": "ann"}
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiJ9.c2lnbmF0dXJl"
SECRETS = (
    f"Authorization: Bearer {TOKEN}", "boom secret=hunter22", "host=db password='hunter22'", "password: hunter22",
    "postgresql://lab:hunter22@db/lab", "ALTER ROLE lab PASSWORD 'hunter22'", "sb_secret_hunter22hunter22",
    '{"api_key": "hunter22"}', "db.example.org:5432:lab:ada:hunter22", "first line\ntoken: hunter22",
)  # fmt: skip
ROLES = ("app_user", "app_guest", "app_service")


def asked(**changes: Any) -> Probing:
    """The scene probed as its roles."""
    return Probing(**{"roles": ROLES, "schemas": ("app",), "claims": ANN, **changes})


def cell(matrix: RoleMatrix, table: str, role: str = "app_user", command: str = "select") -> Cell:
    """One cell of a run."""
    found = next(one for one in matrix.tables if one.name == table).cell(role, command)  # type: ignore[arg-type]
    assert found is not None
    return found


async def test_every_kind_of_policy_gives_its_verdict(connection_all: asyncpg.Connection) -> None:
    matrix = await probe(connection_all, asked())
    notes = cell(matrix, "notes")
    assert (notes.answer, notes.seen, notes.there, notes.reason) == (Answer.ALLOWED, Count(2), Count(3), "policy own")
    guest = cell(matrix, "notes", "app_guest")
    assert (guest.answer, guest.seen, guest.there) == (Answer.EMPTY, Count(0), Count(3))
    assert "no policy lets it" in guest.reason
    assert cell(matrix, "notes", "app_service").reason == "BYPASSRLS"
    assert cell(matrix, "open_to_all", "app_guest").answer is Answer.DENIED
    assert cell(matrix, "open_to_all", "app_guest").reason == "no SELECT grant"
    recursive, helper, inside = (cell(matrix, name) for name in ("recursive", "with_helper", "inside"))
    assert (recursive.answer, recursive.sqlstate) == (Answer.ERROR, "42P17")
    assert (helper.answer, helper.sqlstate, helper.reason) == (Answer.ERROR, "P0001", "no team")
    assert (inside.answer, inside.sqlstate) == (Answer.ERROR, "42501")
    assert "permission denied for table teams" in inside.reason
    assert "only restrictive ones are" in cell(matrix, "only_restrictive").reason
    assert "some columns only" in cell(matrix, "columns_only").reason
    assert cell(matrix, "parted").answer is Answer.EMPTY
    assert cell(matrix, "parted_2026").answer is Answer.ALLOWED, (
        "a partition open by itself passes its parent's policies"
    )
    assert cell(matrix, "counted").seen == Count(1)
    assert cell(matrix, "past_policies").seen == Count(3), "a view reads as its owner"
    assert matrix.complete and matrix.failed


async def test_without_writes_grants_are_planned_and_no_policy_is_claimed(connection_all: asyncpg.Connection) -> None:
    matrix = await probe(connection_all, asked())
    for command in ("insert", "update", "delete"):
        assert cell(matrix, "notes", command=command).proof is Proof.GRANT
        assert cell(matrix, "open_to_all", command=command).proof is Proof.CATALOG
        assert cell(matrix, "open_to_all", "app_guest", command).answer is Answer.DENIED
        assert cell(matrix, "counted", command=command).answer is Answer.DENIED
        assert cell(matrix, "grouped", command=command).reason == "takes no writes"
    assert cell(matrix, "notes", "app_guest", "insert").answer is Answer.DENIED
    assert cell(matrix, "notes", "app_guest", "update").answer is Answer.EMPTY
    assert cell(matrix, "recursive", command="update").sqlstate == "42P17"


async def test_writes_are_tried_and_nothing_is_left_behind(connection_all: asyncpg.Connection, scene_all: str) -> None:
    with psycopg.connect(scene_all, autocommit=True) as other:
        other.execute("LISTEN told")
        before = _state(other)
        matrix = await probe(connection_all, asked(writes=True))
        assert _state(other) == before
        assert list(other.notifies(timeout=0.1)) == []
    for command in ("insert", "update", "delete"):
        assert cell(matrix, "notes", command=command).proof is Proof.POLICY
        assert cell(matrix, "open_to_all", command=command).proof is Proof.POLICY
        triggered = cell(matrix, "triggered", command=command)
        assert (triggered.answer, triggered.reason) == (
            Answer.UNCHECKED,
            "its trigger tells would run; the grant is there",
        )
    assert "constraint" in cell(matrix, "notes", command="insert").reason
    assert cell(matrix, "parents", command="delete").answer is Answer.UNCHECKED
    assert "reaches into app.children" in cell(matrix, "parents", command="delete").reason
    assert cell(matrix, "columns_only", command="update").answer is Answer.ALLOWED


async def test_triggers_run_only_when_asked_and_are_rolled_back(connection: asyncpg.Connection, scene: str) -> None:
    with psycopg.connect(scene, autocommit=True) as other:
        other.execute("LISTEN told")
        before = _state(other)
        matrix = await probe(connection, asked(writes=True, run_triggers=True))
        assert _state(other) == before
        assert list(other.notifies(timeout=0.1)) == []
    assert cell(matrix, "triggered", command="insert").proof is Proof.POLICY
    assert cell(matrix, "parents", command="delete").proof is Proof.POLICY


async def test_a_row_of_somebody_else_refused_is_not_called_a_denial_of_all(connection: asyncpg.Connection) -> None:
    await connection.execute("CREATE POLICY readers ON app.notes FOR SELECT TO app_guest USING (true)")
    await connection.execute(
        "CREATE POLICY writers ON app.notes FOR INSERT TO app_guest WITH CHECK (owner = app.caller())"
    )
    matrix = await probe(connection, asked(writes=True, roles=("app_guest",), tables=("notes",), claims={"sub": "eve"}))
    found = cell(matrix, "notes", "app_guest", "insert")
    assert (found.answer, found.proof) == (Answer.DENIED, Proof.ROWS)


async def test_a_default_never_runs(connection: asyncpg.Connection) -> None:
    await connection.execute(
        "DELETE FROM app.notes; CREATE POLICY any_row ON app.notes FOR INSERT TO app_guest WITH CHECK (true)"
    )
    matrix = await probe(connection, asked(writes=True, roles=("app_guest",), tables=("notes",)))
    found = cell(matrix, "notes", "app_guest", "insert")
    assert (found.answer, found.proof) == (Answer.ALLOWED, Proof.POLICY)
    assert "row of NULLs" in found.reason
    assert await connection.fetchval("SELECT last_value FROM app.notes_id_seq") == 3


async def test_without_a_row_to_copy_a_refused_row_of_nulls_proves_nothing(connection_all: asyncpg.Connection) -> None:
    await connection_all.execute(
        "CREATE POLICY none_seen ON app.notes FOR INSERT TO app_guest WITH CHECK (owner = 'x')"
    )
    await connection_all.execute("CREATE POLICY none_in ON app.parted FOR INSERT TO app_guest WITH CHECK (word = 'x')")
    await connection_all.execute("GRANT INSERT ON app.parted TO app_guest")
    matrix = await probe(connection_all, asked(writes=True, roles=("app_guest",)))
    for table in ("notes", "parted"):
        found = cell(matrix, table, "app_guest", "insert")
        assert (found.answer, found.proof) == (Answer.ALLOWED, Proof.GRANT), table


async def test_values_of_rows_are_not_in_the_reasons(connection: asyncpg.Connection) -> None:
    await connection.execute("CREATE TABLE app.keys (k text PRIMARY KEY); INSERT INTO app.keys VALUES ('secret-value')")
    await connection.execute("GRANT ALL ON app.keys TO app_user")
    matrix = await probe(connection, asked(writes=True, tables=("keys",)))
    assert "keys_pkey" in cell(matrix, "keys", command="insert").reason
    assert "secret-value" not in repr(matrix)


async def test_views_run_as_their_caller_where_they_say_so(connection: asyncpg.Connection) -> None:
    await connection.execute("ALTER VIEW app.past_policies SET (security_invoker = on)")
    await connection.execute("GRANT SELECT ON app.past_policies TO app_guest; REVOKE ALL ON app.notes FROM app_guest")
    matrix = await probe(connection, asked(tables=("past*",)))
    assert cell(matrix, "past_policies").seen == Count(2)
    guest = cell(matrix, "past_policies", "app_guest")
    assert guest.answer is Answer.DENIED and "runs as its caller" in guest.reason


async def test_more_rows_than_the_limit_are_at_least_that_many(connection: asyncpg.Connection) -> None:
    matrix = await probe(connection, asked(tables=("app.open*",), limit=7, commands=("select",)))
    found = cell(matrix, "open_to_all")
    assert found.seen == found.there == Count(7, at_least=True)


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_name_is_the_table_and_the_role_it_is(connection: asyncpg.Connection, name: str) -> None:
    role = f"{name[:50]} r"
    await connection.execute(
        f"CREATE ROLE {quoted(role)}; CREATE SCHEMA {quoted(name)};"
        f"CREATE TABLE {quoted(name)}.{quoted(name)} ({quoted(name)} int);"
        f"INSERT INTO {quoted(name)}.{quoted(name)} VALUES (1); GRANT USAGE ON SCHEMA {quoted(name)} TO {quoted(role)};"
        f"GRANT SELECT, UPDATE, INSERT ON {quoted(name)}.{quoted(name)} TO {quoted(role)}"
    )
    found = await matrix_for_table(connection, name, name, roles=[role], claims={name: name}, writes=True)
    assert found is not None
    answers = [found.cell(role, command) for command in COMMANDS]
    assert [one.answer for one in answers if one] == [Answer.ALLOWED] * 3 + [Answer.DENIED]
    assert [one.proof for one in answers if one][1:3] == [Proof.POLICY] * 2


async def test_a_role_dropped_on_the_way_is_not_checked_and_the_others_are(
    connection: asyncpg.Connection, scene: str
) -> None:
    await connection.execute("CREATE ROLE short_lived")

    def drop(done: int, total: int, name: str) -> None:
        if name.endswith("inside"):
            with psycopg.connect(scene, autocommit=True) as other:
                other.execute("DROP ROLE IF EXISTS short_lived")

    matrix = await probe(connection, asked(roles=("app_user", "short_lived")), on_progress=drop)
    late = cell(matrix, "notes", "short_lived")
    assert (late.answer, late.reason) == (Answer.UNCHECKED, "the role short_lived is no longer there")
    assert cell(matrix, "notes").answer is Answer.ALLOWED
    assert matrix.complete and matrix.unchecked


async def test_a_table_dropped_on_the_way_is_not_checked(connection: asyncpg.Connection, scene: str) -> None:
    def drop(done: int, total: int, name: str) -> None:
        if name.endswith("with_helper"):
            with psycopg.connect(scene, autocommit=True) as other:
                other.execute("DROP TABLE IF EXISTS app.with_helper")

    matrix = await probe(connection, asked(), on_progress=drop)
    assert cell(matrix, "with_helper").reason == "it is no longer there"


async def test_a_lost_connection_leaves_a_result_marked_as_part(connection: asyncpg.Connection, scene: str) -> None:
    pid = connection.get_server_pid()

    def kill(done: int, total: int, name: str) -> None:
        if name.endswith("notes"):
            with psycopg.connect(scene, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    matrix = await probe(connection, asked(), on_progress=kill)
    assert not matrix.complete and "connection was lost" in str(matrix.reason)
    assert cell(matrix, "inside").answer is Answer.ERROR, "what was seen before stays"
    assert cell(matrix, "triggered").answer is Answer.UNCHECKED


async def test_a_budget_cuts_off_and_says_so(connection: asyncpg.Connection) -> None:
    matrix = await probe(connection, asked(budget=0.0))
    assert not matrix.complete and "budget" in str(matrix.reason)
    assert matrix.count(Answer.UNCHECKED) == sum(len(table.cells) for table in matrix.tables)


async def test_a_locked_table_is_not_checked_and_holds_nobody_up(connection: asyncpg.Connection, scene: str) -> None:
    with psycopg.connect(scene) as other:
        other.execute("LOCK TABLE app.notes IN ACCESS EXCLUSIVE MODE")
        matrix = await probe(connection, asked(tables=("notes",)))
        other.rollback()
    assert {one.answer for one in matrix.tables[0].cells if one.command == "select"} == {Answer.UNCHECKED}
    assert "locked" in cell(matrix, "notes").reason


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"roles": ()}, "None of anon, authenticated, service_role exists: name the roles to probe with --role."),
        ({"roles": ("app_usr",)}, "There is no role app_usr, app_user is the nearest."),
        ({"roles": ("app_user", "x" * 70)}, f"There is no role {'x' * 70}."),
        ({"schemas": ("nowhere",)}, "There is no schema nowhere."),
        ({"schemas": ("App",)}, "There is no schema App, app is the nearest."),
        ({"tables": ("nothing*",)}, "No table or view in app is like nothing*."),
        ({"tables": ("notes", "notez")}, "There is no table or view app.notez, app.notes is the nearest."),
        ({"schemas": ("public",), "tables": ("notes",)}, "There is no table or view public.notes, app.notes is there."),
        ({"roles": ("eve",), "schemas": ("ap",)}, "There is no role eve. There is no schema ap, app is the nearest."),
    ],
)
async def test_a_name_that_is_not_there_is_a_wrong_word_before_anything_is_tried(
    connection: asyncpg.Connection, changes: dict[str, Any], said: str
) -> None:
    def tried(*_: object) -> None:
        raise AssertionError("nothing may be tried")

    with pytest.raises(UsageError) as refused:
        await probe(connection, asked(**changes), on_progress=tried)
    assert str(refused.value) == said


async def test_a_schema_without_tables_is_no_wrong_word(connection: asyncpg.Connection) -> None:
    await connection.execute("CREATE SCHEMA bare")
    matrix = await probe(connection, asked(schemas=("bare",)))
    assert (matrix.gaps, matrix.tables) == ((), ())


async def test_inside_a_transaction_of_the_caller_all_is_seen_and_all_stays(connection: asyncpg.Connection) -> None:
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute("INSERT INTO app.notes (owner) VALUES ('ann'); SET LOCAL work_mem = '5MB'")
    matrix = await probe(connection, asked(writes=True, tables=("notes",)))
    assert cell(matrix, "notes").seen == Count(3)
    assert cell(matrix, "notes", command="delete").proof is Proof.POLICY
    assert await connection.fetchval("SELECT current_user || ' ' || current_setting('work_mem')") == "postgres 5MB"
    assert await connection.fetchval("SELECT count(*) FROM app.notes") == 4
    await transaction.rollback()


async def test_a_member_without_more_sees_as_the_role_and_does_not_guess_the_rest(scene: str) -> None:
    with psycopg.connect(scene, autocommit=True) as admin:
        admin.execute("CREATE ROLE gateway LOGIN NOINHERIT; GRANT app_user TO gateway")
    gateway = await asyncpg.connect(scene, user="gateway")
    try:
        matrix = await probe(gateway, asked(tables=("notes",)))
    finally:
        await gateway.close()
    assert (cell(matrix, "notes").seen, cell(matrix, "notes").there) == (Count(2), None)
    service = cell(matrix, "notes", "app_service")
    assert (service.answer, service.seen, service.proof) == (Answer.ALLOWED, None, Proof.CATALOG)
    access = next(one for one in matrix.access if one.role == "app_user")
    assert access.members == ("gateway",) and not access.sessions_visible


async def test_a_role_that_cannot_be_set_is_told_as_far_as_the_catalog_goes_for_every_command_alike(
    scene_all: str,
) -> None:
    with psycopg.connect(scene_all, autocommit=True) as admin:
        admin.execute("CREATE ROLE plain LOGIN")
    plain = await asyncpg.connect(scene_all, user="plain")
    try:
        matrix = await probe(plain, asked(commands=ASKED))
    finally:
        await plain.close()

    def of(table: str, role: str = "app_user") -> list[Answer]:
        return [cell(matrix, table, role, command).answer for command in ASKED]

    assert of("open_to_all") == [Answer.ALLOWED] * 4 + [Answer.DENIED]
    assert of("open_to_all", "app_guest") == [Answer.DENIED] * 5
    assert of("notes") == [Answer.UNCHECKED] * 4 + [Answer.DENIED], "a policy is not guessed"
    assert of("notes", "app_guest") == [Answer.EMPTY, Answer.DENIED, Answer.EMPTY, Answer.EMPTY, Answer.DENIED]
    assert of("past_policies")[0] is Answer.UNCHECKED
    select = cell(matrix, "open_to_all")
    assert (select.seen, select.proof, select.reach) == (None, Proof.CATALOG, "open")
    assert select.reason == "row security is off; not tried, the connecting role may not SET ROLE to it"
    assert cell(matrix, "notes").reason == "the connecting role may not SET ROLE to app_user"


async def test_an_empty_table_without_row_security_is_open_and_not_empty(connection_all: asyncpg.Connection) -> None:
    await connection_all.execute("CREATE TABLE app.bare (id int); GRANT ALL ON app.bare TO app_user, app_service")
    await connection_all.execute("CREATE MATERIALIZED VIEW app.none AS SELECT 1 AS a WHERE false")
    await connection_all.execute("GRANT SELECT ON app.none TO app_user; TRUNCATE app.notes")
    for writes in (False, True):
        matrix = await probe(connection_all, asked(writes=writes))
        bare = cell(matrix, "bare")
        assert (bare.answer, bare.seen, bare.there, bare.reach) == (Answer.ALLOWED, Count(0), Count(0), "open")
        assert bare.reason == "row security is off: every row that comes will be readable"
        for command in ("insert", "update", "delete"):
            assert cell(matrix, "bare", command=command).answer is Answer.ALLOWED, command
        none = cell(matrix, "none")
        assert none.answer is Answer.ALLOWED and "every row that comes will be readable" in none.reason
        assert "every row that comes will be readable" in cell(matrix, "bare", "app_service").reason
        notes = cell(matrix, "notes")
        assert (notes.answer, notes.reach) == (Answer.EMPTY, "policies")
        assert notes.reason == "the table is empty: no policy was put to the proof"


@pytest.mark.parametrize("secret", SECRETS)
async def test_no_secret_in_the_words_of_a_policy_reaches_a_reason(connection: asyncpg.Connection, secret: str) -> None:
    text = "'" + secret.replace("'", "''") + "'"
    await connection.execute(
        "CREATE OR REPLACE FUNCTION app.raising() RETURNS boolean LANGUAGE plpgsql STABLE AS"
        f" $f$ BEGIN RAISE EXCEPTION USING MESSAGE = {text}; END $f$"
    )
    matrix = await probe(connection, asked(tables=("with_helper",), roles=("app_user",)))
    assert cell(matrix, "with_helper").answer is Answer.ERROR
    assert "hunter22" not in repr(matrix) and TOKEN not in repr(matrix)


async def test_who_can_be_a_role_is_told_with_their_sessions(connection: asyncpg.Connection, scene: str) -> None:
    await connection.execute("CREATE ROLE gateway LOGIN NOINHERIT; GRANT app_service TO gateway")
    other = await asyncpg.connect(scene, user="gateway", server_settings={"application_name": "api"})
    try:
        matrix = await probe(connection, asked(tables=("notes",)))
    finally:
        await other.close()
    access = next(one for one in matrix.access if one.role == "app_service")
    assert access.bypasses and access.members == ("gateway",) and "postgres" in access.superusers
    assert [(one.application, one.client, one.count) for one in access.sessions if one.user == "gateway"] == [
        ("api", "local", 1)
    ]


async def test_cancelling_ends_at_once_and_leaves_no_transaction(connection: asyncpg.Connection, scene: str) -> None:
    await connection.execute(
        "CREATE FUNCTION app.slow() RETURNS boolean LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(30); RETURN true; END';"
        "CREATE POLICY waits ON app.notes TO app_guest USING (app.slow())"
    )
    slow = asked(tables=("notes",), roles=("app_guest",), seconds=60.0)
    task = asyncio.create_task(probe(connection, slow))
    other = await asyncpg.connect(scene)
    try:
        async with asyncio.timeout(20):
            while not await other.fetchval("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"):
                await asyncio.sleep(0.05)
    finally:
        await other.close()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not connection.is_in_transaction()


async def test_a_role_without_the_schema_is_denied_after_one_that_has_it(connection: asyncpg.Connection) -> None:
    await connection.execute("CREATE ROLE outsider; GRANT SELECT, INSERT ON app.open_to_all TO outsider")
    matrix = await probe(connection, asked(roles=("app_user", "outsider"), tables=("open*",), writes=True))
    for command in ("select", "insert"):
        found = cell(matrix, "open_to_all", "outsider", command)
        assert (found.answer, found.reason) == (Answer.DENIED, "no USAGE on schema app")


async def test_a_slow_policy_is_cut_off_and_not_called_empty(connection: asyncpg.Connection) -> None:
    await connection.execute(
        "CREATE FUNCTION app.slow() RETURNS boolean LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(30); RETURN true; END';"
        "CREATE POLICY waits ON app.notes TO app_guest USING (app.slow())"
    )
    matrix = await probe(connection, asked(tables=("notes",), roles=("app_guest",), seconds=0.2, commands=("select",)))
    found = cell(matrix, "notes", "app_guest")
    assert (found.answer, found.sqlstate) == (Answer.UNCHECKED, "57014")


async def test_one_table_for_the_detail_has_truncate_by_its_grant(connection: asyncpg.Connection) -> None:
    found = await matrix_for_table(connection, "app", "parted", roles=ROLES)
    assert found is not None
    assert [one.answer for one in found.cells if one.command == "truncate"] == [
        Answer.ALLOWED,
        Answer.DENIED,
        Answer.DENIED,
    ]
    view = await matrix_for_table(connection, "app", "counted", roles=("app_user",), commands=("truncate",))
    assert view is not None and view.cells[0].answer is Answer.DENIED
    assert await matrix_for_table(connection, "app", "not there", roles=ROLES) is None


async def test_a_connection_lost_before_anything_is_known_is_said(connection: asyncpg.Connection, scene: str) -> None:
    with psycopg.connect(scene, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.get_server_pid()])
    with pytest.raises(ConnectError, match="connection was lost"):
        await probe(connection, asked())


def _state(connection: psycopg.Connection[Any]) -> list[Any]:
    """Every row of the scene with its place, and where its sequences stand."""
    tables = connection.execute(
        "SELECT quote_ident(relname) FROM pg_class"
        " WHERE relnamespace = 'app'::regnamespace AND relkind IN ('r', 'S') ORDER BY 1"
    ).fetchall()
    return [
        (name, connection.execute(f"SELECT ctid::text, t.* FROM app.{name} AS t ORDER BY 1").fetchall())
        for (name,) in tables
    ]
