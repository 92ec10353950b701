"""What a connection is to be: hosts, who, which database, TLS, times. A value that shows no secret however printed."""

from __future__ import annotations

from dataclasses import field, replace
from pathlib import Path
from typing import Literal

from cryotui.model.record import dataclass
from cryotui.model.secrets import Secret
from cryotui.model.text import clean
from cryotui.pg import passfile
from cryotui.pg.tls import SslMode, Tls

TargetSessionAttrs = Literal["any", "read-write", "read-only", "primary", "standby", "prefer-standby"]


@dataclass(frozen=True, slots=True)
class Host:
    """One server to try. ``host`` is a name, an address or a socket directory; "" stands for this machine's socket.

    ``hostaddr`` is the address to connect to without looking ``host`` up; "" when not given.
    """

    host: str
    hostaddr: str
    port: int

    @property
    def local(self) -> bool:
        """Whether a Unix socket is asked for."""
        return not self.hostaddr and (not self.host or self.host.startswith("/"))

    @property
    def name(self) -> str:
        """The host as a person calls it, without the port."""
        return clean(self.host or self.hostaddr or "local socket")

    def __str__(self) -> str:
        name = self.name
        return f"[{name}]:{self.port}" if ":" in name else f"{name}:{self.port}"


@dataclass(frozen=True, slots=True)
class Keepalives:
    """How soon a dead connection is noticed. Seconds, a count, milliseconds; None leaves it to the system."""

    on: bool = True
    idle: int | None = 10
    interval: int | None = 5
    count: int | None = 3
    user_timeout: int | None = 30_000


@dataclass(frozen=True, slots=True)
class Password:
    """What is at hand for one host. ``origin`` says where it came from, for the sentence when it is refused."""

    secret: Secret | None = None
    origin: str = ""
    notice: str | None = None


@dataclass(frozen=True, slots=True)
class ConnectionSpec:
    """Everything needed to connect, and nothing that prints a secret.

    ``connect_timeout`` is seconds per address, None when not given, 0 to wait for ever. ``notices`` are sentences about
    what was given and has no effect.
    """

    hosts: tuple[Host, ...]
    user: str
    database: str
    password: Secret | None = None
    password_origin: str = ""
    passfile: Path | None = None
    tls: Tls = field(default_factory=Tls)
    connect_timeout: float | None = None
    target_session_attrs: TargetSessionAttrs = "any"
    load_balance_hosts: Literal["disable", "random"] = "disable"
    application_name: str = "cryotui"
    options: str = ""
    keepalives: Keepalives = field(default_factory=Keepalives)
    krbsrvname: str = "postgres"
    gsslib: str = "gssapi"
    service: str = ""
    notices: tuple[str, ...] = ()

    @property
    def sslmode(self) -> SslMode:
        """How much TLS was asked for."""
        return self.tls.mode

    def display(self) -> str:
        """Where this leads, without secrets: "cryoprotect at db1.lab:5432 as cryo_ops"."""
        return clean(f"{self.database} at {' or '.join(map(str, self.hosts))} as {self.user}")

    def with_password(self, password: Secret | None, origin: str = "the prompt") -> ConnectionSpec:
        """The same with a password that came later: typed, or from a command; None: none given."""
        return replace(self, password=password, password_origin=origin)

    def password_for(self, host: Host) -> Password:
        """The password for one host: the given one, else the password file's, read anew at every call."""
        if self.password is not None:
            return Password(self.password, self.password_origin)
        if self.passfile is None:
            return Password()
        asked = host.host or host.hostaddr
        found = passfile.look_up(self.passfile, host=asked, port=host.port, database=self.database, user=self.user)
        if not found.password:
            return Password(notice=found.notice)
        if not is_utf8(found.password.reveal()):
            return Password(notice=clean(f"The password in {self.passfile} is not UTF-8 and not used."))
        return Password(found.password, clean(str(self.passfile)))

    def libpq_parameters(self, host: Host) -> dict[str, str]:
        """The same connection to one host as libpq keywords, for pg_dump and its family. No password is in it.

        What is at its default is left out. A private key's sslpassword is a secret too and left out.
        """
        tls = self.tls
        given = {
            "host": host.host,
            "hostaddr": host.hostaddr,
            "port": str(host.port),
            "user": self.user,
            "dbname": self.database,
            "sslmode": tls.mode,
            "sslnegotiation": "direct" if tls.direct else "",
            "sslrootcert": tls.rootcert,
            "sslcert": tls.cert,
            "sslkey": tls.key,
            "sslcertmode": "" if tls.send_cert else "disable",
            "sslcrl": tls.crl,
            "ssl_min_protocol_version": "" if tls.min_version == Tls().min_version else tls.min_version,
            "ssl_max_protocol_version": tls.max_version,
            "passfile": "" if self.passfile is None else str(self.passfile),
            "connect_timeout": "" if self.connect_timeout is None else f"{self.connect_timeout:.0f}",
            "options": self.options,
            "application_name": self.application_name,
            "krbsrvname": "" if self.krbsrvname == "postgres" else self.krbsrvname,
        }
        return {keyword: value for keyword, value in given.items() if value}


def is_utf8(text: str) -> bool:
    """Whether the text can be sent: bytes of a file or the environment that are no UTF-8 cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
