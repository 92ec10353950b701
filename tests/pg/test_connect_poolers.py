"""Poolers: many at once through PgBouncer, and advice for what PgBouncer and Supavisor refuse."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import asyncpg
import pytest
from connecting import connection_to, failure, port, spec_of

from cryotui.model.errors import AuthenticationError, ConnectError


async def test_the_first_packet_holds_only_what_poolers_take(tmp_path, script):
    packets: list[bytes] = []
    listening = script(script.listen(packets), script.listen(packets))
    base = f"host=127.0.0.1 port={listening.port} user=u dbname=d sslmode=disable"
    assert (await failure(spec_of(base, tmp_path))).cause == "lost"
    await failure(spec_of(f"{base} options='-c jit=off' application_name=mine", tmp_path))
    keys = [dict(zip(*[iter(packet[8:].split(b"\0"))] * 2, strict=False)) for packet in packets]
    wanted = {b"client_encoding": b"'utf-8'", b"user": b"u", b"database": b"d", b"application_name": b"cryotui"}
    assert {k: v for k, v in keys[0].items() if k} == wanted
    assert {k: v for k, v in keys[1].items() if k} == wanted | {b"application_name": b"mine", b"options": b"-c jit=off"}


async def test_options_reach_the_server_when_asked_for(tls_server, tmp_path):
    conninfo = f"{port(tls_server)} user=trusted dbname=cryoprotect options='-c work_mem=123kB'"
    async with connection_to(spec_of(conninfo, tmp_path)) as connected:
        assert await connected.connection.fetchval("SHOW work_mem") == "123kB"


async def test_a_pooler_in_transaction_mode_serves_many_at_once(pooler, tls_server, tmp_path):
    spec = spec_of(f"{port(pooler)} user=cryo_ops dbname=cryoprotect", tmp_path, tls_server.password)

    async def ask(connection: asyncpg.Connection, number: int) -> int:
        return await connection.fetchval("SELECT $1::int + pg_backend_pid() * 0", number)

    async with AsyncExitStack() as stack:
        opened = [(await stack.enter_async_context(connection_to(spec))).connection for _ in range(10)]
        for _ in range(20):
            assert await asyncio.gather(*(ask(each, number) for number, each in enumerate(opened))) == list(range(10))


@pytest.mark.parametrize(
    ("conninfo", "cause", "says"),
    [
        ("user=cryo_ops dbname=nowhere", "database", "has no database nowhere"),
        ("user=cryo_ops dbname=cryoprotect options='-c jit=off'", "pooler", "Leave options and PGOPTIONS out"),
        ("user=nobody dbname=cryoprotect", "auth", "Password refused for nobody"),
        ("user=cryo_ops dbname=cryoprotect sslmode=require", "tls", "offers no TLS, and sslmode=require asks for it"),
    ],
)
async def test_what_a_pooler_refuses_is_explained(pooler, tls_server, tmp_path, conninfo, cause, says):
    error = await failure(spec_of(f"{port(pooler)} {conninfo}", tmp_path, tls_server.password))
    assert error.cause == cause
    assert says in str(error)


async def test_a_wrong_password_counts_once_at_a_pooler(pooler, tmp_path):
    before = pooler.log.read_text().count("pooler error: SASL authentication failed")
    error = await failure(spec_of(f"{port(pooler)} user=cryo_ops dbname=cryoprotect", tmp_path, "wrong"))
    assert isinstance(error, AuthenticationError)
    assert "PGPASSWORD" in str(error)
    assert pooler.log.read_text().count("pooler error: SASL authentication failed") == before + 1


@pytest.mark.parametrize(
    ("state", "message", "kind", "cause", "says"),
    [
        ("XX000", "(ENOTFOUND) tenant/user postgres.abc not found", AuthenticationError, "pooler", "postgres.PROJECT"),
        ("XX000", "Tenant or user not found", AuthenticationError, "pooler", "paused project"),
        ("XX000", "(EMAXCONNSESSION) max clients reached in session mode", ConnectError, "too_many", "port 6543"),
        ("XX000", "MaxClientsInSessionMode: max clients reached", ConnectError, "too_many", "session mode"),
        ("XX000", "(ECIRCUITBREAKER) too many failures", AuthenticationError, "pooler", "two minutes"),
        ("XX000", "(EADDRNOTALLOWED) address not in allow_list", AuthenticationError, "pooler", "Network restrictions"),
        ("XX000", "(ECHECKOUTTIMEOUT) unable to check out", ConnectError, "too_many", "long transactions"),
        ("XX000", "(EBANNED) tenant is banned: x", AuthenticationError, "pooler", "dashboard"),
        ("08P01", "no such database: nowhere", ConnectError, "database", "list of databases"),
        ("08P01", "no such user: nobody", AuthenticationError, "auth", "list of users"),
        ("08P01", "unsupported startup parameter: options", ConnectError, "pooler", "ignore_startup_parameters"),
        ("08P01", "no more connections allowed (max_client_conn)", ConnectError, "too_many", "no more clients"),
        ("08P01", "query_wait_timeout", ConnectError, "too_many", "used up"),
        ("08P01", "server login has been failing, try again later", ConnectError, "pooler", "server behind it"),
        ("08P01", "password authentication failed", AuthenticationError, "auth", "Password refused"),
    ],
)
async def test_the_words_of_poolers_become_advice(tmp_path, script, state, message, kind, cause, says):
    refusing = script(script.refuse(state, message))
    conninfo = f"host=127.0.0.1 port={refusing.port} user=postgres.abc dbname=nowhere sslmode=disable"
    error = await failure(spec_of(conninfo, tmp_path, "x"))
    assert (type(error), error.cause, error.sqlstate) == (kind, cause, state)
    assert says in str(error)
    assert f"({state})" in str(error)
