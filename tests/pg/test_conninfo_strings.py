"""Connection strings mean what libpq says they mean, and an error repeats nothing of them."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote_to_bytes

import psycopg
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cryotui.model.errors import UsageError
from cryotui.pg.connstring import parse
from cryotui.pg.keywords import ALLOWED, ENVIRONMENT, FOREIGN, KEYWORDS

CANARY = "Hunter2-canary"
PAIR_PIECES = [
    *"=' \\\t\n%@:/,#?&",
    *("host", "user", "password", "dbname", "port", "sslmode", "requiressl", "options", "pasword", "ssl", "true", "1"),
    *("=", "=", "='", "' ", " host=", " password='", "a", "B", "ü", "\\'", "\\\\", "\v", "\f", "\r"),
]
URI_PIECES = [
    *"=' \\%@:/,#?&[]",
    *(
        "@",
        ":",
        "/",
        "?",
        "&",
        "=",
        ",",
        "%20",
        "%40",
        "%2f",
        "%00",
        "%zz",
        "%C3%BC",
        "%",
        "[::1]",
        "[",
        "]",
        "%25eth0",
    ),
    *("host", "user", "password", "dbname", "port", "sslmode", "ssl=true", "requiressl=1", "a", "ü", "5432", "/tmp"),
]


def by_libpq(text: str) -> dict[str, str] | None:
    """What the real libpq takes from the string, None when it refuses it."""
    try:
        options = psycopg.pq.Conninfo.parse(text.encode("utf-8", "surrogateescape"))
        return {option.keyword.decode(): option.val.decode() for option in options if option.val is not None}
    except (psycopg.OperationalError, UnicodeDecodeError):
        return None


def by_us(text: str) -> dict[str, str] | None:
    try:
        parsed = parse(text)
    except UsageError:
        return None
    assert not parsed.foreign
    return dict(parsed.values)


def is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def has_an_at_too_many(rest: str) -> bool:
    """Where libpq would look up a piece of an unencoded password as a host, or take it for a database: refused here."""
    first = re.search("[@/]", rest)
    behind = rest[first.end() :] if first is not None and first.group() == "@" else rest
    return "@" in behind.partition("?")[0]


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(PAIR_PIECES), max_size=14).map("".join))
@example("host=a")
@example("host = a\tport\n=\n5432")
@example("password='it\\'s' host='a b'")
@example("password=a\\ b\\")
@example("password='open")
@example("password= host=x")
@example("requiressl=1")
@example("requiressl=0")
@example("user")
@example("host=a host=b")
def test_pairs_are_read_as_libpq_reads_them(text):
    if "=" in text and "://" not in text:
        assert by_us(text) == by_libpq(text)


@settings(max_examples=3000, deadline=None)
@given(
    st.lists(st.sampled_from(URI_PIECES), max_size=12).map("".join), st.sampled_from(["postgresql://", "postgres://"])
)
@example("", "postgresql://")
@example("/", "postgresql://")
@example("user@", "postgresql://")
@example("user:@h/", "postgresql://")
@example(":secret@h/", "postgresql://")
@example("u:p@h1:1,h2,[::1]:3,:4/db?sslmode=require&application_name=a%20b", "postgres://")
@example("h?ssl=true", "postgresql://")
@example("h?ssl=false", "postgresql://")
@example("%2Ftmp/db", "postgresql://")
@example("[fe80::1%25eth0]:5433/db", "postgresql://")
@example("[::1", "postgresql://")
@example("[]", "postgresql://")
@example("[::1]x", "postgresql://")
@example("h/d?a", "postgresql://")
@example("h/d?host=a=b", "postgresql://")
@example("h/d?&host=b", "postgresql://")
@example("h/d?host=b&", "postgresql://")
@example(" h /d", "postgresql://")
@example("h/a b", "postgresql://")
@example("h/%00", "postgresql://")
@example("h:,i:2", "postgresql://")
@example("a,,b", "postgresql://")
@example("h?/x=1", "postgresql://")
def test_uris_are_read_as_libpq_reads_them(rest, scheme):
    # libpq passes bytes on that are no UTF-8, also where a later word takes their place; ours refuses them
    if not has_an_at_too_many(rest) and is_utf8(unquote_to_bytes(rest)):
        assert by_us(scheme + rest) == by_libpq(scheme + rest)


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20))
def test_any_password_survives_a_uri(password):
    uri = f"postgresql://cryo_ops:{quote(password, safe='')}@db1.lab/cryoprotect"
    assert parse(uri).values["password"] == password == (by_libpq(uri) or {})["password"]


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20))
def test_any_password_survives_key_and_value(password):
    text = psycopg.conninfo.make_conninfo(host="db1.lab", password=password)
    assert parse(text).values["password"] == password


@pytest.mark.parametrize("text", ["cryoprotect", "-Fc", "with blank", "ünder"])
def test_a_bare_word_is_the_name_of_a_database(text):
    assert parse(text).values == {"dbname": text}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("cryo_ops:Hunter2-canary@db1.lab/cryoprotect", "looks like an address"),
        ("db1.lab:5432/cryoprotect", "looks like an address"),
        ("psql postgresql://u:Hunter2-canary@h/d", "Something stands before"),
        ("'postgresql://u:Hunter2-canary@h/d'", "Something stands before"),
    ],
)
def test_what_looks_like_an_address_is_no_name_of_a_database(text, says):
    with pytest.raises(UsageError, match=says) as caught:
        parse(text)
    assert "canary" not in str(caught.value)


def test_blanks_around_a_pasted_uri_do_not_count():
    assert parse(" \tpostgresql://u@h/d\n") == parse("postgresql://u@h/d")


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_nothing_is_nothing(text):
    assert parse(text).values == {}


@pytest.mark.parametrize("keyword", sorted(FOREIGN))
def test_settings_of_other_libraries_are_left_out_and_named(keyword):
    parsed = parse(f"postgresql://h/d?{keyword}=1&sslmode=require&{keyword}=2")
    assert parsed.foreign == (keyword,)
    assert parsed.values["sslmode"] == "require"


def test_every_keyword_and_variable_of_libpq_is_known():
    options = psycopg.pq.Conninfo.get_defaults()
    assert {option.keyword.decode() for option in options} == KEYWORDS
    assert {o.keyword.decode(): o.envvar.decode() for o in options if o.envvar} == ENVIRONMENT
    assert set(ALLOWED) <= KEYWORDS
    assert not FOREIGN & KEYWORDS


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("postgresql+asyncpg://u:Hunter2-canary@h/d", "starts with postgresql://"),
        ("jdbc:postgresql://h/d?password=Hunter2-canary", "starts with postgresql://"),
        ("POSTGRESQL://u:Hunter2-canary@h/d", "starts with postgresql://"),
        ("mysql://u:Hunter2-canary@h/d", "not one of PostgreSQL"),
        ("postgresql://u:Hunter2-canary@x@h/d", "@ where none belongs"),
        ("postgresql://u:Hunter2-canary/x@h/d", "@ is %40"),
        ("postgresql://u:p@Hunter2-canary/x@h/d", "@ where none belongs"),
        ("postgresql://u:Hunter2-canary%zz@h/d", "%25"),
        ("postgresql://u:Hunter2-canary%00@h/d", "%00"),
        ("postgresql://u:Hunter2-canary%ff@h/d", "not UTF-8"),
        ("postgresql://u:Hunter2-canary x@h/d", "%20"),
        ("postgresql://h/d?Hunter2-canary", "key=value"),
        ("postgresql://h/d?password=a=Hunter2-canary", "%3D"),
        ("postgresql://h/d?ssl=false&Hunter2-canary=1", "Query parameter 1"),
        ("postgresql://h/d?sslmod=Hunter2-canary", "nearest is sslmode"),
        ("host=h password=a Hunter2-canary", "Parameter 3 .* quotes"),
        ("host=h password=a Hunter2-canary=b", "Parameter 3 is not"),
        ("host=h password='Hunter2-canary", "Parameter 2 .* never closes"),
        ("host=h pasword=Hunter2-canary", "nearest is password"),
        ("host=h password=Hunter2-canary\0", "NUL"),
    ],
)
def test_an_error_says_where_and_repeats_nothing(text, says):
    with pytest.raises(UsageError, match=says) as caught:
        parse(text)
    assert caught.value.exit_code == 2
    for piece in re.findall(r"\w{3,}", CANARY):
        assert piece not in str(caught.value)
    assert caught.value.__context__ is None or CANARY not in repr(caught.value.__context__)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("foo=bar host=x", r"Parameter 1 \(foo\) is not a parameter libpq knows\."),
        ("host=x sslmod=require", r"Parameter 2 \(sslmod\) .* the nearest is sslmode\."),
        ("host=x password=Hun ter2=a", r"Parameter 3 is not a parameter libpq knows\."),
        ("dbname=postgresql://u:Hun ter2=a@h/d", r"Parameter 2 is not a parameter libpq knows\."),
    ],
)
def test_an_unknown_parameter_is_named_unless_it_may_be_the_rest_of_a_password(text, says):
    with pytest.raises(UsageError, match=says):
        parse(text)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from([*PAIR_PIECES, *URI_PIECES, CANARY, "postgresql://"]), max_size=14).map("".join))
def test_no_error_ever_repeats_a_piece_of_the_string(text):
    try:
        parse(text)
    except UsageError as error:
        assert CANARY not in str(error)
        assert "Hunter" not in str(error)


def test_a_parsed_string_does_not_print_its_values():
    assert CANARY not in repr(parse(f"password={CANARY}"))
