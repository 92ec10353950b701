"""When TLS is asked for, when plaintext is taken instead, and how that is told: as libpq decides it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import ssl
from pathlib import Path

import psycopg
import pytest
from connecting import by_libpq, by_us, connection_to, failure, sockets_closed, spec_here
from servers import new_cluster

from cryotui.model.errors import AuthenticationError, ConnectError
from cryotui.pg.connect import connect


def conninfo_of(server, more: str = "") -> str:
    return f"host=localhost port={server.port} user=trusted dbname=cryoprotect {more}"


async def test_a_statement_can_be_cancelled_behind_a_verified_name(tls_server, authority, home):
    """The cancel request is a connection of its own, made by the driver: it verifies the same name."""
    spec = spec_here(
        f"host=db1.lab.test hostaddr=127.0.0.1 port={tls_server.port} user=trusted dbname=cryoprotect "
        f"sslmode=verify-full sslrootcert={authority.file}"
    )
    async with connection_to(spec) as connected:
        with pytest.raises(TimeoutError):
            await connected.connection.execute("SELECT pg_sleep(170)", timeout=0.2)
        async with asyncio.timeout(60):
            assert await connected.connection.fetchval("SELECT 1") == 1


async def test_versions_of_tls_are_kept(tls_server, home):
    conninfo = conninfo_of(tls_server, "sslmode=require ssl_max_protocol_version=TLSv1.2")
    async with connection_to(spec_here(conninfo)) as connected:
        version = await connected.connection.fetchval("SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
    assert version == "TLSv1.2"
    tls_server.sql("ALTER SYSTEM SET ssl_max_protocol_version = 'TLSv1.2'", "SELECT pg_reload_conf()")
    try:
        strict = conninfo_of(tls_server, "sslmode=require ssl_min_protocol_version=TLSv1.3")
        async with asyncio.timeout(60):
            while await by_us(strict) is not None:
                await asyncio.sleep(0.05)
        error = await failure(spec_here(strict))
        assert error.cause == "tls"
        assert "Compare ssl_min_protocol_version on both sides" in str(error)
    finally:
        tls_server.sql("ALTER SYSTEM RESET ssl_max_protocol_version", "SELECT pg_reload_conf()")


HBA = b"SFATAL\0VFATAL\0C28000\0Mno pg_hba.conf entry for host\0\0"


REFUSED = b"SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed\0\0"


STARTING = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"


def error_message(fields: bytes) -> bytes:
    return b"E" + (len(fields) + 4).to_bytes(4, "big") + fields


@pytest.mark.parametrize(
    ("mode", "answers"),
    [
        ("prefer", [b"S", error_message(HBA)]),
        ("prefer", [b"", b""]),
        ("prefer", [error_message(HBA), b""]),
        ("require", [b"S", b""]),
        ("require", [b"", b""]),
        ("require", [b"N", b""]),
        ("verify-full", [b"N", b""]),
        ("allow", [error_message(HBA), b"N"]),
        ("allow", [error_message(HBA), b""]),
        ("allow", [error_message(STARTING), b""]),
        ("allow", [b"", b""]),
        ("disable", [error_message(HBA), b""]),
    ],
)
async def test_the_other_kind_of_connection_is_tried_when_libpq_tries_it(home, script, authority, mode, answers):
    seen = []
    for way in (by_libpq, by_us):
        server = script(*(script.say(answer) for answer in answers))
        conninfo = f"host=localhost hostaddr=127.0.0.1 port={server.port} sslmode={mode} sslrootcert={authority.file}"
        outcome = await asyncio.to_thread(by_libpq, conninfo) if way is by_libpq else await by_us(conninfo)
        assert outcome is None
        seen.append(server.seen)
    assert seen[0] == seen[1]


@pytest.mark.parametrize("mode", ["allow", "prefer"])
async def test_a_refused_password_is_not_tried_again_the_other_way(home, script, mode):
    answers = [error_message(REFUSED)] if mode == "allow" else [b"N", error_message(REFUSED)]
    server = script(*(script.say(answer) for answer in answers), script.say(b""))
    error = await failure(spec_here(f"host=127.0.0.1 port={server.port} sslmode={mode} password=x"))
    assert isinstance(error, AuthenticationError)
    assert server.seen == (["plain"] if mode == "allow" else ["tls", "plain"])


@pytest.mark.parametrize(
    ("mode", "user", "encrypted"),
    [
        ("allow", "trusted", False),
        ("allow", "tls_only", True),
        ("prefer", "trusted", True),
        ("prefer", "plain_only", False),
        ("require", "tls_only", True),
        ("disable", "plain_only", False),
    ],
)
async def test_rules_of_the_server_decide_where_the_mode_leaves_it_open(
    tls_server, home, monkeypatch, mode, user, encrypted
):
    monkeypatch.setenv("PGPASSWORD", tls_server.password)
    conninfo = f"host=localhost port={tls_server.port} user={user} dbname=cryoprotect sslmode={mode}"
    assert by_libpq(conninfo) is encrypted
    assert await by_us(conninfo) is encrypted


@pytest.mark.parametrize("mode", ["allow", "prefer", "require"])
async def test_an_unusable_key_of_ours_does_what_it_does_in_libpq(tls_server, client_files, mode):
    """Where plaintext is allowed it is taken, as for every handshake that fails."""
    (client_files / "client.key").chmod(0o644)
    files = f"sslcert={client_files}/client.crt sslkey={client_files}/client.key"
    conninfo = conninfo_of(tls_server, f"sslmode={mode} {files}")
    assert await by_us(conninfo) == by_libpq(conninfo)


async def test_a_password_refused_behind_tls_is_what_is_told(tls_server, home):
    """sslmode=allow meets the rule against plaintext first; the operator needs to know of the password."""
    error = await failure(spec_here(conninfo_of(tls_server, "sslmode=allow user=tls_only password=wrong")))
    assert str(error).startswith("Password refused for tls_only")


async def test_a_server_without_tls_is_told_when_tls_is_asked_for(home, script):
    server = script(script.say(b"N"))
    error = await failure(spec_here(f"host=127.0.0.1 port={server.port} sslmode=require"))
    assert error.cause == "tls"
    assert str(error).startswith(f"127.0.0.1:{server.port} offers no TLS, and sslmode=require asks for it.")


def alert(peer: socket.socket, packet: bytes) -> None:
    """Yes to TLS, then a fatal alert: handshake_failure."""
    peer.sendall(b"S")
    peer.recv(5)
    peer.sendall(b"\x15\x03\x03\x00\x02\x02\x28")


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (error_message(HBA), "answers with an error when asked for TLS"),
        (b"", "closes the connection when asked for TLS"),
        (b"S", "breaks off the TLS handshake"),
        (alert, "handshake failure"),
    ],
)
async def test_each_way_tls_fails_has_its_own_words(home, script, answer, says):
    server = script(answer if callable(answer) else script.say(answer))
    error = await failure(spec_here(f"host=localhost hostaddr=127.0.0.1 port={server.port} sslmode=require"))
    assert error.cause == "tls"
    assert says in str(error)


def own_address() -> str:
    """An address of this machine that is not its loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])


async def test_plaintext_to_another_machine_is_told(tls_server, home, authority, monkeypatch):
    """The own address stands for another machine: only loopback and sockets count as staying here."""
    try:
        address = own_address()
    except OSError:
        pytest.skip("this machine has no address but its loopback")
    if address.startswith("127."):
        pytest.skip("this machine has no address but its loopback")
    forward = await asyncio.start_server(lambda r, w: relay(r, w, tls_server.port), address, 0)
    port = forward.sockets[0].getsockname()[1]
    base = f"host={address} port={port} dbname=cryoprotect"
    try:
        async with connection_to(spec_here(f"{base} user=trusted sslmode=disable")) as plain:
            assert plain.notices == (f"NOT ENCRYPTED: what goes to and from {address}:{port} can be read on the way.",)
        async with connection_to(spec_here(f"{base} user=trusted sslmode=prefer")) as secure:
            assert (secure.encrypted, secure.notices) == (True, ())
        monkeypatch.setenv("PGPASSWORD", tls_server.password)
        async with connection_to(spec_here(f"{base} user=plain_only sslmode=prefer")) as fallen:
            assert fallen.notices[0].startswith("NOT ENCRYPTED")
            assert "pg_hba.conf" in fallen.notices[0]
    finally:
        forward.close()
        await forward.wait_closed()
        await sockets_closed()


async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    back, forth = await asyncio.open_connection("127.0.0.1", port)

    async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await source.read(65536):
                sink.write(data)
                await sink.drain()
        sink.close()

    await asyncio.gather(pump(reader, forth), pump(back, writer))


async def test_direct_tls_needs_a_server_that_names_the_protocol(home, authority, tmp_path):
    certificate, key = authority.issue("localhost")
    (tmp_path / "server.pem").write_bytes(certificate + key)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "server.pem")

    async def quiet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(quiet, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    conninfo = f"host=localhost hostaddr=127.0.0.1 port={port} sslmode=verify-full sslnegotiation=direct"
    with pytest.raises(ConnectError, match="does not name the protocol postgresql") as caught:
        await connect(spec_here(f"{conninfo} sslrootcert={authority.file}"))
    server.close()
    await server.wait_closed()
    await sockets_closed()
    assert caught.value.cause == "tls"


async def test_direct_tls_connects_to_a_server_that_has_it(home, authority):
    certificate, key = authority.issue("localhost")
    cluster = new_cluster(18, {"listen_addresses": "127.0.0.1"})
    cluster.start()
    try:
        for name, content in (("server.crt", certificate), ("server.key", key)):
            path = Path(cluster.data) / name
            path.write_bytes(content)
            path.chmod(0o600)
            owner = Path(cluster.data).stat()
            os.chown(path, owner.st_uid, owner.st_gid)
        with psycopg.connect(cluster.uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET ssl = on")
            connection.execute("SELECT pg_reload_conf()")
        conninfo = (
            f"host=localhost hostaddr=127.0.0.1 port={cluster.port} user=postgres dbname=postgres sslmode=verify-full "
            f"sslnegotiation=direct sslrootcert={authority.file} connect_timeout=5"
        )
        async with asyncio.timeout(60):
            while await by_us(conninfo) is not True:
                await asyncio.sleep(0.1)
        assert by_libpq(conninfo) is True
    finally:
        cluster.stop()
