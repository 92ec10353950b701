"""A server with TLS, its standby, a pooler before it, ports that never answer and servers that follow a script."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from scripted_servers import Script
from servers import absent
from tls_servers import (
    PASSWORD,
    Authority,
    TlsServer,
    as_server_account,
    free_port,
    make_users,
    new_tls_server,
    private_directory,
    wait_for,
)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home both libpq and we look into."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in [name for name in os.environ if name.startswith(("PG", "SSL_CERT"))]:
        monkeypatch.delenv(name)
    (tmp_path / ".postgresql").mkdir()
    return tmp_path


@pytest.fixture(scope="session")
def authority() -> Iterator[Authority]:
    """The authority that signs the server's certificates."""
    directory = Path(tempfile.mkdtemp(prefix="cryotui-ca-", dir="/tmp"))
    yield Authority(directory)
    shutil.rmtree(directory)


@pytest.fixture(scope="session")
def tls_server(authority: Authority) -> Iterator[TlsServer]:
    """The server, started, with its users and the database cryoprotect."""
    made = new_tls_server(authority)
    made.start()
    try:
        make_users(made)
        yield made
    finally:
        made.ctl("-m", "immediate", "stop")
        shutil.rmtree(made.directory)


@pytest.fixture(scope="session")
def standby(tls_server: TlsServer) -> Iterator[TlsServer]:
    """A hot standby of the server, with the same users."""
    directory = private_directory("cryotui-standby-")
    made = TlsServer(tls_server.binaries, directory, free_port(), tls_server.authority)
    source = ["-h", tls_server.sockets, "-p", str(tls_server.port), "-U", "postgres"]
    subprocess.run(
        [
            *as_server_account(),
            tls_server.binaries / "pg_basebackup",
            *source,
            "-D",
            directory / "data",
            "-R",
            "-c",
            "fast",
        ],
        check=True,
        timeout=120,
    )
    with (directory / "data" / "postgresql.auto.conf").open("a") as settings:
        settings.write(f"port = {made.port}\nunix_socket_directories = '{directory}'\n")
    made.start()
    try:
        yield made
    finally:
        made.ctl("-m", "immediate", "stop")
        shutil.rmtree(directory)


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


@pytest.fixture
def black_hole() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield int(listening.getsockname()[1])


@pytest.fixture
def script() -> Iterator[Script]:
    """Servers that follow a script, for what no real server does on demand."""
    made = Script()
    yield made
    for one in made.made:
        one.close()


@dataclass(frozen=True)
class Pooler:
    """PgBouncer in transaction mode before the server."""

    port: int
    log: Path


@pytest.fixture(scope="session")
def pooler(tls_server: TlsServer) -> Iterator[Pooler]:
    """PgBouncer: database cryoprotect only, users with their passwords, no TLS."""
    program = shutil.which("pgbouncer")
    if program is None:
        absent("pgbouncer")
    directory = private_directory("cryotui-pooler-")
    port = free_port()
    quoted = PASSWORD.replace('"', '""')
    (directory / "users.txt").write_text("".join(f'"{user}" "{quoted}"\n' for user in ("cryo_ops", "trusted")))
    (directory / "pgbouncer.ini").write_text(
        f"""
        [databases]
        cryoprotect = host={tls_server.sockets} port={tls_server.port} dbname=cryoprotect
        gone = host=127.0.0.1 port=1 dbname=gone
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = {port}
        unix_socket_dir =
        auth_type = scram-sha-256
        auth_file = {directory}/users.txt
        pool_mode = transaction
        default_pool_size = 2
        logfile = {directory}/pgbouncer.log
        """.replace("\n        ", "\n")
    )
    process = subprocess.Popen(
        [*as_server_account(), program, "-q", directory / "pgbouncer.ini"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: _listens(port))
        yield Pooler(port, directory / "pgbouncer.log")
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(directory)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
