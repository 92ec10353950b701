"""Parameters of libpq that cannot be kept here: refused when they protect the user, else a notice.

A protection that is ignored is worse than a connection that is refused: the operator believes in it.
"""

from __future__ import annotations

from collections.abc import Iterator

from cryotui.model.errors import UsageError
from cryotui.pg.parameters import Parameters

_OFF = ("", "0", "false", "off", "no")

# keyword -> why it cannot be kept and what serves instead; refused whenever it is set at all
_REFUSED = {
    "require_auth": "the way of authentication cannot be limited here. sslmode=verify-full protects the password",
    "requirepeer": "the owner of the socket is not checked here. Leave it out, or connect with psql",
    "sslcrldir": "a directory of revocation lists is not read here. Put them in one file and name it with sslcrl",
    "sslkeylogfile": "keys of a session are not written to a file here",
    "scram_client_key": "keys in place of a password are not taken here. Give the password",
    "scram_server_key": "keys in place of a password are not taken here. Give the password",
    "oauth_issuer": "OAuth is not spoken here. Connect with a password or a certificate",
    "oauth_client_id": "OAuth is not spoken here. Connect with a password or a certificate",
    "oauth_client_secret": "OAuth is not spoken here. Connect with a password or a certificate",
    "oauth_scope": "OAuth is not spoken here. Connect with a password or a certificate",
}

# (keyword, value) -> the same
_REFUSED_VALUES = {
    ("channel_binding", "require"): "the driver has no channel binding. sslmode=verify-full guards against the same",
    ("gssencmode", "require"): "the driver has no GSS encryption. sslmode=verify-full encrypts with TLS",
    ("sslcertmode", "require"): "whether the server asked for our certificate is not known here",
    ("sslsni", "0"): "the name of the host is always sent in the TLS handshake here",
}


def check(parameters: Parameters) -> Iterator[str]:
    """Notices for harmless parameters without effect. Raises UsageError for one that protects and cannot be kept."""
    for keyword, why in _REFUSED.items():
        if parameters.text(keyword):
            raise UsageError(f"{parameters.named(keyword)} cannot be kept: {why}.")
    parameters.choice("channel_binding", "prefer")
    parameters.choice("gssencmode", "prefer")
    parameters.choice("sslcertmode", "allow")
    for (keyword, value), why in _REFUSED_VALUES.items():
        if parameters.text(keyword) == value:
            named = parameters.named(keyword)
            raise UsageError(f"{named}{'' if named.startswith('PG') else '=' + value} cannot be kept: {why}.")
    if parameters.text("replication").lower() not in _OFF:
        raise UsageError("A replication connection answers no queries; leave replication out.")
    _check_protocol(parameters)
    if parameters.text("gssdelegation") == "1":
        yield f"{parameters.named('gssdelegation')} has no effect: credentials are not passed on."
    if parameters.text("client_encoding").lower() not in ("", "auto", "utf8", "utf-8", "unicode"):
        yield f"{parameters.named('client_encoding')} has no effect: text is always exchanged in UTF-8."


def _check_protocol(parameters: Parameters) -> None:
    versions = ("3.0", "3.2", "latest")
    for keyword in ("min_protocol_version", "max_protocol_version"):
        if parameters.text(keyword, "3.0") not in versions:
            raise UsageError(f"{parameters.named(keyword)} has an unknown value. It takes {', '.join(versions)}.")
    if parameters.text("min_protocol_version", "3.0") != "3.0":
        raise UsageError(f"{parameters.named('min_protocol_version')} cannot be kept: the driver speaks protocol 3.0.")
