"""Lock situations made with real sessions: an idle transaction, a DDL that waits for it, readers behind the DDL."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg

DEADLINE = 90.0


def wait_until(happened: Callable[[], bool], what: str) -> None:
    """Look again until it happened; an assertion with ``what`` after the deadline."""
    deadline = time.monotonic() + DEADLINE
    while not happened():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.05)


class Scene:
    """Sessions on one database, each with its application_name. Everything ends with the scene."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        self.watcher = psycopg.connect(uri, autocommit=True, application_name="watcher")
        self._open: list[psycopg.Connection[Any]] = []
        self._threads: list[threading.Thread] = []

    def session(
        self, app: str, *statements: str, user: str | None = None, autocommit: bool = False
    ) -> psycopg.Connection[Any]:
        """A session in a transaction that has run these statements and now does nothing."""
        more = {"user": user} if user else {}
        connection = psycopg.connect(self.uri, application_name=app, autocommit=autocommit, **more)
        self._open.append(connection)
        for statement in statements:
            connection.execute(statement)  # type: ignore[call-overload]
        return connection

    def running(self, app: str, statement: str, *before: str, autocommit: bool = False) -> int:
        """A session that runs a statement, waiting or not; gives its pid once the server shows that it runs."""
        connection = self.session(app, *before, autocommit=autocommit)
        pid = connection.info.backend_pid

        def run() -> None:
            with contextlib.suppress(psycopg.Error):
                connection.execute(statement)  # type: ignore[call-overload]

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        self._threads.append(thread)
        sql = "SELECT state = 'active' FROM pg_stat_activity WHERE pid = %s"
        wait_until(lambda: self.watcher.execute(sql, (pid,)).fetchone() == (True,), f"{app} runs")
        return pid

    def waiting(self, app: str, statement: str, *before: str, autocommit: bool = False) -> int:
        """The same, once it waits for a lock."""
        pid = self.running(app, statement, *before, autocommit=autocommit)
        sql = "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s"
        wait_until(lambda: self.watcher.execute(sql, (pid,)).fetchone() == (True,), f"{app} waits")
        sql = "SELECT count(*) FROM pg_locks WHERE pid = %s AND NOT granted AND waitstart IS NOT NULL"
        wait_until(lambda: self.watcher.execute(sql, (pid,)).fetchone() == (1,), f"{app} waits since")
        return pid

    def end(self) -> None:
        pids = [connection.info.backend_pid for connection in self._open if not connection.closed]
        self.watcher.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s::int[]) AS pid", (pids,))
        for thread in self._threads:
            thread.join(DEADLINE)
        for connection in self._open:
            connection.close()
        self.watcher.close()


@contextlib.contextmanager
def scene(uri: str) -> Iterator[Scene]:
    made = Scene(uri)
    try:
        made.watcher.execute("CREATE TABLE molecules (id int PRIMARY KEY, name text)")
        made.watcher.execute("INSERT INTO molecules SELECT n, 'm' || n FROM generate_series(1, 100) AS n")
        yield made
    finally:
        made.end()


def queue_behind_ddl(made: Scene, readers: int = 6) -> dict[str, int]:
    """The story of the screens: pids by application."""
    root = made.session("lab-import", "UPDATE molecules SET name = 'x' WHERE id = 1")
    pids = {"root": root.info.backend_pid}
    pids["writer"] = made.waiting("lab-api", "UPDATE molecules SET name = 'y' WHERE id = 1")
    pids["ddl"] = made.waiting("migrate", "ALTER TABLE molecules ADD COLUMN logp_source text")
    for number in range(readers):
        pids[f"reader{number}"] = made.waiting("lab-api", f"SELECT id,\n       name FROM molecules WHERE id = {number}")
    return pids
