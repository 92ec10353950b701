"""Where a host listens: socket files of this machine, or the addresses behind a name, looked up at every connect."""

from __future__ import annotations

import asyncio
import os
import socket
import threading

from cryotui.model.record import dataclass
from cryotui.pg.passfile import SOCKET_DIRECTORIES
from cryotui.pg.spec import Host


@dataclass(frozen=True, slots=True)
class Address:
    """A place to connect to: a socket directory (``is_socket``) or an IP address. ``name`` is what TLS verifies."""

    host: str
    port: int
    family: int
    name: str | None = None

    @property
    def is_socket(self) -> bool:
        """Whether this is a Unix socket."""
        return self.family == socket.AF_UNIX

    @property
    def on_this_machine(self) -> bool:
        """Whether what is sent there never leaves this machine."""
        return self.is_socket or self.host == "::1" or self.host.startswith("127.")

    def __str__(self) -> str:
        if self.is_socket:
            return f"{self.host}/.s.PGSQL.{self.port}"
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


async def addresses(host: Host) -> list[Address]:
    """Every address of a host, in the order the system gives them. Raises socket.gaierror for an unknown name.

    A host without a name is this machine: its socket where there is one, else localhost, for a server in a container
    that publishes only its port.
    """
    if host.local:
        place = _socket(host)
        if place is not None:
            return [place]
    name = host.host or (None if host.hostaddr else "localhost")
    found = await _look_up(host.hostaddr or name or "", host.port, numeric=bool(host.hostaddr))
    return list(dict.fromkeys(Address(str(at[0]), host.port, family, name) for family, at in found))


def _socket(host: Host) -> Address | None:
    """The socket asked for, there or not; else the first that exists where servers make theirs."""
    if host.host:
        return Address(host.host, host.port, socket.AF_UNIX)
    places = (Address(directory, host.port, socket.AF_UNIX) for directory in SOCKET_DIRECTORIES)
    return next((place for place in places if os.access(str(place), os.F_OK)), None)


async def _look_up(name: str, port: int, *, numeric: bool) -> list[tuple[int, tuple[object, ...]]]:
    """getaddrinfo in a thread that does not keep the process alive: a name server that hangs must not delay quitting."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[tuple[int, tuple[object, ...]]]] = loop.create_future()

    def tell(result: list[tuple[int, tuple[object, ...]]] | Exception) -> None:
        if answer.done():
            return
        if isinstance(result, Exception):
            answer.set_exception(result)
        else:
            answer.set_result(result)

    def look() -> None:
        result: list[tuple[int, tuple[object, ...]]] | Exception
        try:
            flags = socket.AI_NUMERICHOST if numeric else 0
            entries = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM, flags=flags)
            result = [(entry[0], entry[4]) for entry in entries]
        except (OSError, UnicodeError) as error:
            result = error
        try:
            loop.call_soon_threadsafe(tell, result)
        except RuntimeError:  # the loop is closed: nobody waits any more
            return

    threading.Thread(target=look, name="name lookup", daemon=True).start()
    return await answer
