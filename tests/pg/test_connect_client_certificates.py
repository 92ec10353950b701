"""Our own certificate: it lets in, and where it cannot be used that is told."""

from __future__ import annotations

import shutil

import pytest
import trustme
from connecting import by_libpq, by_us, failure, spec_here

from cryotui.model.errors import AuthenticationError


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
    error = await failure(spec_here(conninfo))
    assert error.cause == "tls"
    assert says in str(error)
    assert "Hunter2" not in str(error)


async def test_a_missing_client_certificate_is_a_refusal_of_the_server(tls_server, client_files):
    conninfo = certified(tls_server, f"sslcert={client_files}/none.crt")
    assert by_libpq(conninfo) is None
    error = await failure(spec_here(conninfo))
    assert isinstance(error, AuthenticationError)
    assert "(28000)" in str(error)


async def test_a_client_certificate_of_a_stranger_is_told(tls_server, client_files):
    leaf = trustme.CA().issue_cert(common_name="certified")
    (client_files / "client.crt").write_bytes(leaf.cert_chain_pems[0].bytes())
    (client_files / "client.key").write_bytes(leaf.private_key_pem.bytes())
    conninfo = certified(tls_server, f"sslcert={client_files}/client.crt sslkey={client_files}/client.key")
    assert by_libpq(conninfo) is None
    error = await failure(spec_here(conninfo))
    assert error.cause in ("tls", "lost")  # the server may close before its alert is read
