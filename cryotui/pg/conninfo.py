"""From what was typed to where to connect: connection string, service file, environment and defaults, merged as libpq.

``resolve`` is the only entry. It opens no connection and asks no name server; what it gives back, ``ConnectionSpec``,
is a value that shows no secret however it is printed.
"""

from __future__ import annotations

import os
import pwd
import re
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal, cast

from cryotui.model.errors import UsageError
from cryotui.model.secrets import Secret
from cryotui.pg import unsupported
from cryotui.pg.parameters import Parameters, merge, whole_number
from cryotui.pg.spec import ConnectionSpec, Host, Keepalives, TargetSessionAttrs, is_utf8
from cryotui.pg.tls import SslMode, Tls, version_rank

__all__ = ["ConnectionSpec", "Host", "resolve"]

DEFAULT_PORT: Final = 5432
_LONGEST_SOCKET_PATH: Final = 107  # octets, sun_path of Linux without its final NUL
_NOT_IN_A_HOST: Final = re.compile(r"[\s@/?#\\\"'=&;\x00-\x1f\x7f]")


def resolve(
    target: str | None,
    *,
    environ: Mapping[str, str],
    home: Path | None = None,
    overrides: Mapping[str, str] | None = None,
) -> ConnectionSpec:
    """Where and how to connect.

    ``target`` is a postgresql:// URI, a list of key=value pairs, the name of a database, or nothing. ``environ`` is the
    process environment, ``home`` the home directory (HOME, else the account's, when None), ``overrides`` parameters by
    libpq keyword that win over all others. Raises UsageError; its sentence holds no part of a value that could be a
    password.
    """
    home = _home(environ) if home is None else home
    parameters = merge(target, environ=environ, home=home, overrides=overrides or {})
    notices = [*parameters.notices, *unsupported.check(parameters)]
    user = parameters.text("user") or _system_user()
    tls = _tls(parameters, home)
    hosts = _hosts(parameters)
    if tls.mode == "verify-full" and any(host.hostaddr and not host.host for host in hosts):
        raise UsageError(
            "sslmode=verify-full compares the certificate with the name of the host: give host beside hostaddr."
        )
    password = parameters.text("password")
    if len(hosts) > 1 and any(not host.host and not host.hostaddr for host in hosts):
        notices.append("An empty place in the list of hosts stands for the socket of this machine.")
    spec = ConnectionSpec(
        hosts=hosts,
        user=user,
        database=parameters.text("dbname", user),
        password=Secret(password) if password else None,
        password_origin=parameters.origins.get("password", "") if password else "",
        passfile=_passfile(parameters, home),
        tls=tls,
        connect_timeout=_connect_timeout(parameters),
        target_session_attrs=cast(TargetSessionAttrs, parameters.choice("target_session_attrs", "any")),
        load_balance_hosts=cast('Literal["disable", "random"]', parameters.choice("load_balance_hosts", "disable")),
        application_name=parameters.text("application_name", parameters.text("fallback_application_name", "cryotui")),
        options=parameters.text("options"),
        keepalives=_keepalives(parameters),
        krbsrvname=parameters.text("krbsrvname", "postgres"),
        gsslib=parameters.choice("gsslib", "gssapi"),
        service=parameters.text("service"),
        notices=tuple(notices),
    )
    _check_text(spec)
    return spec


def _home(environ: Mapping[str, str]) -> Path | None:
    if environ.get("HOME"):
        return Path(environ["HOME"])
    try:
        return Path(pwd.getpwuid(os.geteuid()).pw_dir)
    except KeyError:
        return None


def _system_user() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise UsageError("No user is given and this account has no name. Give user, or set PGUSER.") from None


def _passfile(parameters: Parameters, home: Path | None) -> Path | None:
    given = parameters.text("passfile")
    if given:
        return Path(given)
    return None if home is None else home / ".pgpass"


def _connect_timeout(parameters: Parameters) -> float | None:
    seconds = parameters.whole("connect_timeout")
    return None if seconds is None else float(max(seconds, 0))


def _keepalives(parameters: Parameters) -> Keepalives:
    """Given values as they are; else what notices a dead connection within 30 s."""
    given = {name: parameters.whole(name) for name in ("keepalives", "keepalives_idle", "keepalives_interval")}
    given |= {name: parameters.whole(name) for name in ("keepalives_count", "tcp_user_timeout")}
    usual = Keepalives()

    def number(name: str, default: int | None) -> int | None:
        value = given[name]
        return default if value is None else max(value, 0)

    return Keepalives(
        on=given["keepalives"] != 0,
        idle=number("keepalives_idle", usual.idle),
        interval=number("keepalives_interval", usual.interval),
        count=number("keepalives_count", usual.count),
        user_timeout=number("tcp_user_timeout", usual.user_timeout),
    )


def _tls(parameters: Parameters, home: Path | None) -> Tls:
    root = parameters.text("sslrootcert")
    mode = parameters.choice("sslmode", "verify-full" if root == "system" else "prefer")
    direct = parameters.choice("sslnegotiation", "postgres") == "direct"
    if direct and mode in ("disable", "allow", "prefer"):
        raise UsageError(f"sslnegotiation=direct goes with sslmode require, verify-ca or verify-full, not {mode}.")
    if root == "system" and mode != "verify-full":
        raise UsageError(f"sslrootcert=system goes with sslmode=verify-full, not {mode}.")
    minimum = parameters.values.get("ssl_min_protocol_version", "TLSv1.2")
    maximum = parameters.text("ssl_max_protocol_version")
    for keyword, value in (("ssl_min_protocol_version", minimum), ("ssl_max_protocol_version", maximum)):
        if value and version_rank(value) is None:
            raise UsageError(
                f"{parameters.named(keyword)} has an unknown value. It takes TLSv1, TLSv1.1, TLSv1.2, TLSv1.3."
            )
    if minimum and maximum and (version_rank(minimum) or 0) > (version_rank(maximum) or 0):
        raise UsageError("ssl_min_protocol_version is above ssl_max_protocol_version.")
    secret = parameters.text("sslpassword")
    return Tls(
        mode=cast(SslMode, mode),
        direct=direct,
        rootcert=root,
        cert=parameters.text("sslcert"),
        key=parameters.text("sslkey"),
        password=Secret(secret) if secret else None,
        send_cert=parameters.choice("sslcertmode", "allow") != "disable",
        crl=parameters.text("sslcrl"),
        min_version=minimum,
        max_version=maximum,
        directory=None if home is None else home / ".postgresql",
    )


def _hosts(parameters: Parameters) -> tuple[Host, ...]:
    """Hosts, addresses and ports side by side, as libpq counts them."""
    names, addresses, ports = (
        parameters.text(keyword).split(",") if parameters.text(keyword) else []
        for keyword in ("host", "hostaddr", "port")
    )
    count = len(addresses) or len(names) or 1
    if names and len(names) != count:
        raise UsageError(f"There are {len(names)} hosts and {count} addresses in hostaddr; give as many of each.")
    if len(ports) not in (0, 1, count):
        raise UsageError(f"There are {len(ports)} ports and {count} hosts; give one port, or one for each host.")
    names, addresses = names or [""] * count, addresses or [""] * count
    ports = (ports or [""]) * count if len(ports) < 2 else ports
    return tuple(
        _host(parameters, name, address, port) for name, address, port in zip(names, addresses, ports, strict=True)
    )


def _host(parameters: Parameters, name: str, address: str, port: str) -> Host:
    number = whole_number(port) if port else DEFAULT_PORT
    if number is None or not 1 <= number <= 65535:
        raise UsageError(
            f"{parameters.named('port')} is not a number from 1 to 65535. "
            "In a URI, a password with @ : / ? # or % is written percent-encoded."
        )
    if address:
        try:
            socket.getaddrinfo(address, None, flags=socket.AI_NUMERICHOST)
        except (OSError, UnicodeError):
            raise UsageError(f"{parameters.named('hostaddr')} is not an IP address; a name belongs in host.") from None
    if name.startswith("@"):
        raise UsageError("A socket in the abstract namespace is not supported; name the directory of a socket file.")
    if name.startswith("/"):
        if len(os.fsencode(f"{name}/.s.PGSQL.{number}")) > _LONGEST_SOCKET_PATH:
            raise UsageError(
                f"The path of the socket is longer than {_LONGEST_SOCKET_PATH} octets, the system's limit."
            )
    elif _NOT_IN_A_HOST.search(name):
        raise UsageError(
            f"{parameters.named('host')} holds a character that no host has. Parameters are separated by blanks; "
            "in a URI, a password with @ : / ? # or % is written percent-encoded."
        )
    return Host(name, address, number)


def _check_text(spec: ConnectionSpec) -> None:
    texts = {
        "user": spec.user,
        "dbname": spec.database,
        "options": spec.options,
        "application_name": spec.application_name,
    }
    for keyword, text in texts.items():
        if not is_utf8(text):
            raise UsageError(f"{keyword} is not UTF-8.")
    if spec.password is not None and not is_utf8(spec.password.reveal()):
        raise UsageError(f"The password from {spec.password_origin} is not UTF-8.")
