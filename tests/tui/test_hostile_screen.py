"""Text of the server steers nothing: no sequence that is planted in data reaches the terminal."""

from __future__ import annotations

import re
from urllib.parse import quote

import psycopg
import pytest
from console_fixture import Opens
from driven import Driven
from hostile_names import HOSTILE, quoted
from lock_scenes import Scene
from planted import STEERING, plant, run_statements

from cryotui.demo.cluster import Cluster

INVISIBLE = re.compile("[\x80-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def steered(driven: Driven) -> list[str]:
    """What of the data reached the terminal as more than text."""
    found = [sequence for sequence in STEERING if sequence.encode() in driven.raw]
    found += INVISIBLE.findall(driven.raw.decode("utf-8", "surrogateescape"))
    strings = set(re.findall(rb"\x1b[\]P_^][^\x1b\x07]*", driven.raw))
    return found + [repr(each) for each in strings if not re.fullmatch(rb"\x1b\](22;\w*|52;c;[\w+/=]*)", each)]


@pytest.fixture
def busy(lab: str, sessions: Scene) -> str:
    """The planted database with statements that run, and try to steer."""
    sessions.running(
        "victim", "SELECT pg_sleep(600) /* \x1b]0;owned\x07 \x1b[31mred \u202eevil [@click=app.quit]x[/] */"
    )
    sessions.session("\x1b]0;owned\x07 [bold]", "SELECT 1 /* \x9b31mC1 \x1b[2Jgone \r\n\t lines */")
    run_statements(lab)
    return lab


@pytest.mark.parametrize("size", [(80, 24), pytest.param((200, 50), marks=pytest.mark.slow)])
def test_no_pane_view_or_detail_passes_a_planted_sequence_on(busy: str, opened: Opens, size: tuple[int, int]) -> None:
    driven = opened(busy, "--interval", "1", size=size)
    for digit in "1234567890":
        driven.keys(digit).wait_for(lambda digit=digit: re.search(rf"{digit} [A-Z]", driven.screen[1]))
        driven.quiet(0.3, 2)
        for key in ("tab", "tab", "enter", "escape", "end", "d", "escape"):
            driven.keys(key).quiet(0.2, 1)
    assert driven.process.poll() is None
    assert not steered(driven)


def test_hostile_tables_can_be_opened_copied_and_asked_about(lab: str, opened: Opens) -> None:
    driven = opened(lab, pane="tables")
    driven.wait_for("lab.molecules")
    for part in ("owned", "click", "C1", "line", "bidi", "drop table", "quotes"):
        driven.keys("/", "ctrl+u", part, "enter").wait_for("1 of 26 shown")
        driven.keys("enter").wait_for("STORAGE")
        driven.keys("escape").wait_for("1 of 26 shown")
        driven.keys("V").wait_for("V: which")
        driven.keys("enter").wait_for(r"\[ Cancel \]")
        driven.keys("escape").wait_for("1 of 26 shown")
        driven.keys("y").wait_for("Copy")
        driven.keys("enter").wait_for("1 of 26 shown")
    assert not steered(driven)


def test_a_hostile_table_is_vacuumed_and_no_other(lab: str, opened: Opens) -> None:
    driven = opened(lab, pane="tables")
    driven.wait_for("lab.molecules")
    driven.keys("/", "drop table", "enter").wait_for("1 of 26 shown")
    driven.keys("V").wait_for("▸ VACUUM ANALYZE")
    driven.keys("enter").wait_for(r"\[ Cancel \]")
    driven.until("tab", r"\[ VACUUM")
    sql = "SELECT relname FROM pg_stat_user_tables WHERE last_vacuum IS NOT NULL"
    with psycopg.connect(lab, autocommit=True) as connection:
        driven.keys("enter").wait_for(lambda: connection.execute(sql).fetchall() == [("; drop table molecules; --",)])


def test_a_megabyte_of_statement_is_opened_and_left(lab: str, opened: Opens) -> None:
    run_statements(lab)
    driven = opened(lab, pane="statements")
    # of the rate only the first answer has what ran before; since the reset it stays among the first fifty
    driven.keys("tab", "tab").wait_for(r"\[Reset")
    driven.wait_for("planted megabyte")
    driven.keys("/", "planted megabyte", "enter").wait_for("1 of [0-9]+ shown")
    driven.keys("enter").wait_for("long long long")
    driven.keys("end").wait_for(r"[0-9]{3}[0-9,]* of [0-9,]+")
    driven.keys("escape").wait_for("1 of [0-9]+ shown")
    driven.keys("q")
    assert driven.ended() == 0
    assert not steered(driven)


@pytest.mark.parametrize("name", [HOSTILE[5], HOSTILE[6], HOSTILE[8]])
def test_a_database_with_a_hostile_name_is_opened(pg: Cluster, opened: Opens, name: str) -> None:
    with psycopg.connect(pg.uri(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {quoted(name)}")  # type: ignore[call-overload]
        connection.execute(f"CREATE DATABASE {quoted(name)}")  # type: ignore[call-overload]
    uri = pg.uri().replace("/postgres?", f"/{quote(name, safe='')}?")
    plant(uri)
    driven = opened(uri, pane="tables")
    driven.wait_for("lab.molecules")
    driven.keys("1").wait_for("VITALS")
    driven.keys("q")
    assert driven.ended() == 0
    assert not steered(driven)
    with psycopg.connect(pg.uri(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {quoted(name)} WITH (FORCE)")  # type: ignore[call-overload]
