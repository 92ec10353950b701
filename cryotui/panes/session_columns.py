"""The columns of a session: what each says, how it reads, when it is marked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cryotui.model import units
from cryotui.model.pane import FILL, Column, Mark, Moment
from cryotui.model.sample import Row
from cryotui.panes import session_words as words
from cryotui.panes.locktree import Branch
from cryotui.panes.sessions import (
    CLIENT,
    active,
    auxiliary,
    doing_age,
    horizon_age,
    in_transaction,
    maintenance,
    sessions,
    waiting,
)
from cryotui.panes.thresholds import judge, limit

# Defaults of chapter 4 of the screens; seconds, sessions, transactions.
AGE = (60.0, 300.0)
WAIT_AGE = (10.0, 60.0)
QUERY_AGE = (60.0, 300.0)
TRANSACTION_AGE = (300.0, 1800.0)
BLOCKS = (1.0, 5.0)
XMIN_AGE = (1e6, float("inf"))


def _pid(row: Row, moment: Moment) -> int | None:
    branch: Branch | None = row.get("branch")
    if branch is not None:
        return branch
    if moment.tree and row.get("leader_pid") and row.get("leader_pid") != row.get("pid"):
        return Branch(row["pid"], f"+ {row['pid']}")
    pid: int | None = row.get("pid")
    return pid


def _pid_text(value: Any) -> str:
    return value.drawn if isinstance(value, Branch) else units.text(value)


def age_of(row: Row, moment: Moment) -> float | None:
    if row.get("own") or auxiliary(row):
        return None
    return _of_many(row, doing_age(row))


def _wait_age(row: Row, moment: Moment) -> float | None:
    return _of_many(row, row.get("wait_age")) if waiting(row) else None


def _query_age(row: Row, moment: Moment) -> float | None:
    if row.get("own") or auxiliary(row):
        return None
    if row.get("more"):
        return _of_many(row, row.get("wait_age"))
    age: float | None = row.get("query_age") if active(row) else row.get("state_age")
    return age


def _transaction_age(row: Row, moment: Moment) -> float | None:
    if row.get("own"):
        return None
    if row.get("more"):
        return _of_many(row, row.get("wait_age"))
    age: float | None = row.get("transaction_age")
    return age


def _xmin_age(row: Row, moment: Moment) -> int | None:
    return None if row.get("own") else horizon_age(row)


def _of_many(row: Row, age: float | None) -> float | None:
    return words.Under(age) if row.get("more") and age is not None else age


def _below_root(row: Row) -> bool:
    """Whether its wait is explained by a row above it, which carries the mark: the cause first."""
    return bool(row.get("depth"))


def _doing_mark(row: Row, moment: Moment) -> Mark | None:
    if in_transaction(row) and words.blocks(row, moment):
        return "bad"
    if row.get("held_mode") == "AccessExclusiveLock":
        return "watch"
    return _waits_for_mark(row, moment)


def _state_mark(row: Row, moment: Moment) -> Mark | None:
    return "bad" if in_transaction(row) and words.blocks(row, moment) else None


def _age_mark(row: Row, moment: Moment) -> Mark | None:
    if _below_root(row) or not (in_transaction(row) or waiting(row)):
        return None
    return judge(age_of(row, moment), limit(moment, "activity.age", *AGE))


def _wait_mark(row: Row, moment: Moment) -> Mark | None:
    return None if _below_root(row) else judge(_wait_age(row, moment), limit(moment, "activity.wait_age", *WAIT_AGE))


def _query_mark(row: Row, moment: Moment) -> Mark | None:
    if not active(row) or waiting(row) or row.get("own") or maintenance(row):
        return None
    return judge(row.get("query_age"), limit(moment, "activity.query_age", *QUERY_AGE))


def _transaction_mark(row: Row, moment: Moment) -> Mark | None:
    if _below_root(row) or row.get("own") or row.get("backend_type") != CLIENT or maintenance(row):
        return None
    return judge(row.get("transaction_age"), limit(moment, "activity.transaction_age", *TRANSACTION_AGE))


def _blocks_mark(row: Row, moment: Moment) -> Mark | None:
    mark = judge(words.blocks(row, moment), limit(moment, "activity.blocks", *BLOCKS))
    if waiting(row):  # it is held up itself: the root of its chain is worse
        return "watch" if mark == "bad" else None
    return mark


def _xmin_mark(row: Row, moment: Moment) -> Mark | None:
    age = horizon_age(row)
    if age is None or row.get("own") or age != sessions(moment).oldest_xmin:
        return None
    return judge(age, limit(moment, "activity.xmin_age", *XMIN_AGE))


def _waits_for_mark(row: Row, moment: Moment) -> Mark | None:
    whole = row.get("lock_type") == "relation"  # a row's lock has modes of the same names, and hurts that row only
    return "watch" if whole and row.get("lock_mode") == "AccessExclusiveLock" else None


def _quiet_wait(row: Row, moment: Moment) -> bool:
    return row.get("wait_type") in ("Client", "Activity", None)


def _quiet_row(row: Row, moment: Moment) -> bool:
    return bool(row.get("own") or row.get("masked") or row.get("more") or auxiliary(row))


def _quiet_doing(row: Row, moment: Moment) -> bool:
    return _quiet_row(row, moment) or row.get("state") == "idle"


COLUMNS = (
    Column(
        "pid", "pid", 12, 15, _pid, _pid_text, "L", ascending=True,
        about="The session's process id, with the branches of the lock tree: a session stands under the one it waits for. "
        "+ marks a parallel worker under its leader. Source: pg_stat_activity, pg_blocking_pids.",
    ),
    Column(
        "app", "app", 10, 11, lambda row, moment: words.app_word(row), align="L", leaves=6, quiet=_quiet_row, ascending=True,
        about="application_name as the client set it, else the kind of process.",
    ),
    Column(
        "doing", "doing", 20, 0, words.doing, align="L", mark=_doing_mark, quiet=_quiet_doing, ascending=True,
        about="What it does: the lock it waits for and the mode asked for, else the wait event, running, idle, idle-tx (idle "
        "in transaction), aborted. blocks N: so many sessions cannot go on before it ends.",
    ),
    Column(
        "age", "age", 6, 0, age_of, words.age, mark=_age_mark, quiet=_quiet_doing,
        about="For how long it has done just that: since the wait, the statement or the state began, by the server's clock.",
    ),
    Column("user", "user", 0, 11, align="L", leaves=5, quiet=_quiet_row, ascending=True, about="The role it logged in as."),
    Column(
        "client", "client", 0, 11, align="L", leaves=2, quiet=_quiet_row, ascending=True,
        about="The client's address; local for a Unix socket. Behind a pooler it is the pooler's.",
    ),
    Column(
        "state", "state", 0, 8, lambda row, moment: words.state_word(row), align="L", leaves=8, mark=_state_mark,
        quiet=_quiet_doing, ascending=True,
        about="active, idle, idle-tx (idle in transaction), aborted (the same after an error), self (this console).",
    ),
    Column(
        "wait_event", "wait", 0, 20, lambda row, moment: words.wait_words(row), align="L", leaves=4, quiet=_quiet_wait,
        ascending=True,
        about="Wait event type and event, as pg_stat_activity names them. Client and Activity waits are idleness, no trouble.",
    ),
    Column(
        "waits_for", "waits for", 0, 28, lambda row, moment: words.lock_words_long(row), align="L", leaves=9,
        mark=_waits_for_mark, ascending=True,
        about="The object it waits to lock and the mode asked for, from pg_locks; a relation of another database by its oid.",
    ),
    Column(
        "blocks", "blocks", 0, 6, words.blocks, units.count, leaves=10, mark=_blocks_mark,
        about="How many sessions it holds up: those that go on when it ends, directly or after one another. One that shares "
        "its lock with another frees none alone and holds up all the same.",
    ),
    Column(
        "wait_age", "waits", 0, 6, _wait_age, words.age, leaves=7, mark=_wait_mark,
        about="Since when it waits for its lock (pg_locks.waitstart).",
    ),
    Column(
        "query_age", "query", 0, 6, _query_age, words.age, leaves=3, mark=_query_mark,
        about="For how long the statement runs; for an idle session, since when it is idle. Maintenance and dumps, which are "
        "long by nature, carry no mark.",
    ),
    Column(
        "transaction_age", "trans", 0, 6, _transaction_age, words.age, mark=_transaction_mark,
        about="For how long its transaction is open.",
    ),
    Column(
        "xmin_age", "xmin", 0, 6, _xmin_age, units.count, leaves=1, mark=_xmin_mark,
        about="Transactions begun since its snapshot or its own xid, the older of the two. Vacuum cannot remove rows that died "
        "since then. Marked where it is the oldest of all and over a million.",
    ),
    Column(
        "query", "statement", 25, FILL, words.statement, align="L", quiet=_quiet_row, ascending=True,
        about="The statement that runs, or the last one of a session that is idle; 400 characters here, whole in the detail.",
    ),
)  # fmt: skip

_BY_NAME = {column.name: column for column in COLUMNS}
NARROW_COLUMNS = (
    replace(_BY_NAME["pid"], narrow=11),
    replace(_BY_NAME["doing"], narrow=FILL),
    _BY_NAME["age"],
)
"""Under 60 columns: one line a row, two facts."""
