"""Whom a session waits for and who waits behind it, as the newest answer about all sessions has them."""

from __future__ import annotations

from cryotui.model import units
from cryotui.model.pane import Moment
from cryotui.model.record import dataclass
from cryotui.model.sample import Row
from cryotui.panes.session_words import app_word, lock_words_long, state_word, statement
from cryotui.panes.sessions import in_transaction, sessions, waiting

PREPARED = 0
"""The pid that pg_blocking_pids gives for a prepared transaction."""


@dataclass(frozen=True, slots=True)
class Blocker:
    """A session that holds the lock, or stands before the waiting one in its queue.

    ``doing`` is its state with the seconds its transaction is open, ``text`` its statement; both None when they are hidden.
    """

    pid: int
    app: str | None
    doing: str | None
    text: str | None

    @property
    def who(self) -> str:
        """``47712 pg_dump``, or a prepared transaction."""
        return "a prepared transaction" if self.pid == PREPARED else " ".join(filter(None, (str(self.pid), self.app)))

    @property
    def words(self) -> str:
        """``47712 psql, idle in transaction 41m: UPDATE molecules …``, as far as it is known."""
        return ", ".join(filter(None, (self.who, self.doing))) + (f": {self.text}" if self.text else "")


@dataclass(frozen=True, slots=True)
class Wait:
    """A session that waits for a lock: for which, since how many seconds, for whom, and who waits directly behind it."""

    lock: str
    age: float | None
    blockers: tuple[Blocker, ...]
    behind: tuple[Blocker, ...]

    @property
    def words(self) -> str:
        """On one line: the first it waits for, how many more, how many wait behind it."""
        first = self.blockers[0].words if self.blockers else f"a lock: {self.lock}"
        more = f", and {len(self.blockers) - 1} more" if len(self.blockers) > 1 else ""
        queue = f"; {len(self.behind)} wait{'s' if len(self.behind) == 1 else ''} behind it" if self.behind else ""
        return f"waits for {first}{more}{queue}"


def wait_of(pid: int | None, moment: Moment) -> Wait | None:
    """What the session waits for; None when it waits for no lock, or nothing is known of it."""
    known = sessions(moment).by_pid
    row = known.get(pid) if pid is not None else None
    if row is None or not waiting(row):
        return None
    pids = list(dict.fromkeys(row.get("blocked_by") or ()))
    behind = [other for other in known.values() if pid in (other.get("blocked_by") or ())]
    return Wait(
        lock_words_long(row) or "",
        row.get("wait_age"),
        tuple(_blocker(one, known.get(one), moment) for one in pids),
        tuple(_blocker(other["pid"], other, moment) for other in behind),
    )


def _blocker(pid: int, row: Row | None, moment: Moment) -> Blocker:
    if row is None:
        return Blocker(pid, None, None, None)
    if row.get("masked"):
        return Blocker(pid, row.get("user"), "what it does is hidden", None)
    age = row.get("transaction_age")
    state = row["state"] if in_transaction(row) else state_word(row)
    doing = " ".join(part for part in (state, units.age(age)) if part and part != units.UNKNOWN)
    return Blocker(pid, app_word(row) or row.get("user"), doing or None, statement(row, moment))
