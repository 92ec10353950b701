"""End a session: its transaction is rolled back, its client has to connect again."""

from __future__ import annotations

from collections.abc import Sequence

from cryotui.actions import backends, blocking
from cryotui.actions.backends import Backend
from cryotui.actions.signalling import SignalAction
from cryotui.actions.wording import counted
from cryotui.model.action import Fact, Level
from cryotui.model.record import dataclass
from cryotui.model.sample import Row


@dataclass(frozen=True, kw_only=True)
class TerminateSession(SignalAction):
    """``pg_terminate_backend`` for the session that was looked at, and for no other one of the same pid."""

    def useless(self, pid: int, state: str | None, kind: str | None) -> str | None:
        return None

    def milder(self, subject: Backend, waiters: dict[int, blocking.Waiter]) -> list[Fact]:
        facts = []
        best = blocking.mildest(subject.pid, waiters)
        if best is not None:
            waiter, number = best
            freed = counted(number, blocking.SESSIONS)
            facts.append(Fact("milder", f"C on {waiter.text} frees {freed} and loses nothing but that statement"))
        if (subject.state or "").startswith("idle"):
            facts.append(Fact("milder", f"C on {subject.pid} would do nothing: it runs no statement"))
        else:
            facts.append(Fact("milder", f"C on {subject.pid} cancels its statement and leaves it connected"))
        return facts

    def reached(self, subject: Backend, after: Sequence[Row]) -> str | None:
        return None if after else f"{subject.pid} is gone"


ACTION = TerminateSession(
    name="terminate-session",
    title="Terminate session",
    verb="Terminate",
    button="Terminate",
    key="K",
    level=Level.DANGER,
    about="Ends a session. What its transaction wrote is rolled back; its client has to connect again.",
    fields=backends.SESSION_FIELDS,
    lock="none",
    rights="the same role or a member of it, or pg_signal_backend; a superuser for a superuser's session",
    changes=("activity", "session_locks", "progress", "vitals"),
    noun=("session", "sessions"),
    done="terminated",
    word="pid",
    brief=True,
    function="pg_terminate_backend",
    only_if="only if it still began {began} and is the same user and database",
    still="is still there",
    takes_statement=False,
)
