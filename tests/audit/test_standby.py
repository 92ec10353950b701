"""Rules on a standby: what its catalogs tell is found there, and what only the primary knows is said to be unknown."""

from __future__ import annotations

import time
from collections.abc import Iterator

import asyncpg
import psycopg
import pytest
from servers import new_cluster, standby_of

from cryotui.audit.engine import audit
from cryotui.audit.rulebook import rule
from cryotui.demo.cluster import Cluster
from cryotui.model.finding import Severity

REPLAYED = 30.0


@pytest.fixture(scope="module")
def standby() -> Iterator[Cluster]:
    """A standby with two indexes that are not valid and one that is; it has replayed all of them."""
    with new_cluster() as primary:
        with psycopg.connect(primary.uri(), autocommit=True) as connection:
            for statement in (
                "CREATE TABLE public.t (a int, b int)",
                "CREATE INDEX sound ON t (a)",
                "CREATE INDEX broken ON t (b)",
                "CREATE INDEX kept_ccnew ON t (a, b)",
                "UPDATE pg_index SET indisvalid = false WHERE indexrelid IN ('broken'::regclass, 'kept_ccnew'::regclass)",
            ):
                connection.execute(statement)
            last = connection.execute("SELECT pg_current_wal_lsn()::text").fetchone()
        assert last is not None
        with standby_of(primary) as standby:
            deadline = time.monotonic() + REPLAYED
            with psycopg.connect(standby.uri(), autocommit=True) as connection:
                while connection.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", last).fetchone() != (True,):
                    assert time.monotonic() < deadline, "the standby does not replay"
                    time.sleep(0.05)
            yield standby


async def test_invalid_indexes_are_found_on_a_standby_and_what_is_not_known_there_is_said(standby: Cluster) -> None:
    connection = await asyncpg.connect(standby.uri())
    try:
        run = await audit(connection, [rule("int-invalid-index")])
    finally:
        await connection.close()
    (result,) = run.results
    assert result.missing is None
    assert [found.object for found in result.findings] == ["public.broken", "public.kept_ccnew"]
    for found in result.findings:
        assert found.severity is Severity.WATCH and found.evidence == "invalid; perhaps still in work"
        assert "not known on this standby" in found.detail and "The fix runs on the primary." in found.detail
    assert [found.fix for found in result.findings] == [
        "REINDEX INDEX CONCURRENTLY public.broken;", "DROP INDEX CONCURRENTLY public.kept_ccnew;",
    ]  # fmt: skip
