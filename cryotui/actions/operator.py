"""Who sits here: what the action log says of the operator."""

from __future__ import annotations

import getpass
import os
import socket

from cryotui.model.record import dataclass


@dataclass(frozen=True, slots=True)
class Operator:
    """The person and the machine: operating system user, who called sudo, the SSH connection, terminal, host, process."""

    user: str
    host: str
    sudo_user: str | None = None
    ssh: str | None = None
    tty: str | None = None
    pid: int = 0

    @classmethod
    def here(cls) -> Operator:
        """The operator of this process, from the operating system and the environment."""
        try:
            user = getpass.getuser()
        except (OSError, KeyError):
            user = str(os.getuid())
        return cls(
            user=user,
            host=socket.gethostname(),
            sudo_user=os.environ.get("SUDO_USER"),
            ssh=os.environ.get("SSH_CONNECTION"),
            tty=_tty(),
            pid=os.getpid(),
        )

    @property
    def name(self) -> str:
        """As screens and the log name them: ``anna@bastion2``; the person behind sudo, not root."""
        return f"{self.sudo_user or self.user}@{self.host}"


def _tty() -> str | None:
    for descriptor in (0, 1, 2):
        try:
            return os.ttyname(descriptor)
        except OSError:
            continue
    return None
