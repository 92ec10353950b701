"""What is known of a server and of our role on it; asked once a connection, never guessed from its version string."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from cryotui.model.record import dataclass


@dataclass(frozen=True, slots=True)
class Extension:
    """An extension of the connected database: its schema and its real version, not the one its files could have."""

    schema: str
    version: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Server:
    """One server as seen by one role through one connection."""

    version: str  # as the server writes it: "17.6", "18beta1"
    major: int
    minor: int
    database: str
    user: str
    superuser: bool
    memberships: frozenset[str]  # predefined roles whose rights this role has: pg_monitor, pg_signal_backend, ...
    extensions: Mapping[str, Extension]
    settings: Mapping[str, str | None]  # None: not visible to this role
    standby: bool
    started_at: datetime
    system_identifier: str | None
    timeline: int | None
    host: str
    port: int
    pid: int
    pooled: bool = False
    encrypted: bool | None = None
    host_is_local: bool = False
    libraries: tuple[str, ...] = ()  # shared_preload_libraries, as far as visible
    owned_schemas: frozenset[str] = field(default_factory=frozenset)
    notices: tuple[str, ...] = ()

    def has(self, role: str) -> bool:
        """Whether this role has the rights of a predefined role; a superuser has them all."""
        return self.superuser or role in self.memberships

    @property
    def reads_all_stats(self) -> bool:
        """Whether other users' sessions and statements are visible in full."""
        return self.has("pg_read_all_stats")

    def setting(self, name: str) -> str | None:
        """A setting's value, None when unknown."""
        return self.settings.get(name)

    def number(self, name: str) -> float | None:
        """A setting's value as a number in its base unit, None when unknown."""
        value = self.settings.get(name)
        try:
            return None if value is None else float(value)
        except ValueError:
            return None

    @property
    def identity(self) -> tuple[str | None, int | None, datetime, bool]:
        """What must stay the same for counters to be subtracted: cluster, timeline, start, role."""
        return (self.system_identifier, self.timeline, self.started_at, self.standby)
