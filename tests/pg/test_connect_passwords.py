"""Passwords: any character by every route, one try and no more, and no way for one to be shown."""

from __future__ import annotations

import traceback
from urllib.parse import quote

import psycopg
import pytest
from connecting import attempt, failure, port, spec_of

from cryotui.model.errors import AuthenticationError, ConnectError
from cryotui.model.secrets import Secret
from cryotui.pg.connect import connect
from cryotui.pg.conninfo import resolve

NASTY = ["@", ":", "/", "#", "%", "\\", "'", '"', " ", "ü", "?", "&=", "%40", "$$", "日本", "a b\\'c@d:e/f#g%h\"i ü"]


@pytest.mark.parametrize("password", NASTY)
@pytest.mark.parametrize("user", ["cryo_ops", "md5_user", "clear_user"])
async def test_any_password_gets_in_by_every_route(tls_server, tmp_path, password, user):
    encryption = "md5" if user == "md5_user" else "scram-sha-256"
    tls_server.sql(
        f"SET password_encryption = '{encryption}'",
        psycopg.sql.SQL("ALTER ROLE {} PASSWORD {}").format(psycopg.sql.Identifier(user), password).as_string(None),
    )
    plain = f"{port(tls_server)} user={user} dbname=cryoprotect"
    (tmp_path / ".pgpass").write_text(
        f"localhost:*:*:*:{password.replace(chr(92), chr(92) * 2).replace(':', chr(92) + ':')}\n"
    )
    (tmp_path / ".pgpass").chmod(0o600)
    (tmp_path / "services").write_text(f"[lab]\npassword={password}\n")
    empty = tmp_path / "empty"
    routes = {
        "URI": (f"postgresql://{user}:{quote(password, safe='')}@localhost:{tls_server.port}/cryoprotect", {}, empty),
        "query": (
            f"postgresql://localhost:{tls_server.port}/cryoprotect?user={user}&password={quote(password)}",
            {},
            empty,
        ),
        "pairs": (psycopg.conninfo.make_conninfo(plain, password=password), {}, empty),
        "environment": (plain, {"PGPASSWORD": password}, empty),
        "password file": (plain, {}, tmp_path),
    }
    if password.strip() == password:  # a service file cannot hold a blank at the end
        routes["service"] = (f"{plain} service=lab", {"PGSERVICEFILE": str(tmp_path / "services")}, empty)
    try:
        for target, environ, home in routes.values():
            await attempt(resolve(target, environ=environ, home=home))
        await attempt(resolve(plain, environ={}, home=empty).with_password(Secret(password)))
    finally:
        literal = psycopg.sql.Literal(tls_server.password).as_string(None)
        tls_server.sql(f"SET password_encryption = '{encryption}'", f"ALTER ROLE {user} PASSWORD {literal}")


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer", "require"])
@pytest.mark.parametrize("user", ["cryo_ops", "md5_user", "clear_user", "nobody"])
async def test_a_wrong_password_counts_once_on_the_server(tls_server, tmp_path, mode, user):
    hosts = "host=localhost,127.0.0.1,localhost"
    before = tls_server.log.count("password authentication failed")
    spec = spec_of(f"{hosts} port={tls_server.port} user={user} sslmode={mode}", tmp_path, "Hunter2-canary")
    error = await failure(spec)
    assert isinstance(error, AuthenticationError)
    assert (error.cause, error.sqlstate) == ("auth", "28P01")
    said = f"Password refused for {user} at localhost:{tls_server.port} (28P01). It came from PGPASSWORD. "
    assert str(error) == said + "Not tried again by itself."
    await attempt(spec_of(f"{port(tls_server)} user=trusted dbname=cryoprotect", tmp_path))  # the log is written by now
    assert tls_server.log.count("password authentication failed") == before + 1


@pytest.mark.parametrize("user", ["cryo_ops", "md5_user", "clear_user"])
async def test_without_a_password_nothing_is_tried_on_the_server(tls_server, tmp_path, user):
    before = tls_server.log.count("authentication failed")
    error = await failure(spec_of(f"{port(tls_server)} user={user}", tmp_path))
    assert isinstance(error, AuthenticationError)
    assert error.cause == "auth"
    assert f"asks for the password of {user}, and none is at hand" in str(error)
    assert f"{tmp_path}/.pgpass" in str(error)
    await attempt(spec_of(f"{port(tls_server)} user=trusted dbname=cryoprotect", tmp_path))
    assert tls_server.log.count("authentication failed") == before


async def test_without_need_for_a_password_none_is_needed(tls_server, tmp_path):
    await attempt(spec_of(f"{port(tls_server)} user=trusted dbname=cryoprotect", tmp_path))


async def test_a_password_file_others_may_read_is_told(tls_server, tmp_path):
    (tmp_path / ".pgpass").write_text("*:*:*:*:x\n")
    (tmp_path / ".pgpass").chmod(0o644)
    connected = await attempt(spec_of(f"{port(tls_server)} user=trusted dbname=cryoprotect", tmp_path))
    assert any("chmod 600" in notice for notice in connected.notices)


async def test_no_frame_of_an_error_shows_the_password(tls_server, tmp_path, black_hole):
    (tmp_path / ".pgpass").write_text("*:*:*:*:Hunter2-canary\n")
    (tmp_path / ".pgpass").chmod(0o600)
    for target in (f"localhost:{tls_server.port}", f"127.0.0.1:{black_hole}", "127.0.0.1:1"):
        spec = resolve(f"postgresql://cryo_ops@{target}/cryoprotect", environ={}, home=tmp_path)
        with pytest.raises(ConnectError) as caught:
            await connect(spec, timeout=0.5)
        shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
        assert "Hunter2" not in "".join(shown.format())


async def test_the_environment_of_the_process_does_not_slip_in(tls_server, tmp_path, monkeypatch):
    misleading = {
        "PGHOST": "no-such-host.invalid", "PGPORT": "1", "PGUSER": "nobody", "PGPASSWORD": "wrong", "PGDATABASE": "nowhere",
        "PGSSLMODE": "disable", "PGTARGETSESSIONATTRS": "standby", "PGSERVICE": "nowhere", "PGSSLNEGOTIATION": "direct",
        "PGPASSFILE": "/nonexistent", "PGSSLROOTCERT": "/nonexistent", "PGSSLMINPROTOCOLVERSION": "nonsense",
    }  # fmt: skip
    for name, value in misleading.items():
        monkeypatch.setenv(name, value)
    spec = spec_of(f"{port(tls_server)} user=cryo_ops dbname=cryoprotect", tmp_path, tls_server.password)
    assert (await attempt(spec)).encrypted
