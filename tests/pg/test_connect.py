"""Connecting: which host wins, how soon a dead one is left, what kind of server is taken."""

from __future__ import annotations

import asyncio
import socket
import threading

import pytest
from connecting import attempt, connection_to, failure, port, sockets_closed, spec_of

from cryotui.pg.connect import connect


async def test_the_plain_case(tls_server, tmp_path):
    spec = spec_of(f"{port(tls_server)} user=cryo_ops dbname=cryoprotect", tmp_path, tls_server.password)
    async with connection_to(spec) as connected:
        row = await connected.connection.fetchrow(
            "SELECT current_user AS u, current_database() AS d, current_setting('application_name') AS a,"
            " (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()) AS s"
        )
    assert tuple(row) == ("cryo_ops", "cryoprotect", "cryotui", True)
    assert connected.encrypted
    assert str(connected.host) == f"localhost:{tls_server.port}"
    assert connected.notices == ()
    assert tls_server.password not in repr(connected)


async def test_a_black_hole_ends_within_its_time(tmp_path, black_hole):
    async with asyncio.timeout(60):
        error = await failure(spec_of(f"host=127.0.0.1 port={black_hole}", tmp_path), timeout=0.3)
        assert error.cause == "timeout"
        assert f"127.0.0.1:{black_hole} does not answer within 0.3 s." in str(error)
        error = await failure(spec_of(f"host=127.0.0.1 port={black_hole} connect_timeout=1", tmp_path), timeout=60)
        assert "within 1 s" in str(error)


@pytest.mark.parametrize("mode", ["disable", "prefer", "require"])
async def test_a_black_hole_in_front_does_not_use_up_the_time_of_the_next_host(tls_server, tmp_path, black_hole, mode):
    conninfo = (
        f"host=127.0.0.1,localhost port={black_hole},{tls_server.port} user=trusted dbname=cryoprotect sslmode={mode}"
    )
    async with asyncio.timeout(60):
        connected = await attempt(spec_of(f"{conninfo} connect_timeout=1", tmp_path))
    assert connected.host.port == tls_server.port


async def test_hosts_that_are_down_are_passed_over(tls_server, tmp_path):
    hosts = f"host=no-such-host.invalid,{tmp_path},127.0.0.1,localhost port=1,1,1,{tls_server.port}"
    connected = await attempt(spec_of(f"{hosts} user=trusted dbname=cryoprotect", tmp_path))
    assert connected.host.host == "localhost"


async def test_a_server_that_starts_up_is_passed_over_for_the_next_host(tls_server, tmp_path, script):
    starting = script(script.refuse("57P03", "the database system is starting up"))
    conninfo = f"host=127.0.0.1,localhost port={starting.port},{tls_server.port} user=trusted dbname=cryoprotect"
    assert (await attempt(spec_of(f"{conninfo} sslmode=disable", tmp_path))).host.port == tls_server.port


async def test_a_refusal_is_not_carried_to_the_next_host(tls_server, tmp_path, script):
    untouched = script(script.say(b""))
    conninfo = f"host=localhost,127.0.0.1 port={tls_server.port},{untouched.port}"
    for user, database in (("cryo_ops", "cryoprotect"), ("trusted", "nowhere"), ("rejected", "cryoprotect")):
        await failure(spec_of(f"{conninfo} user={user} dbname={database}", tmp_path, "wrong"))
    assert untouched.seen == []


@pytest.mark.parametrize(
    ("wanted", "wins"),
    [
        ("any", "standby"),
        ("primary", "primary"),
        ("read-write", "primary"),
        ("standby", "standby"),
        ("read-only", "standby"),
        ("prefer-standby", "standby"),
    ],
)
async def test_the_kind_of_server_asked_for_wins(tls_server, standby, tmp_path, wanted, wins):
    ports = {"primary": tls_server.port, "standby": standby.port}
    for order in (["standby", "primary"], ["primary", "standby"]):
        listed = ",".join(str(ports[kind]) for kind in order)
        conninfo = (
            f"host=localhost,localhost port={listed} user=trusted dbname=cryoprotect target_session_attrs={wanted}"
        )
        connected = await attempt(spec_of(conninfo, tmp_path))
        assert connected.host.port == (ports[order[0]] if wanted == "any" else ports[wins])


async def test_prefer_standby_takes_a_primary_when_there_is_no_standby(tls_server, tmp_path):
    conninfo = (
        f"host=127.0.0.1,localhost,localhost port=1,{tls_server.port},{tls_server.port} user=trusted dbname=cryoprotect"
    )
    connected = await attempt(spec_of(f"{conninfo} target_session_attrs=prefer-standby", tmp_path))
    assert connected.host.port == tls_server.port


@pytest.mark.parametrize(
    ("wanted", "is_what"), [("standby", "is no standby"), ("read-only", "takes writes"), ("primary", "is a standby")]
)
async def test_no_server_of_the_kind_asked_for_is_told(tls_server, standby, tmp_path, wanted, is_what):
    server = standby if wanted == "primary" else tls_server
    conninfo = f"{port(server)} user=trusted dbname=cryoprotect target_session_attrs={wanted}"
    error = await failure(spec_of(conninfo, tmp_path))
    assert error.cause == "role"
    assert str(error).startswith(f"localhost:{server.port} {is_what}, and target_session_attrs={wanted}")


async def test_a_role_that_is_read_only_by_default_is_no_read_write_session(tls_server, tmp_path):
    tls_server.sql("ALTER ROLE trusted SET default_transaction_read_only = on")
    try:
        conninfo = f"{port(tls_server)} user=trusted dbname=cryoprotect target_session_attrs="
        await attempt(spec_of(f"{conninfo}read-only", tmp_path))
        assert "takes no writes" in str(await failure(spec_of(f"{conninfo}read-write", tmp_path)))
    finally:
        tls_server.sql("ALTER ROLE trusted RESET default_transaction_read_only")


async def test_the_kind_of_server_is_asked_for_where_a_pooler_does_not_tell(pooler, tls_server, tmp_path):
    conninfo = f"{port(pooler)} user=cryo_ops dbname=cryoprotect target_session_attrs="
    for wanted in ("read-write", "primary", "prefer-standby"):
        await attempt(spec_of(f"{conninfo}{wanted}", tmp_path, tls_server.password))
    for wanted in ("read-only", "standby"):
        assert (await failure(spec_of(f"{conninfo}{wanted}", tmp_path, tls_server.password))).cause == "role"


async def test_a_server_whose_kind_is_being_asked_for_is_left_when_connecting_is_given_up(tmp_path, script):
    asked = threading.Event()

    def let_in_and_say_no_more(peer: socket.socket, packet: bytes) -> None:
        version = b"server_version\0" + b"15.1\0"
        peer.sendall(b"R\0\0\0\x08\0\0\0\0S" + (len(version) + 4).to_bytes(4, "big") + version + b"Z\0\0\0\x05I")
        while peer.recv(65536):
            asked.set()

    silent = script(let_in_and_say_no_more, script.say(b""))
    conninfo = f"host=127.0.0.1 port={silent.port} user=u dbname=d sslmode=disable target_session_attrs=primary"
    task = asyncio.create_task(connect(spec_of(conninfo, tmp_path), timeout=60))
    async with asyncio.timeout(60):
        while not (asked.is_set() or task.done()):
            await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await sockets_closed()


async def test_load_balancing_does_not_always_take_the_first_host(tls_server, standby, tmp_path):
    conninfo = f"host=localhost,localhost port={tls_server.port},{standby.port} user=trusted dbname=cryoprotect"
    spec = spec_of(f"{conninfo} load_balance_hosts=random", tmp_path)
    async with asyncio.timeout(60):
        seen = set()
        while len(seen) < 2:
            seen.add((await attempt(spec)).host.port)


async def test_a_dead_peer_is_noticed_by_the_system(tls_server, tmp_path):
    conninfo = f"{port(tls_server)} user=trusted dbname=cryoprotect"
    for given, idle, user_timeout in (("", 10, 30_000), (" keepalives_idle=77 tcp_user_timeout=5000", 77, 5000)):
        async with connection_to(spec_of(conninfo + given, tmp_path)) as connected:
            opened = connected.connection._transport.get_extra_info("socket")
            assert opened.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            assert opened.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == idle
            assert opened.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == user_timeout
    async with connection_to(spec_of(f"{conninfo} keepalives=0", tmp_path)) as connected:
        opened = connected.connection._transport.get_extra_info("socket")
        assert opened.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 0


async def test_a_socket_directory_works(tls_server, tmp_path):
    conninfo = f"host={tls_server.sockets} port={tls_server.port} user=cryo_ops dbname=cryoprotect sslmode=require"
    connected = await attempt(spec_of(conninfo, tmp_path, tls_server.password))
    assert not connected.encrypted
    assert connected.address.is_socket
    assert connected.notices == ()


async def test_without_a_host_the_local_port_serves_where_no_socket_is(tls_server, tmp_path):
    connected = await attempt(spec_of(f"port={tls_server.port} user=trusted dbname=cryoprotect", tmp_path))
    assert str(connected.address) == f"127.0.0.1:{tls_server.port}"
    error = await failure(spec_of("port=1", tmp_path))
    assert str(error).startswith("No server here: no socket for port 1 in /run/postgresql")
    assert "127.0.0.1:1 refuses" in str(error)


async def test_an_address_beside_the_name_is_used_without_a_name_server(tls_server, tmp_path):
    conninfo = f"host=no-such-host.invalid hostaddr=127.0.0.1 port={tls_server.port} user=trusted dbname=cryoprotect"
    connected = await attempt(spec_of(conninfo, tmp_path))
    assert str(connected.host) == f"no-such-host.invalid:{tls_server.port}"


async def test_every_address_of_a_name_is_tried_each_with_its_own_time(tls_server, tmp_path, monkeypatch):
    """A name with an address nobody answers at and one that refuses, before the one of the server."""
    answers = [
        (socket.AF_INET, 1, 6, "", (address, tls_server.port)) for address in ("127.0.0.3", "127.0.0.2", "127.0.0.1")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda name, *more, **options: answers)
    conninfo = f"host=db1.lab port={tls_server.port} user=trusted dbname=cryoprotect connect_timeout=1"
    with socket.create_server(("127.0.0.3", tls_server.port)):
        async with asyncio.timeout(60):
            connected = await attempt(spec_of(conninfo, tmp_path))
    assert str(connected.address) == f"127.0.0.1:{tls_server.port}"
    assert str(connected.host) == f"db1.lab:{tls_server.port}"


async def test_an_ipv6_address_works(tls_server, tmp_path):
    try:
        socket.create_connection(("::1", tls_server.port), 5).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    who = "user=trusted dbname=cryoprotect"
    for target in (
        f"postgresql://trusted@[::1]:{tls_server.port}/cryoprotect",
        f"hostaddr=::1 port={tls_server.port} {who}",
    ):
        connected = await attempt(spec_of(target, tmp_path))
        assert (str(connected.host), connected.notices) == (f"[::1]:{tls_server.port}", ())
