"""SQL is shown with nothing hidden in it, and still means the same."""

from __future__ import annotations

import psycopg
import pytest

from cryotui.demo.cluster import Cluster
from cryotui.model.sqltext import visible_sql
from cryotui.model.text import clean

TEXTS = (
    "plain",
    "new\nline",
    "tab\there",
    "\x1b[31m",
    "\u202eturned",
    "both \\ and \x1b",
    "\U000e0041",
    'it\'s "so"\x07',
)


def test_what_hides_nothing_stays_as_it_is() -> None:
    sql = "ALTER TABLE \"Mixed \"\"Case\" ADD CHECK (a <> 'it''s');\nSELECT E'\\x41', $1"
    assert visible_sql(sql) == sql


def test_outside_of_quotes_signs_become_visible_and_lines_stay() -> None:
    assert visible_sql("SELECT 1;\n\x1bSELECT 2") == "SELECT 1;\n\\x1bSELECT 2"


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_a_name_and_a_string_with_hidden_signs_mean_the_same_to_the_server(pg: Cluster, text: str) -> None:
    quoted = '"' + text.replace('"', '""') + '"'
    string = "'" + text.replace("'", "''") + "'"
    escaped = "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
    shown = visible_sql(f"SELECT {string}, {escaped} AS {quoted}")
    assert clean(shown) == shown
    assert "\n" not in shown
    with psycopg.connect(pg.uri()) as connection:
        cursor = connection.execute(shown)
        assert cursor.fetchone() == (text, text)
        assert cursor.description is not None
        assert cursor.description[1].name == text
