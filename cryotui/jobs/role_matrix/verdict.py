"""From what a server answered to a cell: denied, an error, or could not check, and by which grant or policy."""

from __future__ import annotations

from dataclasses import replace

from cryotui.jobs.role_matrix.attempt import LOCK_SECONDS, RoleRefused, is_lost
from cryotui.jobs.role_matrix.catalog import Relation, Role
from cryotui.model.role_matrix import Answer, Cell, Command, Count, Proof
from cryotui.model.secrets import redact
from cryotui.model.text import clean, one_line
from cryotui.pg.verbatim import Connection

_GONE = frozenset({"42P01", "3F000"})
_NOT_WRITABLE = frozenset({"55000", "42809", "0A000"})
"""What views and materialized views answer that take no writes; on tables they are errors like any other."""

CHECKED_BY_POLICY = "ExecWithCheckOptions"
"""The routine that reports a row refused by WITH CHECK; its message is translated, this is not."""

NOT_TRIED = "not tried, the connecting role may not SET ROLE to it"


def said(error: BaseException) -> str:
    """The server's sentence on one line, safe to show, without a full stop and without passwords and keys.

    Its DETAIL, which holds values, is left out. This is where the words of policies and their functions come in.
    """
    message = getattr(error, "message", None) or str(error)
    return clean(one_line(redact(message))).rstrip(".") or type(error).__name__


def unchecked(role: str, command: Command, reason: str, sqlstate: str | None = None) -> Cell:
    """A cell that could not be checked, and why."""
    return Cell(role, command, Answer.UNCHECKED, None, reason, sqlstate)


async def refused(
    connection: Connection, relation: Relation, role: Role, command: Command, error: Exception, seconds: float
) -> Cell:
    """The cell of a statement that the server refused. Raises the error again when the connection is lost."""
    if is_lost(connection, error):
        raise error
    if isinstance(error, RoleRefused):
        found = unchecked(role.name, command, *_role_refused(role, error))
        known = by_catalog(relation, role, command) if found.sqlstate == "42501" else None
        if known is None or known.answer is not Answer.ALLOWED:
            return known or found
        return replace(known, reason=f"{known.reason}; {NOT_TRIED}")
    sqlstate = getattr(error, "sqlstate", None)
    if sqlstate is None:
        return unchecked(role.name, command, said(error))
    if sqlstate == "57014":
        return unchecked(role.name, command, f"took longer than {seconds:g} s", sqlstate)
    if sqlstate == "55P03":
        return unchecked(role.name, command, f"locked by another session for {LOCK_SECONDS:g} s", sqlstate)
    if sqlstate.startswith(("53", "40")):  # no resources, or a conflict with somebody else's transaction
        return unchecked(role.name, command, said(error), sqlstate)
    if sqlstate in _GONE and not await _there(connection, relation):
        return unchecked(role.name, command, "it is no longer there", sqlstate)
    if relation.kind in ("v", "m") and command != "select" and sqlstate in _NOT_WRITABLE:
        return Cell(role.name, command, Answer.DENIED, Proof.TRIED, "takes no writes", sqlstate)
    if sqlstate == "42501":
        if lack := relation.lacks(role, command):
            return Cell(role.name, command, Answer.DENIED, Proof.TRIED, lack, sqlstate)
        if relation.kind == "v" and relation.invoker:
            reason = f"{said(error)} (the view runs as its caller)"
            return Cell(role.name, command, Answer.DENIED, Proof.TRIED, reason, sqlstate)
    return Cell(role.name, command, Answer.ERROR, Proof.TRIED, said(error), sqlstate)


def _role_refused(role: Role, error: RoleRefused) -> tuple[str, str | None]:
    cause = error.__cause__ or error
    sqlstate = getattr(cause, "sqlstate", None)
    if sqlstate == "42501":
        return f"the connecting role may not SET ROLE to {clean(role.name)}", sqlstate
    if sqlstate in ("22023", "42704"):
        return f"the role {clean(role.name)} is no longer there", sqlstate
    return said(cause), sqlstate


async def _there(connection: Connection, relation: Relation) -> bool:
    rows = await connection.fetch(
        "SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=)"
        " c.relnamespace WHERE c.oid OPERATOR(pg_catalog.=) $1::pg_catalog.oid"
        " AND c.relname::pg_catalog.text OPERATOR(pg_catalog.=) $2::pg_catalog.text"
        " AND n.nspname::pg_catalog.text OPERATOR(pg_catalog.=) $3::pg_catalog.text",
        relation.oid, relation.name, relation.schema,
    )  # fmt: skip
    return bool(rows)


def by_catalog(relation: Relation, role: Role, command: Command) -> Cell | None:
    """The cell that grants and policies leave no doubt about, for every command alike; None when only a try can tell."""
    if lack := relation.lacks(role, command):
        return Cell(role.name, command, Answer.DENIED, Proof.CATALOG, lack)
    if denied := without_policy(relation, role, command):
        return denied
    if relation.kind not in ("r", "p") or relation.reach(role, command) not in ("open", "past"):
        return None
    return Cell(role.name, command, Answer.ALLOWED, Proof.CATALOG, why_allowed(relation, role, command))


def without_policy(relation: Relation, role: Role, command: Command) -> Cell | None:
    """The answer when row security is on and no permissive policy is for the role and command; None when one is.

    "If row-level security is enabled for a table, but no applicable policies exist, a default deny policy is assumed"
    (PostgreSQL's documentation of CREATE POLICY); restrictive policies alone grant nothing.
    """
    if relation.lacks(role, command) or not relation.limits(role) or command == "truncate":
        return None
    if any(policy.permissive for policy in relation.applying(role, command)):
        return None
    answer = Answer.DENIED if command == "insert" else Answer.EMPTY
    return Cell(role.name, command, answer, Proof.CATALOG, why_empty(relation, role, None, command))


def why_allowed(relation: Relation, role: Role, command: Command) -> str:
    """What lets a role through: the policies, or that there are none in its way."""
    columns = ""
    if command == "select" and not relation.grants.get(role.oid, {}).get("whole"):
        columns = ", SELECT on some columns only"
    if relation.kind == "v":
        return f"the view runs as its {'caller' if relation.invoker else 'owner'}{columns}"
    if relation.kind in ("m", "f"):
        return (
            f"row security does not reach a {'materialized view' if relation.kind == 'm' else 'foreign table'}{columns}"
        )
    if not relation.row_security:
        return f"row security is off{columns}"
    if not relation.limits(role):
        return f"{_past(role)}{columns}"
    named = [
        clean(policy.name) + ("" if policy.permissive else " (restrictive)")
        for policy in relation.applying(role, command)
    ]
    return f"{'policy' if len(named) == 1 else 'policies'} {', '.join(named)}{columns}"


def why_empty(relation: Relation, role: Role, there: Count | None, command: Command = "select") -> str:
    """Why a role reaches no row."""
    if relation.kind in ("r", "p") and relation.limits(role):
        policies = relation.applying(role, command)
        if not any(policy.permissive for policy in policies):
            only = ", only restrictive ones are" if policies else ""
            return f"row security is on and no policy lets it{only}"
        if there is not None and there.rows == 0:
            return "the table is empty: no policy was put to the proof"
    why = why_allowed(relation, role, command)
    if relation.reach(role, command) in ("open", "past"):
        return f"{why}: every row that comes will be {'readable' if command == 'select' else 'writable'}"
    return why


def _past(role: Role) -> str:
    if role.superuser:
        return "a superuser passes row security"
    return "BYPASSRLS" if role.bypasses else "the owner passes row security"
