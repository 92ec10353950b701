"""Why there is no connection: each failed attempt as a ConnectError with a sentence, and what may be tried next.

The sentence says what happened, then why, then what to do; a SQLSTATE stands in parentheses at the end. What the server
says is cleaned and redacted before it is repeated. What is tried next follows libpq 18: the next address after a network
failure, the next host when a server only starts up, nothing after a refusal. Two things differ on purpose: a refused
password is never tried again over the other kind of connection, and TLS is given up (sslmode=prefer) for a rule of
pg_hba.conf only, which the server applies before it asks for a password.
"""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator
from typing import Literal

import asyncpg

from cryotui.model.errors import AuthenticationError, ConnectCause, ConnectError
from cryotui.model.record import dataclass
from cryotui.model.secrets import redact
from cryotui.model.text import clean, cut, one_line
from cryotui.pg import certificates, poolers
from cryotui.pg.addresses import Address
from cryotui.pg.passfile import SOCKET_DIRECTORIES
from cryotui.pg.spec import ConnectionSpec, Host
from cryotui.pg.tls import TlsFilesError

Next = Literal["address", "host", "nothing"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt: which server, at which address, with TLS or not, with what time and whose password."""

    spec: ConnectionSpec
    host: Host
    address: Address
    encrypted: bool
    seconds: float | None
    password_origin: str = ""

    @property
    def where(self) -> str:
        """The server as a person calls it: a socket by its file, a host with its port."""
        named = bool(self.host.host or self.host.hostaddr) and not self.address.is_socket
        return str(self.host) if named else clean(str(self.address))

    @property
    def user(self) -> str:
        """Who wants in, safe to show."""
        return one_line(clean(self.spec.user))


@dataclass(frozen=True, slots=True)
class Failure:
    """What to tell, what may be tried next, and whether the other kind of connection (TLS or not) may help."""

    error: ConnectError
    then: Next = "nothing"
    other_kind: bool = False


class PasswordAsked(Exception):
    """The server asked for a password and none is at hand; raised before anything is sent."""


def explain(error: BaseException, attempt: Attempt, *, tls_started: bool, timed_out: bool) -> Failure:
    """The failure of an attempt from whatever the driver, asyncio, OpenSSL or the system raised."""
    if timed_out:
        return _timed_out(attempt)
    for cause in _chain(error):
        if isinstance(cause, PasswordAsked):
            return _no_password(attempt)
        if isinstance(cause, TlsFilesError):
            return _told(str(cause), "tls", other_kind=True)
        if isinstance(cause, ssl.SSLError):
            sentence = certificates.explain(cause, where=attempt.where, name=attempt.host.name, tls=attempt.spec.tls)
            return _told(sentence, "tls", other_kind=cause is error)  # later than the handshake, libpq stops too
        if isinstance(cause, asyncpg.PostgresError) and cause.sqlstate and cause.sqlstate != "08003":
            return _refused_by_server(str(cause.sqlstate), said(cause), attempt)
    if isinstance(error, asyncpg.ConnectionDoesNotExistError):
        return _closed(attempt)
    if isinstance(error, OSError):
        return _network(error, attempt, tls_started=tls_started)
    if isinstance(error, asyncpg.InterfaceError | asyncpg.InternalClientError):
        return _not_spoken(said(error), attempt)
    return _not_spoken("", attempt)


def unknown_name(host: Host, error: Exception) -> Failure:
    """The failure for a host whose name has no address, or whose name server does not answer in time."""
    if isinstance(error, TimeoutError):
        why = "the name server does not answer"
    else:
        why = _system_says(error) if isinstance(error, OSError) else "it is not a host name"
    advice = "Is it spelled right, and does the name server of this machine know it?"
    if host.host.endswith(".supabase.co"):
        advice = "A paused project has no address; its dashboard restores it."
    return _told(f"{host.name} has no address: {why}. {advice}", "name", "host")


def said(error: BaseException) -> str:
    """The words of a server or driver made safe: one line, cleaned, redacted, cut, without its full stop."""
    text = error.args[0] if error.args and isinstance(error.args[0], str) else ""
    return cut(redact(clean(one_line(text))), 200).removesuffix(".")


def _chain(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__


def _told(sentence: str, cause: ConnectCause, then: Next = "nothing", *, other_kind: bool = False) -> Failure:
    return Failure(ConnectError(sentence, cause), then, other_kind)


def _timed_out(attempt: Attempt) -> Failure:
    within = f" within {attempt.seconds:g} s" if attempt.seconds else ""
    sentence = (
        f"{attempt.where} does not answer{within}. "
        "A firewall that drops packets looks like this, and a pooler without its server."
    )
    return _told(sentence, "timeout", "address")


def _network(error: OSError, attempt: Attempt, *, tls_started: bool) -> Failure:
    where = attempt.where
    if error.errno is None and isinstance(error, ConnectionError) and not tls_started:
        return _no_tls(str(error), attempt)
    if tls_started:
        return _told(f"{where} breaks off the TLS handshake. Its log says why.", "tls", other_kind=True)
    if isinstance(error, ConnectionError) and error.errno != errno.ECONNREFUSED:
        return _closed(attempt)
    if attempt.address.is_socket:
        return _socket(error, where)
    if error.errno == errno.ECONNREFUSED:
        sentence = f"{where} refuses: the host answers, nothing listens on the port. Is the server up?"
        if not attempt.host.host and not attempt.host.hostaddr:
            looked = ", ".join(SOCKET_DIRECTORIES)
            sentence = (
                f"No server here: no socket for port {attempt.host.port} in {looked}, and {where} refuses. "
                "Is it up? Another machine is named with host."
            )
        return _told(sentence, "refused", "address")
    if error.errno == errno.ETIMEDOUT:
        return _timed_out(attempt)
    if error.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
        return _told(_no_route(attempt), "unreachable", "address")
    if error.errno in (errno.EACCES, errno.EPERM):
        return _told(
            f"This machine lets nobody connect to {where}: a firewall on it forbids it.", "unreachable", "address"
        )
    return _told(f"{where} cannot be reached: {_system_says(error)}.", "unreachable", "address")


def _no_route(attempt: Attempt) -> str:
    where, address = attempt.where, attempt.address.host
    if attempt.address.family != socket.AF_INET6 or attempt.host.hostaddr:
        return f"{where}: no route to {address}. Is the network or the VPN up?"
    if attempt.host.host.endswith(".supabase.co"):
        return (
            f"{where} has an IPv6 address, and this machine no IPv6 route. "
            "Use the session pooler (port 5432 of pooler.supabase.com), or the IPv4 add-on."
        )
    return f"{where}: no route to its IPv6 address {address}. Has it an IPv4 address, or a pooler with one?"


def _socket(error: OSError, where: str) -> Failure:
    if error.errno == errno.ENOENT:
        sentence = f"There is no socket {where}. Is the server up, and does it listen on this port?"
        return _told(sentence, "unreachable", "address")
    if error.errno == errno.ECONNREFUSED:
        return _told(f"{where} refuses: the socket is there, no server behind it. Is it up?", "refused", "address")
    if error.errno in (errno.EACCES, errno.EPERM):
        return _told(f"This account may not open the socket {where}.", "unreachable", "address")
    return _told(f"The socket {where} cannot be opened: {_system_says(error)}.", "unreachable", "address")


def _system_says(error: OSError) -> str:
    text = error.strerror or type(error).__name__
    return clean(text[:1].lower() + text[1:])


def _closed(attempt: Attempt) -> Failure:
    sentence = f"{attempt.where} closes the connection before we are in. Its log says why; is it PostgreSQL?"
    return _told(sentence, "lost")


def _no_tls(text: str, attempt: Attempt) -> Failure:
    """The server's answer to the question for TLS, in the driver's words."""
    where, mode = attempt.where, attempt.spec.sslmode
    if "rejected SSL upgrade" in text:
        sentence = (
            f"{where} offers no TLS, and sslmode={mode} asks for it. Turn ssl on there; "
            "where the network is trusted, sslmode=prefer does without."
        )
        return _told(sentence, "tls", other_kind=True)
    if "error response during SSL" in text:
        return _told(f"{where} answers with an error when asked for TLS. Its log says why.", "tls")
    return _told(f"{where} closes the connection when asked for TLS. Is it PostgreSQL?", "tls")


def _no_password(attempt: Attempt) -> Failure:
    passfile = clean(str(attempt.spec.passfile or "~/.pgpass"))
    sentence = (
        f"{attempt.where} asks for the password of {attempt.user}, and none is at hand. "
        f"Give it when asked, in {passfile} or in PGPASSWORD."
    )
    return Failure(AuthenticationError(sentence, "auth"))


def _not_spoken(text: str, attempt: Attempt) -> Failure:
    """The server wants something, or says something, the driver does not know; its words are matched."""
    where, lower = attempt.where, text.lower()
    sentence = ""
    if "gssapi" in lower or "sspi" in lower:
        sentence = (
            f"{where} wants a Kerberos login, and the package gssapi is not installed here. Is there another way in?"
        )
    elif "server signature" in lower:
        sentence = (
            f"{where} does not prove that it knows the password of {attempt.user}. It may not be the server it seems; "
            "sslmode=verify-full makes sure."
        )
    elif lower.startswith("unsupported"):
        sentence = f"{where} wants a login the driver does not have: {text}."
    elif "authentication" in lower:
        sentence = f"The login at {where} breaks off: {text}. Its log says why."
    if sentence:
        return Failure(AuthenticationError(sentence, "auth"))
    return _told(f"{where} answers what cannot be understood{text and ': '}{text}. Is it PostgreSQL?", "other")


_POOLER_STATES = ("08P01", "XX000", "3D000", "28000", "53300", "58000", "08006", "08004")


def _refused_by_server(state: str, text: str, attempt: Attempt) -> Failure:
    where, database = attempt.where, clean(attempt.spec.database)
    if state == "28P01":
        return _wrong_password(state, attempt)
    advice = poolers.advice(text) if state in _POOLER_STATES else None
    if advice is not None:
        sentence = advice.sentence.format(where=where, user=attempt.user, database=database)
        kind = AuthenticationError if advice.settled else ConnectError
        wants_tls = advice.cause == "tls" and not attempt.encrypted
        return Failure(kind(f"{sentence.removesuffix('.')} ({state}).", advice.cause, state), other_kind=wants_tls)
    if state == "08P01" and "authentication failed" in text:  # PgBouncer's way of saying 28P01
        return _wrong_password(state, attempt)
    if state == "28000":
        return _not_let_in(text, attempt)
    if state == "53300":
        return _stated(_used_up(text, where, attempt), "too_many", state)
    if state == "3D000":
        named = (
            "Is it spelled right?" if database != attempt.user else "None was named, so the name of the user was taken."
        )
        return _stated(f"{where} has no database {database} (3D000). {named}", "database", state)
    if state in ("57P01", "57P02", "57P03"):
        return _stated(f"{where} takes no connections now: {text} ({state}).", "starting", state, "host")
    return _stated(f"{where} refuses: {text} ({state}).", "other", state)


def _stated(sentence: str, cause: ConnectCause, state: str, then: Next = "nothing") -> Failure:
    return Failure(ConnectError(sentence, cause, state), then)


def _wrong_password(state: str, attempt: Attempt) -> Failure:
    origin = f" It came from {attempt.password_origin}." if attempt.password_origin else ""
    sentence = f"Password refused for {attempt.user} at {attempt.where} ({state}).{origin} Not tried again by itself."
    return Failure(AuthenticationError(sentence, "auth", state))


def _not_let_in(text: str, attempt: Attempt) -> Failure:
    by_rule = "pg_hba.conf" in text  # in whatever language the server speaks
    advice = " Whoever runs it changes that in pg_hba.conf." if by_rule else ""
    sentence = f"{attempt.where} does not let {attempt.user} in: {text} (28000).{advice}"
    return Failure(AuthenticationError(sentence, "auth", "28000"), other_kind=by_rule)


def _used_up(text: str, where: str, attempt: Attempt) -> str:
    """Whose connections are used up, and who still gets in, by the server's own words."""
    if 'for role "' in text:  # not "reserved for roles with ...", which is said when all are taken
        return f"{attempt.user} has no connection left: its CONNECTION LIMIT (53300). End a session of it, or raise the limit."
    if 'for database "' in text:
        database = clean(attempt.spec.database)
        return (
            f"{database} has no connection left: its CONNECTION LIMIT (53300). End a session in it, or raise the limit."
        )
    if "reserved" in text:
        return (
            f"All ordinary connections of {where} are taken (53300). "
            "A role with pg_use_reserved_connections, or a superuser, gets in."
        )
    return f"All connections of {where} are taken, the reserved ones too (53300). A session has to end first."
