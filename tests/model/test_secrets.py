"""A secret never shows itself, and the redactor finds it in every text a password travels in."""

from __future__ import annotations

import copy
import json
import pickle
import traceback
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cryotui.model.secrets import MASK, Secret, redact

CANARY = "canary-Hunter2-0451"
NASTY = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).map(lambda text: text + CANARY)


def test_no_way_of_printing_a_secret_shows_it():
    secret = Secret(CANARY)
    ways = [repr(secret), str(secret), f"{secret}", f"{secret:>40}", f"{secret!r}", repr([secret]), repr({"p": secret})]
    assert all(CANARY not in way for way in ways)
    assert secret.reveal() == CANARY


def test_a_pickled_secret_leaves_its_text_behind():
    octets = pickle.dumps(Secret(CANARY))
    assert CANARY.encode() not in octets
    with pytest.raises(ValueError, match="stayed"):
        pickle.loads(octets).reveal()


def test_a_copy_is_the_same_secret():
    secret = Secret(CANARY)
    assert copy.deepcopy({"p": secret})["p"].reveal() == CANARY
    assert copy.copy(secret) == secret
    assert secret != Secret("other")
    assert secret != CANARY
    assert hash(secret) == hash(Secret(CANARY))


def test_a_secret_is_true_only_when_there_is_one():
    assert Secret("x")
    assert not Secret("")


def test_a_traceback_with_locals_does_not_show_a_secret():
    def fail(password: Secret) -> None:
        raise RuntimeError("no")

    try:
        fail(Secret(CANARY))
    except RuntimeError as error:
        shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "Secret(" in shown
    assert CANARY not in shown


def quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def unquoted(value: str) -> str:
    return "".join(f"\\{character}" if character.isspace() or character in "\\'" else character for character in value)


def literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


@settings(max_examples=300, deadline=None)
@given(NASTY)
def test_a_password_is_masked_by_whatever_route_it_comes(password):
    texts = [
        f"postgresql://cryo_ops:{quote(password, safe='')}@db1.lab/cryoprotect?sslmode=require",
        f"postgres://cryo_ops:{password}@db1.lab/cryoprotect",
        f"https://user:{quote(password, safe='')}@host/path",
        f"host=db1.lab password={quoted(password)} dbname=cryoprotect",
        f"host=db1.lab password={unquoted(password)} dbname=cryoprotect",
        f"host=db1.lab password = {quoted(password)}",
        f"postgresql://db1.lab/cryoprotect?password={quote(password, safe='')}&user=x",
        f"postgresql://db1.lab/cryoprotect?sslpassword={quote(password, safe='')}",
        f"CREATE ROLE x LOGIN PASSWORD {literal(password)}",
        f"alter role x password  {literal(password)} valid until 'infinity'",
        f"ALTER ROLE x PASSWORD E{quoted(password)}",
        f"ALTER ROLE x PASSWORD $secret${password}$secret$",
        f"CREATE USER MAPPING FOR x SERVER s OPTIONS (user 'x', password {literal(password)})",
        f"CREATE SUBSCRIPTION s CONNECTION {literal('host=h password=' + quoted(password) + ' dbname=d')} PUBLICATION p",
        f"SELECT dblink_connect({literal('host=h password=' + unquoted(password))})",
        f"CREATE ROLE x PASSWORD '{password.replace(chr(39), chr(39) * 2)}",  # cut in the middle
        json.dumps({"password": password, "x": 1}),
        f"password: {quoted(password)}",
    ]
    for text in texts:
        assert CANARY not in redact(text), text


@pytest.mark.parametrize(
    "text",
    [
        "SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$canary-Hunter2-0451=:canary-Hunter2-0451=",
        "md5c4ca4238a0b923820dcc509a6f75849b",
        "apikey: eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.canary-Hunter2-0451",
        "sb_secret_canary-Hunter2-0451",
        "sbp_0123456789abcdef0123456789abcdef01234567",
        "Authorization: Bearer canary-Hunter2-0451",
        "PGPASSWORD=canary-Hunter2-0451 psql",
        "export SUPABASE_DB_PASSWORD='canary-Hunter2-0451'",
        "db1.lab:5432:cryoprotect:cryo_ops:canary-Hunter2-0451 with blanks",
        "*:*:*:cryo\\:ops:canary-Hunter2-0451",
        "postgresql+asyncpg://u:canary-Hunter2-0451@h/d",
        "postgresql://u:a@canary-Hunter2-0451 b@h/d",
        '{"password":"canary-Hunter2-0451"}',
        "  - password: canary-Hunter2-0451",
    ],
)
def test_verifiers_tokens_and_keys_are_masked(text):
    shown = redact(text)
    assert MASK in shown
    for piece in ("canary", "Hunter2", "c4ca4238", "0123456789abcdef"):
        assert piece not in shown


@pytest.mark.parametrize(
    "text",
    [
        'password authentication failed for user "cryo_ops"',
        "Password refused for cryo_ops at db1.lab:5432 (28P01). It came from PGPASSWORD.",
        "password_encryption = scram-sha-256",
        "3 roles without password: none may log in",
        "2026-11-22 03:12:44 LOG: checkpoint complete: wrote 3 buffers",
        "https://www.postgresql.org/docs/18/auth-password.html",
        "see http://db1.lab:8080/x, or write to dba@lab",
        "postgresql://cryo_ops@db1.lab:5432/cryoprotect",
        "SELECT token FROM t",
    ],
)
def test_harmless_text_stays_as_it_is(text):
    assert redact(text) == text


PIECES = [*"ab'\"\\ =:@/$,{}\n*", "password", "://", "postgres", "=", "password='"]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_redacting_twice_changes_nothing_more(text):
    once = redact(text)
    assert redact(once) == once


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", ["postgresql://a:", "password '", "':=", "password=\\'", "a.b-", "$", "x://y:z "])
def test_long_hostile_text_is_no_trap(piece):
    assert redact(piece * 20_000)
