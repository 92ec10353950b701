"""Where a connection leads: string, service, environment and defaults as libpq merges them; what cannot be kept is refused."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cryotui.model.errors import UsageError
from cryotui.model.secrets import Secret
from cryotui.pg.conninfo import Host, resolve

CANARY = "Hunter2-canary"
NOWHERE = "/nonexistent/cryotui"
ACCOUNT = pwd.getpwuid(os.geteuid()).pw_name


@pytest.fixture
def clean_environment(monkeypatch, tmp_path):
    """No PG variable of this machine, a home of our own: what libpq sees in the process is what we hand over."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    return monkeypatch


def at_libpq(conninfo: str) -> tuple[dict[str, str], str]:
    """The merged options of the real libpq and its complaint. Only hosts that need no network are asked for."""
    connection = psycopg.pq.PGconn.connect_start(conninfo.encode())
    options = {o.keyword.decode(): o.val.decode() for o in connection.info if o.val is not None}
    complaint = connection.error_message.decode()
    connection.finish()
    return options, "" if complaint.startswith("connection to server") else complaint


def here(conninfo: str | None, **overrides: str):
    return resolve(conninfo, environ=dict(os.environ), overrides=overrides)


WORDS = st.sampled_from(
    ["a", "b", "require", "prefer", "verify-full", "5433", "7", "", "any", "primary", "/tmp/x", "random"]
)
KEYS = st.sampled_from(
    ["user", "dbname", "port", "sslmode", "connect_timeout", "target_session_attrs", "load_balance_hosts"]
)
VARIABLES = st.sampled_from(
    ["PGUSER", "PGDATABASE", "PGPORT", "PGSSLMODE", "PGTARGETSESSIONATTRS", "PGLOADBALANCEHOSTS", "PGREQUIRESSL"]
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    given=st.dictionaries(KEYS, WORDS, max_size=4),
    service=st.dictionaries(KEYS, WORDS, max_size=4),
    variables=st.dictionaries(VARIABLES, WORDS, max_size=4),
)
def test_the_first_to_say_something_wins_as_in_libpq(clean_environment, tmp_path, given, service, variables):
    lines = [f"{key}={value}" for key, value in service.items()]
    (tmp_path / ".pg_service.conf").write_text("\n".join(["[lab]", f"host={NOWHERE}", *lines]))
    with clean_environment.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        conninfo = psycopg.conninfo.make_conninfo(service="lab", **given)
        options, complaint = at_libpq(conninfo)
        try:
            spec = here(conninfo)
        except UsageError:
            whole = all(options.get(key, "").isdigit() or not options.get(key) for key in ("port", "connect_timeout"))
            assert complaint or not whole
            return
    assert not complaint
    assert (spec.user, spec.database, spec.sslmode) == (options["user"], options["dbname"], options["sslmode"])
    assert spec.target_session_attrs == options["target_session_attrs"]
    assert spec.load_balance_hosts == options["load_balance_hosts"]
    assert spec.hosts == (Host(NOWHERE, "", int(options["port"] or 5432)),)
    assert (spec.connect_timeout or 0) == float(options.get("connect_timeout") or 0)


@pytest.mark.parametrize(
    "conninfo",
    [
        f"host={NOWHERE}",
        f"host={NOWHERE} port=' 6000 '",
        f"host={NOWHERE},{NOWHERE}/b port=1,2",
        f"host={NOWHERE},{NOWHERE}/b port=7",
        f"host={NOWHERE},{NOWHERE}/b port=,7",
        f"host={NOWHERE},{NOWHERE}/b port=1,2,3",
        f"host={NOWHERE},{NOWHERE}/b hostaddr=127.0.0.1",
        f"host={NOWHERE} port=0",
        f"host={NOWHERE} port=65536",
        f"host={NOWHERE} port=x",
        f"host={NOWHERE} port=-1",
        f"host={NOWHERE} sslmode=Require",
        f"host={NOWHERE} sslmode=''",
        f"host={NOWHERE} sslrootcert=system",
        f"host={NOWHERE} sslrootcert=system sslmode=require",
        f"host={NOWHERE} sslnegotiation=direct",
        f"host={NOWHERE} sslnegotiation=direct sslmode=require",
        f"host={NOWHERE} target_session_attrs=master",
        f"host={NOWHERE} load_balance_hosts=yes",
        f"host={NOWHERE} channel_binding=maybe",
        f"host={NOWHERE} gssencmode=on",
        f"host={NOWHERE} sslcertmode=maybe",
        f"host={NOWHERE} ssl_min_protocol_version=TLSv1.3 ssl_max_protocol_version=TLSv1.2",
        f"host={NOWHERE} ssl_min_protocol_version=tlsv1.3",
        f"host={NOWHERE} ssl_min_protocol_version=SSLv3",
        f"host={NOWHERE} ssl_min_protocol_version=''",
        f"host={NOWHERE} max_protocol_version=4",
        f"host={'/a' * 60}",
        "service=nowhere",
        "service=''",
        f"host={NOWHERE} user='' dbname=''",
    ],
)
def test_what_libpq_refuses_is_refused_and_what_it_takes_is_taken(clean_environment, conninfo):
    options, complaint = at_libpq(conninfo)
    if complaint:
        with pytest.raises(UsageError):
            here(conninfo)
    else:
        assert here(conninfo).sslmode == options["sslmode"]


def test_nothing_given_means_this_machine_and_this_account(clean_environment):
    spec = here(None)
    assert spec.hosts == (Host("", "", 5432),)
    assert (spec.user, spec.database, spec.application_name) == (ACCOUNT, ACCOUNT, "cryotui")
    assert spec.password is None
    assert spec.display() == f"{ACCOUNT} at local socket:5432 as {ACCOUNT}"


def test_a_uri_with_everything(clean_environment):
    spec = here(
        "postgresql://cryo_ops:pw%40d@db1.lab:6000,[::1],10.0.0.3:7/cryo%20protect"
        "?target_session_attrs=primary&connect_timeout=3&application_name=x&options=-c%20jit%3Doff&keepalives_idle=7"
    )
    assert spec.hosts == (Host("db1.lab", "", 6000), Host("::1", "", 5432), Host("10.0.0.3", "", 7))
    assert spec.password == Secret("pw@d")
    assert (spec.connect_timeout, spec.application_name, spec.options) == (3.0, "x", "-c jit=off")
    assert spec.keepalives.idle == 7
    assert spec.display() == "cryo protect at db1.lab:6000 or [::1]:5432 or 10.0.0.3:7 as cryo_ops"


def test_options_of_the_command_line_win_and_empty_ones_do_not(clean_environment):
    clean_environment.setenv("PGUSER", "from_environment")
    spec = here("host=/a user=from_string", user="from_option", port="", host="/b")
    assert (spec.user, spec.hosts) == ("from_option", (Host("/b", "", 5432),))


def test_a_database_named_like_a_connection_string_is_only_a_name(clean_environment):
    assert here("host=/a", dbname="host=evil user=x").hosts == (Host("/a", "", 5432),)


@pytest.mark.parametrize("name", ["", "/run/postgresql", "/elsewhere", "db1.lab", "::1"])
def test_a_spec_shows_no_secret(clean_environment, name):
    clean_environment.setenv("PGPASSWORD", CANARY)
    spec = here(f"host='{name}' sslpassword={CANARY}")
    assert spec.password is not None
    assert spec.password.reveal() == CANARY
    for shown in (repr(spec), str(spec), spec.display(), repr(spec.libpq_parameters(spec.hosts[0]))):
        assert CANARY not in shown
    assert spec.password_origin == "PGPASSWORD"


def test_a_typed_password_replaces_the_one_at_hand(clean_environment):
    spec = here("host=/a password=old").with_password(Secret("new"))
    assert spec.password_for(spec.hosts[0]).secret == Secret("new")
    assert spec.password_for(spec.hosts[0]).origin == "the prompt"


@pytest.mark.parametrize(
    ("conninfo", "says"),
    [
        ("channel_binding=require", "channel_binding=require .*verify-full"),
        ("require_auth=scram-sha-256", "require_auth .*verify-full"),
        ("require_auth=!password", "require_auth"),
        ("gssencmode=require", "gssencmode=require .* TLS"),
        ("sslcertmode=require", "sslcertmode=require"),
        ("requirepeer=postgres", "requirepeer"),
        ("sslcrldir=/x", "sslcrl"),
        ("sslsni=0", "sslsni=0"),
        ("sslkeylogfile=/x", "sslkeylogfile"),
        ("scram_client_key=Hunter2-canary", "scram_client_key"),
        ("oauth_client_secret=Hunter2-canary", "OAuth"),
        ("replication=database", "replication"),
        ("min_protocol_version=3.2", "protocol 3.0"),
    ],
)
def test_a_protection_that_cannot_be_kept_is_refused(clean_environment, conninfo, says):
    with pytest.raises(UsageError, match=says) as caught:
        here(f"host=/a {conninfo}")
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("variable", ["PGCHANNELBINDING", "PGGSSENCMODE", "PGSSLCERTMODE"])
def test_a_protection_from_the_environment_is_refused_too(clean_environment, variable):
    clean_environment.setenv(variable, "require")
    with pytest.raises(UsageError, match=f"^{variable} cannot be kept"):
        here("host=/a")


@pytest.mark.parametrize(
    ("conninfo", "notice"),
    [
        ("postgresql://h/d?pgbouncer=true&connection_limit=1&schema=public", "pgbouncer, connection_limit, schema"),
        ("host=/a client_encoding=LATIN1", "UTF-8"),
        ("host=/a gssdelegation=1", "gssdelegation"),
        ("db1.lab", "db1.lab is taken for a database; host=db1.lab is a host."),
        ("host=db1.lab, port=5432", "socket of this machine"),
    ],
)
def test_what_has_no_effect_is_told(clean_environment, conninfo, notice):
    assert any(notice in told for told in here(conninfo).notices)


def test_harmless_parameters_cause_no_notice(clean_environment):
    quiet = "host=/a channel_binding=prefer gssencmode=prefer sslcompression=0 sslsni=1 client_encoding=auto replication=off"
    assert here(quiet).notices == ()


def test_server_settings_of_the_environment_are_told_not_used(clean_environment):
    clean_environment.setenv("PGTZ", "Europe/Berlin")
    assert any("PGTZ" in told for told in here("host=/a").notices)


@pytest.mark.parametrize(
    ("conninfo", "says"),
    [
        (f"postgresql://u:{CANARY}", "port is not a number"),
        (f"postgresql://u:{CANARY}/d", "percent-encoded"),
        (f"host={CANARY}@x", "host holds a character"),
        (f"host='{CANARY} x'", "host holds a character"),
        (f"host=db1.lab;password={CANARY}", "separated by blanks"),
        (f"host=/a sslmode={CANARY}", "verify-full"),
        (f"host=/a connect_timeout={CANARY}", "whole number"),
        (f"host=/a keepalives={CANARY}", "whole number"),
        (f"hostaddr={CANARY}", "not an IP address"),
        (f"host=@{CANARY}", "abstract"),
        (f"hostaddr=127.0.0.1 sslmode=verify-full password={CANARY}", "give host beside hostaddr"),
    ],
)
def test_a_bad_value_is_named_by_its_key_and_never_repeated(clean_environment, conninfo, says):
    with pytest.raises(UsageError, match=says) as caught:
        here(conninfo)
    assert "canary" not in str(caught.value)
    assert "Hunter2" not in str(caught.value)


def test_a_bad_value_is_told_where_it_comes_from(clean_environment, tmp_path):
    (tmp_path / ".pg_service.conf").write_text("[lab]\nsslmode=on\n")
    with pytest.raises(UsageError, match=r"^sslmode of service lab has"):
        here("service=lab host=/a")
    clean_environment.setenv("PGPORT", "many")
    with pytest.raises(UsageError, match=r"^PGPORT is not"):
        here("host=/a")


def test_an_unknown_option_names_the_nearest(clean_environment):
    with pytest.raises(UsageError, match="nearest is sslmode"):
        here("host=/a", ssl_mode="require")


def test_a_password_that_is_no_utf8_is_refused_without_showing_it(clean_environment):
    clean_environment.setenv("PGPASSWORD", os.fsdecode(b"canary\xff"))
    with pytest.raises(UsageError, match="PGPASSWORD is not UTF-8") as caught:
        here("host=/a")
    assert "canary" not in str(caught.value)


def test_client_programs_get_the_same_connection_without_the_password(clean_environment, tmp_path):
    conninfo = (
        "host=db1.lab hostaddr=10.0.0.1 port=6000 user=u dbname=d password=Hunter2-canary sslmode=verify-full "
        "sslrootcert=/r sslcert=/c sslkey=/k sslcrl=/l sslnegotiation=direct sslcertmode=disable connect_timeout=3 "
        "ssl_min_protocol_version=TLSv1.3 ssl_max_protocol_version=TLSv1.3 options='-c jit=off' application_name=x "
        "krbsrvname=pg"
    )
    spec = here(conninfo)
    wanted = psycopg.conninfo.conninfo_to_dict(conninfo) | {"passfile": str(tmp_path / ".pgpass")}
    del wanted["password"]
    assert spec.libpq_parameters(spec.hosts[0]) == wanted
    again = here(None, **spec.libpq_parameters(spec.hosts[0]))
    assert (again.hosts, again.tls) == (spec.hosts, spec.tls)


def test_a_path_no_system_takes_is_a_missing_file(clean_environment):
    spec = here(f"host=/a sslrootcert={'/x' * 3000} passfile={'/x' * 3000}")
    assert spec.tls.roots is None
    assert spec.password_for(spec.hosts[0]).secret is None


def test_home_comes_from_the_environment_given(clean_environment, tmp_path):
    spec = resolve("host=/a", environ={"HOME": "/some/home"})
    assert spec.passfile == Path("/some/home/.pgpass")
    assert spec.tls.directory == Path("/some/home/.postgresql")
    assert resolve("host=/a", environ={}, home=tmp_path).passfile == tmp_path / ".pgpass"
