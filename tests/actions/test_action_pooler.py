"""Behind PgBouncer in transaction mode: signals work, long jobs are refused, and why."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import psycopg
import pytest
import pytest_asyncio
from action_place import Place
from servers import absent

from cryotui.model.action import Level
from cryotui.pg.statement import ActionSession, StatementError


@pytest_asyncio.fixture
async def pooled(place: Place) -> AsyncIterator[str]:
    """The URI of the same database through a pool of one server connection."""
    program = shutil.which("pgbouncer")
    if program is None:
        absent("pgbouncer")
    parts = psycopg.conninfo.conninfo_to_dict(place.uri)
    folder = Path(tempfile.mkdtemp(prefix="cryotui-pgb-"))
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    (folder / "users.txt").write_text('"postgres" ""\n')
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\n* = host={parts['host']} port={parts['port']}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
        f"listen_port = {port}\nunix_socket_dir =\nauth_type = trust\nauth_file = {folder}/users.txt\n"
        f"pool_mode = transaction\ndefault_pool_size = 1\nlogfile = {folder}/log\n"
    )
    account = []
    if os.geteuid() == 0:
        account = ["runuser", "-u", "postgres", "--"]
        os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
    process = subprocess.Popen([*account, program, "-q", folder / "pgbouncer.ini"], stderr=subprocess.DEVNULL)
    uri = f"postgresql://postgres@127.0.0.1:{port}/{parts['dbname']}"
    try:
        async with asyncio.timeout(60):
            while True:
                try:
                    await (await asyncpg.connect(uri, statement_cache_size=0)).close()
                    break
                except OSError:
                    await asyncio.sleep(0.05)
        yield uri
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder)


async def test_a_query_is_cancelled_and_a_session_ended_through_it(place: Place, pooled: str) -> None:
    desk = await place.desk(opener=place.opener(uri=pooled))
    desk.meet(dataclasses.replace(desk.server, pooled=True))
    desk.raise_level(Level.DANGER)
    busy = await place.busy()
    row = await place.session(busy)
    preview = await desk.preview("cancel-query", [row])
    assert preview.refused is None
    assert (await desk.start(preview).wait()).verdict == "verified"
    preview = await desk.preview("terminate-session", [row])
    assert (await desk.start(preview).wait()).verdict == "verified"
    refused = await desk.preview("vacuum", [await place.table()])
    assert refused.refused is not None
    assert "a pooler stands between" in refused.refused


async def test_settings_of_one_client_reach_the_next_which_is_why_long_jobs_are_refused(
    place: Place, pooled: str
) -> None:
    first = await asyncpg.connect(pooled, statement_cache_size=0)
    await first.execute("SET statement_timeout = 0; SET lock_timeout = '1234ms'")
    await first.execute("VACUUM molecules")  # it works as such
    second = psycopg.connect(pooled, autocommit=True, prepare_threshold=None)
    (leaked,) = second.execute("SHOW lock_timeout").fetchone() or ()
    second.close()
    await first.close()
    assert leaked == "1234ms"


async def test_nothing_is_run_without_limits_of_its_own(place: Place, pooled: str) -> None:
    session = await ActionSession.open(place.opener(uri=pooled), pooled=True)
    assert session.pid is None
    with pytest.raises(StatementError, match="A pooler stands between"):
        await session.run("VACUUM molecules", lock_seconds=1)
    await session.close()
