"""TLS as libpq does it: which certificates are trusted, which is shown, and an SSLContext made of that.

The context is always our own, never the driver's: ``sslrootcert=system``, ``hostaddr`` (connect to an address, verify
the name), revocation lists and the rule about private key files differ there. Sources: PostgreSQL documentation, libpq,
"SSL Support", and the behaviour of libpq 18.
"""

from __future__ import annotations

import os
import re
import ssl
import stat
import warnings
from pathlib import Path
from typing import Any, Literal

from cryotui.model.record import dataclass
from cryotui.model.secrets import Secret
from cryotui.model.text import clean

SslMode = Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]

_OPENSSL_FRAME = re.compile(r"^\[[^]]*\] | \(_ssl\.c:\d+\)$")
_PROTOCOL = "postgresql"
_VERSIONS = {
    "tlsv1": ssl.TLSVersion.TLSv1,
    "tlsv1.1": ssl.TLSVersion.TLSv1_1,
    "tlsv1.2": ssl.TLSVersion.TLSv1_2,
    "tlsv1.3": ssl.TLSVersion.TLSv1_3,
}


class TlsFilesError(Exception):
    """A certificate, key or revocation list cannot be used; the message is a sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Tls:
    """What the connection string says of TLS. Empty texts mean: not given, the files of ``directory`` apply."""

    mode: SslMode = "prefer"
    direct: bool = False
    rootcert: str = ""  # a file, or "system" for the operating system's authorities
    cert: str = ""
    key: str = ""
    password: Secret | None = None
    send_cert: bool = True
    crl: str = ""
    min_version: str = "TLSv1.2"
    max_version: str = ""
    directory: Path | None = None  # ~/.postgresql

    @property
    def roots(self) -> Path | None:
        """The file of trusted authorities, if it exists. "system" is no file."""
        if self.rootcert:
            path: Path | None = Path(self.rootcert)
        else:
            path = None if self.directory is None else self.directory / "root.crt"
        return path if path is not None and os.access(path, os.F_OK) else None

    @property
    def verifies(self) -> bool:
        """Whether the server's certificate has to be signed by a known authority.

        libpq verifies whenever it finds a file of authorities, even with ``prefer``: that is why ``require`` with a
        root.crt means ``verify-ca``.
        """
        return self.rootcert == "system" or self.mode in ("verify-ca", "verify-full") or self.roots is not None


def version_rank(name: str) -> int | None:
    """The order of a protocol version (TLSv1 lowest), None for a name libpq does not know."""
    names = list(_VERSIONS)
    return names.index(name.lower()) if name.lower() in names else None


class NamedContext(ssl.SSLContext):
    """Verifies the name that was asked for, whatever address the connection goes to.

    ``started`` tells whether the server agreed to TLS: the driver asks for the wrapped object only after its yes.
    """

    server_name: str | None = None
    started = False

    def wrap_bio(self, *arguments: Any, **options: Any) -> ssl.SSLObject:
        """What the driver's transport calls for the handshake; its idea of the name is replaced by ours."""
        self.started = True
        options["server_hostname"] = self.server_name
        return super().wrap_bio(*arguments, **options)


class _Negotiated(ssl.SSLObject):
    """TLS from the first octet on: a server that does not name the protocol may not be PostgreSQL at all."""

    def do_handshake(self) -> None:
        super().do_handshake()
        if self.selected_alpn_protocol() != _PROTOCOL:
            raise ssl.SSLError(1, "the server does not name the protocol postgresql")


def context(tls: Tls, server_name: str | None) -> NamedContext:
    """A context for one connection. ``server_name`` is the host as given, None when only an address was.

    Raises TlsFilesError when a file it needs is missing, unreadable or open to others.
    """
    made = NamedContext(ssl.PROTOCOL_TLS_CLIENT)
    made.server_name = server_name.partition("%")[0] if server_name else None  # no certificate has a zone in it
    made.check_hostname = tls.mode == "verify-full"
    made.verify_mode = ssl.CERT_REQUIRED if tls.verifies else ssl.CERT_NONE
    made.set_alpn_protocols([_PROTOCOL])
    if tls.direct:
        made.sslobject_class = _Negotiated
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # TLSv1 is old, and the user asked for it
        if tls.min_version:
            made.minimum_version = _VERSIONS[tls.min_version.lower()]
        if tls.max_version:
            made.maximum_version = _VERSIONS[tls.max_version.lower()]
    _trust(made, tls)
    if tls.send_cert:
        _identify(made, tls)
    return made


def _trust(made: ssl.SSLContext, tls: Tls) -> None:
    roots = tls.roots
    if tls.rootcert == "system":
        made.load_default_certs()
    elif roots is not None:
        try:
            made.load_verify_locations(cafile=roots)
        except OSError as error:
            raise TlsFilesError(clean(f"The root certificates in {roots} cannot be used: {_reason(error)}.")) from None
    elif tls.verifies:
        missing = tls.rootcert or (f"{tls.directory}/root.crt" if tls.directory else "root.crt in a home directory")
        raise TlsFilesError(
            clean(f"sslmode={tls.mode} needs the certificate of the authority, and {missing} is missing. ")
            + "sslrootcert names its file; sslrootcert=system takes the authorities of this machine."
        )
    if tls.verifies:
        _load_revocations(made, tls)


def _load_revocations(made: ssl.SSLContext, tls: Tls) -> None:
    path = Path(tls.crl) if tls.crl else None if tls.directory is None else tls.directory / "root.crl"
    if path is None or not os.access(path, os.F_OK):  # libpq asks for no list either
        return
    try:
        made.load_verify_locations(cafile=path)
    except OSError as error:
        raise TlsFilesError(clean(f"The revocation list {path} cannot be used: {_reason(error)}.")) from None
    made.verify_flags |= ssl.VERIFY_CRL_CHECK_CHAIN


def _identify(made: ssl.SSLContext, tls: Tls) -> None:
    """Our own certificate, where there is one; its key must be closed to others."""
    cert = _file(tls.cert, tls.directory, "postgresql.crt")
    if cert is None or not os.access(cert, os.F_OK):
        return
    key = _file(tls.key, tls.directory, "postgresql.key")
    if key is None or not os.access(key, os.F_OK):
        raise TlsFilesError(clean(f"There is a certificate {cert} and no private key file {key} for it."))
    status = key.stat()
    if not stat.S_ISREG(status.st_mode):
        raise TlsFilesError(clean(f"The private key {key} is not a plain file."))
    # root's files may be readable by a group, so that members of ssl-cert use the machine's certificate
    forbidden = stat.S_IWGRP | stat.S_IXGRP | stat.S_IRWXO if status.st_uid == 0 else stat.S_IRWXG | stat.S_IRWXO
    if status.st_mode & forbidden:
        raise TlsFilesError(clean(f"The private key {key} is open to others and not used. chmod 600 {key}"))
    passphrase = tls.password.reveal() if tls.password else ""
    try:
        made.load_cert_chain(cert, key, password=lambda: passphrase)  # a callable, or OpenSSL asks on the terminal
    except OSError as error:
        reason = _reason(error)
        if reason == "pem lib" and b"ENCRYPTED" in key.read_bytes():
            reason = "sslpassword is missing or wrong"
        raise TlsFilesError(clean(f"The certificate {cert} with the key {key} cannot be used: {reason}.")) from None


def _file(given: str, directory: Path | None, name: str) -> Path | None:
    if given:
        return Path(given)
    return None if directory is None else directory / name


def _reason(error: OSError) -> str:
    """OpenSSL's or the system's word: "no certificate or crl found", "Permission denied"."""
    if isinstance(error, ssl.SSLError):
        return _OPENSSL_FRAME.sub("", getattr(error, "reason", None) or str(error)).replace("_", " ").lower()
    return error.strerror or type(error).__name__
