"""What is wrong with a TLS handshake, as a sentence: expired, wrong name, unknown authority, refused client certificate."""

from __future__ import annotations

import ssl
from typing import Final

from cryotui.model.text import clean, one_line
from cryotui.pg.tls import Tls

# X509_V_ERR_* of OpenSSL, x509_vfy.h
_NOT_YET: Final = 9
_EXPIRED: Final = 10
_REVOKED: Final = 23
_NO_REVOCATION_LIST: Final = (3, 11, 12)
_SELF_SIGNED: Final = (18, 19)
_UNKNOWN_ISSUER: Final = (2, 20, 21)
_WRONG_NAME: Final = (62, 64)


def explain(error: ssl.SSLError, *, where: str, name: str, tls: Tls) -> str:
    """The sentence for a failed handshake with the server ``where`` that was asked for by ``name``."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return clean(_certificate(error, where, name, tls))
    said = getattr(error, "reason", None) or str(error.args[-1] if error.args else "the handshake fails")
    reason = clean(one_line(said).replace("_", " ").lower())
    if "alert" in reason and ("certificate" in reason or "unknown ca" in reason):
        return f"{where} does not accept our certificate: {reason}. Check sslcert, and the authority it trusts."
    if "version" in reason or "protocol" in reason:
        return f"TLS with {where} fails: {reason}. Compare ssl_min_protocol_version on both sides."
    return f"TLS with {where} fails: {reason}."


def _certificate(error: ssl.SSLCertVerificationError, where: str, name: str, tls: Tls) -> str:
    code = error.verify_code
    known = "the authorities of this machine" if tls.rootcert == "system" else str(tls.roots)
    if code == _EXPIRED:
        return f"The certificate of {where} has expired. It is renewed on the server; is this machine's clock right?"
    if code == _NOT_YET:
        return f"The certificate of {where} is not valid yet. Is this machine's clock right?"
    if code in _WRONG_NAME:
        return (
            f"The certificate of {where} is made out to another name than {name}. "
            "Connect by a name it carries; hostaddr gives the address beside it."
        )
    if code in _SELF_SIGNED:
        return (
            f"The certificate of {where} is self-signed or its authority is, and {known} does not hold it. "
            "Name the file of that authority with sslrootcert."
        )
    if code in _UNKNOWN_ISSUER:
        return (
            f"The certificate of {where} is signed by an authority that is not among {known}. "
            "Name the file of that authority with sslrootcert."
        )
    if code == _REVOKED:
        return f"The certificate of {where} is revoked. Do not connect; its owner has a new one made."
    if code in _NO_REVOCATION_LIST:
        return f"The revocation list for the certificate of {where} is missing or out of date. Fetch it anew."
    return f"The certificate of {where} is not accepted: {one_line(error.verify_message)}."
