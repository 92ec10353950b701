"""Connections on a real server: groups, limits nearest first, hints only from evidence, any width."""

from __future__ import annotations

import psycopg
import pytest
from live_pane import as_user, live
from lock_scenes import Scene, scene

from cryotui.demo.cluster import Cluster
from cryotui.model.layout import row_mark
from cryotui.model.text import cells
from cryotui.panes.connection_groups import groups, limits
from cryotui.panes.connections import COLUMNS, PANE


@pytest.fixture
def limited(pg: Cluster) -> str:
    """A role that may have five connections."""
    with psycopg.connect(pg.uri(), autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS lab_limited")
        connection.execute("CREATE ROLE lab_limited LOGIN CONNECTION LIMIT 5")
    return "lab_limited"


def crowd(made: Scene, user: str, number: int) -> None:
    for _ in range(number):
        made.session("lab-api", user=user, autocommit=True)


@pytest.mark.parametrize("width", (40, 80, 119, 120, 200))
@pytest.mark.parametrize("view", [view.name for view in PANE.views])
async def test_every_view_fits_every_width(database: str, limited: str, width: int, view: str) -> None:
    with scene(database) as made:
        crowd(made, limited, 4)
        async with live(database, "connections") as pane:
            await pane.turn(view, 2)
            lines = pane.lines(view, width, 30)[1:]
    assert all(cells(line) <= width for line in lines)
    assert any("lab" in line or "local" in line or "idle" in line for line in lines)


async def test_the_nearest_limit_stands_first_and_marks_who_fills_it(database: str, limited: str) -> None:
    with scene(database) as made:
        crowd(made, limited, 5)
        async with live(database, "connections") as pane:
            moment = await pane.turn("user")
            first = limits(moment)[0]
            lines = pane.lines("user")
            table = pane.board("user").table
            assert table is not None
            row = next(row for row in table.rows if row["name"] == limited)
    assert (first.kind, first.name, first.used, first.limit) == ("role", limited, 5, 5)
    assert lines[1].startswith("■lab_limited 5 of 5") and "limit of the role" in lines[1]
    assert any(line[1:].startswith("server") and "60 less 3 reserved" in line for line in lines[1:4])
    assert row_mark(COLUMNS, row, moment) == "bad"
    assert PANE.worst(moment) == "bad"
    assert PANE.line(row, moment).startswith(f"{limited} 5 of limit 5; local holds 5")


async def test_groups_count_states_and_together_are_all_clients(database: str, limited: str) -> None:
    with scene(database) as made:
        crowd(made, limited, 3)
        made.session("lab-import", "SELECT 1")
        made.running("busy", "SELECT pg_sleep(30)")
        async with live(database, "connections") as pane:
            moment = await pane.turn()
            by_app = {group.name: group for group in groups(moment, "app")}
            totals = {
                by: sum(len(group.rows) for group in groups(moment, by))
                for by in ("app", "user", "database", "client", "state")
            }
            server = next(one for one in limits(moment) if one.kind == "server")
    assert len(by_app["lab-api"].rows) == 3 and by_app["lab-api"].count(lambda row: row["state"] == "idle") == 3
    assert len(set(totals.values())) == 1 and server.used == totals["app"]
    assert by_app["lab-import"].as_row("app", server, moment)["idle_in_transaction"] == 1
    assert by_app["busy"].as_row("app", server, moment)["active"] == 1
    assert by_app["cryotui"].as_row("app", server, moment)["own"]


async def test_a_session_idle_in_transaction_that_holds_up_others_is_bad(database: str) -> None:
    with scene(database) as made:
        made.session("lab-import", "LOCK TABLE molecules")
        made.waiting("lab-api", "SELECT * FROM molecules")
        async with live(database, "connections") as pane:
            moment = await pane.turn()
            rows = {row["name"]: row for row in pane.board().table.rows}  # type: ignore[union-attr]
    assert row_mark(COLUMNS, rows["lab-import"], moment) == "bad"
    assert row_mark(COLUMNS, rows["lab-api"], moment) is None and rows["lab-api"]["waiting"] == 1


async def test_a_pooler_is_hinted_at_only_where_many_idle_sessions_fill_a_limit(database: str, pg: Cluster) -> None:
    with psycopg.connect(pg.uri(), autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS lab_many")
        connection.execute("CREATE ROLE lab_many LOGIN CONNECTION LIMIT 14")
    with scene(database) as made:
        crowd(made, "lab_many", 3)
        async with live(database, "connections") as pane:
            await pane.turn()
            assert "pooler" not in pane.text()
            crowd(made, "lab_many", 9)
            await pane.turn()
            text = " ".join(pane.text().split())
    assert "lab-api: 12 now, 12 of them begun in the last minute. 12 are idle" in text
    assert "so a pooler would do with about that many" in text


async def test_where_states_are_hidden_counts_are_unknown_and_never_zero(database: str, limited: str) -> None:
    with scene(database) as made:
        made.session("lab-import", "SELECT 1")
        made.running("busy", "SELECT pg_sleep(30)")
        async with live(as_user(database, limited), "connections") as pane:
            await pane.turn()
            rows = {row["name"]: row for row in pane.board("app").table.rows}  # type: ignore[union-attr]
            users = {row["name"]: row for row in pane.board("user").table.rows}  # type: ignore[union-attr]
            footnote = PANE.footnote(pane.moment())
    hidden = rows["hidden"]
    assert (
        hidden["connections"] >= 3 and hidden["active"] is None and hidden["idle"] is None and hidden["oldest"] is None
    )
    assert users["postgres"]["connections"] >= 3
    assert "pg_read_all_stats" in footnote


async def test_the_view_of_limits_names_every_limit_with_what_is_left(database: str, limited: str) -> None:
    async with live(database, "connections") as pane:
        moment = await pane.turn("limits")
        rows = {(row["kind"], row["name"]): row for row in pane.board("limits").table.rows}  # type: ignore[union-attr]
        view = PANE.view("limits")
        assert view is not None and view.count is not None and view.count(moment) == len(rows)
    assert rows["role", limited]["limit"] == 5 and rows["role", limited]["used"] == 0
    assert "57, " in PANE.line(rows["server", "server"], moment)


async def test_the_detail_of_a_group_lists_its_sessions_and_where_they_come_from(database: str, limited: str) -> None:
    with scene(database) as made:
        crowd(made, limited, 3)
        async with live(database, "connections") as pane:
            moment = await pane.turn()
            row = next(row for row in pane.board("app").table.rows if row["name"] == "lab-api")  # type: ignore[union-attr]
            blocks = list(PANE.detail(row, moment, 80))
    assert len(blocks[-1].rows) == 3  # type: ignore[union-attr]
    text = "\n".join(
        "".join(span for span, _ in line) for block in blocks if hasattr(block, "lines") for line in block.lines
    )
    assert "lab_limited 3" in text and "local 3" in text
