"""TLS as libpq does it: who is trusted, what is refused, when plaintext is taken, and in which words it is told."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
import trustme
from connecting import sockets_closed
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from servers import new_cluster

from cryotui.model.errors import AuthenticationError, ConnectError
from cryotui.pg.connect import connect
from cryotui.pg.conninfo import resolve

MODES = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]
CERTIFICATES = ["good", "wrong name", "other authority", "self-signed", "expired"]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home both libpq and we look into."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in [name for name in os.environ if name.startswith(("PG", "SSL_CERT"))]:
        monkeypatch.delenv(name)
    (tmp_path / ".postgresql").mkdir()
    return tmp_path


@pytest.fixture
def show(tls_server, authority):
    """Make the server show a certificate of a kind; the good one comes back at the end."""

    def present(kind: str) -> None:
        if kind == "good":
            tls_server.present(authority.issue("localhost", "127.0.0.1", "db1.lab.test"))
        elif kind == "wrong name":
            tls_server.present(authority.issue("db9.lab.test"))
        elif kind == "expired":
            tls_server.present(authority.issue("localhost", expired=True))
        elif kind == "other authority":
            leaf = trustme.CA().issue_cert("localhost")
            tls_server.present((leaf.cert_chain_pems[0].bytes(), leaf.private_key_pem.bytes()))
        else:
            tls_server.present(self_signed("localhost"))

    yield present
    present("good")


def self_signed(name: str) -> tuple[bytes, bytes]:
    ca = trustme.CA()
    key = serialization.load_pem_private_key(ca.private_key_pem.bytes(), None)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM), ca.private_key_pem.bytes()


def conninfo_of(server, more: str = "") -> str:
    return f"host=localhost port={server.port} user=trusted dbname=cryoprotect {more}"


def spec_of(conninfo: str):
    return resolve(conninfo, environ=dict(os.environ))


async def by_us(conninfo: str) -> bool | None:
    """Whether the connection is encrypted; None when there is none."""
    try:
        connected = await connect(spec_of(conninfo))
    except ConnectError:
        await sockets_closed()
        return None
    shown = await connected.connection.fetchval("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
    await connected.connection.close()
    await sockets_closed()
    assert shown is connected.encrypted
    return connected.encrypted


def by_libpq(conninfo: str) -> bool | None:
    try:
        with psycopg.connect(conninfo) as connection:
            return connection.pgconn.ssl_in_use
    except psycopg.OperationalError:
        return None


async def failure(conninfo: str) -> ConnectError:
    with pytest.raises(ConnectError) as caught:
        await connect(spec_of(conninfo))
    await sockets_closed()
    assert caught.value.__context__ is None
    return caught.value


@pytest.mark.parametrize("kind", CERTIFICATES)
async def test_who_gets_in_and_encrypted_or_not_is_as_in_libpq(tls_server, authority, home, show, kind):
    show(kind)
    default = home / ".postgresql" / "root.crt"
    for root in ("none", "given", "missing", "default"):
        if root == "default":
            shutil.copy(authority.file, default)
        given = {"given": f"sslrootcert={authority.file}", "missing": "sslrootcert=/nonexistent"}.get(root, "")
        for mode in MODES:
            conninfo = conninfo_of(tls_server, f"sslmode={mode} {given}")
            assert await by_us(conninfo) == by_libpq(conninfo), (mode, root)


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("wrong name", "is made out to another name than localhost."),
        ("other authority", "is signed by an authority that is not among"),
        ("self-signed", "is self-signed or its authority is"),
        ("expired", "has expired."),
    ],
)
async def test_each_fault_of_a_certificate_has_its_own_words(tls_server, authority, home, show, kind, says):
    show(kind)
    error = await failure(conninfo_of(tls_server, f"sslmode=verify-full sslrootcert={authority.file}"))
    assert (error.cause, error.exit_code) == ("tls", 3)
    assert str(error).startswith(f"The certificate of localhost:{tls_server.port} {says}")


async def test_verification_without_an_authority_says_which_file_is_missing(tls_server, home):
    error = await failure(conninfo_of(tls_server, "sslmode=verify-ca"))
    assert (error.cause, f"{home}/.postgresql/root.crt is missing" in str(error)) == ("tls", True)
    error = await failure(conninfo_of(tls_server, "sslmode=verify-ca sslrootcert=/nonexistent"))
    assert "/nonexistent is missing" in str(error)
    (home / "empty.crt").write_text("nothing\n")
    error = await failure(conninfo_of(tls_server, f"sslmode=require sslrootcert={home}/empty.crt"))
    assert "empty.crt cannot be used: no certificate or crl found" in str(error)


@pytest.mark.parametrize(("name", "fits"), [("db1.lab.test", True), ("db2.lab.test", False), ("127.0.0.1", True)])
async def test_the_name_is_verified_while_the_address_is_connected_to(tls_server, authority, home, name, fits):
    conninfo = (
        f"host={name} hostaddr=127.0.0.1 port={tls_server.port} user=trusted dbname=cryoprotect "
        f"sslmode=verify-full sslrootcert={authority.file}"
    )
    assert by_libpq(conninfo) is (True if fits else None)
    assert await by_us(conninfo) is (True if fits else None)


async def test_a_common_name_counts_where_no_alternative_name_is(tls_server, authority, home, show):
    for names, common in (((), "localhost"), (("db9.lab.test",), "localhost")):
        if names:
            tls_server.present(authority.issue(*names, common_name=common))
        else:
            tls_server.present(signed_without_names(authority, common))
        conninfo = conninfo_of(tls_server, f"sslmode=verify-full sslrootcert={authority.file}")
        assert await by_us(conninfo) == by_libpq(conninfo)


def signed_without_names(authority, common_name: str) -> tuple[bytes, bytes]:
    key = serialization.load_pem_private_key(authority.ca.private_key_pem.bytes(), None)
    issuer = x509.load_pem_x509_certificate(authority.ca.cert_pem.bytes())
    leaf_key = serialization.load_pem_private_key(trustme.CA().private_key_pem.bytes(), None)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)]))
        .issuer_name(issuer.subject)
        .public_key(leaf_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = leaf_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM), pem


async def test_the_authorities_of_the_system_are_taken_when_asked_for(tls_server, authority, home, monkeypatch):
    conninfo = conninfo_of(tls_server, "sslrootcert=system")
    assert by_libpq(conninfo) is None
    error = await failure(conninfo)
    assert "the authorities of this machine" in str(error)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    assert by_libpq(conninfo) is True
    assert await by_us(conninfo) is True


def revocation_list(authority, *revoked: int) -> bytes:
    key = serialization.load_pem_private_key(authority.ca.private_key_pem.bytes(), None)
    issuer = x509.load_pem_x509_certificate(authority.ca.cert_pem.bytes())
    now = datetime.now(UTC)
    made = x509.CertificateRevocationListBuilder().issuer_name(issuer.subject)
    made = made.last_update(now - timedelta(days=1)).next_update(now + timedelta(days=1))
    for serial in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now - timedelta(hours=1)).build()
        made = made.add_revoked_certificate(entry)
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


async def test_a_revoked_certificate_is_refused(tls_server, authority, home, show):
    certificate = authority.issue("localhost")
    tls_server.present(certificate)
    serial = x509.load_pem_x509_certificate(certificate[0]).serial_number
    (home / "revoked.crl").write_bytes(revocation_list(authority, serial))
    (home / "clean.crl").write_bytes(revocation_list(authority, serial + 1))
    base = conninfo_of(tls_server, f"sslmode=verify-full sslrootcert={authority.file}")
    for name, wanted in (("revoked", None), ("clean", True), ("missing", True)):
        conninfo = f"{base} sslcrl={home}/{name}.crl"
        assert by_libpq(conninfo) is wanted, name
        assert await by_us(conninfo) is wanted, name
    assert "is revoked" in str(await failure(f"{base} sslcrl={home}/revoked.crl"))
    shutil.copy(home / "revoked.crl", home / ".postgresql" / "root.crl")
    assert by_libpq(base) is None
    assert "is revoked" in str(await failure(base))


@pytest.fixture
def client_files(authority, home):
    """A certificate for the role certified, its key, the key encrypted."""
    leaf = authority.ca.issue_cert(common_name="certified", organization_name="lab")
    key = serialization.load_pem_private_key(leaf.private_key_pem.bytes(), None)
    encrypted = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"Hunter2-canary"),
    )
    (home / "client.crt").write_bytes(leaf.cert_chain_pems[0].bytes())
    (home / "client.key").write_bytes(leaf.private_key_pem.bytes())
    (home / "encrypted.key").write_bytes(encrypted)
    for name in ("client.key", "encrypted.key"):
        (home / name).chmod(0o600)
    return home


def certified(server, more: str) -> str:
    return f"host=localhost port={server.port} user=certified dbname=cryoprotect sslmode=require {more}"


async def test_a_client_certificate_lets_in(tls_server, client_files):
    for more in (
        f"sslcert={client_files}/client.crt sslkey={client_files}/client.key",
        f"sslcert={client_files}/client.crt sslkey={client_files}/encrypted.key sslpassword=Hunter2-canary",
    ):
        assert by_libpq(certified(tls_server, more)) is True
        assert await by_us(certified(tls_server, more)) is True
    shutil.copy(client_files / "client.crt", client_files / ".postgresql" / "postgresql.crt")
    shutil.copy(client_files / "client.key", client_files / ".postgresql" / "postgresql.key")
    assert by_libpq(certified(tls_server, "")) is True
    assert await by_us(certified(tls_server, "")) is True
    assert by_libpq(certified(tls_server, "sslcertmode=disable")) is None
    assert await by_us(certified(tls_server, "sslcertmode=disable")) is None


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("sslcert={home}/client.crt sslkey={home}/open.key", "open.key is open to others and not used. chmod 600"),
        ("sslcert={home}/client.crt sslkey={home}/none.key", "no private key file"),
        ("sslcert={home}/client.crt", "no private key file"),
        ("sslcert={home}/client.crt sslkey={home}", "is not a plain file"),
        ("sslcert={home}/client.crt sslkey={home}/encrypted.key", "sslpassword is missing or wrong"),
        ("sslcert={home}/client.crt sslkey={home}/encrypted.key sslpassword=wrong", "sslpassword is missing or wrong"),
        ("sslcert={home}/client.key sslkey={home}/client.key", "cannot be used"),
        ("sslcert={home}/client.crt sslkey={home}/other.key", "key values mismatch"),
    ],
)
async def test_a_client_certificate_that_cannot_be_used_is_told(tls_server, client_files, more, says):
    shutil.copy(client_files / "client.key", client_files / "open.key")
    (client_files / "open.key").chmod(0o644)
    (client_files / "other.key").write_bytes(trustme.CA().private_key_pem.bytes())
    (client_files / "other.key").chmod(0o600)
    conninfo = certified(tls_server, more.format(home=client_files))
    assert by_libpq(conninfo) is None
    error = await failure(conninfo)
    assert error.cause == "tls"
    assert says in str(error)
    assert "Hunter2" not in str(error)


async def test_a_missing_client_certificate_is_a_refusal_of_the_server(tls_server, client_files):
    conninfo = certified(tls_server, f"sslcert={client_files}/none.crt")
    assert by_libpq(conninfo) is None
    error = await failure(conninfo)
    assert isinstance(error, AuthenticationError)
    assert "(28000)" in str(error)


async def test_a_client_certificate_of_a_stranger_is_told(tls_server, client_files):
    leaf = trustme.CA().issue_cert(common_name="certified")
    (client_files / "client.crt").write_bytes(leaf.cert_chain_pems[0].bytes())
    (client_files / "client.key").write_bytes(leaf.private_key_pem.bytes())
    conninfo = certified(tls_server, f"sslcert={client_files}/client.crt sslkey={client_files}/client.key")
    assert by_libpq(conninfo) is None
    error = await failure(conninfo)
    assert error.cause in ("tls", "lost")  # the server may close before its alert is read


async def test_versions_of_tls_are_kept(tls_server, home):
    conninfo = conninfo_of(tls_server, "sslmode=require ssl_max_protocol_version=TLSv1.2")
    connected = await connect(spec_of(conninfo))
    version = await connected.connection.fetchval("SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
    await connected.connection.close()
    assert version == "TLSv1.2"
    tls_server.sql("ALTER SYSTEM SET ssl_max_protocol_version = 'TLSv1.2'", "SELECT pg_reload_conf()")
    try:
        strict = conninfo_of(tls_server, "sslmode=require ssl_min_protocol_version=TLSv1.3")
        async with asyncio.timeout(20):
            while await by_us(strict) is not None:
                await asyncio.sleep(0.05)
        error = await failure(strict)
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
    error = await failure(f"host=127.0.0.1 port={server.port} sslmode={mode} password=x")
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


async def test_a_server_without_tls_is_told_when_tls_is_asked_for(home, script):
    server = script(script.say(b"N"))
    error = await failure(f"host=127.0.0.1 port={server.port} sslmode=require")
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
    error = await failure(f"host=localhost hostaddr=127.0.0.1 port={server.port} sslmode=require")
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
    plain = await connect(spec_of(f"{base} user=trusted sslmode=disable"))
    assert plain.notices == (f"NOT ENCRYPTED: what goes to and from {address}:{port} can be read on the way.",)
    secure = await connect(spec_of(f"{base} user=trusted sslmode=prefer"))
    assert (secure.encrypted, secure.notices) == (True, ())
    monkeypatch.setenv("PGPASSWORD", tls_server.password)
    fallen = await connect(spec_of(f"{base} user=plain_only sslmode=prefer"))
    assert fallen.notices[0].startswith("NOT ENCRYPTED")
    assert "pg_hba.conf" in fallen.notices[0]
    for connected in (plain, secure, fallen):
        await connected.connection.close()
    forward.close()
    await forward.wait_closed()
    await sockets_closed()


async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    back, forth = await asyncio.open_connection("127.0.0.1", port)

    async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
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
    error = await failure_without_wait(f"{conninfo} sslrootcert={authority.file}")
    server.close()
    await server.wait_closed()
    await sockets_closed()
    assert error.cause == "tls"
    assert "does not name the protocol postgresql" in str(error)


async def failure_without_wait(conninfo: str) -> ConnectError:
    with pytest.raises(ConnectError) as caught:
        await connect(spec_of(conninfo))
    return caught.value


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
        async with asyncio.timeout(20):
            while await by_us(conninfo) is not True:
                await asyncio.sleep(0.1)
        assert by_libpq(conninfo) is True
    finally:
        cluster.stop()
