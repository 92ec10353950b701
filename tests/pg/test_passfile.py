"""The password file gives what libpq would take from it."""

from __future__ import annotations

import os

import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cryotui.model.secrets import Secret
from cryotui.pg.conninfo import resolve

HOST, PORT, DATABASE, USER = "/nonexistent/cryotui", 5433, "cryo:protect", "cryo\\ops"
CONNINFO = psycopg.conninfo.make_conninfo(host=HOST, port=PORT, dbname=DATABASE, user=USER)
FIELDS = [
    HOST,
    str(PORT),
    "cryo\\:protect",
    "cryo\\\\ops",
    "*",
    "\\*",
    "\\",
    "localhost",
    "",
    "#",
    "pass",
    " pass ",
    "a\\:b",
    "ü",
]
GOOD = f"{HOST}:{PORT}:cryo\\:protect:cryo\\\\ops:"


@pytest.fixture
def passfile(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    return tmp_path / "pass"


def write(path, content: str) -> None:
    path.write_bytes(content.encode())
    path.chmod(0o600)


def at_libpq(conninfo: str) -> str:
    connection = psycopg.pq.PGconn.connect_start(conninfo.encode())
    password = connection.password.decode()
    connection.finish()
    return password


def here(conninfo: str):
    spec = resolve(conninfo, environ={}, home=None)
    return spec.password_for(spec.hosts[0])


def line_of(fields: list[str]) -> str:
    return ":".join(fields)


@settings(max_examples=800, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.lists(st.sampled_from(FIELDS), min_size=3, max_size=7).map(line_of), max_size=4),
    st.sampled_from(["\n", "\r\n", "\n\n", "\r\r\n"]),
    st.booleans(),
)
@example([GOOD + "plain"], "\n", False)
@example(["# " + GOOD + "no", GOOD + "yes"], "\n", True)
@example([" #" + GOOD + "no", GOOD + "yes"], "\n", True)
@example([GOOD + "  blanks count  "], "\n", True)
@example([GOOD + "carriage"], "\r\n", True)
@example([GOOD + "a\\:b\\\\c\\d"], "\n", True)
@example([GOOD + "before:after"], "\n", True)
@example([GOOD + "end\\"], "\n", True)
@example([GOOD], "\n", True)
@example(["*:*:*:*:wild"], "\n", True)
@example(["*x:*:*:*:wild"], "\n", True)
@example(["garbage", "", "*:*:*:*:after garbage"], "\n", True)
def test_any_file_gives_the_password_libpq_takes(passfile, lines, ending, ends):
    write(passfile, ending.join(lines) + (ending if ends else ""))
    conninfo = f"{CONNINFO} passfile={passfile}"
    secret = here(conninfo).secret
    assert (secret.reveal() if secret else "") == at_libpq(conninfo)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n"), min_size=1, max_size=30))
def test_any_password_on_one_line_survives_the_file(passfile, password):
    escaped = password.replace("\\", "\\\\").replace(":", "\\:")
    write(passfile, f"{GOOD}{escaped}\n")
    assert here(f"{CONNINFO} passfile={passfile}").secret == Secret(password)


@pytest.mark.parametrize("host", ["", "/var/run/postgresql"])
def test_a_local_socket_is_looked_up_as_localhost(passfile, host):
    write(passfile, "localhost:*:*:*:found\n")
    assert here(f"host='{host}' passfile={passfile}").secret == Secret("found")
    assert at_libpq(f"host='{host}' passfile={passfile}") == "found"


def test_another_socket_directory_is_looked_up_by_its_path(passfile):
    write(passfile, "localhost:*:*:*:wrong\n/elsewhere:*:*:*:found\n")
    assert here(f"host=/elsewhere passfile={passfile}").secret == Secret("found")
    assert at_libpq(f"host=/elsewhere passfile={passfile}") == "found"


def test_a_name_is_looked_up_before_its_address(passfile):
    write(passfile, "10.0.0.1:*:*:*:by address\ndb1.lab:*:*:*:by name\n")
    assert here(f"host=db1.lab hostaddr=10.0.0.1 passfile={passfile}").secret == Secret("by name")
    assert here(f"hostaddr=10.0.0.1 passfile={passfile}").secret == Secret("by address")


def test_every_host_has_its_own_password(passfile):
    write(passfile, "db1.lab:5432:*:*:one\ndb2.lab:6000:*:*:two\n")
    spec = resolve(f"host=db1.lab,db2.lab port=5432,6000 passfile={passfile}", environ={})
    assert [spec.password_for(host).secret for host in spec.hosts] == [Secret("one"), Secret("two")]
    assert spec.password_for(spec.hosts[0]).origin == str(passfile)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666, 0o620, 0o601])
def test_a_file_open_to_others_is_not_used_and_that_is_told(passfile, mode):
    write(passfile, "*:*:*:*:secret\n")
    passfile.chmod(mode)
    password = here(f"{CONNINFO} passfile={passfile}")
    assert password.secret is None
    assert password.notice is not None
    assert f"chmod 600 {passfile}" in password.notice
    assert at_libpq(f"{CONNINFO} passfile={passfile}") == ""


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700])
def test_a_file_closed_to_others_is_used(passfile, mode):
    write(passfile, "*:*:*:*:secret\n")
    passfile.chmod(mode)
    assert here(f"{CONNINFO} passfile={passfile}").secret == Secret("secret")


def test_a_directory_in_its_place_is_told(tmp_path):
    assert "not a plain file" in str(here(f"{CONNINFO} passfile={tmp_path}").notice)


def test_a_missing_file_is_no_password_and_no_notice(tmp_path):
    password = here(f"{CONNINFO} passfile={tmp_path}/none")
    assert (password.secret, password.notice) == (None, None)


def test_the_file_of_the_home_directory_is_used_and_read_anew(tmp_path):
    spec = resolve(CONNINFO, environ={}, home=tmp_path)
    assert spec.password_for(spec.hosts[0]).secret is None
    write(tmp_path / ".pgpass", "*:*:*:*:new\n")
    assert spec.password_for(spec.hosts[0]).secret == Secret("new")


def test_a_given_password_hides_the_file(passfile):
    write(passfile, "*:*:*:*:from file\n")
    assert here(f"{CONNINFO} password=given passfile={passfile}").secret == Secret("given")


def test_a_password_that_is_no_utf8_is_not_used_and_that_is_told(passfile):
    passfile.write_bytes(b"*:*:*:*:caf\xe9\n")
    passfile.chmod(0o600)
    password = here(f"{CONNINFO} passfile={passfile}")
    assert password.secret is None
    assert "not UTF-8" in str(password.notice)
