"""`cryotui demo --serve`: two at once, one of them kept and by an ordinary user where that is possible."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from demo_process import Demo, python_for, serving, wait_until
from planted_proofs import PROOFS
from psycopg.rows import dict_row

from cryotui.demo import kept
from cryotui.demo.account import server_account
from cryotui.demo.installation import find_embedded
from cryotui.demo.planted import PLANTED

ROWS = {
    "molecules": 120_000,
    "molecular_properties": 400_000,
    "predictions": 200_000,
    "mixtures": 20_000,
    "mixture_components": 61_204,
    "experiments": 30_000,
    "projects": 1_200,
    "user_profile": 2_000,
    "teams": 40,
    "property_types": 24,
    "calculation_methods": 12,
    "auth.users": 2_000,
    "supabase_migrations.schema_migrations": 12,
}
SOON = 30.0

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def pair(hall: Path) -> Iterator[tuple[Demo, Demo]]:
    """A demo that is thrown away and one that is kept in ``hall/kept``, made at the same time."""
    account = server_account()
    if account is not None and python_for(account) is None:
        account = None
    rooms = [hall / name for name in ("one", "two")]
    for room in rooms:
        room.mkdir()
    for thrown in serving(rooms[0]):
        for other in serving(rooms[1], "--keep", str(hall / "kept"), account=account):
            assert thrown.uri
            assert other.uri
            yield thrown, other


@pytest.fixture(scope="module")
def demo(pair: tuple[Demo, Demo]) -> Demo:
    return pair[0]


@pytest.fixture(scope="module")
def ask(demo: Demo) -> Iterator[Callable[[str], list[dict[str, object]]]]:
    with psycopg.connect(demo.uri, autocommit=True, row_factory=dict_row) as connection:
        yield lambda question: connection.execute(question).fetchall()  # type: ignore[call-overload]


def test_the_address_stands_alone_on_standard_output_and_the_talk_on_standard_error(demo: Demo) -> None:
    assert demo.out.read_text() == demo.uri + "\n"
    assert demo.uri.startswith("postgresql://postgres@/cryoprotect?host=/")
    talk = demo.err.read_text()
    assert "100%" in talk
    assert "\r" not in talk
    assert "\x1b" not in talk


@pytest.mark.parametrize("table", ROWS)
def test_the_laboratory_has_its_rows(ask: Callable[[str], list[dict[str, object]]], table: str) -> None:
    (row,) = ask(f"SELECT count(*) AS rows FROM {table}")
    # The workload adds to some tables, and takes none of these rows away.
    assert ROWS[table] <= int(str(row["rows"])) < ROWS[table] * 1.05 + 1


def test_the_database_is_no_bigger_than_promised(ask: Callable[[str], list[dict[str, object]]]) -> None:
    (row,) = ask("SELECT pg_database_size(current_database()) AS size")
    assert 100e6 < float(str(row["size"])) < 300e6


def test_every_planted_trouble_that_lasts_has_a_proof_here_or_is_a_dump() -> None:
    lasting = {
        (planted.what, planted.object) for planted in PLANTED if planted.lasting and "dump" not in planted.object
    }
    assert lasting == set(PROOFS)


@pytest.mark.parametrize("trouble", PROOFS, ids=lambda trouble: f"{trouble[0]}: {trouble[1]}")
def test_the_planted_trouble_is_there(ask: Callable[[str], list[dict[str, object]]], trouble: tuple[str, str]) -> None:
    (row,) = ask(PROOFS[trouble])
    assert list(row.values()) == [True]


def test_the_newest_dump_is_31_hours_old_and_whole_and_the_other_is_cut_short(demo: Demo) -> None:
    dumps = sorted((demo.run_directory / "dumps").iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    whole, cut = dumps
    assert 30.9 < (time.time() - whole.stat().st_mtime) / 3600 < 31.5
    assert 4.9 < (time.time() - cut.stat().st_mtime) / 86400 < 5.1

    def read(dump: Path) -> int:
        return subprocess.run(
            [find_embedded() / "pg_restore", "--schema=public", "--file=/dev/null", dump], capture_output=True
        ).returncode

    assert read(whole) == 0
    assert read(cut) != 0


def test_the_configuration_file_names_the_dumps(demo: Demo) -> None:
    text = (demo.run_directory / "config.yaml").read_text()
    assert str(demo.run_directory / "dumps") in text
    assert str(demo.run_directory / "config.yaml") in demo.err.read_text()


def test_the_applications_are_at_work(ask: Callable[[str], list[dict[str, object]]]) -> None:
    rows = ask("SELECT application_name, count(*) AS sessions FROM pg_stat_activity WHERE client_port = -1 GROUP BY 1")
    sessions = {str(row["application_name"]): int(str(row["sessions"])) for row in rows}
    assert sessions["lab-api"] >= 8
    assert {"lab-worker", "lab-import", "postgrest", "realtime", "gotrue", "psql"} <= set(sessions)
    calls = "SELECT sum(calls) AS calls FROM extensions.pg_stat_statements"
    before = int(str(ask(calls)[0]["calls"]))
    wait_until(lambda: int(str(ask(calls)[0]["calls"])) > before + 50, SOON, "50 more statements")


def test_the_import_sits_in_its_transaction_and_a_queue_forms_behind_an_alter_table(
    ask: Callable[[str], list[dict[str, object]]],
) -> None:
    sitting = "SELECT pid FROM pg_stat_activity WHERE application_name = 'lab-import' AND state = 'idle in transaction'"
    assert len(ask(sitting)) == 1
    queue = """
        SELECT reader.pid FROM pg_stat_activity reader, pg_stat_activity migrate, pg_stat_activity import
        WHERE reader.application_name = 'lab-api' AND migrate.application_name = 'migrate'
          AND import.application_name = 'lab-import'
          AND migrate.pid = ANY (pg_blocking_pids(reader.pid)) AND import.pid = ANY (pg_blocking_pids(migrate.pid))"""
    wait_until(lambda: len(ask(queue)) >= 3, 100, "three readers in the queue")


def test_the_archiver_works_and_fails_now_and_then(ask: Callable[[str], list[dict[str, object]]]) -> None:
    def both() -> bool:
        (row,) = ask("SELECT archived_count > 0 AND failed_count > 0 AS both_seen FROM pg_stat_archiver")
        return row["both_seen"] is True

    wait_until(both, 120, "an archived and a failed segment")


@pytest.mark.parametrize("how", ["pg_terminate_backend", "pg_cancel_backend"])
def test_applications_come_back_when_the_operator_ends_them(
    ask: Callable[[str], list[dict[str, object]]], how: str
) -> None:
    count = "SELECT count(*) AS n FROM pg_stat_activity WHERE application_name IN ('lab-api', 'postgrest', 'realtime')"
    ask(f"SELECT {how}(pid) FROM pg_stat_activity WHERE client_port = -1 AND pid <> pg_backend_pid()")
    wait_until(lambda: int(str(ask(count)[0]["n"])) >= 11, SOON, "the sessions of the applications")


def test_two_demos_do_not_meet(pair: tuple[Demo, Demo]) -> None:
    identities = set()
    for demo in pair:
        with psycopg.connect(demo.uri) as connection:
            identities.add(connection.execute("SELECT system_identifier FROM pg_control_system()").fetchone())
    assert len(identities) == 2
    assert pair[0].run_directory != pair[1].run_directory


def test_a_directory_in_use_or_foreign_is_refused_in_one_sentence(
    pair: tuple[Demo, Demo], hall: Path, room: Path
) -> None:
    busy = Demo(room, "--keep", str(hall / "kept"))
    assert busy.process.wait(60) == 1
    assert "Another demo uses" in busy.err.read_text()
    foreign = Demo(room, "--keep", str(hall / "one"))
    assert foreign.process.wait(60) == 2
    assert "not empty" in foreign.err.read_text()
    assert foreign.out.read_text() == ""
    assert len(foreign.err.read_text().splitlines()) == 1


def test_the_demo_goes_on_when_its_sessions_are_ended_again_and_again_and_its_tables_are_dropped(demo: Demo) -> None:
    others = "FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    with psycopg.connect(demo.uri, autocommit=True) as connection:
        for _ in range(10):
            connection.execute(f"SELECT pg_terminate_backend(pid) {others}")
            connection.execute(f"SELECT pg_cancel_backend(pid), pg_sleep(0.1) {others}")
        connection.execute("DROP TABLE predictions, experiments, mixtures, auth.sessions CASCADE")

        def at_work() -> bool:
            row = connection.execute(f"SELECT count(DISTINCT application_name) {others}").fetchone()
            return row is not None and row[0] >= 6

        wait_until(at_work, 2 * SOON, "the applications")
    assert demo.process.poll() is None
    assert (demo.run_directory / "workload.log").read_text() == ""


def test_a_signal_ends_the_demo_says_so_and_leaves_nothing(demo: Demo) -> None:
    directory = demo.run_directory
    assert demo.end(signal.SIGTERM) == 143
    assert demo.err.read_text().endswith("cryotui: The demo ends: SIGTERM came.\n")
    demo.leaves_nothing(directory)


def test_a_demo_under_nohup_outlives_its_terminal() -> None:
    code = (
        "import os, signal; from cryotui.demo.run import signals_exit\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "with signals_exit(): os.kill(os.getpid(), signal.SIGHUP); print('goes on')"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=SOON)
    assert (run.returncode, run.stdout) == (0, "goes on\n"), run.stderr


def test_a_kept_demo_goes_and_comes_back_with_its_data_whatever_ended_it(pair: tuple[Demo, Demo], hall: Path) -> None:
    demo = pair[1]
    home = hall / "kept"
    account = server_account() if home.stat().st_uid != os.geteuid() else None
    with psycopg.connect(demo.uri, autocommit=True) as connection:
        connection.execute("CREATE TABLE mine AS SELECT 42 AS answer")
    for number, code in ((signal.SIGINT, 130), (signal.SIGHUP, 129), (signal.SIGKILL, -9), (signal.SIGTERM, 143)):
        directory = demo.run_directory
        assert demo.end(number) == code
        demo.leaves_nothing(directory)
        assert (home / "data").is_dir()
        if code == 143:
            break
        room = hall / f"after-{code}"
        room.mkdir()
        demo = Demo(room, "--keep", str(home), account=account)
        with psycopg.connect(demo.uri) as connection:
            assert connection.execute("SELECT answer FROM mine").fetchone() == (42,)
            assert connection.execute("SELECT count(*) FROM teams").fetchone() == (40,)


def test_a_demo_that_lost_its_applications_or_its_server_says_which_and_ends_with_1(
    pair: tuple[Demo, Demo], hall: Path, room: Path
) -> None:
    home = hall / "kept"
    account = server_account() if home.exists() and home.stat().st_uid != os.geteuid() else None
    if pair[1].process.poll() is None:
        pair[1].end(signal.SIGTERM)
    for part, words in (
        ("cryotui.demo.workload", "its applications ended with status -9: "),
        ("-D", "its server ended: "),
    ):
        demo = Demo(room, "--keep", str(home), account=account)
        directory = demo.run_directory
        next(process for process in demo.family if part in process.cmdline()).kill()
        assert demo.process.wait(60) == 1
        assert f"cryotui: The demo ends: {words}" in demo.err.read_text().splitlines()[-1]
        demo.leaves_nothing(directory)
    shutil.rmtree(home)


def test_a_demo_that_is_killed_while_it_loads_leaves_nothing_and_its_directory_can_be_used_again(room: Path) -> None:
    home = room / "kept"
    demo = Demo(room, "--keep", str(home))
    wait_until(lambda: "molecules" in demo.err.read_text(), 100, "the loading of molecules")
    demo.note_family()
    demo.end(signal.SIGKILL)
    demo.leaves_nothing()
    assert kept.claim(home, "18.6") is False
    assert not (home / "data").exists()
