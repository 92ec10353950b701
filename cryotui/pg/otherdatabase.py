"""The same question asked in another database of the server, for texts that the session's own database cannot take.

pg_stat_statements converts the texts of all databases into the encoding of the one it is asked in, before any condition of
the question counts: one text that does not convert refuses them all, whatever client_encoding is (22021, 22P05; measured on
14 to 18). A database in SQL_ASCII converts and checks nothing. Needs CONNECT on it, and the extension in it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

from cryotui.model.errors import AuthenticationError, ConnectError
from cryotui.model.probe import Probe
from cryotui.model.sample import Missing, Sample, forward_clock
from cryotui.model.text import clean, cut, one_line

MOST = 3
"""Databases tried for one question."""

AT_ONCE = 5.0
"""Seconds for all of them together: the console's other questions wait meanwhile."""

PAUSE = 10.0
"""Seconds between two such questions: each is a connection of its own, which is not kept, so that nobody's DROP DATABASE
waits for a console."""

OWN_PAUSE = 60.0
"""Seconds after which the session's own database is tried again: the text that did not convert may have gone."""

CANDIDATES = """
SELECT datname::text AS name, pg_encoding_to_char(encoding)::text AS encoding
FROM pg_database
WHERE datallowconn AND NOT datistemplate AND datname <> current_database() AND has_database_privilege(oid, 'CONNECT')
  AND (encoding = pg_char_to_encoding('SQL_ASCII')
       OR encoding = pg_char_to_encoding('UTF8') AND getdatabaseencoding() <> 'UTF8')
ORDER BY encoding = pg_char_to_encoding('SQL_ASCII') DESC, oid
LIMIT 20
"""


class Other(Protocol):
    """What is needed of a session in another database."""

    async def sample(self, probe: Probe, parameters: tuple[object, ...] = ()) -> Sample: ...
    async def close(self) -> None: ...
    def terminate(self) -> None: ...


class OtherDatabase:
    """Which database answers for the session's own; made once a session.

    ``open_other`` connects to the database of that name and raises ConnectError.
    """

    def __init__(self, open_other: Callable[[str], Awaitable[Other]]) -> None:
        self._open = open_other
        self._answered: str | None = None
        self._why: Missing | None = None
        self._refused = False
        self._next = 0.0
        self._own_again = 0.0

    @property
    def stands_in(self) -> bool:
        """Whether the session's own database need not be asked, because it could not answer a moment ago."""
        return self._answered is not None and forward_clock() < self._own_again

    async def sample(self, here: Sample, probe: Probe, databases: Sequence[Any], encoding: str) -> Sample:
        """The answer of the first database that has one; without rows while it is too soon to connect again.

        ``here`` is the sample that is replaced: it tells parameters and times, and stands, with a better reason, where no
        database answers. ``databases`` are rows of ``CANDIDATES``, ``encoding`` is that of the session's own.
        """
        if forward_clock() < self._next:
            return replace(here, rows=(), missing=None if self._answered else self._why)
        self._next = forward_clock() + PAUSE
        why: list[str] = []
        tried = sorted(databases, key=lambda row: row["name"] != self._answered)[:MOST]
        self._answered = None
        try:
            async with asyncio.timeout(AT_ONCE):
                for row in tried if not self._refused else ():
                    found = await self._ask(row["name"], probe, here.parameters)
                    if isinstance(found, Sample) and found.missing is None:
                        self._answered, self._own_again = row["name"], forward_clock() + OWN_PAUSE
                        return replace(here, rows=found.rows, missing=None)
                    why.append(_reason(row, found))
        except TimeoutError:
            why.append("Other databases took too long")
        said = f"One text does not convert to {encoding}, so the server gives none here."
        instead = "There is no SQL_ASCII database to read them in" if not tried else "Other databases refuse us"
        self._why = Missing("error", said, instead=why[0] if why else instead)
        return replace(here, rows=(), missing=self._why)

    async def _ask(self, name: str, probe: Probe, parameters: tuple[object, ...]) -> Sample | str:
        try:
            other = await self._open(name)
        except ConnectError as error:
            self._refused = self._refused or isinstance(error, AuthenticationError)  # asking on could get us banned
            return "refuses the connection"
        try:
            return await other.sample(probe, parameters)
        except ConnectError:
            return "ended the connection"
        except BaseException:
            other.terminate()
            raise
        finally:
            await other.close()


def _reason(row: Any, found: Sample | str) -> str:
    where = f"{cut(one_line(clean(row['name'])), 24)} ({row['encoding']})"
    if isinstance(found, str):
        return f"{where} {found}"
    if found.missing is not None and found.missing.kind == "extension":
        return f"CREATE EXTENSION in {where} would show them"
    return f"{where} cannot read them either"
