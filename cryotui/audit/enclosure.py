"""Where a rule runs: in a savepoint of the caller's transaction, or in a short read-only transaction of its own.

Either is rolled back in every case, so that settings, locks and errors of one rule end with it. Nothing is committed.
"""

from __future__ import annotations

import asyncio
import contextlib
from types import TracebackType

from cryotui.pg.verbatim import Connection

LOCK_TIMEOUT = 0.4
"""Seconds a rule waits for a lock, as the monitor does: it gives up before anybody queues behind it for long."""

CLOSING_SECONDS = 3.0
"""A server that does not even roll back within this time is gone."""

_SAVEPOINT = "cryotui_audit"
_SETTINGS = (
    "SET LOCAL search_path = pg_catalog, pg_temp",  # pg_temp last: no temporary table can stand in for a catalog
    "SET LOCAL row_security = off",  # a policy that would hide rows is an error, never a smaller count
    "SET LOCAL transaction_read_only = on",
    "SET LOCAL quote_all_identifiers = off",  # names, and so fingerprints, are the same everywhere
    "SET LOCAL standard_conforming_strings = on",
    "SET LOCAL jit = off",
    "SET LOCAL max_parallel_workers_per_gather = 0",  # an audit takes no workers from the application
)


class Enclosure:
    """``async with Enclosure(connection, seconds):`` what is asked inside leaves no trace on the server.

    ``seconds`` is the statement_timeout. Raises what the driver raises when the enclosure cannot be opened or closed, such
    as in a transaction that has already failed.
    """

    def __init__(self, connection: Connection, seconds: float) -> None:
        self._connection = connection
        self._seconds = seconds
        self._inside = False

    async def __aenter__(self) -> Connection:
        self._inside = self._connection.is_in_transaction()
        begin = f"SAVEPOINT {_SAVEPOINT}" if self._inside else "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY"
        limits = (
            f"SET LOCAL statement_timeout = {max(1, int(self._seconds * 1000))}",
            f"SET LOCAL lock_timeout = {int(LOCK_TIMEOUT * 1000)}",
        )
        try:
            await self._connection.execute("; ".join((begin, *_SETTINGS, *limits)))
        except BaseException:
            with contextlib.suppress(Exception):  # what hindered the opening is what is told
                await self._close()
            raise
        return self._connection

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()

    async def _close(self) -> None:
        if self._connection.is_closed():
            return
        back = f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}; RELEASE SAVEPOINT {_SAVEPOINT}" if self._inside else "ROLLBACK"
        closing = asyncio.ensure_future(self._connection.execute(back))
        # whoever is cancelled meanwhile does not ask how it went; nobody else would take its error
        closing.add_done_callback(lambda done: done.cancelled() or done.exception())
        async with asyncio.timeout(CLOSING_SECONDS):
            await asyncio.shield(closing)
