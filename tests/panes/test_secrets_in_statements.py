"""A password in the text of a statement is shown by no pane and exported by no verb."""

from __future__ import annotations

import json

import psycopg
import pytest
from live_pane import live

from cryotui.cli import main
from cryotui.model.secrets import MASK
from cryotui.panes.workload import shown

PASSWORD = "ops-canary"
STATEMENT = f"SELECT 1 /* ALTER ROLE ops PASSWORD '{PASSWORD}' */"


async def test_a_password_in_a_statement_is_masked_in_activity_and_its_detail(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as asker:
        asker.execute(STATEMENT)
        async with live(database, "activity") as pane:
            moment = await pane.turn()
            text = pane.text("all", 200, 60)
            (row,) = [row for row in moment.rows("activity") if row["pid"] == asker.info.backend_pid]
            detail = str(pane.pane.detail(row, moment, 120))
            assert shown(STATEMENT, moment) == STATEMENT.replace(PASSWORD, MASK)
    assert MASK in text and PASSWORD not in text
    assert MASK in detail and PASSWORD not in detail


@pytest.mark.parametrize("form", [[], ["--json"], ["--csv"]])
def test_a_password_in_a_statement_is_masked_by_show(
    database: str, form: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with psycopg.connect(database, autocommit=True) as asker:
        asker.execute(STATEMENT)
        assert main(["show", "activity", "--view", "all", *form, database]) == 0
        rows = capsys.readouterr().out
        assert main(["show", "session_text", *form, database]) == 2  # it asks about one session
        assert PASSWORD not in rows + capsys.readouterr().out


def test_a_probe_without_rows_says_so_and_its_json_stays_json(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", "bloat", database]) == 0
    out, err = capsys.readouterr()
    assert out == "" and "Bloat of tables, estimated: the server has no row of it." in err
    assert main(["show", "bloat", "--json", database]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == []
