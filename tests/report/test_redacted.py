"""What a rule reads from a database may hold passwords and keys: no finding carries them on, and no fix is half a fix."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from report_examples import a_rule

from cryotui.audit.rows import LEFT_OUT, finding, unseen
from cryotui.model import secrets
from cryotui.model.secrets import MASK, redact, redact_data, redact_sentence

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiJ9.c2lnbmF0dXJl"
SECRETS = (
    f"Authorization: Bearer {TOKEN}",
    "host=db password=hunter22",
    "postgresql://lab:hunter22@db/lab",
    "ALTER ROLE lab PASSWORD 'hunter22'",
    "sb_secret_hunter22hunter22",
    '{"api_key": "hunter22"}',
    "db.example.org:5432:lab:ada:hunter22",
)
ROW: dict[str, Any] = {"object": "public.t", "evidence": "seen", "detail": "Seen."}


def _found(**row: Any) -> Any:
    return finding(a_rule("int-a"), {**ROW, **row}, {})  # type: ignore[arg-type]


@pytest.mark.parametrize("secret", SECRETS)
def test_what_the_data_says_is_masked_wherever_it_stands(secret: str) -> None:
    found = _found(evidence=secret, detail=secret, setting=secret, several=[secret, ["a", secret]])
    assert not re.search(r"hunter22|eyJhbG|c2lnb", repr(found))
    assert found.object == "public.t"
    row = {"object": "public.t", "unknown": secret}
    assert not re.search(r"hunter22|eyJhbG|c2lnb", repr(unseen(row)))


@pytest.mark.parametrize("secret", SECRETS[:-1])
def test_a_statement_with_a_secret_is_left_out_and_not_made_half_of_another(secret: str) -> None:
    literal = "'" + secret.replace("'", "''") + "'"
    fix = f"ALTER SYSTEM SET archive_command = {literal};"
    found = _found(fix=fix, undo="ALTER SYSTEM RESET archive_command;")
    assert found.fix is None
    assert found.undo == "ALTER SYSTEM RESET archive_command;"
    assert found.detail == f"Seen. {LEFT_OUT}"
    assert _found(fix="SELECT 1;", undo=fix).fix == "SELECT 1;"
    assert _found(fix="SELECT 1;", undo=fix).undo is None


@pytest.mark.parametrize(
    "fix",
    [
        "ALTER SYSTEM SET password_encryption = 'scram-sha-256';",
        "DELETE FROM t WHERE token = other.token;",
        "CREATE INDEX i ON t (password) WHERE kind = 'a';",
        "REVOKE EXECUTE ON FUNCTION public.reset_password(token text) FROM PUBLIC;",
        'ALTER TABLE public."api_key=" ADD PRIMARY KEY (id);',
    ],
)
def test_a_fix_that_only_names_such_things_stays_whole(fix: str) -> None:
    found = _found(fix=fix)
    assert (found.fix, found.detail) == (fix, "Seen.")


@pytest.mark.parametrize("secret", SECRETS)
def test_the_quick_look_lets_no_secret_by(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for text in (secret, secret.upper(), f"a {secret} b", f"ä {secret}"):
        quick = redact(text)
        with monkeypatch.context() as patch:
            patch.setattr(secrets, "_HINTS", ("",))
            assert redact(text) == quick


def test_every_name_that_is_masked_is_looked_for_first() -> None:
    names = re.sub(r"\[_-\]\?", "_", secrets._NAMES).split("|")
    assert [name for name in names if not any(hint in name for hint in secrets._HINTS)] == []


NAMES = ("password", "secret", "token", "api_key", "authorization", "Password", '"Password"', '"Token"')


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kept", ["anon and authenticated may read every row of it.", "3 of 4 rows are empty."])
def test_a_column_with_the_name_of_a_secret_eats_no_word_of_the_sentence(name: str, kept: str) -> None:
    rule = replace(a_rule("int-a"), detail="{quoted}: {who} {what}", evidence="{who} reads {quoted}")
    who, what = kept.split(" ", 1)
    found = finding(rule, {"object": "public.t", "quoted": name, "who": who, "what": what}, {})
    assert found.detail == f"{name}: {kept}"
    assert found.evidence.startswith(f"{who} reads {name}"[:29])
    assert _found(detail=f"{name}: {kept}").detail == f"{name}: {kept}", "nor where SQL puts the sentence together"
    assert unseen({"object": "public.t", "unknown": f"{name}: {kept}"}).reason == f"{name}: {kept}"


@pytest.mark.parametrize("secret", [*SECRETS, "password: hunter22", "token: 'hunter22'", "authorization: hunter22"])
def test_what_is_filled_into_a_sentence_holds_no_secret(secret: str) -> None:
    rule = replace(a_rule("int-a"), detail="{name}: it is set to {value}, and {list}.", evidence="{value}")
    row = {"object": "public.t", "name": "token", "value": secret, "list": [secret, "b"]}
    found = finding(rule, row, {})
    assert not re.search(r"hunter22|eyJhbG|c2lnb", repr(found))
    assert found.detail.startswith("token: it is set to ")


@pytest.mark.parametrize("before", ["", "Seen: ", "On public.password: ", "secret: anon reads it; "])
@pytest.mark.parametrize("secret", [*SECRETS[:-1], "secret: 'hunter22'", '"token": "hunter22"', "token:hunter22"])
def test_a_sentence_put_together_elsewhere_holds_no_secret_either(before: str, secret: str) -> None:
    masked = redact_sentence(f"{before}{secret}")
    assert masked.startswith(before) and not re.search(r"hunter22|eyJhbG|c2lnb", masked)
    assert redact_sentence(masked) == masked


def test_claims_are_masked_by_their_names_and_by_what_they_are() -> None:
    claims = {"sub": "ann", "access_token": "hunter22", "n": {"apiKey": "hunter22", "tokens": 3, "uri": SECRETS[2]}}
    masked = redact_data({**claims, "list": [TOKEN, 1, None]})
    assert not re.search(r"hunter22|eyJhbG", repr(masked))
    assert (masked["sub"], masked["access_token"], masked["list"]) == ("ann", MASK, [MASK, 1, None])
