"""Why there is no connection: each cause has its own words, and nothing a peer says does harm."""

from __future__ import annotations

import asyncio
import errno
import gc
import os
import socket
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest
from connecting import connection_to, failure, port, sockets_closed, spec_of
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tls_servers import wait_for

from cryotui.model.errors import AuthenticationError, ConnectError
from cryotui.pg.addresses import Address
from cryotui.pg.connect import connect
from cryotui.pg.conninfo import resolve
from cryotui.pg.failures import Attempt, explain


@pytest.mark.parametrize(
    ("conninfo", "cause", "state", "says"),
    [
        ("user=trusted dbname=nowhere", "database", "3D000", "has no database nowhere (3D000). Is it spelled right?"),
        ("user=trusted", "database", "3D000", "None was named, so the name of the user was taken."),
        ("user=rejected dbname=cryoprotect", "auth", "28000", "changes that in pg_hba.conf."),
        ("user=plain_only dbname=cryoprotect sslmode=require", "auth", "28000", "no pg_hba.conf entry"),
        ("user=tls_only dbname=cryoprotect sslmode=disable", "auth", "28000", "no encryption"),
        ("user=locked_out dbname=cryoprotect", "auth", "28000", "not permitted to log in"),
        ("user=limited dbname=cryoprotect", "too_many", "53300", "limited has no connection left"),
    ],
)
async def test_each_refusal_of_the_server_has_its_own_words(tls_server, tmp_path, conninfo, cause, state, says):
    tls_server.sql("ALTER ROLE locked_out PASSWORD '" + tls_server.password.replace("'", "''") + "'")
    error = await failure(spec_of(f"{port(tls_server)} {conninfo}", tmp_path, tls_server.password))
    assert (error.cause, error.sqlstate) == (cause, state)
    assert says in str(error)
    assert f"({state})" in str(error)


async def test_when_all_ordinary_connections_are_taken_it_says_who_gets_in(tls_server, tmp_path):
    spec = spec_of(f"{port(tls_server)} user=trusted dbname=cryoprotect", tmp_path)
    async with asyncio.timeout(60), AsyncExitStack() as taken:
        with pytest.raises(ConnectError) as caught:
            while True:
                await taken.enter_async_context(connection_to(spec))
    left = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'trusted'"
    wait_for(lambda: tls_server.sql(left) == [(0,)])  # the next test needs one
    assert (caught.value.cause, caught.value.sqlstate) == ("too_many", "53300")
    assert str(caught.value).startswith(f"All ordinary connections of localhost:{tls_server.port} are taken (53300).")


async def test_a_closed_port_is_told_apart(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as once:
        closed = once.getsockname()[1]
    error = await failure(spec_of(f"host=127.0.0.1 port={closed}", tmp_path))
    assert error.cause == "refused"
    assert str(error) == f"127.0.0.1:{closed} refuses: the host answers, nothing listens on the port. Is the server up?"


async def test_a_name_without_address_is_told_apart(tmp_path):
    error = await failure(spec_of("host=no-such-host.invalid", tmp_path))
    assert error.cause == "name"
    assert str(error).startswith("no-such-host.invalid has no address: ")


@pytest.mark.parametrize("name", ["a..b", "x" * 70 + ".test"])
async def test_an_impossible_name_is_no_crash(tmp_path, name):
    assert (await failure(spec_of(f"host={name}", tmp_path))).cause == "name"


async def test_a_missing_socket_is_told_apart(tmp_path):
    error = await failure(spec_of(f"host={tmp_path}", tmp_path))
    assert error.cause == "unreachable"
    assert str(error).startswith(f"There is no socket {tmp_path}/.s.PGSQL.5432.")


async def test_a_stale_socket_is_told_apart(tmp_path):
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(tmp_path / ".s.PGSQL.5432"))
    error = await failure(spec_of(f"host={tmp_path}", tmp_path))
    assert (error.cause, "no server behind it" in str(error)) == ("refused", True)


async def test_a_server_that_starts_up_is_told_apart(tmp_path, script):
    starting = script(script.refuse("57P03", "the database system is starting up"))
    error = await failure(spec_of(f"host=127.0.0.1 port={starting.port} sslmode=disable", tmp_path))
    assert (error.cause, error.sqlstate) == ("starting", "57P03")
    wanted = f"127.0.0.1:{starting.port} takes no connections now: the database system is starting up (57P03)."
    assert str(error) == wanted


async def test_every_host_that_failed_is_named(tmp_path, black_hole):
    error = await failure(spec_of(f"host=127.0.0.1,{tmp_path},127.0.0.1 port=1,2,{black_hole}", tmp_path), timeout=0.2)
    for told in ("127.0.0.1:1 refuses", f"{tmp_path}/.s.PGSQL.2", f"127.0.0.1:{black_hole} does not answer"):
        assert told in str(error)
    assert error.cause == "timeout"


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "other"),
        (b"", "lost"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "other"),
        (b"R\x00\x00\x00\x08\x00\x00\x00\x63", "auth"),
        (b"R\x00\x00\x00\x08\x00\x00\x00\x02", "auth"),
        (b"E\x00\x00\x00\x05\x00", "other"),
    ],
)
async def test_what_is_no_server_of_ours_is_no_crash(tmp_path, script, answer, cause):
    other = script(script.say(answer))
    error = await failure(spec_of(f"host=127.0.0.1 port={other.port} sslmode=disable connect_timeout=2", tmp_path, "x"))
    assert error.cause in (cause, "lost", "timeout")
    assert f"127.0.0.1:{other.port}" in str(error)


async def test_hostile_words_of_a_server_are_made_safe(tmp_path, script):
    hostile = script(
        script.refuse("XX001", "\x1b[2J[@click=app.quit]\u202e\nline two password=Hunter2-canary " + "x" * 900)
    )
    error = await failure(spec_of(f"host=127.0.0.1 port={hostile.port} sslmode=disable", tmp_path))
    assert str(error).isprintable()
    assert "Hunter2" not in str(error)
    assert len(str(error)) < 300


async def test_connecting_can_be_given_up(tmp_path, black_hole):
    task = asyncio.create_task(connect(spec_of(f"host=127.0.0.1 port={black_hole} connect_timeout=0", tmp_path)))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await sockets_closed()


async def test_a_name_server_that_hangs_does_not_hang_us(tmp_path, monkeypatch):
    released = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hang(*arguments: object, **options: object) -> list[object]:
        asyncio.run_coroutine_threadsafe(released.wait(), loop).result(30)
        raise OSError("late")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    spec = resolve("host=slow.lab", environ={"HOME": os.environ["HOME"]}, home=tmp_path)
    error = await failure(spec, timeout=0.2)
    released.set()
    assert error.cause == "name"
    assert "the name server does not answer" in str(error)


def at(host: str, address: str, family: int = socket.AF_INET6, **more: str) -> Attempt:
    """An attempt that never takes place, to be explained."""
    place = Address(address, 5432, family, host)
    spec = resolve(None, environ={"HOME": "/nonexistent"}, overrides={"host": host, "user": "u", **more})
    return Attempt(spec, spec.hosts[0], place, False, 10.0)


@pytest.mark.parametrize(
    ("code", "host", "address", "says"),
    [
        (errno.ENETUNREACH, "db.abcdefgh.supabase.co", "2001:db8::1", "Use the session pooler (port 5432"),
        (errno.ENETUNREACH, "db1.lab", "2001:db8::1", "no route to its IPv6 address 2001:db8::1"),
        (errno.EHOSTUNREACH, "db1.lab", "192.0.2.1", "no route to 192.0.2.1. Is the network or the VPN up?"),
        (errno.EACCES, "db1.lab", "192.0.2.1", "a firewall on it forbids it"),
        (errno.EPROTONOSUPPORT, "db1.lab", "192.0.2.1", "cannot be reached: protocol not supported"),
    ],
)
def test_each_fault_of_the_network_has_its_own_words(code, host, address, says):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    failed = explain(OSError(code, os.strerror(code)), at(host, address, family), tls_started=False, timed_out=False)
    assert (failed.error.cause, failed.then) == ("unreachable", "address")
    assert str(failed.error).startswith((f"{host}:5432", "This machine"))
    assert says in str(failed.error)


async def test_a_paused_project_is_suspected_where_supabase_has_no_address(tmp_path, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    error = await failure(spec_of("host=db.abcdefgh.supabase.co", tmp_path))
    assert error.cause == "name"
    assert "A paused project has no address" in str(error)


def nobody(*arguments: object, **options: object) -> list[object]:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def message(kind: bytes, body: bytes) -> bytes:
    return kind + (len(body) + 4).to_bytes(4, "big") + body


async def test_a_server_that_cannot_prove_it_knows_the_password_is_suspected(tmp_path, script):
    def impostor(peer: socket.socket, packet: bytes) -> None:
        peer.sendall(message(b"R", b"\0\0\0\x0aSCRAM-SHA-256\0\0"))
        nonce = peer.recv(4096).partition(b"r=")[2]
        peer.sendall(message(b"R", b"\0\0\0\x0br=" + nonce + b"more,s=c2FsdHNhbHRzYWx0c2FsdA==,i=4096"))
        peer.recv(4096)
        peer.sendall(message(b"R", b"\0\0\0\x0cv=" + b"A" * 43 + b"="))
        peer.sendall(message(b"R", b"\0\0\0\0"))
        peer.recv(4096)

    server = script(impostor)
    error = await failure(spec_of(f"host=127.0.0.1 port={server.port} user=u sslmode=disable", tmp_path, "x"))
    assert isinstance(error, AuthenticationError)
    assert "does not prove that it knows the password of u" in str(error)


@pytest.mark.parametrize(
    ("method", "says"),
    [
        (b"\0\0\0\x07", "wants a Kerberos login"),
        (b"\0\0\0\x02", "wants a login the driver does not have"),
        (b"\0\0\0\x0aOAUTHBEARER\0\0", "OAUTHBEARER"),
    ],
)
async def test_a_login_we_do_not_have_is_told(tmp_path, script, method, says):
    server = script(script.say(message(b"R", method)))
    error = await failure(spec_of(f"host=127.0.0.1 port={server.port} sslmode=disable", tmp_path, "x"))
    assert isinstance(error, AuthenticationError)
    assert says in str(error)


def kinds(octets: bytes) -> list[int]:
    """The type octets of the messages, as far as lengths can be believed."""
    found, at = [], 0
    while at < len(octets):
        found.append(octets[at])
        at += 1 + max(4, int.from_bytes(octets[at + 1 : at + 5], "big", signed=True))
    return found


@pytest.fixture
def half_made() -> Iterator[None]:
    """The driver warns when it throws a half-made connection away: it shall do so here, not in a test that comes later."""
    yield
    gc.collect()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.usefixtures("half_made")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=12),
            st.builds(message, st.sampled_from([b"R", b"E", b"N", b"S", b"K", b"Z", b"v"]), st.binary(max_size=12)),
        ),
        max_size=4,
    ).map(b"".join)
)
def test_no_answer_of_a_stranger_is_a_crash(tmp_path, script, octets):
    assume(0 not in kinds(octets))  # asyncpg 0.32 never returns from a message of type 0
    server = script(script.say(octets))
    spec = spec_of(f"host=127.0.0.1 port={server.port} sslmode=disable connect_timeout=1", tmp_path, "Hunter2-canary")
    try:
        told = asyncio.run(whatever_comes(spec))
    finally:
        server.close()
    assert "Hunter2" not in told
    assert told.isprintable()


async def whatever_comes(spec) -> str:
    """The words of the error, or nothing when the noise happens to let in."""
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)  # the driver's own last words
    try:
        connected = await connect(spec)
    except ConnectError as error:
        await sockets_closed()
        return str(error)
    connected.connection.terminate()
    await sockets_closed()
    return ""


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ("remaining connection slots are reserved for roles with the SUPERUSER attribute", "All ordinary connections"),
        ('too many connections for role "trusted"', "its CONNECTION LIMIT"),
        ('too many connections for database "reserved"', "raise the limit"),
        ("sorry, too many clients already", "the reserved ones too"),
    ],
)
async def test_whose_connections_are_used_up_is_told_in_the_words_of_every_major(tmp_path, script, message, says):
    refusing = script(script.refuse("53300", message))
    base = f"host=127.0.0.1 port={refusing.port} user=trusted dbname=reserved sslmode=disable"
    error = await failure(spec_of(base, tmp_path))
    assert error.cause == "too_many"
    assert says in str(error)
