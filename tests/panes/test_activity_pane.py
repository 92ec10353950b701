"""Activity on a real server: the chain as it stands, marks on the cause, nothing hidden passed off as none, any width."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import psycopg
import pytest
from live_pane import LivePane, as_user, live
from lock_scenes import queue_behind_ddl, scene

from cryotui.demo.cluster import Cluster
from cryotui.model.layout import arrange, row_mark
from cryotui.model.pane import Prose, Rule, Table
from cryotui.model.sample import Missing, Row, Sample
from cryotui.model.text import cells
from cryotui.panes.activity import PANE
from cryotui.panes.session_columns import COLUMNS
from cryotui.panes.sessions import auxiliary
from cryotui.probes import probe

WIDTHS = (80, 119, 120, 200)


def rows_of(pane: LivePane, view: str = "") -> list[Row]:
    table = pane.board(view).table
    assert table is not None
    return list(table.rows)


def of(rows: list[Row], pid: int) -> Row:
    return next(row for row in rows if row.get("pid") == pid)


async def test_the_queue_reads_as_a_tree_with_the_root_first_and_the_readers_folded(database: str) -> None:
    with scene(database) as made:
        pids = queue_behind_ddl(made, readers=6)
        async with live(database, "activity") as pane:
            await pane.turn()
            lines = pane.lines("chains")
    start = next(index for index, line in enumerate(lines) if str(pids["root"]) in line)
    assert lines[start].startswith("▸■ ") and "idle-tx, blocks 8" in lines[start]
    assert lines[start + 1][3:].startswith(f"├ {pids['writer']}") and "row of molecules" in lines[start + 1]
    assert lines[start + 2][1] == "▲" and lines[start + 2][3:].startswith(f"└ {pids['ddl']}")
    assert "AccExcl molecules" in lines[start + 2]
    assert lines[start + 3][3:].startswith(f"  ├ {pids['reader0']}") and "AccShr molecules" in lines[start + 3]
    assert "└ 3 more" in lines[start + 6] and "Enter unfolds" in lines[start + 6]
    assert " waiting for nobody ─" in lines[start + 7]


async def test_only_the_cause_carries_the_mark_not_everybody_behind_it(database: str) -> None:
    with scene(database) as made:
        pids = queue_behind_ddl(made)
        async with live(database, "activity") as pane:
            moment = await pane.turn("chains")
            rows = rows_of(pane, "chains")
    marks = {name: row_mark(COLUMNS, of(rows, pids[name]), moment) for name in ("root", "ddl", "reader0", "writer")}
    assert marks == {"root": "bad", "ddl": "watch", "reader0": None, "writer": None}
    assert PANE.worst(moment) == "bad"


async def test_an_idle_session_that_others_wait_for_marks_the_tab_and_one_that_nobody_waits_for_does_not(
    database: str,
) -> None:
    with scene(database) as made:
        made.session("pooled", "SELECT 1", autocommit=True)
        async with live(database, "activity") as pane:
            assert PANE.worst(await pane.turn()) is None
            holder = made.session("holder", "SELECT pg_advisory_lock(7)", autocommit=True)
            made.waiting("waiter", "SELECT pg_advisory_lock(7)", autocommit=True)
            moment = await pane.turn()
            mark = row_mark(COLUMNS, of(rows_of(pane), holder.info.backend_pid), moment)
    assert mark is not None and PANE.worst(moment) == mark


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("view", [view.name for view in PANE.views])
async def test_every_view_fits_every_width(database: str, width: int, view: str) -> None:
    with scene(database) as made:
        queue_behind_ddl(made, readers=5)
        async with live(database, "activity") as pane:
            await pane.turn(view)
            lines = pane.lines(view, width, 46)
    assert any("molecules" in line for line in lines)
    assert all(cells(line) <= width for line in lines)


async def test_at_40_columns_a_row_still_tells_who_what_and_how_long(database: str) -> None:
    with scene(database) as made:
        pids = queue_behind_ddl(made, readers=4)
        async with live(database, "activity") as pane:
            await pane.turn()
            lines = pane.lines("chains", 40, 14)
    assert f"└ {pids['ddl']}" in "\n".join(lines) and "AccExcl molecules" in "\n".join(lines)
    assert all(cells(line) <= 40 for line in lines[2:])


async def test_the_views_keep_what_they_say_and_their_counts_do_not_depend_on_folding(database: str) -> None:
    with scene(database) as made:
        pids = queue_behind_ddl(made, readers=6)
        made.running("busy", "SELECT pg_sleep(30)")
        async with live(database, "activity") as pane:
            moment = await pane.turn()
            found = {view.name: {row.get("pid") for row in rows_of(pane, view.name)} for view in PANE.views}
            counts = {view.name: view.count(moment) for view in PANE.views if view.count}
    waiting = {pid for name, pid in pids.items() if name != "root"}
    assert found["waiting"] == waiting and counts["waiting"] == 8
    holding = {
        pids["root"],
        pids["ddl"],
        pids["writer"],
    }  # the writer has its lock on the table: the DDL waits for it too
    assert found["blocking"] == holding and counts["blocking"] == 3
    assert pids["root"] in found["idle-tx"] and counts["idle-tx"] == len(found["idle-tx"])
    assert waiting <= found["active"] and pids["root"] not in found["active"]
    assert counts["chains"] == 9
    assert found["all"] >= waiting | {pids["root"]}
    assert counts["all"] is not None and counts["all"] >= 11


async def test_our_own_session_stands_last_is_called_self_and_is_in_no_total(database: str) -> None:
    async with live(database, "activity") as pane:
        moment = await pane.turn()
        rows = rows_of(pane, "chains")
        own = pane.session.server.pid
        active = PANE.view("active")
        assert active is not None and active.keep is not None
        assert rows[-1]["pid"] == own
        assert any(line[3:].startswith(str(own)) and "self" in line for line in pane.lines("chains"))
        assert not active.keep(of(rows, own), moment)
        assert "own session" in PANE.line(of(rows, own), moment)


async def test_when_nobody_waits_it_says_so_and_shows_who_is_there(database: str) -> None:
    with scene(database) as made:
        pid = made.running("busy", "SELECT pg_sleep(30)")
        async with live(database, "activity") as pane:
            await pane.turn()
            text = pane.text("chains")
    assert "Nobody waits for a lock." in text and "sessions looked at." in text and str(pid) in text
    assert "waiting for nobody" not in text


async def test_an_unfolded_row_shows_every_session_behind_it(database: str) -> None:
    with scene(database) as made:
        pids = queue_behind_ddl(made, readers=6)
        async with live(database, "activity") as pane:
            await pane.turn()
            fold = next(row for row in rows_of(pane, "chains") if row.get("more"))
            board = pane.board("chains")
            board.choice.unfolded ^= {fold["folded"]}
            board.update(pane.moment())
            assert board.table is not None
            shown = {row.get("pid") for row in board.table.rows}
    assert {pids[f"reader{number}"] for number in range(6)} <= shown


async def test_without_the_tree_every_row_stands_for_itself(database: str) -> None:
    with scene(database) as made:
        queue_behind_ddl(made, readers=6)
        async with live(database, "activity") as pane:
            moment = await pane.turn("chains")
            flat = PANE.blocks(replace(moment, tree=False), 80)
    table = next(block for block in flat if isinstance(block, Table))
    people = {row["pid"] for row in moment.rows("activity") if not auxiliary(row)}
    assert {row["pid"] for row in table.rows} == people and len(table.rows) == len(people)


async def test_a_plain_role_is_told_what_is_hidden_and_how_to_mend_it_and_never_that_nobody_is_active(
    database: str, pg: Cluster
) -> None:
    with psycopg.connect(pg.uri(), autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS lab_blind")
        connection.execute("CREATE ROLE lab_blind LOGIN")
    with scene(database) as made:
        pids = queue_behind_ddl(made, readers=1)
        async with live(as_user(database, "lab_blind"), "activity") as pane:
            moment = await pane.turn()
            text, active = pane.text("chains"), pane.text("active")
            counts = {view.name: view.count(moment) for view in PANE.views if view.count}
            line = PANE.line(of(rows_of(pane, "chains"), pids["ddl"]), moment)
    assert "sessions are hidden: lab_blind lacks pg_read_all_stats" in text and "GRANT pg_monitor TO lab_blind;" in text
    assert counts["active"] is None and counts["idle-tx"] is None and counts["waiting"] == 3
    assert "Unknown:" in active and "No session runs" not in active
    assert f"└ {pids['ddl']}" in text and "AccExcl molecules" in text
    assert "pg_read_all_stats" in line
    assert PANE.worst(moment) in ("unknown", "bad")


async def test_the_line_names_who_it_is_what_it_holds_and_whom_it_frees(database: str) -> None:
    with scene(database) as made:
        pids = queue_behind_ddl(made, readers=2)
        async with live(database, "activity") as pane:
            moment = await pane.turn()
            rows = rows_of(pane, "chains")
            root, reader = (PANE.line(of(rows, pids[name]), moment) for name in ("root", "reader0"))
    assert root.startswith(f"{pids['root']} postgres by socket; holds RowExcl molecules") and "frees 4" in root
    assert f"waits for AccShr molecules behind {pids['ddl']}" in reader


async def test_the_detail_is_whole_and_says_what_an_end_would_do(database: str) -> None:
    with scene(database) as made:
        pids = queue_behind_ddl(made, readers=2)
        async with live(database, "activity") as pane:
            await pane.turn()
            for name in ("root", "reader1"):
                row = of(rows_of(pane, "chains"), pids[name])
                for question, fields in PANE.detail_probes.items():
                    parameters = tuple(row.get(field) for field in fields)
                    pane.moments.samples[question] = await pane.session.sample(probe(question), parameters)
                text = drawn(PANE.detail(row, pane.moment(), 80))
                if name == "root":
                    assert (
                        "   UPDATE molecules\n   SET name = 'x'\n   WHERE id = 1\n" in text and "LAST STATEMENT" in text
                    )
                    assert "nothing: it runs no statement" in text and "frees 4; rolls back what it wrote" in text
                    assert "RowExclusive          molecules" in text and "has written" in text
                else:
                    assert "SELECT id,\n          name FROM molecules" in text
                    assert "frees nobody; it has written nothing" in text and "not granted" in text
                    assert f"waits for    {pids['ddl']}" in text


def drawn(blocks: Any) -> str:
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Rule):
            lines.append(f"{block.title} {block.note}")
        elif isinstance(block, Prose):
            for line in block.lines:
                text = "".join(span for span, _ in line)
                assert cells(text) <= 80
                lines.append(text.rstrip())
    return "\n".join(lines)


async def test_hostile_names_and_texts_are_data(database: str) -> None:
    name = "[/bold]\x1b[31m'@click"
    with scene(database) as made:
        made.running(name, "SELECT pg_sleep(30) /* [@click=app.quit] \x1b]0;x\x07 \u202e\n\t[/] */")
        async with live(database, "activity") as pane:
            await pane.turn()
            text = pane.text("chains", 200)
    assert "[@click=app.quit]" in text and "\x1b" not in text and "\u202e" not in text and "\x07" not in text


async def test_sorting_by_any_column_orders_rows_of_any_kind(database: str) -> None:
    with scene(database) as made:
        queue_behind_ddl(made, readers=6)
        async with live(database, "activity") as pane:
            moment = await pane.turn("chains")
            for column in COLUMNS:
                board = pane.board("chains")
                board.choice.sort["chains"] = (column.name, True)
                board.update(moment, 200, 40)
                board.draw()
                assert board.table is not None
                assert not any(row.get("ruled") or row.get("more") for row in board.table.rows)


async def test_a_server_without_an_answer_shows_why(database: str) -> None:
    async with live(database, "activity") as pane:
        sample = await pane.session.sample(probe("activity"))
        reason = Missing("privilege", "the role may not.", who="a superuser", remedy="GRANT pg_monitor TO lab;")
        pane.moments.samples["activity"] = Sample("activity", sample.taken_at, sample.at, missing=reason)
        text = pane.text("all")
        assert "Sessions cannot be shown: the role may not." in text and "GRANT pg_monitor TO lab;" in text
        assert PANE.worst(pane.moment()) == "unknown"


async def test_literals_are_hidden_everywhere_when_the_settings_say_so(database: str) -> None:
    with scene(database) as made:
        pid = made.running("busy", "SELECT pg_sleep(30), 'canary secret', 4711")
        async with live(database, "activity") as pane:
            pane.moments.settings = replace(pane.moments.settings, redact=True)
            moment = await pane.turn("all")
            row = of(rows_of(pane, "all"), pid)
            text = pane.text("all", 200) + drawn(PANE.detail(row, moment, 80))
    assert "canary" not in text and "4711" not in text and "pg_sleep(?)" in text.replace("pg_sleep( ?", "pg_sleep(?")


def test_at_120_the_application_stays_and_what_is_said_elsewhere_leaves():
    shown = {placed.column.name for placed in arrange(COLUMNS, 120)}
    assert {"app", "waits_for", "blocks", "state"} <= shown
    assert not shown & {"xmin_age", "client", "query_age", "wait_event", "user"}
