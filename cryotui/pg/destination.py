"""Where a console or a verb goes: a server, the name it goes by, its safety limits, and the way to open a session."""

from __future__ import annotations

import contextlib
import getpass
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryotui import config
from cryotui.model.action import Level
from cryotui.model.errors import AuthenticationError, ConfigError, ConnectError, UsageError
from cryotui.model.record import dataclass
from cryotui.model.secrets import Secret
from cryotui.model.settings import Settings, Target
from cryotui.model.text import clean
from cryotui.pg.conninfo import ConnectionSpec, resolve

if TYPE_CHECKING:  # the driver is imported with the first connection: the first frame does not wait for it
    import asyncio

    from cryotui.pg.connect import Connected
    from cryotui.pg.session import Session

PASSWORD_SECONDS = 20.0
PASSWORD_MOST = 4096


@dataclass
class Destination:
    """One server to go to. ``spec`` may get another password while the console is open; the rest stays."""

    name: str
    spec: ConnectionSpec
    settings: Settings
    limits: Target = field(default_factory=lambda: Target("none"))
    read_only: bool = False
    _ahead: asyncio.Task[Session] | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def protected(self) -> bool:
        """Whether it says PROTECTED on every screen and starts at observe."""
        return self.limits.protected

    @property
    def highest_level(self) -> Level:
        """The level that can be reached here."""
        return Level.OBSERVE if self.read_only else self.limits.highest_level

    async def open_session(self, epoch: int = 0) -> Session:
        """A monitor session. Raises ConnectError or AuthenticationError."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            session = await ahead
            session.epoch = epoch
            return session
        return await self._open(epoch)

    async def _open(self, epoch: int) -> Session:
        from cryotui.pg.session import Session

        await self._complete()
        return await Session.open(self.spec, epoch)

    def connect_ahead(self, first: str) -> None:
        """Begin to open a session in the running event loop; the next ``open_session`` gets it, or the error it met.

        It is asked the probe ``first``, if any, as soon as it is open, for whoever asks for that before anything else.
        """
        import asyncio

        async def opened() -> Session:
            from cryotui.probes import probe

            session = await self._open(0)
            if first:
                session.ask_ahead(probe(first))
            return session

        self._ahead = asyncio.create_task(opened())
        # an error is told to who asks for the session, and to nobody when the console cannot be opened
        self._ahead.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def open_connection(self) -> Connected:
        """A connection with nothing set on it, for work of its own. Raises ConnectError or AuthenticationError."""
        from cryotui.pg.connect import connect

        await self._complete()
        return await connect(self.spec)

    async def _complete(self) -> None:
        """Ask the password command once, when there is one and it is needed."""
        if self.limits.password_command and self.spec.password is None:
            given = await run_password_command(self.limits.password_command)
            self.spec = self.spec.with_password(given, "password_command")

    async def another_password(self, refused: bool) -> bool:
        """Look where passwords come from by themselves; True when there is one that was not refused.

        The password command runs again, since what it gives may expire. The password file counts when none was at hand,
        not when one was ``refused``.
        """
        tried = self.spec.password
        if self.limits.password_command:
            try:
                given = await run_password_command(self.limits.password_command)
            except ConnectError:
                return False
            if tried is not None and given.reveal() == tried.reveal():
                return False
            self.spec = self.spec.with_password(given, "password_command")
            return True
        return not refused and any(self.spec.password_for(host).secret for host in self.spec.hosts)

    def ask_password(self) -> None:
        """Ask for the password at the terminal; nothing is echoed, and nothing typed leaves it to the password file.

        Raises AuthenticationError when the end of input comes instead, KeyboardInterrupt.
        """
        try:
            typed = getpass.getpass(f"Password for {self.spec.display()}: ", stream=sys.stderr)
        except EOFError:
            sys.stderr.write("\n")
            raise AuthenticationError(f"No password was typed for {self.spec.display()}.", "auth") from None
        self.take_password(typed)

    def take_password(self, typed: str) -> None:
        """Use what was typed; nothing leaves it to the password file."""
        self.spec = self.spec.with_password(Secret(typed) if typed else None)


async def run_password_command(words: tuple[str, ...], seconds: float = PASSWORD_SECONDS) -> Secret:
    """The first line a program prints; it runs without a shell, beside everything else, and is killed after ``seconds``.

    Raises ConnectError with a sentence that holds nothing of its output.
    """
    import asyncio

    try:
        process = await asyncio.create_subprocess_exec(
            *words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError as error:
        raise ConnectError(f"password_command cannot be run: {words[0]}: {error.strerror}.", "auth") from None
    try:
        async with asyncio.timeout(seconds):
            output, _ = await process.communicate()
    except TimeoutError:
        raise ConnectError(f"password_command gave nothing within {seconds:g} s: {words[0]}.", "auth") from None
    finally:
        if process.returncode is None:
            process.kill()
            with contextlib.suppress(TimeoutError):  # a child of it may hold the pipe
                async with asyncio.timeout(1):
                    await process.wait()
    if process.returncode != 0:
        raise ConnectError(f"password_command failed with exit code {process.returncode}: {words[0]}.", "auth")
    line = output.split(b"\n", 1)[0].rstrip(b"\r")
    if not line or len(line) > PASSWORD_MOST:
        raise ConnectError(f"password_command printed no password: {words[0]}.", "auth")
    return Secret(line.decode("utf-8", "surrogateescape"))


def find(
    word: str | None,
    settings: Settings,
    *,
    environ: Mapping[str, str],
    flags: Mapping[str, str] | None = None,
    read_only: bool = False,
) -> Destination:
    """The destination that a word means: a target of the configuration, a service, a URI or conninfo, or PG* variables.

    ``flags`` are libpq keywords given on the command line; they win. Raises UsageError naming what is known.
    """
    flags = dict(flags or {})
    if word is None and not flags:
        word = settings.default_target
    target = settings.targets.get(word) if word else None
    if target is not None:
        spec = resolve(target.conninfo, environ=environ, overrides={**target.parameters, **flags})
        return Destination(target.name, spec, settings, target, read_only)
    if word and "=" not in word and "://" not in word:
        spec = _by_service(word, settings, environ, flags)
        return Destination(word, spec, settings, Target(word), read_only)
    spec = resolve(word, environ=environ, overrides=flags)
    name = clean(spec.service or spec.database)
    return Destination(name, spec, settings, Target(name), read_only)


def _by_service(word: str, settings: Settings, environ: Mapping[str, str], flags: Mapping[str, str]) -> ConnectionSpec:
    try:
        return resolve(f"service={_quoted(word)}", environ=environ, overrides=flags)
    except UsageError:
        known = ", ".join(settings.targets) or "none are configured"
        raise UsageError(
            f"{clean(word)} is no target ({known}), no service, no URI and no conninfo string. "
            f"A database alone is -d {clean(word)}."
        ) from None


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def from_uri(uri: str, overrides: Mapping[str, object], environ: Mapping[str, str]) -> Destination:
    """The destination of a URI with settings as a configuration file would have them, for the demo.

    Raises ConfigError for a mistake in ``overrides``; one in a file leaves its default, as for every start.
    """
    loaded = config.examine(environ=environ, overrides=overrides)
    if own := [problem for problem in loaded.problems if problem.startswith(f"{config.COMMAND_LINE}: ")]:
        raise ConfigError("\n".join(own))
    spec = resolve(uri, environ=environ)
    return Destination("demo", spec, loaded.settings, Target("demo"))


def own_folder(settings: Settings, name: str) -> Path:
    """A folder of the operator's own files beside the configuration."""
    return settings.config_folder / name


def with_settings(destination: Destination, **changes: Any) -> Destination:
    """The same destination with some settings changed, such as those given on the command line."""
    return replace(destination, settings=replace(destination.settings, **changes))
