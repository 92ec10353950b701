"""Overview on a real server: the cause first, a healthy server in one line, true numbers, honest dashes, any width."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from live_pane import LivePane, as_user, live
from lock_scenes import queue_behind_ddl, scene

from cryotui.demo.cluster import Cluster
from cryotui.diagnosis import diagnose
from cryotui.model.backup import Backup, SourceState
from cryotui.model.cause import Cause, Diagnosis, Next
from cryotui.model.pane import Moment, Prose, Table
from cryotui.model.sample import Missing, Sample
from cryotui.model.server import Server
from cryotui.model.settings import BackupSource, Settings
from cryotui.model.text import cells
from cryotui.panes import overview
from cryotui.panes.cause_lines import fitted
from cryotui.panes.overview import PANE
from cryotui.panes.overview_backups import newest_backup_vital
from cryotui.panes.vital_points import vital_points
from cryotui.watch.outside import due, outside


async def watch(pane: LivePane, times: int = 3) -> Moment:
    """So many turns as the console takes them: points of the series and a diagnosis after each."""
    for _ in range(times):
        moment = await pane.turn()
        pane.moments.history.add(vital_points(moment))
        diagnosis = diagnose(pane.moment())
        pane.extra |= {"diagnosis": diagnosis, "causes": diagnosis.causes}
    return pane.moment()


def plain_moment(now: datetime) -> Moment:
    """A moment in which nothing was asked yet."""
    server = Server(
        version="18.4", major=18, minor=4, database="lab", user="lab", superuser=True, memberships=frozenset(),
        extensions={}, settings={}, standby=False, started_at=now, system_identifier="1", timeline=1, host="db1.lab",
        port=5432, pid=1,
    )  # fmt: skip
    return Moment(server, {}, {}, Settings(), now)


async def test_a_healthy_server_is_one_line_with_how_much_was_looked_for(database: str) -> None:
    async with live(database, "overview") as pane:
        moment = await watch(pane)
        diagnosis = diagnose(moment)
        lines = pane.lines()
    assert not diagnosis.causes, diagnosis.causes
    looked, dark = diagnosis.looked_for, len(diagnosis.not_checked)
    assert lines[0].startswith(
        f"▸? Nothing found by {looked - dark} of {looked} causes; {dark} could not be looked at"
    ), lines
    assert lines[1].startswith(" VITALS ─")
    assert PANE.worst(moment) is None


def test_no_cause_is_no_clean_bill_while_tabs_are_marked_or_some_could_not_be_looked_at() -> None:
    now = plain_moment(datetime.now(UTC))

    def first(moment: Moment, *dark: str) -> str:
        prose = overview._nothing(moment, 19, len(dark), 120)
        return "".join(text for text, _ in prose.lines[0])

    assert first(now) == " ✓ Nothing wrong. 19 causes looked for, all could be checked."
    marked = replace(
        now, extra={"marks": {"activity": "watch", "tables": "bad", "statements": None, "backups": "unknown"}}
    )
    assert first(marked) == " ▲ No cause of trouble now; marks on 2 Activity, 4 Tables."
    plain = replace(now, server=replace(now.server, superuser=False))
    assert first(plain, "hidden") == " ? Not looked yet: 1 of 19 causes wait for their answers."
    plain = replace(plain, samples={name: Sample(name, now.now, 0.0) for name in PANE.probes})
    assert first(plain, "hidden") == (
        " ? Nothing found by 18 of 19 causes; 1 could not be looked at: pg_read_all_stats (grant) shows more"
    )
    for vital in ("WAL:", "temp files:", "checkpoints:", "oldest xid:", "p95"):
        assert vital in PANE.about


async def test_a_lock_queue_is_said_in_three_lines_mildest_step_first(database: str) -> None:
    with scene(database) as made:
        pids = queue_behind_ddl(made, readers=6)
        made.watcher.execute("SELECT pg_sleep(1.2)")
        async with live(database, "overview") as pane:
            moment = await watch(pane, 1)
            lines = pane.lines()
            row = pane.board().row
    assert "1 cause of " in lines[0] or "causes of " in lines[0]
    assert lines[1].startswith(f"▸■ Lock queue on molecules: 8 sessions wait behind pid {pids['root']}")
    assert "lab-import, idle in transaction" in lines[2] and f"ALTER TABLE ({pids['ddl']}) queues behind it" in lines[2]
    assert lines[3].index(f"C cancel {pids['ddl']} frees 6") < lines[3].index(f"K terminate {pids['root']} frees 8")
    assert lines[3].rstrip().endswith("Enter chain")
    assert row is not None
    assert (row["pid"], row["goes_to"], row["goes_to_view"]) == (pids["root"], "activity", "chains")
    assert row["acts_on"]["C"]["pid"] == pids["ddl"] and row["acts_on"]["K"]["pid"] == pids["root"]
    assert PANE.worst(moment) == "bad"


@pytest.mark.parametrize("width", (40, 60, 80, 100, 119, 120, 160, 189, 190, 200, 260))
async def test_it_fits_every_width_in_trouble_and_in_health(database: str, width: int) -> None:
    async with live(database, "overview") as pane:
        await watch(pane, 2)
        calm = pane.lines("", width, 60)
        with scene(database) as made:
            queue_behind_ddl(made, readers=2)
            await watch(pane, 1)
            pane.extra |= {"causes": STORY, "diagnosis": Diagnosis(STORY, 31, ("disk space: not visible by SQL",))}
            trouble = pane.lines("", width, 60)
    for line in calm + trouble:
        assert cells(line) <= width, line


STORY = (
    Cause(
        "lock_queue 48112", "bad", "Lock queue on molecules: 23 sessions wait behind pid 48112",
        "lab-import, idle in transaction 6m10s; ALTER TABLE (48390) queues behind it",
        (
            Next("C", "cancel 48390 frees 20", {"pid": 48390}), Next("K", "terminate 48112 frees 23", {"pid": 48112}),
            Next("Enter", "chain"),
        ),
        {"pid": 48112},
    ),
    Cause(
        "connections_full server", "watch", "Connections 91 of 97: full in about 2 min at this pace",
        "lab-api holds 78, an hour ago 31; 21 of them wait above", (Next("Enter", "by app"),),
    ),
    Cause(
        "vacuum_horizon", "watch", "Vacuum held back 6m10s by pid 48112: 412k dead rows kept",
        "molecules, mixture_components; ends with the first cause", (Next("Enter", "holders"),),
    ),
    Cause("four", "watch", "A fourth", "why"), Cause("five", "watch", "A fifth", "why"),
)  # fmt: skip


async def test_the_story_of_the_screens_reads_as_it_was_drawn(database: str) -> None:
    async with live(database, "overview") as pane:
        await pane.turn()
        pane.extra |= {"causes": STORY[:3], "diagnosis": Diagnosis(STORY[:3], 31), "protected": True}
        pane.extra["refused_keys"] = frozenset({"C", "K"})
        lines = [line.rstrip() for line in pane.lines()[0:9]]
    assert lines[0] == " WRONG NOW ═════════════════════════════════════════ 3 causes of 31 looked for ═"
    assert lines[1:8] == [
        "▸■ Lock queue on molecules: 23 sessions wait behind pid 48112",
        "   lab-import, idle in transaction 6m10s; ALTER TABLE (48390) queues behind it",
        "   (C) cancel 48390 frees 20   (K) terminate 48112 frees 23      Enter chain",
        " ▲ Connections 91 of 97: full in about 2 min at this pace",
        "   lab-api holds 78, an hour ago 31; 21 of them wait above       Enter by app",
        " ▲ Vacuum held back 6m10s by pid 48112: 412k dead rows kept",
        "   molecules, mixture_components; ends with the first cause      Enter holders",
    ]


async def test_more_than_three_causes_are_counted_and_open_by_enter(database: str) -> None:
    async with live(database, "overview") as pane:
        await pane.turn()
        pane.extra |= {"causes": STORY, "diagnosis": Diagnosis(STORY, 31, ("disk space: not visible by SQL",))}
        moment = pane.moment()
        prose = [block for block in PANE.blocks(moment, 80) if isinstance(block, Prose) and block.row is not None]
        rest = prose[-1]
        assert rest.row is not None and "and 2 more, Enter" in "".join(text for text, _ in rest.lines[0])
        text = "\n".join(
            "".join(part for part, _ in line)
            for block in PANE.detail(rest.row, moment, 80)
            if isinstance(block, Prose)
            for line in block.lines
        )
    assert "A fourth" in text and "A fifth" in text and "disk space: not visible by SQL" in text


async def test_numbers_are_the_servers_and_rates_wait_for_a_second_answer(database: str, pg: Cluster) -> None:
    async with live(database, "overview") as pane:
        await pane.turn()
        first = vital_points(pane.moment())
        assert first["transactions"] is None and first["wal"] is None and first["connections"] is not None
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("CREATE TABLE written AS SELECT n FROM generate_series(1, 20000) AS n")
            size = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        second = vital_points(await pane.turn())
        assert second["transactions"] is not None and second["wal"] is not None
        # a session hands in what it counted when it ends, and it ends after its client has gone
        grown, deadline = {name for name in ("transactions", "wal") if second[name]}, time.monotonic() + 60
        while grown != {"transactions", "wal"}:
            assert time.monotonic() < deadline, f"nothing but {grown} ever grows"
            later = vital_points(await pane.turn())
            grown |= {name for name in ("transactions", "wal") if later[name]}
        lines = pane.text()
        connected = next(row for row in pane.moment().rows("database_size") if row["connected"])
        assert size is not None and abs(connected["size"] - size[0]) < 20 * 2**20
    vitals = pane.moment().one("vitals")
    assert vitals is not None
    assert f"{vitals['connections']}/57" in lines and "0 of 3" in lines and "no archive" in lines


async def test_a_value_of_an_answer_that_is_too_old_is_a_gap(database: str) -> None:
    async with live(database, "overview") as pane:
        moment = await pane.turn(times=2)
        assert vital_points(moment)["connections"] is not None
        later = replace(moment, now=moment.now + timedelta(minutes=2))
        assert vital_points(later)["connections"] is None and vital_points(later)["checkpoints"] is None


async def test_a_plain_role_sees_dashes_and_marks_where_it_may_not_look(database: str, pg: Cluster) -> None:
    with psycopg.connect(pg.uri(), autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS lab_blind")
        connection.execute("CREATE ROLE lab_blind LOGIN")
    with scene(database) as made:
        made.running("busy", "SELECT pg_sleep(30)")
        async with live(as_user(database, "lab_blind"), "overview") as pane:
            moment = await watch(pane)
            lines = pane.text()
            diagnosis = diagnose(moment)
    vitals = moment.one("vitals")
    assert vitals is not None and vitals["active"] is None
    assert "   active                -" in lines and "? oldest trans          -  hidden" in lines
    hidden = [reason for reason in diagnosis.not_checked if "hidden" in reason]
    assert any(reason.startswith("long statements") for reason in hidden)
    assert "could not be looked at: pg_read_all_stats (grant) shows more" in lines


async def test_a_refused_question_leaves_the_rest_standing(database: str) -> None:
    async with live(database, "overview") as pane:
        await watch(pane, 2)
        for name in ("replication", "slots", "archiver", "databases"):
            old = pane.moments.samples[name]
            pane.moments.samples[name] = Sample(
                name, old.taken_at, old.at, missing=Missing("privilege", "the role may not.")
            )
        diagnosis = diagnose(pane.moment())
        pane.extra |= {"diagnosis": diagnosis, "causes": diagnosis.causes}
        text = pane.text()
        assert "transactions" in text and "not readable" in text
        assert any(reason == "archiver: the role may not." for reason in diagnosis.not_checked)
        pane.moments.samples["vitals"] = replace(old, probe="vitals", rows=(), missing=Missing("timeout", "too slow."))
        assert "Vitals cannot be shown: too slow." in pane.text()
        assert PANE.worst(pane.moment()) == "unknown"


async def test_before_the_first_answer_it_says_that_answers_are_on_their_way(database: str) -> None:
    async with live(database, "overview") as pane:
        assert "The first answers are on their way." in pane.text()
        assert vital_points(pane.moment())["connections"] is None


async def test_as_plain_rows_it_gives_every_vital_with_its_unit_and_the_causes(database: str) -> None:
    async with live(database, "overview") as pane:
        await watch(pane, 2)
        pane.extra |= {"causes": STORY, "diagnosis": Diagnosis(STORY, 31)}
        tables = [block for block in PANE.blocks(replace(pane.moment(), tree=False), 80) if isinstance(block, Table)]
    causes, vitals = tables
    assert [row["name"] for row in causes.rows][:1] == ["lock_queue 48112"] and causes.rows[0]["severity"] == "bad"
    found = {row["name"]: row for row in vitals.rows}
    assert found["connection_limit"]["value"] == 57 and found["transactions"]["unit"] == "transactions/s"
    assert found["database_size"]["value"] > 2**20


async def test_a_wide_screen_adds_waits_the_chain_and_connections_beside(database: str) -> None:
    with scene(database) as made:
        pids = queue_behind_ddl(made, readers=6)
        async with live(database, "overview") as pane:
            await watch(pane, 2)
            wide, side = pane.text("", 140, 60), pane.text("", 200, 60)
    assert " WAITING ─" in wide and "idle in trans" in wide
    assert (
        "│  CHAIN ─" in side
        and f"└ {pids['ddl']}" in side
        and "│  CONNECTIONS ─" in side
        and "60 less 3 reserved" in side
    )


def test_the_newest_backup_is_that_of_the_sources_and_unknown_while_one_is_dark() -> None:
    now = datetime(2026, 3, 14, 3, 14, tzinfo=UTC)

    def state(name: str, hours: float | None, unreadable: str | None = None) -> SourceState:
        made = () if hours is None else (Backup("b", "custom", "whole", now - timedelta(hours=hours), 10),)
        return SourceState(name, "dumps", "pg_dump custom", now, made, len(made), unreadable)

    def shown(*states: SourceState) -> tuple[str, str, str | None]:
        settings = Settings(backups=(BackupSource("dumps", "dumps"),))
        extra = {"backup_sources": states}
        vital = newest_backup_vital(replace(plain_moment(now), settings=settings, extra=extra))
        return vital.value, vital.words, vital.mark

    assert shown(state("dumps", 5), state("old", 20)) == ("5h", "dumps", None)
    assert shown(state("dumps", 31)) == ("31h", "dumps", "watch")
    assert shown(state("dumps", 50)) == ("2d", "dumps", "bad")
    assert shown(state("dumps", 5), state("dark", None, "no such folder")) == ("unknown", "1 of 2 dark", "unknown")
    assert shown(state("dumps", None)) == ("none", "in dumps", "bad")
    unset = newest_backup_vital(plain_moment(now))
    assert (unset.value, unset.words, unset.mark) == ("-", "none known", "unknown")
    waiting = replace(plain_moment(now), settings=Settings(backups=(BackupSource("dumps", "dumps"),)))
    assert (newest_backup_vital(waiting).value, newest_backup_vital(waiting).words) == ("-", "looking")


async def test_the_overview_looks_at_the_sources_as_the_backups_pane_does(database: str, tmp_path: Path) -> None:
    settings = Settings(backups=(BackupSource("nightly", "dumps", path=tmp_path),))
    known = await outside("overview", settings, "lab")
    assert known.keys() == (await outside("backups", settings, "lab")).keys()
    assert not due("overview", settings, known, opened=True) and due("backups", settings, known, opened=True)
    assert due("overview", settings, {}, opened=False) and not due("activity", settings, {}, opened=True)
    long_ago = {"looked_outside": datetime.now(UTC) - timedelta(hours=1)}
    assert due("overview", settings, long_ago, opened=False) and due("backups", settings, long_ago, opened=False)
    assert not due("overview", Settings(), {}, opened=True)
    async with live(database, "overview") as pane:
        pane.moments.settings = settings
        pane.extra |= known
        await watch(pane, 2)
        narrow, wide = pane.text("", 80, 40), pane.text("", 200, 60)
    assert re.search(r"■ newest backup +none +in nightly", narrow) and "proved restore none yet" in narrow
    assert "none whole in nightly" in wide and "none was restored and compared" in wide


async def test_no_vital_is_cut_at_80(database: str) -> None:
    async with live(database, "overview") as pane:
        await pane.turn(times=2)
        text = pane.text(width=80)
    assert "VITALS" in text and "…" not in text.split("VITALS")[1]


def test_two_blanks_stand_before_what_enter_opens(database: str) -> None:
    spans = fitted([("   " + "why " * 40, "quiet")], 60)
    text = "".join(part for part, _ in spans)
    assert cells(text) == 60 and text.endswith("…  ")


async def test_the_line_below_tells_since_when_and_at_what_cost(database: str) -> None:
    async with live(database, "overview") as pane:
        await pane.turn()
        pane.extra["cost"] = 0.004
        text = PANE.footnote(pane.moment())
    assert (
        text.startswith("up ")
        and "checked " in text
        and text.endswith("this console takes 4.0ms/s of server time")
        and len(text) <= 78
    )
