"""The console's side of the connection: which server it is, the gate to actions on it, further connections beside it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cryotui.model import units
from cryotui.model.action import Limits
from cryotui.model.errors import ConnectError, CryotuiError
from cryotui.model.server import Server
from cryotui.pg.conninfo import ConnectionSpec
from cryotui.pg.destination import Destination
from cryotui.pg.session import Session
from cryotui.watch.feed import Asked, Feed

if TYPE_CHECKING:  # the first picture does not wait for what acts
    from cryotui.actions.desk import Desk
    from cryotui.actions.log import ActionLog
    from cryotui.actions.running import Running


class Connection:
    """``told`` is called whenever an action of ours changes."""

    def __init__(self, target: Destination, feed: Feed, told: Callable[[], None]) -> None:
        self.target, self.feed = target, feed
        self._limits = Limits(
            read_only=target.read_only or target.limits.read_only,
            protected=target.protected,
            max_level=target.highest_level,
            danger_minutes=target.settings.danger_minutes,
        )
        self._desk: Desk | None = None
        self._told = told
        self._last: Server | None = None

    @property
    def server(self) -> Server | None:
        """What is known of the server; of the last connection while it is lost."""
        if self.feed.session is not None:
            self._last = self.feed.session.server
        return self._last

    @property
    def alive(self) -> bool:
        """Whether questions can be asked now."""
        return self.feed.session is not None

    def need(self) -> Asked:
        """The session. Raises ConnectError with a sentence when the connection is lost."""
        if self.feed.session is None:
            raise ConnectError("There is no connection now; what is shown is of before.", "lost")
        return self.feed.session

    @property
    def here(self) -> ConnectionSpec:
        """The way to the very host of the session. Raises ConnectError."""
        return self.need().here

    async def another(self) -> Any:
        """A fresh connection of the driver to that host. Raises ConnectError."""
        return await self.need().another_connection()

    async def session_beside(self) -> Session:
        """Another monitor session on that host. Raises ConnectError."""
        return await Session.open(self.here)

    def meet(self) -> tuple[Server | None, Server]:
        """A connection was made: the gate learns of the server. Gives the server of before (None at first) and this one."""
        server = self.need().server
        before, self._last = self._last, server
        if self._desk is not None:
            self._desk.meet(server)
        return before, server

    # actions

    @cached_property
    def log(self) -> ActionLog:
        """The log of actions on this target."""
        from cryotui.actions.log import ActionLog
        from cryotui.actions.operator import Operator

        return ActionLog(self.target.settings.state_folder / "actions", Operator.here())

    @property
    def desk(self) -> Desk | None:
        """The gate to actions, there from the first time on that it is asked for; None before the first connection."""
        server = self.server
        if self._desk is None and server is not None:
            from cryotui.actions.desk import Desk

            told = self._told
            self._desk = Desk(
                self.another, server, self.target.name, self.log, self._limits, told=lambda running: told()
            )
        return self._desk

    @property
    def acts(self) -> bool:
        """Whether the gate to actions is there already."""
        return self._desk is not None

    async def leave(self) -> None:
        """End our part of the actions that run."""
        if self._desk is not None:
            await self._desk.leave()

    async def lost_runs(self) -> list[str]:
        """A sentence about each action of a console that was lost."""
        if self.desk is None:
            return []
        return [
            f"{run.title}, begun by a console that was lost, "
            f"{'still runs' if at_work else 'no longer runs; how it ended is not known'}."
            for run, at_work in await self.desk.look_after_lost()
        ]

    async def learn_rights(self) -> None:
        """Ask whose rights our role has, so that the first look at a row knows what is refused; a sheet asks again."""
        if self.desk is not None:
            with contextlib.suppress(CryotuiError):
                await self.desk.learn_rights()

    @property
    def runnings(self) -> list[Running]:
        """Our own actions that have not ended."""
        return [run for run in self._desk.runs if run.state != "ended"] if self._desk is not None else []

    @property
    def level_word(self) -> str:
        """The level as the header writes it."""
        if self._limits.read_only:
            return "read-only"
        if self._desk is None:
            return "observe" if self.server is None else self._limits.start.word
        left = self._desk.left_seconds
        if left is not None:
            return f"DANGER {max(1, int(-(-left // 60)))}m"
        return self._desk.level.word


def identity_changed(before: Server, now: Server) -> str:
    """What to say when the name leads to another server than before, or to the same one restarted."""
    name = "The server" if now.host.startswith("/") else now.host  # the folder of a socket is no name
    if before.system_identifier != now.system_identifier:
        return f"{name} is another server now (system identifier changed). Rates start again."
    if before.standby != now.standby:
        role = "a standby" if now.standby else "the primary"
        return f"{name} is {role} now. Rates start again."
    return f"{name} was restarted at {units.clock(now.started_at, seconds=True)}. Rates start again."
