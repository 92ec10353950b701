"""One connection: hosts and addresses in order, each with its own time, TLS as libpq negotiates it, errors as sentences.

The driver gets explicit values only, one address at a time, and the password as a callable, so that nothing of the
process environment and no secret slips in or out. Nothing is sent at the start but application_name and
client_encoding, unless ``options`` was asked for: poolers refuse other settings.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
from collections.abc import Mapping
from typing import Any

import asyncpg

from cryotui.model.errors import ConnectError
from cryotui.model.record import dataclass
from cryotui.pg import tls
from cryotui.pg.addresses import Address, addresses
from cryotui.pg.failures import Attempt, Failure, PasswordAsked, explain, unknown_name
from cryotui.pg.sessionattrs import mismatch
from cryotui.pg.spec import ConnectionSpec, Host, Keepalives, Password

CONNECT_TIMEOUT = 10.0
"""Seconds an address gets when the connection string names no connect_timeout: a black hole must not hang."""


@dataclass(frozen=True, slots=True)
class Connected:
    """An open connection, the host that won, its address, whether it is encrypted, and what the operator should know."""

    connection: asyncpg.Connection[Any]
    host: Host
    address: Address
    encrypted: bool
    notices: tuple[str, ...] = ()


async def connect(
    spec: ConnectionSpec,
    *,
    timeout: float = CONNECT_TIMEOUT,
    statement_cache_size: int = 0,
    server_settings: Mapping[str, str] | None = None,
    connection_class: type[asyncpg.Connection[Any]] = asyncpg.Connection,
) -> Connected:
    """Open one connection to the first host that fits.

    ``timeout`` is seconds for each address when the spec names no connect_timeout (0 there waits for ever).
    ``server_settings`` go into the startup packet; a pooler may refuse them. Raises ConnectError with its cause, and
    AuthenticationError, after which no other host or kind of connection is tried.
    """
    seconds = timeout if spec.connect_timeout is None else spec.connect_timeout or None
    opening = _Opening(spec, seconds, statement_cache_size, dict(server_settings or {}), connection_class)
    outcome = await opening.over_all_hosts()
    if isinstance(outcome, ConnectError):
        raise outcome  # outside of any except block: no frame of the driver, which holds the password, hangs on it
    return outcome


@dataclass(frozen=True, slots=True)
class _Opening:
    spec: ConnectionSpec
    seconds: float | None
    statement_cache_size: int
    server_settings: dict[str, str]
    connection_class: type[asyncpg.Connection[Any]]

    async def over_all_hosts(self) -> Connected | ConnectError:
        hosts = list(self.spec.hosts)
        if self.spec.load_balance_hosts == "random":
            random.shuffle(hosts)
        opened: list[Connected] = []
        chosen: Connected | ConnectError | None = None
        try:
            chosen = await self._first_that_fits(hosts, opened)
        finally:  # given up on the way as well
            for connected in opened:
                if connected is not chosen and not connected.connection.is_closed():
                    connected.connection.terminate()
        return chosen

    async def _first_that_fits(self, hosts: list[Host], opened: list[Connected]) -> Connected | ConnectError:
        """The connection to be handed out. ``opened`` gets every one that was made on the way."""
        errors: list[ConnectError] = []
        second_choice: Connected | None = None
        for host in hosts:
            outcome = await self._over_all_addresses(host)
            if isinstance(outcome, Failure):
                errors.append(outcome.error)
                if outcome.then == "nothing":
                    break
                continue
            opened.append(outcome)
            misfit = await mismatch(outcome.connection, host, self.spec.target_session_attrs, self.seconds)
            if misfit is None:
                return outcome
            errors.append(misfit)
            if self.spec.target_session_attrs == "prefer-standby" and second_choice is None and misfit.cause == "role":
                second_choice = outcome
            else:
                outcome.connection.terminate()
        if second_choice is not None and not second_choice.connection.is_closed():
            return second_choice
        return _combined(errors)

    async def _over_all_addresses(self, host: Host) -> Connected | Failure:
        try:
            async with asyncio.timeout(self.seconds):
                places = await addresses(host)
        except (OSError, UnicodeError) as error:
            return unknown_name(host, error)
        if self.spec.load_balance_hosts == "random":
            random.shuffle(places)
        password = self.spec.password_for(host)
        failures: list[Failure] = []
        for address in places:
            outcome = await self._over_all_kinds(host, address, password)
            if isinstance(outcome, Connected):
                return outcome
            failures.append(outcome)
            if outcome.then != "address":
                break
        return failures[-1]

    async def _over_all_kinds(self, host: Host, address: Address, password: Password) -> Connected | Failure:
        """With TLS or without, in the order sslmode gives; both share the time of the address."""
        kinds = {"disable": [False], "allow": [False, True], "prefer": [True, False]}.get(self.spec.sslmode, [True])
        if address.is_socket:
            kinds = [False]
        deadline = None if self.seconds is None else asyncio.get_running_loop().time() + self.seconds
        failures: list[Failure] = []
        for encrypted in kinds:
            attempt = Attempt(self.spec, host, address, encrypted, self.seconds, password.origin)
            outcome = await self._attempt(attempt, password, deadline)
            if not isinstance(outcome, Failure):
                return Connected(outcome, host, address, encrypted, self._notices(attempt, password, failures))
            failures.append(outcome)
            if not outcome.other_kind:
                break
        return _most_telling(failures)

    async def _attempt(
        self, attempt: Attempt, password: Password, deadline: float | None
    ) -> asyncpg.Connection[Any] | Failure:
        context: tls.NamedContext | None = None
        limit = asyncio.timeout_at(deadline)
        try:
            async with limit:
                if attempt.encrypted:
                    context = tls.context(self.spec.tls, attempt.address.name)
                return await self._open(attempt, password, context)
        except Exception as error:
            started = context is not None and context.started
            return explain(error, attempt, tls_started=started, timed_out=limit.expired())

    async def _open(
        self, attempt: Attempt, password: Password, context: tls.NamedContext | None
    ) -> asyncpg.Connection[Any]:
        settings = {"application_name": self.spec.application_name}
        if self.spec.options:
            settings["options"] = self.spec.options
        connection: asyncpg.Connection[Any] = await asyncpg.connect(
            host=attempt.address.host,
            port=attempt.address.port,
            user=self.spec.user,
            password=password.secret.reveal if password.secret else _Absent,
            database=self.spec.database,
            ssl=context or False,
            direct_tls=context is not None and self.spec.tls.direct,
            timeout=None,
            statement_cache_size=self.statement_cache_size,
            server_settings=settings | self.server_settings,
            target_session_attrs="any",
            krbsrvname=self.spec.krbsrvname,
            gsslib=self.spec.gsslib,
            connection_class=self.connection_class,
        )
        _keep_alive(connection, self.spec.keepalives)
        return connection

    def _notices(self, attempt: Attempt, password: Password, failures: list[Failure]) -> tuple[str, ...]:
        notices = [*self.spec.notices, *([] if password.notice is None else [password.notice])]
        if not attempt.encrypted and not attempt.address.on_this_machine:
            why = f" {failures[0].error}" if failures and self.spec.sslmode == "prefer" else ""
            notices.append(f"NOT ENCRYPTED: what goes to and from {attempt.where} can be read on the way.{why}")
        return tuple(dict.fromkeys(notices))


class _Absent:
    """Stands for the password that is not at hand: the driver looks at it only once the server asks for one.

    An empty password instead would be sent, and count as a failed login on the server.
    """

    def __bool__(self) -> bool:
        raise PasswordAsked


def _most_telling(failures: list[Failure]) -> Failure:
    """Of the failures with and without TLS: the last, unless it only repeats a rule or met nobody to talk to."""
    last = failures[-1]
    stated = [failure for failure in failures if failure.error.sqlstate]
    return stated[0] if stated and (last.other_kind or not last.error.sqlstate) else last


def _combined(errors: list[ConnectError]) -> ConnectError:
    """One error for all hosts: the only one as it is, several told one after the other under the cause of the last."""
    last = errors[-1]
    if len(errors) == 1:
        return last
    return type(last)(" ".join(dict.fromkeys(map(str, errors))), last.cause, last.sqlstate)


def _keep_alive(connection: asyncpg.Connection[Any], wanted: Keepalives) -> None:
    """Let the system notice a dead peer. The driver has no public way to its socket; without one this does nothing."""
    transport = getattr(connection, "_transport", None)
    opened = transport.get_extra_info("socket") if transport is not None else None
    if opened is None or opened.family == socket.AF_UNIX or not wanted.on:
        return
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    numbers = {
        "TCP_KEEPIDLE": wanted.idle,
        "TCP_KEEPINTVL": wanted.interval,
        "TCP_KEEPCNT": wanted.count,
        "TCP_USER_TIMEOUT": wanted.user_timeout,
    }
    for name, number in numbers.items():
        if number is not None and hasattr(socket, name):
            with contextlib.suppress(OSError):  # a value the system refuses, 0 for one: it keeps its own
                opened.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), number)
