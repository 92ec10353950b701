"""Certificates of the server: who is trusted is as in libpq, and each fault has its own words."""

from __future__ import annotations

import shutil

import pytest
import trustme
from connecting import by_libpq, by_us, failure, spec_here
from cryptography import x509
from odd_certificates import revocation_list, self_signed, signed_without_names

MODES = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]
CERTIFICATES = ["good", "wrong name", "other authority", "self-signed", "expired"]


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


def conninfo_of(server, more: str = "") -> str:
    return f"host=localhost port={server.port} user=trusted dbname=cryoprotect {more}"


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
    error = await failure(spec_here(conninfo_of(tls_server, f"sslmode=verify-full sslrootcert={authority.file}")))
    assert (error.cause, error.exit_code) == ("tls", 3)
    assert str(error).startswith(f"The certificate of localhost:{tls_server.port} {says}")


async def test_verification_without_an_authority_says_which_file_is_missing(tls_server, home):
    error = await failure(spec_here(conninfo_of(tls_server, "sslmode=verify-ca")))
    assert (error.cause, f"{home}/.postgresql/root.crt is missing" in str(error)) == ("tls", True)
    error = await failure(spec_here(conninfo_of(tls_server, "sslmode=verify-ca sslrootcert=/nonexistent")))
    assert "/nonexistent is missing" in str(error)
    (home / "empty.crt").write_text("nothing\n")
    error = await failure(spec_here(conninfo_of(tls_server, f"sslmode=require sslrootcert={home}/empty.crt")))
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


async def test_the_authorities_of_the_system_are_taken_when_asked_for(tls_server, authority, home, monkeypatch):
    conninfo = conninfo_of(tls_server, "sslrootcert=system")
    assert by_libpq(conninfo) is None
    error = await failure(spec_here(conninfo))
    assert "the authorities of this machine" in str(error)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    assert by_libpq(conninfo) is True
    assert await by_us(conninfo) is True


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
    assert "is revoked" in str(await failure(spec_here(f"{base} sslcrl={home}/revoked.crl")))
    shutil.copy(home / "revoked.crl", home / ".postgresql" / "root.crl")
    assert by_libpq(base) is None
    assert "is revoked" in str(await failure(spec_here(base)))
