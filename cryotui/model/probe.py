"""A probe: one question to the server, as data. Its SQL and its words live in ``probes/NAME.sql``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from cryotui.model.record import dataclass

Version = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Probe:
    """One question, with the variants of its SQL by version.

    ``key`` names the columns that identify a row from sample to sample. ``counters`` only grow until they are reset, which
    ``reset`` (a column holding a time or a number) betrays. ``units`` tells for columns what they measure: ``bytes``,
    ``seconds``, ``milliseconds``, ``share``, ``transactions`` or ``rows``. ``needs`` lists what must be there, each as
    ``extension:NAME``, ``role:NAME`` (advice only: without it the answer is poorer), ``primary``, ``standby`` or
    ``setting:NAME``. ``calls`` are functions of the needed extension, qualified with its schema before the SQL is sent.
    ``every`` and ``timeout`` are seconds. ``anywhere`` tells why every database of the server gives the same answer: where a
    text of it does not convert to the encoding of ours, another one may be asked. ``variants`` maps the least version (of
    the needed extension where the file name's version has a dot, else of the server) to the SQL.
    """

    name: str
    title: str
    about: str
    key: tuple[str, ...]
    variants: Mapping[Version, str]
    counters: tuple[str, ...] = ()
    reset: str | None = None
    units: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    since: int = 14
    every: float = 2.0
    timeout: float = 3.0
    parameters: tuple[str, ...] = ()
    alone: str | None = None
    anywhere: str | None = None
    origin: str = "built in"

    @property
    def extension(self) -> str | None:
        """The extension this probe needs, if any."""
        return next((need.partition(":")[2] for need in self.needs if need.startswith("extension:")), None)

    def sql(self, server_major: int, extension_version: Version | None = None) -> str | None:
        """The SQL for a server, or None when the server or the extension is older than every variant."""
        if server_major < self.since:
            return None
        by_extension = any(len(version) > 1 for version in self.variants)
        asked = (extension_version or ()) if by_extension else (server_major,)
        fitting = [version for version in self.variants if version <= asked]
        return self.variants[max(fitting)] if fitting else None
