"""Cancel the statement a session runs; the session stays."""

from __future__ import annotations

from collections.abc import Sequence

from cryotui.actions import backends, blocking
from cryotui.actions.backends import Backend
from cryotui.actions.signalling import SignalAction
from cryotui.model.action import Fact, Level
from cryotui.model.record import dataclass
from cryotui.model.sample import Row


@dataclass(frozen=True, kw_only=True)
class CancelQuery(SignalAction):
    """``pg_cancel_backend`` for the statement that was looked at, and for no later one of the same session."""

    def useless(self, pid: int, state: str | None, kind: str | None) -> str | None:
        if kind == backends.WALSENDER:
            return f"Cancel would do nothing: {pid} sends WAL to a standby. K ends the session."
        if state == "disabled":
            return f"Cancel refused: what {pid} runs is not tracked (track_activities is off there)."
        if state is not None and state.startswith("idle"):
            return f"Cancel would do nothing: {pid} runs no statement. K ends the session."
        return None

    def milder(self, subject: Backend, waiters: dict[int, blocking.Waiter]) -> list[Fact]:
        return []

    def reached(self, subject: Backend, after: Sequence[Row]) -> str | None:
        if not after:
            return f"{subject.pid} is gone"
        if after[0]["query_start"] != subject.query_start:
            return f"The statement of {subject.pid} is cancelled, it runs another one"
        if after[0]["state"] not in ("active", "fastpath function call"):
            return f"The statement of {subject.pid} is cancelled"
        return None


ACTION = CancelQuery(
    name="cancel-query",
    title="Cancel query",
    verb="Cancel",
    button="Cancel the query of",
    key="C",
    level=Level.OPERATE,
    about="Cancels the statement a session runs. The session stays; its transaction is rolled back.",
    fields=backends.SESSION_FIELDS,
    lock="none",
    rights="the same role or a member of it, or pg_signal_backend; a superuser for a superuser's session",
    changes=("activity", "session_locks", "progress", "vitals"),
    noun=("query", "queries"),
    done="cancelled",
    word="pid",
    brief=True,
    function="pg_cancel_backend",
    only_if="only if it still runs the statement that began {statement_began} and is the same session",
    still="still runs that statement",
    takes_statement=True,
)
