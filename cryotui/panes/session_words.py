"""How a session reads: what it does, what it waits for, which lock. Words and numbers of rows; no marks, no columns."""

from __future__ import annotations

from typing import Any

from cryotui.model import units
from cryotui.model.pane import Moment
from cryotui.model.sample import Row
from cryotui.model.secrets import redact
from cryotui.model.sqlformat import without_literals
from cryotui.model.text import one_line
from cryotui.panes.sessions import active, sessions, waiting

SHORT_MODES = {
    "AccessShareLock": "AccShr",
    "RowShareLock": "RowShr",
    "RowExclusiveLock": "RowExcl",
    "ShareUpdateExclusiveLock": "ShUpdExcl",
    "ShareLock": "Share",
    "ShareRowExclusiveLock": "ShRowExcl",
    "ExclusiveLock": "Excl",
    "AccessExclusiveLock": "AccExcl",
}
_STATES = {
    "idle in transaction": "idle-tx",
    "idle in transaction (aborted)": "aborted",
    "fastpath function call": "active",
}
_TYPES = {
    "autovacuum worker": "autovacuum",
    "client backend": "client",
    "logical replication worker": "logical",
    "parallel worker": "parallel",
}


def state_word(row: Row) -> str | None:
    """active, idle, idle-tx, aborted, self, hidden; None for the server's own processes, which have no state."""
    if row.get("own"):
        return "self"
    if row.get("masked"):
        return "hidden"
    state = row.get("state")
    return _STATES.get(state, state) if state else None


def app_word(row: Row) -> str | None:
    """application_name, else the backend type; a parallel worker is called that whoever it works for."""
    kind = row.get("backend_type")
    if kind == "parallel worker":
        return "parallel"
    app: str | None = row.get("app")
    return app or _TYPES.get(str(kind), kind)


def lock_words(row: Row) -> str:
    """What it waits to get, short: ``AccExcl molecules``, ``row of molecules``, ``snapshot of 48112``."""
    mode, relation = row.get("lock_mode"), row.get("lock_relation")
    if row.get("lock_type") == "relation" and relation:
        return f"{SHORT_MODES.get(str(mode), mode)} {relation}"
    return lock_object(row)


def lock_words_long(row: Row) -> str | None:
    """The same in full: ``molecules AccessExclusive``, ``row of molecules, ShareLock``; None for who waits for no lock."""
    if not waiting(row):
        return None
    mode = row.get("lock_mode")
    if row.get("lock_type") == "relation" and row.get("lock_relation"):
        return f"{row.get('lock_relation')} {str(mode).removesuffix('Lock')}"
    return lock_object(row) + (f", {mode}" if mode else "")


def lock_object(row: Row) -> str:
    """The thing behind the lock that it waits for."""
    kind, relation = row.get("lock_type"), row.get("lock_relation")
    if kind in ("tuple", "transactionid"):
        return f"row of {relation}" if relation else "end of a transaction"
    if kind == "virtualxid":
        blockers = row.get("blocked_by") or ()
        return f"snapshot of {blockers[0]}" if blockers else "a snapshot"
    if kind == "advisory":
        return "advisory lock"
    if relation:
        return f"{relation}" if kind == "relation" else f"{kind} of {relation}"
    return f"Lock {row.get('wait_event') or kind or ''}".rstrip()


def wait_words(row: Row) -> str | None:
    """Wait event type and event as PostgreSQL names them; None when it waits for nothing."""
    if row.get("wait_type") is None:
        return None
    return f"{row.get('wait_type')} {row.get('wait_event') or ''}".rstrip()


def doing(row: Row, moment: Moment) -> str:
    """State and wait in one: what it waits for and how, else the wait event, else running, idle, idle-tx."""
    if waiting(row):
        return lock_words(row)
    word = state_word(row)
    if row.get("prepared"):
        word = "prepared"
    elif active(row) and word == "active":
        word = "running" if row.get("wait_type") in (None, "Client", "Activity", "Timeout") else wait_words(row)
    elif word is None:
        word = row.get("wait_event") or "running"
    blocked = blocks(row, moment)
    return f"{word}, blocks {blocked}" if blocked else str(word)


def blocks(row: Row, moment: Moment) -> int | None:
    """How many sessions it holds up; None for none, and for a session of whom it is not known."""
    known = row.get("blocks")
    if known is None and row.get("pid") is not None:
        known = sessions(moment).graph.blocks(row["pid"])
    return known or None


class Under(float):
    """An age that is the longest of several: reads ``<4m``, sorts as the number."""


def age(value: float | None) -> str:
    """For how long, as an age; of many alike, less than the longest of them."""
    return ("<" if isinstance(value, Under) else "") + units.age(value)


def statement(row: Row, moment: Moment) -> str:
    """The statement on one line, or what stands there instead; without its literals where the settings say so."""
    if row.get("own"):
        return "this console, left out of every total"
    if row.get("more"):
        return "Enter unfolds"
    if row.get("prepared"):
        return f"prepared transaction {row.get('gid')}"
    if row.get("masked"):
        return "hidden: this role may not see it"
    if row.get("backend_type") == "parallel worker" and row.get("leader_pid"):
        return f"works for {row['leader_pid']}"
    return one_line(shown(str(row.get("query") or ""), moment)) or units.UNKNOWN


def shown(query: str, moment: Moment) -> str:
    """A statement's text as this console may show it: passwords masked; without literals where the settings say so."""
    return redact(without_literals(query) if moment.settings.redact else query)


def who(row: Row) -> str:
    """``48112 lab_app from 10.0.3.17``: pid, role, address."""
    words: list[Any] = [row.get("pid"), row.get("user") or row.get("backend_type")]
    if row.get("client"):
        words.append("by socket" if row.get("client") == "local" else f"from {row.get('client')}")
    return " ".join(str(word) for word in words if word)
