"""Trouble made with real sessions is found, named and gone when it is over."""

from __future__ import annotations

import psycopg
from lock_scenes import queue_behind_ddl, scene, wait_until

from cryotui.demo.cluster import Cluster
from cryotui.diagnosis import diagnose, more_probes, probes
from cryotui.model.cause import Diagnosis
from cryotui.model.settings import Settings
from cryotui.pg.conninfo import resolve
from cryotui.pg.session import Session
from cryotui.probes import probe
from cryotui.watch.moments import Moments


async def diagnosed(uri: str, settings: Settings | None = None) -> Diagnosis:
    session = await Session.open(resolve(uri, environ={}), 1)
    try:
        moments = Moments(settings or Settings())
        for _ in range(2):
            for name in (*probes(), *more_probes()):
                sample = await session.sample(probe(name))
                assert sample.missing is None, sample
                moments.receive(sample)
        return diagnose(moments.moment(session.server))
    finally:
        await session.close()


async def test_a_queue_of_real_sessions_is_found_on_every_major_and_gone_when_it_is_over(database_all: str) -> None:
    with scene(database_all) as made:
        pids = queue_behind_ddl(made, readers=4)
        made.watcher.execute("SELECT pg_sleep(1.1)")
        causes = {cause.name: cause for cause in (await diagnosed(database_all)).causes}
        cause = causes[f"lock_queue {pids['root']}"]
        assert cause.sentence == f"Lock queue on molecules: 6 sessions wait behind pid {pids['root']}"
        assert [step.text for step in cause.next[:2]] == [
            f"cancel {pids['ddl']} frees 4", f"terminate {pids['root']} frees 6",
        ]  # fmt: skip
        made.watcher.execute("SELECT pg_cancel_backend(%s)", (pids["ddl"],))
        made.watcher.execute("SELECT pg_terminate_backend(%s)", (pids["root"],))
        sql = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        for _ in range(100):
            if made.watcher.execute(sql).fetchone() == (0,):
                break
            made.watcher.execute("SELECT pg_sleep(0.05)")
        assert not [cause for cause in (await diagnosed(database_all)).causes if cause.name.startswith("lock_queue")]


async def test_a_real_snapshot_that_keeps_deleted_rows_is_named_until_it_ends(database_all: str) -> None:
    impatient = Settings(thresholds={"activity.transaction_age": (0.0, 3600.0)})
    with scene(database_all) as made:
        made.watcher.execute("CREATE TABLE emptied AS SELECT n FROM generate_series(1, 30000) AS n")
        old = made.session(
            "lab-report", "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "SELECT count(*) FROM emptied"
        )
        made.watcher.execute("DELETE FROM emptied")
        sql = "SELECT n_dead_tup >= 30000 FROM pg_stat_user_tables WHERE relname = 'emptied'"
        wait_until(lambda: made.watcher.execute(sql).fetchone() == (True,), "the deleted rows are counted")
        cause = {one.name: one for one in (await diagnosed(database_all, impatient)).causes}[
            f"vacuum_horizon session {old.info.backend_pid}"
        ]
        assert "dead rows stay in emptied" in cause.sentence and cause.why.startswith("lab-report, idle in transaction")
        old.rollback()
        causes = (await diagnosed(database_all, impatient)).causes
        assert not [one for one in causes if one.name.startswith("vacuum_horizon")]


async def test_a_limit_that_is_full_is_found(database: str, pg: Cluster) -> None:
    with psycopg.connect(pg.uri(), autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS lab_full")
        connection.execute("CREATE ROLE lab_full LOGIN CONNECTION LIMIT 2")
    with scene(database) as made:
        for _ in range(2):
            made.session("lab-api", user="lab_full", autocommit=True)
        causes = [
            cause for cause in (await diagnosed(database)).causes if cause.name == "connections_full role lab_full"
        ]
    with psycopg.connect(pg.uri(), autocommit=True) as connection:
        connection.execute("DROP ROLE lab_full")
    assert len(causes) == 1 and causes[0].mark == "bad" and causes[0].why.startswith("lab-api holds 2")


async def test_a_plain_role_is_told_what_it_could_not_check(database: str, pg: Cluster) -> None:
    with psycopg.connect(pg.uri(), autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS lab_blind")
        connection.execute("CREATE ROLE lab_blind LOGIN")
    with scene(database) as made:
        queue_behind_ddl(made, readers=1)
        diagnosis = await diagnosed(database.replace("postgres@", "lab_blind@", 1))
    titles = {reason.partition(":")[0] for reason in diagnosis.not_checked}
    assert {"idle in transaction", "long statements", "vacuum held back", "synchronous standby"} <= titles
