"""A session as the server has it now: who it is, what it does, whether we may signal it."""

from __future__ import annotations

import re
from datetime import datetime

from cryotui.actions.contract import NOTHING_SENT, Ask, Rights, Subject
from cryotui.actions.wording import clock
from cryotui.model import units
from cryotui.model.errors import RefusedError
from cryotui.model.record import dataclass
from cryotui.model.sample import Row
from cryotui.model.server import Server
from cryotui.model.text import clean, cut, one_line
from cryotui.pg.statement import StatementError

SESSION_FIELDS = (("pid", "backend_start"),)

CLIENT, AUTOVACUUM, WALSENDER = "client backend", "autovacuum worker", "walsender"

_ENCODING_STATES = ("22021", "22P05")

_LOOK = """
SELECT a.pid, a.backend_start, a.usesysid::bigint AS user_oid, a.datid::bigint AS database_oid,
       a.usename::text AS "user", a.datname::text AS database, a.application_name AS app,
       coalesce(host(a.client_addr), CASE WHEN a.client_port = -1 THEN 'local' END) AS client,
       a.backend_type, a.state, a.query_start, a.xact_start, {query} AS query, a.backend_xid::text AS xid,
       age(a.backend_xmin) AS xmin_age, a.leader_pid,
       extract(epoch FROM clock_timestamp() - a.state_change)::float8 AS state_age,
       extract(epoch FROM clock_timestamp() - a.backend_start)::float8 AS backend_age,
       coalesce(r.rolsuper, false) AS of_superuser,
       coalesce(pg_has_role(a.usesysid, 'USAGE'), false) AS same_rights,
       pg_has_role('pg_signal_backend', 'USAGE') AS may_signal,
       (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS superuser
FROM pg_stat_activity a LEFT JOIN pg_roles r ON r.oid = a.usesysid
WHERE a.pid = $1
"""


@dataclass(frozen=True, kw_only=True)
class Backend(Subject):
    """One session. Ages are in seconds; what our role may not see is None."""

    pid: int
    backend_start: datetime
    user_oid: int | None
    database_oid: int | None
    user: str | None
    database: str | None
    app: str
    client: str | None
    backend_type: str
    state: str | None
    query: str | None
    query_start: datetime | None
    xact_start: datetime | None
    state_age: float | None
    backend_age: float | None
    xid: str | None
    xmin_age: int | None

    @property
    def who(self) -> str:
        """Its user, application, address and database, as a sheet shows them."""
        parts = [str(self.pid), self.user or self.backend_type, self.app, f"from {self.client}" if self.client else ""]
        return "  ".join(part for part in parts if part) + (f"  in {self.database}" if self.database else "")


def row_refusal(verb: str, server: Server, row: Row) -> str | None:
    """Why a session's row cannot be signalled at all, from the row alone."""
    pid = row["pid"]
    kind = row.get("backend_type")
    if pid == 0:
        return f"{verb} refused: 0 is a prepared transaction. ROLLBACK PREPARED ends it."
    if pid == server.pid:
        return f"{verb} refused: {pid} is our own session."
    if row.get("backend_start") is None:
        return hidden(verb, pid, server)
    return process_refusal(verb, pid, kind, row.get("leader_pid")) if kind else None


def hidden(verb: str, pid: int, server: Server) -> str:
    """The refusal when our role may not see when a session began: a pid alone could be another session by now."""
    roles = [role for role in ("pg_read_all_stats", "pg_signal_backend") if not server.has(role)]
    grant = f"GRANT {', '.join(roles or ['pg_read_all_stats'])} TO {_role(server.user)};"
    need = " pg_signal_backend is needed as well." if "pg_signal_backend" in roles else ""
    return f"{verb} refused: when {pid} began is hidden; {server.user} lacks pg_read_all_stats.{need} {grant}"


def _role(name: str) -> str:
    """A role's name as a statement takes it."""
    return name if re.fullmatch(r"[a-z_][a-z0-9_]*", name) else '"' + one_line(name).replace('"', '""') + '"'


def process_refusal(verb: str, pid: int, kind: str, leader: int | None) -> str | None:
    """Why a process of this kind is not signalled."""
    if kind == "parallel worker":
        whom = f" of {leader}" if leader else ""
        return f"{verb} refused: {pid} is a parallel worker{whom}. Act on its leader."
    if kind not in (CLIENT, AUTOVACUUM, WALSENDER):
        return f"{verb} refused: {pid} is the {one_line(kind)}, a process of the server."
    return None


def lacks(verb: str, server: Server, rights: Rights, row: Row) -> str | None:
    """The right that is certainly missing for a row with its user."""
    user = row.get("user")
    if server.superuser or user is None:
        return None
    of_superuser = clean(user) in rights.superusers
    if of_superuser or not (clean(user) in rights.roles or server.has("pg_signal_backend")):
        return no_right(verb, row["pid"], user, of_superuser)
    return None


def no_right(verb: str, pid: int, user: str, of_superuser: bool) -> str:
    """The sentence that says who may."""
    if of_superuser:
        return f"{verb} refused: {pid} is the superuser {one_line(user)}'s; only a superuser may."
    return f"{verb} refused: {pid} is {one_line(user)}'s; its members or pg_signal_backend may."


def right_refusal(verb: str, row: Row) -> str | None:
    """The right that is missing; the server decides in the same way (pg_signal_backend since 9.6, stricter for
    superusers' and unowned processes since the minors of November 2023).
    """
    pid, user = row["pid"], row["user"]
    if row["superuser"]:
        return None
    if row["of_superuser"]:
        return no_right(verb, pid, user, True)
    if row["user_oid"] is None:
        return None  # autovacuum: pg_signal_autovacuum_worker from 18 on, else a superuser; the server says so
    if not (row["same_rights"] or row["may_signal"]):
        return no_right(verb, pid, user, False)
    return None


async def look_at(ask: Ask, server: Server, row: Row, verb: str) -> tuple[Row, str | None]:
    """The session's row as it is now and the reason it is not signalled, None when nothing stands against it.

    Raises RefusedError when the pid is gone or belongs to another session.
    """
    pid, began = row["pid"], row["backend_start"]
    try:
        found = await ask(_LOOK.format(query="left(a.query, 1000)"), pid)
    except StatementError as error:
        if error.sqlstate not in _ENCODING_STATES:
            raise
        found = await ask(_LOOK.format(query="NULL::text"), pid)  # a text of another database, in another encoding
    if not found:
        raise RefusedError(f"{pid} is gone. {NOTHING_SENT}")
    now = found[0]
    if now["backend_start"] is None:
        raise RefusedError(hidden(verb, pid, server))
    if now["backend_start"] != began:
        raise RefusedError(f"{pid} is another session now (began {clock(now['backend_start'])}). {NOTHING_SENT}")
    reason = process_refusal(verb, pid, now["backend_type"] or "", now["leader_pid"]) or right_refusal(verb, now)
    return now, reason


def backend(now: Row, *, refused: str | None, running: bool) -> Backend:
    """The subject made of a looked-up row; ``running``: the statement belongs to its identity."""
    app = one_line(now["app"] or "")
    statement = one_line(now["query"] or "")
    identity = (now["pid"], now["backend_start"], now["user_oid"], now["database_oid"])
    doing = f"{now['state'] or '-'} {units.age(now['state_age'])}"
    return Backend(
        label=str(now["pid"]),
        word=str(now["pid"]),
        line=f"{now['pid']}  {now['user'] or now['backend_type']}  {app or '-'}  {doing}  {cut(statement, 60)}".rstrip(),
        row={"pid": now["pid"], "backend_start": now["backend_start"]},
        identity=(*identity, now["query_start"]) if running else identity,
        refused=refused,
        app=app,
        query=clean(now["query"]) if now["query"] is not None else None,
        **{name: now[name] for name in _SAME},
    )


_SAME = (
    "pid", "backend_start", "user_oid", "database_oid", "user", "database", "client", "backend_type", "state",
    "query_start", "xact_start", "state_age", "backend_age", "xid", "xmin_age",
)  # fmt: skip
