"""Services come from the files libpq reads, by its rules; a service that is not there is an error."""

from __future__ import annotations

import os

import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cryotui.model.errors import UsageError
from cryotui.pg.conninfo import resolve
from cryotui.pg.servicefile import service_names

LINES = [
    *(
        "[lab]",
        "[lab] ",
        " [lab]",
        "[lab]x",
        "[other]",
        "[lab",
        "[la]",
        "#[lab]",
        "host=/nonexistent/a",
        "user=b",
        "user=c",
    ),
    *(
        "user =d",
        "user= e ",
        "  dbname=100%f",
        "dbname=a=b",
        "# user=x",
        "",
        "nonsense",
        "service=x",
        "unknown=1",
        ";user=y",
    ),
]


@pytest.fixture
def home(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PGSYSCONFDIR", str(tmp_path / "etc"))
    (tmp_path / "etc").mkdir()
    return tmp_path


def here(conninfo: str):
    return resolve(conninfo, environ=dict(os.environ))


def at_libpq(conninfo: str) -> dict[str, str] | None:
    connection = psycopg.pq.PGconn.connect_start(conninfo.encode())
    complaint = connection.error_message.decode()
    options = {o.keyword.decode(): o.val.decode() for o in connection.info if o.val is not None}
    connection.finish()
    return options if not complaint or complaint.startswith("connection to server") else None


@settings(max_examples=800, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(LINES), max_size=8), st.sampled_from(["\n", "\r\n", "\r\n\n"]))
@example(["[lab]", "user=b", "user=c"], "\n")
@example(["[lab]", "dbname=100%f"], "\n")
@example(["[lab]", "[lab]", "user=b"], "\n")
@example(["unknown=1", "[lab]", "user=b"], "\n")
def test_any_file_gives_what_libpq_takes_from_it(home, lines, ending):
    (home / ".pg_service.conf").write_text(ending.join(lines), newline="")
    wanted = at_libpq("service=lab host=/nonexistent/z")
    try:
        spec = here("service=lab host=/nonexistent/z")
    except UsageError:
        assert wanted is None
        return
    assert wanted is not None
    assert (spec.user, spec.database) == (wanted["user"], wanted["dbname"])


def test_the_file_named_by_the_environment_replaces_the_one_at_home(home, monkeypatch):
    (home / ".pg_service.conf").write_text("[lab]\nuser=home\n")
    (home / "mine.conf").write_text("[lab]\nuser=mine\n")
    monkeypatch.setenv("PGSERVICEFILE", str(home / "mine.conf"))
    assert here("service=lab host=/a").user == "mine"


def test_the_system_wide_file_serves_what_the_own_does_not_define(home):
    (home / ".pg_service.conf").write_text("[other]\nuser=home\n")
    (home / "etc" / "pg_service.conf").write_text("[lab]\nuser=system\n[other]\nuser=system\n")
    assert here("service=lab host=/a").user == "system"
    assert here("service=other host=/a").user == "home"


def test_the_service_of_the_environment_counts(home, monkeypatch):
    (home / ".pg_service.conf").write_text("[lab]\nhost=/nonexistent/lab\ndbname=cryo\n")
    monkeypatch.setenv("PGSERVICE", "lab")
    spec = here("postgresql:///")
    assert (spec.hosts[0].host, spec.database, spec.service) == ("/nonexistent/lab", "cryo", "lab")


def test_all_parameters_of_a_service_count(home):
    (home / ".pg_service.conf").write_text(
        "[lab]\nhost=/a\napplication_name=from service\noptions=-c jit=off\nconnect_timeout=3\npassword=100%secret\n"
    )
    spec = here("service=lab")
    assert (spec.application_name, spec.options, spec.connect_timeout) == ("from service", "-c jit=off", 3.0)
    assert spec.password is not None
    assert spec.password.reveal() == "100%secret"
    assert spec.password_origin == "service lab"


def test_an_unknown_service_is_an_error_that_names_the_files(home):
    with pytest.raises(UsageError, match=r"no ~/.pg_service.conf"):
        here("service=lab")
    (home / ".pg_service.conf").write_text("[other]\n")
    with pytest.raises(UsageError, match=f"Service lab is not defined in {home}/.pg_service.conf"):
        here("service=lab")


def test_a_missing_file_named_by_the_environment_is_an_error(home, monkeypatch):
    monkeypatch.setenv("PGSERVICEFILE", str(home / "none.conf"))
    (home / "etc" / "pg_service.conf").write_text("[lab]\nuser=system\n")
    assert at_libpq("service=lab host=/a") is None
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        here("service=lab host=/a")


def test_all_services_can_be_listed(home):
    (home / ".pg_service.conf").write_text("[lab]\nuser=a\n# [no]\n[two words]\n")
    (home / "etc" / "pg_service.conf").write_text("[lab]\n[system]\n")
    assert service_names(environ=dict(os.environ), home=home) == ("lab", "two words", "system")
    assert service_names(environ={"PGSYSCONFDIR": "/nonexistent"}, home=None) == ()


def test_a_line_too_long_is_an_error_as_in_libpq(home):
    for length in (1021, 1022, 1023, 1024):
        (home / ".pg_service.conf").write_text(f"[lab]\nuser=a\n#{'x' * (length - 1)}\n")
        taken = at_libpq("service=lab host=/a") is not None
        try:
            here("service=lab host=/a")
        except UsageError:
            assert not taken, length
        else:
            assert taken, length


def test_an_error_in_the_file_names_the_line_and_repeats_nothing(home):
    (home / ".pg_service.conf").write_text("[lab]\nuser=a\npassword=x\nHunter2-canary\n")
    with pytest.raises(UsageError, match=r"^Line 4 of .* has no =") as caught:
        here("service=lab")
    assert "Hunter2" not in str(caught.value)
