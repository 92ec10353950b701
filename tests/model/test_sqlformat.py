"""SQL for reading: nothing is lost, nothing is added, and no text is too long or too odd."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryotui.model.pane import Line
from cryotui.model.sqlformat import broken, tokens, without_literals
from cryotui.model.text import cells

PIECES = st.sampled_from([
    "SELECT", "from", "WHERE", "(", ")", "'", "''", '"', "$1", "$a$", "$$", "/*", "*/", "--", "\n", " ", "\t", "e'", "\\",
    "1.5", "1e9", "é", "漢字", "JOIN", "LEFT", "SET", "UPDATE", "x", ",", ";", "::", "U&'", ".", "\u0301",
])  # fmt: skip
ODD_SQL = st.one_of(st.lists(PIECES, max_size=60).map("".join), st.text(max_size=200))


def text_of(line: Line) -> str:
    return "".join(text for text, _ in line)


def lines_of(sql: str, width: int = 78) -> list[str]:
    return [text_of(line) for line in broken(sql, width)]


@given(ODD_SQL)
def test_the_tokens_of_any_text_are_the_text(sql: str) -> None:
    assert "".join(text for text, _ in tokens(sql)) == sql


@given(ODD_SQL, st.integers(8, 120))
def test_the_lines_of_any_text_fit_and_keep_every_visible_character(sql: str, width: int) -> None:
    lines = lines_of(sql, width)
    assert all(cells(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(sql.split())


def test_a_statement_of_one_line_is_broken_before_its_clauses() -> None:
    sql = (
        "SELECT p.name FROM molecules m LEFT JOIN properties p USING (id) WHERE m.id = $1 AND m.kind IS DISTINCT FROM $2 "
        "GROUP BY 1 ORDER BY p.name LIMIT 5"
    )
    assert lines_of(sql) == [
        "SELECT p.name",
        "FROM molecules m",
        "LEFT JOIN properties p USING (id)",
        "WHERE m.id = $1 AND m.kind IS DISTINCT FROM $2",
        "GROUP BY 1",
        "ORDER BY p.name",
        "LIMIT 5",
    ]


def test_clauses_of_a_subquery_are_indented_and_those_of_a_call_stay_in_it() -> None:
    sql = "SELECT extract(year FROM d) FROM t WHERE id IN (SELECT id FROM u WHERE x) UNION ALL SELECT 1"
    assert lines_of(sql) == [
        "SELECT extract(year FROM d)",
        "FROM t",
        "WHERE id IN (SELECT id",
        "  FROM u",
        "  WHERE x)",
        "UNION ALL",
        "SELECT 1",
    ]


@pytest.mark.parametrize(
    ("sql", "lines"),
    [
        ("UPDATE t SET a = 1 WHERE b", ["UPDATE t", "SET a = 1", "WHERE b"]),
        ("DELETE FROM a USING b WHERE c", ["DELETE FROM a", "USING b", "WHERE c"]),
        (
            "INSERT INTO t (a) VALUES ($1) ON CONFLICT (a) DO UPDATE SET a = 2 RETURNING a",
            ["INSERT INTO t (a)", "VALUES ($1)", "ON CONFLICT (a) DO UPDATE SET a = 2", "RETURNING a"],
        ),
        ("WITH x AS (SELECT 1) UPDATE t SET a = 1", ["WITH x AS (SELECT 1)", "UPDATE t", "SET a = 1"]),
        ("SELECT ' FROM here ' -- WHERE", ["SELECT ' FROM here ' -- WHERE"]),
        ('SELECT "from" FROM t', ['SELECT "from"', "FROM t"]),
        ("", []),
    ],
)
def test_only_clauses_begin_a_line(sql: str, lines: list[str]) -> None:
    assert lines_of(sql) == lines


def test_a_text_of_several_lines_keeps_its_own_lines() -> None:
    sql = "SELECT a,\n       b\nFROM t\n\n\n\nWHERE c FROM d"
    assert lines_of(sql) == ["SELECT a,", "       b", "FROM t", "", "WHERE c FROM d"]


def test_a_word_longer_than_the_line_goes_on_in_the_next() -> None:
    assert lines_of("SELECT " + "x" * 30, 20) == ["SELECT", "  " + "x" * 18, "x" * 12]


@pytest.mark.parametrize(
    ("sql", "redacted"),
    [
        (
            "SELECT * FROM t WHERE a = 'x''y' AND b = 12.5 AND c = $1",
            "SELECT * FROM t WHERE a = ? AND b = ? AND c = $1",
        ),
        ("ALTER ROLE lab PASSWORD E'se\\'cret' -- secret", "ALTER ROLE lab PASSWORD ? "),
        ("SELECT $x$secret$x$, U&'secret', 'secret cut off", "SELECT ?, ?, ?"),
        ('SELECT t1."col 2" FROM t1', 'SELECT t1."col 2" FROM t1'),
    ],
)
def test_literals_can_be_hidden(sql: str, redacted: str) -> None:
    assert without_literals(sql) == redacted


def test_strings_comments_and_numbers_have_their_roles() -> None:
    roles = {
        text: role for text, role in tokens("SELECT 'a b', 12.5e3, $1, $x$ y $x$ /* c /* d */ */ -- e") if text.strip()
    }
    assert roles == {
        "SELECT": "primary", "'a b'": "good", ",": "text", "12.5e3": "accent", "$1": "accent", "$x$ y $x$": "good",
        "/* c /* d */ */": "quiet", "-- e": "quiet",
    }  # fmt: skip


@pytest.mark.parametrize(
    "piece", ["x", "'", "(", "/*", "$a$ $b$", "set ", "select 1 from ", "é", "e'\\", "\n", "1.", '"']
)
def test_a_text_of_a_megabyte_is_read_in_one_go(piece: str) -> None:
    sql = piece * (300_000 // len(piece))
    assert "".join(text for text, _ in tokens(sql)) == sql
    assert all(cells(text_of(line)) <= 78 for line in broken(sql, 78))
