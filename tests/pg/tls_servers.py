"""A server with TLS and one user for every way of being let in or not, and the authority that signs its certificates."""

from __future__ import annotations

import contextlib
import os
import pwd
import random
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import trustme
from servers import absent

_END = "-----END CERTIFICATE-----\n"
PASSWORD = "canary of 64 @:/#%\\'\" ü"  # the nasty one: every character with a meaning somewhere
HBA = """
local  all  postgres    trust
local  replication  postgres  trust
local  all  all         scram-sha-256
host   all  trusted     all  trust
host   all  rejected    all  reject
host   all  md5_user    all  md5
host   all  clear_user  all  password
hostssl    all  tls_only    all  scram-sha-256
hostssl    all  certified   all  cert
hostnossl  all  plain_only  all  scram-sha-256
host   all  cryo_ops,limited,locked_out,nobody  all  scram-sha-256
"""
USERS = ("cryo_ops", "trusted", "rejected", "clear_user", "tls_only", "certified", "plain_only", "limited")


def as_server_account() -> list[str]:
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


def give_to_server_account(path: Path) -> None:
    if os.geteuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(path, account.pw_uid, account.pw_gid)


def free_port() -> int:
    """A port nobody listens on, below those the system gives to clients, which may take it before the server does."""
    while True:
        port = random.randint(15_000, 30_000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def wait_for(what: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def private_directory(prefix: str) -> Path:
    directory = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))
    give_to_server_account(directory)
    directory.chmod(0o755)
    return directory


def binaries_with_tls() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    for directory in [*found, *([Path(on_path).resolve().parent] if on_path else [])]:
        config = directory / "pg_config"
        if config.exists() and (directory / "initdb").exists():
            options = subprocess.run([config, "--configure"], capture_output=True, text=True, check=True).stdout
            if "openssl" in options:
                return directory
    return absent("a PostgreSQL server with OpenSSL")


@dataclass
class Authority:
    """A certificate authority and its file; ``issue`` makes certificate and key files for names."""

    directory: Path
    ca: trustme.CA = field(default_factory=trustme.CA)

    @property
    def file(self) -> Path:
        path = self.directory / "ca.crt"
        if not path.exists():
            self.ca.cert_pem.write_to_path(path)
        return path

    def issue(self, *names: str, common_name: str | None = None, expired: bool = False) -> tuple[bytes, bytes]:
        until = datetime.now(UTC) - timedelta(days=1) if expired else None
        since = datetime.now(UTC) - timedelta(days=9) if expired else None
        leaf = self.ca.issue_cert(*names, common_name=common_name, not_before=since, not_after=until)
        return b"".join(blob.bytes() for blob in leaf.cert_chain_pems), leaf.private_key_pem.bytes()


@dataclass
class TlsServer:
    """A running server: where it is, its log, and what it is told."""

    binaries: Path
    directory: Path
    port: int
    authority: Authority
    password: str = PASSWORD  # of every user with one

    @property
    def sockets(self) -> Path:
        return self.directory

    @property
    def log(self) -> str:
        return (self.directory / "server.log").read_text(errors="replace")

    def ctl(self, *words: str) -> None:
        command = [*as_server_account(), self.binaries / "pg_ctl", "-D", self.directory / "data", "-w", *words]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)

    def start(self) -> None:
        self.ctl("-l", str(self.directory / "server.log"), "start")

    def sql(self, *statements: str) -> list[tuple[Any, ...]]:
        """Run the statements; gives the rows of the last one that has any."""
        rows: list[tuple[Any, ...]] = []
        conninfo = f"host={self.sockets} port={self.port} user=postgres dbname=postgres"
        with psycopg.connect(conninfo, autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement)  # type: ignore[call-overload]
                rows = cursor.fetchall() if cursor.description else rows
        return rows

    def place(self, name: str, content: bytes) -> Path:
        path = self.directory / "data" / name
        path.write_bytes(content)
        path.chmod(0o600)
        give_to_server_account(path)
        return path

    def present(self, certificate: tuple[bytes, bytes]) -> None:
        """Show this certificate from now on; returns once the server does."""
        self.place("server.crt", certificate[0])
        self.place("server.key", certificate[1])
        self.sql("SELECT pg_reload_conf()")
        wanted = ssl.PEM_cert_to_DER_cert(certificate[0].decode().split("-----END CERTIFICATE-----")[0] + _END)
        wait_for(lambda: self._shown() == wanted)

    def _shown(self) -> bytes | None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with socket.create_connection(("127.0.0.1", self.port)) as raw:
            raw.sendall(bytes.fromhex("0000000804d2162f"))
            if raw.recv(1) != b"S":
                return None
            with context.wrap_socket(raw) as secured:
                return secured.getpeercert(binary_form=True)


def new_tls_server(authority: Authority) -> TlsServer:
    """A server that is not started, with a certificate for localhost and db1.lab.test, on the loopback and a socket."""
    binaries = binaries_with_tls()
    directory = private_directory("cryotui-tls-")
    made = TlsServer(binaries, directory, free_port(), authority)
    options = ["-U", "postgres", "-E", "UTF8", "-N", "-A", "trust"]
    subprocess.run(
        [*as_server_account(), binaries / "initdb", "-D", directory / "data", *options],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    made.place("pg_hba.conf", HBA.encode())
    made.place("ca.crt", authority.file.read_bytes())
    certificate = authority.issue("localhost", "127.0.0.1", "::1", "db1.lab.test")
    made.place("server.crt", certificate[0])
    made.place("server.key", certificate[1])
    settings = f"""
        listen_addresses = '127.0.0.1,::1'
        port = {made.port}
        unix_socket_directories = '{directory}'
        ssl = on
        ssl_ca_file = 'ca.crt'
        fsync = off
        max_connections = 30
        lc_messages = 'C'
        log_connections = on
        wal_level = replica
    """
    made.place("postgresql.auto.conf", settings.encode())
    return made


def make_users(made: TlsServer) -> None:
    """The roles of pg_hba.conf and the database they connect to."""
    literal = psycopg.sql.Literal(PASSWORD).as_string(None)
    made.sql(
        "CREATE DATABASE cryoprotect",
        *(f"CREATE ROLE {user} LOGIN PASSWORD {literal}" for user in USERS),
        "SET password_encryption = 'md5'",
        f"CREATE ROLE md5_user LOGIN PASSWORD {literal}",
        "ALTER ROLE limited CONNECTION LIMIT 0",
        "CREATE ROLE locked_out NOLOGIN",
    )
